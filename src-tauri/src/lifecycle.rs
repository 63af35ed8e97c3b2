//! What happens when: the start, a second start, the last window closing, signals, and the end.

use crate::args::stays_in_tray;
use crate::{events, notify, tray, window};
use engine::Engine;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager as _, RunEvent, Runtime};

/// How long the engine may take to end. After that the application ends anyway.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How this start differs from others.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// Whether the window opens at once.
    pub show: bool,
    /// Whether nobody started it by hand.
    pub at_login: bool,
    /// After how long it quits unasked.
    pub lifetime: Option<Duration>,
}

/// Whether the application is on its way out. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// Begins the end; false when it has begun before.
    pub fn begin(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

/// Answers the event loop.
pub fn on_event<R: Runtime>(app: &AppHandle<R>, event: &RunEvent, start: Start) {
    match event {
        RunEvent::Ready => begin(app, start),
        // Without a code it is the last window that closed; the tray goes on.
        RunEvent::ExitRequested { api, code: None, .. } => api.prevent_exit(),
        _ => {}
    }
}

fn begin<R: Runtime>(app: &AppHandle<R>, start: Start) {
    notify::open_window_on_click(app);
    tauri::async_runtime::spawn(tray::keep(app.clone(), start.at_login));
    tauri::async_runtime::spawn(events::follow(app.clone()));
    tauri::async_runtime::spawn(quit_on_signal(app.clone()));
    if start.show {
        window::open(app, None);
    } else if !start.at_login {
        tauri::async_runtime::spawn(welcome(app.clone()));
    }
    if let Some(lifetime) = start.lifetime {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(lifetime).await;
            quit(&app);
        });
    }
}

/// Opens the window for somebody who started the application by hand and has connected nothing yet.
async fn welcome<R: Runtime>(app: AppHandle<R>) {
    let engine = app.state::<Engine>().inner().clone();
    match engine.has_connections().await {
        Ok(true) => {}
        Ok(false) => window::open(&app, None),
        Err(error) => tracing::warn!("{error}"),
    }
}

/// Answers a second start: its user wanted to see the application.
pub fn started_again<R: Runtime>(app: &AppHandle<R>, argv: &[String]) {
    if !stays_in_tray(argv) {
        window::open(app, None);
    }
}

/// Ends the application cleanly, once.
pub fn quit<R: Runtime>(app: &AppHandle<R>) {
    if !app.state::<Ending>().begin() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = app.state::<Engine>().inner().clone();
        stop_engine(&engine).await;
        app.exit(0);
    });
}

/// Stops the engine, or gives up waiting for it.
pub async fn stop_engine(engine: &Engine) {
    if tokio::time::timeout(STOP_WITHIN, engine.stop()).await.is_err() {
        tracing::warn!("the engine did not stop in time");
    }
}

#[cfg(unix)]
async fn quit_on_signal<R: Runtime>(app: AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    ) else {
        tracing::warn!("signals cannot be received");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    tracing::info!("asked to end by a signal");
    quit(&app);
}

#[cfg(not(unix))]
async fn quit_on_signal<R: Runtime>(app: AppHandle<R>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        quit(&app);
    }
}
