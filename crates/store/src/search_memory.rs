//! Which searches were sent, so that nothing is searched again within a week.

use crate::time::{from_ms, span_to_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::{EpisodeId, SeriesKey};
use domain::watching::{RecentSearches, SEARCH_MEMORY};
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

impl Store {
    /// The searches of a series that were sent within [`SEARCH_MEMORY`], or as far ahead by a clock that was set back since.
    pub async fn recent_searches(&self, series: SeriesKey, now: Timestamp) -> Result<RecentSearches, StoreError> {
        let rows: Vec<(i32, Option<i64>, i64)> = sqlx::query_as(
            "SELECT season, episode, searched_at FROM search_memory
             WHERE instance = ?1 AND series = ?2 AND searched_at > ?3 - ?4 AND searched_at < ?3 + ?4",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(to_ms(now))
        .bind(span_to_ms(SEARCH_MEMORY))
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

    /// Forgets searches that were sent before a time; tells how many. What seems to lie ahead stays: it may be the clock of
    /// now that is wrong.
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

/// Notes one search; `episode` is `None` for a whole season. The latest counts, except one so far ahead that a clock which
/// was set back since must have noted it: it would hide this one.
pub(crate) async fn note(
    transaction: &mut Transaction<'_, Sqlite>,
    series: SeriesKey,
    season: i32,
    episode: Option<EpisodeId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO search_memory (instance, series, season, episode, searched_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (instance, series, season, coalesce(episode, 0))
         DO UPDATE SET searched_at = excluded.searched_at
         WHERE searched_at < excluded.searched_at OR searched_at >= excluded.searched_at + ?6",
    )
    .bind(series.instance.0)
    .bind(series.series.0)
    .bind(season)
    .bind(episode.map(|episode| episode.0))
    .bind(to_ms(at))
    .bind(span_to_ms(SEARCH_MEMORY))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
