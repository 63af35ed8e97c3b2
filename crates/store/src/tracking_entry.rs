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
    /// A JSON object of seasons to times.
    seasons_watched: String,
    /// A JSON array of `[season, episode, time]`.
    plays: String,
}

impl TryFrom<Row> for TrackingEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let seasons: BTreeMap<i32, i64> =
            serde_json::from_str(&row.seasons_watched).map_err(|error| bad_json(&error))?;
        let plays: Vec<(i32, i32, i64)> = serde_json::from_str(&row.plays).map_err(|error| bad_json(&error))?;
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
            seasons_watched: seasons
                .into_iter()
                .map(|(season, at)| Ok((season, from_ms(at)?)))
                .collect::<Result<_, StoreError>>()?,
            plays: plays
                .into_iter()
                .map(|(season, episode, at)| Ok((EpisodeRef { season, episode }, from_ms(at)?)))
                .collect::<Result<_, StoreError>>()?,
        })
    }
}

/// Entries with all that belongs to them, in one statement: they are read often, and each statement costs a change of threads.
macro_rules! select_entries {
    ($with_plays:literal, $condition:literal) => {
        concat!(
            "SELECT *,
             (SELECT json_group_object(season, watched_at) FROM season_watched WHERE entry = tracking_entry.id) AS seasons_watched,
             CASE WHEN ",
            $with_plays,
            " THEN (SELECT json_group_array(json_array(season, episode, watched_at) ORDER BY place)
             FROM play WHERE entry = tracking_entry.id) ELSE '[]' END AS plays
             FROM tracking_entry ",
            $condition,
            " ORDER BY show, id"
        )
    };
}

fn bad_json(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

impl Store {
    /// The tracking entries of a show, by the time they were made.
    pub async fn entries_of(&self, show: RollingShowId) -> Result<Vec<TrackingEntry>, StoreError> {
        self.read_entries(select_entries!(true, "WHERE show = ?"), Some(show.0))
            .await
    }

    /// The tracking entries of some shows.
    pub async fn entries_of_shows(&self, shows: &[RollingShowId]) -> Result<Vec<TrackingEntry>, StoreError> {
        let ids: Vec<i64> = shows.iter().map(|show| show.0).collect();
        let rows: Vec<Row> = sqlx::query_as(select_entries!(true, "WHERE show IN (SELECT value FROM json_each(?))"))
            .bind(serde_json::to_string(&ids).map_err(|error| bad_json(&error))?)
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().map(TrackingEntry::try_from).collect()
    }

    /// The tracking entries, of all shows, of viewers who watched at `since` or later; without their viewings, which are many.
    pub async fn entries_active_since(&self, since: Timestamp) -> Result<Vec<TrackingEntry>, StoreError> {
        self.read_entries(select_entries!(false, "WHERE last_watched_at >= ?"), Some(to_ms(since)))
            .await
    }

    async fn read_entries(&self, sql: &'static str, bound: Option<i64>) -> Result<Vec<TrackingEntry>, StoreError> {
        let mut query = sqlx::query_as(sql);
        if let Some(bound) = bound {
            query = query.bind(bound);
        }
        let rows: Vec<Row> = query.fetch_all(self.readers()).await?;
        rows.into_iter().map(TrackingEntry::try_from).collect()
    }

    /// Saves tracking entries, new or changed, each with the show's own "last watched", all or none: there is one for each
    /// show and viewer. The season it was expanded to never goes down.
    pub async fn save_viewings(&self, entries: &[TrackingEntry]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for entry in entries {
            save(&mut transaction, entry).await?;
            lift_last_watched(&mut transaction, entry.show, entry.last_watched_at).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn save(transaction: &mut Transaction<'_, Sqlite>, entry: &TrackingEntry) -> Result<(), StoreError> {
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
    let seasons: Vec<(i32, i64)> = entry
        .seasons_watched
        .iter()
        .map(|(season, at)| (*season, to_ms(*at)))
        .collect();
    sqlx::query(
        "INSERT INTO season_watched (entry, season, watched_at)
         SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)",
    )
    .bind(id)
    .bind(serde_json::to_string(&seasons).map_err(|error| bad_json(&error))?)
    .execute(&mut **transaction)
    .await?;
    sqlx::query("DELETE FROM play WHERE entry = ?")
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    let plays: Vec<(i32, i32, i64)> = entry
        .plays
        .iter()
        .map(|(at, watched_at)| (at.season, at.episode, to_ms(*watched_at)))
        .collect();
    sqlx::query(
        "INSERT INTO play (entry, place, season, episode, watched_at)
         SELECT ?, key, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
    )
    .bind(id)
    .bind(serde_json::to_string(&plays).map_err(|error| bad_json(&error))?)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
