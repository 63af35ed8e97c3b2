//! Clients that others wrote in Python, in one environment for all tests.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The clients, and what they need and do not say; everything else is left to pip.
const PACKAGES: [&str; 7] = [
    "pyarr==5.2.0",
    "plexapi==4.18.3",
    "jellyfin-apiclient-python==1.20.2",
    "embyclient==4.9.0.33",
    "websocket-client==1.8.0",
    "pytautulli==23.1.1",
    "async-timeout==5.0.1",
];

/// The Python interpreter of the environment; makes it on first use.
///
/// Panics if there is no `python3` or the packages cannot be installed: a test that needs them has not been run then.
pub(crate) fn venv() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-clients");
    fs::create_dir_all(&folder).unwrap();
    // Tests of several processes share the environment; the first one makes it.
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let (home, stamp) = (folder.join("venv"), folder.join("packages"));
    let python = home.join("bin/python");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && python.exists() {
        return python;
    }
    let made = Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&home)
        .output();
    let made = made.unwrap_or_else(|error| panic!("python3 is needed for this test and cannot be started: {error}"));
    assert!(
        made.status.success(),
        "no environment could be made (is python3-venv installed?): {}",
        text(&made)
    );
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let installed = Command::new(&python).args(pip).args(PACKAGES).output().unwrap();
    assert!(
        installed.status.success(),
        "the clients could not be installed: {}",
        text(&installed)
    );
    fs::write(&stamp, wanted).unwrap();
    python
}

/// Runs a script of `tests/clients` and expects it to succeed.
pub(crate) async fn run(script: &str, arguments: &[&str]) {
    let python = tokio::task::spawn_blocking(venv).await.unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let mut command = tokio::process::Command::new(python);
    command
        .arg(&script)
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}: {}", script.display(), text(&output));
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
