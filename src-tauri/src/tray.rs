//! The icon in the tray and its menu.

mod icon;
mod model;
mod render;
mod requests;

use crate::{autostart, window};
use domain::state::AppState;
use engine::Engine;
use model::TrayModel;
use render::Tray;
use std::sync::Arc;
use std::time::Duration;
use tauri::{AppHandle, Manager as _, Runtime};
use tokio::sync::Notify;

/// At login the tray's host may come up after the application: so long it is tried often.
const HURRY: Duration = Duration::from_secs(60);
/// Between tries in the first minute.
const SHORT_PAUSE: Duration = Duration::from_secs(2);
/// Between tries later.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// Wakes the tray for something that is not in the engine's state.
#[derive(Debug, Default)]
struct Refresh(Notify);

/// Asks the tray to read again whether the application starts at login.
pub fn refresh<R: Runtime>(app: &AppHandle<R>) {
    if let Some(refresh) = app.try_state::<Refresh>() {
        refresh.0.notify_one();
    }
}

/// Builds the tray, as soon as there is a place for it, and keeps it like the engine's state until the engine ends.
///
/// `at_login` tells whether it may take its time unseen. Somebody who started the application by hand and gets no tray sees
/// the window instead.
pub async fn keep<R: Runtime>(app: AppHandle<R>, at_login: bool) {
    app.manage(Refresh::default());
    let mut states = app.state::<Engine>().state();
    let mut tray = build(&app, at_login).await;
    loop {
        let state = Arc::clone(&states.borrow_and_update());
        if let Err(error) = tray.render(&model_of(&app, &state)).and_then(|()| tray.mark_switches()) {
            tracing::warn!(%error, "the tray could not be changed");
        }
        let refresh = app.state::<Refresh>();
        tokio::select! {
            changed = states.changed() => if changed.is_err() { return },
            () = refresh.0.notified() => {}
        }
    }
}

async fn build<R: Runtime>(app: &AppHandle<R>, at_login: bool) -> Tray<R> {
    let mut waited = Duration::ZERO;
    loop {
        let state = Arc::clone(&app.state::<Engine>().state().borrow());
        match Tray::build(app, model_of(app, &state)).await {
            Ok(tray) => return tray,
            Err(error) if waited.is_zero() => {
                tracing::warn!(%error, "there is no tray to sit in yet");
                if !at_login {
                    window::open(app, None);
                }
            }
            Err(error) => tracing::debug!(%error, "there is still no tray to sit in"),
        }
        let pause = if waited < HURRY { SHORT_PAUSE } else { LONG_PAUSE };
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}

fn model_of<R: Runtime>(app: &AppHandle<R>, state: &AppState) -> TrayModel {
    TrayModel::new(state, autostart::is_enabled(app))
}
