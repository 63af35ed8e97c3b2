//! What a new user does on the first evening, from the first start to the last click.

use crate::application::{Application, TITLE};
use crate::desktop::{Desktop, Keyring};
use crate::household::{Household, SHOW};
use crate::notifications::Recorder;
use crate::page::Page;
use crate::processes;
use crate::tray_host::TrayHost;
use crate::waiting::{until, until_true};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_evening() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let notifications = Recorder::start(&desktop);
    let household = Household::start().await;

    // The first start by hand opens the window, because there is nothing to do in the tray yet.
    let mut application = Application::start(&desktop, &[]);
    let page = Page::of(&desktop, &mut application).await;
    let icon = tray.icon().await;
    page.find("[data-testid=start-plex]").await;
    desktop.take_picture("1-first-start");

    page.click("[data-testid=start-plex]").await;
    describe(&page, "Living room", &household.plex_address, "not-the-token").await;
    page.click("[data-testid=connection-test]").await;
    page.wait_for_text("Copy the token or API key again").await;
    page.fill("[data-testid=connection-secret]", &household.plex.token())
        .await;
    page.click("[data-testid=connection-test]").await;
    page.find("[data-testid=connection-result]").await;
    desktop.take_picture("2-plex-answered");
    page.click("[data-testid=connection-save]").await;
    page.wait_for_text("Living room").await;

    page.click("[data-testid=nav-now]").await;
    page.click("[data-testid=start-sonarr]").await;
    describe(&page, "Shows", &household.sonarr_address, &household.sonarr.api_key()).await;
    page.click("[data-testid=connection-save]").await;
    page.wait_for_text("Shows").await;

    let idle = icon.face();
    page.click("[data-testid=nav-now]").await;
    page.click("[data-testid=start-on]").await;
    until("the tray to offer a check", || {
        icon.line("Check sessions now").filter(|line| line.enabled)
    })
    .await;

    household.alice_nears_the_end();
    icon.choose("Check sessions now").await;
    until_true("the search to arrive at Sonarr", || household.has_searched()).await;
    let shown = notifications.wait_for(SHOW).await;
    assert!(!shown.title.is_empty() && !shown.body.is_empty(), "{shown:?}");
    assert!(
        shown.title.contains("Season 2") || shown.body.contains("eason 2"),
        "{shown:?}"
    );
    page.wait_for_text("Alice").await;
    desktop.take_picture("3-searched");
    page.click("[data-testid=nav-journal]").await;
    page.find("[data-testid=journal-row]").await;
    page.wait_for_text(SHOW).await;
    desktop.take_picture("4-journal");
    assert_ne!(icon.face(), idle, "a switched on application looks different");

    secrets_are_only_in_the_keyring(&desktop, &household, &application);

    // A second start is the first one's window.
    let mut second = Application::start(&desktop, &[]);
    assert!(second.end().await.success());
    assert_eq!(desktop.windows(), [TITLE]);

    drop(page);
    desktop.ask("wmctrl", &["-c", TITLE]);
    until_true("the window to close", || desktop.windows().is_empty()).await;
    until_true("the web process to end", || !application.has_web_process()).await;
    assert!(icon.is_there());

    desktop.ask("dunstctl", &["action", "0"]);
    until_true("a click on the notification to open the window", || {
        desktop.windows() == [TITLE]
    })
    .await;
    desktop.ask("wmctrl", &["-c", TITLE]);
    until_true("the window to close", || desktop.windows().is_empty()).await;

    icon.choose("Open Cliffhangarr").await;
    until_true("the window again", || desktop.windows().contains(&TITLE.to_owned())).await;
    until_true("its web process", || application.has_web_process()).await;

    icon.choose("Quit").await;
    assert!(application.end().await.success());
    assert!(!icon.is_there());
    secrets_are_nowhere_in(&desktop.data_dir(), &household);

    // The next start knows everything, and shows nothing unasked.
    let mut next = Application::start(&desktop, &[]);
    let icon = tray.icon().await;
    until("monitoring to be on", || {
        icon.line("Pause monitoring").filter(|line| line.enabled)
    })
    .await;
    sleep(Duration::from_secs(2)).await;
    assert!(desktop.windows().is_empty());
    next.signal("TERM");
    assert!(next.end().await.success());
}

async fn describe(page: &Page, name: &str, address: &str, secret: &str) {
    page.find("[data-testid=connection-dialog]").await;
    page.fill("[data-testid=connection-name]", name).await;
    page.fill("[data-testid=connection-url]", address).await;
    page.fill("[data-testid=connection-secret]", secret).await;
}

fn secrets_are_only_in_the_keyring(desktop: &Desktop, household: &Household, application: &Application) {
    let kept = desktop.ask(
        "secret-tool",
        &["search", "--all", "--unlock", "service", "cliffhangarr"],
    );
    let visible = processes::visible_to_others(application.id());
    let said = application.output(desktop);
    for secret in household.secrets() {
        assert!(kept.contains(&secret), "the keyring does not hold the secret:\n{kept}");
        assert!(
            !contains(&visible, &secret),
            "a secret can be seen in the list of processes"
        );
        assert!(!said.contains(&secret), "a secret was logged");
    }
    secrets_are_nowhere_in(desktop.root(), household);
}

fn secrets_are_nowhere_in(folder: &Path, household: &Household) {
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.is_dir() {
            secrets_are_nowhere_in(&file, household);
        } else if file.is_file() {
            let bytes = fs::read(&file).unwrap_or_default();
            for secret in household.secrets() {
                assert!(!contains(&bytes, &secret), "a secret is in {}", file.display());
            }
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
