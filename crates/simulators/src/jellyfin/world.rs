//! Everything the server knows, behind one lock.

use super::{
    dialect::Dialect,
    events::Event,
    library::{Departed, Item},
    players::Player,
    quick_connect::QuickRequest,
    sessions::Session,
    users::{Account, Holder, User},
    wire::guid_of,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// What a listing makes of the order that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListOrder {
    /// It is kept; what has no value is less than everything.
    #[default]
    Kept,
    /// It is kept, but what has no date is more than everything, as in other databases.
    UndatedIsMost,
    /// The library's own, whatever is asked for.
    Ignored,
}

/// What can be set on a server.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) dialect: Dialect,
    /// The server's name.
    pub server_name: String,
    /// 32 hex digits.
    pub server_id: String,
    /// Path in front of everything, as behind a reverse proxy; empty or `/media`.
    pub base_path: String,
    /// Whether everything is answered with the start-up 503.
    pub starting: bool,
    /// Whether `/System/Info/Public` answers while starting.
    pub info_while_starting: bool,
    /// Whether the old ways of authorization are accepted; by default as the release does.
    pub legacy_authorization: Option<bool>,
    /// Whether signing in by a code is possible.
    pub quick_connect: bool,
    /// Whether every request of an application makes a session, or only reports, sign-ins and sockets do, as in newer releases.
    pub requests_make_sessions: bool,
    /// Whether a play that fell silent is stopped where the server itself moved it, as up to 10.11, instead of at its last check-in.
    pub silent_plays_moved_on: bool,
    /// Time after which the server tells a paused player to stop; players that are still there obey.
    pub pause_limit: Option<SignedDuration>,
    /// Percent of an item from which on it counts as played.
    pub played_percent: i64,
    /// Percent of an item below which its position is not remembered.
    pub resume_percent: i64,
    /// Seconds; shorter items count as played wherever they are left.
    pub short_item_seconds: i64,
    /// Whether a session gets another id with every play, as some of Emby's do.
    pub renames_sessions: bool,
    /// Whether the first subscription on a fresh socket is lost, as on Emby.
    pub loses_first_subscription: bool,
    /// Real time without a sign of life after which a socket is given up; every fifth of it is a check.
    pub socket_timeout: std::time::Duration,
    /// Whether the sockets are silent, as behind a buffering proxy.
    pub muted: bool,
    /// In what order items are listed.
    pub order: ListOrder,
    /// Whether properties that no client knows are strewn in.
    pub oddities: bool,
}

impl Settings {
    fn of(dialect: Dialect) -> Self {
        let server_id = if dialect.is_emby() {
            "5e4d3c2b1a09f8e75e4d3c2b1a09f8e7"
        } else {
            "f1e2d3c4b5a697887766554433221100"
        };
        Self {
            dialect,
            server_name: String::from("Attic"),
            server_id: String::from(server_id),
            base_path: String::new(),
            starting: false,
            info_while_starting: false,
            legacy_authorization: None,
            quick_connect: true,
            requests_make_sessions: true,
            silent_plays_moved_on: false,
            pause_limit: None,
            played_percent: 90,
            resume_percent: 5,
            short_item_seconds: 300,
            renames_sessions: false,
            loses_first_subscription: false,
            socket_timeout: std::time::Duration::from_secs(60),
            muted: false,
            order: ListOrder::default(),
            oddities: false,
        }
    }

    pub(crate) fn reads_legacy_authorization(&self) -> bool {
        self.legacy_authorization
            .unwrap_or_else(|| self.dialect.legacy_authorization())
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) users: BTreeMap<i64, Account>,
    pub(crate) tokens: BTreeMap<String, Holder>,
    /// The API key that is there from the start.
    pub(crate) first_key: String,
    pub(crate) items: BTreeMap<i64, Item>,
    /// The items' keys by their ids on the wire.
    pub(crate) keys: BTreeMap<String, i64>,
    pub(crate) children: BTreeMap<i64, Vec<i64>>,
    /// What is remembered of items that were taken away, by place.
    pub(crate) departed: BTreeMap<String, Departed>,
    pub(crate) players: BTreeMap<u64, Player>,
    /// By application and device.
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) quick_requests: Vec<QuickRequest>,
    /// When the server looks for silent plays next; only while there are plays.
    pub(crate) idle_check: Option<Timestamp>,
    pub(crate) last_key: i64,
    pub(crate) last_handle: u64,
    /// Counts whatever has to differ: tokens, codes, messages, sockets.
    pub(crate) last_serial: u64,
    pub(crate) events: broadcast::Sender<Event>,
    /// Ends all open sockets when canceled.
    pub(crate) sockets: CancellationToken,
}

impl World {
    pub(crate) fn new(dialect: Dialect, now: Timestamp) -> Self {
        let mut world = Self {
            settings: Settings::of(dialect),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            first_key: String::new(),
            items: BTreeMap::new(),
            keys: BTreeMap::new(),
            children: BTreeMap::new(),
            departed: BTreeMap::new(),
            players: BTreeMap::new(),
            sessions: BTreeMap::new(),
            quick_requests: Vec::new(),
            idle_check: None,
            last_key: 0,
            last_handle: 0,
            last_serial: 0,
            events: broadcast::channel(4096).0,
            sockets: CancellationToken::new(),
        };
        world.add_user(User::administrator("owner_name"));
        world.first_key = world.add_api_key("Monitor");
        world.add_libraries(now);
        world
    }

    pub(crate) fn new_serial(&mut self) -> u64 {
        self.last_serial += 1;
        self.last_serial
    }

    /// A text of 32 hex digits that no other one equals.
    pub(crate) fn new_secret(&mut self, purpose: &str) -> String {
        let serial = self.new_serial();
        guid_of(&format!("{purpose} {serial} of {}", self.settings.server_id))
    }

    /// Ends all open sockets; clients may connect again at once.
    pub(crate) fn cut_sockets(&mut self) {
        std::mem::take(&mut self.sockets).cancel();
    }
}
