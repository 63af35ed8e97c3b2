//! Tautulli in front of a [`PlexSim`]: it asks that server while it is asked itself, and keeps a history of what it saw.
//!
//! What it does when Plex does not answer, and when its own database fails, is that of the real one: it says so badly.

mod activity;
mod history;
mod http;
mod metadata;
mod people;
mod upstream;

pub use history::Sitting;

use crate::{
    clock::SimClock,
    faults::{self, FaultPlan, RequestLog},
    plex::PlexSim,
    server::{self, Running},
};
use axum::Router;
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tower_http::compression::CompressionLayer;
use upstream::Upstream;

/// One simulated Tautulli; clones are the same one.
#[derive(Debug, Clone)]
pub struct TautulliSim {
    plex: PlexSim,
    upstream: Upstream,
    world: Arc<Mutex<World>>,
    faults: FaultPlan,
    log: RequestLog,
}

/// What can be set on a Tautulli.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As it writes it, with a "v".
    pub version: String,
    /// "HTTP Root": the path in front of everything; empty or `/tautulli`.
    pub http_root: String,
    /// Whether its pages ask for a login.
    pub has_login: bool,
    /// Whether the API is switched on.
    pub has_api: bool,
    /// Whether failures have statuses of their own, as since version 2.1.29, or 200.
    pub has_statuses: bool,
    /// Whether it reaches its Plex.
    pub reaches_plex: bool,
    /// Whether its database can be read.
    pub reads_database: bool,
    /// Whether histories are grouped, and have what is going on, where a question does not say.
    pub tables_as_shown: bool,
    /// Hours by which its local time is ahead of UTC.
    pub hours_ahead: i8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: String::from("v2.17.2"),
            http_root: String::new(),
            has_login: true,
            has_api: true,
            has_statuses: true,
            reaches_plex: true,
            reads_database: true,
            tables_as_shown: true,
            hours_ahead: 2,
        }
    }
}

#[derive(Debug)]
struct World {
    settings: Settings,
    api_key: String,
    friendly_names: BTreeMap<i64, String>,
    /// People whom it does not know (yet), by their ids at the server.
    unknown: BTreeSet<i64>,
    /// People whose history is not kept, by their ids at the server.
    unkept: BTreeSet<i64>,
    /// Sections whose history is not kept.
    unkept_sections: BTreeSet<i64>,
    sittings: Vec<Sitting>,
    /// From when to when it was off; without an end while it is.
    off: Vec<(Timestamp, Option<Timestamp>)>,
}

impl TautulliSim {
    /// A Tautulli that watches a server from its beginning, goes by its clock and is signed in as its owner.
    pub fn new(plex: &PlexSim) -> Self {
        let world = World {
            settings: Settings::default(),
            api_key: String::from("66198313a092496b8a725867d2223b5f"),
            friendly_names: BTreeMap::new(),
            unknown: BTreeSet::new(),
            unkept: BTreeSet::new(),
            unkept_sections: BTreeSet::new(),
            sittings: Vec::new(),
            off: Vec::new(),
        };
        Self {
            plex: plex.clone(),
            upstream: Upstream::new(plex),
            world: Arc::new(Mutex::new(world)),
            faults: FaultPlan::default(),
            log: RequestLog::default(),
        }
    }

    /// The server that it watches.
    pub fn plex(&self) -> &PlexSim {
        &self.plex
    }

    /// The clock it goes by.
    pub fn clock(&self) -> &SimClock {
        self.plex.clock()
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.with(|world| world.settings.clone())
    }

    /// Changes settings.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        self.with(|world| change(&mut world.settings));
    }

    /// The API key.
    pub fn api_key(&self) -> String {
        self.with(|world| world.api_key.clone())
    }

    /// Makes another API key; the old one is refused from now on.
    pub fn set_api_key(&self, key: &str) {
        self.with(|world| key.clone_into(&mut world.api_key));
    }

    /// Switches it off: whoever asks finds nobody, and what is played meanwhile is never in its history.
    pub fn switch_off(&self) {
        let now = self.clock().now();
        self.with(|world| {
            if world.off.last().is_none_or(|(_, until)| until.is_some()) {
                world.off.push((now, None));
            }
        });
    }

    /// Switches it on again.
    pub fn switch_on(&self) {
        let now = self.clock().now();
        self.with(|world| {
            if let Some((_, until)) = world.off.last_mut() {
                until.get_or_insert(now);
            }
        });
    }

    /// The faults that it can be told to have.
    pub fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// What was asked of it.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    /// The HTTP interface, compressed for those who ask, with its faults and its log around it.
    pub fn router(&self) -> Router {
        let router = Router::new().fallback(http::answer).with_state(self.clone());
        let router = faults::layer(router, self.faults.clone()).layer(CompressionLayer::new());
        faults::logged(router, self.log.clone())
    }

    /// Serves the interface on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve(&self) -> io::Result<Running> {
        server::serve(self.router()).await
    }

    /// Serves the interface at an address, for a Tautulli that comes back where it was.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_at(&self, addr: SocketAddr) -> io::Result<Running> {
        server::serve_at(self.router(), addr).await
    }

    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl World {
    /// Whether it was on.
    fn was_on(&self, at: Timestamp) -> bool {
        !self
            .off
            .iter()
            .any(|(from, until)| *from <= at && until.is_none_or(|until| at < until))
    }

    fn is_off(&self) -> bool {
        self.off.last().is_some_and(|(_, until)| until.is_none())
    }
}
