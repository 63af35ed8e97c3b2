//! Episode files: how they come, go, and are found missing.

use super::disk::Stray;
use super::rows::{DeleteReason, Episode, File, HistoryEvent, ReleaseType, Series};
use super::world::World;
use serde_json::{Map, Value, json};

const GROUP: &str = "SIM";

impl World {
    /// Puts a file on disk and into the database, and links the episodes to it.
    pub(crate) fn place_file(
        &mut self,
        series_id: i64,
        season: i32,
        numbers: &[i32],
        size: i64,
        pack: bool,
    ) -> Option<i64> {
        let series = self.series.get(&series_id)?;
        let relative_path = file_name(series, season, numbers);
        let scene = format!(
            "{}.{}.1080p.WEB-DL-{GROUP}",
            series.title.replace(' ', "."),
            numbers_text(season, numbers)
        );
        let path = format!("{}/{relative_path}", series.path);
        let id = self.new_file_id(series_id);
        self.disks.take_space(&path, size);
        let now = self.now;
        let series = self.series.get_mut(&series_id)?;
        series.folder_exists = true;
        series.files.push(File {
            id,
            season,
            relative_path: relative_path.into(),
            size,
            added: now,
            group: GROUP.into(),
            scene_name: Some(scene.into()),
            release_type: match numbers.len() {
                _ if pack => ReleaseType::SeasonPack,
                0 | 1 => ReleaseType::SingleEpisode,
                _ => ReleaseType::MultiEpisode,
            },
            on_disk: true,
        });
        for episode in series
            .episodes
            .iter_mut()
            .filter(|e| e.season == season && numbers.contains(&e.number))
        {
            episode.file = id;
        }
        Some(id)
    }

    /// Removes a file from the disk; returns where it went, if that was the recycle bin.
    pub(crate) fn erase(&mut self, path: &str, size: i64) -> Option<String> {
        let bin = self.settings.recycle_bin.clone();
        if bin.is_empty() {
            self.disks.give_space(path, size);
            return None;
        }
        Some(self.disks.recycle(path, &bin, size, self.now))
    }

    /// Removes a file's row; its episodes still point at it. Returns it for [`unlink`](Self::unlink).
    pub(crate) fn drop_file_row(&mut self, id: i64) -> Option<(i64, File)> {
        let series_id = self.file(id)?.0.id;
        let series = self.series.get_mut(&series_id)?;
        let at = series.files.iter().position(|file| file.id == id)?;
        Some((series_id, series.files.remove(at)))
    }

    /// What the handlers of `EpisodeFileDeleted` do: history, webhook, and the links of all episodes of the file.
    pub(crate) fn file_deleted(&mut self, series_id: i64, file: &File, reason: DeleteReason, bin: Option<&str>) {
        self.tell_of_deletion(series_id, file, reason, bin);
        self.unlink(series_id, file, reason);
    }

    /// The history rows and the webhook of a deletion.
    pub(crate) fn tell_of_deletion(&mut self, series_id: i64, file: &File, reason: DeleteReason, bin: Option<&str>) {
        let Some(series) = self.series.get(&series_id).cloned() else {
            return;
        };
        let episodes: Vec<_> = series.of_file(file.id).cloned().collect();
        if reason == DeleteReason::NoLinkedEpisodes || episodes.is_empty() {
            return;
        }
        let path = format!("{}/{}", series.path, file.relative_path);
        for episode in &episodes {
            let data = json!({
                "reason": reason.pascal(),
                "releaseGroup": file.group,
                "size": file.size.to_string(),
                "indexerFlags": "0",
                "releaseType": file.release_type.pascal(),
            });
            self.record(
                HistoryEvent::EpisodeFileDeleted,
                &series,
                episode,
                path.clone(),
                None,
                &data,
            );
        }
        let switch = match reason {
            DeleteReason::Upgrade => "onEpisodeFileDeleteForUpgrade",
            _ => "onEpisodeFileDelete",
        };
        let payload = json!({
            "series": self.hook_series(&series),
            "episodes": episodes.iter().map(|episode| self.hook_episode(&series, episode)).collect::<Vec<_>>(),
            "episodeFile": self.hook_file(&series, file, bin),
            "deleteReason": reason.camel(),
        });
        self.emit("EpisodeFileDelete", switch, &series, payload);
    }

    /// Takes the file from its episodes, and their flags where that is set.
    pub(crate) fn unlink(&mut self, series_id: i64, file: &File, reason: DeleteReason) {
        if self.settings.quirks.handlers_fail {
            return;
        }
        let unmonitors = self.settings.auto_unmonitor_deleted && reason != DeleteReason::Upgrade;
        let deferred = reason == DeleteReason::MissingFromDisk && self.settings.version.defers_unmonitoring();
        let Some(series) = self.series.get_mut(&series_id) else {
            return;
        };
        for episode in series.episodes.iter_mut().filter(|episode| episode.file == file.id) {
            episode.file = 0;
            if unmonitors && deferred {
                self.unmonitor_after_scan.push(episode.id);
            } else if unmonitors {
                episode.monitored = false;
            }
        }
        if self.settings.delete_empty_folders && series.files.is_empty() {
            series.folder_exists = false;
        }
    }

    pub(crate) fn record(
        &mut self,
        event: HistoryEvent,
        series: &Series,
        episode: &Episode,
        source_title: String,
        download_id: Option<&str>,
        data: &Value,
    ) {
        let data: Map<_, _> = data.as_object().cloned().unwrap_or_default();
        let id = self.next_history;
        self.next_history += 1;
        self.history.push(super::rows::History {
            id,
            series: series.id,
            episode: episode.id,
            source_title,
            date: self.now,
            download_id: download_id.map(str::to_owned),
            event,
            data,
        });
    }

    /// Compares a series with its folder.
    pub(crate) fn scan(&mut self, id: i64) {
        let Some(series) = self.series.get(&id) else { return };
        let present = self.folder_present(series);
        if !present && self.root_trouble(series).is_some() {
            return;
        }
        let gone: Vec<_> = series
            .files
            .iter()
            .filter(|file| !present || !file.on_disk)
            .map(|file| file.id)
            .collect();
        for file in gone {
            if let Some((series, file)) = self.drop_file_row(file) {
                self.file_deleted(series, &file, DeleteReason::MissingFromDisk, None);
            }
        }
        self.clean_links(id);
        if present {
            self.import_strays(id);
        }
        for episode in std::mem::take(&mut self.unmonitor_after_scan) {
            if let Some(episode) = self.episode_mut(episode).filter(|episode| episode.file == 0) {
                episode.monitored = false;
            }
        }
    }

    /// Removes rows of files without episodes, and links to files without rows.
    pub(crate) fn clean_links(&mut self, id: i64) {
        let Some(series) = self.series.get_mut(&id) else { return };
        let linked: Vec<_> = series.episodes.iter().map(|episode| episode.file).collect();
        let path = series.path.clone();
        let orphans: Vec<_> = series.files.extract_if(.., |file| !linked.contains(&file.id)).collect();
        let known: Vec<_> = series.files.iter().map(|file| file.id).collect();
        for episode in series
            .episodes
            .iter_mut()
            .filter(|episode| !known.contains(&episode.file))
        {
            episode.file = 0;
        }
        for file in orphans.into_iter().filter(|file| file.on_disk) {
            let stray = Stray {
                season: file.season,
                numbers: Vec::new(),
                size: file.size,
            };
            self.disks
                .strays
                .insert(format!("{path}/{}", file.relative_path), stray);
        }
    }

    fn import_strays(&mut self, id: i64) {
        let Some(series) = self.series.get(&id) else { return };
        let prefix = format!("{}/", series.path);
        let range = self.disks.strays.range(prefix.clone()..);
        let found: Vec<_> = range
            .take_while(|(path, _)| path.starts_with(&prefix))
            .map(|(p, s)| (p.clone(), s.clone()))
            .collect();
        for (path, stray) in found {
            let Some(series) = self.series.get(&id) else { return };
            let fits = series
                .in_season(stray.season)
                .any(|e| stray.numbers.contains(&e.number) && e.file == 0);
            if !fits {
                continue;
            }
            self.disks.strays.remove(&path);
            self.disks.give_space(&path, stray.size);
            self.place_file(id, stray.season, &stray.numbers, stray.size, false);
        }
    }
}

/// "Season 01/Title - S01E01-E02.mkv".
pub(crate) fn file_name(series: &Series, season: i32, numbers: &[i32]) -> String {
    let folder = match season {
        0 => "Specials".to_owned(),
        season => format!("Season {season:02}"),
    };
    format!("{folder}/{} - {}.mkv", series.folder(), numbers_text(season, numbers))
}

fn numbers_text(season: i32, numbers: &[i32]) -> String {
    let episodes: Vec<_> = numbers.iter().map(|number| format!("E{number:02}")).collect();
    format!("S{season:02}{}", episodes.join("-"))
}
