//! Folds everything into the one value that tray, window and notifications render.

use crate::core::{Core, lock};
use domain::plan::Decision;
use domain::session::{ItemKind, PlaybackSession, PlayerState};
use domain::state::{
    Activity, AppState, ConnectionState, CycleSummary, Health, Monitoring, NowPlaying, PendingConfirmation,
    SecretStoreState, Verdict, Warning,
};
use domain::tracker::PlayKey;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, watch};

/// Holds the state and what changed since it was made.
pub(crate) struct Publisher {
    sender: watch::Sender<Arc<AppState>>,
    changed: Notify,
    journal_revision: AtomicU64,
    shows_revision: AtomicU64,
    working: AtomicUsize,
    store_trouble: Mutex<Option<String>>,
    secrets: Mutex<SecretStoreState>,
    /// How the last cycle on each media server ended, by its connection's id.
    last_cycles: Mutex<BTreeMap<i64, CycleSummary>>,
}

impl Default for Publisher {
    fn default() -> Self {
        Self {
            sender: watch::Sender::new(Arc::new(AppState::default())),
            changed: Notify::new(),
            journal_revision: AtomicU64::new(0),
            shows_revision: AtomicU64::new(0),
            working: AtomicUsize::new(0),
            store_trouble: Mutex::default(),
            secrets: Mutex::default(),
            last_cycles: Mutex::default(),
        }
    }
}

/// Says "working" for as long as it lives.
pub(crate) struct Working<'a>(&'a Publisher);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::Relaxed);
        self.0.touch();
    }
}

impl Publisher {
    /// The state, to watch.
    pub fn subscribe(&self) -> watch::Receiver<Arc<AppState>> {
        self.sender.subscribe()
    }

    /// Something changed that is not named below.
    pub fn touch(&self) {
        self.changed.notify_one();
    }

    /// The journal got a row, or a row's outcome changed.
    pub fn journal_changed(&self) {
        self.journal_revision.fetch_add(1, Ordering::Relaxed);
        self.touch();
    }

    /// A rolling show or tracking entry changed.
    pub fn shows_changed(&self) {
        self.shows_revision.fetch_add(1, Ordering::Relaxed);
        self.touch();
    }

    /// How often rolling shows changed.
    pub fn shows_revision(&self) -> u64 {
        self.shows_revision.load(Ordering::Relaxed)
    }

    /// What is playing, or what was decided about it, changed.
    pub fn playing_changed(&self) {
        self.touch();
    }

    /// Something waits for a confirmation, or no longer does.
    pub fn confirmations_changed(&self) {
        self.touch();
    }

    /// The database failed, or works again.
    pub fn store_trouble(&self, trouble: Option<&str>) {
        *lock(&self.store_trouble) = trouble.map(str::to_owned);
        self.touch();
    }

    /// What the secret store says of itself.
    pub fn secrets_are(&self, state: SecretStoreState) {
        *lock(&self.secrets) = state;
        self.touch();
    }

    /// A cycle on a media server ended.
    pub fn cycle_ended(&self, server: i64, summary: CycleSummary) {
        lock(&self.last_cycles).insert(server, summary);
        self.touch();
    }

    /// How the last cycle on each of the given media servers ended.
    pub fn last_cycles(&self, servers: &[i64]) -> Vec<CycleSummary> {
        let mut cycles = lock(&self.last_cycles);
        cycles.retain(|id, _| servers.contains(id));
        cycles.values().cloned().collect()
    }

    /// Shows "working" until the value is dropped.
    pub fn working(&self) -> Working<'_> {
        self.working.fetch_add(1, Ordering::Relaxed);
        self.touch();
        Working(self)
    }

    /// Waits until something changed.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

impl Core {
    /// Makes the state anew and hands it out if it differs.
    pub(crate) async fn publish(&self) {
        let mut state = self.current_state().await;
        self.publisher.sender.send_if_modified(|last| {
            state.revision = last.revision;
            if **last == state {
                return false;
            }
            state.revision += 1;
            *last = Arc::new(state);
            true
        });
    }

    async fn current_state(&self) -> AppState {
        let connections = self.connection_states();
        let confirmations = self.pending_confirmations().await;
        let secrets = lock(&self.publisher.secrets).clone();
        let warnings = self.warnings(&secrets);
        let monitoring = self.monitoring();
        let needs_user = !warnings.is_empty()
            || !confirmations.is_empty()
            || connections
                .iter()
                .any(|connection| !matches!(connection.health, Health::Ok | Health::Unknown));
        let activity = if self.publisher.working.load(Ordering::Relaxed) > 0 {
            Activity::Working
        } else if needs_user {
            Activity::Attention
        } else if monitoring == Monitoring::On {
            Activity::Idle
        } else {
            Activity::Paused
        };
        let now_playing = if monitoring == Monitoring::On {
            self.now_playing()
        } else {
            Vec::new()
        };
        let status_line = self.status_line(monitoring, &connections, &confirmations, &warnings, &now_playing);
        AppState {
            revision: 0,
            activity,
            status_line,
            monitoring,
            connections,
            now_playing,
            secrets,
            confirmations,
            warnings,
            last_cycle: self.last_cycle(),
            journal_revision: self.publisher.journal_revision.load(Ordering::Relaxed),
            shows_revision: self.publisher.shows_revision.load(Ordering::Relaxed),
        }
    }

    fn monitoring(&self) -> Monitoring {
        match (self.settings().enabled, self.pause_in_force()) {
            (false, _) => Monitoring::Off,
            (true, Some(pause)) => Monitoring::Paused { until: pause.until },
            (true, None) => Monitoring::On,
        }
    }

    /// Every connection as shown, media servers first, by name.
    pub(crate) fn connection_states(&self) -> Vec<ConnectionState> {
        let mut states: Vec<ConnectionState> = self
            .links
            .all()
            .iter()
            .map(|link| {
                let condition = lock(&link.condition);
                ConnectionState {
                    id: link.connection.id,
                    name: link.connection.name.clone(),
                    kind: link.connection.kind,
                    url: link.connection.url.clone(),
                    health: condition.health(),
                    trouble: condition.trouble().map(str::to_owned),
                    server_name: link.connection.server_name.clone(),
                    version: link.connection.version.clone(),
                    events_up: link.events_up.load(Ordering::Relaxed),
                    last_contact: condition.last_contact().or(link.connection.last_contact_at),
                }
            })
            .collect();
        states.sort_by_key(|state| (!state.kind.is_media_server(), state.name.to_lowercase()));
        states
    }

    async fn pending_confirmations(&self) -> Vec<PendingConfirmation> {
        let open = match self.store.all_open_intents().await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!("{error}");
                return Vec::new();
            }
        };
        let mut batches: BTreeMap<i64, PendingConfirmation> = BTreeMap::new();
        for intent in open
            .iter()
            .filter(|intent| intent.state == store::IntentState::WaitingConfirmation)
        {
            let batch = batches.entry(intent.batch).or_insert_with(|| PendingConfirmation {
                id: intent.batch,
                summary: String::new(),
                files: 0,
                bytes: 0,
                shows: Vec::new(),
                instances: Vec::new(),
                asked_at: intent.created_at,
            });
            batch.files += u32::try_from(intent.decision.doomed_files().count()).unwrap_or(u32::MAX);
            batch.bytes += intent.decision.doomed_files().map(|file| file.size).sum::<i64>();
            let subject = &intent.decision.subject;
            if !batch.shows.contains(&subject.show) {
                batch.shows.push(subject.show.clone());
            }
            if let Some(instance) = subject.instance.as_ref().filter(|name| !batch.instances.contains(name)) {
                batch.instances.push(instance.clone());
            }
        }
        for batch in batches.values_mut() {
            batch.summary = summary(batch);
        }
        batches.into_values().collect()
    }

    fn warnings(&self, secrets: &SecretStoreState) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(message) = lock(&self.publisher.store_trouble).clone() {
            warnings.push(Warning {
                code: "database",
                message,
            });
        }
        match secrets {
            SecretStoreState::Locked { advice } => warnings.push(Warning {
                code: "secretStoreLocked",
                message: advice.clone(),
            }),
            SecretStoreState::Unavailable { advice } => {
                warnings.push(Warning {
                    code: "secretStoreUnavailable",
                    message: advice.clone(),
                });
            }
            SecretStoreState::Unknown | SecretStoreState::Ready { .. } => {}
        }
        if let Some(message) = self.wrong_clock() {
            warnings.push(Warning { code: "clock", message });
        }
        warnings.extend(lock(&self.standing_warnings).iter().cloned());
        warnings
    }

    fn now_playing(&self) -> Vec<NowPlaying> {
        let verdicts = lock(&self.verdicts);
        let mut playing = Vec::new();
        for link in self.links.media_servers() {
            let sessions = lock(&link.last_sessions);
            let Some((_, sessions)) = sessions.as_ref() else {
                continue;
            };
            for session in sessions {
                let decisions = verdicts
                    .get(&PlayKey::of(session))
                    .map(|verdict| verdict.decisions.as_slice());
                playing.push(as_shown(&link.connection.name, session, decisions.unwrap_or_default()));
            }
        }
        playing
    }

    fn status_line(
        &self,
        monitoring: Monitoring,
        connections: &[ConnectionState],
        confirmations: &[PendingConfirmation],
        warnings: &[Warning],
        now_playing: &[NowPlaying],
    ) -> String {
        let has = |media: bool| {
            connections
                .iter()
                .any(|connection| connection.kind.is_media_server() == media)
        };
        if !self.links_loaded.load(Ordering::Relaxed) {
            return "Starting".to_owned();
        }
        if !has(true) {
            return "Connect a media server to begin".to_owned();
        }
        if !has(false) {
            return "Connect Sonarr to begin".to_owned();
        }
        match monitoring {
            Monitoring::Off => return "Monitoring is switched off".to_owned(),
            Monitoring::Paused { until: None } => return "Paused until you resume".to_owned(),
            Monitoring::Paused { until: Some(until) } => {
                let until = until.to_zoned(jiff::tz::TimeZone::system());
                return format!("Paused until {}", until.strftime("%A %H:%M"));
            }
            Monitoring::On => {}
        }
        if !confirmations.is_empty() {
            return "A big cleanup waits for your confirmation".to_owned();
        }
        if let Some(ill) = connections
            .iter()
            .find(|connection| !matches!(connection.health, Health::Ok | Health::Unknown))
        {
            return match ill.health {
                Health::Unauthorized => format!("{} needs its key or token", ill.name),
                Health::Unreachable => format!("{} does not answer", ill.name),
                Health::Degraded | Health::Ok | Health::Unknown => format!("{} has trouble", ill.name),
            };
        }
        if !warnings.is_empty() {
            return "Something needs your attention".to_owned();
        }
        let episodes = now_playing.iter().filter(|playing| playing.position.is_some()).count();
        match episodes {
            0 => "Nobody is watching".to_owned(),
            1 => now_playing
                .iter()
                .find(|playing| playing.position.is_some())
                .map_or_else(String::new, |playing| {
                    format!("{} is watching {}", playing.viewer_name, playing.title)
                }),
            more => format!("{more} episodes are playing"),
        }
    }
}

fn summary(pending: &PendingConfirmation) -> String {
    let files = match pending.files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    match pending.shows.as_slice() {
        [show] => format!("{show} would lose {files}."),
        shows => format!("{} shows would lose {files}.", shows.len()),
    }
}

fn as_shown(server: &str, session: &PlaybackSession, decisions: &[Decision]) -> NowPlaying {
    let is_episode = session.item.kind == ItemKind::Episode;
    let position = session
        .item
        .season
        .zip(session.item.episodes.iter().max())
        .filter(|_| is_episode)
        .map(|(season, episode)| format!("S{season:02}E{episode:02}"));
    let title = session.item.show.title.as_ref().or(session.item.title.as_ref());
    // What was done says more than what was not.
    let telling = decisions
        .iter()
        .find(|decision| !decision.actions.is_empty())
        .or_else(|| decisions.first());
    NowPlaying {
        server: server.to_owned(),
        viewer: session.viewer.as_ref().map(|viewer| viewer.key.clone()),
        viewer_name: session
            .viewer
            .as_ref()
            .map_or("Somebody", |viewer| viewer.display_name())
            .to_owned(),
        title: title.cloned().unwrap_or_else(|| "An untitled item".to_owned()),
        position,
        episode_title: session.item.title.clone().filter(|_| is_episode),
        device: session.device.clone(),
        paused: session.state == PlayerState::Paused,
        view_offset_ms: session.view_offset_ms,
        duration_ms: session.duration_ms,
        verdict: telling.map(|decision| Verdict {
            reason: decision.reason,
            detail: decision.detail.clone(),
        }),
    }
}
