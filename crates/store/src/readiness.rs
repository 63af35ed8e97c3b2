//! Whether expansions were in time: each with when it was sent, when its season was there, when its viewer was expected to get
//! to the end of what there was before it, and when they went on.

use crate::time::{span_to_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::{SeriesKey, ViewerKey};
use jiff::{SignedDuration, Timestamp};

/// Who goes on within this time after they were expected to has most likely waited for it.
const SAME_EVENING: SignedDuration = SignedDuration::from_hours(6);
/// What is not there so long after it was expected to be needed is late, whether or not anybody has asked for it since.
const LATE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How many expansions were in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readiness {
    /// The next episode was there before the viewer needed it.
    pub in_time: u64,
    /// The viewer got to the end of what was there before it.
    pub late: u64,
    /// It cannot be told so far.
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
    /// Notes that a season was searched for a viewer. `expected_at` says when they get to the end of what is there, where that
    /// is known beforehand. An expansion to the same season that is still open stays the one that counts.
    pub async fn note_expansion_sent(
        &self,
        series: SeriesKey,
        season: i32,
        viewer: &ViewerKey,
        sent_at: Timestamp,
        expected_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO readiness (instance, series, season, server, account, sent_at, expected_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM readiness WHERE instance = ?1 AND series = ?2
             AND season = ?3 AND server = ?4 AND account = ?5 AND (needed_at IS NULL OR there_at IS NULL))",
        )
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .bind(to_ms(sent_at))
        .bind(expected_at.map(to_ms))
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

    /// Notes when a viewer gets to the end of what there is before a season. Only the first time counts.
    pub async fn note_season_expected(
        &self,
        series: SeriesKey,
        season: i32,
        viewer: &ViewerKey,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE readiness SET expected_at = ?
             WHERE instance = ? AND series = ? AND season = ? AND server = ? AND account = ?
             AND needed_at IS NULL AND expected_at IS NULL",
        )
        .bind(to_ms(at))
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a viewer has gone on to a season, or is about to and it is there. Only the first time counts; `begins` says
    /// that it is the season's first episode, which before the expected time may be what the season was searched for.
    pub async fn note_season_needed(
        &self,
        series: SeriesKey,
        season: i32,
        viewer: &ViewerKey,
        at: Timestamp,
        begins: bool,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE readiness SET there_at = coalesce(there_at, max(?1, sent_at)), needed_at = max(sent_at,
             CASE WHEN expected_at BETWEEN ?1 - ?2 AND ?1 THEN expected_at ELSE ?1 END)
             WHERE instance = ?3 AND series = ?4 AND season = ?5 AND server = ?6 AND account = ?7 AND needed_at IS NULL
             AND NOT (?8 AND expected_at IS NOT NULL AND expected_at > ?1)",
        )
        .bind(to_ms(at))
        .bind(span_to_ms(SAME_EVENING))
        .bind(series.instance.0)
        .bind(series.series.0)
        .bind(season)
        .bind(viewer.server.0)
        .bind(&viewer.account)
        .bind(begins)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that viewers have begun to watch something: what they were expected to want by then and is not there is late.
    pub async fn note_viewers_go_on(&self, viewers: &[&ViewerKey], at: Timestamp) -> Result<(), StoreError> {
        let viewers: Vec<(i64, &str)> = viewers
            .iter()
            .map(|viewer| (viewer.server.0, viewer.account.as_str()))
            .collect();
        let viewers = serde_json::to_string(&viewers).map_err(|error| StoreError::Other(error.to_string()))?;
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE readiness SET needed_at = expected_at
             WHERE needed_at IS NULL AND there_at IS NULL AND expected_at BETWEEN ?1 - ?2 AND ?1
             AND (server, account) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?3))",
        )
        .bind(to_ms(at))
        .bind(span_to_ms(SAME_EVENING))
        .bind(viewers)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// How many of the expansions that were sent at `since` or later were in time.
    pub async fn readiness(&self, since: Timestamp, now: Timestamp) -> Result<Readiness, StoreError> {
        let (in_time, late, all): (i64, i64, i64) = sqlx::query_as(
            "WITH told AS (SELECT coalesce(coalesce(there_at, ?2) > needed_at, 0) OR coalesce(expected_at + ?3 < coalesce(there_at, ?2), 0) AS late,
             coalesce(there_at <= needed_at, 0) AS there FROM readiness WHERE sent_at >= ?1)
             SELECT count(*) FILTER (WHERE there AND NOT late), count(*) FILTER (WHERE late), count(*) FROM told",
        )
        .bind(to_ms(since))
        .bind(to_ms(now))
        .bind(span_to_ms(LATE_AFTER))
        .fetch_one(self.readers())
        .await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Readiness {
            in_time: count(in_time),
            late: count(late),
            open: count(all - in_time - late),
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
