//! From the engine's state to an open page.

use crate::window;
use domain::state::AppState;
use engine::Engine;
use std::sync::Arc;
use tauri::{AppHandle, Emitter as _, Manager as _, Runtime};
use wire::AppStateDto;

/// Sends every new state to the page while one is open, until the engine ends.
pub async fn follow<R: Runtime>(app: AppHandle<R>) {
    let mut states = app.state::<Engine>().state();
    let mut last: Option<Arc<AppState>> = None;
    loop {
        let state = Arc::clone(&states.borrow_and_update());
        if window::is_open(&app) && !last.as_deref().is_some_and(|last| *last == *state) {
            if let Err(error) = app.emit_to(window::LABEL, wire::STATE_EVENT, AppStateDto::from(&*state)) {
                tracing::warn!(%error, "the page could not be told of the new state");
            }
            last = Some(state);
        }
        if states.changed().await.is_err() {
            return;
        }
    }
}
