//! `get_activity`: what the server says is playing, with what Tautulli looked up of it.

use super::upstream::{number, rows, text};
use super::{TautulliSim, metadata};
use serde_json::{Map, Value, json};

impl TautulliSim {
    /// The activity, or one session of it. Empty where the server does not answer, which is not the same as nothing playing.
    pub(super) async fn activity(&self, wanted: Option<(&str, &str)>) -> Value {
        let Some(container) = self.container("/status/sessions").await else {
            return json!({});
        };
        if text(&container["size"]) == "0" {
            return json!({"stream_count": "0", "sessions": []});
        }
        let mut sessions = Vec::new();
        for session in rows(&container["Metadata"]) {
            // Music in the background is counted, and not listed.
            if text(&session["guid"]).starts_with("library://") {
                continue;
            }
            sessions.push(self.session(session).await);
        }
        sessions.sort_by_key(|session| text(&session["session_key"]));
        if let Some((field, value)) = wanted {
            let found = sessions.into_iter().find(|session| text(&session[field]) == value);
            return found.unwrap_or_else(|| json!({}));
        }
        let how = |decision: &str| {
            sessions
                .iter()
                .filter(|session| session["transcode_decision"] == decision)
                .count()
        };
        json!({
            "stream_count": text(&container["size"]),
            "stream_count_direct_play": how("direct play"),
            "stream_count_direct_stream": how("copy"),
            "stream_count_transcode": how("transcode"),
            "total_bandwidth": sessions.iter().map(|session| number(&session["bandwidth"])).sum::<i64>(),
            "lan_bandwidth": 0,
            "wan_bandwidth": 0,
            "sessions": sessions,
        })
    }

    async fn session(&self, session: &Value) -> Value {
        let live = number(&session["live"]) == 1;
        let key = text(&session["ratingKey"]);
        let mut row = if live {
            Map::from_iter([
                ("media_type".to_owned(), json!(text(&session["type"]))),
                ("title".to_owned(), json!(text(&session["title"]))),
                (
                    "grandparent_title".to_owned(),
                    json!(text(&session["grandparentTitle"])),
                ),
                ("media_index".to_owned(), json!(text(&session["index"]))),
                ("parent_media_index".to_owned(), json!(text(&session["parentIndex"]))),
                ("guid".to_owned(), json!(text(&session["guid"]))),
                ("grandparent_guids".to_owned(), json!([])),
            ])
        } else {
            metadata::details(&self.upstream, &key).await
        };
        row.remove("media_info");
        row.extend(self.user_of(session));
        let username = row.get("username").cloned().unwrap_or_default();
        let player = &session["Player"];
        let transcode = &session["TranscodeSession"];
        let offset = text(&session["viewOffset"]);
        let media = &session["Media"][0];
        let own = json!({
            "session_key": text(&session["sessionKey"]),
            "session_id": text(&session["Session"]["id"]),
            "media_type": text(&session["type"]),
            "rating_key": key,
            "user": username,
            "state": text(&player["state"]),
            "view_offset": if offset.is_empty() { "0".to_owned() } else { offset },
            "live": i64::from(live),
            "live_uuid": if live { text(&media["uuid"]) } else { String::new() },
            "channel_stream": 0,
            "player": text(&player["title"]),
            "device": text(&player["device"]),
            "platform": text(&player["platform"]),
            "product": text(&player["product"]),
            "machine_id": text(&player["machineIdentifier"]),
            "ip_address": text(&player["address"]),
            "local": number(&player["local"]),
            "relayed": number(&player["relayed"]),
            "secure": number(&player["secure"]),
            "location": text(&session["Session"]["location"]),
            "bandwidth": text(&session["Session"]["bandwidth"]),
            "stream_duration": text(&session["duration"]),
            "file": metadata::file(session),
            "transcode_decision": if transcode.is_null() { "direct play" } else { "transcode" },
            "quality_profile": "Original",
            "channel_call_sign": text(&media["channelCallSign"]),
            "channel_title": text(&media["channelTitle"]),
        });
        for (field, value) in own.as_object().into_iter().flatten() {
            row.insert(field.clone(), value.clone());
        }
        // Of an item that is gone, the library tells nothing any more.
        row.entry("duration")
            .or_insert_with(|| json!(text(&session["duration"])));
        Value::Object(row)
    }
}
