//! What is to be looked at again after a search: what came of it, and what could not be searched now.

use crate::core::Core;
use domain::ids::{EpisodeId, SeriesKey};
use domain::plan::{Action, Decision, Reminder, ReminderAbout};
use domain::reminders::{DOWNLOAD_PAUSE, MAX_TRIES, OUTCOME_PAUSE};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::{Intent, StoreError};

impl Core {
    /// The same decision without reminders of episodes whose search is being followed up: they are searched again in its time.
    pub(crate) async fn without_what_is_followed(&self, decision: &Decision) -> Result<Decision, StoreError> {
        let mut decision = decision.clone();
        let waits = |reminder: &Reminder| matches!(reminder.about, ReminderAbout::EpisodesAired { .. });
        let Some(series) = decision.subject.series.filter(|_| decision.reminders.iter().any(waits)) else {
            return Ok(decision);
        };
        let followed: BTreeSet<EpisodeId> = self
            .store
            .reminders_for(series)
            .await?
            .into_iter()
            .filter(|stored| stored.reminder.attempts + 1 < MAX_TRIES)
            .filter_map(|stored| match stored.reminder.about {
                ReminderAbout::SearchOutcome { episodes, .. } => Some(episodes),
                ReminderAbout::SeasonListed { .. } | ReminderAbout::EpisodesAired { .. } => None,
            })
            .flatten()
            .collect();
        for reminder in &mut decision.reminders {
            if let ReminderAbout::EpisodesAired { episodes, .. } = &mut reminder.about {
                episodes.retain(|episode| !followed.contains(episode));
            }
        }
        decision.reminders.retain(|reminder| match &reminder.about {
            ReminderAbout::EpisodesAired { episodes, .. } => !episodes.is_empty(),
            ReminderAbout::SeasonListed { .. } | ReminderAbout::SearchOutcome { .. } => true,
        });
        Ok(decision)
    }

    /// Reminders of an intent whose search is moot: what has not aired yet is still wanted when it has.
    pub(super) async fn keep_what_is_still_to_come(&self, intent: &Intent) -> Result<(), StoreError> {
        for reminder in &intent.decision.reminders {
            if !matches!(reminder.about, ReminderAbout::SearchOutcome { .. }) {
                self.store.remind(reminder, self.now()).await?;
            }
        }
        Ok(())
    }

    /// What need not be searched because it is being downloaded is looked at again: a download may fail, and then the search
    /// is still owed.
    pub(super) async fn look_after_waiting(
        &self,
        intent: &Intent,
        waiting: &[(i32, EpisodeId)],
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut seasons: BTreeMap<i32, Vec<EpisodeId>> = BTreeMap::new();
        for (season, episode) in waiting {
            seasons.entry(*season).or_default().push(*episode);
        }
        let mut decision = Decision {
            reminders: Vec::new(),
            ..intent.decision.clone()
        };
        for (season, episodes) in seasons {
            decision.reminders.push(Reminder {
                series: intent.series,
                about: ReminderAbout::EpisodesAired { season, episodes },
                due_at: now + DOWNLOAD_PAUSE,
                attempts: 0,
                viewer: intent.decision.subject.viewer.clone(),
            });
        }
        for reminder in &self.without_what_is_followed(&decision).await?.reminders {
            self.store.remind(reminder, now).await?;
        }
        Ok(())
    }
}

/// Adds a reminder for each season of each search, to see what became of it.
pub(super) fn with_outcome_reminders(decision: &Decision, series: SeriesKey, now: Timestamp) -> Decision {
    let mut decision = decision.clone();
    if decision
        .reminders
        .iter()
        .any(|reminder| matches!(reminder.about, ReminderAbout::SearchOutcome { .. }))
    {
        return decision;
    }
    let searched: Vec<(i32, bool, Vec<EpisodeId>)> = decision.actions.iter().flat_map(searched).collect();
    for (season, whole_season, episodes) in searched {
        decision.reminders.push(Reminder {
            series,
            about: ReminderAbout::SearchOutcome {
                season,
                episodes,
                whole_season,
                sent_at: now,
            },
            due_at: now + OUTCOME_PAUSE,
            attempts: 0,
            viewer: decision.subject.viewer.clone(),
        });
    }
    decision
}

/// What an action searches, season by season, and whether as a whole season.
fn searched(action: &Action) -> Vec<(i32, bool, Vec<EpisodeId>)> {
    match action {
        Action::SearchSeason { season, episodes } => vec![(*season, true, episodes.clone())],
        Action::SearchEpisodes { episodes, positions } => {
            let mut seasons: BTreeMap<i32, Vec<EpisodeId>> = BTreeMap::new();
            for (episode, position) in episodes.iter().zip(positions) {
                seasons.entry(position.season).or_default().push(*episode);
            }
            seasons
                .into_iter()
                .map(|(season, episodes)| (season, false, episodes))
                .collect()
        }
        Action::SetMonitoring(_) | Action::DeleteFiles { .. } => Vec::new(),
    }
}
