//! The state of a simulated Sonarr.

use super::disk::Disks;
use super::hooks::{Connection, Hook};
use super::rows::{Command, Download, Episode, File, History, Series};
use super::settings::{ReleasePolicy, Settings};
use super::upstream::Show;
use crate::clock::SimClock;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// How often the indexers' feeds are read.
pub(crate) const RSS_INTERVAL: SignedDuration = SignedDuration::from_mins(15);
/// How often all series are refreshed.
pub(crate) const REFRESH_INTERVAL: SignedDuration = SignedDuration::from_hours(12);

/// Everything a Sonarr knows. Time inside moves only by [`progress`](Self::progress).
#[derive(Debug)]
pub(crate) struct World {
    pub clock: SimClock,
    /// The moment up to which everything has happened.
    pub now: Timestamp,
    pub started_at: Timestamp,
    pub settings: Settings,
    pub series: BTreeMap<i64, Series>,
    pub by_tvdb: HashMap<i64, i64>,
    /// Paths that series have or had; a path outside of it is free.
    pub used_paths: HashSet<String>,
    /// The series of each episode id, by id.
    pub episode_home: Vec<i64>,
    /// The series of each file id, by id.
    pub file_home: Vec<i64>,
    pub next_series: i64,
    pub shows: BTreeMap<i64, Show>,
    pub releases: HashMap<(i64, Option<i32>), ReleasePolicy>,
    pub commands: BTreeMap<i64, Command>,
    pub waiting: VecDeque<i64>,
    pub running: Vec<i64>,
    pub next_command: i64,
    pub downloads: Vec<Download>,
    pub next_download: u64,
    pub history: Vec<History>,
    pub next_history: i64,
    pub tags: BTreeMap<i64, String>,
    pub next_tag: i64,
    pub disks: Disks,
    pub connections: BTreeMap<i64, Connection>,
    pub next_connection: i64,
    pub outbox: Vec<Hook>,
    pub next_housekeeping: Timestamp,
    pub next_rss: Timestamp,
    pub next_refresh: Timestamp,
    /// Episodes that a scan found gone, to be unmonitored when it is over.
    pub unmonitor_after_scan: Vec<i64>,
}

impl World {
    pub(crate) fn new(clock: SimClock) -> Self {
        let now = clock.now();
        Self {
            clock,
            now,
            started_at: now,
            settings: Settings::default(),
            series: BTreeMap::new(),
            by_tvdb: HashMap::new(),
            used_paths: HashSet::new(),
            episode_home: vec![0],
            file_home: vec![0],
            next_series: 1,
            shows: BTreeMap::new(),
            releases: HashMap::new(),
            commands: BTreeMap::new(),
            waiting: VecDeque::new(),
            running: Vec::new(),
            next_command: 1,
            downloads: Vec::new(),
            next_download: 1,
            history: Vec::new(),
            next_history: 1,
            tags: BTreeMap::new(),
            next_tag: 1,
            disks: Disks::default(),
            connections: BTreeMap::new(),
            next_connection: 1,
            outbox: Vec::new(),
            next_housekeeping: now + SignedDuration::from_hours(24),
            next_rss: now + RSS_INTERVAL,
            next_refresh: now + REFRESH_INTERVAL,
            unmonitor_after_scan: Vec::new(),
        }
    }

    /// The id of the next episode, which belongs to `series`.
    pub(crate) fn new_episode_id(&mut self, series: i64) -> i64 {
        self.episode_home.push(series);
        as_id(self.episode_home.len() - 1)
    }

    /// The id of the next file, which belongs to `series`.
    pub(crate) fn new_file_id(&mut self, series: i64) -> i64 {
        self.file_home.push(series);
        as_id(self.file_home.len() - 1)
    }

    pub(crate) fn series_of_episode(&self, id: i64) -> Option<&Series> {
        let home = usize::try_from(id).ok().and_then(|at| self.episode_home.get(at))?;
        self.series.get(home).filter(|series| series.episode(id).is_some())
    }

    pub(crate) fn episode(&self, id: i64) -> Option<(&Series, &Episode)> {
        let series = self.series_of_episode(id)?;
        Some((series, series.episode(id)?))
    }

    pub(crate) fn episode_mut(&mut self, id: i64) -> Option<&mut Episode> {
        let home = usize::try_from(id).ok().and_then(|at| self.episode_home.get(at))?;
        self.series.get_mut(home)?.episode_mut(id)
    }

    pub(crate) fn file(&self, id: i64) -> Option<(&Series, &File)> {
        let home = usize::try_from(id).ok().and_then(|at| self.file_home.get(at))?;
        let series = self.series.get(home)?;
        Some((series, series.file(id)?))
    }

    pub(crate) fn tag_id(&mut self, label: &str) -> i64 {
        let label = label.to_lowercase();
        if let Some((id, _)) = self.tags.iter().find(|(_, known)| **known == label) {
            return *id;
        }
        let id = self.next_tag;
        self.next_tag += 1;
        self.tags.insert(id, label);
        id
    }

    pub(crate) fn release_policy(&self, series: i64, season: i32) -> ReleasePolicy {
        let of_season = self.releases.get(&(series, Some(season)));
        *of_season
            .or_else(|| self.releases.get(&(series, None)))
            .unwrap_or(&self.settings.releases)
    }

    /// Whether the directory of a series can be seen at all.
    pub(crate) fn folder_present(&self, series: &Series) -> bool {
        series.folder_exists && self.disks.is_mounted(&series.path)
    }

    /// Why the root above a series must not be trusted, as Sonarr words it.
    pub(crate) fn root_trouble(&self, series: &Series) -> Option<String> {
        let root = if self.settings.version.is_v5() {
            self.disks.root_of(&series.path)
        } else {
            series.parent()
        };
        if !self.disks.is_mounted(&series.path) {
            return Some(format!("Series' root folder ({root}) doesn't exist."));
        }
        let has_folder = self
            .series
            .values()
            .any(|other| other.folder_exists && other.parent() == root);
        (!has_folder).then(|| format!("Series' root folder ({root}) is empty."))
    }
}

fn as_id(at: usize) -> i64 {
    i64::try_from(at).expect("BUG: fewer than 2^63 rows")
}
