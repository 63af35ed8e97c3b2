//! A Plex, a Sonarr and an engine in one process, by one clock.

use async_trait::async_trait;
use bytes::Bytes;
use config::SecretStore;
use domain::state::ConnectionKind;
use engine::clock::Clock;
use engine::{ConnectionDraft, Engine, EngineOptions, LoggingShell};
use jiff::{SignedDuration, Timestamp};
use remote::{BodyStream, RouterTransport, SecretString, Transport, TransportError};
use serde_json::Value;
use simulators::clock::SimClock;
use simulators::plex::PlexSim;
use simulators::sonarr::SonarrSim;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A Wednesday evening.
const START: &str = "2026-07-01T19:00:00Z";

/// Everything in one process.
pub struct Home {
    pub clock: SimClock,
    pub plex: PlexSim,
    pub sonarr: SonarrSim,
    pub engine: Engine,
    _folder: TempDir,
}

impl Home {
    pub async fn new() -> Self {
        let clock = SimClock::manual(START.parse().unwrap());
        let (plex, sonarr) = (PlexSim::new(clock.clone()), SonarrSim::new(clock.clone()));
        let hosts = Hosts {
            plex: Arc::new(RouterTransport::new(plex.router())),
            sonarr: Arc::new(RouterTransport::new(sonarr.router())),
        };
        // The disk is not what is measured.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let folder = folder.unwrap();
        let options = EngineOptions {
            data_dir: Some(folder.path().to_owned()),
            secrets: SecretStore::memory(),
            environment_settings: None,
            clock: Arc::new(HandClock(clock.clone())),
            transport: Arc::new(hosts),
        };
        let engine = Engine::open(options, Arc::new(LoggingShell)).await.unwrap();
        let connections = [
            (ConnectionKind::Plex, "Plex", "http://plex.test:32400", plex.token()),
            (
                ConnectionKind::Sonarr,
                "Sonarr",
                "http://sonarr.test:8989",
                sonarr.api_key(),
            ),
        ];
        for (kind, name, url, secret) in connections {
            let draft = ConnectionDraft {
                kind,
                name: name.to_owned(),
                url: url.to_owned(),
                secret: Some(SecretString::from(secret)),
                verify: true,
            };
            engine.connect(draft).await.unwrap();
        }
        Self {
            clock,
            plex,
            sonarr,
            engine,
            _folder: folder,
        }
    }

    pub async fn set(&self, patch: Value) {
        self.engine.change_settings(patch.as_object().unwrap()).await.unwrap();
    }

    pub fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.sonarr.tick();
    }
}

struct Hosts {
    plex: Arc<dyn Transport>,
    sonarr: Arc<dyn Transport>,
}

#[async_trait]
impl Transport for Hosts {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        match request.uri().host() {
            Some("plex.test") => self.plex.send(request).await,
            _ => self.sonarr.send(request).await,
        }
    }
}

struct HandClock(SimClock);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn running(&self) -> Duration {
        let start: Timestamp = START.parse().unwrap();
        Duration::try_from(self.0.now().duration_since(start)).unwrap_or(Duration::ZERO)
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span.min(Duration::from_millis(20))).await;
    }
}
