//! Everything the server knows, behind one lock.

use super::{
    JsonTyping,
    accounts::{Account, Device, OWNER, token_text},
    events::Event,
    history::HistoryRow,
    library::{Item, Part, Section, SectionKind},
    sessions::{Client, Session},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// What can be set on a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's name.
    pub friendly_name: String,
    /// 40 hex digits.
    pub machine_identifier: String,
    /// As `/identity` says it.
    pub version: String,
    /// Path in front of everything, as behind a reverse proxy; empty or `/plex`.
    pub base_path: String,
    /// How JSON scalars are typed.
    pub typing: JsonTyping,
    /// Whether `Guid[]` shows up in sessions, which real servers rarely do.
    pub guids_in_sessions: bool,
    /// Whether unknown attributes, elements and event names are strewn in.
    pub oddities: bool,
    /// Whether everything is answered with the start-up 503.
    pub starting: bool,
    /// Whether `/identity` answers while starting.
    pub identity_while_starting: bool,
    /// Whether plain HTTP connections are dropped without an answer.
    pub secure_only: bool,
    /// Status for a shared user's token where only the owner's is accepted: 401 or 403.
    pub refusal: u16,
    /// Time after which a client that reports nothing any more is dropped.
    pub silence_limit: SignedDuration,
    /// Time after which a paused session is ended although its client reports.
    pub pause_limit: Option<SignedDuration>,
    /// Time between a session's first event and its appearance in the list.
    pub list_lag: SignedDuration,
    /// Percent of an item that count as watched.
    pub watched_percent: i64,
    /// Most rows that one page has, whatever was asked for.
    pub page_limit: Option<usize>,
    /// Whether bodies are sent in chunks without a length.
    pub chunked: bool,
    /// Real time between two pings on an event stream.
    pub ping_every: std::time::Duration,
    /// Whether the event streams are silent, as behind a buffering proxy.
    pub muted: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            friendly_name: String::from("Attic"),
            machine_identifier: String::from("9f1c2d3e4a5b60718293a4b5c6d7e8f901234567"),
            version: String::from("1.43.1.10611-1e34174b1"),
            base_path: String::new(),
            typing: JsonTyping::default(),
            guids_in_sessions: false,
            oddities: false,
            starting: false,
            identity_while_starting: false,
            secure_only: false,
            refusal: 403,
            silence_limit: SignedDuration::from_secs(180),
            pause_limit: None,
            list_lag: SignedDuration::ZERO,
            watched_percent: 90,
            page_limit: None,
            chunked: false,
            ping_every: std::time::Duration::from_secs(10),
            muted: false,
        }
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) owner_token: String,
    pub(crate) tokens: BTreeMap<String, i64>,
    pub(crate) accounts: BTreeMap<i64, Account>,
    pub(crate) devices: Vec<Device>,
    pub(crate) sections: BTreeMap<i64, Section>,
    pub(crate) items: BTreeMap<i64, Item>,
    pub(crate) children: BTreeMap<i64, Vec<i64>>,
    pub(crate) parts: BTreeMap<i64, Part>,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) clients: BTreeMap<u64, Client>,
    pub(crate) sessions: BTreeMap<i64, Session>,
    /// The last key given to a session; starts over with the server.
    pub(crate) last_session_key: i64,
    pub(crate) last_rating_key: i64,
    pub(crate) last_part_id: i64,
    pub(crate) last_handle: u64,
    pub(crate) odd: u64,
    pub(crate) events: broadcast::Sender<Event>,
    /// Ends all open event streams when canceled.
    pub(crate) streams: CancellationToken,
    /// Whether changes of the library are announced as they happen.
    pub(crate) announce: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let owner = Account::owner();
        let owner_token = token_text(0, OWNER);
        let section = |title: &str, kind, root: &str| Section {
            title: title.to_owned(),
            kind,
            root: root.to_owned(),
        };
        Self {
            settings: Settings::default(),
            tokens: BTreeMap::from([(owner_token.clone(), OWNER)]),
            owner_token,
            accounts: BTreeMap::from([(OWNER, owner)]),
            devices: Vec::new(),
            sections: BTreeMap::from([
                (1, section("Movies", SectionKind::Movies, "/media/movies")),
                (2, section("TV Shows", SectionKind::Shows, "/media/tv")),
                (3, section("Music", SectionKind::Music, "/media/music")),
            ]),
            items: BTreeMap::new(),
            children: BTreeMap::new(),
            parts: BTreeMap::new(),
            history: Vec::new(),
            clients: BTreeMap::new(),
            sessions: BTreeMap::new(),
            last_session_key: 0,
            last_rating_key: 1000,
            last_part_id: 140_000,
            last_handle: 0,
            odd: 0,
            events: broadcast::channel(4096).0,
            streams: CancellationToken::new(),
            announce: true,
        }
    }

    /// Lets go of everything that the passing of time ends: silent clients and too long pauses.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let silence = self.settings.silence_limit;
        let pause = self.settings.pause_limit;
        self.sessions.retain(|_, session| {
            let silent = now.duration_since(session.last_report) >= silence;
            let paused_out = match (pause, session.paused_since) {
                (Some(limit), Some(since)) => now.duration_since(since) >= limit,
                _ => false,
            };
            !silent && !paused_out
        });
    }

    /// Ends all event streams; clients may connect again at once.
    pub(crate) fn cut_streams(&mut self) {
        std::mem::take(&mut self.streams).cancel();
    }
}
