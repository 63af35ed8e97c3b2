//! A home for tests: simulated servers in process, a clock that is moved by hand, and an engine on a folder of its own.

// A bench includes this file by its path, and then looks for its modules beside it.
#[path = "network.rs"]
pub mod network;

pub use network::Network;

use async_trait::async_trait;
use config::SecretStore;
use domain::state::{ConnectionKind, Notification};
use engine::clock::Clock;
use engine::{CheckReport, ConnectionDraft, Engine, EngineOptions, LoggingShell, Shell};
use jiff::{SignedDuration, Timestamp};
use remote::{RouterTransport, SecretString, Transport};
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::plex::PlexSim;
use simulators::sonarr::SonarrSim;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    hand: HandClock,
    secrets: SecretStore,
    /// What the variable of the settings says at the next start.
    pub environment: Option<String>,
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
        let hand = HandClock::new(clock.clone());
        let engine = open(folder.path(), &hand, &network, &shell, &secrets, None).await;
        let home = Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            hand,
            secrets,
            environment: None,
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
        self.opened_again().await
    }

    /// Stops the engine, has another one do something on a copy of the data folder, and opens it again.
    pub async fn rehearsing<T>(self, what: impl AsyncFnOnce(&Engine) -> T) -> (Self, T) {
        self.engine.stop().await;
        self.opened_again_after(async |options| {
            let file = options.data_dir.as_ref().unwrap().join("cliffhangarr.db");
            let before = std::fs::read(&file).unwrap();
            let rehearsal = Engine::open_rehearsal(options, Arc::new(LoggingShell)).await.unwrap();
            rehearsal.connect_all().await.unwrap();
            let outcome = what(&rehearsal).await;
            rehearsal.stop().await;
            assert!(std::fs::read(&file).unwrap() == before, "the database has changed");
            outcome
        })
        .await
    }

    /// Lets the engine die without a word and opens it again on the same folder, as after a crash.
    ///
    /// Only for engines that were not started: the tasks of a started one would live on.
    pub async fn opened_again(self) -> Self {
        self.opened_again_after(async |_| {}).await.0
    }

    async fn opened_again_after<T>(self, between: impl AsyncFnOnce(EngineOptions) -> T) -> (Self, T) {
        let Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            hand,
            secrets,
            environment,
            folder,
        } = self;
        drop(engine);
        let outcome = between(options(folder.path(), &hand, &network, &secrets, environment.clone())).await;
        let engine = open(folder.path(), &hand, &network, &shell, &secrets, environment.clone()).await;
        engine.connect_all().await.unwrap();
        let home = Self {
            clock,
            plex,
            sonarrs,
            engine,
            shell,
            network,
            hand,
            secrets,
            environment,
            folder,
        };
        (home, outcome)
    }

    /// Ends the engine and opens it again with another place for secrets.
    pub async fn restarted_with(mut self, secrets: SecretStore) -> Self {
        self.secrets = secrets;
        self.restart().await
    }

    /// Sets the clock of the engine's machine; those of the servers are right.
    pub fn set_clock(&self, by: SignedDuration) {
        *self.hand.skew.lock().unwrap() += by;
    }

    /// Lets the machine sleep: the wall clock moves, the running one does not.
    pub fn jump(&self, by: SignedDuration) {
        *self.hand.jumped.lock().unwrap() += by;
        self.later(by);
    }

    /// Makes the engine panic at the n-th look at the clock from now on.
    pub fn panic_at_look(&self, nth: usize) {
        self.hand.looks_left.store(nth, Ordering::SeqCst);
    }

    /// Whether that has happened.
    pub fn has_panicked(&self) -> bool {
        self.hand.looks_left.load(Ordering::SeqCst) == HandClock::STOPPED
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
    clock: &HandClock,
    network: &Arc<Network>,
    shell: &Arc<RecordingShell>,
    secrets: &SecretStore,
    environment: Option<String>,
) -> Engine {
    crate::logs::listen();
    let options = options(folder, clock, network, secrets, environment);
    let shell: Arc<dyn Shell> = Arc::<RecordingShell>::clone(shell);
    Engine::open(options, shell).await.unwrap()
}

fn options(
    folder: &Path,
    clock: &HandClock,
    network: &Arc<Network>,
    secrets: &SecretStore,
    environment: Option<String>,
) -> EngineOptions {
    let transport: Arc<dyn Transport> = Arc::<Network>::clone(network);
    EngineOptions {
        data_dir: Some(folder.to_owned()),
        secrets: secrets.clone(),
        environment_settings: environment,
        clock: Arc::new(clock.clone()),
        transport,
    }
}

/// The simulators' clock as the engine's.
#[derive(Clone)]
pub struct HandClock {
    wall: SimClock,
    jumped: Arc<Mutex<SignedDuration>>,
    skew: Arc<Mutex<SignedDuration>>,
    looks_left: Arc<AtomicUsize>,
}

impl HandClock {
    const NEVER: usize = usize::MAX;
    const STOPPED: usize = 0;

    fn new(wall: SimClock) -> Self {
        Self {
            wall,
            jumped: Arc::default(),
            skew: Arc::default(),
            looks_left: Arc::new(AtomicUsize::new(Self::NEVER)),
        }
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let count = |left: usize| (left != Self::NEVER && left != Self::STOPPED).then(|| left - 1);
        if self.looks_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count) == Ok(1) {
            // As a panic, without its noise.
            std::panic::resume_unwind(Box::new("the test wants it so"));
        }
        self.wall.now() + *self.skew.lock().unwrap()
    }

    fn running(&self) -> Duration {
        let jumped = *self.jumped.lock().unwrap();
        Duration::try_from(self.wall.now().duration_since(start()) - jumped).unwrap_or(Duration::ZERO)
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
