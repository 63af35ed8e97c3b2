//! Single facts about this installation.

use crate::{Store, StoreError};

const CLIENT_IDENTIFIER: &str = "client_identifier";

impl Store {
    /// The text kept under a key.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(key)
            .fetch_optional(self.readers())
            .await?)
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
