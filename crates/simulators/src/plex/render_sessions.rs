//! Sessions, accounts and the server itself as the server writes them.

use super::{
    accounts::{AccountKind, OWNER},
    library::Kind,
    node::Node,
    render::{Detail, path},
    sessions::{Client, Hiding, Live, Session, Transcode},
    world::World,
};
use jiff::Timestamp;

impl World {
    /// The list of sessions, without those that it hides or does not show yet.
    pub(crate) fn sessions_node(&self, now: Timestamp) -> Node {
        let lag = self.settings.list_lag;
        let shown = self
            .sessions
            .values()
            .filter(|s| s.hiding == Hiding::Shown && now.duration_since(s.started) >= lag);
        let rows: Vec<Node> = shown.map(|session| self.session_node(session)).collect();
        Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .list("Metadata", rows)
    }

    fn session_node(&self, session: &Session) -> Node {
        let client = &session.client;
        let item = self.items.get(&client.item.rating_key);
        let mut node = match (&client.item.live, item) {
            (Some(live), _) => live_node(live, client.item.rating_key, session),
            (None, Some(item)) => self.item_node(item, OWNER, Detail::Session),
            // The item was deleted while it plays: what the session still knows is little.
            (None, None) => Node::new("Video")
                .key("ratingKey", client.item.rating_key)
                .text("key", path(client.item.rating_key))
                .text("type", "episode")
                .text("title", ""),
        };
        node = node.key("sessionKey", session.key);
        if client.offset_ms > 0 {
            node = node.int("viewOffset", client.offset_ms);
        }
        let media = match (&client.item.live, item) {
            (Some(live), _) => live_media(live, client.item.rating_key),
            (None, Some(item)) => match &client.transcode {
                Some(transcode) => vec![output(transcode, item.part.unwrap_or_default(), item.duration_ms)],
                None => self.played_directly(item),
            },
            (None, None) => Vec::new(),
        };
        let duration = item.map_or(0, |item| item.duration_ms);
        let account = client.account;
        let known = self.accounts.get(&account);
        node.list("Media", media)
            .object(
                "User",
                Node::new("User")
                    .id("id", account)
                    .opt_text("thumb", known.map(super::accounts::Account::thumb))
                    .text("title", self.account_name(account)),
            )
            .object("Player", player(client))
            .object(
                "Session",
                Node::new("Session")
                    .text("id", client.session_id.as_str())
                    .int("bandwidth", if client.transcode.is_some() { 5120 } else { 12_800 })
                    .text("location", if client.device.local { "lan" } else { "wan" }),
            )
            .opt_object(
                "TranscodeSession",
                client.transcode.as_ref().map(|t| transcoder(t, duration, session)),
            )
    }

    fn played_directly(&self, item: &super::library::Item) -> Vec<Node> {
        let mut media = self.media(item);
        for node in &mut media {
            node.push("selected".to_owned(), super::node::Scalar::Flag(true));
            node.walk(&mut |inner| {
                if inner.is("Part") {
                    inner.push(
                        "decision".to_owned(),
                        super::node::Scalar::Text("directplay".to_owned()),
                    );
                    inner.push("selected".to_owned(), super::node::Scalar::Flag(true));
                }
            });
        }
        if item.kind == Kind::Track {
            // The music player leaves the file's particulars out.
            return vec![
                Node::new("Media")
                    .text("audioCodec", "flac")
                    .text("container", "flac")
                    .list("Part", vec![Node::new("Part")]),
            ];
        }
        media
    }

    pub(crate) fn accounts_node(&self) -> Node {
        let nobody = Node::new("Account")
            .int("id", 0)
            .text("key", "/accounts/0")
            .text("name", "")
            .text("defaultAudioLanguage", "en")
            .flag("autoSelectAudio", true)
            .text("defaultSubtitleLanguage", "")
            .int("subtitleMode", 0)
            .text("thumb", "");
        let people = self.accounts.values().map(|account| {
            Node::new("Account")
                .int("id", account.id)
                .text("key", format!("/accounts/{}", account.id))
                .text("name", account.name.as_str())
                .text("thumb", account.thumb())
        });
        let rows: Vec<Node> = std::iter::once(nobody).chain(people).collect();
        Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .text("identifier", "com.plexapp.system.accounts")
            .list("Account", rows)
    }

    pub(crate) fn devices_node(&self) -> Node {
        let rows: Vec<Node> = self
            .devices
            .iter()
            .enumerate()
            .map(|(position, device)| {
                Node::new("Device")
                    .int("id", position as i64 + 1)
                    .text("name", device.title.as_str())
                    .text("platform", device.platform.as_str())
                    .text("clientIdentifier", device.id.as_str())
                    .int("createdAt", 1_700_000_000)
            })
            .collect();
        Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .text("identifier", "com.plexapp.system.devices")
            .list("Device", rows)
    }

    pub(crate) fn identity_node(&self) -> Node {
        Node::new("MediaContainer")
            .int("size", 0)
            .flag("claimed", true)
            .text("machineIdentifier", self.settings.machine_identifier.as_str())
            .text("version", self.settings.version.as_str())
            .text("apiVersion", "1.2.0")
    }

    pub(crate) fn root_node(&self) -> Node {
        let entries = [
            "accounts",
            "activities",
            "clients",
            "devices",
            "hubs",
            "library",
            "playlists",
            "status",
            "transcode",
        ];
        let rows = entries.iter().map(|entry| {
            Node::new("Directory")
                .int("count", 1)
                .text("key", *entry)
                .text("title", *entry)
        });
        let rows: Vec<Node> = rows.collect();
        let managed = self.accounts.values().any(|account| account.kind != AccountKind::Owner);
        Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .flag("allowCameraUpload", true)
            .flag("allowChannelAccess", true)
            .flag("allowSharing", true)
            .flag("allowSync", true)
            .flag("backgroundProcessing", true)
            .flag("certificate", true)
            .flag("companionProxy", true)
            .flag("eventStream", true)
            .text("friendlyName", self.settings.friendly_name.as_str())
            .int("livetv", 7)
            .text("machineIdentifier", self.settings.machine_identifier.as_str())
            .flag("multiuser", managed)
            .flag("myPlex", true)
            .text("myPlexMappingState", "mapped")
            .text("myPlexSigninState", "ok")
            .flag("myPlexSubscription", true)
            .text("myPlexUsername", "owner@example.org")
            .text(
                "ownerFeatures",
                "adaptive_bitrate,session_bandwidth_restrictions,session_kick,webhooks",
            )
            .text("platform", "Linux")
            .text("platformVersion", "6.8.0")
            .int(
                "transcoderActiveVideoSessions",
                self.sessions.values().filter(|s| s.client.transcode.is_some()).count() as i64,
            )
            .flag("updater", true)
            .int("updatedAt", 1_780_000_000)
            .text("version", self.settings.version.as_str())
            .list("Directory", rows)
    }
}

fn player(client: &Client) -> Node {
    let device = &client.device;
    let public = if device.local {
        "203.0.113.20"
    } else {
        device.address.as_str()
    };
    Node::new("Player")
        .text("address", device.address.as_str())
        .text("device", device.device.as_str())
        .text("machineIdentifier", device.id.as_str())
        .text("platform", device.platform.as_str())
        .text("product", device.product.as_str())
        .text("remotePublicAddress", public)
        .text("state", client.state.as_str())
        .text("title", device.title.as_str())
        .text("version", "10.20.0")
        .flag("local", device.local)
        .flag("relayed", false)
        .flag("secure", true)
        .int("userID", client.account)
}

/// What a conversion sends; the file itself is on the item's own page only.
fn output(transcode: &Transcode, part: i64, duration_ms: i64) -> Node {
    let width = transcode.height * 16 / 9;
    let stream = |id: i64, kind: i64, codec: &str, place: &str| {
        Node::new("Stream")
            .id("id", id)
            .int("streamType", kind)
            .text("codec", codec)
            .text("decision", "transcode")
            .text("location", place)
    };
    let streams = vec![
        stream(part * 2, 1, "h264", "segments-video"),
        stream(part * 2 + 1, 2, "aac", "segments-audio"),
    ];
    let part_node = Node::new("Part")
        .id("id", part)
        .int("duration", duration_ms)
        .text("container", "mp4")
        .int("height", transcode.height)
        .int("width", width)
        .text("protocol", "dash")
        .text("decision", "transcode")
        .flag("selected", true)
        .list("Stream", streams);
    Node::new("Media")
        .id("id", part - 40_000)
        .int("bitrate", 4122)
        .text("container", "mp4")
        .int("height", transcode.height)
        .int("width", width)
        .text("protocol", "dash")
        .text("videoCodec", "h264")
        .text("audioCodec", "aac")
        .text("videoResolution", format!("{}p", transcode.height))
        .flag("selected", true)
        .list("Part", vec![part_node])
}

fn transcoder(transcode: &Transcode, duration_ms: i64, session: &Session) -> Node {
    Node::new("TranscodeSession")
        .text("key", format!("/transcode/sessions/{}", transcode.key))
        .flag("throttled", true)
        .flag("complete", false)
        .real("progress", 63.2)
        .int("size", -22)
        .int("speed", 0)
        .flag("error", false)
        .int("duration", duration_ms)
        .text("context", transcode.context())
        .text("sourceVideoCodec", "hevc")
        .text("sourceAudioCodec", "eac3")
        .text("videoDecision", "transcode")
        .text("audioDecision", "transcode")
        .text("protocol", "dash")
        .text("container", "mp4")
        .text("videoCodec", "h264")
        .text("audioCodec", "aac")
        .int("audioChannels", 2)
        .real("timeStamp", session.started.as_millisecond() as f64 / 1000.0)
        .real("maxOffsetAvailable", session.client.offset_ms as f64 / 1000.0 + 460.5)
}

fn live_node(live: &Live, rating_key: i64, session: &Session) -> Node {
    Node::new("Video")
        .int("addedAt", session.started.as_second())
        .key("ratingKey", rating_key)
        .text("guid", format!("plex://episode/{}", super::guids::hex24(rating_key)))
        .text("type", "episode")
        .text("title", live.title.as_str())
        .text("grandparentTitle", live.title.as_str())
        .int("index", rating_key % 200)
        .int("parentIndex", 49)
        .int("year", 2021)
        .text("key", format!("/livetv/sessions/{}", live.uuid))
        .flag("live", true)
}

fn live_media(live: &Live, rating_key: i64) -> Vec<Node> {
    let part = Node::new("Part")
        .id("id", 380_000 + rating_key)
        .text("container", "mpegts")
        .text("protocol", "hls");
    let media = Node::new("Media")
        .id("id", 379_000 + rating_key)
        .text("origin", "livetv")
        .text("protocol", "hls")
        .text("container", "mpegts")
        .text("uuid", live.uuid.as_str())
        .text("channelCallSign", live.channel.as_str())
        .text("channelIdentifier", "202")
        .text("channelTitle", format!("202 {}", live.channel));
    vec![media.list("Part", vec![part])]
}
