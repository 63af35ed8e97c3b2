//! What the server tells its listeners while it happens.

use super::{
    library::Kind,
    sessions::{PlayState, Session},
    world::World,
};
use serde_json::{Value, json};

/// One notification; the two transports wrap it differently.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    object: &'static str,
    payload: Value,
}

impl Event {
    /// As a server-sent event: named, the object un-wrapped.
    pub(crate) fn to_sse(&self) -> String {
        format!(
            "event: {}\ndata: {}\n\n",
            self.name,
            json!({ self.object: self.payload })
        )
    }

    /// As a WebSocket message: in a container, the object in an array.
    pub(crate) fn to_ws(&self) -> String {
        json!({ "NotificationContainer": { "type": self.name, "size": 1, self.object: [self.payload] } }).to_string()
    }
}

/// Whether a listener that sent this `filters` argument gets events of this name.
///
/// No filter means everything except the log; names with a minus are taken away; an empty filter means everything.
pub(crate) fn wanted(filters: Option<&str>, name: &str) -> bool {
    let Some(filters) = filters else { return name != "log" };
    let mut names = filters
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .peekable();
    if names.peek().is_none() {
        return true;
    }
    let (excluded, included): (Vec<&str>, Vec<&str>) = names.partition(|name| name.starts_with('-'));
    let banned = excluded.iter().any(|excluded| excluded.trim_start_matches('-') == name);
    !banned && (included.is_empty() || included.contains(&name))
}

/// How a scripted `playing` notification deviates from what the session says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Twist {
    /// Another session key.
    pub(crate) session_key: Option<i64>,
    /// Blank keys, as the second of three stops has.
    pub(crate) blank: bool,
    /// No session key at all, as the third has.
    pub(crate) without_session: bool,
}

impl World {
    /// Tells of a session's state.
    pub(crate) fn announce_session(&mut self, session: &Session, state: PlayState, twist: Twist) {
        let client = &session.client;
        let mut payload = json!({
            "sessionKey": twist.session_key.unwrap_or(session.key).to_string(),
            "clientIdentifier": client.device.id,
            "guid": "",
            "ratingKey": client.item.rating_key.to_string(),
            "url": "",
            "key": client.item.key_path(),
            "viewOffset": client.offset_ms,
            "playQueueID": client.play_queue,
            "playQueueItemID": client.play_queue * 10 + 1,
            "state": state.as_str(),
        });
        if twist.blank {
            payload["ratingKey"] = json!("");
            payload["key"] = json!("");
        }
        if let Some(object) = payload.as_object_mut() {
            if twist.without_session {
                object.shift_remove("sessionKey");
            }
            if let Some(transcode) = &client.transcode {
                object.insert(String::from("transcodeSession"), json!(transcode.key));
            }
        }
        self.send("playing", "PlaySessionStateNotification", payload);
        self.send_oddity();
    }

    /// Tells that an item was created (0), is ready (5) or was deleted (9).
    pub(crate) fn announce_item(&mut self, key: i64, state: i64) {
        let Some(item) = self.items.get(&key) else { return };
        let kind = match item.kind {
            Kind::Movie => 1,
            Kind::Show => 2,
            Kind::Season => 3,
            Kind::Episode => 4,
            Kind::Artist => 8,
            Kind::Album => 9,
            Kind::Track => 10,
            Kind::Clip(_) => 12,
        };
        let payload = json!({
            "identifier": "com.plexapp.plugins.library",
            "sectionID": item.section.to_string(),
            "itemID": key.to_string(),
            "parentItemID": item.parent.unwrap_or(-1).to_string(),
            "rootItemID": self.grandparent_of(item).map_or(-1, |root| root.key).to_string(),
            "type": kind,
            "title": item.title,
            "state": state,
            "updatedAt": item.added.as_second(),
        });
        self.send("timeline", "TimelineEntry", payload);
    }

    /// Tells of a transcoder's start, progress or end.
    pub(crate) fn announce_transcode(&mut self, session: &Session, name: &'static str) {
        let Some(transcode) = &session.client.transcode else {
            return;
        };
        let payload = json!({
            "key": transcode.key, "throttled": true, "complete": false, "progress": 64.1, "size": -22, "speed": 0.0,
            "error": false, "context": transcode.context(), "videoDecision": "transcode", "audioDecision": "transcode",
            "protocol": "dash", "container": "mp4",
        });
        self.send(name, "TranscodeSession", payload);
    }

    fn send_oddity(&mut self) {
        if self.settings.oddities {
            self.odd += 1;
            self.send(
                "hopscotch.update",
                "HopscotchNotification",
                json!({ "marble": self.odd }),
            );
        }
    }

    pub(crate) fn send(&self, name: &'static str, object: &'static str, payload: Value) {
        // It fails only when nobody listens.
        self.events.send(Event { name, object, payload }).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_include_exclude_and_default() {
        assert!(wanted(None, "playing") && !wanted(None, "log"));
        assert!(wanted(Some(""), "log"));
        assert!(wanted(Some("playing,transcodeSession.end"), "playing"));
        assert!(!wanted(Some("playing,transcodeSession.end"), "timeline"));
        assert!(!wanted(Some("-log"), "log") && wanted(Some("-log"), "timeline"));
    }
}
