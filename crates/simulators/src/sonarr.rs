//! Sonarr as it really behaves: its API version 3 with the semantics behind it, for versions 3.0 to the 5.0 nightlies.
//!
//! A [`SonarrSim`] is a library of series, episodes and files on simulated disks, with indexers and a download client behind it. Flags
//! cascade where Sonarr's do and nowhere else, statistics are computed from rows and clock, searches become downloads and downloads
//! become files as the clock moves. Left out: SignalR, `/api/v5`, import lists, custom formats, and everything that only the web pages use.
//!
//! Start reading at [`SonarrSim`]; a library is described by [`SeriesSpec`], scripted by the methods of the simulator, and looked into by
//! its views ([`SeriesView`], [`EpisodeView`], …) without a way over HTTP.

mod api;
mod call;
mod commands;
mod disk;
mod downloads;
mod files;
mod front;
mod hooks;
mod inspect;
mod json;
mod library;
mod progress;
mod reply;
mod rows;
mod script;
mod search;
mod settings;
mod setup;
mod shapes;
mod spec;
mod statistics;
mod upstream;
mod version;
mod world;

pub use inspect::{CommandView, DiskView, EpisodeView, FileView, HistoryView, QueueView, SeriesView};
pub use rows::{HistoryEvent, SeriesType};
pub use settings::{ReleasePolicy, Timing, UiAuth};
pub use spec::{EpisodeSpec, SeasonSpec, SeriesSpec};
pub use version::Version;

use crate::clock::SimClock;
use crate::faults::{FaultPlan, RequestLog, layer, logged};
use crate::server::{self, Running};
use axum::Router;
use front::{Shared, deliver_all, handle, lock};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use world::World;

/// A simulated Sonarr. Clones share one world.
#[derive(Debug, Clone)]
pub struct SonarrSim {
    world: Shared,
    faults: FaultPlan,
    log: RequestLog,
}

/// How often a served simulator looks at the clock, in real time.
const TICK: Duration = Duration::from_millis(200);

impl SonarrSim {
    /// An empty Sonarr 4 with one root folder, `/tv`.
    pub fn new(clock: SimClock) -> Self {
        Self {
            world: Arc::new(Mutex::new(World::new(clock))),
            faults: FaultPlan::new(),
            log: RequestLog::new(),
        }
    }

    /// The API and the pages, behind this simulator's faults and log.
    pub fn router(&self) -> Router {
        let router = Router::new().fallback(handle).with_state(Arc::clone(&self.world));
        let router = layer(router, self.faults.clone()).layer(CompressionLayer::new());
        logged(router, self.log.clone())
    }

    /// Serves on a free loopback port, and lets time pass while it does.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve(&self) -> io::Result<Running> {
        Ok(self.ticking(server::serve(self.router()).await?))
    }

    /// The same, and every answer says what time it is by the clock.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn serve_dated(&self) -> io::Result<Running> {
        Ok(self.ticking(server::serve(server::dated(self.router(), self.clock())).await?))
    }

    /// Serves at an address, for a Sonarr that comes back where it was.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_at(&self, addr: SocketAddr) -> io::Result<Running> {
        Ok(self.ticking(server::serve_at(self.router(), addr).await?))
    }

    fn ticking(&self, mut running: Running) -> Running {
        let sim = self.clone();
        running.attach(tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                sim.tick();
            }
        }));
        running
    }

    /// The faults in front of this simulator.
    pub fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// What was asked of this simulator.
    pub fn log(&self) -> &RequestLog {
        &self.log
    }

    /// The clock that this simulator lives by.
    pub fn clock(&self) -> SimClock {
        self.lock().clock.clone()
    }

    /// Lets everything happen that is due: commands, downloads, housekeeping. Webhooks go out when this is called inside of a runtime.
    pub fn tick(&self) {
        let mut world = self.lock();
        world.progress();
        if world.outbox.is_empty() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let hooks = std::mem::take(&mut world.outbox);
            runtime.spawn(deliver_all(Arc::clone(&self.world), hooks));
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// The world, brought up to the clock.
    fn current(&self) -> MutexGuard<'_, World> {
        let mut world = self.lock();
        world.progress();
        world
    }
}
