//! The face of the engine: open, start, ask, stop.

use crate::core::{Core, Pause, lock};
use crate::cycle::Mode;
use crate::error::{OpenError, RequestError};
use crate::identify::Identities;
use crate::links::Links;
use crate::notifier::Notifier;
use crate::options::{Connected, ConnectionDraft, Disconnected, EngineOptions, PauseFor};
use crate::pausing::read_pause;
use crate::publisher::Publisher;
use crate::report::{CheckReport, Failure, SettingsView};
use crate::rolling::what_lets_more_go;
use crate::shell::Shell;
use crate::skew::TimedTransport;
use config::{DataDir, SettingsLayers};
use domain::plan::{Decision, Reason, Subject};
use domain::state::{AppState, ConnectionState, Warning};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::{JournalEntry, Store};
use tempfile::TempDir;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a clean end may take.
const STOP_LIMIT: Duration = Duration::from_secs(4);

/// The engine. Clones are handles to the same one.
#[derive(Clone)]
pub struct Engine {
    pub(crate) core: Arc<Core>,
}

impl Engine {
    /// Opens the data folder and everything in it. Nothing runs yet.
    ///
    /// # Errors
    /// When another process owns the folder, or it cannot be used.
    pub async fn open(mut options: EngineOptions, shell: Arc<dyn Shell>) -> Result<Self, OpenError> {
        let data_dir = DataDir::open(options.data_dir.take())?;
        Self::open_in(data_dir, None, options, shell).await
    }

    /// Opens a copy of the data folder, which is gone with the engine: for what shall write nothing and be true to what would
    /// be done. Histories are read back into the copy, for instance.
    ///
    /// # Errors
    /// When another process owns the folder, or it cannot be copied.
    pub async fn open_rehearsal(mut options: EngineOptions, shell: Arc<dyn Shell>) -> Result<Self, OpenError> {
        let data_dir = DataDir::open(options.data_dir.take())?;
        let folder = tempfile::tempdir().map_err(|error| store::StoreError::Other(error.to_string()))?;
        Store::copy(data_dir.path(), folder.path())?;
        Self::open_in(data_dir, Some(folder), options, shell).await
    }

    async fn open_in(
        data_dir: DataDir,
        rehearsal: Option<TempDir>,
        options: EngineOptions,
        shell: Arc<dyn Shell>,
    ) -> Result<Self, OpenError> {
        let now = options.clock.now();
        let folder = rehearsal.as_ref().map_or(data_dir.path(), TempDir::path);
        let (store, opened) = Store::open(folder, now).await?;
        let mut warnings = Vec::new();
        if let Some(sentence) = opened.sentence() {
            tracing::error!("{sentence}");
            warnings.push(Warning {
                code: "databaseRecovered",
                message: sentence,
            });
        }
        let (settings, refused) =
            SettingsLayers::new(&store.settings().await?, options.environment_settings.as_deref());
        let mut environment_trouble = None;
        for error in refused {
            tracing::error!("{error}");
            if matches!(error, config::SettingsError::Environment(_)) {
                environment_trouble = Some(error.to_string());
            }
            warnings.push(Warning {
                code: "settings",
                message: error.to_string(),
            });
        }
        let client_identifier = store.client_identifier(&uuid::Uuid::new_v4().to_string()).await?;
        let pause = read_pause(store.meta("paused").await?.as_deref());
        let transport = Arc::new(TimedTransport::new(options.transport, Arc::clone(&options.clock)));
        let core = Arc::new(Core {
            store,
            secrets: options.secrets,
            data_dir,
            rehearsal,
            clock: options.clock,
            transport,
            shell,
            settings: RwLock::new(settings),
            standing_warnings: Mutex::new(warnings),
            environment_trouble,
            rules_revision: AtomicU64::new(0),
            links: Links::default(),
            identities: Identities::default(),
            tracker: Mutex::default(),
            verdicts: Mutex::default(),
            series_locks: Mutex::default(),
            paused: Mutex::new(pause),
            publisher: Publisher::default(),
            notifier: Notifier::default(),
            client_identifier,
            started_at: now,
            work: Notify::new(),
            periodic: tokio::sync::Mutex::default(),
            monitors: Notify::new(),
            listeners: Notify::new(),
            streams_anew: watch::Sender::new(()),
            has_rolling_shows: AtomicBool::new(false),
            links_loaded: AtomicBool::new(false),
            cleaned_at_revision: Mutex::default(),
            cleaned: Mutex::default(),
            at_baseline: crate::rolling::AtBaseline::default(),
            looked_up: crate::rolling::LookedUp::default(),
            storage: crate::rolling::Storage::default(),
            pulse: Mutex::default(),
            secrets_tried_at: Mutex::default(),
            runtime: tokio::runtime::Handle::current(),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        core.note_settings_in_force().await?;
        core.count_rolling_shows().await?;
        Ok(Self { core })
    }

    /// Reads the secrets and makes the clients. Needed before anything is asked of servers; [`Engine::start`] does it by itself.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn connect_all(&self) -> Result<(), RequestError> {
        let state = self.core.secrets.probe().await;
        self.core.publisher.secrets_are(state);
        self.core.reload_links().await?;
        self.core.publish().await;
        Ok(())
    }

    /// Starts all components.
    pub fn start(&self) {
        let core = &self.core;
        let engine = self.clone();
        core.spawn("publisher", async move {
            loop {
                engine.core.publish().await;
                engine.core.publisher.changed().await;
                engine.core.clock.sleep(Duration::from_millis(40)).await;
            }
        });
        let notifying = Arc::clone(core);
        core.spawn("notifier", async move { notifying.notify_forever().await });
        let engine = self.clone();
        core.spawn("monitors", async move {
            if let Err(error) = engine.connect_all().await {
                tracing::error!("{error}");
            }
            let core = Arc::clone(&engine.core);
            tokio::join!(
                Arc::clone(&core).poll_forever(),
                Arc::clone(&core).listen_forever(),
                async {
                    core.catch_up().await;
                    Arc::clone(&core).schedule_forever().await;
                }
            );
        });
    }

    /// Ends everything cleanly, within five seconds.
    pub async fn stop(&self) {
        self.core.cancel.cancel();
        self.core.tasks.close();
        if tokio::time::timeout(STOP_LIMIT, self.core.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not end in time; it is carried on at the next start");
        }
        self.core.store.close().await;
    }

    /// The state, to watch.
    pub fn state(&self) -> watch::Receiver<Arc<AppState>> {
        self.core.publisher.subscribe()
    }

    /// The state at this moment, made anew.
    pub async fn state_now(&self) -> Arc<AppState> {
        self.core.publish().await;
        self.core.publisher.subscribe().borrow().clone()
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        self.core.data_dir.path()
    }

    /// "Check sessions now": a cycle on every media server, and everything that is owed or due. A dry run tells of the sessions;
    /// that of a rehearsal, which may write into its copy, of all.
    ///
    /// # Errors
    /// When monitoring is switched off, or the database fails.
    pub async fn check(&self, dry_run: bool) -> Result<CheckReport, RequestError> {
        if let Some(trouble) = &self.core.environment_trouble {
            return Err(RequestError::invalid("invalidValue", trouble.clone()));
        }
        if !self.core.settings().enabled {
            return Err(RequestError::failed(
                "monitoringDisabled",
                "Monitoring is switched off. Switch it on with the setting \"enabled\".",
            ));
        }
        let core = &self.core;
        for link in core.links.all() {
            lock(&link.condition).forgive();
        }
        let mut report = CheckReport::default();
        let servers = core.links.media_servers();
        if servers.is_empty() {
            report.errors.push(Failure {
                source: "connections".to_owned(),
                message: "No media server is connected.".to_owned(),
            });
        }
        let dry_run = dry_run || core.settings().dry_run;
        let owed = core.owed_work().await?;
        let mode = Mode {
            dry_run,
            fresh: true,
            seen_at: None,
        };
        report.absorb(core.cycle_on(&servers, mode).await);
        if !dry_run || core.rehearsal.is_some() || core.settings().dry_run {
            report.absorb(core.do_due_work(Some(&owed)).await?);
        }
        if (!dry_run || core.rehearsal.is_some()) && !core.settings().dry_run {
            core.apply_rules(&mut report).await?;
        }
        core.publish().await;
        Ok(report)
    }

    /// One regular poll of every media server, as the monitors do it: what did not change costs Sonarr nothing.
    pub async fn poll(&self) -> CheckReport {
        if !self.core.is_monitoring() {
            return CheckReport::default();
        }
        let report = self
            .core
            .cycle_on(&self.core.links.media_servers(), Mode::REGULAR)
            .await;
        self.core.publish().await;
        report
    }

    /// One look at everything that is due, as the scheduler does it.
    pub async fn tick(&self) {
        self.core.tick().await;
    }

    /// Holds monitoring.
    pub async fn pause(&self, pause: PauseFor) {
        let until = pause.until(self.core.now());
        self.core.set_pause(Some(Pause { until })).await;
    }

    /// Ends a pause.
    pub async fn resume(&self) {
        self.core.set_pause(None).await;
    }

    /// Every connection, asked now.
    pub async fn connections(&self) -> Vec<ConnectionState> {
        let links = self.core.links.all();
        futures::future::join_all(links.iter().map(|link| self.core.ask_health(link))).await;
        self.core.publish().await;
        self.core.connection_states()
    }

    /// Adds a connection, or changes the one of that name.
    ///
    /// # Errors
    /// When the draft is wrong, the server does not answer as it should, or the secret cannot be kept. Nothing is changed
    /// then.
    pub async fn connect(&self, draft: ConnectionDraft) -> Result<Connected, RequestError> {
        let connected = self.core.connect(draft).await?;
        self.core.publish().await;
        Ok(connected)
    }

    /// Tries a connection; writes nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn test_connection(&self, draft: ConnectionDraft) -> Result<Connected, RequestError> {
        self.core.try_draft(&draft).await.map(|(connected, _)| connected)
    }

    /// Removes a connection with its secret and everything that hangs on it.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn disconnect(&self, name: &str) -> Result<Disconnected, RequestError> {
        let disconnected = self.core.disconnect(name).await?;
        self.core.publish().await;
        Ok(disconnected)
    }

    /// The settings.
    pub fn settings(&self) -> SettingsView {
        let layers = self.core.settings.read().unwrap_or_else(PoisonError::into_inner);
        let warnings = lock(&self.core.standing_warnings);
        SettingsView {
            settings: layers.effective().clone(),
            held_by_environment: layers.held_by_environment(),
            warnings: warnings
                .iter()
                .filter(|warning| warning.code == "settings")
                .map(|warning| warning.message.clone())
                .collect(),
        }
    }

    /// Changes settings, all or none. Nothing is deleted by it.
    ///
    /// # Errors
    /// Which value is wrong and why; nothing was changed then.
    pub async fn change_settings(&self, patch: &Map<String, Value>) -> Result<SettingsView, RequestError> {
        let core = &self.core;
        let checked = core
            .settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .validate_patch(patch)
            .map_err(RequestError::from)?;
        let layers = core.settings.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut changed_layers = layers.clone();
        changed_layers.apply(checked.clone());
        if let Some(change) = what_lets_more_go(layers.effective(), changed_layers.effective()) {
            core.begin_grace(change).await?;
        }
        core.store.merge_settings(&checked).await?;
        core.settings
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .apply(checked.clone());
        core.note_settings_in_force().await?;
        let changed: Vec<String> = checked.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        if !changed.is_empty() {
            let subject = Subject {
                show: "Settings".to_owned(),
                ..Subject::default()
            };
            core.note_in_journal(&Decision::nothing(
                subject,
                Reason::Changed,
                format!("Changed {}.", changed.join(", ")),
            ))
            .await;
        }
        core.rules_changed();
        core.listeners.notify_one();
        core.work.notify_one();
        core.publish().await;
        Ok(self.settings())
    }

    /// The journal, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal(&self, limit: u32, before: Option<i64>) -> Result<Vec<JournalEntry>, RequestError> {
        let query = store::JournalQuery {
            limit,
            before,
            ..store::JournalQuery::default()
        };
        Ok(self.core.store.journal(&query).await?)
    }

    /// Whether anything is connected yet, as stored; known before the secrets are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_connections(&self) -> Result<bool, RequestError> {
        Ok(!self.core.store.connections().await?.is_empty())
    }

    /// Asks the secret store again.
    pub async fn retry_secret_store(&self) {
        self.core.retry_secrets().await;
        self.core.publish().await;
    }
}
