//! Looking into a simulated Sonarr without HTTP.

use super::SonarrSim;
use super::rows::{Command, Episode, HistoryEvent, Series};
use super::world::World;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A series as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesView {
    /// Sonarr's id.
    pub id: i64,
    /// Title.
    pub title: String,
    /// TheTVDB's id.
    pub tvdb: i64,
    /// Its own flag.
    pub monitored: bool,
    /// Whether new seasons are monitored.
    pub monitor_new_items: bool,
    /// Flags of the seasons by number.
    pub seasons: BTreeMap<i32, bool>,
    /// Labels of its tags.
    pub tags: Vec<String>,
    /// Quality profile.
    pub profile: i64,
    /// Folder.
    pub path: String,
    /// `continuing`, `ended`, `upcoming` or `deleted`.
    pub status: String,
    /// When it was added.
    pub added: Timestamp,
}

/// An episode as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpisodeView {
    /// Sonarr's id.
    pub id: i64,
    /// Season number.
    pub season: i32,
    /// Number in the season.
    pub number: i32,
    /// Title, "TBA" without one.
    pub title: String,
    /// Its flag.
    pub monitored: bool,
    /// Its file.
    pub file: Option<i64>,
    /// When it airs.
    pub airs: Option<Timestamp>,
    /// When it was last searched.
    pub last_search: Option<Timestamp>,
}

/// A file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileView {
    /// Sonarr's id.
    pub id: i64,
    /// Season number.
    pub season: i32,
    /// Full path.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// Whether the disk really has it.
    pub on_disk: bool,
    /// Ids of its episodes.
    pub episodes: Vec<i64>,
}

/// A command as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandView {
    /// Sonarr's id.
    pub id: i64,
    /// Name, such as `SeasonSearch`.
    pub name: String,
    /// The series it is for, if it is for one.
    pub series: Option<i64>,
    /// The season it is for.
    pub season: Option<i32>,
    /// The episodes it is for.
    pub episodes: Vec<i64>,
    /// `queued`, `started`, `completed` or `failed`.
    pub status: String,
    /// What came of it.
    pub message: Option<String>,
    /// When it was sent.
    pub queued_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// `manual` when a client sent it.
    pub trigger: String,
}

/// One episode of a download that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// The download.
    pub download_id: String,
    /// Release title.
    pub title: String,
    /// Series.
    pub series: i64,
    /// Episode.
    pub episode: i64,
    /// Bytes of the whole download.
    pub size: i64,
    /// Whether the API shows it already.
    pub visible: bool,
}

/// A history row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryView {
    /// What happened.
    pub event: HistoryEvent,
    /// Series.
    pub series: i64,
    /// Episode.
    pub episode: i64,
    /// When.
    pub at: Timestamp,
    /// For deletions: `Manual`, `MissingFromDisk`, `Upgrade`.
    pub reason: Option<String>,
}

/// A disk as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskView {
    /// Mount point.
    pub path: String,
    /// Bytes in all.
    pub total: i64,
    /// Bytes free.
    pub free: i64,
}

fn episode_view(episode: &Episode) -> EpisodeView {
    EpisodeView {
        id: episode.id,
        season: episode.season,
        number: episode.number,
        title: episode.title().to_owned(),
        monitored: episode.monitored,
        file: (episode.file > 0).then_some(episode.file),
        airs: episode.airs,
        last_search: episode.last_search,
    }
}

fn series_view(world: &World, series: &Series) -> SeriesView {
    SeriesView {
        id: series.id,
        title: series.title.clone(),
        tvdb: series.tvdb,
        monitored: series.monitored,
        monitor_new_items: series.monitor_new_items,
        seasons: series
            .seasons
            .iter()
            .map(|season| (season.number, season.monitored))
            .collect(),
        tags: series
            .tags()
            .iter()
            .filter_map(|id| world.tags.get(id))
            .cloned()
            .collect(),
        profile: series.profile,
        path: series.path.clone(),
        status: series.status.clone(),
        added: series.added,
    }
}

fn command_view(command: &Command) -> CommandView {
    let several = command.ints("seriesIds").unwrap_or_default();
    let only = if let [only] = several.as_slice() {
        Some(*only)
    } else {
        None
    };
    CommandView {
        id: command.id,
        name: command.name.to_owned(),
        series: command.int("seriesId").or(only),
        season: command
            .int("seasonNumber")
            .and_then(|number| i32::try_from(number).ok()),
        episodes: command.ints("episodeIds").unwrap_or_default(),
        status: command.status.name().to_owned(),
        message: command.message.clone(),
        queued_at: command.queued,
        started_at: command.started,
        trigger: command.trigger.to_owned(),
    }
}

impl SonarrSim {
    /// A series.
    pub fn series(&self, id: i64) -> Option<SeriesView> {
        let world = self.current();
        world.series.get(&id).map(|series| series_view(&world, series))
    }

    /// The series with a TVDB id.
    pub fn series_by_tvdb(&self, tvdb: i64) -> Option<SeriesView> {
        let world = self.current();
        let series = world.by_tvdb.get(&tvdb).and_then(|id| world.series.get(id))?;
        Some(series_view(&world, series))
    }

    /// All series by id.
    pub fn all_series(&self) -> Vec<SeriesView> {
        let world = self.current();
        world
            .series
            .values()
            .map(|series| series_view(&world, series))
            .collect()
    }

    /// The episodes of a series by season and number.
    pub fn episodes(&self, series: i64) -> Vec<EpisodeView> {
        let world = self.current();
        let rows = world
            .series
            .get(&series)
            .map(|series| series.episodes.as_slice())
            .unwrap_or_default();
        let mut views: Vec<_> = rows.iter().map(episode_view).collect();
        views.sort_by_key(|episode| (episode.season, episode.number));
        views
    }

    /// One episode by its numbers.
    pub fn episode(&self, series: i64, season: i32, number: i32) -> Option<EpisodeView> {
        let world = self.current();
        let row = world
            .series
            .get(&series)?
            .episodes
            .iter()
            .find(|e| e.season == season && e.number == number)?;
        Some(episode_view(row))
    }

    /// The files of a series by id.
    pub fn files(&self, series: i64) -> Vec<FileView> {
        let world = self.current();
        let Some(series) = world.series.get(&series) else {
            return Vec::new();
        };
        let view = |file: &super::rows::File| FileView {
            id: file.id,
            season: file.season,
            path: format!("{}/{}", series.path, file.relative_path),
            size: file.size,
            on_disk: file.on_disk,
            episodes: series.of_file(file.id).map(|episode| episode.id).collect(),
        };
        series.files.iter().map(view).collect()
    }

    /// The commands of the last day by id.
    pub fn commands(&self) -> Vec<CommandView> {
        self.current().commands.values().map(command_view).collect()
    }

    /// The searches that clients sent in the last day, by id.
    pub fn searches(&self) -> Vec<CommandView> {
        let sent = |command: &CommandView| command.trigger == "manual" && command.name.ends_with("Search");
        self.commands().into_iter().filter(sent).collect()
    }

    /// What is being downloaded, shown by the API or not yet.
    pub fn queue(&self) -> Vec<QueueView> {
        let world = self.current();
        let rows = world
            .downloads
            .iter()
            .flat_map(|download| download.episodes.iter().map(move |id| (download, *id)));
        rows.map(|(download, episode)| QueueView {
            download_id: download.download_id.clone(),
            title: download.title.clone(),
            series: download.series,
            episode,
            size: download.size,
            visible: download.is_visible(world.now),
        })
        .collect()
    }

    /// The history, oldest first.
    pub fn history(&self) -> Vec<HistoryView> {
        let world = self.current();
        let view = |row: &super::rows::History| HistoryView {
            event: row.event,
            series: row.series,
            episode: row.episode,
            at: row.date,
            reason: row
                .data
                .get("reason")
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned),
        };
        world.history.iter().map(view).collect()
    }

    /// The disks.
    pub fn disks(&self) -> Vec<DiskView> {
        let world = self.current();
        let view = |m: &super::disk::Mount| DiskView {
            path: m.path.clone(),
            total: m.total,
            free: m.total - m.used,
        };
        world.disks.mounts.iter().map(view).collect()
    }

    /// Free bytes of the disk under a path; 0 without one.
    pub fn free_space(&self, path: &str) -> i64 {
        self.current()
            .disks
            .mount(path)
            .map_or(0, |mount| mount.total - mount.used)
    }

    /// Tags by id.
    pub fn tags(&self) -> BTreeMap<i64, String> {
        self.current().tags.clone()
    }

    /// Paths of video files that no row knows of.
    pub fn unknown_files(&self) -> Vec<String> {
        self.current().disks.strays.keys().cloned().collect()
    }

    /// Paths in the recycle bin.
    pub fn recycled(&self) -> Vec<String> {
        self.current()
            .disks
            .bin
            .iter()
            .map(|binned| binned.path.clone())
            .collect()
    }
}
