//! The main story with a real keyring on a bus of its own.

use crate::house::{House, eventually};
use crate::process::{Answered, answer_of, answer_to, leave_out};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ends its process when dropped.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A bus with an unlocked keyring, and the environment of programs that use it.
struct Desktop {
    environment: Vec<(&'static str, String)>,
    _keyring: Guard,
    _bus: Guard,
}

impl Desktop {
    /// `None` where the programs are not installed: then there is nothing to test.
    fn start(home: &Path) -> Option<Self> {
        for program in ["dbus-daemon", "gnome-keyring-daemon"] {
            if Command::new(program).arg("--version").output().is_err() {
                leave_out(&format!("{program} is not installed: the keyring was not tried"));
                return None;
            }
        }
        std::fs::create_dir_all(home).unwrap();
        let config = home.join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}/bus</listen>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
             <allow own=\"*\"/></policy></busconfig>",
            home.display()
        );
        std::fs::write(&config, text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--print-address", "--nofork"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let stdout = bus.stdout.take().unwrap();
        let bus = Guard(bus);
        BufReader::new(stdout).read_line(&mut address).unwrap();
        let path = |name: &str| home.join(name).display().to_string();
        let environment = vec![
            ("DBUS_SESSION_BUS_ADDRESS", address.trim().to_owned()),
            ("HOME", path("")),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_RUNTIME_DIR", path("")),
        ];
        let mut keyring = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .envs(environment.clone())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = keyring.stdin.take().unwrap();
        let keyring = Guard(keyring);
        stdin.write_all(b"test\n").unwrap();
        Some(Self {
            environment,
            _keyring: keyring,
            _bus: bus,
        })
    }

    fn command(&self, house: &House, arguments: &[&str]) -> tokio::process::Command {
        let mut command = house.command(&[arguments, &["--json", "--secret-store", "keyring"]].concat());
        command
            .envs(self.environment.clone())
            .env_remove("CLIFFHANGARR_SECRET_STORE")
            .env_remove("CLIFFHANGARR_SECRET_ATTIC")
            .env_remove("CLIFFHANGARR_SECRET_SONARR");
        command
    }

    async fn run(&self, house: &House, arguments: &[&str]) -> Answered {
        answer_of(self.command(house, arguments)).await
    }
}

#[tokio::test]
async fn secrets_come_from_standard_input_stay_in_the_keyring_and_go_with_their_connection() {
    let house = House::new().await;
    let Some(desktop) = Desktop::start(&house.folder().join("desktop")) else {
        return;
    };
    let show = house.harbour_lights();
    let plex = ["connect", "plex", "--name", "Attic", "--url", &house.plex_url];
    let sonarr = ["connect", "sonarr", "--name", "Sonarr", "--url", &house.sonarr_url];

    // The keyring needs a moment to appear.
    let mut answered = answer_to(
        desktop.command(&house, &[&plex[..], &["--secret-stdin"]].concat()),
        &house.plex.token(),
    )
    .await;
    for _ in 0..50 {
        if answered.code == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        answered = answer_to(
            desktop.command(&house, &[&plex[..], &["--secret-stdin"]].concat()),
            &house.plex.token(),
        )
        .await;
    }
    assert_eq!(answered.code, 0, "{answered:?}");
    let key = format!("  {}\n", house.sonarr.api_key());
    let answered = answer_to(
        desktop.command(&house, &[&sonarr[..], &["--secret-stdin"]].concat()),
        &key,
    )
    .await;
    assert_eq!(answered.code, 0, "{answered:?}");
    let empty = answer_to(
        desktop.command(&house, &[&sonarr[..], &["--secret-stdin"]].concat()),
        "\n",
    )
    .await;
    assert_eq!(empty.code, 2, "{empty:?}");
    // A change of the address needs no secret again.
    assert_eq!(desktop.run(&house, &sonarr).await.code, 0);

    assert_eq!(desktop.run(&house, &["settings", "set", "enabled=true"]).await.code, 0);
    house.play(show, 8);
    let check = desktop.run(&house, &["check"]).await;
    assert_eq!(check.code, 0, "{check:?}");
    house.second_season_was_searched_once(show, "with the keyring");

    let daemon = crate::process::Daemon::start(desktop.command(&house, &["run", "--log-level", "debug"]));
    assert!(
        eventually(Duration::from_secs(60), || daemon
            .said()
            .contains("the event stream is up"))
        .await,
        "{}",
        daemon.said()
    );
    let (code, said, took) = daemon.terminate().await;
    assert!(
        code == 0 && took < Duration::from_secs(5),
        "{code} after {took:?}: {said}"
    );

    assert_eq!(desktop.run(&house, &["disconnect", "Attic"]).await.code, 0);
    let without = desktop.run(&house, &plex).await;
    assert_eq!(
        (without.code, without.error().0.as_str()),
        (1, "unauthorized"),
        "the secret is gone: {without:?}"
    );
    crate::secrets::assert_nowhere(&house, &[&house.plex.token(), &house.sonarr.api_key()]);
}

#[tokio::test]
async fn without_a_keyring_it_is_said_what_to_do() {
    let house = House::new().await;
    let arguments = [
        "connect",
        "plex",
        "--name",
        "Attic",
        "--url",
        &house.plex_url,
        "--secret-store",
        "keyring",
        "--secret-stdin",
        "--json",
    ];
    let answered = answer_to(house.command(&arguments), &house.plex.token()).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "secretStoreUnavailable"),
        "{answered:?}"
    );
    assert!(answered.error().1.contains("--secret-store env"), "{answered:?}");
    assert_eq!(
        house.done(&["connections"]).await,
        serde_json::json!([]),
        "nothing half-kept"
    );
}

#[tokio::test]
async fn a_connection_goes_although_its_secret_cannot_be_removed_and_that_is_said_with_1() {
    let house = House::connected().await;
    let answered = house.json(&["disconnect", "Sonarr", "--secret-store", "keyring"]).await;
    let document = answered.document();
    assert_eq!(
        (answered.code, &document["removed"]),
        (1, &serde_json::json!("Sonarr")),
        "{answered:?}"
    );
    let errors = answered.errors();
    assert!(
        errors.len() == 1 && errors[0].contains("may still be in the system keyring"),
        "{answered:?}"
    );
    let left = house.done(&["connections"]).await;
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");

    let plain = house.run(&["disconnect", "Attic", "--secret-store", "keyring"]).await;
    assert_eq!(plain.code, 1, "{plain:?}");
    assert!(
        plain.stdout.contains("Attic was removed.") && plain.stdout.contains("Remove it there by hand."),
        "{plain:?}"
    );
}
