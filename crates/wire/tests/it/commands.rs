use cliffhangarr_wire::COMMANDS;
use secrecy::ExposeSecret as _;
use std::collections::BTreeSet;

#[test]
fn command_names_are_unique_snake_case_verbs() {
    assert_eq!(COMMANDS.iter().collect::<BTreeSet<_>>().len(), COMMANDS.len());
    for name in COMMANDS {
        assert!(
            name.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_'),
            "{name}"
        );
    }
}

#[test]
fn arguments_are_read_from_what_the_page_sends() {
    let draft: cliffhangarr_wire::DraftedConnection = serde_json::from_value(serde_json::json!({
        "draft": { "kind": "plex", "name": "Home", "url": "http://nas:32400", "secret": null, "verify": true }
    }))
    .unwrap();
    assert!(draft.draft.secret.is_none());
    let keep: cliffhangarr_wire::Keep =
        serde_json::from_value(serde_json::json!({ "show": 3, "season": 2, "keep": true })).unwrap();
    assert_eq!((keep.show, keep.season, keep.keep), (3, Some(2), true));
}

#[test]
fn a_secret_is_hidden_from_debug_output() {
    let draft: cliffhangarr_wire::ConnectionDraft = serde_json::from_value(serde_json::json!({
        "kind": "sonarr", "name": "TV", "url": "http://nas:8989", "secret": "very-secret-key", "verify": false
    }))
    .unwrap();
    assert!(!format!("{draft:?}").contains("very-secret-key"));
    assert_eq!(draft.secret.unwrap().into_inner().expose_secret(), "very-secret-key");
}

#[test]
fn a_patch_names_only_what_changes_and_refuses_what_it_does_not_know() {
    let patch: cliffhangarr_wire::SettingsPatch =
        serde_json::from_value(serde_json::json!({ "remainingEpisodes": 3, "filterUsers": ["Alice"] })).unwrap();
    let object = patch.into_object();
    assert_eq!(
        serde_json::Value::Object(object),
        serde_json::json!({ "remainingEpisodes": 3, "filterUsers": ["Alice"] })
    );
    assert!(
        serde_json::from_value::<cliffhangarr_wire::SettingsPatch>(serde_json::json!({ "remainingEpisode": 3 }))
            .is_err()
    );
}
