//! What can be said of a session before any Sonarr is asked.

use super::Mode;
use super::instances::InstancePart;
use crate::core::{Core, RememberedVerdict, lock};
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::ids::{EpisodeRef, ViewerKey};
use domain::plan::{Decision, Reason, Subject};
use domain::session::PlaybackSession;
use domain::tracker::PlayKey;
use domain::watching::{COUNTS_AFTER, Sighting, Watched, screen};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One session of a cycle, and how far it is.
pub(super) struct Look {
    pub key: PlayKey,
    rules_revision: u64,
    pub stage: Stage,
}

/// What is known of a session.
pub(super) enum Stage {
    /// All of it since an earlier cycle.
    Known(Vec<Decision>),
    /// All of it now, whatever Sonarr has.
    Settled(Settled),
    /// Every Sonarr is to be asked.
    Open(Box<Open>),
}

/// Decisions, and until when they hold.
pub(super) struct Settled {
    pub decisions: Vec<Decision>,
    /// Whether looking again soon may tell something else.
    pub valid_until: Option<Timestamp>,
}

/// A session that counts.
pub(super) struct Open {
    pub sighting: Sighting,
    /// What is known of instances, by the ids of their connections.
    pub parts: BTreeMap<i64, InstancePart>,
}

impl Core {
    /// Whoever begins something counts as waiting for what was not there when they got to the end of the thing before.
    pub(super) async fn note_who_goes_on(&self, looks: &[Look]) {
        let viewers: Vec<&ViewerKey> = looks
            .iter()
            .filter_map(|look| match &look.stage {
                Stage::Open(open) => Some(&open.sighting.watched.viewer.key),
                Stage::Known(_) | Stage::Settled(_) => None,
            })
            .collect();
        if viewers.is_empty() || !self.has_rolling_shows.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.store.note_viewers_go_on(&viewers, self.now()).await {
            tracing::warn!("whether expansions were in time was not noted: {error}");
        }
    }

    /// Looks at a session as far as the media server knows it.
    pub(super) async fn look_at(
        &self,
        link: &Arc<Link>,
        session: &PlaybackSession,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Look {
        let key = PlayKey::of(session);
        let rules_revision = self.rules_revision.load(Ordering::Relaxed);
        let known = lock(&self.verdicts)
            .get(&key)
            .filter(|known| !mode.fresh && known.rules_revision == rules_revision)
            .cloned();
        let stage = match known {
            Some(known) if still_holds(&known, self.now()) => Stage::Known(known.decisions),
            known => {
                let parts = known.map(|known| known.parts).unwrap_or_default();
                self.judge(link, session, &key, mode, parts, report).await
            }
        };
        Look {
            key,
            rules_revision,
            stage,
        }
    }

    async fn judge(
        &self,
        link: &Arc<Link>,
        session: &PlaybackSession,
        key: &PlayKey,
        mode: Mode,
        parts: BTreeMap<i64, InstancePart>,
        report: &mut CheckReport,
    ) -> Stage {
        let now = self.now();
        let subject = subject_of(session);
        let (seen_for, first_seen) = lock(&self.tracker)
            .play(key)
            .map_or((SignedDuration::ZERO, now), |play| (play.seen_for(), play.first_seen));
        let watched = match screen(session, seen_for) {
            Ok(watched) => watched,
            Err(not) => {
                if not.reason == Reason::UnknownViewer
                    && self.writes_down_in(mode)
                    && let Err(error) = self.note_somebody(link, &session.item.show).await
                {
                    tracing::warn!("a viewing by somebody unknown was not noted: {error}");
                }
                let valid_until = (not.reason == Reason::TooEarly).then(|| self.counts_at(session, first_seen));
                let decision = Decision::nothing(subject, not.reason, not.detail);
                return self.settled(decision, valid_until, key, mode, report).await;
            }
        };
        tracing::info!(
            "Processing session: {} {} watched by {}",
            subject.show,
            watched.at,
            watched.viewer.display_name()
        );
        if !self.is_allowed(&watched.viewer) {
            let name = watched.viewer.display_name();
            tracing::info!("{name} is not in the viewer filter: progress is tracked, nothing is triggered");
            if !self.has_rolling_shows.load(Ordering::Relaxed) {
                let detail = format!("{name} is not in the viewer filter.");
                let decision = Decision::nothing(subject, Reason::ViewerNotInFilter, detail);
                return self.settled(decision, None, key, mode, report).await;
            }
        }
        match self.identify_show(link, &session.item.show).await {
            Ok(show) => Stage::Open(Box::new(Open {
                sighting: Sighting { show, watched, subject },
                parts,
            })),
            Err(error) => {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: self.trouble_of(link, &error),
                });
                let detail = format!("{} did not say which series this is: {error}", link.connection.name);
                self.owe_to_all(session, watched, subject.clone(), mode).await;
                let decision = Decision::nothing(subject, Reason::ShowUnavailable, detail);
                self.settled(decision, Some(now), key, mode, report).await
            }
        }
    }

    async fn owe_to_all(&self, session: &PlaybackSession, watched: Watched, subject: Subject, mode: Mode) {
        if !self.may_owe(&watched.viewer, mode) {
            return;
        }
        let sighting = Sighting {
            show: session.item.show.clone(),
            watched,
            subject,
        };
        for instance in self.links.instances() {
            self.owe_sighting(&instance, &sighting).await;
        }
    }

    async fn settled(
        &self,
        decision: Decision,
        valid_until: Option<Timestamp>,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Stage {
        let decisions = self.nothing(decision, key, mode, report).await;
        let is_written = decisions.len() == 1;
        Stage::Settled(Settled {
            decisions,
            valid_until: if is_written { valid_until } else { Some(self.now()) },
        })
    }

    /// When a session will have been seen long enough.
    fn counts_at(&self, session: &PlaybackSession, first_seen: Timestamp) -> Timestamp {
        let offset = SignedDuration::from_millis(session.view_offset_ms.unwrap_or(0).max(0));
        let by_seeing = first_seen + COUNTS_AFTER;
        by_seeing.min(self.now() + (COUNTS_AFTER - offset).max(SignedDuration::from_secs(1)))
    }

    /// Puts together what was found out about a session, and remembers it.
    pub(super) async fn conclude(&self, look: Look, mode: Mode, report: &mut CheckReport) {
        let (settled, parts) = match look.stage {
            Stage::Known(decisions) => {
                report.decisions.extend(decisions);
                return;
            }
            Stage::Settled(settled) => (settled, BTreeMap::new()),
            Stage::Open(open) => self.sum_up(*open, &look.key, mode, report).await,
        };
        for decision in &settled.decisions {
            tracing::debug!(
                reason = decision.reason.code(),
                "{}: {}",
                decision.subject.show,
                decision.detail
            );
        }
        report.decisions.extend(settled.decisions.iter().cloned());
        if !mode.dry_run {
            let remembered = RememberedVerdict {
                rules_revision: look.rules_revision,
                decisions: settled.decisions,
                valid_until: settled.valid_until,
                parts,
            };
            lock(&self.verdicts).insert(look.key, remembered);
        }
    }
}

fn still_holds(known: &RememberedVerdict, now: Timestamp) -> bool {
    known.valid_until.is_none_or(|until| now < until)
        && !known
            .decisions
            .iter()
            .any(|decision| is_up_to_the_session(decision.reason))
}

/// Whether the next answer of the server alone may decide otherwise. Looking again costs nothing then.
fn is_up_to_the_session(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TooEarly | Reason::IncompleteSession | Reason::UnknownViewer
    )
}

/// Names come from servers and go into logs, notifications and terminals.
fn on_one_line(name: &str) -> String {
    name.replace(char::is_control, " ")
}

fn subject_of(session: &PlaybackSession) -> Subject {
    let title = session.item.show.title.as_ref().or(session.item.title.as_ref());
    let at = session.item.season.zip(session.item.episodes.iter().max().copied());
    let at = at.map(|(season, episode)| EpisodeRef { season, episode });
    Subject {
        show: title.map_or_else(|| "an untitled item".to_owned(), |title| on_one_line(title)),
        season: session.item.season,
        episode: at.map(|at| at.episode),
        viewer: session.viewer.as_ref().map(|viewer| on_one_line(viewer.display_name())),
        viewer_key: session.viewer.as_ref().map(|viewer| viewer.key.clone()),
        ..Subject::default()
    }
}
