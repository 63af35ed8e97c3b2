//! What Sonarr tells besides series and episodes.

use domain::ids::{EpisodeId, SeriesId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A list of which every readable element was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The elements that could be read, in Sonarr's order, which is no promised one.
    pub items: Vec<T>,
    /// Reasons of those that could not.
    pub skipped: Vec<String>,
}

/// Which Sonarr answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemStatus {
    /// "Sonarr".
    pub app_name: String,
    /// The name its owner gave it ("Sonarr" unless changed; v3 does not tell it).
    pub instance_name: String,
    /// Such as "4.0.19.2979".
    pub version: String,
    /// The version's first number, 3 or more.
    pub major: u32,
}

/// Id of a command inside one Sonarr. Reused by none, forgotten about a day after the command's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub i64);

impl fmt::Display for CommandId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A command that Sonarr runs or ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandStatus {
    /// Identity.
    pub id: CommandId,
    /// Such as "SeasonSearch".
    pub name: String,
    /// queued, started, completed, failed, aborted, cancelled, orphaned; open-ended.
    pub status: String,
    /// successful, unsuccessful, unknown; open-ended. A search that finds nothing is successful.
    pub result: Option<String>,
    /// Such as "Season search completed. 1 reports downloaded."; lost some minutes after the end.
    pub message: Option<String>,
    /// When it was asked for.
    pub queued: Option<Timestamp>,
    /// The series it is about, where it is about one.
    pub series: Option<SeriesId>,
    /// The season it is about.
    pub season: Option<i32>,
    /// The episodes it is about.
    pub episodes: Vec<EpisodeId>,
}

impl CommandStatus {
    /// Whether it is still to run, or runs.
    pub fn is_pending(&self) -> bool {
        matches!(self.status.as_str(), "queued" | "started")
    }
}

/// One episode of one download. A season pack is one download with a record per episode, each of the full size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRecord {
    /// Stable as long as the download exists.
    pub id: i64,
    /// The series; `None` when Sonarr does not know it.
    pub series: Option<SeriesId>,
    /// The episode.
    pub episode: Option<EpisodeId>,
    /// The season's number.
    pub season: Option<i32>,
    /// The download, shared by its records; absent while it is only pending.
    pub download_id: Option<String>,
    /// The release's name.
    pub title: Option<String>,
    /// queued, paused, downloading, completed, failed, warning, delay, …; open-ended.
    pub status: String,
    /// downloading, importBlocked, importPending, importing, imported, failedPending, failed, ignored; open-ended.
    pub tracked_state: Option<String>,
    /// ok, warning, error; open-ended.
    pub tracked_status: Option<String>,
    /// Bytes of the whole download.
    pub size: i64,
    /// Bytes still to come of the whole download.
    pub size_left: i64,
    /// When it was added.
    pub added: Option<Timestamp>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What happened to one episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRecord {
    /// The episode.
    pub episode: EpisodeId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: HistoryEvent,
}

/// The kinds of history that tell how far Sonarr came with a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryEvent {
    /// A release was sent to the download client.
    Grabbed,
    /// A download became a file.
    Imported,
    /// A download failed.
    DownloadFailed,
    /// Anything else.
    Other,
}

/// What became of a file that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDeletion {
    /// It was deleted (or moved to the recycle bin).
    Deleted,
    /// Sonarr did not have it anymore.
    AlreadyGone,
}

/// Settings that decide what deleting means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaManagement {
    /// Whether Sonarr unmonitors episodes whose files are deleted.
    pub auto_unmonitor: bool,
    /// Where deleted files go; `None` means deletion is permanent.
    pub recycle_bin: Option<String>,
    /// Days after which the recycle bin is emptied; 0 is never.
    pub recycle_days: i64,
    /// Whether empty season and series folders are removed.
    pub delete_empty_folders: bool,
}

/// A folder that holds series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootFolder {
    /// Path as Sonarr sees it.
    pub path: String,
    /// Free bytes; `None` when it could not be looked at.
    pub free_space: Option<i64>,
    /// Whether it could be looked at.
    pub accessible: bool,
}

/// A quality profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityProfile {
    /// Identity.
    pub id: i64,
    /// Name.
    pub name: String,
}
