//! Which searches were sent, so that nothing is searched again within a week.

use crate::time::{from_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::{EpisodeId, SeriesKey};
use domain::watching::RecentSearches;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

impl Store {
    /// Notes that a season search was sent.
    pub async fn note_season_search(&self, series: SeriesKey, season: i32, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        note(&mut transaction, series, season, None, at).await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that episodes were searched, each given with its season.
    pub async fn note_episode_searches(
        &self,
        series: SeriesKey,
        episodes: &[(EpisodeId, i32)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for (episode, season) in episodes {
            note(&mut transaction, series, *season, Some(*episode), at).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The searches of a series that were sent at `since` or later.
    pub async fn recent_searches(&self, series: SeriesKey, since: Timestamp) -> Result<RecentSearches, StoreError> {
        let rows: Vec<(i32, Option<i64>, i64)> = sqlx::query_as(
            "SELECT season, episode, searched_at FROM search_memory
             WHERE instance = ? AND series = ? AND searched_at >= ?",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(to_ms(since))
        .fetch_all(self.readers())
        .await?;
        let mut recent = RecentSearches::default();
        for (season, episode, searched_at) in rows {
            let at = from_ms(searched_at)?;
            match episode {
                Some(episode) => recent.episodes.insert(EpisodeId(episode), at),
                None => recent.seasons.insert(season, at),
            };
        }
        Ok(recent)
    }

    /// Forgets searches that were sent before a time; tells how many.
    pub async fn prune_searches(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM search_memory WHERE searched_at < ?")
            .bind(to_ms(before))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

/// Notes one search; `episode` is `None` for a whole season.
pub(crate) async fn note(
    transaction: &mut Transaction<'_, Sqlite>,
    series: SeriesKey,
    season: i32,
    episode: Option<EpisodeId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO search_memory (instance, series, season, episode, searched_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (instance, series, season, coalesce(episode, 0))
         DO UPDATE SET searched_at = max(searched_at, excluded.searched_at)",
    )
    .bind(series.instance.0)
    .bind(series.series.0)
    .bind(season)
    .bind(episode.map(|episode| episode.0))
    .bind(to_ms(at))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
