//! What is due: remembered by wall-clock time on disk, looked at on a short tick, so that sleep and restarts lose nothing.

mod owing;
mod passes;
mod reminding;

use crate::core::{Core, lock};
use crate::observation::HISTORY;
use crate::report::CheckReport;
use crate::rolling::STORAGE;
use domain::state::SecretStoreState;
use domain::watching::Sighting;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Origin, Outcome, ScheduledTask, StoreError};

/// The scheduled task of bringing inactive shows back to their baseline.
pub(crate) const AUTOMATIC_RESET: &str = "automatic reset";
/// The tick.
const TICK: Duration = Duration::from_secs(15);
/// A wall clock that moved so much more than the running one means a sleep or a clock that was set.
const JUMP: SignedDuration = SignedDuration::from_secs(45);
/// How long after a Sonarr did not answer something that was watched is decided about again.
const SIGHTING_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// How long something that was watched is still worth deciding about.
const SIGHTING_KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a reminder waits when its Sonarr does not answer.
const REMINDER_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// How often a broken secret store is tried again.
const SECRETS_PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// How often the media servers' histories are read although nothing was missed: what is played offline is told later.
const HISTORY_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// When a history that could not be read is tried again.
pub(crate) const HISTORY_RETRY: SignedDuration = SignedDuration::from_mins(10);
/// How often Sonarr is asked for new seasons that nobody has come to.
const SEASONS_PAUSE: SignedDuration = SignedDuration::from_hours(24);
/// How often free space is looked at, where a floor is set.
const STORAGE_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// How often new series are looked for, where there are rules.
const RULES_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// How often cleanup is looked at although nothing happened.
const CLEANUP_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// What was owed at some moment. What was tried since looks different, and a server that hangs is not waited for twice.
#[derive(Debug)]
pub(crate) struct OwedWork {
    /// Ids of intents, and how often each was tried.
    intents: Vec<(i64, u32)>,
    /// Ids of sightings, and when each was last seen.
    sightings: Vec<(i64, Timestamp)>,
}

impl Core {
    /// Does what is due, again and again.
    pub(crate) async fn schedule_forever(self: Arc<Self>) {
        loop {
            self.tick().await;
            tokio::select! {
                () = self.work.notified() => {
                    // Several things usually change together.
                    self.clock.sleep(Duration::from_millis(500)).await;
                }
                () = self.clock.sleep(TICK) => {}
            }
        }
    }

    /// Compares the wall clock with the running one: they part while the machine sleeps, and when the clock is set.
    async fn notice_jump(&self) {
        let (wall, running) = (self.now(), self.clock.running());
        let Some((wall_before, running_before)) = lock(&self.pulse).replace((wall, running)) else {
            return;
        };
        let ran = SignedDuration::try_from(running.saturating_sub(running_before)).unwrap_or(SignedDuration::ZERO);
        let jump = wall.duration_since(wall_before) - ran;
        if jump.abs() > JUMP {
            self.resumed(jump).await;
            // Reading back what was missed may take a while.
            *lock(&self.pulse) = Some((self.now(), self.clock.running()));
        }
    }

    /// The machine slept, or its clock was set: nothing that was seen before can be counted on.
    async fn resumed(&self, jump: SignedDuration) {
        tracing::info!(seconds = jump.as_secs(), "The clock jumped: looking at everything anew");
        lock(&self.tracker).restart();
        lock(&self.verdicts).clear();
        for link in self.links.all() {
            lock(&link.condition).resumed(self.now());
            *lock(&link.poll_at) = Some(self.now());
        }
        self.restart_listeners();
        self.monitors.notify_one();
        self.catch_up().await;
    }

    /// One look at everything that may be due.
    pub(crate) async fn tick(&self) {
        self.looked_up.forget_old(self.now());
        self.notice_jump().await;
        self.retry_secrets_if_needed().await;
        self.tell_of_trouble();
        self.end_pause_if_over().await;
        if !self.is_monitoring() {
            return;
        }
        let report = self.do_due_work(None).await;
        match report {
            Ok(_) => self.publisher.store_trouble(None),
            Err(error) => {
                let message = format!("{error}. {}", error.advice());
                tracing::error!("{message}");
                self.publisher.store_trouble(Some(&message));
            }
        }
    }

    /// What is owed now.
    pub(crate) async fn owed_work(&self) -> Result<OwedWork, StoreError> {
        let intents = self.store.all_open_intents().await?;
        let sightings = self.store.due_sightings(self.now() + SIGHTING_KEPT).await?;
        Ok(OwedWork {
            intents: intents.iter().map(|intent| (intent.id, intent.attempts)).collect(),
            sightings: sightings.iter().map(|owed| (owed.id, owed.seen_at)).collect(),
        })
    }

    /// Everything that is due; with `owed` also that, although its pause is not over, unless it was tried since. A rehearsal
    /// goes through all of it and sends nothing.
    pub(crate) async fn do_due_work(&self, owed: Option<&OwedWork>) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        self.identities.begin_cycle();
        let now = self.now();
        if self.settings().dry_run {
            let _one_at_a_time = self.periodic.lock().await;
            // They only write down what they would do.
            let tasks = self.store.scheduled_tasks().await?;
            self.run_passes(now, &tasks, &mut report).await?;
            return Ok(report);
        }
        report.absorb(self.do_owed(owed).await?);
        let mut periodic = CheckReport::default();
        let ended = self.periodic(now, &mut periodic).await;
        for failure in &periodic.errors {
            tracing::warn!(source = failure.source, "{}", failure.message);
        }
        report.absorb(periodic);
        ended.map(|()| report)
    }

    /// Remembers what was watched while a Sonarr did not answer.
    pub(crate) async fn owe_sighting(&self, link: &crate::links::Link, sighting: &Sighting) {
        let Some(instance) = link.connection.instance() else {
            return;
        };
        let now = self.now();
        if let Err(error) = self
            .store
            .owe_sighting(instance, sighting, now, now + SIGHTING_PAUSE)
            .await
        {
            tracing::error!("{error}");
            self.publisher.store_trouble(Some(&error.to_string()));
        }
    }

    /// Work that comes back by itself.
    async fn periodic(&self, now: Timestamp, report: &mut CheckReport) -> Result<(), StoreError> {
        let _one_at_a_time = self.periodic.lock().await;
        let tasks = self.store.scheduled_tasks().await?;
        self.run_passes(now, &tasks, report).await?;
        if self.is_due(&tasks, HISTORY, now, HISTORY_PAUSE).await? {
            let is_known = self.catch_up().await.is_empty();
            let pause = if is_known { HISTORY_PAUSE } else { HISTORY_RETRY };
            self.did(HISTORY, now, pause).await?;
        }
        if self.is_due(&tasks, "new seasons", now, SEASONS_PAUSE).await? {
            if self.has_rolling_shows.load(std::sync::atomic::Ordering::Relaxed) {
                self.greet_new_seasons(report).await?;
            }
            self.did("new seasons", now, SEASONS_PAUSE).await?;
        }
        if !self.is_in_grace().await?
            && !self.storage_floors().await?.is_empty()
            && self.is_due(&tasks, STORAGE, now, STORAGE_PAUSE).await?
        {
            self.relieve_storage(report).await?;
            self.did(STORAGE, now, STORAGE_PAUSE).await?;
        }
        if self.is_due(&tasks, "enrollment rules", now, RULES_PAUSE).await? {
            self.apply_rules(report).await?;
            self.did("enrollment rules", now, RULES_PAUSE).await?;
        }
        let day = SignedDuration::from_hours(24);
        if self.rehearsal.is_none() && self.is_due(&tasks, "housekeeping", now, day).await? {
            self.keep_house(now).await?;
            self.did("housekeeping", now, day).await?;
        }
        Ok(())
    }

    async fn is_due(
        &self,
        tasks: &BTreeMap<String, ScheduledTask>,
        task: &str,
        now: Timestamp,
        interval: SignedDuration,
    ) -> Result<bool, StoreError> {
        let Some(known) = tasks.get(task) else {
            // The first time comes after a while: what was just installed must not begin with a deletion.
            self.store
                .set_scheduled_task(task, now + interval.min(SignedDuration::from_hours(1)), None)
                .await?;
            return Ok(false);
        };
        // A due time further ahead than the interval comes from a clock that was set back, or from longer intervals.
        Ok(known.due_at <= now || known.due_at.duration_since(now) > interval)
    }

    async fn did(&self, task: &str, now: Timestamp, pause: SignedDuration) -> Result<(), StoreError> {
        self.store.set_scheduled_task(task, now + pause, Some(now)).await
    }

    async fn keep_house(&self, now: Timestamp) -> Result<(), StoreError> {
        let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
        self.store.prune_searches(ago(8)).await?;
        self.store.prune_intents(ago(30)).await?;
        self.store.prune_journal(now).await?;
        self.store.prune_observed(ago(800)).await?;
        self.store.prune_readiness(ago(400)).await?;
        self.store.back_up(now).await?;
        Ok(())
    }

    async fn end_pause_if_over(&self) {
        let over = lock(&self.paused).is_some_and(|pause| pause.is_over(self.now()));
        if over {
            self.set_pause(None).await;
        }
    }

    async fn retry_secrets_if_needed(&self) {
        let lacking = self
            .links
            .all()
            .iter()
            .any(|link| matches!(link.client, crate::links::Client::None));
        let now = self.now();
        let tried = *lock(&self.secrets_tried_at);
        if lacking && tried.is_none_or(|at| now.duration_since(at).abs() >= SECRETS_PAUSE) {
            *lock(&self.secrets_tried_at) = Some(now);
            self.retry_secrets().await;
        }
    }

    /// Asks the secret store again, and makes the clients that lacked a secret.
    pub(crate) async fn retry_secrets(&self) {
        let state = self.secrets.probe().await;
        let usable = matches!(state, SecretStoreState::Ready { .. });
        self.publisher.secrets_are(state);
        if !usable {
            return;
        }
        match self.reload_links().await {
            Ok(true) => {
                self.rules_changed();
                self.listeners.notify_one();
            }
            Ok(false) => self.publisher.touch(),
            Err(error) => tracing::error!("{error}"),
        }
    }

    /// Writes what was not decided by anybody's playing into the journal.
    pub(crate) async fn note_in_journal(&self, decision: &domain::plan::Decision) {
        if let Err(error) = self.journal(Origin::Setting, Outcome::Done, decision, None).await {
            tracing::error!("{error}");
        }
    }
}
