//! Downloads: from the grab over the queue to the file.

use super::rows::{DeleteReason, Download, Episode, HistoryEvent, Series};
use super::world::World;
use jiff::Timestamp;
use serde_json::json;
use std::hash::{DefaultHasher, Hash, Hasher};

pub(crate) const CLIENT: &str = "qBittorrent";
pub(crate) const INDEXER: &str = "Simulated Indexer";

/// Bytes of one episode's release.
const EPISODE_SIZE: i64 = 2_147_483_648;

impl Download {
    /// Bytes that are still to come.
    pub(crate) fn left(&self, now: Timestamp) -> i64 {
        let whole = self.downloaded.duration_since(self.grabbed).as_millis().max(1);
        let rest = self.downloaded.duration_since(now).as_millis().clamp(0, whole);
        i64::try_from(i128::from(self.size) * rest / whole).unwrap_or(self.size)
    }

    pub(crate) fn is_visible(&self, now: Timestamp) -> bool {
        self.appears <= now
    }

    /// The record's id: the same for the same download and episode, within 31 bits.
    pub(crate) fn record_id(&self, episode: i64) -> i64 {
        let mut hasher = DefaultHasher::new();
        (CLIENT, &self.download_id, episode).hash(&mut hasher);
        i64::try_from(hasher.finish() & 0x7fff_ffff).unwrap_or(1).max(1)
    }

    pub(crate) fn output_path(&self) -> String {
        format!("/downloads/{}", self.title)
    }
}

impl World {
    /// Sends a release to the download client.
    pub(crate) fn grab(&mut self, series_id: i64, season: i32, episodes: Vec<i64>, pack: bool) {
        let Some(series) = self.series.get(&series_id).cloned() else {
            return;
        };
        let rows: Vec<_> = episodes.iter().filter_map(|id| series.episode(*id)).cloned().collect();
        let number = self.next_download;
        self.next_download += 1;
        let mut hasher = DefaultHasher::new();
        (series_id, number).hash(&mut hasher);
        let hash = hasher.finish();
        let timing = self.settings.timing;
        let what = match rows.first() {
            Some(first) if !pack => format!("S{season:02}E{:02}", first.number),
            _ => format!("S{season:02}"),
        };
        let count = i64::try_from(rows.len()).unwrap_or(1);
        let downloaded = self.now + timing.download;
        let download = Download {
            download_id: format!("{hash:016X}{:016X}{number:08X}", hash.rotate_left(17)),
            title: format!("{}.{what}.1080p.WEB-DL-SIM", series.title.replace(' ', ".")),
            series: series_id,
            season,
            episodes,
            size: EPISODE_SIZE * count,
            pack,
            grabbed: self.now,
            appears: self.now + timing.appear,
            downloaded,
            imports: downloaded + timing.import,
            stuck: self.settings.quirks.downloads_stick,
        };
        for episode in &rows {
            let data = json!({
                "indexer": INDEXER, "releaseGroup": "SIM", "downloadClient": CLIENT, "size": download.size.to_string(),
                "protocol": "2", "releaseType": if pack { "SeasonPack" } else { "SingleEpisode" },
            });
            let (title, id) = (download.title.clone(), download.download_id.clone());
            self.record(HistoryEvent::Grabbed, &series, episode, title, Some(&id), &data);
        }
        self.tell_of_grab(&series, &rows, &download);
        self.downloads.push(download);
    }

    fn tell_of_grab(&mut self, series: &Series, episodes: &[Episode], download: &Download) {
        let payload = json!({
            "series": self.hook_series(series),
            "episodes": episodes.iter().map(|episode| self.hook_episode(series, episode)).collect::<Vec<_>>(),
            "release": {
                "quality": "WEBDL-1080p", "qualityVersion": 1, "releaseGroup": "SIM", "releaseTitle": download.title,
                "indexer": INDEXER, "size": download.size, "customFormatScore": 0, "customFormats": [],
                "languages": [super::shapes::language(&series.language)],
            },
            "downloadClient": CLIENT,
            "downloadClientType": CLIENT,
            "downloadId": download.download_id,
            "customFormatInfo": {"customFormats": [], "customFormatScore": 0},
        });
        self.emit("Grab", "onGrab", series, payload);
    }

    /// The next download that will be imported, and when.
    pub(crate) fn next_import(&self) -> Option<(Timestamp, usize)> {
        let moving = self
            .downloads
            .iter()
            .enumerate()
            .filter(|(_, download)| !download.stuck);
        moving.map(|(at, download)| (download.imports, at)).min()
    }

    /// Takes the downloads of a series out of the queue as failed. Nothing is searched anew: that is as with "Redownload
    /// Failed" switched off.
    pub(crate) fn fail_downloads(&mut self, series_id: i64) {
        let Some(series) = self.series.get(&series_id).cloned() else {
            return;
        };
        let (failed, others) = std::mem::take(&mut self.downloads)
            .into_iter()
            .partition(|download| download.series == series_id);
        self.downloads = others;
        let failed: Vec<Download> = failed;
        for download in failed {
            let data = json!({"downloadClient": CLIENT, "message": "Failed download detected", "size": download.size.to_string()});
            for episode in download.episodes.iter().filter_map(|id| series.episode(*id)) {
                let (title, id) = (download.title.clone(), download.download_id.clone());
                self.record(HistoryEvent::DownloadFailed, &series, episode, title, Some(&id), &data);
            }
        }
    }

    /// Turns a download into files, one for each episode, in place of those that were there.
    pub(crate) fn import_download(&mut self, index: usize) {
        let download = self.downloads.remove(index);
        let Some(series) = self.series.get(&download.series).cloned() else {
            return;
        };
        let episodes: Vec<_> = download
            .episodes
            .iter()
            .filter_map(|id| series.episode(*id))
            .cloned()
            .collect();
        let size = download.size / i64::try_from(episodes.len().max(1)).unwrap_or(1);
        let mut files = Vec::new();
        for episode in &episodes {
            let replaced = self.replace_file(&series, episode);
            let placed = self.place_file(series.id, episode.season, &[episode.number], size, download.pack);
            let Some(file) = placed.and_then(|id| self.file(id)).map(|(_, file)| file.clone()) else {
                continue;
            };
            let path = format!("{}/{}", series.path, file.relative_path);
            let data = json!({
                "fileId": file.id.to_string(), "droppedPath": download.output_path(), "importedPath": path,
                "downloadClient": CLIENT, "downloadClientName": CLIENT, "releaseGroup": "SIM",
                "size": file.size.to_string(), "releaseType": file.release_type.pascal(),
            });
            let (event, id) = (HistoryEvent::DownloadFolderImported, download.download_id.clone());
            self.record(event, &series, episode, download.title.clone(), Some(&id), &data);
            let mut hook_file = self.hook_file(&series, &file, None);
            hook_file["sourcePath"] = json!(download.output_path());
            files.push(hook_file.clone());
            let payload = json!({
                "series": self.hook_series(&series),
                "episodes": [self.hook_episode(&series, episode)],
                "episodeFile": hook_file,
                "isUpgrade": replaced.is_some(),
                "downloadClient": CLIENT, "downloadClientType": CLIENT, "downloadId": download.download_id,
                "deletedFiles": replaced.clone().map(|file| vec![file]),
                "customFormatInfo": {"customFormats": [], "customFormatScore": 0},
                "release": {
                    "releaseTitle": download.title, "indexer": INDEXER, "size": download.size,
                    "releaseType": file.release_type.name(),
                },
            });
            self.emit(
                "Download",
                if replaced.is_some() { "onUpgrade" } else { "onDownload" },
                &series,
                payload,
            );
        }
        self.tell_of_completion(&series, &episodes, &download, &files);
    }

    fn replace_file(&mut self, series: &Series, episode: &Episode) -> Option<serde_json::Value> {
        let (id, file) = self.drop_file_row(episode.file)?;
        let bin = self.erase(&format!("{}/{}", series.path, file.relative_path), file.size);
        self.file_deleted(id, &file, DeleteReason::Upgrade, bin.as_deref());
        Some(self.hook_file(series, &file, bin.as_deref()))
    }

    fn tell_of_completion(
        &mut self,
        series: &Series,
        episodes: &[Episode],
        download: &Download,
        files: &[serde_json::Value],
    ) {
        if !self.settings.version.has_import_complete() {
            return;
        }
        let payload = json!({
            "series": self.hook_series(series),
            "episodes": episodes.iter().map(|episode| self.hook_episode(series, episode)).collect::<Vec<_>>(),
            "episodeFiles": files,
            "downloadClient": CLIENT, "downloadClientType": CLIENT, "downloadId": download.download_id,
            "release": {"releaseTitle": download.title, "indexer": INDEXER, "size": download.size},
            "fileCount": files.len(),
            "sourcePath": download.output_path(),
            "destinationPath": series.path,
        });
        self.emit("Download", "onImportComplete", series, payload);
    }
}
