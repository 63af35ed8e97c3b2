//! A Jellyfin or an Emby server: its library, its users, its players, and the HTTP interface that a monitor meets.
//!
//! Both come from the same ancestor and share what is here; `dialect.rs` has where they differ. The server knows what players report, and
//! moves positions by itself between two reports. What nobody reports of any more seems to go on for five to ten minutes.

mod devices;
mod dialect;
mod events;
mod http;
mod library;
mod players;
mod quick_connect;
mod render;
mod render_sessions;
mod sessions;
mod shows;
mod trouble;
mod user_data;
mod users;
mod wire;
mod world;

pub use devices::Device;
pub use dialect::Release;
pub use players::{REPORT_EVERY_MS, SessionHandle};
pub use shows::ShowSpec;
pub use user_data::Watched;
pub use users::{ADMIN, User};
pub use wire::session_id_of;
pub use world::{ListOrder, Settings};

use crate::{
    clock::SimClock,
    faults::{self, FaultPlan, RequestLog},
    server::{self, Running},
};
use axum::Router;
use dialect::Dialect;
use std::{
    io,
    net::SocketAddr,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};
use tower_http::compression::CompressionLayer;
use world::World;

/// One simulated Jellyfin server, of the release 10.11 unless told otherwise; clones are the same server.
#[derive(Debug, Clone)]
pub struct JellyfinSim {
    clock: SimClock,
    world: Arc<Mutex<World>>,
    faults: FaultPlan,
    log: RequestLog,
}

/// One simulated Emby server. It can be told whatever a [`JellyfinSim`] can be told; clones are the same server.
#[derive(Debug, Clone)]
pub struct EmbySim(JellyfinSim);

impl EmbySim {
    /// A server with three empty libraries, one administrator, one API key, and nobody playing.
    pub fn new(clock: SimClock) -> Self {
        Self(JellyfinSim::of(Dialect::Emby, clock))
    }
}

impl Deref for EmbySim {
    type Target = JellyfinSim;

    fn deref(&self) -> &JellyfinSim {
        &self.0
    }
}

impl JellyfinSim {
    /// A server with three empty libraries, one administrator, one API key, and nobody playing.
    pub fn new(clock: SimClock) -> Self {
        Self::of(Dialect::Jellyfin(Release::V10_11), clock)
    }

    fn of(dialect: Dialect, clock: SimClock) -> Self {
        let world = World::new(dialect, clock.now());
        Self {
            clock,
            world: Arc::new(Mutex::new(world)),
            faults: FaultPlan::default(),
            log: RequestLog::default(),
        }
    }

    /// Makes it another release, as after an update without a restart; an Emby stays what it is.
    pub fn set_release(&self, release: Release) {
        self.with(|world| {
            if !world.settings.dialect.is_emby() {
                world.settings.dialect = Dialect::Jellyfin(release);
            }
        });
    }

    /// The clock this server goes by.
    pub fn clock(&self) -> &SimClock {
        &self.clock
    }

    /// The server's settings as they are now.
    pub fn settings(&self) -> Settings {
        self.with(|world| world.settings.clone())
    }

    /// Changes settings; a server that starts up also breaks its sockets.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        self.with(|world| {
            change(&mut world.settings);
            if world.settings.starting {
                world.cut_sockets();
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
