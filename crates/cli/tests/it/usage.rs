//! Wrong usage, and what else is refused before anything is touched.

use crate::house::House;

#[tokio::test]
async fn wrong_usage_ends_with_2_and_changes_nothing() {
    let house = House::new().await;
    let wrong: &[&[&str]] = &[
        &[],
        &["dance"],
        &["connect"],
        &["connect", "kodi", "--name", "X", "--url", "http://x"],
        &["connect", "plex", "--name", "X"],
        &["connect", "plex", "--name", "X", "--url", "http://x", "--secret", "abc"],
        &["enroll", "--instance", "Sonarr", "--type", "pilotRolling"],
        &[
            "enroll",
            "--instance",
            "Sonarr",
            "--tvdb",
            "1",
            "--series",
            "2",
            "--type",
            "pilotRolling",
        ],
        &["enroll", "--instance", "Sonarr", "--tvdb", "1", "--type", "everything"],
        &[
            "enroll",
            "--instance",
            "Sonarr",
            "--tvdb",
            "one",
            "--type",
            "pilotRolling",
        ],
        &["settings"],
        &["settings", "set"],
        &["reset"],
        &["reset", "first"],
        &["remove"],
        &["disconnect"],
        &["journal", "--limit", "-1"],
        &["check", "--secret-store", "drawer"],
        &["check", "--log-level", "loud"],
        &["demo", "--speed", "0"],
        &["demo", "--speed", "fast"],
        &["demo", "--data-dir", "/nonexistent/folder"],
        &["--secret-store", "env", "demo"],
    ];
    for arguments in wrong {
        let plain = house.run(arguments).await;
        assert_eq!((plain.code, plain.stdout.as_str()), (2, ""), "{arguments:?}: {plain:?}");
        assert!(!plain.stderr.is_empty(), "{arguments:?}");
        let json = house.json(arguments).await;
        let (code, message) = json.error();
        assert_eq!((json.code, code.as_str()), (2, "usage"), "{arguments:?}");
        assert!(
            message.len() > 10 && !message.contains('\n') && !message.contains("Usage:"),
            "{arguments:?}: {message}"
        );
    }
    let missing = house.json(&["connect", "plex", "--name", "X"]).await.error().1;
    assert!(missing.contains("--url"), "it says what is missing: {missing}");
    assert!(
        !house.data().exists(),
        "nothing was changed, not even a folder was made"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn arguments_that_are_no_text_are_refused_as_well() {
    use std::os::unix::ffi::OsStrExt as _;
    let house = House::new().await;
    let mut command = house.command(&["--json", "disconnect"]);
    command.arg(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    let answered = crate::process::answer_of(command).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (2, "usage"),
        "{answered:?}"
    );
}

#[tokio::test]
async fn what_a_failure_quotes_does_not_steer_the_terminal() {
    let house = House::new().await;
    let refused = house.run(&["disconnect", "\u{1b}[2Jgone\u{7}"]).await;
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("\u{fffd}[2Jgone\u{fffd}"), "{refused:?}");
    assert!(!refused.stderr.contains('\u{1b}'), "{refused:?}");
}

#[tokio::test]
async fn help_and_version_are_no_failures() {
    let house = House::new().await;
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["connect", "--help"],
        &["check", "--help", "--json"],
    ] {
        let answered = house.run(arguments).await;
        assert!(
            answered.code == 0 && !answered.stdout.is_empty() && answered.stderr.is_empty(),
            "{answered:?}"
        );
    }
    let help = house.run(&["connect", "--help"]).await.stdout;
    assert!(
        help.contains("--secret-stdin") && !help.contains("--secret <"),
        "a secret is no argument: {help}"
    );
    let all = house.run(&["--help"]).await.stdout;
    assert!(
        !all.contains(&house.plex.token()),
        "the environment's values are not shown: {all}"
    );
}

#[tokio::test]
async fn a_reader_that_leaves_early_is_no_crash() {
    let house = House::connected().await;
    let program = crate::house::PROGRAM;
    let script = format!("{program} settings show | true; {program} settings show --json | true; echo fine");
    let mut command = tokio::process::Command::new("sh");
    command
        .args(["-c", &script])
        .env_clear()
        .envs(house.environment())
        .kill_on_drop(true);
    let answered = crate::process::answer_of(command).await;
    assert_eq!(answered.stdout, "fine\n", "{answered:?}");
    assert!(!answered.stderr.contains("panicked"), "{answered:?}");
}

#[tokio::test]
async fn ids_and_names_that_do_not_exist_end_with_2() {
    let house = House::connected().await;
    for arguments in [
        &["reset", "17"][..],
        &["reset", "17", "--dry-run"],
        &["remove", "17"],
        &["remove", "17", "--reset"],
        &["enroll", "--instance", "Attic", "--tvdb", "1", "--type", "pilotRolling"],
        &[
            "enroll",
            "--instance",
            "Nowhere",
            "--tvdb",
            "1",
            "--type",
            "pilotRolling",
        ],
        &[
            "enroll",
            "--instance",
            "Sonarr",
            "--tvdb",
            "1",
            "--type",
            "pilotRolling",
        ],
        &[
            "enroll",
            "--instance",
            "Sonarr",
            "--series",
            "4711",
            "--type",
            "pilotRolling",
        ],
        &["disconnect", "Cellar"],
    ] {
        let answered = house.json(arguments).await;
        assert_eq!(answered.code, 2, "{arguments:?}: {answered:?}");
        assert!(answered.error().1.ends_with('.'), "{arguments:?}: {answered:?}");
    }
    assert_eq!(house.done(&["shows"]).await, serde_json::json!([]));
    assert_eq!(house.writes(), "");
}
