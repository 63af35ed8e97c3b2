//! Messages on the desktop.

use crate::window;
use domain::state::{Notification, Topic};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Runtime};
use tauri_plugin_notification::{ActiveNotification, NotificationExt as _};
use wire::View;

/// How many messages could not be shown since the start.
static FAILED: AtomicU64 = AtomicU64::new(0);
/// Numbers the messages, so that a click can be told apart.
static NEXT_ID: AtomicI32 = AtomicI32::new(1);
/// Key of the view that a click opens, in the message's extra values.
const VIEW: &str = "view";
/// How long a message of a process that ends at once is given to leave it.
const DELIVERY: Duration = Duration::from_secs(1);

/// Shows a message. A desktop that cannot show one is not an error: it is counted and logged.
pub fn show<R: Runtime>(app: &AppHandle<R>, notification: &Notification) {
    tracing::info!(topic = ?notification.topic, title = notification.title, "{}", notification.body);
    let shown = app
        .notification()
        .builder()
        .id(NEXT_ID.fetch_add(1, Ordering::Relaxed))
        .title(&notification.title)
        .body(&notification.body)
        .extra(VIEW, view_for(notification.topic))
        .show();
    if let Err(error) = shown {
        let failed = FAILED.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::warn!(%error, failed, "a notification could not be shown");
    }
}

/// Shows a last message, and gives it the time to leave the process.
pub fn show_and_wait<R: Runtime>(app: &AppHandle<R>, title: &str, body: &str) {
    show(
        app,
        &Notification {
            title: title.to_owned(),
            body: body.to_owned(),
            topic: Topic::Trouble,
        },
    );
    std::thread::sleep(DELIVERY);
}

/// From now on, a click on a message opens the window where the message belongs.
pub fn open_window_on_click<R: Runtime>(app: &AppHandle<R>) {
    let handle = app.clone();
    let listening = app.notification().on_action(move |performed| {
        window::open(&handle, performed.notification().and_then(view_of));
    });
    if let Err(error) = listening {
        tracing::warn!(%error, "clicks on notifications cannot be received");
    }
}

fn view_for(topic: Topic) -> View {
    match topic {
        Topic::Search | Topic::Deletion => View::Journal,
        Topic::Confirmation => View::Now,
        Topic::Trouble => View::Connections,
    }
}

fn view_of(notification: &ActiveNotification) -> Option<View> {
    serde_json::from_value(notification.extra().get(VIEW)?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_leads_to_where_the_message_belongs() {
        assert_eq!(view_for(Topic::Search), View::Journal);
        assert_eq!(view_for(Topic::Deletion), View::Journal);
        assert_eq!(view_for(Topic::Confirmation), View::Now);
        assert_eq!(view_for(Topic::Trouble), View::Connections);
    }

    #[test]
    fn the_view_survives_the_way_through_the_notification() {
        let message = serde_json::json!({ "id": 1, "extra": { "view": View::Journal } });
        let message: ActiveNotification = serde_json::from_value(message).unwrap();
        assert_eq!(view_of(&message), Some(View::Journal));
    }
}
