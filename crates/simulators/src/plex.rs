//! A Plex Media Server: its library, its accounts, its players, and the HTTP interface that a monitor meets.
//!
//! The state moves as on a real server: players report, the server believes them, and lets go of those that fall silent. Nothing moves
//! by itself: a session that nobody reports for is dropped after three minutes of simulated time.

mod accounts;
mod anomalies;
mod events;
mod guids;
mod history;
mod http;
mod library;
mod node;
mod players;
mod render;
mod render_sessions;
mod sessions;
mod shows;
mod tls;
mod world;

pub use accounts::{Account, AccountKind, Device, OWNER};
pub use guids::GuidMode;
pub use history::FinishedPlay;
pub use library::{ClipKind, SectionKind};
pub use node::JsonTyping;
pub use players::REPORT_EVERY_MS;
pub use sessions::{PlayState, SessionHandle};
pub use shows::ShowSpec;
pub use tls::TlsServer;
pub use world::Settings;

pub(crate) use accounts::token_text;
pub(crate) use guids::scramble;
pub(crate) use http::{Arguments, wants_json};
pub(crate) use node::escape as escape_xml;

use crate::{
    clock::SimClock,
    faults::{self, FaultPlan, RequestLog},
    server::{self, Running},
};
use axum::Router;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tower_http::compression::CompressionLayer;
use world::World;

/// One simulated server; clones are the same server.
#[derive(Debug, Clone)]
pub struct PlexSim {
    clock: SimClock,
    world: Arc<Mutex<World>>,
    faults: FaultPlan,
    log: RequestLog,
}

impl PlexSim {
    /// A claimed server with three empty sections (1 movies, 2 shows, 3 music), its owner, and nobody playing.
    pub fn new(clock: SimClock) -> Self {
        Self {
            clock,
            world: Arc::new(Mutex::new(World::new())),
            faults: FaultPlan::default(),
            log: RequestLog::default(),
        }
    }

    /// The clock this server goes by.
    pub fn clock(&self) -> &SimClock {
        &self.clock
    }

    /// The server's settings as they are now.
    pub fn settings(&self) -> Settings {
        self.with(|world| world.settings.clone())
    }

    /// Changes settings; a server that starts up, or refuses plain connections, also breaks its event streams.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        self.with(|world| {
            change(&mut world.settings);
            if world.settings.starting || world.settings.secure_only {
                world.cut_streams();
            }
        });
    }

    /// The faults this server can be told to have.
    pub fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// What was asked of this server.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    /// The server's HTTP interface, compressed for those who ask, with its faults and its log around it.
    pub fn router(&self) -> Router {
        let router = Router::new().fallback(http::answer).with_state(self.clone());
        let router = faults::layer(router, self.faults.clone()).layer(CompressionLayer::new());
        faults::logged(router, self.log.clone())
    }

    /// Serves the interface on a free loopback port; the base path belongs after the address.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve(&self) -> io::Result<Running> {
        server::serve(self.router()).await
    }

    /// The same, and every answer says what time it is by the clock.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve_dated(&self) -> io::Result<Running> {
        server::serve(server::dated(self.router(), self.clock.clone())).await
    }

    /// Serves the interface at an address, for a server that comes back where it was.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_at(&self, addr: SocketAddr) -> io::Result<Running> {
        server::serve_at(self.router(), addr).await
    }

    /// Runs `act` on the world, alone.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
