//! Whether expansions were in time: each with when it was sent, when its season was there, and when it was needed.

use crate::time::to_ms;
use crate::{Store, StoreError};
use domain::ids::{SeriesKey, ViewerKey};
use jiff::Timestamp;

/// How many expansions were in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readiness {
    /// The next episode was there before the viewer needed it.
    pub in_time: u64,
    /// The viewer needed it and it was not there.
    pub late: u64,
    /// Nobody has needed it so far.
    pub open: u64,
}

impl Readiness {
    /// The share that was in time of those that can be told, between 0 and 1; `None` where none can.
    pub fn share(&self) -> Option<f64> {
        let told = self.in_time + self.late;
        (told > 0).then(|| self.in_time as f64 / told as f64)
    }
}

impl Store {
    /// Notes that a season was searched for a viewer. `needed_at` is given where it is known beforehand. An expansion to the
    /// same season that is still open stays the one that counts.
    pub async fn note_expansion_sent(
        &self,
        series: SeriesKey,
        season: i32,
        viewer: &ViewerKey,
        sent_at: Timestamp,
        needed_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO readiness (instance, series, season, server, account, sent_at, needed_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM readiness WHERE instance = ?1 AND series = ?2
             AND season = ?3 AND server = ?4 AND account = ?5 AND (needed_at IS NULL OR there_at IS NULL))",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .bind(to_ms(sent_at))
        .bind(needed_at.map(to_ms))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that the first episode that was searched of a season is there.
    pub async fn note_season_there(&self, series: SeriesKey, season: i32, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE readiness SET there_at = max(?, sent_at) WHERE instance = ? AND series = ? AND season = ? AND there_at IS NULL",
        )
        .bind(to_ms(at))
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a viewer needs a season, and whether it is there. Only the first time counts.
    pub async fn note_season_needed(
        &self,
        series: SeriesKey,
        season: i32,
        viewer: &ViewerKey,
        at: Timestamp,
        is_there: bool,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE readiness SET needed_at = max(?1, sent_at),
             there_at = CASE WHEN ?2 THEN coalesce(there_at, max(?1, sent_at)) ELSE there_at END
             WHERE instance = ?3 AND series = ?4 AND season = ?5 AND server = ?6 AND account = ?7 AND needed_at IS NULL",
        )
        .bind(to_ms(at))
        .bind(is_there)
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// How many of the expansions that were sent at `since` or later were in time.
    pub async fn readiness(&self, since: Timestamp, now: Timestamp) -> Result<Readiness, StoreError> {
        let (in_time, late, open): (i64, i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE there_at <= needed_at),
             count(*) FILTER (WHERE there_at > needed_at OR (there_at IS NULL AND needed_at <= ?2)),
             count(*) FILTER (WHERE needed_at IS NULL OR (there_at IS NULL AND needed_at > ?2))
             FROM readiness WHERE sent_at >= ?1",
        )
        .bind(to_ms(since))
        .bind(to_ms(now))
        .fetch_one(self.readers())
        .await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Readiness {
            in_time: count(in_time),
            late: count(late),
            open: count(open),
        })
    }

    /// Forgets expansions that were sent before a time.
    pub async fn prune_readiness(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM readiness WHERE sent_at < ?")
            .bind(to_ms(before))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}
