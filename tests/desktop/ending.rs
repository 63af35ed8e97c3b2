//! Starting, hiding and ending, without any server.

use crate::application::{Application, INSTANCE, TITLE};
use crate::desktop::{Desktop, Keyring};
use crate::notifications::Recorder;
use crate::page::Page;
use crate::tray_host::TrayHost;
use crate::waiting::{until, until_true};
use config::DataDir;

#[tokio::test(flavor = "multi_thread")]
async fn a_start_at_login_stays_in_the_tray_until_somebody_clicks_it() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let mut application = Application::start(&desktop, &["--autostart"]);
    let icon = tray.icon().await;
    assert!(desktop.windows().is_empty());
    assert!(!application.has_web_process());

    icon.click();
    until_true("the window", || desktop.windows().contains(&TITLE.to_owned())).await;

    desktop.ask("wmctrl", &["-c", TITLE]);
    until_true("the window to close", || desktop.windows().is_empty()).await;
    until_true("the web process to end", || !application.has_web_process()).await;
    assert!(!application.has_ended());
    assert!(icon.is_there());

    icon.choose("Quit").await;
    assert!(application.end().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_appears_when_its_host_comes_up_late() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let _application = Application::start(&desktop, &["--autostart"]);
    until_true("the application", || {
        desktop.names().iter().any(|name| name.starts_with(INSTANCE))
    })
    .await;

    let tray = TrayHost::start(&desktop);
    tray.icon().await;
    assert_eq!(tray.registrations(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_the_window_is_the_way_in() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let mut application = Application::start(&desktop, &[]);
    until_true("the window", || desktop.windows().contains(&TITLE.to_owned())).await;

    desktop.ask("wmctrl", &["-c", TITLE]);
    until_true("the window to close", || desktop.windows().is_empty()).await;
    let mut second = Application::start(&desktop, &[]);
    assert!(second.end().await.success());
    until_true("the window again", || desktop.windows().contains(&TITLE.to_owned())).await;
    assert!(!application.has_ended());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_at_login_opens_nothing() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let _application = Application::start(&desktop, &["--autostart"]);
    tray.icon().await;

    let mut second = Application::start(&desktop, &["--autostart"]);
    assert!(second.end().await.success());
    assert!(desktop.windows().is_empty());
    assert_eq!(tray.registrations(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_end_it_cleanly() {
    for signal in ["TERM", "INT", "HUP"] {
        let desktop = Desktop::start(Keyring::Unlocked).await;
        let tray = TrayHost::start(&desktop);
        let mut application = Application::start(&desktop, &["--show"]);
        tray.icon().await;
        until_true("the window", || desktop.windows().contains(&TITLE.to_owned())).await;

        application.signal(signal);
        assert!(application.end().await.success(), "{signal} is a clean end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_display_that_goes_away_takes_it_along_and_breaks_nothing() {
    let mut desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let mut application = Application::start(&desktop, &["--show"]);
    tray.icon().await;
    until_true("the window", || desktop.windows().contains(&TITLE.to_owned())).await;

    desktop.lose_display();
    application.end().await;

    desktop.start_display();
    let mut next = Application::start_with_settings(&desktop, &["--autostart"], r#"{"enabled": true}"#);
    let icon = tray.icon().await;
    until("monitoring to be on", || {
        icon.line("Pause monitoring").filter(|line| line.enabled)
    })
    .await;
    let said = next.output(&desktop);
    assert!(!said.contains("damaged"), "{said}");
    next.signal("TERM");
    assert!(next.end().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_another_program_owns_is_left_alone() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let notifications = Recorder::start(&desktop);
    let owned = DataDir::open(Some(desktop.data_dir())).unwrap();
    let mut application = Application::start(&desktop, &[]);
    assert_eq!(application.end().await.code(), Some(3));
    let said = application.output(&desktop);
    assert!(said.contains("--data-dir"), "it says what to do: {said}");
    let shown = notifications.wait_for("could not start").await;
    assert!(shown.body.contains("--data-dir"), "{shown:?}");
    assert!(!desktop.data_dir().join("cliffhangarr.db").exists());
    drop(owned);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_screen_it_says_what_to_use_instead() {
    let desktop = Desktop::start(Keyring::Missing).await;
    let output = Application::run_without_screen(&desktop);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cliffhangarr-cli run"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_shows_the_pause_and_takes_it_back() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let application = Application::start_with_settings(&desktop, &["--autostart"], r#"{"enabled": true}"#);
    let icon = tray.icon().await;
    let watching = until("monitoring to be on", || {
        icon.line("Pause monitoring").filter(|line| line.enabled)
    })
    .await;
    let labels: Vec<&str> = watching.children.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["For 1 hour", "Until tomorrow", "Until resumed"]);

    icon.choose("Until resumed").await;
    until("monitoring to be paused", || icon.line("Resume monitoring")).await;
    assert_eq!(icon.line("Pause monitoring"), None);

    icon.choose("Resume monitoring").await;
    until("monitoring to go on", || icon.line("Pause monitoring")).await;
    assert_eq!(
        tray.registrations(),
        1,
        "the icon is changed, not replaced:\n{}",
        application.output(&desktop)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_the_tray_has_its_end_and_outlives_the_process() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    for (choice, end) in [
        ("For 1 hour", "Paused until "),
        ("Until tomorrow", "Paused until tomorrow, 06:00"),
    ] {
        let on = r#"{"enabled": true}"#;
        let mut application = Application::start_with_settings(&desktop, &["--autostart"], on);
        let icon = tray.icon().await;
        icon.choose(choice).await;
        until("monitoring to be paused", || icon.line("Resume monitoring")).await;
        icon.choose("Quit").await;
        assert!(application.end().await.success());

        let mut next = Application::start_with_settings(&desktop, &["--show"], on);
        let page = Page::of(&desktop, &mut next).await;
        page.wait_for_text(end).await;
        let icon = tray.icon().await;
        icon.choose("Resume monitoring").await;
        until("monitoring to go on", || icon.line("Pause monitoring")).await;
        page.wait_until_gone("[data-testid=resume]").await;
        drop(page);
        icon.choose("Quit").await;
        assert!(next.end().await.success());
    }
}
