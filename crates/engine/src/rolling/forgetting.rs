//! What is no longer wanted of a show once it is reset or removed: reminders, and searches that are still owed.

use crate::core::Core;
use domain::ids::{EpisodeId, RollingShowId, SeriesKey};
use domain::monitoring::MonitoringType;
use domain::plan::{Action, Bookkeeping, Decision, ReminderAbout};
use std::collections::BTreeSet;
use store::{IntentState, Outcome, StoreError};

impl Core {
    /// Notes here what follows from a decision that has nothing to do in Sonarr. Tells whether a show was reset by it.
    pub(crate) async fn note_afterwards(&self, decision: &Decision) -> Result<bool, StoreError> {
        let mut was_reset = false;
        self.forget_before_reset(decision, None).await?;
        for entry in &decision.afterwards {
            match entry {
                Bookkeeping::Expanded { show, viewer, season } => {
                    let reached = self.store.rolling_show(*show).await?;
                    self.store
                        .record_expanded(*show, viewer.as_ref(), *season, self.now())
                        .await?;
                    if reached.is_some_and(|reached| reached.current_monitored_season < *season) {
                        self.publisher.shows_changed();
                    }
                }
                Bookkeeping::Reset { show, coming } => {
                    match self.store.reset_rolling_show(*show, *coming, self.now()).await {
                        Ok(()) | Err(StoreError::NotFound(_)) => {}
                        Err(error) => return Err(error),
                    }
                    was_reset = true;
                    self.publisher.shows_changed();
                }
            }
        }
        Ok(was_reset)
    }

    /// Forgets what a reset makes moot: searches that are owed (but not the work `except`), and reminders of what is no longer
    /// wanted. Does nothing for other decisions.
    pub(crate) async fn forget_before_reset(&self, decision: &Decision, except: Option<i64>) -> Result<(), StoreError> {
        let reset = decision.afterwards.iter().find_map(|entry| match entry {
            Bookkeeping::Reset { show, .. } => Some(*show),
            Bookkeeping::Expanded { .. } => None,
        });
        let (Some(show), Some(series)) = (reset, decision.subject.series) else {
            return Ok(());
        };
        for open in self.store.open_intents_for(series).await? {
            if Some(open.id) != except && open.state == IntentState::Open && open.decision.searches() > 0 {
                self.store
                    .drop_intent(open.id, self.now(), Outcome::Nothing, "The show was reset meanwhile.")
                    .await?;
            }
        }
        self.forget_refusals(show).await?;
        let unwanted: BTreeSet<EpisodeId> = decision.actions.iter().flat_map(episodes_off).collect();
        // Of a show that starts with every season's first episode, new seasons are wanted after a reset too.
        let show = self.store.rolling_show(show).await?;
        let greets_seasons = show.is_some_and(|show| show.monitoring_type == MonitoringType::AllSeasonPilotRolling);
        for stored in self.store.reminders_for(series).await? {
            let moot = match &stored.reminder.about {
                ReminderAbout::SeasonListed { .. } => !greets_seasons,
                ReminderAbout::EpisodesAired { episodes, .. } | ReminderAbout::SearchOutcome { episodes, .. } => {
                    episodes.iter().all(|episode| unwanted.contains(episode))
                }
            };
            if moot {
                self.store.remove_reminder(stored.id).await?;
            }
        }
        Ok(())
    }

    /// Forgets everything that was to be looked at again about a series.
    pub(crate) async fn forget_series(&self, series: SeriesKey) -> Result<(), StoreError> {
        for stored in self.store.reminders_for(series).await? {
            self.store.remove_reminder(stored.id).await?;
        }
        Ok(())
    }

    /// Forgets which seasons of a show were there.
    pub(crate) async fn forget_seasons(&self, show: RollingShowId) -> Result<(), StoreError> {
        self.store.set_meta(&super::new_seasons::key(show), None).await
    }
}

fn episodes_off(action: &Action) -> Vec<EpisodeId> {
    match action {
        Action::SetMonitoring(change) => change.episodes_off.clone(),
        Action::SearchSeason { .. } | Action::SearchEpisodes { .. } | Action::DeleteFiles { .. } => Vec::new(),
    }
}
