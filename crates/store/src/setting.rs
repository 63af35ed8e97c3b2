//! Settings that differ from their defaults. What they mean is the config crate's matter.

use crate::{Store, StoreError};
use serde_json::{Map, Value};
use sqlx::{Sqlite, Transaction};

impl Store {
    /// The stored settings, by key.
    pub async fn settings(&self) -> Result<Map<String, Value>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM setting ORDER BY key")
            .fetch_all(self.readers())
            .await?;
        rows.into_iter()
            .map(|(key, text)| {
                let value = serde_json::from_str(&text)
                    .map_err(|error| StoreError::Corrupt(format!("setting {key}: {error}")))?;
                Ok((key, value))
            })
            .collect()
    }

    /// Changes some settings, all or none. `null` removes one, so that its default applies again.
    pub async fn merge_settings(&self, changes: &Map<String, Value>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        put(&mut transaction, changes).await?;
        Ok(transaction.commit().await?)
    }
}

async fn put(transaction: &mut Transaction<'_, Sqlite>, settings: &Map<String, Value>) -> Result<(), StoreError> {
    for (key, value) in settings {
        if value.is_null() {
            sqlx::query("DELETE FROM setting WHERE key = ?")
                .bind(key)
                .execute(&mut **transaction)
                .await?;
        } else {
            sqlx::query(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .bind(key)
            .bind(value.to_string())
            .execute(&mut **transaction)
            .await?;
        }
    }
    Ok(())
}
