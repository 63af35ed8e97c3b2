//! A session bus of its own, and a real keyring on it.
//!
//! The bus's address is a property of a whole process, so what is tested runs in a child process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const SCENARIO: &str = "CLIFFHANGARR_CONFIG_TEST_HOME";

/// Ends its process when dropped.
pub struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs an ignored test as a child process on a fresh bus; true if it could be run and passed. Without the programs it
/// needs there is nothing to test.
pub fn run_on_fresh_bus(test: &str) {
    for program in ["dbus-daemon", "gnome-keyring-daemon"] {
        if Command::new(program).arg("--version").output().is_err() {
            return leave_out(&format!("{program} is not installed: {test} was not run"));
        }
    }
    let home = tempfile::tempdir().unwrap();
    let (_bus, address) = bus(&home);
    let output = child(test, home.path())
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Says why a test is left out. Continuous integration that runs as root can have whatever is needed, so there it is a failure.
fn leave_out(why: &str) {
    let id = Command::new("id").arg("-u").output();
    let is_root = id.is_ok_and(|id| id.stdout == b"0\n");
    assert!(std::env::var_os("CI").is_none() || !is_root, "{why}");
    eprintln!("{why}");
}

/// Runs an ignored test as a child process without any bus.
pub fn run_without_bus(test: &str) {
    let home = tempfile::tempdir().unwrap();
    let output = child(test, home.path())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn child(test: &str, home: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(SCENARIO, home)
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

/// Whether this process is the child of a scenario.
pub fn in_scenario() -> bool {
    std::env::var_os(SCENARIO).is_some()
}

/// A bus that starts no services by itself.
fn bus(home: &TempDir) -> (Guard, String) {
    let config = home.path().join("bus.conf");
    let text = format!(
        "<busconfig><type>session</type><listen>unix:path={}/bus</listen>\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
        home.path().display()
    );
    std::fs::write(&config, text).unwrap();
    let mut process = Command::new("dbus-daemon")
        .arg(format!("--config-file={}", config.display()))
        .args(["--print-address", "--nofork"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut address = String::new();
    let stdout = process.stdout.take().unwrap();
    let guard = Guard(process);
    BufReader::new(stdout).read_line(&mut address).unwrap();
    assert!(address.starts_with("unix:"), "{address}");
    (guard, address.trim().to_owned())
}

/// Starts a keyring with an unlocked collection on this process's bus. It needs a moment to appear.
pub fn start_keyring() -> Guard {
    let mut process = Command::new("gnome-keyring-daemon")
        .args(["--unlock", "--components=secrets", "--foreground"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let guard = Guard(process);
    stdin.write_all(b"test\n").unwrap();
    guard
}
