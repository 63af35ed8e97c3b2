//! Commands: how they wait, run and end.

use super::rows::{Command, CommandStatus};
use super::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// What is known of a kind of command.
#[derive(Debug)]
pub(crate) struct Kind {
    pub name: &'static str,
    pub display: &'static str,
    /// Its own fields with their defaults as JSON.
    pub fields: &'static [(&'static str, &'static str)],
    pub disk: bool,
}

const fn kind(
    name: &'static str,
    display: &'static str,
    fields: &'static [(&'static str, &'static str)],
    disk: bool,
) -> Kind {
    Kind {
        name,
        display,
        fields,
        disk,
    }
}

/// The commands that a client may send.
pub(crate) const KINDS: [Kind; 19] = [
    kind(
        "SeasonSearch",
        "Season Search",
        &[("seriesId", "0"), ("seasonNumber", "0")],
        false,
    ),
    kind("EpisodeSearch", "Episode Search", &[("episodeIds", "null")], false),
    kind("SeriesSearch", "Series Search", &[("seriesId", "0")], false),
    kind(
        "MissingEpisodeSearch",
        "Missing Episode Search",
        &[("seriesId", "null"), ("monitored", "true")],
        false,
    ),
    kind(
        "CutoffUnmetEpisodeSearch",
        "Cutoff Unmet Episode Search",
        &[("seriesId", "null"), ("monitored", "true")],
        false,
    ),
    kind(
        "RefreshSeries",
        "Refresh Series",
        &[("seriesIds", "[]"), ("isNewSeries", "false")],
        false,
    ),
    kind("RescanSeries", "Rescan Series", &[("seriesId", "null")], false),
    kind("RefreshMonitoredDownloads", "Refresh Monitored Downloads", &[], false),
    kind("ProcessMonitoredDownloads", "Process Monitored Downloads", &[], true),
    kind("RssSync", "RSS Sync", &[], false),
    kind("Housekeeping", "Housekeeping", &[], false),
    kind("CheckHealth", "Check Health", &[], false),
    kind("MessagingCleanup", "Messaging Cleanup", &[], false),
    kind("Backup", "Backup", &[], false),
    kind("CleanUpRecycleBin", "Clean Up Recycle Bin", &[], false),
    kind(
        "RenameFiles",
        "Rename Files",
        &[("seriesId", "0"), ("files", "[]")],
        true,
    ),
    kind("RenameSeries", "Rename Series", &[("seriesIds", "[]")], true),
    kind(
        "MoveSeries",
        "Move Series",
        &[("seriesId", "0"), ("sourcePath", "\"\""), ("destinationPath", "\"\"")],
        true,
    ),
    kind(
        "DownloadedEpisodesScan",
        "Downloaded Episodes Scan",
        &[("path", "null")],
        true,
    ),
];

/// How many commands run at once.
const WORKERS: usize = 3;
/// How long a finished command stays in memory, with its message.
const IN_MEMORY: SignedDuration = SignedDuration::from_mins(5);
/// How long its row stays after that.
const IN_DATABASE: SignedDuration = SignedDuration::from_hours(24);

pub(crate) fn kind_named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
}

impl Command {
    pub(crate) fn int(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Value::as_i64)
    }

    pub(crate) fn ints(&self, field: &str) -> Option<Vec<i64>> {
        self.fields
            .get(field)?
            .as_array()
            .map(|items| items.iter().filter_map(Value::as_i64).collect())
    }

    pub(crate) fn flag(&self, field: &str, default: bool) -> bool {
        self.fields.get(field).and_then(Value::as_bool).unwrap_or(default)
    }

    /// Whether the list still has it.
    pub(crate) fn in_memory(&self, now: Timestamp) -> bool {
        !self.cancelled && self.ended.is_none_or(|ended| now.duration_since(ended) <= IN_MEMORY)
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        self.ended.is_some_and(|ended| now.duration_since(ended) > IN_DATABASE)
    }

    /// Sonarr's equality: fields in order, lists as sets, and a first nullable field that is null on both sides decides.
    fn equals(&self, name: &str, fields: &Map<String, Value>) -> bool {
        if self.name != name {
            return false;
        }
        for (field, mine) in &self.fields {
            let theirs = fields.get(field).unwrap_or(&Value::Null);
            if mine.is_null() && theirs.is_null() {
                return true;
            }
            let same = match (mine, theirs) {
                (Value::Array(mine), Value::Array(theirs)) => {
                    mine.iter().all(|item| theirs.contains(item)) && theirs.iter().all(|item| mine.contains(item))
                }
                _ => mine == theirs,
            };
            if !same {
                return false;
            }
        }
        true
    }
}

impl World {
    /// Queues a command, unless an equal one is queued or running. Returns its id.
    pub(crate) fn queue_command(
        &mut self,
        name: &'static str,
        fields: Map<String, Value>,
        trigger: &'static str,
    ) -> i64 {
        let open = self.running.iter().chain(&self.waiting).copied();
        let mut same = open.filter(|id| {
            self.commands
                .get(id)
                .is_some_and(|command| command.equals(name, &fields))
        });
        if let Some(id) = same.next() {
            return id;
        }
        drop(same);
        let id = self.next_command;
        self.next_command += 1;
        self.waiting.push_back(id);
        self.commands.insert(
            id,
            Command {
                id,
                name,
                fields,
                trigger,
                status: CommandStatus::Queued,
                queued: self.now,
                started: None,
                ends: None,
                ended: None,
                message: None,
                exception: None,
                cancelled: false,
                stale: Vec::new(),
            },
        );
        id
    }

    pub(crate) fn start_commands(&mut self) {
        while self.running.len() < WORKERS {
            let disk_busy = self.running.iter().any(|id| self.needs_disk(*id));
            let Some(at) = self.waiting.iter().position(|id| !disk_busy || !self.needs_disk(*id)) else {
                return;
            };
            let Some(id) = self.waiting.remove(at) else { return };
            let stale = self.loaded_by(id);
            let timing = self.settings.timing;
            let now = self.now;
            let Some(command) = self.commands.get_mut(&id) else {
                continue;
            };
            let takes = match command.name {
                name if name.ends_with("Search") => timing.search,
                "RefreshSeries" => timing.refresh,
                _ => timing.other,
            };
            command.status = CommandStatus::Started;
            command.started = Some(now);
            command.ends = Some(now + takes);
            command.stale = stale;
            self.running.push(id);
        }
    }

    fn needs_disk(&self, id: i64) -> bool {
        self.commands
            .get(&id)
            .and_then(|command| kind_named(command.name))
            .is_some_and(|kind| kind.disk)
    }

    /// The rows that a refresh reads at its start and, when it races, writes at its end.
    fn loaded_by(&self, id: i64) -> Vec<super::rows::Series> {
        let refresh = self.commands.get(&id).filter(|command| command.name == "RefreshSeries");
        let Some(command) = refresh.filter(|_| self.settings.quirks.refresh_races) else {
            return Vec::new();
        };
        let wanted = self.targets(command);
        wanted.iter().filter_map(|id| self.series.get(id)).cloned().collect()
    }

    fn targets(&self, command: &Command) -> Vec<i64> {
        let ids = command.ints("seriesIds").unwrap_or_default();
        match command.int("seriesId") {
            Some(id) => vec![id],
            None if ids.is_empty() => self.series.keys().copied().collect(),
            None => ids,
        }
    }

    pub(crate) fn finish_command(&mut self, id: i64) {
        self.running.retain(|running| *running != id);
        let Some(command) = self.commands.get(&id).cloned() else {
            return;
        };
        let outcome = match command.name {
            "RefreshSeries" => self.refresh_targets(&command),
            "RescanSeries" => self.rescan_targets(&command),
            name if name.ends_with("Search") => self.search(&command),
            "Housekeeping" => {
                self.housekeep();
                Ok("Completed".to_owned())
            }
            "CleanUpRecycleBin" => {
                self.disks.clean_bin(self.settings.recycle_days, self.now);
                Ok("Completed".to_owned())
            }
            "RssSync" => {
                self.read_feeds();
                Ok("RSS sync completed".to_owned())
            }
            "RefreshMonitoredDownloads" => {
                let now = self.now;
                self.downloads
                    .iter_mut()
                    .for_each(|download| download.appears = download.appears.min(now));
                Ok("Completed".to_owned())
            }
            _ => Ok("Completed".to_owned()),
        };
        let now = self.now;
        let Some(command) = self.commands.get_mut(&id) else {
            return;
        };
        command.ended = Some(now);
        command.stale = Vec::new();
        match outcome {
            Ok(message) => {
                command.status = CommandStatus::Completed;
                command.message = Some(message);
            }
            Err(exception) => {
                command.status = CommandStatus::Failed;
                command.message = Some("Failed".into());
                command.exception = Some(exception);
            }
        }
        self.commands.retain(|_, command| !command.is_forgotten(now));
    }

    fn refresh_targets(&mut self, command: &Command) -> Result<String, String> {
        let is_new = command.flag("isNewSeries", false);
        for id in self.targets(command) {
            if !self.series.contains_key(&id) {
                return Err(no_such_series(id));
            }
            if let Some(stale) = command.stale.iter().find(|series| series.id == id) {
                // The whole row is written, as it was when the refresh began. It can only fail when the row is gone.
                self.update_series(stale.clone()).ok();
            }
            self.refresh_series(id, is_new);
        }
        Ok("Completed".into())
    }

    /// One series' metadata, then its folder.
    pub(crate) fn refresh_series(&mut self, id: i64, is_new: bool) {
        let added = self.apply_upstream(id);
        self.scan(id);
        if is_new {
            self.finish_adding(id);
            return;
        }
        let recent = self.just_aired(id, &added);
        if !recent.is_empty() {
            let fields = json!({"episodeIds": recent}).as_object().cloned().unwrap_or_default();
            self.queue_command("EpisodeSearch", fields, "unspecified");
        }
    }

    fn rescan_targets(&mut self, command: &Command) -> Result<String, String> {
        for id in self.targets(command) {
            if !self.series.contains_key(&id) {
                return Err(no_such_series(id));
            }
            self.scan(id);
        }
        Ok("Completed".into())
    }

    /// The daily cleaning: unused tags, rows that nothing points at, old files in the bin.
    pub(crate) fn housekeep(&mut self) {
        let mut used: std::collections::BTreeSet<i64> = self
            .series
            .values()
            .flat_map(|series| series.tags().iter().copied())
            .collect();
        used.extend(self.connections.values().flat_map(super::hooks::Connection::tags));
        self.tags.retain(|id, _| used.contains(id));
        for id in self.series.keys().copied().collect::<Vec<_>>() {
            self.clean_links(id);
        }
        self.disks.clean_bin(self.settings.recycle_days, self.now);
    }
}

fn no_such_series(id: i64) -> String {
    format!("NzbDrone.Core.Datastore.ModelNotFoundException: Series with ID {id} does not exist")
}
