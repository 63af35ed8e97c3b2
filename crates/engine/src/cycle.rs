//! A monitoring cycle: from what a media server says is playing, to decisions, to what Sonarr is asked to do.

mod deciding;
mod instances;
mod looking;
mod owed;

pub(crate) use instances::InstancePart;

use crate::core::{Core, lock};
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::plan::{Decision, Reason, Subject};
use domain::tracker::PlayKey;
use domain::watching::is_allowed;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::sync::Arc;
use store::{Origin, StoreError};

/// How a cycle is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Nothing is written anywhere, here or at the servers; a rehearsal notes viewings in its copy.
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

/// Says something where it is news, and otherwise for those who look closely.
macro_rules! told {
    ($is_news:expr, $($message:tt)*) => {
        if $is_news {
            tracing::info!($($message)*);
        } else {
            tracing::debug!($($message)*);
        }
    };
}

/// How often a running play of a rolling show is noted again.
const PLAY_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(30);

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
        let is_news = mode.fresh || found != before;
        told!(is_news, server = link.connection.name, "Found {found} active sessions");
        let mut looks = Vec::with_capacity(found);
        for session in &list.sessions {
            looks.push(self.look_at(link, session, mode, &mut report).await);
        }
        if !mode.dry_run {
            self.note_who_goes_on(&looks).await;
        }
        self.ask_all_instances(&mut looks, mode, &mut report).await;
        report.processed_sessions = u32::try_from(found).unwrap_or(u32::MAX);
        for look in looks {
            self.conclude(look, mode, &mut report).await;
        }
        // Afterwards, so that nobody's search waits for it; a look that somebody asked for costs no more than the look.
        if !mode.fresh && self.writes_down_in(mode) && link.is_to_be_asked_who(self.now()) {
            // What was not told is asked again, and what is forbidden is said below.
            let _ = self.ask_who(link).await;
        }
        if let Some(reason) = link.why_only_part() {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: reason,
            });
        }
        if !mode.dry_run {
            self.forget_ended_plays(&mut report).await;
        }
        self.publisher.playing_changed();
        told!(
            is_news || report.triggered_searches > 0,
            server = link.connection.name,
            "Session monitoring complete. Processed: {}, Triggered: {}",
            report.processed_sessions,
            report.triggered_searches
        );
        report
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

    /// A decision to do nothing, journaled; with what became of that, where it failed.
    async fn nothing(&self, decision: Decision, key: &PlayKey, mode: Mode, report: &mut CheckReport) -> Vec<Decision> {
        let journaled = self.journal_session(&decision, key, mode).await;
        let failed = journaled
            .err()
            .map(|error| self.store_failed(decision.subject.clone(), &error, report));
        std::iter::once(decision).chain(failed).collect()
    }

    /// Whether what is seen of viewings is written down. A rehearsal has a database of its own, and what a viewing frees
    /// belongs to what it tells.
    fn writes_down_in(&self, mode: Mode) -> bool {
        !mode.dry_run || self.rehearsal.is_some()
    }

    async fn journal_session(&self, decision: &Decision, key: &PlayKey, mode: Mode) -> Result<(), StoreError> {
        // Everybody begins too early. It is written when that is all that became of the play, and when somebody asked.
        if mode.dry_run || (decision.reason == Reason::TooEarly && !mode.fresh) {
            return Ok(());
        }
        self.journal_nothing(decision, key).await
    }

    async fn journal_nothing(&self, decision: &Decision, key: &PlayKey) -> Result<(), StoreError> {
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

    async fn forget_ended_plays(&self, report: &mut CheckReport) {
        let mut ended = Vec::new();
        {
            let tracker = lock(&self.tracker);
            lock(&self.verdicts).retain(|key, verdict| {
                let goes_on = tracker.play(key).is_some();
                if !goes_on {
                    ended.extend(verdict.decisions.drain(..).map(|decision| (key.clone(), decision)));
                }
                goes_on
            });
        }
        for (key, decision) in ended {
            if decision.reason == Reason::TooEarly
                && let Err(error) = self.journal_nothing(&decision, &key).await
            {
                self.store_failed(decision.subject, &error, report);
            }
        }
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
