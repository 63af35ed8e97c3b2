//! Searches: sent once, and not for what came meanwhile.

use super::Step;
use crate::act::{ActError, search_arrived};
use crate::core::Core;
use domain::ids::{EpisodeId, SeriesId, SeriesKey};
use domain::series::{Episode, SeriesSnapshot};
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
        if !resumed {
            send(client, series, season, episodes).await?;
            return Ok(Step::Searched { only: None });
        }
        let since = || self.by_sonarrs_clock(started_before.unwrap_or(intent.created_at), intent.series);
        if started_before.is_some() && search_arrived(client, series, season, episodes, since).await? {
            return Ok(Step::Searched { only: None });
        }
        let open = self.still_to_search(client, intent, episodes).await?;
        if open.wanted.is_empty() {
            return Ok(Step::Moot {
                remark:
                    "What was to be searched is there, is being downloaded, was searched since, or is no longer wanted."
                        .to_owned(),
                waiting: open.waiting,
            });
        }
        if open.wanted.len() == episodes.len() {
            send(client, series, season, episodes).await?;
            return Ok(Step::Searched { only: None });
        }
        // What is left of it may have been sent before, too.
        if started_before.is_none() || !search_arrived(client, series, None, &open.wanted, since).await? {
            send(client, series, None, &open.wanted).await?;
        }
        Ok(Step::Searched {
            only: Some(open.wanted),
        })
    }

    /// What time it was at a Sonarr. By a clock that was set back since, it may have been at any time that still matters.
    pub(crate) fn by_sonarrs_clock(&self, at: Timestamp, series: SeriesKey) -> Timestamp {
        let now = self.now();
        let at = if at > now { now - SEARCH_MEMORY } else { at };
        let ahead = self
            .link_of(series)
            .and_then(|link| self.transport.ahead_of(&link.connection.url));
        at.saturating_sub(ahead.unwrap_or_default()).unwrap_or(at)
    }

    /// Facts may have changed while a search was owed: nothing is searched that came meanwhile, or that nobody wants any more.
    async fn still_to_search(
        &self,
        client: &SonarrClient,
        intent: &Intent,
        episodes: &[EpisodeId],
    ) -> Result<StillOpen, ActError> {
        let snapshot = self.snapshot_with_queue(client, intent.series).await?;
        let Some(snapshot) = snapshot else {
            return Ok(StillOpen::default());
        };
        let now = self.now();
        let recent = self
            .store
            .recent_searches(intent.series, now)
            .await
            .map_err(|error| ActError::NotNow(error.to_string()))?;
        let missing = snapshot.episodes.iter().filter(|episode| {
            episodes.contains(&episode.id) && episode.file.is_none() && episode.monitored && snapshot.series.monitored
        });
        let (wanted, waiting): (Vec<&Episode>, Vec<&Episode>) =
            missing.partition(|episode| !snapshot.is_queued(episode.id) && !recent.covers(episode, now));
        Ok(StillOpen {
            wanted: wanted.iter().map(|episode| episode.id).collect(),
            waiting: waiting.iter().map(|episode| (episode.at.season, episode.id)).collect(),
        })
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

/// What has not come of a search that is owed.
#[derive(Default)]
struct StillOpen {
    /// To be searched.
    wanted: Vec<EpisodeId>,
    /// Being downloaded, or searched by somebody else lately; each with its season.
    waiting: Vec<(i32, EpisodeId)>,
}

/// Sends a search for a whole season, or else for episodes.
async fn send(
    client: &SonarrClient,
    series: SeriesId,
    season: Option<i32>,
    episodes: &[EpisodeId],
) -> Result<(), RemoteError> {
    match season {
        Some(season) => client.search_season(series, season).await?,
        None => client.search_episodes(episodes).await?,
    };
    Ok(())
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
