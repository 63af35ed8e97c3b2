//! Starting at login: the entry in the user's own configuration, and the mark that tells of it.

use crate::application::Application;
use crate::desktop::{Desktop, Keyring};
use crate::tray_host::TrayHost;
use crate::waiting::until_true;
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_writes_and_removes_the_login_entry() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let _application = Application::start(&desktop, &["--autostart"]);
    let icon = tray.icon().await;
    let entry = desktop.root().join("config/autostart/Cliffhangarr.desktop");
    let checked = || icon.line("Start at login").and_then(|line| line.checked);
    assert!(!entry.exists(), "nothing starts at login unasked");
    assert_eq!(checked(), Some(false));

    icon.choose("Start at login").await;
    until_true("the login entry", || entry.exists()).await;
    until_true("the mark", || checked() == Some(true)).await;
    let text = fs::read_to_string(&entry).unwrap();
    let command = text.lines().find(|line| line.starts_with("Exec=")).unwrap();
    assert!(command.contains(env!("CARGO_BIN_EXE_cliffhangarr")), "{command}");
    assert!(command.contains("--autostart"), "{command}");

    icon.choose("Start at login").await;
    until_true("the login entry to go", || !entry.exists()).await;
    until_true("the mark to go", || checked() == Some(false)).await;
}
