//! Things to be looked at again later.

use crate::time::{from_ms, span_to_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::{InstanceId, SeriesId, SeriesKey};
use domain::plan::{Reminder, ReminderAbout};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};
use tracing::warn;

/// A due time that was set so much ahead of now was set by a clock that has been set back since: nobody knows when it is.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// A reminder with its row id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReminder {
    /// Row id.
    pub id: i64,
    /// The reminder.
    pub reminder: Reminder,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    instance: i64,
    series: i64,
    about: String,
    due_at: i64,
    attempts: u32,
    viewer: Option<String>,
}

/// The text under which equal subjects are one: episodes ascending, each once.
fn canonical(about: &ReminderAbout) -> Result<String, StoreError> {
    let mut about = about.clone();
    match &mut about {
        ReminderAbout::EpisodesAired { episodes, .. } | ReminderAbout::SearchOutcome { episodes, .. } => {
            episodes.sort_unstable();
            episodes.dedup();
        }
        ReminderAbout::SeasonListed { .. } => {}
    }
    serde_json::to_string(&about).map_err(|error| StoreError::Other(error.to_string()))
}

/// Rows that another version wrote and this one does not understand are left alone.
fn read(rows: Vec<Row>) -> Result<Vec<StoredReminder>, StoreError> {
    let mut reminders = Vec::with_capacity(rows.len());
    for row in rows {
        match serde_json::from_str(&row.about) {
            Ok(about) => reminders.push(StoredReminder {
                id: row.id,
                reminder: Reminder {
                    series: SeriesKey {
                        instance: InstanceId(row.instance),
                        series: SeriesId(row.series),
                    },
                    about,
                    due_at: from_ms(row.due_at)?,
                    attempts: row.attempts,
                    viewer: row.viewer,
                },
            }),
            Err(error) => warn!(id = row.id, %error, "a reminder cannot be understood"),
        }
    }
    Ok(reminders)
}

impl Store {
    /// Remembers something. Of equal subjects of a series there is one, due at the earlier of the two times.
    pub async fn remind(&self, reminder: &Reminder, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        put(&mut transaction, reminder, now).await?;
        Ok(transaction.commit().await?)
    }

    /// The reminders that are due, oldest first. Those that a clock set which was ahead are due as well.
    pub async fn due_reminders(&self, now: Timestamp) -> Result<Vec<StoredReminder>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM reminder WHERE due_at <= ?1 OR set_at > ?1 + ?2 ORDER BY due_at, id")
            .bind(to_ms(now))
            .bind(span_to_ms(AHEAD))
            .fetch_all(self.readers())
            .await?;
        read(rows)
    }

    /// The reminders of a series.
    pub async fn reminders_for(&self, series: SeriesKey) -> Result<Vec<StoredReminder>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM reminder WHERE instance = ? AND series = ? ORDER BY due_at, id")
            .bind(series.instance.0)
            .bind(series.series.0)
            .fetch_all(self.readers())
            .await?;
        read(rows)
    }

    /// Puts a reminder off. Nothing happens when it is gone.
    pub async fn postpone_reminder(
        &self,
        id: i64,
        due_at: Timestamp,
        attempts: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE reminder SET due_at = ?, attempts = ?, set_at = ? WHERE id = ?")
            .bind(to_ms(due_at))
            .bind(attempts)
            .bind(to_ms(now))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Removes a reminder. Nothing happens when it is gone.
    pub async fn remove_reminder(&self, id: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM reminder WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    reminder: &Reminder,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO reminder (instance, series, about, due_at, attempts, viewer, set_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (instance, series, about)
         DO UPDATE SET due_at = min(due_at, excluded.due_at), viewer = coalesce(excluded.viewer, viewer),
         set_at = iif(excluded.due_at < due_at, excluded.set_at, set_at)",
    )
    .bind(reminder.series.instance.0)
    .bind(reminder.series.series.0)
    .bind(canonical(&reminder.about)?)
    .bind(to_ms(reminder.due_at))
    .bind(reminder.attempts)
    .bind(&reminder.viewer)
    .bind(to_ms(now))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
