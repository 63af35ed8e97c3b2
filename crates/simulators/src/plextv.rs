//! plex.tv, as far as an application meets it: signing in with a PIN, the account behind a token, and the servers the account may use.
//!
//! There is one account. What it may use is a [`PlexSim`] each, so that what plex.tv says of a server and what the server says of itself
//! agree. The two keep their own tokens: a server goes on accepting what plex.tv has forgotten, and the other way round.

mod account;
mod form;
mod http;
mod limit;
mod pins;
mod servers;

pub use limit::RateLimit;
pub use servers::Address;

use crate::{
    clock::SimClock,
    faults::{self, FaultPlan, RequestLog},
    plex::{OWNER, PlexSim, token_text},
    server::{self, Running},
};
use axum::Router;
use limit::Traffic;
use pins::Pin;
use servers::Server;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

/// The account's id here. The servers that it owns call it [`OWNER`]; others know it by this one.
pub const ACCOUNT: i64 = 555_001;

/// One simulated plex.tv; clones are the same one.
#[derive(Debug, Clone)]
pub struct PlexTvSim {
    clock: SimClock,
    world: Arc<Mutex<World>>,
    faults: FaultPlan,
    log: RequestLog,
}

#[derive(Debug)]
struct World {
    /// In the order they were given out.
    tokens: Vec<String>,
    last_token: u64,
    pins: BTreeMap<i64, Pin>,
    servers: Vec<Server>,
    traffic: Traffic,
}

impl PlexTvSim {
    /// An account that is signed in on one device, has two players, and may use a friend's server that cannot be reached.
    pub fn new(clock: SimClock) -> Self {
        let mut world = World {
            tokens: Vec::new(),
            last_token: 0,
            pins: BTreeMap::new(),
            servers: vec![servers::friends_box(clock.clone())],
            traffic: Traffic::default(),
        };
        world.issue_token();
        Self {
            clock,
            world: Arc::new(Mutex::new(world)),
            faults: FaultPlan::default(),
            log: RequestLog::default(),
        }
    }

    /// The oldest token of the account that plex.tv accepts; nothing after all of them were signed out.
    pub fn token(&self) -> Option<String> {
        self.with(|world| world.tokens.first().cloned())
    }

    /// Signs the account in with the code of a PIN, as its user does in a browser. Says whether such a PIN was waiting.
    pub fn claim(&self, code: &str) -> bool {
        let now = self.clock.now();
        self.with(|world| world.claim(code, now))
    }

    /// Forgets a token, as when its device is removed from the account. Servers are told nothing.
    pub fn sign_out(&self, token: &str) {
        self.with(|world| world.tokens.retain(|known| known != token));
    }

    /// Lists a server as the account's own, or at other addresses than before. It accepts the account's tokens from now on.
    pub fn publish(&self, server: &PlexSim, addresses: &[Address]) {
        self.with(|world| {
            for token in &world.tokens {
                server.admit_token(token, OWNER);
            }
            world.list(Server::owned(server, addresses));
        });
    }

    /// Lists a server that somebody else shares with the account. It knows the account by a token of its own.
    pub fn share(&self, server: &PlexSim, addresses: &[Address], owner: i64, owner_name: &str) {
        self.with(|world| world.list(Server::shared(server, addresses, owner, owner_name)));
    }

    /// Answers only so many requests, or all of them again.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.with(|world| world.traffic = Traffic::limited(limit));
    }

    /// The faults that this plex.tv can be told to have.
    pub fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// What was asked of it.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    /// The HTTP interface, with its faults and its log around it.
    pub fn router(&self) -> Router {
        let router = Router::new().fallback(http::answer).with_state(self.clone());
        faults::logged(faults::layer(router, self.faults.clone()), self.log.clone())
    }

    /// Serves the interface on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve(&self) -> io::Result<Running> {
        server::serve(self.router()).await
    }

    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl World {
    /// Makes a token of the account, which its own servers accept at once.
    fn issue_token(&mut self) -> String {
        self.last_token += 1;
        let token = token_text(self.last_token << 32, ACCOUNT);
        for server in self.servers.iter().filter(|server| server.is_owned()) {
            server.sim.admit_token(&token, OWNER);
        }
        self.tokens.push(token.clone());
        token
    }

    fn list(&mut self, server: Server) {
        self.servers.retain(|listed| listed.machine() != server.machine());
        self.servers.push(server);
    }
}
