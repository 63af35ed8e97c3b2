//! Settings: values, refusals, and the environment that wins.

use crate::house::House;
use crate::process::{Answered, answer_of, answer_to};
use serde_json::{Value, json};

/// The contract's keys, with their defaults.
fn defaults() -> Vec<(&'static str, Value)> {
    vec![
        ("enabled", json!(false)),
        ("pollingIntervalMinutes", json!(15)),
        ("remainingEpisodes", json!(2)),
        ("filterUsers", json!([])),
        ("enableAutoReset", json!(true)),
        ("inactivityResetDays", json!(7)),
        ("autoResetIntervalHours", json!(24)),
        ("enableProgressiveCleanup", json!(false)),
        ("progressiveCleanupAtOnce", json!(false)),
        ("standardMonitoring", json!(true)),
        ("dryRun", json!(false)),
    ]
}

#[tokio::test]
async fn settings_begin_with_their_defaults_and_are_kept() {
    let house = House::new().await;
    let fresh = house.done(&["settings", "show"]).await;
    for (key, value) in defaults() {
        assert_eq!(fresh[key], value, "{key}");
    }

    let set = house
        .done(&[
            "settings",
            "set",
            "filterUsers=Alice, Bob",
            "remainingEpisodes=10",
            "dryRun=on",
            "inactivityResetDays=365",
        ])
        .await;
    assert_eq!(set["filterUsers"], json!(["Alice", "Bob"]));
    assert_eq!(house.done(&["settings", "show"]).await, set);
    let json_list = house
        .done(&["settings", "set", "filterUsers=[\"Bob, the builder\", \"1\"]"])
        .await;
    assert_eq!(json_list["filterUsers"], json!(["Bob, the builder", "1"]));
    assert_eq!(json_list["remainingEpisodes"], json!(10));

    let file = house.folder().join("settings.json");
    std::fs::write(
        &file,
        r#"{"filterUsers": [], "pollingIntervalMinutes": 1, "dryRun": false}"#,
    )
    .unwrap();
    let imported = house.done(&["settings", "import", file.to_str().unwrap()]).await;
    assert_eq!(
        (&imported["filterUsers"], &imported["pollingIntervalMinutes"]),
        (&json!([]), &json!(1))
    );
    let piped = answer_to(
        house.command(&["settings", "import", "-", "--json"]),
        r#"{"autoResetIntervalHours": 168}"#,
    )
    .await;
    assert_eq!(
        (piped.code, &piped.document()["autoResetIntervalHours"]),
        (0, &json!(168))
    );
    let people = house.run(&["settings", "show"]).await;
    assert!(
        people.stdout.lines().any(|line| line == "autoResetIntervalHours = 168"),
        "{people:?}"
    );
}

#[tokio::test]
async fn an_invalid_value_changes_nothing_not_even_its_neighbors() {
    let house = House::new().await;
    let before = house.done(&["settings", "show"]).await;
    let numbers = [
        ("pollingIntervalMinutes", 1440),
        ("remainingEpisodes", 10),
        ("inactivityResetDays", 365),
        ("autoResetIntervalHours", 168),
    ];
    let mut wrong: Vec<(String, &str)> = Vec::new();
    for (key, most) in numbers {
        for value in ["0", "-1", "1.5", "", "many", "true", "99999999999999999999", "[]"] {
            wrong.push((format!("{key}={value}"), key));
        }
        wrong.push((format!("{key}={}", most + 1), key));
    }
    for (key, default) in defaults() {
        if default.is_boolean() {
            wrong.extend(["maybe", "", "2", "[]"].map(|value| (format!("{key}={value}"), key)));
        }
    }
    wrong.push(("filterUsers=[1, {}]".to_owned(), "filterUsers"));
    wrong.push(("remaining_episode=3".to_owned(), "remainingEpisodes"));
    wrong.push(("Enabled=true".to_owned(), "enabled"));
    wrong.push(("dryRun".to_owned(), "dryRun"));
    for (assignment, named) in wrong {
        let answered = house
            .json(&["settings", "set", "standardMonitoring=false", &assignment])
            .await;
        assert_refused(&answered, named, &assignment);
    }

    let documents = [
        (
            r#"{"standardMonitoring": false, "remainingEpisodes": "3"}"#,
            "remainingEpisodes",
        ),
        (r#"{"standardMonitoring": false, "enabled": 1}"#, "enabled"),
        (
            r#"{"standardMonitoring": false, "filterUsers": {"a": 1}}"#,
            "filterUsers",
        ),
        (
            r#"{"standardMonitoring": false, "inactivityResetDays": null}"#,
            "inactivityResetDays",
        ),
        (
            r#"{"standardMonitoring": false, "pollingInterval": 5}"#,
            "pollingIntervalMinutes",
        ),
        (r#"{"standardMonitoring": false"#, "JSON"),
        (r#"["standardMonitoring"]"#, "JSON"),
        ("", "JSON"),
    ];
    for (document, named) in documents {
        let answered = answer_to(house.command(&["settings", "import", "-", "--json"]), document).await;
        assert_refused(&answered, named, document);
    }
    let missing = house.json(&["settings", "import", "/nonexistent/settings.json"]).await;
    assert_refused(&missing, "/nonexistent/settings.json", "a file that is not there");
    assert_eq!(house.done(&["settings", "show"]).await, before);
}

fn assert_refused(answered: &Answered, named: &str, what: &str) {
    assert_eq!(answered.code, 2, "{what}: {answered:?}");
    let (_, message) = answered.error();
    assert!(message.contains(named), "{what}: {message}");
}

#[tokio::test]
async fn the_environment_variable_wins_key_by_key() {
    let house = House::new().await;
    house
        .done(&["settings", "set", "remainingEpisodes=3", "inactivityResetDays=30"])
        .await;
    let with = |arguments: &[&str], value: &str| {
        let mut command = house.command(&[arguments, &["--json"]].concat());
        command.env("plexSessionMonitoring", value);
        command
    };
    let held = r#"{"remainingEpisodes": 5, "filterUsers": ["Alice"]}"#;

    let shown = answer_of(with(&["settings", "show"], held)).await.document();
    assert_eq!(
        (&shown["remainingEpisodes"], &shown["filterUsers"]),
        (&json!(5), &json!(["Alice"]))
    );
    assert_eq!(shown["inactivityResetDays"], json!(30));
    let mut holds: Vec<&str> = shown["heldByEnvironment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap())
        .collect();
    holds.sort_unstable();
    assert_eq!(holds, ["filterUsers", "remainingEpisodes"]);

    let refused = answer_of(with(
        &["settings", "set", "inactivityResetDays=31", "remainingEpisodes=4"],
        held,
    ))
    .await;
    assert_refused(&refused, "plexSessionMonitoring", "a held key");
    let import = house.folder().join("settings.json");
    std::fs::write(&import, r#"{"remainingEpisodes": 4}"#).unwrap();
    let refused = answer_of(with(&["settings", "import", import.to_str().unwrap()], held)).await;
    assert_refused(&refused, "remainingEpisodes", "a held key in a file");
    let allowed = answer_of(with(&["settings", "set", "inactivityResetDays=31"], held)).await;
    assert_eq!(allowed.code, 0, "{allowed:?}");

    let without = house.done(&["settings", "show"]).await;
    assert_eq!(
        (&without["remainingEpisodes"], &without["heldByEnvironment"]),
        (&json!(3), &json!([]))
    );
    assert_eq!(without["inactivityResetDays"], json!(31));
}

#[tokio::test]
async fn an_environment_variable_that_cannot_be_read_is_not_passed_over() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    house.play(show, 8);
    for value in ["{", r#"{"remainingEpisodes": 99}"#, r#"{"remainingEpisode": 2}"#, "[]"] {
        let mut command = house.command(&["check", "--json"]);
        command.env("plexSessionMonitoring", value);
        let answered = answer_of(command).await;
        assert_refused(&answered, "plexSessionMonitoring", value);
        let mut command = house.command(&["settings", "show", "--json"]);
        command.env("plexSessionMonitoring", value);
        let shown = answer_of(command).await.document();
        assert_eq!(shown["warnings"].as_array().unwrap().len(), 1, "{value}: {shown}");
    }
    assert_eq!(house.writes(), "");
}

#[tokio::test]
async fn what_the_environment_variable_holds_is_neither_shown_nor_logged() {
    let house = House::connected().await;
    for value in [
        r#"{"remainingEpisodes": "wandering-albatross"}"#,
        r#"{"protectTag": ["wandering-albatross"]}"#,
        r#"["wandering-albatross"]"#,
        r#""wandering-albatross""#,
        "wandering-albatross",
    ] {
        for arguments in [&["settings", "show"][..], &["check"], &["check", "--json"]] {
            let mut command = house.command(&[arguments, &["--log-level", "trace"]].concat());
            command.env("plexSessionMonitoring", value);
            let answered = answer_of(command).await;
            let said = format!("{}{}", answered.stdout, answered.stderr);
            assert!(said.contains("plexSessionMonitoring"), "{value}: {said}");
            assert!(!said.contains("albatross"), "{value}: {said}");
        }
    }
}
