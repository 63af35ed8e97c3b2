//! Watching the media servers: regular polls as the truth, their event streams as nudges to poll sooner.

use crate::core::{Core, lock};
use crate::cycle::Mode;
use crate::links::{Client, Link};
use crate::report::CheckReport;
use domain::plan::Reason;
use domain::session::PlayerState;
use domain::state::CycleSummary;
use domain::tracker::PlayKey;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use media_servers::PlaybackHint;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The longest wait at a stretch: the machine may sleep meanwhile, and the monotonic clock with it.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// How long after an event the sessions are asked: the list follows the events with a delay.
const AFTER_A_HINT: SignedDuration = SignedDuration::from_millis(700);
/// Silence after which an event stream is taken for dead; servers send something every ten seconds.
const SILENCE: Duration = Duration::from_secs(30);
/// Pauses before an event stream is opened again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Core {
    /// Polls every media server when it is due.
    pub(crate) async fn poll_forever(self: Arc<Self>) {
        let mut due: BTreeMap<i64, Timestamp> = BTreeMap::new();
        loop {
            let links = self.links.media_servers();
            due.retain(|id, _| links.iter().any(|link| link.connection.id == *id));
            let now = self.now();
            let interval = SignedDuration::from_mins(i64::from(self.settings().polling_interval_minutes));
            if self.is_monitoring() {
                let ripe: Vec<Arc<Link>> = links
                    .iter()
                    .filter(|link| {
                        let regular = due.get(&link.connection.id).copied();
                        let nudged = *lock(&link.poll_at);
                        // A due time more than an interval ahead comes from a clock that was set back since.
                        regular.is_none_or(|at| at <= now || at.duration_since(now) > interval)
                            || nudged.is_some_and(|at| at <= now)
                    })
                    .cloned()
                    .collect();
                if !ripe.is_empty() {
                    for link in &ripe {
                        *lock(&link.poll_at) = None;
                    }
                    self.cycle_on(&ripe, Mode::REGULAR).await;
                    for link in &ripe {
                        due.insert(link.connection.id, self.next_poll(link, interval));
                    }
                }
            } else {
                due.clear();
            }
            let now = self.now();
            let nudges = links.iter().filter_map(|link| *lock(&link.poll_at));
            let next = if self.is_monitoring() {
                due.values().copied().chain(nudges).min()
            } else {
                None
            };
            let wait = next.map_or(LONGEST_WAIT, |next| {
                Duration::try_from(next.duration_since(now))
                    .unwrap_or(Duration::ZERO)
                    .min(LONGEST_WAIT)
            });
            tokio::select! {
                () = self.monitors.notified() => {}
                () = self.clock.sleep(wait) => {}
            }
        }
    }

    /// When a server is due again after a cycle.
    fn next_poll(&self, link: &Link, interval: SignedDuration) -> Timestamp {
        let now = self.now();
        let regular = now + interval;
        if let Some(retry) = lock(&link.condition).not_before() {
            return retry.min(regular);
        }
        // Plays that do not count yet, and decisions that could not be taken.
        let verdicts = lock(&self.verdicts);
        let pending = verdicts
            .iter()
            .filter(|(key, _)| key.server.0 == link.connection.id)
            .filter_map(|(_, verdict)| verdict.valid_until)
            .map(|until| until.max(now + SignedDuration::from_secs(if until <= now { 10 } else { 0 })))
            .min();
        pending.map_or(regular, |pending| pending.min(regular))
    }

    /// Runs a cycle on several servers side by side and sums it up.
    pub(crate) async fn cycle_on(&self, links: &[Arc<Link>], mode: Mode) -> CheckReport {
        let _working = self.publisher.working();
        self.identities.begin_cycle();
        let mut report = CheckReport::default();
        for part in futures::future::join_all(links.iter().map(|link| self.run_cycle(link, mode))).await {
            report.absorb(part);
        }
        if !mode.dry_run {
            self.publisher.cycle_ended(CycleSummary {
                at: self.now(),
                processed: report.processed_sessions,
                triggered: report.triggered_searches,
                errors: u32::try_from(report.errors.len()).unwrap_or(u32::MAX),
            });
        }
        report
    }

    /// Keeps an event stream open to every media server that has one.
    pub(crate) async fn listen_forever(self: Arc<Self>) {
        let mut listeners: BTreeMap<i64, (Arc<Link>, CancellationToken)> = BTreeMap::new();
        loop {
            let links = self.links.media_servers();
            listeners.retain(|id, (link, token)| {
                let current = links
                    .iter()
                    .any(|other| other.connection.id == *id && Arc::ptr_eq(other, link));
                let keep = current && self.is_monitoring() && !token.is_cancelled();
                if !keep {
                    token.cancel();
                }
                keep
            });
            if self.is_monitoring() {
                for link in links.into_iter().filter(|link| matches!(link.client, Client::Media(_))) {
                    let id = link.connection.id;
                    if listeners.contains_key(&id) {
                        continue;
                    }
                    let token = self.cancel.child_token();
                    listeners.insert(id, (Arc::clone(&link), token.clone()));
                    let core = Arc::clone(&self);
                    self.tasks.spawn(async move {
                        tokio::select! {
                            () = token.cancelled() => {}
                            () = core.listen_to(&link) => {}
                        }
                        link.events_up.store(false, Ordering::Relaxed);
                        core.publisher.touch();
                    });
                }
            }
            tokio::select! {
                () = self.listeners.notified() => {}
                () = self.clock.sleep(LONGEST_WAIT) => {}
            }
        }
    }

    async fn listen_to(&self, link: &Link) {
        let Some((_, client)) = link.media() else { return };
        let mut pause = FIRST_PAUSE;
        loop {
            match client.hints().await {
                Ok(mut hints) => {
                    link.events_up.store(true, Ordering::Relaxed);
                    self.publisher.touch();
                    tracing::debug!(server = link.connection.name, "the event stream is up");
                    // Nothing is replayed, so what happened meanwhile must be asked for.
                    self.nudge(link);
                    let opened = self.clock.running();
                    while let Ok(Some(Ok(hint))) = tokio::time::timeout(SILENCE, hints.next()).await {
                        if self.tells_something_new(link, &hint) {
                            self.nudge(link);
                        }
                    }
                    if self.clock.running().saturating_sub(opened) > LONGEST_PAUSE {
                        pause = FIRST_PAUSE;
                    }
                    tracing::debug!(server = link.connection.name, "the event stream ended");
                }
                Err(error) => tracing::debug!(server = link.connection.name, "no event stream: {error}"),
            }
            if link.events_up.swap(false, Ordering::Relaxed) {
                self.publisher.touch();
            }
            self.clock.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Has a server polled in a moment.
    fn nudge(&self, link: &Link) {
        let at = self.now() + AFTER_A_HINT;
        let mut poll_at = lock(&link.poll_at);
        if poll_at.is_none_or(|planned| planned > at) {
            *poll_at = Some(at);
        }
        drop(poll_at);
        self.monitors.notify_one();
    }

    /// Whether an event says more than the last list of sessions did.
    fn tells_something_new(&self, link: &Link, hint: &PlaybackHint) -> bool {
        let PlaybackHint::Playing {
            session_key,
            item_key,
            state,
        } = hint
        else {
            return false;
        };
        let sessions = lock(&link.last_sessions);
        let Some((_, sessions)) = sessions.as_ref() else {
            return true;
        };
        let known = sessions.iter().find(|session| {
            session_key.as_deref() == Some(session.session_key.as_str())
                && item_key.as_deref() == session.item.key.as_deref()
        });
        let Some(session) = known else {
            // A stop of something that is not listed is old news.
            return !matches!(state, PlayerState::Other(word) if word == "stopped");
        };
        let same_state = session.state == *state
            || matches!(
                (&session.state, state),
                (PlayerState::Playing, PlayerState::Buffering) | (PlayerState::Buffering, PlayerState::Playing)
            );
        // A play that does not count yet may count by now: its player has just reported where it is.
        let settled = lock(&self.verdicts).get(&PlayKey::of(session)).is_some_and(|verdict| {
            verdict
                .decisions
                .iter()
                .all(|decision| decision.reason != Reason::TooEarly)
        });
        !same_state || !settled
    }
}
