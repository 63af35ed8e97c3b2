//! Watching the media servers: regular polls as the truth, their event streams as nudges to poll sooner.

use crate::core::{Core, lock};
use crate::cycle::Mode;
use crate::links::{Client, Link};
use crate::report::CheckReport;
use domain::plan::Reason;
use domain::session::{ItemKind, PlayerState};
use domain::state::CycleSummary;
use domain::tracker::PlayKey;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use media_servers::PlaybackHint;
use std::collections::{BTreeMap, BTreeSet};
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
/// How often a server is asked while somebody watches there and no event stream tells what becomes of it.
const WHILE_WATCHED: SignedDuration = SignedDuration::from_mins(1);

/// When a server is polled next, and when that was decided.
#[derive(Clone, Copy)]
struct Due {
    at: Timestamp,
    since: Timestamp,
}

impl Core {
    /// Polls every media server when it is due. A server that hangs is waited for while the others go on being polled.
    pub(crate) async fn poll_forever(self: Arc<Self>) {
        let mut due: BTreeMap<i64, Due> = BTreeMap::new();
        let mut running: BTreeSet<i64> = BTreeSet::new();
        let mut polls = FuturesUnordered::new();
        loop {
            let links = self.links.media_servers();
            due.retain(|id, _| links.iter().any(|link| link.connection.id == *id));
            if self.is_monitoring() {
                for link in &links {
                    let id = link.connection.id;
                    if !running.contains(&id) && self.is_ripe(link, due.get(&id)) {
                        *lock(&link.poll_at) = None;
                        running.insert(id);
                        let (core, link) = (Arc::clone(&self), Arc::clone(link));
                        polls.push(async move {
                            core.cycle_on(std::slice::from_ref(&link), Mode::REGULAR).await;
                            (id, core.next_poll(&link))
                        });
                    }
                }
            } else {
                due.clear();
            }
            let wait = self.until_next_poll(&links, &due, &running);
            tokio::select! {
                Some((id, next)) = polls.next() => {
                    running.remove(&id);
                    due.insert(id, next);
                }
                () = self.monitors.notified() => {}
                () = self.clock.sleep(wait) => {}
            }
        }
    }

    /// Whether a server is to be polled now.
    fn is_ripe(&self, link: &Link, due: Option<&Due>) -> bool {
        let now = self.now();
        if lock(&link.condition).wants_rest(now) {
            return false;
        }
        // What was decided later than now was decided by a clock that was set back since.
        let regular =
            due.is_none_or(|due| due.at <= now || now < due.since || due.at.duration_since(now) > self.interval());
        regular || lock(&link.poll_at).is_some_and(|at| at <= now)
    }

    fn interval(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.settings().polling_interval_minutes))
    }

    fn until_next_poll(&self, links: &[Arc<Link>], due: &BTreeMap<i64, Due>, running: &BTreeSet<i64>) -> Duration {
        if !self.is_monitoring() {
            return LONGEST_WAIT;
        }
        let now = self.now();
        let waiting = links.iter().filter(|link| !running.contains(&link.connection.id));
        let next = waiting
            .filter_map(|link| {
                let regular = due.get(&link.connection.id).map(|due| due.at);
                let next = regular.into_iter().chain(*lock(&link.poll_at)).min()?;
                let condition = lock(&link.condition);
                Some(
                    condition
                        .not_before()
                        .filter(|_| condition.wants_rest(now))
                        .unwrap_or(next),
                )
            })
            .min();
        next.map_or(LONGEST_WAIT, |next| {
            Duration::try_from(next.duration_since(now))
                .unwrap_or(Duration::ZERO)
                .min(LONGEST_WAIT)
        })
    }

    /// When a server is due again after a cycle.
    fn next_poll(&self, link: &Link) -> Due {
        let now = self.now();
        let regular = now + self.interval();
        let due = |at: Timestamp| Due { at, since: now };
        if let Some(retry) = lock(&link.condition).not_before() {
            return due(retry.min(regular));
        }
        let regular = if is_watched_unheard(link) {
            regular.min(now + WHILE_WATCHED)
        } else {
            regular
        };
        // Plays that do not count yet, and decisions that could not be taken.
        let verdicts = lock(&self.verdicts);
        let pending = verdicts
            .iter()
            .filter(|(key, _)| key.server.0 == link.connection.id)
            .filter_map(|(_, verdict)| verdict.valid_until)
            .map(|until| until.max(now + SignedDuration::from_secs(if until <= now { 10 } else { 0 })))
            .min();
        due(pending.map_or(regular, |pending| pending.min(regular)))
    }

    /// Runs a cycle on several servers side by side and sums it up.
    pub(crate) async fn cycle_on(&self, links: &[Arc<Link>], mode: Mode) -> CheckReport {
        let _working = self.publisher.working();
        self.identities.begin_cycle();
        let mut report = CheckReport::default();
        let cycles = links.iter().map(|link| async {
            let part = self.run_cycle(link, mode).await;
            if !mode.dry_run {
                self.publisher.cycle_ended(link.connection.id, self.summary_of(&part));
            }
            part
        });
        for part in futures::future::join_all(cycles).await {
            report.absorb(part);
        }
        report
    }

    /// The last cycles on all media servers as one.
    pub(crate) fn last_cycle(&self) -> Option<CycleSummary> {
        let servers = self.links.media_servers();
        let servers: Vec<i64> = servers.iter().map(|link| link.connection.id).collect();
        let cycles = self.publisher.last_cycles(&servers).into_iter();
        cycles.reduce(|all, one| CycleSummary {
            at: all.at.max(one.at),
            processed: all.processed + one.processed,
            triggered: all.triggered + one.triggered,
            errors: all.errors + one.errors,
        })
    }

    fn summary_of(&self, report: &CheckReport) -> CycleSummary {
        CycleSummary {
            at: self.now(),
            processed: report.processed_sessions,
            triggered: report.triggered_searches,
            errors: u32::try_from(report.errors.len()).unwrap_or(u32::MAX),
        }
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
                        core.event_stream_is(&link, false);
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
        let mut anew = self.streams_anew.subscribe();
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::select! {
                // Nobody knows whether what was open before a sleep still tells anything.
                _ = anew.changed() => {
                    self.event_stream_is(link, false);
                    pause = FIRST_PAUSE;
                }
                lasted = self.listen_once(link) => {
                    self.event_stream_is(link, false);
                    let Some(lasted) = lasted else { return };
                    if lasted > LONGEST_PAUSE {
                        pause = FIRST_PAUSE;
                    }
                    tokio::select! {
                        _ = anew.changed() => pause = FIRST_PAUSE,
                        () = self.clock.sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                    }
                }
            }
        }
    }

    /// Listens as long as a stream lasts; gives how long that was, and nothing where there can be no stream.
    async fn listen_once(&self, link: &Link) -> Option<Duration> {
        let (_, client) = link.media()?;
        let server = &link.connection.name;
        let mut hints = match client.hints().await {
            Ok(hints) => hints?,
            Err(error) => {
                tracing::debug!(server, "no event stream: {error}");
                return Some(Duration::ZERO);
            }
        };
        // Nothing is replayed, so what happened meanwhile must be asked for.
        self.nudge(link);
        let opened = self.clock.running();
        tracing::debug!(server, "the event stream is open");
        while let Ok(Some(Ok(hint))) = tokio::time::timeout(SILENCE, hints.next()).await {
            // One that is open and never tells anything is none: who watches there is found by polls.
            if hint == PlaybackHint::Subscribed {
                self.event_stream_is(link, true);
                tracing::debug!(server, "the event stream is up");
            }
            if self.tells_something_new(link, &hint) {
                self.nudge(link);
            }
        }
        tracing::debug!(server, "the event stream ended");
        Some(self.clock.running().saturating_sub(opened))
    }

    fn event_stream_is(&self, link: &Link, up: bool) {
        if link.events_up.swap(up, Ordering::Relaxed) != up {
            self.publisher.touch();
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

/// Whether somebody watches an episode there, and nothing but polls will tell of the next one.
fn is_watched_unheard(link: &Link) -> bool {
    !link.events_up.load(Ordering::Relaxed)
        && lock(&link.last_sessions).as_ref().is_some_and(|(_, sessions)| {
            sessions
                .iter()
                .any(|session| session.item.kind == ItemKind::Episode && session.state != PlayerState::Paused)
        })
}
