//! Tracking entries: each viewer's progress in a rolling show.

use crate::rolling_show::lift_last_watched;
use crate::time::{from_ms, to_ms};
use crate::{Store, StoreError};
use domain::ids::{EpisodeRef, RollingShowId, ServerId, ViewerKey};
use domain::monitoring::TrackingEntry;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeMap;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    show: i64,
    server: i64,
    account: String,
    viewer_name: Option<String>,
    current_monitored_season: i32,
    last_watched_season: Option<i32>,
    last_watched_episode: Option<i32>,
    last_watched_at: i64,
}

impl TryFrom<Row> for TrackingEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            show: RollingShowId(row.show),
            viewer: ViewerKey {
                server: ServerId(row.server),
                account: row.account,
            },
            viewer_name: row.viewer_name,
            current_monitored_season: row.current_monitored_season,
            last_watched: row
                .last_watched_season
                .zip(row.last_watched_episode)
                .map(|(season, episode)| EpisodeRef { season, episode }),
            last_watched_at: from_ms(row.last_watched_at)?,
            seasons_watched: BTreeMap::new(),
            plays: Vec::new(),
        })
    }
}

impl Store {
    /// The tracking entries of a show, by the time they were made.
    pub async fn entries_of(&self, show: RollingShowId) -> Result<Vec<TrackingEntry>, StoreError> {
        self.entries_where(Some(show), None, true).await
    }

    /// The tracking entries of all shows.
    pub async fn tracking_entries(&self) -> Result<Vec<TrackingEntry>, StoreError> {
        self.entries_where(None, None, true).await
    }

    /// The tracking entries, of all shows, of viewers who watched at `since` or later; without their viewings, which are many.
    pub async fn entries_active_since(&self, since: Timestamp) -> Result<Vec<TrackingEntry>, StoreError> {
        self.entries_where(None, Some(since), false).await
    }

    async fn entries_where(
        &self,
        show: Option<RollingShowId>,
        since: Option<Timestamp>,
        with_plays: bool,
    ) -> Result<Vec<TrackingEntry>, StoreError> {
        let show = show.map(|show| show.0);
        let since = since.map(to_ms);
        let mut transaction = self.read().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM tracking_entry WHERE (?1 IS NULL OR show = ?1) AND (?2 IS NULL OR last_watched_at >= ?2)
             ORDER BY show, id",
        )
        .bind(show)
        .bind(since)
        .fetch_all(&mut *transaction)
        .await?;
        let seasons: Vec<(i64, i32, i64)> = sqlx::query_as(
            "SELECT entry, season, watched_at FROM season_watched WHERE entry IN (SELECT id FROM tracking_entry
             WHERE (?1 IS NULL OR show = ?1) AND (?2 IS NULL OR last_watched_at >= ?2))",
        )
        .bind(show)
        .bind(since)
        .fetch_all(&mut *transaction)
        .await?;
        let plays: Vec<(i64, i32, i32, i64)> = if with_plays {
            sqlx::query_as(
                "SELECT entry, season, episode, watched_at FROM play WHERE entry IN (SELECT id FROM tracking_entry
                 WHERE (?1 IS NULL OR show = ?1) AND (?2 IS NULL OR last_watched_at >= ?2)) ORDER BY entry, place",
            )
            .bind(show)
            .bind(since)
            .fetch_all(&mut *transaction)
            .await?
        } else {
            Vec::new()
        };
        transaction.commit().await?;

        let mut entries = rows
            .into_iter()
            .map(TrackingEntry::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let places: BTreeMap<i64, usize> = entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.id, place))
            .collect();
        for (entry, season, watched_at) in seasons {
            if let Some(place) = places.get(&entry) {
                entries[*place].seasons_watched.insert(season, from_ms(watched_at)?);
            }
        }
        for (entry, season, episode, watched_at) in plays {
            if let Some(place) = places.get(&entry) {
                entries[*place]
                    .plays
                    .push((EpisodeRef { season, episode }, from_ms(watched_at)?));
            }
        }
        Ok(entries)
    }

    /// Saves a tracking entry, new or changed: there is one for each show and viewer. Gives its row id. The season it was
    /// expanded to never goes down.
    pub async fn save_entry(&self, entry: &TrackingEntry) -> Result<i64, StoreError> {
        let mut transaction = self.write().await?;
        let id = save(&mut transaction, entry).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Saves tracking entries, each with the show's own "last watched", all or none.
    pub async fn save_viewings(&self, entries: &[TrackingEntry]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for entry in entries {
            save(&mut transaction, entry).await?;
            lift_last_watched(&mut transaction, entry.show, entry.last_watched_at).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn save(transaction: &mut Transaction<'_, Sqlite>, entry: &TrackingEntry) -> Result<i64, StoreError> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO tracking_entry (show, server, account, viewer_name, current_monitored_season, last_watched_season,
         last_watched_episode, last_watched_at)
         SELECT id, ?, ?, ?, ?, ?, ?, ? FROM rolling_show WHERE id = ?
         ON CONFLICT (show, server, account) DO UPDATE SET
         viewer_name = coalesce(excluded.viewer_name, viewer_name),
         current_monitored_season = max(current_monitored_season, excluded.current_monitored_season),
         last_watched_season = excluded.last_watched_season, last_watched_episode = excluded.last_watched_episode,
         last_watched_at = excluded.last_watched_at
         RETURNING id",
    )
    .bind(entry.viewer.server.0)
    .bind(&entry.viewer.account)
    .bind(&entry.viewer_name)
    .bind(entry.current_monitored_season)
    .bind(entry.last_watched.map(|at| at.season))
    .bind(entry.last_watched.map(|at| at.episode))
    .bind(to_ms(entry.last_watched_at))
    .bind(entry.show.0)
    .fetch_optional(&mut **transaction)
    .await?;
    let id = id.ok_or(StoreError::NotFound("rolling show"))?;
    sqlx::query("DELETE FROM season_watched WHERE entry = ?")
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    for (season, watched_at) in &entry.seasons_watched {
        sqlx::query("INSERT INTO season_watched (entry, season, watched_at) VALUES (?, ?, ?)")
            .bind(id)
            .bind(season)
            .bind(to_ms(*watched_at))
            .execute(&mut **transaction)
            .await?;
    }
    sqlx::query("DELETE FROM play WHERE entry = ?")
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    for (place, (at, watched_at)) in (0_i64..).zip(&entry.plays) {
        sqlx::query("INSERT INTO play (entry, place, season, episode, watched_at) VALUES (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(place)
            .bind(at.season)
            .bind(at.episode)
            .bind(to_ms(*watched_at))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(id)
}
