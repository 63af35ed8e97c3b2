//! Episodes that were watched while a Sonarr did not answer.

use crate::intent::LONGEST_PAUSE;
use crate::time::{from_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::InstanceId;
use domain::watching::Sighting;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};
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
    /// Remembers a sighting for an instance. Earlier episodes of the same season that the viewer has got past are forgotten
    /// for it; later ones are not: who watches an early episode again is still owed what came after the late one.
    pub async fn owe_sighting(
        &self,
        instance: InstanceId,
        sighting: &Sighting,
        seen_at: Timestamp,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(sighting).map_err(|error| StoreError::Other(error.to_string()))?;
        let mut transaction = self.write().await?;
        let earlier = forget_up_to(&mut transaction, instance, sighting, sighting.watched.at.episode - 1).await?;
        sqlx::query(
            "INSERT INTO owed_sighting (instance, viewer, show, sighting, seen_at, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?, 0)
             ON CONFLICT (instance, viewer, show) DO UPDATE SET sighting = excluded.sighting, seen_at = excluded.seen_at",
        )
        .bind(instance.0)
        .bind(viewer(sighting))
        .bind(format!("{} {}", sighting.subject.show, sighting.watched.at))
        .bind(text)
        .bind(to_ms(seen_at))
        .bind(earlier.map_or(to_ms(due_at), |earlier| earlier.min(to_ms(due_at))))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The sightings that are due, oldest first.
    pub async fn due_sightings(&self, now: Timestamp) -> Result<Vec<OwedSighting>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, instance, sighting, seen_at, attempts FROM owed_sighting WHERE due_at <= ? OR due_at > ?
             ORDER BY seen_at, id",
        )
        .bind(to_ms(now))
        .bind(to_ms(now.saturating_add(LONGEST_PAUSE).unwrap_or(Timestamp::MAX)))
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

    /// Forgets what an instance was owed about a viewer and a season up to an episode, once it was asked about that one.
    pub async fn settle_sighting(&self, instance: InstanceId, sighting: &Sighting) -> Result<(), StoreError> {
        // Mostly nothing is owed, and looking costs less than writing.
        let owed: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM owed_sighting WHERE instance = ? AND viewer = ?)")
                .bind(instance.0)
                .bind(viewer(sighting))
                .fetch_one(self.readers())
                .await?;
        if !owed {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        forget_up_to(&mut transaction, instance, sighting, sighting.watched.at.episode).await?;
        Ok(transaction.commit().await?)
    }
}

/// When the first of what was forgotten would have been due, in milliseconds.
async fn forget_up_to(
    transaction: &mut Transaction<'_, Sqlite>,
    instance: InstanceId,
    sighting: &Sighting,
    episode: i32,
) -> Result<Option<i64>, StoreError> {
    let due: Vec<i64> = sqlx::query_scalar(
        "DELETE FROM owed_sighting WHERE instance = ? AND viewer = ?
         AND json_extract(sighting, '$.subject.show') = ? AND json_extract(sighting, '$.watched.at.season') = ?
         AND json_extract(sighting, '$.watched.at.episode') <= ? RETURNING due_at",
    )
    .bind(instance.0)
    .bind(viewer(sighting))
    .bind(&sighting.subject.show)
    .bind(sighting.watched.at.season)
    .bind(episode)
    .fetch_all(&mut **transaction)
    .await?;
    Ok(due.into_iter().min())
}

fn viewer(sighting: &Sighting) -> String {
    let key = &sighting.watched.viewer.key;
    format!("{}/{}", key.server, key.account)
}
