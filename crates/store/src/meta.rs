//! Single facts about this installation.

use crate::{Store, StoreError};
use std::collections::BTreeMap;

const CLIENT_IDENTIFIER: &str = "client_identifier";

impl Store {
    /// The text kept under a key.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(key)
            .fetch_optional(self.readers())
            .await?)
    }

    /// The texts kept under keys that begin so, by the rest of their keys.
    pub async fn metas_beginning_with(&self, start: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT key, value FROM meta WHERE substr(key, 1, length(?1)) = ?1")
                .bind(start)
                .fetch_all(self.readers())
                .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(start)?.to_owned(), value)))
            .collect())
    }

    /// Keeps a text under a key; `None` removes it.
    pub async fn set_meta(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let query = match value {
            Some(value) => sqlx::query(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .bind(key)
            .bind(value),
            None => sqlx::query("DELETE FROM meta WHERE key = ?").bind(key),
        };
        query.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The identifier this installation shows to plex.tv; the given one becomes it when there is none yet.
    pub async fn client_identifier(&self, if_absent: &str) -> Result<String, StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING")
            .bind(CLIENT_IDENTIFIER)
            .bind(if_absent)
            .execute(&mut *transaction)
            .await?;
        let identifier = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(CLIENT_IDENTIFIER)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(identifier)
    }
}
