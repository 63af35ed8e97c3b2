//! Measures whether what viewers want next is there before they are.

use crate::core::Core;
use domain::ids::{EpisodeId, EpisodeRef, SeriesKey};
use domain::plan::{Action, Bookkeeping};
use domain::series::SeriesSnapshot;
use domain::watching::{Watched, place};
use jiff::SignedDuration;
use store::{Intent, StoreError};

/// How long after somebody began an episode they want the next one: about an episode's length.
const ONE_EPISODE: SignedDuration = SignedDuration::from_mins(40);

impl Core {
    /// Notes an expansion that searched for something.
    pub(crate) async fn note_expansion(&self, intent: &Intent) -> Result<(), StoreError> {
        let searched = intent.decision.actions.iter().any(Action::is_search);
        for entry in &intent.decision.afterwards {
            if let Bookkeeping::Expanded {
                viewer: Some(viewer),
                season,
                ..
            } = entry
                && searched
            {
                // The rest of the season that is being watched is wanted right after the episode that is on.
                let is_current = intent.decision.subject.season == Some(*season);
                let needed_at = is_current.then(|| intent.created_at + ONE_EPISODE);
                self.store
                    .note_expansion_sent(intent.series, *season, viewer, intent.created_at, needed_at)
                    .await?;
            }
        }
        Ok(())
    }

    /// Notes that what was searched first of a season is there, if it is.
    pub(crate) async fn note_arrival(
        &self,
        series: SeriesKey,
        season: i32,
        searched: &[EpisodeId],
        snapshot: &SeriesSnapshot,
    ) -> Result<(), StoreError> {
        let first = snapshot
            .season_episodes(season)
            .find(|episode| searched.contains(&episode.id));
        if first.is_some_and(|episode| episode.file.is_some()) {
            self.store.note_season_there(series, season, self.now()).await?;
        }
        Ok(())
    }

    /// Notes which season a viewer needs now: the next one at the end of a season, and the one they are in.
    pub(crate) async fn note_need(&self, watched: &Watched, snapshot: &SeriesSnapshot) -> Result<(), StoreError> {
        let series = snapshot.series.key;
        let (viewer, now) = (&watched.viewer.key, self.now());
        let is_next = |season: i32| {
            place(
                snapshot,
                EpisodeRef {
                    season,
                    episode: watched.at.episode,
                },
            )
        };
        self.store
            .note_season_needed(series, watched.at.season, viewer, now, true)
            .await?;
        let Some(here) = is_next(watched.at.season).filter(|here| here.after.is_empty()) else {
            return Ok(());
        };
        let Some(next) = here.next_season else { return Ok(()) };
        let first = snapshot.season_episodes(next).next();
        let is_there = first.is_some_and(|episode| episode.file.is_some());
        self.store.note_season_needed(series, next, viewer, now, is_there).await
    }
}
