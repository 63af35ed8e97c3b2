//! Orders. One at a time, each sent once.

use super::{SonarrClient, series_path};
use crate::edit::SeriesEdit;
use crate::parse;
use crate::records::{CommandId, FileDeletion};
use domain::ids::{EpisodeFileId, EpisodeId, SeriesId};
use domain::series::Series;
use http::Method;
use remote::{Call, RemoteError};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Sonarr updates row by row and stops at the first failure; a smaller step loses less.
const EPISODES_AT_ONCE: usize = 500;

impl SonarrClient {
    /// Sets the monitored flag of episodes; nothing above them changes.
    ///
    /// # Errors
    /// As [`RemoteError`] lists. Sonarr answers an unknown id with 500 **after** changing the others.
    pub async fn set_episodes_monitored(&self, episodes: &[EpisodeId], monitored: bool) -> Result<(), RemoteError> {
        let ids = distinct(episodes);
        let _writer = self.writer.lock().await;
        for chunk in ids.chunks(EPISODES_AT_ONCE) {
            let body = json!({"episodeIds": chunk, "monitored": monitored});
            self.write(Method::PUT, "api/v3/episode/monitor".to_owned(), Some(&body))
                .await?;
        }
        Ok(())
    }

    /// Changes a series: reads it, changes only what differs, and sends all of it back. Where nothing differs nothing is sent.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::NotFound`] if the series does not exist.
    pub async fn edit_series(&self, series: SeriesId, edit: &SeriesEdit) -> Result<Series, RemoteError> {
        let _writer = self.writer.lock().await;
        let mut value = self.get(Call::get(series_path(series))).await?;
        let before = self.parse_series(&value)?;
        if before.key.series != series {
            // Version 4 writes to the id in the body, not to the one in the path.
            return Err(RemoteError::bad_answer("it is about another series"));
        }
        if !edit.apply(&mut value) {
            return Ok(before);
        }
        match self.write(Method::PUT, series_path(series), Some(&value)).await? {
            Some(after) => self.parse_series(&after),
            None => self.parse_series(&self.get(Call::get(series_path(series))).await?),
        }
    }

    /// Has a season searched. Only releases whose episodes are all monitored are taken.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn search_season(&self, series: SeriesId, season: i32) -> Result<CommandId, RemoteError> {
        self.order(&json!({"name": "SeasonSearch", "seriesId": series.0, "seasonNumber": season}))
            .await
    }

    /// Has episodes searched, monitored or not.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::BadAnswer`] without a request when there are no episodes.
    pub async fn search_episodes(&self, episodes: &[EpisodeId]) -> Result<CommandId, RemoteError> {
        let ids = distinct(episodes);
        if ids.is_empty() {
            return Err(RemoteError::bad_answer("there are no episodes to search for"));
        }
        self.order(&json!({"name": "EpisodeSearch", "episodeIds": ids})).await
    }

    /// Has Sonarr look at a series' folder again.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn rescan(&self, series: SeriesId) -> Result<CommandId, RemoteError> {
        self.order(&json!({"name": "RescanSeries", "seriesId": series.0})).await
    }

    /// Deletes a file, with all episodes in it. May take as long as Sonarr's slowest webhook receiver.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::Conflict`] when the disk is not mounted, which ends all deleting of the series.
    pub async fn delete_file(&self, file: EpisodeFileId) -> Result<FileDeletion, RemoteError> {
        let _writer = self.writer.lock().await;
        match self
            .write(Method::DELETE, format!("api/v3/episodefile/{file}"), None)
            .await
        {
            Ok(_) => Ok(FileDeletion::Deleted),
            Err(RemoteError::NotFound) => Ok(FileDeletion::AlreadyGone),
            Err(error) => Err(error),
        }
    }

    async fn order(&self, body: &Value) -> Result<CommandId, RemoteError> {
        let _writer = self.writer.lock().await;
        let command = self
            .write(Method::POST, "api/v3/command".to_owned(), Some(body))
            .await?;
        Ok(parse::command(&command.unwrap_or_default())
            .map_err(RemoteError::bad_answer)?
            .id)
    }
}

/// Sonarr answers repeated ids with 500.
fn distinct(episodes: &[EpisodeId]) -> Vec<i64> {
    episodes
        .iter()
        .map(|episode| episode.0)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}
