//! What all components share. Holds state, decides nothing.

use crate::clock::Clock;
use crate::cycle::InstancePart;
use crate::identify::Identities;
use crate::links::Links;
use crate::notifier::Notifier;
use crate::publisher::Publisher;
use crate::shell::Shell;
use crate::skew::TimedTransport;
use config::{DataDir, SecretStore, SettingsLayers};
use domain::ids::{RollingShowId, SeriesKey};
use domain::plan::Decision;
use domain::settings::Settings;
use domain::tracker::{PlayKey, Tracker};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use store::Store;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The engine's insides.
pub(crate) struct Core {
    pub store: Store,
    pub secrets: SecretStore,
    /// Holds the copy of the database that a rehearsal works on.
    pub rehearsal: Option<tempfile::TempDir>,
    pub data_dir: DataDir,
    pub clock: Arc<dyn Clock>,
    pub transport: Arc<TimedTransport>,
    pub shell: Arc<dyn Shell>,
    pub settings: RwLock<SettingsLayers>,
    /// Sentences about the environment's settings and the database's recovery.
    pub standing_warnings: Mutex<Vec<domain::state::Warning>>,
    /// What is wrong with the settings in the environment.
    pub environment_trouble: Option<String>,
    /// Grows with every change that makes earlier verdicts about sessions stale.
    pub rules_revision: AtomicU64,
    pub links: Links,
    pub identities: Identities,
    pub tracker: Mutex<Tracker>,
    pub verdicts: Mutex<BTreeMap<PlayKey, RememberedVerdict>>,
    pub series_locks: Mutex<BTreeMap<SeriesKey, Arc<tokio::sync::Mutex<()>>>>,
    pub paused: Mutex<Option<Pause>>,
    pub publisher: Publisher,
    pub notifier: Notifier,
    pub client_identifier: String,
    pub started_at: Timestamp,
    /// Wakes the scheduler: something became due, or may have.
    pub work: Notify,
    /// Held while work that comes back by itself is looked through, so that what is due is done once.
    pub periodic: tokio::sync::Mutex<()>,
    /// Wakes the session monitors: connections or settings changed, or a check is wanted.
    pub monitors: Notify,
    /// Wakes the keeper of the event streams.
    pub listeners: Notify,
    /// Has every event stream opened anew.
    pub streams_anew: watch::Sender<()>,
    /// Whether rolling shows exist, so that the common case costs nothing.
    pub has_rolling_shows: AtomicBool,
    /// Whether the connections were read; before that their absence says nothing.
    pub links_loaded: AtomicBool,
    /// The state of the shows at which seasons were last looked at.
    pub cleaned_at_revision: Mutex<Option<u64>>,
    /// Where the viewers of each show were then, as a hash.
    pub cleaned: Mutex<BTreeMap<RollingShowId, u64>>,
    /// Which shows that nobody watches are at their baseline.
    pub at_baseline: crate::rolling::AtBaseline,
    /// What Sonarr said lately of shows whose outlook is looked at.
    pub looked_up: crate::rolling::LookedUp,
    /// Both clocks at the last tick.
    pub pulse: Mutex<Option<(Timestamp, Duration)>>,
    /// What was last heard of free space.
    pub storage: crate::rolling::Storage,
    /// When a failing secret store was last tried.
    pub secrets_tried_at: Mutex<Option<Timestamp>>,
    /// Where components run, whatever thread starts them.
    pub runtime: tokio::runtime::Handle,
    pub cancel: CancellationToken,
    pub tasks: TaskTracker,
}

/// What was decided about a play that has not changed since.
#[derive(Debug, Clone)]
pub(crate) struct RememberedVerdict {
    /// The rules it was decided under.
    pub rules_revision: u64,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// Not remembered beyond this: something failed, or becomes due.
    pub valid_until: Option<Timestamp>,
    /// What each Sonarr made of it, by its connection's id: one that failed is asked again without the others.
    pub parts: BTreeMap<i64, InstancePart>,
}

/// How long monitoring is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it goes on by itself; `None` until resumed.
    pub until: Option<Timestamp>,
}

/// The longest pause that ends by itself: from midnight to six on the day after, when the clocks go back in between.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(31);

impl Pause {
    /// Whether its time is over. One that lies further ahead than any pause comes from a clock that was set back since.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until
            .is_some_and(|until| until <= now || until.duration_since(now) > LONGEST_PAUSE)
    }
}

impl Core {
    /// The settings in force. While the environment's cannot be read nothing is acted on: what they forbid is not known.
    pub fn settings(&self) -> Settings {
        let mut settings = self
            .settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .effective()
            .clone();
        settings.dry_run |= self.environment_trouble.is_some();
        settings
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether sessions are watched now: switched on, and not held.
    pub fn is_monitoring(&self) -> bool {
        self.settings().enabled && self.pause_in_force().is_none()
    }

    /// The pause, unless its time is over.
    pub fn pause_in_force(&self) -> Option<Pause> {
        let pause = *lock(&self.paused);
        pause.filter(|pause| !pause.is_over(self.now()))
    }

    /// Makes every verdict about running sessions stale.
    pub fn rules_changed(&self) {
        self.rules_revision.fetch_add(1, Ordering::Relaxed);
        self.monitors.notify_one();
    }

    /// The lock that serializes all work on one series.
    pub fn series_lock(&self, series: SeriesKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = lock(&self.series_locks);
        if locks.len() > 256 {
            locks.retain(|_, held| Arc::strong_count(held) > 1);
        }
        Arc::clone(locks.entry(series).or_default())
    }

    /// Runs a component under the engine's eyes.
    pub fn spawn<F>(self: &Arc<Self>, name: &'static str, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let cancel = self.cancel.clone();
        let component = async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = work => {}
            }
            tracing::debug!(component = name, "ended");
        };
        self.tasks.spawn_on(component, &self.runtime);
    }
}

/// Locks; a panic elsewhere must not take everything down.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
