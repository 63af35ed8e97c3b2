//! Sessions as the interface shows them, to those who may see them.

use super::{
    sessions::{Playing, Session},
    users::Who,
    wire::{NEVER, NO_ID, pruned, stamp},
    world::World,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::cmp::Reverse;

impl World {
    /// The sessions that somebody may see, the one that was active last first. Whoever is no administrator sees their own ones, and
    /// those of nobody.
    pub(crate) fn visible_sessions(&self, who: Who) -> Vec<&Session> {
        let all = self.may_see_all(who);
        let own = |session: &&Session| all || session.user.is_none() || session.user == who.user();
        let mut sessions: Vec<&Session> = self.sessions.values().filter(own).collect();
        sessions.sort_by_key(|session| (Reverse(session.last_activity), session.serial));
        sessions
    }

    pub(crate) fn session_json(&self, session: &Session, now: Timestamp) -> Value {
        let emby = self.settings.dialect.is_emby();
        let account = session.user.and_then(|user| self.users.get(&user));
        let on = session.playing.as_ref();
        let controllable = session
            .capabilities
            .as_ref()
            .is_some_and(|can| can["SupportsMediaControl"] == json!(true));
        let capability = |name: &str| {
            let value = session.capabilities.as_ref().map(|can| can[name].clone());
            value.unwrap_or_else(|| json!([]))
        };
        let user_id = account.map(|account| account.id.clone());
        let mut shown = json!({
            "PlayState": self.play_state_json(on, now),
            "AdditionalUsers": [],
            "Capabilities": if emby { Value::Null } else { json!(session.capabilities) },
            "RemoteEndPoint": session.address,
            "PlayableMediaTypes": capability("PlayableMediaTypes"),
            "Id": session.id,
            "ServerId": self.settings.server_id,
            "UserId": if emby { user_id } else { Some(user_id.unwrap_or_else(|| NO_ID.to_owned())) },
            "UserName": account.map(|account| account.user.name.clone()),
            "Client": session.application.client,
            "LastActivityDate": stamp(session.last_activity),
            "DeviceName": session.application.device_name,
            "DeviceId": session.application.device_id,
            "ApplicationVersion": session.application.version,
            "SupportedCommands": capability("SupportedCommands"),
            "SupportsRemoteControl": controllable,
            "NowPlayingItem": on.map(|on| on.shown.clone()),
            "TranscodingInfo": on.and_then(transcoding_json),
        });
        let own = if emby {
            json!({
                "Protocol": "HTTP/1.1",
                "InternalDeviceId": session.serial,
                "AppIconUrl": "https://example.org/icon.png",
                "PlaylistIndex": on.map(|_| 0),
                "PlaylistLength": on.map(|_| 1),
                "PlaylistItemId": on.map(|_| "1"),
            })
        } else {
            let queue = session.queue.iter().enumerate();
            let queue = queue.map(|(at, id)| json!({ "Id": id, "PlaylistItemId": format!("playlistItem{at}") }));
            json!({
                "LastPlaybackCheckIn": session.last_check_in.map_or_else(|| NEVER.to_owned(), stamp),
                "LastPausedDate": session.paused_since.filter(|_| on.is_some()).map(stamp),
                "IsActive": true,
                "SupportsMediaControl": controllable,
                "HasCustomDeviceName": false,
                "PlaylistItemId": on.map(|_| "playlistItem0"),
                "NowPlayingQueue": queue.collect::<Vec<_>>(),
            })
        };
        if let (Some(shown), Value::Object(own)) = (shown.as_object_mut(), own) {
            shown.extend(own);
        }
        if self.settings.oddities {
            shown["Marble"] = json!({ "Pebbles": [1, "two", null], "Odd": session.serial });
        }
        pruned(shown)
    }

    fn play_state_json(&self, on: Option<&Playing>, now: Timestamp) -> Value {
        let emby = self.settings.dialect.is_emby();
        let report = on.map(|on| &on.report);
        json!({
            "PositionTicks": on.and_then(|on| on.position_ticks(now)),
            "CanSeek": report.is_some_and(|report| report.can_seek),
            "IsPaused": report.is_some_and(|report| report.paused),
            "IsMuted": report.is_some_and(|report| report.muted),
            "VolumeLevel": report.and_then(|report| report.volume),
            "AudioStreamIndex": report.and_then(|report| report.audio),
            "SubtitleStreamIndex": report.and_then(|report| report.subtitle),
            "MediaSourceId": report.and_then(|report| report.media_source.clone()),
            "PlayMethod": report.and_then(|report| report.method.clone()),
            "RepeatMode": "RepeatNone",
            "PlaybackOrder": (!emby).then_some("Default"),
            "SubtitleOffset": emby.then_some(0),
            "Shuffle": emby.then_some(false),
            "PlaybackRate": emby.then_some(1),
        })
    }
}

fn transcoding_json(on: &Playing) -> Option<Value> {
    let height = on.report.transcoded_to?;
    Some(json!({
        "AudioCodec": "aac",
        "VideoCodec": "h264",
        "Container": "ts",
        "IsVideoDirect": false,
        "IsAudioDirect": false,
        "Bitrate": 4_200_000,
        "Framerate": 62.1,
        "CompletionPercentage": 54.2,
        "Width": height * 16 / 9,
        "Height": height,
        "AudioChannels": 2,
        "TranscodeReasons": ["VideoCodecNotSupported", "AudioCodecNotSupported"],
    }))
}
