//! The engine's view of the desktop.

use crate::notify;
use domain::state::Notification;
use tauri::{AppHandle, Runtime};

/// Carries the engine's messages to the desktop.
pub struct DesktopShell<R: Runtime> {
    app: AppHandle<R>,
}

impl<R: Runtime> DesktopShell<R> {
    /// A shell around the application.
    pub fn new(app: AppHandle<R>) -> Self {
        Self { app }
    }
}

impl<R: Runtime> engine::Shell for DesktopShell<R> {
    fn notify(&self, notification: Notification) {
        notify::show(&self.app, &notification);
    }
}
