//! In which intervals it is known what happened on a media server: it was read then, or its history was read back later.

use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Store, StoreError};
use domain::ids::ServerId;
use jiff::{SignedDuration, Timestamp};

impl Store {
    /// Notes that a server was read from one time to another. It is one with intervals that lie no further than
    /// `tolerance` away. An interval that ends before it begins (the clock was set back) is left out.
    pub async fn note_observed(
        &self,
        server: ServerId,
        from: Timestamp,
        until: Timestamp,
        tolerance: SignedDuration,
    ) -> Result<(), StoreError> {
        if until < from {
            return Ok(());
        }
        let reach = millis(tolerance);
        let (from, until) = (to_ms(from), to_ms(until));
        let mut transaction = self.write().await?;
        let touched: (Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT min(from_at), max(until_at) FROM observed WHERE server = ? AND until_at >= ? AND from_at <= ?",
        )
        .bind(server.0)
        .bind(from.saturating_sub(reach))
        .bind(until.saturating_add(reach))
        .fetch_one(&mut *transaction)
        .await?;
        let from = touched.0.map_or(from, |touched| touched.min(from));
        let until = touched.1.map_or(until, |touched| touched.max(until));
        sqlx::query("DELETE FROM observed WHERE server = ? AND until_at >= ? AND from_at <= ?")
            .bind(server.0)
            .bind(from)
            .bind(until)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO observed (server, from_at, until_at) SELECT id, ?, ? FROM connection WHERE id = ?")
            .bind(from)
            .bind(until)
            .bind(server.0)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a server's history was read back for an interval: what happened in it is known now.
    pub async fn close_gap(&self, server: ServerId, from: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        self.note_observed(server, from, until, SignedDuration::ZERO).await
    }

    /// The times between `since` and `until` in which it is not known what happened on a server, ascending. Gaps no longer
    /// than `tolerance` are none.
    pub async fn gaps(
        &self,
        server: ServerId,
        since: Timestamp,
        until: Timestamp,
        tolerance: SignedDuration,
    ) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
        let known: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT from_at, until_at FROM observed WHERE server = ? AND until_at >= ? AND from_at <= ? ORDER BY from_at",
        )
        .bind(server.0)
        .bind(to_ms(since))
        .bind(to_ms(until))
        .fetch_all(self.readers())
        .await?;
        between(&known, to_ms(since), to_ms(until), millis(tolerance))
            .into_iter()
            .map(|(from, until)| Ok((from_ms(from)?, from_ms(until)?)))
            .collect()
    }

    /// Since when a server is observed at all; what was before is unknown.
    pub async fn observation_began_at(&self, server: ServerId) -> Result<Option<Timestamp>, StoreError> {
        let from = sqlx::query_scalar("SELECT min(from_at) FROM observed WHERE server = ?")
            .bind(server.0)
            .fetch_one(self.readers())
            .await?;
        from_ms_opt(from)
    }

    /// Up to when it is known what happened on a server.
    pub async fn observed_until(&self, server: ServerId) -> Result<Option<Timestamp>, StoreError> {
        let until = sqlx::query_scalar("SELECT max(until_at) FROM observed WHERE server = ?")
            .bind(server.0)
            .fetch_one(self.readers())
            .await?;
        from_ms_opt(until)
    }

    /// Forgets intervals that ended before a time.
    pub async fn prune_observed(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM observed WHERE until_at < ?")
            .bind(to_ms(before))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).max(0)
}

fn between(known: &[(i64, i64)], since: i64, until: i64, tolerance: i64) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let mut reached = since;
    for &(from, to) in known {
        let from = from.min(until);
        if from.saturating_sub(reached) > tolerance {
            gaps.push((reached, from));
        }
        reached = reached.max(to);
    }
    if until.saturating_sub(reached) > tolerance {
        gaps.push((reached, until));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_gap_unless_it_is_short() {
        let known = [(10, 20), (25, 40), (60, 70)];
        assert_eq!(between(&known, 0, 100, 0), [(0, 10), (20, 25), (40, 60), (70, 100)]);
        assert_eq!(between(&known, 0, 100, 10), [(40, 60), (70, 100)]);
        assert_eq!(between(&known, 12, 18, 0), []);
        assert_eq!(between(&[], 5, 9, 0), [(5, 9)]);
        assert_eq!(between(&[], 9, 5, 0), []);
    }
}
