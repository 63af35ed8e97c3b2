//! What people watch on.

use super::{JellyfinSim, sessions::Application};
use serde_json::{Value, json};

/// One application on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The application's name.
    pub client: String,
    /// The application's version.
    pub version: String,
    /// What tells it from the same application elsewhere.
    pub id: String,
    /// The name that the viewer gave it.
    pub name: String,
    /// Address as the server sees it.
    pub address: String,
}

impl Device {
    /// An application with its version, on a device at home.
    pub fn new([client, version]: [&str; 2], id: &str, name: &str) -> Self {
        Self {
            client: client.to_owned(),
            version: version.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
            address: String::from("192.168.1.57"),
        }
    }

    /// The same device outside the server's network.
    #[must_use]
    pub fn remote(mut self) -> Self {
        self.address = String::from("198.51.100.7");
        self
    }

    pub(crate) fn application(&self) -> Application {
        Application {
            client: self.client.clone(),
            version: self.version.clone(),
            device_id: self.id.clone(),
            device_name: self.name.clone(),
        }
    }
}

/// What usual players can do.
pub(super) fn capabilities() -> Value {
    json!({
        "PlayableMediaTypes": ["Audio", "Video"],
        "SupportedCommands": ["DisplayMessage", "SetVolume", "PlayState", "PlayNext"],
        "SupportsMediaControl": true,
        "SupportsPersistentIdentifier": false,
    })
}

impl JellyfinSim {
    /// A usual application on a television at home.
    pub fn television(&self, id: &str, name: &str) -> Device {
        let emby = self.with(|world| world.settings.dialect.is_emby());
        let application = if emby {
            ["Emby for Samsung", "2.3.6"]
        } else {
            ["Jellyfin Android TV", "0.19.2"]
        };
        Device::new(application, id, name)
    }

    /// A usual application in a browser at home.
    pub fn browser(&self, id: &str, name: &str) -> Device {
        let emby = self.with(|world| world.settings.dialect.is_emby());
        let application = if emby {
            ["Emby Web", "4.9.5.0"]
        } else {
            ["Jellyfin Web", "10.11.9"]
        };
        Device::new(application, id, name)
    }
}
