//! Carries decisions out: the intent is on disk before the first request leaves, and stays there until all is done.

use crate::act::{ActError, Deleted, delete_files, search_arrived, set_monitoring};
use crate::core::Core;
use crate::links::Link;
use domain::ids::{EpisodeId, SeriesKey};
use domain::plan::{Action, Decision, Reason, Reminder, ReminderAbout};
use domain::reminders::OUTCOME_PAUSE;
use domain::series::SeriesSnapshot;
use domain::watching::SEARCH_MEMORY;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use sonarr::SonarrClient;
use store::{Intent, IntentState, NewIntent, NewJournalEntry, Origin, Outcome, StoreError};

/// How long the same "nothing to do" about the same session is not said again in the journal.
const SAID_LATELY: SignedDuration = SignedDuration::from_hours(6);
/// Pauses before another try, by how often it failed; the last one repeats.
const PAUSES_SECONDS: [i64; 9] = [15, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600];
/// Pause after Sonarr said that a disk is not there: nothing gets better within minutes.
const DISK_PAUSE: SignedDuration = SignedDuration::from_hours(1);

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
    Searched,
    Deleted(Deleted),
    /// It no longer applies, for the reason given.
    Moot(String),
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
        let dry = self.settings().dry_run;
        let series = decision.subject.series;
        if decision.actions.is_empty() || dry || series.is_none() {
            let outcome = match (decision.actions.is_empty(), dry) {
                (true, _) => Outcome::Nothing,
                (false, _) => Outcome::DryRun,
            };
            if !dry {
                for reminder in &decision.reminders {
                    self.store.remind(reminder).await?;
                }
            }
            self.journal(origin, outcome, decision, subject_key).await?;
            return Ok(CarriedOut::plain(outcome));
        }
        let Some(series) = series else {
            return Ok(CarriedOut::plain(Outcome::Nothing));
        };
        let decision = with_outcome_reminders(decision, series, now);
        let equal = self
            .store
            .open_intents_for(series)
            .await?
            .into_iter()
            .find(|open| open.decision.actions == decision.actions);
        let intent = match equal {
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
        self.run_intent(link, intent).await
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
    pub async fn run_intent(&self, link: &Link, mut intent: Intent) -> Result<CarriedOut, StoreError> {
        let mut result = CarriedOut::plain(Outcome::Done);
        let mut remarks: Vec<String> = Vec::new();
        let resumed = intent.attempts > 0
            || intent.next_step > 0
            || intent.step_started_at.is_some()
            || intent.created_at < self.started_at;
        while let Some(action) = intent.decision.actions.get(intent.next_step as usize).cloned() {
            let started_before = intent.step_started_at;
            let now = self.now();
            self.store
                .start_step(intent.id, intent.next_step, started_before.unwrap_or(now))
                .await?;
            match self.step(link, &intent, &action, resumed, started_before).await {
                Ok(step) => {
                    match step {
                        Step::Done => {}
                        Step::Searched => {
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
                        Step::Moot(remark) => {
                            if action.is_search() {
                                self.store
                                    .drop_intent(intent.id, self.now(), Outcome::Nothing, &remark)
                                    .await?;
                                self.publisher.journal_changed();
                                result.outcome = Outcome::Nothing;
                                return Ok(result);
                            }
                            remarks.push(remark);
                        }
                    }
                    self.store.finish_step(intent.id, intent.next_step, self.now()).await?;
                    intent.next_step += 1;
                    intent.step_started_at = None;
                }
                Err(error) => return self.owe(link, &intent, &error, result).await,
            }
        }
        let note = (!remarks.is_empty()).then(|| remarks.join(" "));
        self.store
            .complete_intent(intent.id, self.now(), note.as_deref())
            .await?;
        self.publisher.journal_changed();
        if !intent.decision.afterwards.is_empty() {
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
        let deleting = matches!(
            intent.decision.actions.get(intent.next_step as usize),
            Some(Action::DeleteFiles { .. })
        );
        let overtaken = matches!(error, ActError::NotNow(_) | ActError::NotKept)
            && deleting
            && now.duration_since(intent.created_at) > DELETIONS_KEPT;
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
            Action::SetMonitoring(change) => set_monitoring(client, series, change).await.map(|()| Step::Done),
            Action::SearchSeason { season, episodes } => {
                self.search(client, intent, Some(*season), episodes, resumed, started_before)
                    .await
            }
            Action::SearchEpisodes { episodes, .. } => {
                self.search(client, intent, None, episodes, resumed, started_before)
                    .await
            }
            Action::DeleteFiles { files } => {
                self.may_delete(link, intent).await?;
                delete_files(client, series, files).await.map(Step::Deleted)
            }
        };
        match &outcome {
            Err(ActError::Remote(error)) => link.note(&Err::<(), _>(error.clone()), self.now()),
            Ok(_) => link.note(&Ok(()), self.now()),
            Err(ActError::NotKept | ActError::Partly(_) | ActError::NotNow(_)) => {}
        }
        outcome
    }

    async fn search(
        &self,
        client: &SonarrClient,
        intent: &Intent,
        season: Option<i32>,
        episodes: &[EpisodeId],
        resumed: bool,
        started_before: Option<Timestamp>,
    ) -> Result<Step, ActError> {
        let series = intent.series.series;
        let mut wanted = episodes.to_vec();
        if resumed {
            if let Some(started) = started_before
                && search_arrived(client, series, season, episodes, started).await?
            {
                return Ok(Step::Searched);
            }
            wanted = self.still_to_search(client, intent, episodes).await?;
            if wanted.is_empty() {
                return Ok(Step::Moot(
                    "What was to be searched is there, is being downloaded, or was searched since.".to_owned(),
                ));
            }
        }
        match season {
            Some(season) if wanted.len() == episodes.len() => client.search_season(series, season).await?,
            _ => client.search_episodes(&wanted).await?,
        };
        Ok(Step::Searched)
    }

    /// Facts may have changed while a search was owed: nothing is searched that came meanwhile.
    async fn still_to_search(
        &self,
        client: &SonarrClient,
        intent: &Intent,
        episodes: &[EpisodeId],
    ) -> Result<Vec<EpisodeId>, ActError> {
        let snapshot = self.snapshot_with_queue(client, intent.series).await?;
        let Some(snapshot) = snapshot else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let recent = self
            .store
            .recent_searches(intent.series, now - SEARCH_MEMORY)
            .await
            .map_err(|error| ActError::NotNow(error.to_string()))?;
        // A repeated try after a season pack is meant to come within the seven days; its own memory is what counts.
        let again = intent.decision.reason == Reason::SearchAgain;
        Ok(snapshot
            .episodes
            .iter()
            .filter(|episode| {
                episodes.contains(&episode.id) && episode.file.is_none() && !snapshot.is_queued(episode.id)
            })
            .filter(|episode| {
                if again {
                    !recent.episodes.contains_key(&episode.id)
                } else {
                    !recent.covers(episode, now)
                }
            })
            .map(|episode| episode.id)
            .collect())
    }

    /// A series with its queue; `None` when Sonarr does not have it anymore.
    pub async fn snapshot_with_queue(
        &self,
        client: &SonarrClient,
        key: SeriesKey,
    ) -> Result<Option<SeriesSnapshot>, RemoteError> {
        let Some(series) = client.series(key.series).await? else {
            return Ok(None);
        };
        let episodes = crate::act::all_episodes(client, key.series).await?;
        let mut snapshot = SeriesSnapshot::new(series, episodes);
        snapshot.queued = Some(queued(client, key).await?);
        Ok(Some(snapshot))
    }
}

/// The episodes of a series that are being downloaded, or wait for it.
pub(crate) async fn queued(
    client: &SonarrClient,
    key: SeriesKey,
) -> Result<std::collections::BTreeSet<EpisodeId>, RemoteError> {
    let is_alive = |record: &sonarr::QueueRecord| {
        !matches!(
            record.tracked_state.as_deref(),
            Some("failed" | "failedPending" | "ignored" | "imported")
        )
    };
    Ok(client
        .queue(key.series)
        .await?
        .into_iter()
        .filter(is_alive)
        .filter_map(|record| record.episode)
        .collect())
}

/// Adds a reminder for each search, to see what became of it.
fn with_outcome_reminders(decision: &Decision, series: SeriesKey, now: Timestamp) -> Decision {
    let mut decision = decision.clone();
    if decision
        .reminders
        .iter()
        .any(|reminder| matches!(reminder.about, ReminderAbout::SearchOutcome { .. }))
    {
        return decision;
    }
    for action in &decision.actions {
        let about = match action {
            Action::SearchSeason { season, episodes } => ReminderAbout::SearchOutcome {
                season: *season,
                episodes: episodes.clone(),
                whole_season: true,
                sent_at: now,
            },
            Action::SearchEpisodes { episodes, positions } => ReminderAbout::SearchOutcome {
                season: positions.first().map_or(0, |position| position.season),
                episodes: episodes.clone(),
                whole_season: false,
                sent_at: now,
            },
            Action::SetMonitoring(_) | Action::DeleteFiles { .. } => continue,
        };
        decision.reminders.push(Reminder {
            series,
            about,
            due_at: now + OUTCOME_PAUSE,
            attempts: 0,
            viewer: decision.subject.viewer.clone(),
        });
    }
    decision
}

/// Nothing gets better by trying again: what it is about is gone.
fn is_hopeless(error: &ActError) -> bool {
    matches!(error, ActError::Remote(RemoteError::NotFound))
}

fn pause(error: &ActError, attempts: u32) -> SignedDuration {
    if let ActError::Remote(RemoteError::Conflict { .. }) = error {
        return DISK_PAUSE;
    }
    if let ActError::Remote(RemoteError::RateLimited {
        retry_after: Some(pause),
    }) = error
    {
        return SignedDuration::try_from(*pause)
            .unwrap_or(DISK_PAUSE)
            .max(SignedDuration::from_secs(1));
    }
    let index = (attempts as usize).min(PAUSES_SECONDS.len() - 1);
    SignedDuration::from_secs(PAUSES_SECONDS[index])
}
