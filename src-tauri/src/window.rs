//! The window: made when somebody wants to see it, and gone when it is closed, with all its memory.

use engine::Engine;
use std::path::Path;
use std::time::Duration;
use tauri::plugin::TauriPlugin;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Emitter as _, Manager as _, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::Mutex;
use wire::View;

/// The label of the one window; the capability is granted to it.
pub const LABEL: &str = "main";
/// A page that does not report itself loaded by then is shown as it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// The plugin that remembers place and size. Not visibility: a window is there because somebody asked for it.
pub fn memory<R: Runtime>(data_dir: Option<&Path>) -> TauriPlugin<R> {
    let mut plugin =
        tauri_plugin_window_state::Builder::new().with_state_flags(StateFlags::all().difference(StateFlags::VISIBLE));
    if let Some(folder) = data_dir {
        let file = std::path::absolute(folder)
            .unwrap_or_else(|_| folder.to_owned())
            .join("window.json");
        plugin = plugin.with_filename(file.to_string_lossy());
    }
    plugin.build()
}

/// One opening at a time: two at once would make two pages, of which one is never seen.
static OPENING: Mutex<()> = Mutex::const_new(());

/// Opens the window, or brings the open one to the front, at a view if one is given. Returns at once.
pub fn open<R: Runtime>(app: &AppHandle<R>, view: Option<View>) {
    let app = app.clone();
    // Never on the caller's thread: on some platforms a window made from within an event handler waits for itself.
    tauri::async_runtime::spawn(async move {
        let _alone = OPENING.lock().await;
        let opened = match app.get_webview_window(LABEL) {
            Some(window) => show_again(&window, view),
            None => create(&app, view),
        };
        if let Err(error) = opened {
            tracing::error!(%error, "the window could not be opened");
        }
    });
}

/// Whether the window is there.
pub fn is_open<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(LABEL).is_some()
}

fn create<R: Runtime>(app: &AppHandle<R>, view: Option<View>) -> tauri::Result<()> {
    let page = format!("index.html{}", view.map_or("", View::fragment));
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(page.into()))
        .title("Cliffhangarr")
        .inner_size(1000.0, 700.0)
        .min_inner_size(720.0, 520.0)
        .center()
        .visible(false)
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own_page)
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished {
                show_or_log(&window, None);
            }
        });
    if let Some(engine) = app.try_state::<Engine>() {
        builder = builder.data_directory(engine.data_dir().join("webview"));
    }
    builder.build()?;
    tauri::async_runtime::spawn(show_late(app.clone()));
    Ok(())
}

fn show_again<R: Runtime>(window: &WebviewWindow<R>, view: Option<View>) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()?;
    match view {
        Some(view) => window.emit_to(LABEL, wire::OPEN_VIEW_EVENT, view),
        None => Ok(()),
    }
}

fn show_or_log<R: Runtime>(window: &WebviewWindow<R>, view: Option<View>) {
    if let Err(error) = show_again(window, view) {
        tracing::warn!(%error, "the window could not be shown");
    }
}

async fn show_late<R: Runtime>(app: AppHandle<R>) {
    tokio::time::sleep(PATIENCE).await;
    if let Some(window) = app.get_webview_window(LABEL)
        && !window.is_visible().unwrap_or(true)
    {
        tracing::warn!("the page did not report itself loaded");
        show_or_log(&window, None);
    }
}

/// The page never leaves itself; links to servers go to the browser.
fn is_own_page(target: &Url) -> bool {
    target.scheme() == "tauri" || target.host_str() == Some("tauri.localhost") || target.as_str() == "about:blank"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let goes_to = |target: &str| is_own_page(&Url::parse(target).unwrap());
        assert!(goes_to("tauri://localhost/index.html#journal"));
        assert!(goes_to("http://tauri.localhost/"));
        assert!(!goes_to("https://tauri.localhost.example.org/"));
        assert!(!goes_to("http://192.168.1.2:8989/"));
        assert!(!goes_to("file:///etc/passwd"));
    }
}
