//! Episodes that were watched while a Sonarr did not answer.

use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Store, StoreError};
use domain::ids::InstanceId;
use domain::watching::Sighting;
use jiff::Timestamp;
use tracing::warn;

/// A sighting that one instance still has to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedSighting {
    /// Row id.
    pub id: i64,
    /// The Sonarr that did not answer.
    pub instance: InstanceId,
    /// What was seen.
    pub sighting: Sighting,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    instance: i64,
    sighting: String,
    seen_at: i64,
    attempts: u32,
}

impl Store {
    /// Remembers a sighting for an instance. A newer one of the same viewer and show takes the older one's place.
    pub async fn owe_sighting(
        &self,
        instance: InstanceId,
        sighting: &Sighting,
        seen_at: Timestamp,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(sighting).map_err(|error| StoreError::Other(error.to_string()))?;
        let viewer = &sighting.watched.viewer.key;
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO owed_sighting (instance, viewer, show, sighting, seen_at, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?, 0)
             ON CONFLICT (instance, viewer, show) DO UPDATE SET sighting = excluded.sighting, seen_at = excluded.seen_at",
        )
        .bind(instance.0)
        .bind(format!("{}/{}", viewer.server, viewer.account))
        .bind(&sighting.subject.show)
        .bind(text)
        .bind(to_ms(seen_at))
        .bind(to_ms(due_at))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The sightings that are due, oldest first.
    pub async fn due_sightings(&self, now: Timestamp) -> Result<Vec<OwedSighting>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, instance, sighting, seen_at, attempts FROM owed_sighting WHERE due_at <= ? ORDER BY seen_at, id",
        )
        .bind(to_ms(now))
        .fetch_all(self.readers())
        .await?;
        let mut owed = Vec::with_capacity(rows.len());
        for row in rows {
            match serde_json::from_str(&row.sighting) {
                Ok(sighting) => owed.push(OwedSighting {
                    id: row.id,
                    instance: InstanceId(row.instance),
                    sighting,
                    seen_at: from_ms(row.seen_at)?,
                    attempts: row.attempts,
                }),
                Err(error) => warn!(id = row.id, %error, "an owed sighting cannot be understood"),
            }
        }
        Ok(owed)
    }

    /// Puts a sighting off.
    pub async fn postpone_sighting(&self, id: i64, due_at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE owed_sighting SET due_at = ?, attempts = attempts + 1 WHERE id = ?")
            .bind(to_ms(due_at))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets a sighting: it was decided about, or is too old to matter.
    pub async fn remove_sighting(&self, id: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM owed_sighting WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets what an instance was owed about a viewer and a show, once it was asked.
    pub async fn settle_sighting(&self, instance: InstanceId, sighting: &Sighting) -> Result<(), StoreError> {
        let viewer = &sighting.watched.viewer.key;
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM owed_sighting WHERE instance = ? AND viewer = ? AND show = ?")
            .bind(instance.0)
            .bind(format!("{}/{}", viewer.server, viewer.account))
            .bind(&sighting.subject.show)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// When the next sighting is due.
    pub async fn next_sighting_due_at(&self) -> Result<Option<Timestamp>, StoreError> {
        from_ms_opt(
            sqlx::query_scalar("SELECT min(due_at) FROM owed_sighting")
                .fetch_one(self.readers())
                .await?,
        )
    }
}
