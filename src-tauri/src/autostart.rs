//! Starting at login, as the platform knows it. There is no second opinion in the settings.

#[cfg(target_os = "linux")]
mod entry;

use tauri::{AppHandle, Runtime};

/// What the platform starts is told by this argument that nobody is looking.
const ARGUMENT: &str = "--autostart";

/// Whether the application starts at login; `None` when the platform cannot tell.
pub fn is_enabled<R: Runtime>(app: &AppHandle<R>) -> Option<bool> {
    match read(app) {
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
pub fn set<R: Runtime>(app: &AppHandle<R>, enabled: bool) -> anyhow::Result<()> {
    write(app, enabled)
}

#[cfg(target_os = "linux")]
fn read<R: Runtime>(_app: &AppHandle<R>) -> anyhow::Result<bool> {
    Ok(entry::is_active(&entry::path()?)?)
}

#[cfg(target_os = "linux")]
fn write<R: Runtime>(_app: &AppHandle<R>, enabled: bool) -> anyhow::Result<()> {
    let path = entry::path()?;
    if enabled {
        entry::write(&path, &entry::program()?, ARGUMENT)?;
    } else {
        entry::remove(&path)?;
    }
    Ok(())
}

/// The plugin that knows the other platforms' ways. Not used on Linux: it ignores `XDG_CONFIG_HOME`, and does not quote
/// the path of the program.
#[cfg(not(target_os = "linux"))]
pub fn plugin<R: Runtime>() -> tauri::plugin::TauriPlugin<R> {
    tauri_plugin_autostart::Builder::new()
        .app_name("Cliffhangarr")
        .arg(ARGUMENT)
        .build()
}

#[cfg(not(target_os = "linux"))]
fn read<R: Runtime>(app: &AppHandle<R>) -> anyhow::Result<bool> {
    use tauri_plugin_autostart::ManagerExt as _;
    Ok(app.autolaunch().is_enabled()?)
}

#[cfg(not(target_os = "linux"))]
fn write<R: Runtime>(app: &AppHandle<R>, enabled: bool) -> anyhow::Result<()> {
    use tauri_plugin_autostart::ManagerExt as _;
    let entry = app.autolaunch();
    if enabled {
        entry.enable()?
    } else {
        entry.disable()?
    }
    Ok(())
}
