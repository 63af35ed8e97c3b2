//! Carries decisions out: the intent is on disk before the first request leaves, and stays there until all is done.

mod following;
mod pauses;
mod search;

pub(crate) use search::queued;

use self::following::with_outcome_reminders;
use self::pauses::pause;
use crate::act::{ActError, Deleted, set_monitoring};
use crate::core::Core;
use crate::links::Link;
use domain::ids::EpisodeId;
use domain::plan::{Action, Decision, Reason};
use domain::watching::SEARCH_MEMORY;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use store::{Intent, IntentState, NewIntent, NewJournalEntry, Origin, Outcome, StoreError};

/// How long the same "nothing to do" about the same session is not said again in the journal.
const SAID_LATELY: SignedDuration = SignedDuration::from_hours(6);
/// How long a deletion that had to wait is tried before it is planned anew.
const DELETIONS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CarriedOut {
    pub outcome: Outcome,
    /// The last failure, for people.
    pub failure: Option<String>,
    pub searches: u32,
    pub deleted: Deleted,
}

impl CarriedOut {
    fn plain(outcome: Outcome) -> Self {
        Self {
            outcome,
            failure: None,
            searches: 0,
            deleted: Deleted::default(),
        }
    }
}

enum Step {
    Done,
    /// A search was sent, if not for all of it then only for these episodes.
    Searched {
        only: Option<Vec<EpisodeId>>,
    },
    Deleted(Deleted),
    /// A search no longer applies, for the reason given. What is waiting for something else is named with its seasons.
    Moot {
        remark: String,
        waiting: Vec<(i32, EpisodeId)>,
    },
}

impl Core {
    /// Carries out a decision of one series, whose lock the caller holds.
    pub async fn carry_out(
        &self,
        link: &Link,
        origin: Origin,
        decision: &Decision,
        subject_key: Option<&str>,
    ) -> Result<CarriedOut, StoreError> {
        let now = self.now();
        let dry = self.settings().dry_run || self.rehearsal.is_some();
        let series = decision.subject.series;
        let decision = &self.without_what_is_followed(decision).await?;
        if decision.actions.is_empty() || dry || series.is_none() {
            let outcome = match (decision.actions.is_empty(), dry) {
                (true, _) => Outcome::Nothing,
                (false, _) => Outcome::DryRun,
            };
            let outcome = if !dry && decision.actions.is_empty() && self.note_afterwards(decision).await? {
                Outcome::Done
            } else {
                outcome
            };
            if !dry {
                for reminder in &decision.reminders {
                    self.store.remind(reminder, now).await?;
                }
            }
            self.journal(origin, outcome, decision, subject_key).await?;
            let searches = if dry { decision.searches() } else { 0 };
            return Ok(CarriedOut {
                searches: u32::try_from(searches).unwrap_or(u32::MAX),
                ..CarriedOut::plain(outcome)
            });
        }
        let Some(series) = series else {
            return Ok(CarriedOut::plain(Outcome::Nothing));
        };
        let decision = with_outcome_reminders(decision, series, now);
        let open = self.store.open_intents_for(series).await?;
        // Another one may have sent a search without hearing of it; then this one looks before it searches.
        let broken_off = match decision.searches() {
            0 => Vec::new(),
            _ => self.store.broken_off_since(series, now - SEARCH_MEMORY).await?,
        };
        let doubt = open.iter().chain(&broken_off).filter_map(search_in_doubt).min();
        let intent = match open.into_iter().find(|open| is_left_of(open, &decision.actions)) {
            Some(intent) if intent.state == IntentState::WaitingConfirmation => {
                return Ok(CarriedOut::plain(Outcome::Waiting));
            }
            Some(intent) => intent,
            None => {
                let new = NewIntent {
                    series,
                    origin,
                    decision: &decision,
                    needs_confirmation: false,
                    subject_key,
                };
                self.store.create_intent(new, now).await?
            }
        };
        self.publisher.journal_changed();
        // What is rarely done must not make every look at a session large.
        Box::pin(self.run_from(link, intent, doubt)).await
    }

    /// Writes a decision without actions into the journal, unless the same was said lately.
    pub async fn journal(
        &self,
        origin: Origin,
        outcome: Outcome,
        decision: &Decision,
        subject_key: Option<&str>,
    ) -> Result<(), StoreError> {
        let entry = NewJournalEntry {
            at: self.now(),
            origin,
            outcome,
            note: None,
            subject_key,
            decision,
        };
        if self.store.append_unless_same(entry, SAID_LATELY).await?.is_some() {
            self.publisher.journal_changed();
        }
        Ok(())
    }

    /// Carries an open intent on from where it stands. The caller holds the series' lock.
    pub async fn run_intent(&self, link: &Link, intent: Intent) -> Result<CarriedOut, StoreError> {
        Box::pin(self.run_from(link, intent, None)).await
    }

    /// `doubt` is when a search that another intent asks for may have been sent.
    async fn run_from(
        &self,
        link: &Link,
        mut intent: Intent,
        doubt: Option<Timestamp>,
    ) -> Result<CarriedOut, StoreError> {
        let mut result = CarriedOut::plain(Outcome::Done);
        let mut remarks: Vec<String> = Vec::new();
        let resumed = intent.attempts > 0
            || intent.next_step > 0
            || intent.step_started_at.is_some()
            || intent.created_at < self.started_at
            || doubt.is_some();
        while let Some(action) = intent.decision.actions.get(intent.next_step as usize).cloned() {
            let started_before = intent.step_started_at;
            let now = self.now();
            self.store
                .start_step(intent.id, intent.next_step, started_before.unwrap_or(now))
                .await?;
            match self
                .step(link, &intent, &action, resumed, started_before.or(doubt))
                .await
            {
                Ok(step) => {
                    let mut only = None;
                    match step {
                        Step::Done => {}
                        Step::Searched { only: sent } => {
                            only = sent;
                            result.searches += 1;
                            tracing::info!(
                                instance = link.connection.name,
                                "Successfully triggered search for {}: {}",
                                intent.decision.subject.show,
                                intent.decision.detail
                            );
                        }
                        Step::Deleted(deleted) => {
                            result.deleted.files += deleted.files;
                            result.deleted.bytes += deleted.bytes;
                        }
                        Step::Moot { remark, waiting } => {
                            self.look_after_waiting(&intent, &waiting).await?;
                            if intent.decision.doomed_files().next().is_none() {
                                self.keep_what_is_still_to_come(&intent).await?;
                                self.store
                                    .drop_intent(intent.id, self.now(), Outcome::Nothing, &remark)
                                    .await?;
                                self.publisher.journal_changed();
                                result.outcome = Outcome::Nothing;
                                return Ok(result);
                            }
                            only = Some(Vec::new());
                            remarks.push(remark);
                        }
                    }
                    let (id, step, now) = (intent.id, intent.next_step, self.now());
                    match only {
                        None => self.store.finish_step(id, step, now).await?,
                        Some(sent) => self.store.finish_partial_search(id, step, now, &sent).await?,
                    }
                    intent.next_step += 1;
                    intent.step_started_at = None;
                }
                Err(error) => return self.owe(link, &intent, &error, result).await,
            }
        }
        let note = (!remarks.is_empty()).then(|| remarks.join(" "));
        self.forget_before_reset(&intent.decision, Some(intent.id)).await?;
        self.store
            .complete_intent(intent.id, self.now(), note.as_deref())
            .await?;
        self.publisher.journal_changed();
        if !intent.decision.afterwards.is_empty() {
            self.note_expansion(&intent).await?;
            self.publisher.shows_changed();
        }
        self.notifier.done(self, &intent, &result);
        Ok(result)
    }

    async fn owe(
        &self,
        link: &Link,
        intent: &Intent,
        error: &ActError,
        mut result: CarriedOut,
    ) -> Result<CarriedOut, StoreError> {
        let now = self.now();
        let failure = error.to_string();
        tracing::warn!(
            instance = link.connection.name,
            show = intent.decision.subject.show,
            "An action failed and is owed: {failure}"
        );
        let deleting = takes_away(&intent.decision);
        let overtaken = matches!(error, ActError::NotNow(_) | ActError::NotKept)
            && deleting
            && now.duration_since(intent.wanted_since()) > DELETIONS_KEPT;
        if overtaken {
            // Life went on: the next pass looks at the show as it is now.
            self.store
                .drop_intent(intent.id, now, Outcome::Nothing, &failure)
                .await?;
            result.outcome = Outcome::Nothing;
        } else if is_hopeless(error) {
            self.store
                .drop_intent(intent.id, now, Outcome::Failed, &failure)
                .await?;
            result.outcome = Outcome::Failed;
        } else {
            self.store
                .postpone_intent(intent.id, now + pause(error, intent.attempts), &failure)
                .await?;
            result.outcome = Outcome::Owed;
        }
        result.failure = Some(failure);
        self.publisher.journal_changed();
        self.work.notify_one();
        Ok(result)
    }

    async fn step(
        &self,
        link: &Link,
        intent: &Intent,
        action: &Action,
        resumed: bool,
        started_before: Option<Timestamp>,
    ) -> Result<Step, ActError> {
        let Some((_, client)) = link.sonarr() else {
            return Err(ActError::Remote(RemoteError::Unauthorized));
        };
        let series = intent.series.series;
        let outcome = match action {
            Action::SetMonitoring(change) => {
                if takes_away(&intent.decision) {
                    // What may not be deleted now is not unmonitored either.
                    self.may_delete(link, intent).await?;
                }
                set_monitoring(client, series, change).await.map(|()| Step::Done)
            }
            Action::SearchSeason { season, episodes } => {
                self.search(client, intent, Some(*season), episodes, resumed, started_before)
                    .await
            }
            Action::SearchEpisodes { episodes, .. } => {
                self.search(client, intent, None, episodes, resumed, started_before)
                    .await
            }
            Action::DeleteFiles { files } => self.delete_safely(link, intent, files).await.map(Step::Deleted),
        };
        self.looked_up.forget(intent.series);
        match &outcome {
            Err(ActError::Remote(error)) => link.note(&Err::<(), _>(error.clone()), self.now()),
            Ok(_) => link.note(&Ok(()), self.now()),
            Err(ActError::NotKept | ActError::Partly(_) | ActError::NotNow(_)) => {}
        }
        outcome
    }
}

/// Whether what an open intent has left is just these actions.
fn is_left_of(open: &Intent, actions: &[Action]) -> bool {
    let left = open.decision.actions.get(open.next_step as usize..).unwrap_or_default();
    open.decision.actions == actions || left == actions
}

/// When an intent's search was started, of which nobody knows whether it arrived.
fn search_in_doubt(open: &Intent) -> Option<Timestamp> {
    let next = open.decision.actions.get(open.next_step as usize)?;
    open.step_started_at.filter(|_| next.is_search())
}

/// Whether a decision takes something from the viewers of a rolling show.
fn takes_away(decision: &Decision) -> bool {
    decision.doomed_files().next().is_some()
        || matches!(
            decision.reason,
            Reason::ProgressiveCleanup | Reason::InactiveReset | Reason::ManualReset
        )
}

/// Nothing gets better by trying again: what it is about is gone.
fn is_hopeless(error: &ActError) -> bool {
    matches!(error, ActError::Remote(RemoteError::NotFound))
}
