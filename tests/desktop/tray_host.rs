//! A tray: the watcher that icons register with, and the hand that clicks them.

use crate::desktop::Desktop;
use crate::waiting;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, Proxy};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// Bus name and path of each registered icon.
type Icons = Arc<Mutex<Vec<(String, String)>>>;

/// The tray of a session.
pub struct TrayHost {
    connection: Connection,
    icons: Icons,
}

struct Watcher {
    icons: Icons,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        // Some register by name, some by the path of the icon on their own connection.
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        let name = format!("{}{}", icon.0, icon.1);
        self.icons.lock().unwrap().push(icon);
        let _ = emitter.status_notifier_item_registered(&name).await;
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.icons
            .lock()
            .unwrap()
            .iter()
            .map(|(name, path)| format!("{name}{path}"))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuLine {
    id: i32,
    pub label: String,
    pub enabled: bool,
    /// Whether it is marked; `None` for what has no mark.
    pub checked: Option<bool>,
    pub children: Vec<MenuLine>,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayHost {
    pub fn start(desktop: &Desktop) -> Self {
        let icons = Icons::default();
        let connection = desktop.connect();
        connection
            .object_server()
            .at(
                WATCHER_PATH,
                Watcher {
                    icons: Arc::clone(&icons),
                },
            )
            .unwrap();
        connection.request_name(WATCHER).unwrap();
        Self { connection, icons }
    }

    /// Waits until an icon is there that answers.
    pub async fn icon(&self) -> Icon {
        let connection = self.connection.clone();
        let icons = Arc::clone(&self.icons);
        waiting::until("an icon in the tray", move || {
            let (name, path) = icons.lock().unwrap().last()?.clone();
            let icon = Icon {
                connection: connection.clone(),
                name,
                path,
            };
            icon.is_there().then_some(icon)
        })
        .await
    }

    /// How many times an icon was put into the tray.
    pub fn registrations(&self) -> usize {
        self.icons.lock().unwrap().len()
    }
}

/// An icon in the tray.
pub struct Icon {
    connection: Connection,
    name: String,
    path: String,
}

impl Icon {
    fn proxy(&self) -> Proxy<'static> {
        Proxy::new(&self.connection, self.name.clone(), self.path.clone(), ITEM).unwrap()
    }

    fn menu_proxy(&self) -> Option<Proxy<'static>> {
        let path: OwnedObjectPath = self.proxy().get_property("Menu").ok()?;
        Proxy::new(&self.connection, self.name.clone(), path, MENU).ok()
    }

    /// Whether the icon still answers.
    pub fn is_there(&self) -> bool {
        self.proxy().get_property::<String>("Id").is_ok()
    }

    /// The pixels, to tell one face from another.
    pub fn face(&self) -> Vec<u8> {
        let pixmaps: Vec<(i32, i32, Vec<u8>)> = self.proxy().get_property("IconPixmap").unwrap();
        let (width, height, pixels) = pixmaps.into_iter().next().unwrap();
        assert_eq!(pixels.len(), usize::try_from(width * height * 4).unwrap());
        pixels
    }

    /// Clicks the icon with the left button.
    pub fn click(&self) {
        self.proxy().call_method("Activate", &(0i32, 0i32)).unwrap();
    }

    /// The menu from top to bottom, without separators.
    pub fn menu(&self) -> Vec<MenuLine> {
        let layout = self.menu_proxy().and_then(|menu| {
            let arguments = (0i32, -1i32, Vec::<&str>::new());
            menu.call::<_, _, (u32, Layout)>("GetLayout", &arguments).ok()
        });
        layout.map(|(_, root)| read_line(root).children).unwrap_or_default()
    }

    /// A line by its label, at any depth.
    pub fn line(&self, label: &str) -> Option<MenuLine> {
        find(&self.menu(), label)
    }

    /// Waits for a line that can be chosen, and chooses it.
    pub async fn choose(&self, label: &str) {
        let line = waiting::until(&format!("{label:?} in the tray's menu"), || {
            self.line(label).filter(|line| line.enabled)
        })
        .await;
        let arguments = (line.id, "clicked", Value::from(0i32), 0u32);
        self.menu_proxy().unwrap().call_method("Event", &arguments).unwrap();
    }
}

fn find(lines: &[MenuLine], label: &str) -> Option<MenuLine> {
    lines.iter().find_map(|line| {
        if line.label == label {
            Some(line.clone())
        } else {
            find(&line.children, label)
        }
    })
}

fn read_line((id, properties, children): Layout) -> MenuLine {
    let text = |key: &str| {
        properties
            .get(key)
            .and_then(|value| String::try_from(value.clone()).ok())
    };
    let toggles = text("toggle-type").is_some_and(|kind| !kind.is_empty());
    let state = properties
        .get("toggle-state")
        .and_then(|value| i32::try_from(value.clone()).ok());
    MenuLine {
        id,
        label: text("label").unwrap_or_default(),
        enabled: properties
            .get("enabled")
            .is_none_or(|value| bool::try_from(value.clone()).unwrap_or(true)),
        checked: toggles.then_some(state == Some(1)),
        children: children
            .into_iter()
            .filter_map(|child| Layout::try_from(child).ok())
            .map(read_line)
            .filter(|line| !line.label.is_empty())
            .collect(),
    }
}
