//! Searches: sent once, and not for what came meanwhile.

use super::Step;
use crate::act::{ActError, search_arrived};
use crate::core::Core;
use domain::ids::{EpisodeId, SeriesKey};
use domain::plan::Reason;
use domain::series::SeriesSnapshot;
use domain::watching::SEARCH_MEMORY;
use jiff::Timestamp;
use remote::RemoteError;
use sonarr::SonarrClient;
use store::Intent;

impl Core {
    pub(super) async fn search(
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
