//! From the tray's model to the platform's tray, touching only what differs.

use super::icon;
use super::model::{Action, Entry, Request, TrayModel};
use super::requests;
use crate::window;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Runtime};

/// The identity of the icon on the bus and in the platform's settings.
const ID: &str = "cliffhangarr";

/// The platform's tray with what it shows.
pub struct Tray<R: Runtime> {
    app: AppHandle<R>,
    icon: TrayIcon<R>,
    menu: Menu<R>,
    lines: Vec<Line<R>>,
    shown: TrayModel,
}

/// A line of the menu with the handles of what can change about it.
enum Line<R: Runtime> {
    Separator(PredefinedMenuItem<R>),
    Item(MenuItem<R>),
    Switch(CheckMenuItem<R>),
    Choice(Submenu<R>, Vec<MenuItem<R>>),
}

impl<R: Runtime> Tray<R> {
    /// Builds the tray.
    ///
    /// # Errors
    /// When there is nothing to sit in, such as a desktop without a tray host.
    pub async fn build(app: &AppHandle<R>, model: TrayModel) -> tauri::Result<Self> {
        let (reply, built) = tokio::sync::oneshot::channel();
        let handle = app.clone();
        app.run_on_main_thread(move || {
            // Nobody listens when the application is ending.
            drop(reply.send(build_on_main_thread(handle, model)));
        })?;
        built.await.unwrap_or(Err(tauri::Error::FailedToReceiveMessage))
    }

    /// Makes the tray look like the model.
    ///
    /// # Errors
    /// When the platform refuses; what was not reached is tried again with the next model.
    pub fn render(&mut self, model: &TrayModel) -> tauri::Result<()> {
        if *model == self.shown {
            return Ok(());
        }
        if model.face != self.shown.face {
            self.icon.set_icon(Some(icon::compose(model.face)?))?;
        }
        if model.tooltip != self.shown.tooltip {
            self.icon.set_tooltip(Some(&model.tooltip))?;
        }
        if model.has_shape_of(&self.shown) {
            self.change_lines(model)?;
        } else {
            self.replace_lines(model)?;
        }
        self.shown = model.clone();
        Ok(())
    }

    /// Marks the switches as they are: platforms mark one by themselves when it is chosen, whether or not it took effect.
    ///
    /// # Errors
    /// When the platform refuses.
    pub fn mark_switches(&self) -> tauri::Result<()> {
        for (line, entry) in self.lines.iter().zip(&self.shown.entries) {
            if let (Line::Switch(item), Entry::Switch { on, .. }) = (line, entry) {
                item.set_checked(*on)?;
            }
        }
        Ok(())
    }

    fn change_lines(&self, model: &TrayModel) -> tauri::Result<()> {
        for ((line, entry), shown) in self.lines.iter().zip(&model.entries).zip(&self.shown.entries) {
            match (line, entry) {
                _ if entry == shown => {}
                (Line::Switch(item), Entry::Switch { on, .. }) => item.set_checked(*on)?,
                (Line::Item(item), Entry::Text(text)) => item.set_text(literal(text))?,
                (Line::Item(item), Entry::Action(action)) => change_item(item, action)?,
                (Line::Choice(menu, items), Entry::Choice { enabled, actions, .. }) => {
                    menu.set_enabled(*enabled)?;
                    items
                        .iter()
                        .zip(actions)
                        .try_for_each(|(item, action)| change_item(item, action))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The menu stays the same object, for platforms that cannot take another one.
    fn replace_lines(&mut self, model: &TrayModel) -> tauri::Result<()> {
        let lines = make_lines(&self.app, model)?;
        for line in self.lines.drain(..) {
            self.menu.remove(line.as_item())?;
        }
        for line in &lines {
            self.menu.append(line.as_item())?;
        }
        self.lines = lines;
        Ok(())
    }
}

impl<R: Runtime> Line<R> {
    fn as_item(&self) -> &dyn IsMenuItem<R> {
        match self {
            Self::Separator(item) => item,
            Self::Item(item) => item,
            Self::Switch(item) => item,
            Self::Choice(menu, _) => menu,
        }
    }
}

fn build_on_main_thread<R: Runtime>(app: AppHandle<R>, model: TrayModel) -> tauri::Result<Tray<R>> {
    let lines = make_lines(&app, &model)?;
    let menu = Menu::new(&app)?;
    for line in &lines {
        menu.append(line.as_item())?;
    }
    let icon = TrayIconBuilder::with_id(ID)
        .icon(icon::compose(model.face)?)
        .tooltip(&model.tooltip)
        .title("Cliffhangarr")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| {
            if let Some(request) = Request::from_id(event.id().as_ref()) {
                requests::answer(app, request);
            }
        })
        .on_tray_icon_event(|tray, event| {
            if is_left_click(&event) {
                window::open(tray.app_handle(), None);
            }
        })
        .build(&app)?;
    Ok(Tray {
        app,
        icon,
        menu,
        lines,
        shown: model,
    })
}

fn is_left_click(event: &TrayIconEvent) -> bool {
    matches!(
        event,
        TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        }
    )
}

fn make_lines<R: Runtime>(app: &AppHandle<R>, model: &TrayModel) -> tauri::Result<Vec<Line<R>>> {
    model.entries.iter().map(|entry| make_line(app, entry)).collect()
}

fn make_line<R: Runtime>(app: &AppHandle<R>, entry: &Entry) -> tauri::Result<Line<R>> {
    Ok(match entry {
        Entry::Separator => Line::Separator(PredefinedMenuItem::separator(app)?),
        Entry::Text(text) => Line::Item(MenuItem::with_id(app, "status", literal(text), false, None::<&str>)?),
        Entry::Action(action) => Line::Item(make_item(app, action)?),
        Entry::Switch { request, label, on } => Line::Switch(CheckMenuItem::with_id(
            app,
            request.id(),
            label,
            true,
            *on,
            None::<&str>,
        )?),
        Entry::Choice {
            label,
            enabled,
            actions,
        } => {
            let items = actions
                .iter()
                .map(|action| make_item(app, action))
                .collect::<tauri::Result<Vec<_>>>()?;
            let menu = Submenu::new(app, label, *enabled)?;
            for item in &items {
                menu.append(item)?;
            }
            Line::Choice(menu, items)
        }
    })
}

fn make_item<R: Runtime>(app: &AppHandle<R>, action: &Action) -> tauri::Result<MenuItem<R>> {
    MenuItem::with_id(
        app,
        action.request.id(),
        literal(&action.label),
        action.enabled,
        None::<&str>,
    )
}

fn change_item<R: Runtime>(item: &MenuItem<R>, action: &Action) -> tauri::Result<()> {
    item.set_text(literal(&action.label))?;
    item.set_enabled(action.enabled)
}

/// Keeps "Law & Order" from becoming a keyboard mark.
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}
