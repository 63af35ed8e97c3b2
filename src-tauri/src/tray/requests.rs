//! What the tray's menu and icon ask for.

use super::model::Request;
use crate::{autostart, lifecycle, notify, window};
use domain::state::{Notification, Topic};
use engine::{Engine, PauseFor};
use tauri::{AppHandle, Manager as _, Runtime};
use wire::View;

/// Does what a menu item asks for. Returns at once.
pub fn answer<R: Runtime>(app: &AppHandle<R>, request: Request) {
    match request {
        Request::Check => with_engine(app, check),
        Request::PauseOneHour => pause(app, PauseFor::OneHour),
        Request::PauseUntilTomorrow => pause(app, PauseFor::UntilTomorrow),
        Request::PauseUntilResumed => pause(app, PauseFor::UntilResumed),
        Request::Resume => with_engine(app, |_, engine| async move { engine.resume().await }),
        Request::Review => window::open(app, Some(View::Now)),
        Request::Open => window::open(app, None),
        Request::ToggleAutostart => toggle_autostart(app),
        Request::Quit => lifecycle::quit(app),
    }
}

fn pause<R: Runtime>(app: &AppHandle<R>, pause: PauseFor) {
    with_engine(app, move |_, engine| async move { engine.pause(pause).await });
}

async fn check<R: Runtime>(app: AppHandle<R>, engine: Engine) {
    if let Err(error) = engine.check(false).await {
        let title = "Sessions could not be checked".to_owned();
        notify::show(
            &app,
            &Notification {
                title,
                body: error.to_string(),
                topic: Topic::Trouble,
            },
        );
    }
}

fn toggle_autostart<R: Runtime>(app: &AppHandle<R>) {
    let wanted = !autostart::is_enabled(app).unwrap_or(false);
    if let Err(error) = autostart::set(app, wanted) {
        tracing::error!(%error, wanted, "starting at login could not be changed");
    }
    super::refresh(app);
}

fn with_engine<R, F, A>(app: &AppHandle<R>, ask: A)
where
    R: Runtime,
    F: Future<Output = ()> + Send + 'static,
    A: FnOnce(AppHandle<R>, Engine) -> F,
{
    let engine = app.state::<Engine>().inner().clone();
    tauri::async_runtime::spawn(ask(app.clone(), engine));
}
