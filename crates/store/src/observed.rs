//! In which intervals it is known what happened on a media server: it was read then, or its history was read back later.

use crate::time::{from_ms, from_ms_opt, span_to_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::ServerId;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

/// A clock that is set by the network moves so far at most.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

impl Store {
    /// Notes that a server was read from one time to another. It is one with intervals that lie no further than
    /// `tolerance` away; gives false where there is none, so that something was missed before. An interval that ends before
    /// it begins (the clock was set back) is left out.
    pub async fn note_observed(
        &self,
        server: ServerId,
        from: Timestamp,
        until: Timestamp,
        tolerance: SignedDuration,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let goes_on = add_interval(&mut transaction, server, from, until, tolerance).await?;
        sqlx::query("UPDATE connection SET last_contact_at = max(coalesce(last_contact_at, ?1), ?1) WHERE id = ?2")
            .bind(to_ms(until))
            .bind(server.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(goes_on)
    }

    /// Notes that a server's history was read back up to a time: what happened since `from` is known now, or nothing more than
    /// before where there is none.
    pub async fn note_history_read(
        &self,
        server: ServerId,
        from: Option<Timestamp>,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        if let Some(from) = from {
            add_interval(&mut transaction, server, from, until, SignedDuration::ZERO).await?;
        }
        sqlx::query("UPDATE connection SET history_read_until_at = ? WHERE id = ?")
            .bind(to_ms(until))
            .bind(server.0)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The times between `since` and `until`, the present, in which it is not known what happened on a server, ascending. Gaps
    /// no longer than `tolerance` are none.
    pub async fn gaps(
        &self,
        server: ServerId,
        since: Timestamp,
        until: Timestamp,
        tolerance: SignedDuration,
    ) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
        let known: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT from_at, until_at FROM observed WHERE server = ? AND until_at BETWEEN ? AND ? ORDER BY from_at",
        )
        .bind(server.0)
        .bind(to_ms(since))
        .bind(believed_until(until))
        .fetch_all(self.readers())
        .await?;
        between(&known, to_ms(since), to_ms(until), span_to_ms(tolerance))
            .into_iter()
            .map(|(from, until)| Ok((from_ms(from)?, from_ms(until)?)))
            .collect()
    }

    /// Up to when it is known, at present, what happened on a server.
    pub async fn observed_until(&self, server: ServerId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let until = sqlx::query_scalar("SELECT max(until_at) FROM observed WHERE server = ? AND until_at <= ?")
            .bind(server.0)
            .bind(believed_until(now))
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

async fn add_interval(
    transaction: &mut Transaction<'_, Sqlite>,
    server: ServerId,
    from: Timestamp,
    until: Timestamp,
    tolerance: SignedDuration,
) -> Result<bool, StoreError> {
    if until < from {
        return Ok(true);
    }
    let believed = believed_until(until);
    let reach = span_to_ms(tolerance);
    let (from, until) = (to_ms(from), to_ms(until));
    let touched: (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT min(from_at), max(until_at) FROM observed WHERE server = ? AND until_at BETWEEN ? AND ? AND from_at <= ?",
    )
    .bind(server.0)
    .bind(from.saturating_sub(reach))
    .bind(believed)
    .bind(until.saturating_add(reach))
    .fetch_one(&mut **transaction)
    .await?;
    let from = touched.0.map_or(from, |touched| touched.min(from));
    let until = touched.1.map_or(until, |touched| touched.max(until));
    sqlx::query("DELETE FROM observed WHERE server = ? AND (until_at > ? OR (until_at >= ? AND from_at <= ?))")
        .bind(server.0)
        .bind(believed)
        .bind(from)
        .bind(until)
        .execute(&mut **transaction)
        .await?;
    sqlx::query("INSERT INTO observed (server, from_at, until_at) SELECT id, ?, ? FROM connection WHERE id = ?")
        .bind(from)
        .bind(until)
        .bind(server.0)
        .execute(&mut **transaction)
        .await?;
    Ok(touched.0.is_some())
}

/// An interval that ends later than this was written by a clock that ran ahead. It is not believed: what happened in it is
/// read back from the history.
fn believed_until(now: Timestamp) -> i64 {
    to_ms(now).saturating_add(span_to_ms(CLOCKS_DIFFER))
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
