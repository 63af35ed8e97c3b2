//! Starting at login, as the platform knows it. There is no second opinion in the settings.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Runtime};
use tauri_plugin_autostart::ManagerExt as _;

/// The plugin that writes the platform's entry.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    tauri_plugin_autostart::Builder::new().app_name("Cliffhangarr").arg("--autostart").build()
}

/// Whether the application starts at login; `None` when the platform cannot tell.
pub fn is_enabled<R: Runtime>(app: &AppHandle<R>) -> Option<bool> {
    match app.autolaunch().is_enabled() {
        Ok(enabled) => Some(enabled),
        Err(error) => {
            tracing::warn!(%error, "whether the application starts at login is not known");
            None
        }
    }
}

/// Starts the application at login from now on, or no longer.
///
/// # Errors
/// When the platform's entry cannot be written or removed.
pub fn set<R: Runtime>(app: &AppHandle<R>, enabled: bool) -> Result<(), tauri_plugin_autostart::Error> {
    let entry = app.autolaunch();
    if enabled { entry.enable() } else { entry.disable() }
}
