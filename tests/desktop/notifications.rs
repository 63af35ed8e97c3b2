//! Reads along what the application says to the notification daemon.

use crate::desktop::Desktop;
use crate::waiting;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::MessageIterator;
use zbus::blocking::fdo::MonitoringProxy;
use zbus::message::Type;
use zbus::zvariant::OwnedValue;

/// A message as it was sent to the daemon.
#[derive(Debug, Clone)]
pub struct Shown {
    pub title: String,
    pub body: String,
}

/// Everything that was sent to the daemon since it began to listen.
pub struct Recorder(Arc<Mutex<Vec<Shown>>>);

type Notify = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    HashMap<String, OwnedValue>,
    i32,
);

impl Recorder {
    pub fn start(desktop: &Desktop) -> Self {
        let connection = desktop.connect();
        let rule = zbus::MatchRule::builder()
            .msg_type(Type::MethodCall)
            .interface("org.freedesktop.Notifications")
            .unwrap()
            .member("Notify")
            .unwrap()
            .build();
        MonitoringProxy::new(&connection)
            .unwrap()
            .become_monitor(&[rule], 0)
            .unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        // Ends with the bus.
        std::thread::spawn(move || {
            for message in MessageIterator::from(connection).flatten() {
                if let Ok((_, _, _, title, body, _, _, _)) = message.body().deserialize::<Notify>() {
                    record.lock().unwrap().push(Shown { title, body });
                }
            }
        });
        Self(seen)
    }

    pub fn all(&self) -> Vec<Shown> {
        self.0.lock().unwrap().clone()
    }

    /// Waits for a message whose title or body holds a text.
    pub async fn wait_for(&self, text: &str) -> Shown {
        waiting::until(&format!("a notification about {text:?}"), || {
            self.all()
                .into_iter()
                .find(|shown| shown.title.contains(text) || shown.body.contains(text))
        })
        .await
    }
}
