//! The rows of Sonarr's database, as far as its API shows them.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A series row with what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub id: i64,
    pub tvdb: i64,
    pub imdb: Option<String>,
    pub tmdb: i64,
    pub tv_maze: i64,
    pub title: String,
    pub alternate_titles: Vec<String>,
    pub year: i32,
    pub status: String,
    pub overview: Option<String>,
    pub network: Option<String>,
    pub genres: Vec<String>,
    pub certification: Option<String>,
    pub runtime: i32,
    pub language: String,
    pub first_aired: Option<Timestamp>,
    pub path: String,
    pub profile: i64,
    pub season_folder: bool,
    pub monitored: bool,
    pub monitor_new_items: bool,
    pub series_type: SeriesType,
    /// `None` is the null that a PUT without tags stores.
    pub tags: Option<Vec<i64>>,
    pub added: Timestamp,
    pub seasons: Vec<Season>,
    pub add_options: Option<Value>,
    /// In insertion order, and so by id.
    pub episodes: Vec<Episode>,
    /// By id.
    pub files: Vec<File>,
    pub folder_exists: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Season {
    pub number: i32,
    pub monitored: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Episode {
    pub id: i64,
    pub season: i32,
    pub number: i32,
    pub title: Option<Box<str>>,
    pub airs: Option<Timestamp>,
    pub runtime: i32,
    pub finale: Option<Box<str>>,
    pub monitored: bool,
    /// 0 without file.
    pub file: i64,
    pub last_search: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub id: i64,
    pub season: i32,
    pub relative_path: Box<str>,
    pub size: i64,
    pub added: Timestamp,
    pub group: Box<str>,
    pub scene_name: Option<Box<str>>,
    pub release_type: ReleaseType,
    pub on_disk: bool,
}

/// How Sonarr orders and searches a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesType {
    /// Seasons and numbers.
    Standard,
    /// By date.
    Daily,
    /// By absolute number.
    Anime,
}

impl SeriesType {
    pub(crate) const NAMES: [&'static str; 3] = ["standard", "daily", "anime"];

    pub(crate) fn from_index(index: usize) -> Self {
        match index {
            1 => Self::Daily,
            2 => Self::Anime,
            _ => Self::Standard,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReleaseType {
    SingleEpisode,
    MultiEpisode,
    SeasonPack,
}

impl ReleaseType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SingleEpisode => "singleEpisode",
            Self::MultiEpisode => "multiEpisode",
            Self::SeasonPack => "seasonPack",
        }
    }

    pub(crate) fn pascal(self) -> &'static str {
        match self {
            Self::SingleEpisode => "SingleEpisode",
            Self::MultiEpisode => "MultiEpisode",
            Self::SeasonPack => "SeasonPack",
        }
    }
}

impl Series {
    pub(crate) fn season(&self, number: i32) -> Option<&Season> {
        self.seasons.iter().find(|season| season.number == number)
    }

    pub(crate) fn episode(&self, id: i64) -> Option<&Episode> {
        self.episodes.iter().find(|episode| episode.id == id)
    }

    pub(crate) fn episode_mut(&mut self, id: i64) -> Option<&mut Episode> {
        self.episodes.iter_mut().find(|episode| episode.id == id)
    }

    pub(crate) fn in_season(&self, number: i32) -> impl Iterator<Item = &Episode> {
        self.episodes.iter().filter(move |episode| episode.season == number)
    }

    pub(crate) fn file(&self, id: i64) -> Option<&File> {
        self.files.iter().find(|file| file.id == id)
    }

    pub(crate) fn of_file(&self, file: i64) -> impl Iterator<Item = &Episode> {
        self.episodes
            .iter()
            .filter(move |episode| file != 0 && episode.file == file)
    }

    pub(crate) fn tags(&self) -> &[i64] {
        self.tags.as_deref().unwrap_or_default()
    }

    pub(crate) fn parent(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl Episode {
    pub(crate) fn has_aired(&self, now: Timestamp) -> bool {
        self.airs.is_some_and(|airs| airs <= now)
    }

    pub(crate) fn title(&self) -> &str {
        self.title.as_deref().unwrap_or("TBA")
    }
}

/// A command, from its POST to the day after its end.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub id: i64,
    pub name: &'static str,
    pub fields: Map<String, Value>,
    pub trigger: &'static str,
    pub status: CommandStatus,
    pub queued: Timestamp,
    pub started: Option<Timestamp>,
    pub ends: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub message: Option<String>,
    pub exception: Option<String>,
    /// Removed from the list by DELETE; its database row stays queued.
    pub cancelled: bool,
    /// What a refresh loaded when it started, for the race with a PUT.
    pub stale: Vec<Series>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandStatus {
    Queued,
    Started,
    Completed,
    Failed,
}

impl CommandStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// A release that was grabbed and is on its way to become files.
#[derive(Debug, Clone)]
pub(crate) struct Download {
    pub download_id: String,
    pub title: String,
    pub series: i64,
    pub season: i32,
    pub episodes: Vec<i64>,
    pub size: i64,
    pub pack: bool,
    pub grabbed: Timestamp,
    /// When the download client's poll shows it.
    pub appears: Timestamp,
    pub downloaded: Timestamp,
    pub imports: Timestamp,
    pub stuck: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct History {
    pub id: i64,
    pub series: i64,
    pub episode: i64,
    pub source_title: String,
    pub date: Timestamp,
    pub download_id: Option<String>,
    pub event: HistoryEvent,
    pub data: Map<String, Value>,
}

/// What a history row tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryEvent {
    /// A release was sent to the download client.
    Grabbed,
    /// A download became a file.
    DownloadFolderImported,
    /// A download failed.
    DownloadFailed,
    /// A file's row went.
    EpisodeFileDeleted,
}

impl HistoryEvent {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Grabbed => "grabbed",
            Self::DownloadFolderImported => "downloadFolderImported",
            Self::DownloadFailed => "downloadFailed",
            Self::EpisodeFileDeleted => "episodeFileDeleted",
        }
    }

    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Grabbed => 1,
            Self::DownloadFolderImported => 3,
            Self::DownloadFailed => 4,
            Self::EpisodeFileDeleted => 5,
        }
    }
}

/// Why a file's row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeleteReason {
    Manual,
    MissingFromDisk,
    Upgrade,
    NoLinkedEpisodes,
}

impl DeleteReason {
    pub(crate) fn pascal(self) -> &'static str {
        match self {
            Self::Manual => "Manual",
            Self::MissingFromDisk => "MissingFromDisk",
            Self::Upgrade => "Upgrade",
            Self::NoLinkedEpisodes => "NoLinkedEpisodes",
        }
    }

    pub(crate) fn camel(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::MissingFromDisk => "missingFromDisk",
            Self::Upgrade => "upgrade",
            Self::NoLinkedEpisodes => "noLinkedEpisodes",
        }
    }
}
