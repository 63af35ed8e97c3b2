//! What Sonarr knows of one series, as far as decisions need it.

use crate::ids::{EpisodeFileId, EpisodeId, EpisodeRef, SeriesKey, TvdbId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A series with its episodes at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSnapshot {
    /// The series itself.
    pub series: Series,
    /// Every episode Sonarr lists, sorted by season and number. Sonarr sends them in no promised order.
    pub episodes: Vec<Episode>,
    /// Whether Sonarr lists more episodes, which could not be read: then no season is known as a whole.
    pub has_holes: bool,
    /// Episodes in the download queue; `None` when the queue was not asked for.
    pub queued: Option<BTreeSet<EpisodeId>>,
    /// Files by id; `None` when they were not asked for.
    pub files: Option<BTreeMap<EpisodeFileId, EpisodeFile>>,
}

impl SeriesSnapshot {
    /// Puts together what Sonarr sent, in order.
    pub fn new(series: Series, mut episodes: Vec<Episode>) -> Self {
        episodes.sort_by_key(|episode| (episode.at, episode.id));
        Self {
            series,
            episodes,
            has_holes: false,
            queued: None,
            files: None,
        }
    }

    /// The episodes of one season, ascending.
    pub fn season_episodes(&self, season: i32) -> impl Iterator<Item = &Episode> {
        self.episodes.iter().filter(move |episode| episode.at.season == season)
    }

    /// The episode at a position.
    pub fn episode(&self, at: EpisodeRef) -> Option<&Episode> {
        self.episodes.iter().find(|episode| episode.at == at)
    }

    /// Whether the episode is in the queue, as far as that was asked.
    pub fn is_queued(&self, episode: EpisodeId) -> bool {
        self.queued.as_ref().is_some_and(|queued| queued.contains(&episode))
    }
}

/// A series of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Identity.
    pub key: SeriesKey,
    /// Title as Sonarr has it.
    pub title: String,
    /// Other titles Sonarr knows.
    pub alternate_titles: Vec<String>,
    /// Year of the start; `None` where Sonarr says 0.
    pub year: Option<i32>,
    /// TheTVDB id; `None` where Sonarr says 0.
    pub tvdb: Option<TvdbId>,
    /// IMDB id; `None` where empty.
    pub imdb: Option<String>,
    /// Whether Sonarr monitors the series at all.
    pub monitored: bool,
    /// What happens to newly announced seasons; `None` on Sonarr v3.
    pub new_items: Option<NewItems>,
    /// Status, spelled as Sonarr does: continuing, ended, upcoming, deleted.
    pub status: String,
    /// standard, daily or anime.
    pub series_type: String,
    /// Tag ids.
    pub tags: Vec<i64>,
    /// Genres.
    pub genres: Vec<String>,
    /// Network.
    pub network: Option<String>,
    /// Name of the original language.
    pub original_language: Option<String>,
    /// Quality profile id.
    pub quality_profile: Option<i64>,
    /// Root folder path.
    pub root_folder: Option<String>,
    /// Folder of the series.
    pub path: Option<String>,
    /// When it was added to Sonarr.
    pub added: Option<Timestamp>,
    /// The seasons Sonarr lists, 0 included where it does, and whether each is monitored.
    pub seasons: BTreeMap<i32, bool>,
}

/// Sonarr's `monitorNewItems`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NewItems {
    /// New seasons are monitored.
    All,
    /// New seasons are not monitored.
    None,
}

/// An episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Identity.
    pub id: EpisodeId,
    /// Position.
    pub at: EpisodeRef,
    /// Title ("TBA" while unknown).
    pub title: Option<String>,
    /// When it airs or aired; `None` while unknown.
    pub airs: Option<Timestamp>,
    /// Length in minutes; `None` where Sonarr says 0.
    pub runtime_minutes: Option<i64>,
    /// Whether Sonarr wants it.
    pub monitored: bool,
    /// Its file.
    pub file: Option<EpisodeFileId>,
    /// When Sonarr last searched for it (v4.0.9 and later).
    pub last_searched: Option<Timestamp>,
}

impl Episode {
    /// Whether it has aired at `now`. Undated episodes have not.
    pub fn has_aired(&self, now: Timestamp) -> bool {
        self.airs.is_some_and(|airs| airs <= now)
    }
}

/// A file on disk that holds one or more episodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeFile {
    /// Identity.
    pub id: EpisodeFileId,
    /// Size in bytes.
    pub size: i64,
    /// Path relative to the series.
    pub relative_path: Option<String>,
    /// Full path as Sonarr sees it.
    pub path: Option<String>,
}
