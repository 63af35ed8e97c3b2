//! Secrets are nowhere: not in the database, not in logs, not in what is said.

use crate::house::{House, eventually};
use crate::process::answer_of;
use simulators::faults::{Fault, FaultRule};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

/// No file of the data folder holds any of these texts.
pub fn assert_nowhere(house: &House, secrets: &[&str]) {
    let files = files_under(&house.data());
    assert!(files.iter().any(|file| file.ends_with("cliffhangarr.db")), "{files:?}");
    assert!(
        files
            .iter()
            .any(|file| file.extension().is_some_and(|extension| extension == "log")),
        "{files:?}"
    );
    for file in files {
        let content = std::fs::read(&file).unwrap();
        for secret in secrets {
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
    }
}

#[tokio::test]
async fn after_a_rich_evening_no_secret_is_anywhere() {
    let house = House::new().await;
    let (token, key) = (house.plex.token(), house.sonarr.api_key());
    let mut said = String::new();
    let mut note = |answered: crate::process::Answered| {
        said.push_str(&answered.stdout);
        said.push_str(&answered.stderr);
    };
    let trace = |arguments: &[&str]| house.command(&[arguments, &["--log-level", "trace"]].concat());

    note(answer_of(trace(&["connect", "plex", "--name", "Attic", "--url", &house.plex_url])).await);
    note(
        answer_of(trace(&[
            "connect",
            "sonarr",
            "--name",
            "Sonarr",
            "--url",
            &house.sonarr_url,
        ]))
        .await,
    );
    note(answer_of(trace(&["settings", "set", "enabled=true"])).await);
    // Servers that repeat the secret in their errors.
    house.sonarr.faults().push(
        FaultRule::new(
            "/api/v3/system",
            Fault::json(500, format!("{{\"message\": \"bad key {key}\"}}")),
        )
        .once(),
    );
    house.plex.faults().push(
        FaultRule::new(
            "/identity",
            Fault::json(500, format!("{{\"message\": \"X-Plex-Token={token}\"}}")),
        )
        .once(),
    );
    note(answer_of(trace(&["connections"])).await);
    let show = house.harbour_lights();
    house.play(show, 8);
    let echo = format!("[{{\"id\": \"{key}\", \"apiKey\": \"{key}\"}}]");
    house
        .sonarr
        .faults()
        .push(FaultRule::new("/api/v3/series", Fault::json(200, echo)).once());
    house.sonarr.faults().push(
        FaultRule::new(
            "/api/v3/command",
            Fault::json(400, format!("{{\"message\": \"{key}\"}}")),
        )
        .once(),
    );
    for arguments in [
        &["check"][..],
        &["check", "--json"],
        &["check", "--json"],
        &["journal", "--json"],
        &["connections", "--json"],
        &["shows"],
    ] {
        note(answer_of(trace(arguments)).await);
    }
    let daemon = crate::process::Daemon::start(trace(&["run"]));
    daemon.says("the event stream is up").await;
    house.play(show, 9);
    let heard = || {
        house
            .plex
            .log()
            .requests()
            .iter()
            .filter(|request| request.path() == "/status/sessions")
            .count()
            > 3
    };
    assert!(eventually(Duration::from_secs(60), heard).await, "{}", daemon.said());
    // The database is looked at while it is open, too, and after a crash.
    assert_nowhere(&house, &[&token, &key]);
    said.push_str(&daemon.said());
    daemon.kill().await;

    assert_nowhere(&house, &[&token, &key]);
    assert!(said.contains("TRACE") || said.contains("DEBUG"), "{said}");
    for secret in [&token, &key] {
        assert!(!said.contains(secret.as_str()), "a secret was said: {said}");
    }
    let logged = [house.plex.log().requests(), house.sonarr.log().requests()].concat();
    assert!(
        logged.iter().all(|request| !request.target.contains("***")),
        "a secret travels in a header, not in an address"
    );
    assert_eq!(house.searches().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::connected().await;
    for path in [
        house.data(),
        house.data().join("logs"),
        house.data().join("cliffhangarr.db"),
    ] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{}", path.display());
    }
}
