//! A home for tests: simulated servers in process, a clock that is moved by hand, and an engine on a folder of its own.

use async_trait::async_trait;
use bytes::Bytes;
use config::SecretStore;
use domain::state::{ConnectionKind, Notification};
use engine::clock::Clock;
use engine::{CheckReport, ConnectionDraft, Engine, EngineOptions, Shell};
use jiff::{SignedDuration, Timestamp};
use remote::{BodyStream, RouterTransport, SecretString, Transport, TransportError};
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::plex::PlexSim;
use simulators::sonarr::SonarrSim;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Where every story begins: a Wednesday evening.
pub fn start() -> Timestamp {
    "2026-07-01T19:00:00Z".parse().unwrap()
}

/// Servers in process, an engine, and a clock.
pub struct Home {
    pub clock: SimClock,
    pub plex: PlexSim,
    /// Sonarr instances, named "Sonarr", "Sonarr 2", …
    pub sonarrs: Vec<SonarrSim>,
    pub engine: Engine,
    pub shell: Arc<RecordingShell>,
    pub network: Arc<Network>,
    secrets: SecretStore,
    folder: TempDir,
}

impl Home {
    /// A Plex and a Sonarr, connected and monitored.
    pub async fn new() -> Self {
        Self::with_instances(1).await
    }

    /// A Plex and several Sonarr instances, connected and monitored.
    pub async fn with_instances(count: usize) -> Self {
        let clock = SimClock::manual(start());
        let plex = PlexSim::new(clock.clone());
        let sonarrs: Vec<SonarrSim> = (0..count).map(|_| SonarrSim::new(clock.clone())).collect();
        let network = Arc::new(Network::default());
        network.put("plex.test", Arc::new(RouterTransport::new(plex.router())));
        for (index, sonarr) in sonarrs.iter().enumerate() {
            network.put(
                &format!("sonarr{}.test", index + 1),
                Arc::new(RouterTransport::new(sonarr.router())),
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let shell = Arc::new(RecordingShell::default());
        let secrets = SecretStore::memory();
        let engine = open(folder.path(), &clock, &network, &shell, &secrets, None).await;
        let home = Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            secrets,
            folder,
        };
        home.connect(
            ConnectionKind::Plex,
            "Attic",
            "http://plex.test:32400",
            &home.plex.token(),
        )
        .await;
        for (index, sonarr) in home.sonarrs.iter().enumerate() {
            let name = if index == 0 {
                "Sonarr".to_owned()
            } else {
                format!("Sonarr {}", index + 1)
            };
            home.connect(
                ConnectionKind::Sonarr,
                &name,
                &format!("http://sonarr{}.test:8989", index + 1),
                &sonarr.api_key(),
            )
            .await;
        }
        home.set(json!({"enabled": true})).await;
        home.forget_requests();
        home
    }

    /// The first Sonarr.
    pub fn sonarr(&self) -> &SonarrSim {
        &self.sonarrs[0]
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub async fn connect(&self, kind: ConnectionKind, name: &str, url: &str, secret: &str) {
        let draft = ConnectionDraft {
            kind,
            name: name.to_owned(),
            url: url.to_owned(),
            secret: Some(SecretString::from(secret.to_owned())),
            verify: true,
        };
        self.engine.connect(draft).await.unwrap();
    }

    /// Changes settings.
    pub async fn set(&self, patch: Value) {
        self.engine.change_settings(patch.as_object().unwrap()).await.unwrap();
    }

    /// "Check sessions now".
    pub async fn check(&self) -> CheckReport {
        self.engine.check(false).await.unwrap()
    }

    /// Ends the engine and opens it again on the same folder, as after a restart of the computer.
    pub async fn restart(self) -> Self {
        self.engine.stop().await;
        let Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            secrets,
            folder,
        } = self;
        drop(engine);
        let engine = open(folder.path(), &clock, &network, &shell, &secrets, None).await;
        engine.connect_all().await.unwrap();
        Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            secrets,
            folder,
        }
    }

    /// Moves the clock; whoever is playing stops reporting unless the test makes them.
    pub fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
        for sonarr in &self.sonarrs {
            sonarr.tick();
        }
    }

    /// Empties the request logs of all servers.
    pub fn forget_requests(&self) {
        self.plex.log().clear();
        for sonarr in &self.sonarrs {
            sonarr.log().clear();
        }
    }

    /// The newest journal rows as "outcome reason: show – sentence", oldest first.
    pub async fn journal(&self) -> Vec<String> {
        let mut entries = self.engine.journal(500, None).await.unwrap();
        entries.reverse();
        entries
            .iter()
            .map(|entry| {
                let decision = &entry.decision;
                format!(
                    "{} {}: {} – {}",
                    entry.outcome.name(),
                    decision.reason.code(),
                    decision.subject.show,
                    decision.detail
                )
            })
            .collect()
    }
}

async fn open(
    folder: &Path,
    clock: &SimClock,
    network: &Arc<Network>,
    shell: &Arc<RecordingShell>,
    secrets: &SecretStore,
    environment: Option<String>,
) -> Engine {
    let transport: Arc<dyn Transport> = Arc::<Network>::clone(network);
    let options = EngineOptions {
        data_dir: Some(folder.to_owned()),
        secrets: secrets.clone(),
        environment_settings: environment,
        clock: Arc::new(HandClock(clock.clone())),
        transport,
    };
    let shell: Arc<dyn Shell> = Arc::<RecordingShell>::clone(shell);
    Engine::open(options, shell).await.unwrap()
}

/// The simulators' clock as the engine's.
pub struct HandClock(pub SimClock);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn running(&self) -> Duration {
        Duration::try_from(self.0.now().duration_since(start())).unwrap_or(Duration::ZERO)
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span.min(Duration::from_millis(20))).await;
    }
}

/// Notes notifications.
#[derive(Default)]
pub struct RecordingShell(Mutex<Vec<Notification>>);

impl RecordingShell {
    /// What was shown so far.
    pub fn shown(&self) -> Vec<Notification> {
        self.0.lock().unwrap().clone()
    }
}

impl Shell for RecordingShell {
    fn notify(&self, notification: Notification) {
        self.0.lock().unwrap().push(notification);
    }
}

/// Hosts by name, each of which can be unplugged.
#[derive(Default)]
pub struct Network {
    hosts: Mutex<BTreeMap<String, Arc<dyn Transport>>>,
    unplugged: Mutex<BTreeSet<String>>,
}

impl Network {
    pub fn put(&self, host: &str, transport: Arc<dyn Transport>) {
        self.hosts.lock().unwrap().insert(host.to_owned(), transport);
    }

    /// Nothing reaches the host anymore.
    pub fn unplug(&self, host: &str) {
        self.unplugged.lock().unwrap().insert(host.to_owned());
    }

    /// The host can be reached again.
    pub fn plug_in(&self, host: &str) {
        self.unplugged.lock().unwrap().remove(host);
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let known = self.hosts.lock().unwrap().get(&host).cloned();
        match known {
            Some(transport) if !self.unplugged.lock().unwrap().contains(&host) => transport.send(request).await,
            _ => Err(TransportError::Connect {
                detail: "connection refused".to_owned(),
            }),
        }
    }
}
