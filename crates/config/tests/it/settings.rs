//! Settings in layers.

use config::{SettingOrigin, SettingsError, SettingsLayers, parse_assignments, parse_document};
use domain::settings::{RANGES, Settings};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn layers(stored: Value, environment: Option<&str>) -> SettingsLayers {
    let (layers, refused) = SettingsLayers::new(&map(stored), environment);
    assert_eq!(refused, []);
    layers
}

fn refusal(patch: Value) -> SettingsError {
    layers(json!({}), None).validate_patch(&map(patch)).unwrap_err()
}

fn accepted(patch: Value) -> Value {
    Value::Object(layers(json!({}), None).validate_patch(&map(patch)).unwrap())
}

#[test]
fn the_environment_wins_over_stored_values_key_by_key() {
    let layers = layers(
        json!({"remainingEpisodes": 3, "pollingIntervalMinutes": 5}),
        Some(r#"{"remainingEpisodes": 4, "filterUsers": "Ann"}"#),
    );
    let settings = layers.effective();
    assert_eq!((settings.remaining_episodes, settings.polling_interval_minutes), (4, 5));
    assert_eq!(settings.filter_users, ["Ann"]);
    assert_eq!(settings.inactivity_reset_days, 7);
    assert_eq!(layers.held_by_environment(), ["remainingEpisodes", "filterUsers"]);
    assert_eq!(layers.origin("remainingEpisodes"), SettingOrigin::Environment);
    assert_eq!(layers.origin("pollingIntervalMinutes"), SettingOrigin::Stored);
    assert_eq!(layers.origin("enabled"), SettingOrigin::Default);
}

#[test]
fn nothing_set_is_the_defaults() {
    assert_eq!(layers(json!({}), None).effective(), &Settings::default());
    assert_eq!(layers(json!({}), Some("{}")).effective(), &Settings::default());
    for key in ["enabled", "protectTag", "eveningsAhead"] {
        assert!(SettingsLayers::keys().any(|name| name == key), "{key}");
    }
    for (key, _, _) in RANGES {
        assert!(SettingsLayers::keys().any(|name| name == *key), "{key}");
    }
}

#[test]
fn what_the_environment_holds_cannot_be_stored() {
    let layers = layers(json!({}), Some(r#"{"dryRun": true}"#));
    let error = layers
        .validate_patch(&map(json!({"enabled": true, "dryRun": false})))
        .unwrap_err();
    assert_eq!(
        error,
        SettingsError::HeldByEnvironment {
            key: "dryRun".to_owned()
        }
    );
    assert!(error.to_string().contains("plexSessionMonitoring"), "{error}");
}

#[test]
fn a_wrong_environment_is_told_key_by_key_and_the_rest_holds() {
    let environment = r#"{"remainingEpisodes": 11, "enabled": true, "filterUser": ["Ann"]}"#;
    let (layers, refused) = SettingsLayers::new(&Map::new(), Some(environment));
    assert!(layers.effective().enabled);
    assert_eq!(layers.effective().remaining_episodes, 2);
    assert_eq!(layers.held_by_environment(), ["enabled"]);
    let texts: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|text| text.contains("plexSessionMonitoring")));
    assert!(texts[0].contains("between 1 and 10"), "{}", texts[0]);
    assert!(texts[1].contains("\"filterUsers\"?"), "{}", texts[1]);
    for broken in ["{", "[]", "true", "", "{\"enabled\": tru}"] {
        let (layers, refused) = SettingsLayers::new(&Map::new(), Some(broken));
        assert_eq!(layers.effective(), &Settings::default());
        assert!(
            matches!(refused.as_slice(), [SettingsError::Environment(_)]),
            "{broken}"
        );
    }
}

#[test]
fn a_wrong_value_of_the_environment_is_not_repeated() {
    for value in [
        r#"{"remainingEpisodes": 87654}"#,
        r#"{"enabled": "87654"}"#,
        r#"{"filterUsers": {"a": "87654"}}"#,
        r#"{"protectTag": 87654}"#,
        r#"["87654"]"#,
        "87654",
    ] {
        let (_, refused) = SettingsLayers::new(&Map::new(), Some(value));
        let [told] = refused.as_slice() else {
            panic!("{value}: {refused:?}")
        };
        assert!(!told.to_string().contains("87654"), "{told}");
    }
}

#[test]
fn stored_values_of_another_version_are_passed_over_and_told() {
    let (layers, refused) = SettingsLayers::new(&map(json!({"retired": 1, "enabled": true})), None);
    assert!(layers.effective().enabled);
    assert!(matches!(refused.as_slice(), [SettingsError::Stored(_)]));
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    for (given, meant) in [
        ("pollingInterval", "pollingIntervalMinutes"),
        ("polling_interval_minutes", "pollingIntervalMinutes"),
        ("FILTERUSERS", "filterUsers"),
        ("remaning-episodes", "remainingEpisodes"),
    ] {
        let error = refusal(json!({given: 1}));
        assert!(
            error.to_string().contains(&format!("Did you mean \"{meant}\"?")),
            "{error}"
        );
    }
    assert_eq!(
        refusal(json!({"zzz": 1})),
        SettingsError::UnknownKey {
            key: "zzz".to_owned(),
            nearest: None
        }
    );
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for patch in [
        json!({"enabled": "true"}),
        json!({"enabled": 1}),
        json!({"enabled": null}),
        json!({"remainingEpisodes": "2"}),
        json!({"remainingEpisodes": 2.5}),
        json!({"remainingEpisodes": [2]}),
        json!({"filterUsers": [1]}),
        json!({"filterUsers": ["Ann", null]}),
        json!({"filterUsers": {"name": "Ann"}}),
        json!({"filterUsers": 5}),
        json!({"protectTag": ""}),
        json!({"protectTag": 1}),
    ] {
        let error = refusal(patch.clone());
        assert!(matches!(error, SettingsError::WrongType { .. }), "{patch}: {error}");
    }
}

#[test]
fn numbers_are_taken_from_end_to_end_of_their_range_only() {
    for (key, min, max) in RANGES {
        assert_eq!(accepted(json!({*key: min})), json!({*key: min}));
        assert_eq!(accepted(json!({*key: max})), json!({*key: max}));
        let below = i64::from(*min) - 1;
        for outside in [
            json!(below),
            json!(u64::from(*max) + 1),
            json!(u64::MAX),
            json!(-1e300),
            json!(i64::MIN),
        ] {
            let error = refusal(json!({*key: outside}));
            assert!(
                matches!(error, SettingsError::OutOfRange { .. }),
                "{key} {outside}: {error}"
            );
        }
    }
    assert_eq!(
        accepted(json!({"remainingEpisodes": 3.0})),
        json!({"remainingEpisodes": 3})
    );
}

#[test]
fn names_are_trimmed_and_kept_once() {
    let patch = json!({"filterUsers": [" Ann ", "", "Bob", "Ann", "  "]});
    assert_eq!(accepted(patch), json!({"filterUsers": ["Ann", "Bob"]}));
    assert_eq!(
        accepted(json!({"filterUsers": " Ann "})),
        json!({"filterUsers": ["Ann"]})
    );
    assert_eq!(accepted(json!({"filterUsers": []})), json!({"filterUsers": []}));
}

#[test]
fn one_wrong_value_refuses_the_whole_change() {
    let mut layers = layers(json!({}), None);
    assert!(
        layers
            .validate_patch(&map(json!({"enabled": true, "remainingEpisodes": 0})))
            .is_err()
    );
    assert!(!layers.effective().enabled);
    let checked = layers
        .validate_patch(&map(json!({"enabled": true, "filterUsers": "Ann"})))
        .unwrap();
    layers.apply(checked);
    assert!(layers.effective().enabled);
    assert_eq!(layers.effective().filter_users, ["Ann"]);
    assert_eq!(layers.origin("enabled"), SettingOrigin::Stored);
}

#[test]
fn assignments_are_read_as_people_write_them() {
    let read = |texts: &[&str]| parse_assignments(texts.iter().copied()).map(Value::Object);
    assert_eq!(
        read(&[
            "filterUsers=Ann, Bob",
            "enabled=ON",
            "dryRun=no",
            " remainingEpisodes = 3 ",
            "protectTag=a=b"
        ])
        .unwrap(),
        json!({
            "filterUsers": ["Ann", "Bob"], "enabled": true, "dryRun": false, "remainingEpisodes": 3, "protectTag": "a=b"
        })
    );
    assert_eq!(
        read(&[r#"filterUsers=["Ann, the elder"]"#]).unwrap(),
        json!({"filterUsers": ["Ann, the elder"]})
    );
    assert_eq!(accepted(read(&["filterUsers="]).unwrap()), json!({"filterUsers": []}));
    assert_eq!(
        read(&["enabled"]).unwrap_err(),
        SettingsError::NotAnAssignment("enabled".to_owned())
    );
    assert!(matches!(read(&["enable=true"]), Err(SettingsError::UnknownKey { .. })));
    for wrong in [
        "remainingEpisodes=NaN",
        "remainingEpisodes=two",
        "remainingEpisodes=",
        "enabled=maybe",
        "enabled=",
    ] {
        let error = refusal(read(&[wrong]).unwrap());
        assert!(matches!(error, SettingsError::WrongType { .. }), "{wrong}: {error}");
    }
    assert!(matches!(
        refusal(read(&["filterUsers=[1]"]).unwrap()),
        SettingsError::WrongType { .. }
    ));
}

#[test]
fn a_document_is_one_object() {
    assert_eq!(
        Value::Object(parse_document("\u{feff} {\"enabled\": true}\n").unwrap()),
        json!({"enabled": true})
    );
    for wrong in ["", "[]", "null", "{} {}", "enabled=true"] {
        assert!(
            matches!(parse_document(wrong), Err(SettingsError::Unreadable(_))),
            "{wrong}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_whatever_brings_the_settings_out_of_their_ranges(key in any::<prop::sample::Index>(), text in "\\PC{0,12}", number in any::<f64>()) {
        let key = *key.get(&SettingsLayers::keys().collect::<Vec<_>>());
        let environment = json!({key: text, "remainingEpisodes": number}).to_string();
        let (layers, _) = SettingsLayers::new(&Map::new(), Some(&environment));
        let in_force = serde_json::to_value(layers.effective()).unwrap();
        for (key, min, max) in RANGES {
            let number = in_force[key].as_u64().unwrap();
            prop_assert!((u64::from(*min)..=u64::from(*max)).contains(&number));
        }
        let (_, refused) = SettingsLayers::new(&Map::new(), Some(&text));
        prop_assert!(refused.len() <= 1);
    }
}
