//! A monitoring cycle: from what a media server says is playing, to decisions, to what Sonarr is asked to do.

mod deciding;
mod owed;

use crate::core::{Core, RememberedVerdict, lock};
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::ids::EpisodeRef;
use domain::plan::{Decision, Reason, Subject};
use domain::session::PlaybackSession;
use domain::tracker::PlayKey;
use domain::watching::{COUNTS_AFTER, Sighting, is_allowed, screen};
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Origin, StoreError};

/// How a cycle is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Nothing is written anywhere, here or at the servers.
    pub dry_run: bool,
    /// Sessions are looked at again although nothing changed.
    pub fresh: bool,
    /// When it was watched, where it is about something that is owed already.
    pub seen_at: Option<Timestamp>,
}

impl Mode {
    /// A regular look.
    pub const REGULAR: Self = Self {
        dry_run: false,
        fresh: false,
        seen_at: None,
    };
}

/// How often a running play of a rolling show is noted again.
const PLAY_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(30);

/// What was found out about one session.
struct Verdicts {
    decisions: Vec<Decision>,
    /// Whether looking again soon may tell something else.
    valid_until: Option<Timestamp>,
}

impl Core {
    /// Runs a cycle on one media server.
    pub async fn run_cycle(&self, link: &Arc<Link>, mode: Mode) -> CheckReport {
        let mut report = CheckReport::default();
        let _one_at_a_time = link.cycle.lock().await;
        let before = lock(&link.last_sessions)
            .as_ref()
            .map_or(0, |(_, sessions)| sessions.len());
        let list = match self.read_sessions(link).await {
            Ok(list) => list,
            Err(error) => {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: self.trouble_of(link, &error),
                });
                return report;
            }
        };
        for reason in &list.unreadable {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: format!("A session could not be read: {reason}"),
            });
        }
        let found = list.sessions.len();
        if mode.fresh || found != before {
            tracing::info!(server = link.connection.name, "Found {found} active sessions");
        } else {
            tracing::debug!(
                server = link.connection.name,
                "Found {found} active sessions, as before"
            );
        }
        for session in &list.sessions {
            self.process(link, session, mode, &mut report).await;
        }
        self.forget_ended_plays();
        self.publisher.playing_changed();
        if mode.fresh || report.triggered_searches > 0 {
            tracing::info!(
                server = link.connection.name,
                "Session monitoring complete. Processed: {}, Triggered: {}",
                report.processed_sessions,
                report.triggered_searches
            );
        }
        report
    }

    async fn process(&self, link: &Arc<Link>, session: &PlaybackSession, mode: Mode, report: &mut CheckReport) {
        report.processed_sessions += 1;
        let key = PlayKey::of(session);
        let now = self.now();
        let rules_revision = self.rules_revision.load(Ordering::Relaxed);
        if !mode.fresh
            && let Some(known) = lock(&self.verdicts).get(&key)
            && known.rules_revision == rules_revision
            && known.valid_until.is_none_or(|until| now < until)
            && !known
                .decisions
                .iter()
                .any(|decision| is_up_to_the_session(decision.reason))
        {
            report.decisions.extend(known.decisions.iter().cloned());
            return;
        }
        let verdicts = self.judge(link, session, &key, mode, report).await;
        for decision in &verdicts.decisions {
            tracing::debug!(
                reason = decision.reason.code(),
                "{}: {}",
                decision.subject.show,
                decision.detail
            );
        }
        if !mode.dry_run {
            let remembered = RememberedVerdict {
                rules_revision,
                decisions: verdicts.decisions.clone(),
                valid_until: verdicts.valid_until,
            };
            lock(&self.verdicts).insert(key, remembered);
        }
        report.decisions.extend(verdicts.decisions);
    }

    /// Decides about one session, and acts.
    async fn judge(
        &self,
        link: &Arc<Link>,
        session: &PlaybackSession,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Verdicts {
        let now = self.now();
        let subject = subject_of(session);
        let (seen_for, first_seen) = lock(&self.tracker)
            .play(key)
            .map_or((SignedDuration::ZERO, now), |play| (play.seen_for(), play.first_seen));
        let watched = match screen(session, seen_for) {
            Ok(watched) => watched,
            Err(not) => {
                let valid_until = match not.reason {
                    Reason::TooEarly => Some(self.counts_at(session, first_seen)),
                    _ => None,
                };
                return self
                    .nothing(subject, not.reason, not.detail, key, mode, valid_until, report)
                    .await;
            }
        };
        tracing::info!(
            "Processing session: {} {} watched by {}",
            subject.show,
            watched.at,
            watched.viewer.display_name()
        );
        if !self.is_allowed(&watched.viewer) {
            tracing::info!(
                "{} is not in the viewer filter: progress is tracked, nothing is triggered",
                watched.viewer.display_name()
            );
            if !self.has_rolling_shows.load(Ordering::Relaxed) {
                let detail = format!("{} is not in the viewer filter.", watched.viewer.display_name());
                return self
                    .nothing(subject, Reason::ViewerNotInFilter, detail, key, mode, None, report)
                    .await;
            }
        }
        let show = match self.identify_show(link, &session.item.show).await {
            Ok(show) => show,
            Err(error) => {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: self.trouble_of(link, &error),
                });
                let detail = format!("{} did not say which series this is: {error}", link.connection.name);
                if self.may_owe(&watched.viewer, mode) {
                    let sighting = Sighting {
                        show: session.item.show.clone(),
                        watched,
                        subject: subject.clone(),
                    };
                    for instance in self.links.instances() {
                        self.owe_sighting(&instance, &sighting).await;
                    }
                }
                return self
                    .nothing(subject, Reason::ShowUnavailable, detail, key, mode, Some(now), report)
                    .await;
            }
        };
        let sighting = Sighting { show, watched, subject };
        self.on_all_instances(&sighting, key, mode, report, None).await
    }

    /// When a session will have been seen long enough.
    fn counts_at(&self, session: &PlaybackSession, first_seen: Timestamp) -> Timestamp {
        let offset = SignedDuration::from_millis(session.view_offset_ms.unwrap_or(0).max(0));
        let by_seeing = first_seen + COUNTS_AFTER;
        by_seeing.min(self.now() + (COUNTS_AFTER - offset).max(SignedDuration::from_secs(1)))
    }

    fn store_failed(&self, subject: Subject, error: &StoreError, report: &mut CheckReport) -> Decision {
        let message = format!("{error}. {}", error.advice());
        tracing::error!("{message}");
        self.publisher.store_trouble(Some(&message));
        report.errors.push(Failure {
            source: "database".to_owned(),
            message: message.clone(),
        });
        Decision::nothing(subject, Reason::Failed, message)
    }

    /// A decision to do nothing, journaled.
    #[expect(clippy::too_many_arguments, reason = "all of it is one sentence about one session")]
    async fn nothing(
        &self,
        subject: Subject,
        reason: Reason,
        detail: String,
        key: &PlayKey,
        mode: Mode,
        valid_until: Option<Timestamp>,
        report: &mut CheckReport,
    ) -> Verdicts {
        let decision = Decision::nothing(subject, reason, detail);
        if let Err(error) = self.journal_session(&decision, key, mode).await {
            let failed = self.store_failed(decision.subject.clone(), &error, report);
            return Verdicts {
                decisions: vec![decision, failed],
                valid_until: Some(self.now()),
            };
        }
        Verdicts {
            decisions: vec![decision],
            valid_until,
        }
    }

    async fn journal_session(&self, decision: &Decision, key: &PlayKey, mode: Mode) -> Result<(), StoreError> {
        // Who is only starting is said in the window; in the journal it would be noise on every start.
        if mode.dry_run || decision.reason == Reason::TooEarly {
            return Ok(());
        }
        self.journal(
            Origin::Session,
            store::Outcome::Nothing,
            decision,
            Some(&journal_key(key, decision)),
        )
        .await
    }

    /// Whether the viewer filter lets a viewer trigger anything.
    pub(crate) fn is_allowed(&self, viewer: &domain::session::Viewer) -> bool {
        is_allowed(
            &self.settings().filter_users,
            &viewer.key.account,
            viewer.name.as_deref(),
        )
    }

    /// The most telling sentence about a failing connection.
    pub fn trouble_of(&self, link: &Link, error: &RemoteError) -> String {
        match lock(&link.condition).trouble() {
            Some(trouble) if matches!(link.client, crate::links::Client::None) => trouble.to_owned(),
            _ => error.to_string(),
        }
    }

    fn forget_ended_plays(&self) {
        let tracker = lock(&self.tracker);
        lock(&self.verdicts).retain(|key, _| tracker.play(key).is_some());
    }
}

/// What can go wrong while deciding.
pub(crate) enum Trouble {
    Remote(RemoteError),
    Store(StoreError),
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Self {
        Self::Remote(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn journal_key(key: &PlayKey, decision: &Decision) -> String {
    let viewer = key.viewer.as_ref().map_or("", |viewer| viewer.account.as_str());
    let instance = decision.subject.instance.as_deref().unwrap_or("");
    format!("session/{}/{viewer}/{}/{instance}", key.server, key.item)
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
