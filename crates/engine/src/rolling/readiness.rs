//! Measures whether what viewers want next is there before they are.

use crate::core::Core;
use domain::ids::{EpisodeId, SeriesKey};
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
                // The rest of the season that is being watched may be wanted right after the episode that is on.
                let is_current = intent.decision.subject.season == Some(*season);
                let expected_at = is_current.then(|| intent.created_at + ONE_EPISODE);
                self.store
                    .note_expansion_sent(intent.series, *season, viewer, intent.created_at, expected_at)
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

    /// Notes that a viewer has come to a season, and at its end that they are about to come to the next one.
    pub(crate) async fn note_need(&self, watched: &Watched, snapshot: &SeriesSnapshot) -> Result<(), StoreError> {
        let series = snapshot.series.key;
        let (viewer, now) = (&watched.viewer.key, self.now());
        let season = watched.at.season;
        let begins = snapshot
            .season_episodes(season)
            .next()
            .is_some_and(|first| watched.episodes.contains(&first.at));
        self.store
            .note_season_needed(series, season, viewer, now, begins)
            .await?;
        let Some(here) = place(snapshot, watched.at).filter(|here| here.after.is_empty()) else {
            return Ok(());
        };
        let Some(next) = here.next_season else { return Ok(()) };
        let first = snapshot.season_episodes(next).next();
        if first.is_some_and(|episode| episode.file.is_some()) {
            self.store.note_season_needed(series, next, viewer, now, false).await
        } else {
            self.store
                .note_season_expected(series, next, viewer, now + ONE_EPISODE)
                .await
        }
    }
}
