//! A desktop without a keyring: said plainly, and not the end.

use crate::application::Application;
use crate::desktop::{Desktop, Keyring};
use crate::page::Page;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_the_window_says_so_and_goes_on() {
    let desktop = Desktop::start(Keyring::Missing).await;
    let mut application = Application::start(&desktop, &["--show"]);
    let page = Page::of(&desktop, &mut application).await;
    page.find("[data-testid=keyring-banner]").await;
    page.find("[data-testid=keyring-retry]").await;
    page.find("[data-testid=view-now]").await;
    desktop.take_picture("5-no-keyring");

    page.click("[data-testid=keyring-retry]").await;
    page.find("[data-testid=keyring-banner]").await;
    assert!(!application.has_ended());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_comes_up_late_is_found() {
    let mut desktop = Desktop::start(Keyring::Missing).await;
    let mut application = Application::start(&desktop, &["--show"]);
    let page = Page::of(&desktop, &mut application).await;
    page.find("[data-testid=keyring-banner]").await;

    desktop.start_keyring().await;
    page.click("[data-testid=keyring-retry]").await;
    page.wait_until_gone("[data-testid=keyring-banner]").await;
}
