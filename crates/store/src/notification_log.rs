//! When what was notified, so that the same message does not come again and again.

use crate::time::{from_ms_opt, to_ms};
use crate::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

impl Store {
    /// When a message was last shown.
    pub async fn notified_at(&self, topic: &str, key: &str) -> Result<Option<Timestamp>, StoreError> {
        let at = sqlx::query_scalar("SELECT at FROM notification_log WHERE topic = ? AND key = ?")
            .bind(topic)
            .bind(key)
            .fetch_optional(self.readers())
            .await?;
        from_ms_opt(at)
    }

    /// Notes that a message is shown now, unless it was within `pause` before; tells whether it may be shown. A last time
    /// that lies in the future (the clock was set back) does not hold anything up.
    pub async fn claim_notification(
        &self,
        topic: &str,
        key: &str,
        now: Timestamp,
        pause: SignedDuration,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let at = to_ms(now);
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        let done = sqlx::query(
            "INSERT INTO notification_log (topic, key, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (topic, key) DO UPDATE SET at = excluded.at WHERE at > ?3 OR at <= ?4",
        )
        .bind(topic)
        .bind(key)
        .bind(at)
        .bind(at.saturating_sub(pause_ms))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets a message, so that its next occurrence is shown at once: the condition is over.
    pub async fn forget_notification(&self, topic: &str, key: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM notification_log WHERE topic = ? AND key = ?")
            .bind(topic)
            .bind(key)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets messages that were shown before a time.
    pub async fn prune_notifications(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM notification_log WHERE at < ?")
            .bind(to_ms(before))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}
