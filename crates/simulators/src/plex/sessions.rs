//! What players report and what the server makes of it.

use super::{
    accounts::Device,
    events::Twist,
    guids::{hex24, scramble},
    world::World,
};
use jiff::Timestamp;

/// State of a player, as it reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayState {
    /// The picture moves.
    Playing,
    /// The viewer has stopped it for a while.
    Paused,
    /// The player waits for data.
    Buffering,
    /// The play is over; seen in notifications only.
    Stopped,
}

impl PlayState {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::Buffering => "buffering",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Playing, Self::Paused, Self::Buffering, Self::Stopped]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// Names one scripted player, from its first play to the end of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionHandle(pub(crate) u64);

/// What a player has on: an item of the library, or a live channel.
#[derive(Debug, Clone)]
pub(crate) struct Playing {
    pub(crate) rating_key: i64,
    pub(crate) live: Option<Live>,
}

#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) uuid: String,
    pub(crate) title: String,
    pub(crate) channel: String,
}

impl Playing {
    pub(crate) fn item(rating_key: i64) -> Self {
        Self { rating_key, live: None }
    }

    pub(crate) fn key_path(&self) -> String {
        match &self.live {
            Some(live) => format!("/livetv/sessions/{}", live.uuid),
            None => format!("/library/metadata/{}", self.rating_key),
        }
    }
}

/// A running conversion of what is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transcode {
    pub(crate) key: String,
    /// Whether it fills a download instead of a screen.
    pub(crate) download: bool,
    pub(crate) height: i64,
}

impl Transcode {
    pub(crate) fn context(&self) -> &'static str {
        if self.download { "static" } else { "streaming" }
    }
}

/// A player and what it believes; it outlives the server's session.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) account: i64,
    pub(crate) device: Device,
    /// The player's own name for its session, `Session.id`.
    pub(crate) session_id: String,
    pub(crate) item: Playing,
    pub(crate) state: PlayState,
    pub(crate) offset_ms: i64,
    pub(crate) transcode: Option<Transcode>,
    pub(crate) play_queue: i64,
    /// The server's session that this player last reported into.
    pub(crate) session: Option<i64>,
}

/// The server's side of a play.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) key: i64,
    /// What the client last reported.
    pub(crate) client: Client,
    pub(crate) started: Timestamp,
    pub(crate) last_report: Timestamp,
    pub(crate) paused_since: Option<Timestamp>,
    /// Whether this play was counted as watched already.
    pub(crate) counted: bool,
    /// Whether the list leaves it out for the moment.
    pub(crate) hiding: Hiding,
}

/// Whether a session is left out of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hiding {
    Shown,
    Hidden,
    UntilReport,
}

impl World {
    pub(crate) fn new_client(&mut self, account: i64, device: &Device, item: Playing, offset_ms: i64) -> SessionHandle {
        self.last_handle += 1;
        let seed = scramble(self.last_handle);
        let client = Client {
            account,
            device: device.clone(),
            session_id: hex24(seed as i64)[..16].to_owned(),
            item,
            state: PlayState::Buffering,
            offset_ms,
            transcode: None,
            play_queue: 800 + self.last_handle as i64,
            session: None,
        };
        self.device_number(device);
        self.clients.insert(self.last_handle, client);
        SessionHandle(self.last_handle)
    }

    /// Takes a client's report in: opens its session if there is none, moves it, counts it, tells of it.
    pub(crate) fn report(&mut self, handle: SessionHandle, state: PlayState, offset_ms: i64, now: Timestamp) {
        self.settle(now);
        let Some(client) = self.clients.get_mut(&handle.0) else {
            return;
        };
        client.state = state;
        client.offset_ms = offset_ms;
        let known = client.session.filter(|key| self.sessions.contains_key(key));
        if known.is_none() && state == PlayState::Stopped {
            client.session = None;
            return;
        }
        let key = known.unwrap_or_else(|| {
            self.last_session_key += 1;
            self.last_session_key
        });
        client.session = Some(key);
        let client = client.clone();
        let previous = self.sessions.remove(&key);
        let same_item = previous
            .as_ref()
            .is_none_or(|old| old.client.item.rating_key == client.item.rating_key);
        let mut session = Session {
            key,
            started: previous.as_ref().map_or(now, |old| old.started),
            last_report: now,
            paused_since: (state == PlayState::Paused)
                .then(|| previous.as_ref().and_then(|old| old.paused_since).unwrap_or(now)),
            counted: same_item && previous.as_ref().is_some_and(|old| old.counted),
            hiding: match &previous {
                Some(old) if old.hiding == Hiding::Hidden => Hiding::Hidden,
                _ => Hiding::Shown,
            },
            client,
        };
        self.account_for(&mut session, now);
        if previous.is_none() {
            self.announce_transcode(&session, "transcodeSession.start");
        }
        self.announce_session(&session, state, Twist::default());
        if state == PlayState::Stopped {
            self.announce_transcode(&session, "transcodeSession.end");
            self.detach(handle);
        } else {
            self.sessions.insert(key, session);
        }
    }

    /// Makes a client forget its session, so that its next report opens another.
    pub(crate) fn detach(&mut self, handle: SessionHandle) {
        if let Some(client) = self.clients.get_mut(&handle.0) {
            client.session = None;
        }
    }

    /// Remembers how far the account is, and counts the play once it is far enough.
    fn account_for(&mut self, session: &mut Session, now: Timestamp) {
        let client = &session.client;
        if client.item.live.is_some() || client.transcode.as_ref().is_some_and(|transcode| transcode.download) {
            return;
        }
        let Some(item) = self.items.get_mut(&client.item.rating_key) else {
            return;
        };
        let far_enough =
            item.duration_ms > 0 && client.offset_ms * 100 >= item.duration_ms * self.settings.watched_percent;
        // Some players report the end while they buffer the start.
        let finished = far_enough && client.state != PlayState::Buffering;
        let view = item.views.entry(client.account).or_default();
        if !finished {
            view.offset_ms = client.offset_ms;
        } else if !session.counted {
            session.counted = true;
            let (account, key, device) = (client.account, client.item.rating_key, client.device.clone());
            self.count_view(account, key, Some(&device), now);
        }
    }

    /// The session of a client, if the server still has it.
    pub(crate) fn session_of(&self, handle: SessionHandle) -> Option<&Session> {
        self.clients
            .get(&handle.0)
            .and_then(|client| client.session)
            .and_then(|key| self.sessions.get(&key))
    }
}
