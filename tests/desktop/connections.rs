//! Connections as they are made and removed in the window.

use crate::application::Application;
use crate::desktop::{Desktop, Keyring};
use crate::household::Household;
use crate::page::Page;
use crate::waiting::until_true;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_removed_leaves_no_secret() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let household = Household::start().await;
    let mut application = Application::start(&desktop, &["--show"]);
    let page = Page::of(&desktop, &mut application).await;
    let kept = || {
        desktop.ask(
            "secret-tool",
            &["search", "--all", "--unlock", "service", "cliffhangarr"],
        )
    };
    page.click("[data-testid=start-plex]").await;
    page.fill("[data-testid=connection-name]", "Living room").await;
    page.fill("[data-testid=connection-url]", &household.plex_address).await;
    page.fill("[data-testid=connection-secret]", &household.plex.token())
        .await;
    page.click("[data-testid=connection-save]").await;
    page.find("[data-testid=connection-row]").await;
    assert!(kept().contains(&household.plex.token()));

    page.click("[data-testid=remove-connection]").await;
    page.click("[data-testid=confirm-no]").await;
    page.wait_until_gone("[data-testid=confirm-dialog]").await;
    page.find("[data-testid=connection-row]").await;
    assert!(
        kept().contains(&household.plex.token()),
        "a change of mind changes nothing"
    );

    page.click("[data-testid=remove-connection]").await;
    page.click("[data-testid=confirm-yes]").await;
    page.wait_until_gone("[data-testid=connection-row]").await;
    until_true("the secret to go", || !kept().contains(&household.plex.token())).await;
    assert!(!application.has_ended());
}
