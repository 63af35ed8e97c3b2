//! Questions. They change nothing and may be asked at any time.

use super::{LIBRARY, SonarrClient, found, series_path};
use crate::parse;
use crate::records::{
    CommandId, CommandStatus, HistoryRecord, Listing, MediaManagement, QualityProfile, QueueRecord, RootFolder,
    SystemStatus,
};
use domain::ids::{EpisodeFileId, SeriesId, TvdbId};
use domain::series::{Episode, EpisodeFile, Series};
use remote::{Call, RemoteError};
use std::collections::BTreeMap;

impl SonarrClient {
    /// Asks who answers, and proves address, URL base and key.
    ///
    /// # Errors
    /// [`RemoteError::NotThisKindOfServer`] for anything but Sonarr 3 or later.
    pub async fn status(&self) -> Result<SystemStatus, RemoteError> {
        match self.get(Call::get("api/v3/system/status")).await {
            Ok(value) => parse::status(&value),
            Err(RemoteError::NotFound) => Err(RemoteError::not_this_kind(
                "it has no Sonarr API (version 3 or later); check the port and the URL base",
            )),
            Err(error) => Err(error),
        }
    }

    /// Finds a series by its TheTVDB id. The answer is small, but costs Sonarr a pass over its library.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn find_by_tvdb(&self, tvdb: TvdbId) -> Result<Option<Series>, RemoteError> {
        let call = Call::get("api/v3/series").query("tvdbId", tvdb);
        let listing = self.list(call, |value| parse::series(self.instance, value)).await?;
        let found = listing.items.into_iter().find(|series| series.tvdb == Some(tvdb));
        match listing.skipped.into_iter().next() {
            // "Not there" would be a guess.
            Some(reason) if found.is_none() => Err(RemoteError::bad_answer(reason)),
            _ => Ok(found),
        }
    }

    /// One series, `None` if it does not exist.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn series(&self, series: SeriesId) -> Result<Option<Series>, RemoteError> {
        let value = found(self.get(Call::get(series_path(series))).await)?;
        value.map(|value| self.parse_series(&value)).transpose()
    }

    /// The whole library. Each series' JSON is dropped as soon as it is read; the answer may take minutes.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn all_series(&self) -> Result<Listing<Series>, RemoteError> {
        self.list(Call::get("api/v3/series").limits(LIBRARY), |value| {
            parse::series(self.instance, value)
        })
        .await
    }

    /// The episodes of a series; none if the series does not exist.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn episodes(&self, series: SeriesId) -> Result<Listing<Episode>, RemoteError> {
        self.list(Call::get("api/v3/episode").query("seriesId", series), parse::episode)
            .await
    }

    /// The files of a series.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::NotFound`] if the series does not exist.
    pub async fn files(&self, series: SeriesId) -> Result<BTreeMap<EpisodeFileId, EpisodeFile>, RemoteError> {
        let call = Call::get("api/v3/episodefile").query("seriesId", series);
        let files = self.readable(call, "episodeFile", parse::file).await?;
        Ok(files.into_iter().map(|file| (file.id, file)).collect())
    }

    /// What is being downloaded for a series. Sonarr updates it once a minute.
    ///
    /// # Errors
    /// As [`RemoteError`] lists, and when any row cannot be read: what it holds would be searched once more.
    pub async fn queue(&self, series: SeriesId) -> Result<Vec<QueueRecord>, RemoteError> {
        let call = Call::get("api/v3/queue/details").query("seriesId", series);
        let listing = self.list(call, parse::queue_record).await?;
        match listing.skipped.first() {
            Some(reason) => Err(RemoteError::bad_answer(format!(
                "a download could not be read: {reason}"
            ))),
            None => Ok(listing.items),
        }
    }

    /// What happened to the episodes of a season, newest first.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::NotFound`] if the series does not exist.
    pub async fn history(&self, series: SeriesId, season: i32) -> Result<Vec<HistoryRecord>, RemoteError> {
        let call = Call::get("api/v3/history/series")
            .query("seriesId", series)
            .query("seasonNumber", season);
        self.readable(call, "history", parse::history_record).await
    }

    /// One command; `None` once Sonarr has forgotten it.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn command(&self, command: CommandId) -> Result<Option<CommandStatus>, RemoteError> {
        let value = found(self.get(Call::get(format!("api/v3/command/{command}"))).await)?;
        value
            .map(|value| parse::command(&value).map_err(RemoteError::bad_answer))
            .transpose()
    }

    /// The commands that wait, run, or ended in the last minutes.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn commands(&self) -> Result<Vec<CommandStatus>, RemoteError> {
        self.readable(Call::get("api/v3/command"), "command", parse::command)
            .await
    }

    /// Labels of tags by id. Ids change: look tags up each time.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn tags(&self) -> Result<BTreeMap<i64, String>, RemoteError> {
        let tags = self.readable(Call::get("api/v3/tag"), "tag", parse::tag).await?;
        Ok(tags.into_iter().collect())
    }

    /// Settings that decide what deleting means.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn media_management(&self) -> Result<MediaManagement, RemoteError> {
        let value = self.get(Call::get("api/v3/config/mediamanagement")).await?;
        parse::media_management(&value).map_err(RemoteError::bad_answer)
    }

    /// The folders that hold series. Sonarr looks at the disks for it, up to 5 s each.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn root_folders(&self) -> Result<Vec<RootFolder>, RemoteError> {
        self.readable(Call::get("api/v3/rootfolder"), "rootFolder", parse::root_folder)
            .await
    }

    /// The quality profiles.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    pub async fn quality_profiles(&self) -> Result<Vec<QualityProfile>, RemoteError> {
        self.readable(
            Call::get("api/v3/qualityprofile"),
            "qualityProfile",
            parse::quality_profile,
        )
        .await
    }
}
