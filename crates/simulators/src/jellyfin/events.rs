//! What the server tells its open sockets while it happens.

use super::world::World;
use serde_json::{Value, json};

/// One thing that some sockets are told.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Something about the sessions changed: what viewers did is told at once, the rest as often as was asked for.
    Sessions {
        forced: bool,
    },
    Library {
        added: Vec<String>,
        removed: Vec<String>,
    },
    UserData {
        user: i64,
        data: Value,
    },
    Restarting,
}

impl World {
    pub(crate) fn tell(&self, event: Event) {
        // Fails when nobody listens.
        self.events.send(event).ok();
    }

    /// A message as it goes over a socket.
    pub(crate) fn message(&mut self, kind: &str, data: &Value) -> String {
        let id = self.new_secret("message");
        let mut message = json!({ "MessageType": kind, "MessageId": id });
        if !data.is_null() {
            message["Data"] = data.clone();
        }
        message.to_string()
    }
}
