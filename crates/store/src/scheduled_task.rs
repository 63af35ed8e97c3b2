//! When periodic work is due, over restarts and suspend.

use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Store, StoreError};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A periodic piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledTask {
    /// Not before.
    pub due_at: Timestamp,
    /// When it last ran to its end.
    pub last_run_at: Option<Timestamp>,
}

impl Store {
    /// Every task, by its name.
    pub async fn scheduled_tasks(&self) -> Result<BTreeMap<String, ScheduledTask>, StoreError> {
        let rows: Vec<(String, i64, Option<i64>)> =
            sqlx::query_as("SELECT name, due_at, last_run_at FROM scheduled_task")
                .fetch_all(self.readers())
                .await?;
        rows.into_iter()
            .map(|(name, due_at, last_run_at)| {
                let task = ScheduledTask {
                    due_at: from_ms(due_at)?,
                    last_run_at: from_ms_opt(last_run_at)?,
                };
                Ok((name, task))
            })
            .collect()
    }

    /// Sets when a task is due. `last_run_at` of `None` leaves what is known.
    pub async fn set_scheduled_task(
        &self,
        name: &str,
        due_at: Timestamp,
        last_run_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO scheduled_task (name, due_at, last_run_at) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE
             SET due_at = excluded.due_at, last_run_at = coalesce(excluded.last_run_at, last_run_at)",
        )
        .bind(name)
        .bind(to_ms(due_at))
        .bind(last_run_at.map(to_ms))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}
