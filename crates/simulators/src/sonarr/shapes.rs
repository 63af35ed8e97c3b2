//! The API's objects, by version.

use super::commands::kind_named;
use super::downloads::{CLIENT, INDEXER};
use super::json::{clean_title, slug, sort_title, stamp, stamp_text, time_span};
use super::rows::{Command, Download, Episode, File, History, Series};
use super::statistics;
use super::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How much of a series is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// An element of the list: no statistics for a series without episodes.
    Listed,
    /// One series by its id: always with statistics.
    Single,
    /// Inside of another object, or in the editor's answer.
    Bare,
}

pub(crate) fn language(name: &str) -> Value {
    let id = match name {
        "English" => 1,
        "French" => 2,
        "Spanish" => 3,
        "German" => 4,
        "Japanese" => 8,
        "Korean" => 21,
        _ => 0,
    };
    json!({"id": id, "name": name})
}

pub(crate) fn quality() -> Value {
    json!({
        "quality": {"id": 3, "name": "WEBDL-1080p", "source": "web", "resolution": 1080},
        "revision": {"version": 1, "real": 0, "isRepack": false},
    })
}

/// Covers; their own addresses are missing where a series is shown bare.
pub(crate) fn images(series: &Series, url_base: Option<&str>) -> Value {
    let image = |kind: &str| {
        json!({
            "coverType": kind,
            "url": url_base.map(|base| format!("{base}/MediaCover/{}/{kind}.jpg?lastWrite=638412345678901234", series.id)),
            "remoteUrl": format!("https://artworks.thetvdb.com/banners/v4/series/{}/{kind}.jpg", series.tvdb),
        })
    };
    json!([image("banner"), image("poster"), image("fanart")])
}

/// The date at the place of the network, which is some hours behind UTC.
pub(crate) fn air_date(airs: Option<Timestamp>) -> Value {
    airs.map_or(Value::Null, |airs| {
        json!((airs - SignedDuration::from_hours(5)).strftime("%Y-%m-%d").to_string())
    })
}

pub(crate) fn overview(episode: &Episode) -> Value {
    episode
        .title
        .as_ref()
        .map_or(Value::Null, |title| json!(format!("What happens in {title}.")))
}

/// A number that is TheTVDB's for this episode, distinct from the series'.
pub(crate) fn episode_tvdb(series: &Series, episode: &Episode) -> i64 {
    series.tvdb * 1000 % 2_000_000_000 + i64::from(episode.season) * 100 + i64::from(episode.number)
}

impl World {
    pub(crate) fn series_json(&self, series: &Series, detail: Detail, season_images: bool) -> Value {
        let version = self.settings.version;
        let v3 = version.is_v3();
        let bare = detail == Detail::Bare;
        let by_season = if bare {
            BTreeMap::new()
        } else {
            statistics::by_season(series, self.now, version)
        };
        let total = statistics::total(&by_season);
        let shown = detail == Detail::Single || (detail == Detail::Listed && total.total > 0);
        let seasons: Vec<_> = series
            .seasons
            .iter()
            .map(|season| {
                json!({
                    "seasonNumber": season.number,
                    "monitored": season.monitored,
                    "statistics": by_season.get(&season.number).map(|statistics| statistics.of_season(version)),
                    "images": season_images.then(|| json!([])),
                })
            })
            .collect();
        let alternate: Vec<_> = series
            .alternate_titles
            .iter()
            .map(|title| json!({"title": title, "seasonNumber": -1, "sceneOrigin": (!v3).then_some("unknown")}))
            .collect();
        let last_aired = series
            .episodes
            .iter()
            .filter(|e| e.season > 0)
            .filter_map(|e| e.airs)
            .max();
        json!({
            "title": series.title,
            "alternateTitles": (!bare).then_some(alternate),
            "sortTitle": sort_title(&series.title),
            "status": series.status,
            "ended": series.status == "ended",
            "overview": series.overview,
            "nextAiring": stamp(total.next_airing),
            "previousAiring": stamp(total.previous_airing),
            "network": series.network,
            "airTime": "21:00",
            "images": images(series, (!bare).then_some(self.settings.url_base.as_str())),
            "originalLanguage": (!v3).then(|| language(&series.language)),
            "seasons": seasons,
            "year": series.year,
            "path": series.path,
            "qualityProfileId": series.profile,
            "seasonFolder": series.season_folder,
            "monitored": series.monitored,
            "monitorNewItems": (!v3).then_some(if series.monitor_new_items { "all" } else { "none" }),
            "useSceneNumbering": false,
            "runtime": series.runtime,
            "tvdbId": series.tvdb,
            "tvRageId": 0,
            "tvMazeId": series.tv_maze,
            "tmdbId": version.has_tmdb().then_some(series.tmdb),
            "firstAired": stamp(series.first_aired),
            "lastAired": if v3 { Value::Null } else { stamp(last_aired) },
            "seriesType": series.series_type.name(),
            "cleanTitle": clean_title(&series.title),
            "imdbId": series.imdb,
            "titleSlug": slug(&series.title),
            "rootFolderPath": (!bare).then(|| self.disks.root_of(&series.path)),
            "certification": series.certification,
            "genres": series.genres,
            "tags": series.tags,
            "added": stamp_text(series.added),
            "addOptions": series.add_options,
            "ratings": {"votes": 1200, "value": 8.1},
            "statistics": shown.then(|| total.of_series(series, version)),
            "simulatedExtra": self.settings.quirks.extra_keys.then_some("unknown to older clients"),
            "languageProfileId": 1,
            "id": series.id,
        })
    }

    pub(crate) fn episode_json(&self, series: &Series, episode: &Episode) -> Value {
        let version = self.settings.version;
        let v3 = version.is_v3();
        json!({
            "seriesId": series.id,
            "tvdbId": episode_tvdb(series, episode),
            "episodeFileId": episode.file,
            "seasonNumber": episode.season,
            "episodeNumber": episode.number,
            "title": episode.title(),
            "airDate": air_date(episode.airs),
            "airDateUtc": stamp(episode.airs),
            "lastSearchTime": if version.has_last_search_time() { stamp(episode.last_search) } else { Value::Null },
            "runtime": (!v3).then_some(episode.runtime),
            "finaleType": if v3 { Value::Null } else { json!(episode.finale) },
            "overview": overview(episode),
            "hasFile": episode.file > 0,
            "monitored": episode.monitored,
            "seriesTitle": v3.then_some(&series.title),
            "unverifiedSceneNumbering": false,
            "simulatedExtra": self.settings.quirks.extra_keys.then_some(17),
            "id": episode.id,
        })
    }

    pub(crate) fn file_json(&self, series: &Series, file: &File) -> Value {
        let v3 = self.settings.version.is_v3();
        json!({
            "seriesId": series.id,
            "seasonNumber": file.season,
            "relativePath": file.relative_path,
            "path": format!("{}/{}", series.path, file.relative_path),
            "size": file.size,
            "dateAdded": stamp_text(file.added),
            "sceneName": file.scene_name,
            "releaseGroup": file.group,
            "language": v3.then(|| language(&series.language)),
            "languages": (!v3).then(|| json!([language(&series.language)])),
            "quality": quality(),
            "customFormats": (!v3).then(|| json!([])),
            "customFormatScore": (!v3).then_some(0),
            "indexerFlags": (!v3).then_some(0),
            "releaseType": (!v3).then(|| file.release_type.name()),
            "mediaInfo": {"audioBitrate": 640_000, "audioChannels": 5.1, "audioCodec": "EAC3", "audioLanguages": "eng",
                "audioStreamCount": 1, "videoBitDepth": 8, "videoBitrate": 0, "videoCodec": "h264", "videoFps": 23.976,
                "videoDynamicRange": "", "videoDynamicRangeType": "", "resolution": "1920x1080", "runTime": "44:30",
                "scanType": "Progressive", "subtitles": "eng"},
            "qualityCutoffNotMet": false,
            "languageCutoffNotMet": v3.then_some(false),
            "id": file.id,
        })
    }

    pub(crate) fn command_json(&self, command: &Command) -> Value {
        let kind = kind_named(command.name);
        // A finished command leaves memory; what the database has of it lacks message and result.
        let remembered = command.in_memory(self.now);
        let result = match command.status.name() {
            _ if !remembered => "unknown",
            "completed" => "successful",
            "failed" => "unsuccessful",
            _ => "unknown",
        };
        let mut body = command.fields.clone();
        let common = json!({
            "sendUpdatesToClient": true, "updateScheduledTask": true, "requiresDiskAccess": kind.is_some_and(|kind| kind.disk),
            "isExclusive": false, "isLongRunning": false, "name": command.name, "trigger": command.trigger,
            "suppressMessages": false,
        });
        body.extend(common.as_object().cloned().unwrap_or_default());
        let duration = command
            .started
            .zip(command.ended)
            .map(|(from, to)| time_span(to.duration_since(from)));
        json!({
            "name": command.name,
            "commandName": kind.map_or(command.name, |kind| kind.display),
            "message": command.message.as_ref().filter(|_| remembered),
            "body": body,
            "priority": "normal",
            "status": command.status.name(),
            "result": result,
            "queued": stamp_text(command.queued),
            "started": stamp(command.started),
            "ended": stamp(command.ended),
            "duration": duration,
            "exception": command.exception,
            "trigger": command.trigger,
            "stateChangeTime": stamp_text(command.started.unwrap_or(command.queued)),
            "sendUpdatesToClient": true,
            "updateScheduledTask": true,
            "id": command.id,
        })
    }

    pub(crate) fn queue_json(&self, download: &Download, episode: i64, with_series: bool, with_episode: bool) -> Value {
        let v3 = self.settings.version.is_v3();
        let Some((series, row)) = self.episode(episode) else {
            return Value::Null;
        };
        let left = download.left(self.now);
        let done = download.downloaded <= self.now;
        let blocked = download.stuck && done;
        let messages = json!([{"title": download.title, "messages": ["No files found are eligible for import"]}]);
        json!({
            "seriesId": series.id,
            "episodeId": episode,
            "seasonNumber": download.season,
            "series": with_series.then(|| self.series_json(series, Detail::Bare, false)),
            "episode": with_episode.then(|| self.episode_json(series, row)),
            "language": v3.then(|| language(&series.language)),
            "languages": (!v3).then(|| json!([language(&series.language)])),
            "quality": quality(),
            "customFormats": (!v3).then(|| json!([])),
            "customFormatScore": (!v3).then_some(0),
            "size": download.size,
            "title": download.title,
            "estimatedCompletionTime": stamp((!done).then_some(download.downloaded)),
            "added": stamp_text(download.grabbed),
            "status": if done { "completed" } else { "downloading" },
            "trackedDownloadStatus": if blocked { "warning" } else { "ok" },
            "trackedDownloadState": match (blocked, done) {
                (true, _) => if v3 { "importPending" } else { "importBlocked" },
                (_, true) => "importPending",
                _ => "downloading",
            },
            "statusMessages": if blocked { messages } else { json!([]) },
            "downloadId": download.download_id,
            "protocol": "torrent",
            "downloadClient": CLIENT,
            "downloadClientHasPostImportCategory": (!v3).then_some(false),
            "indexer": INDEXER,
            "outputPath": download.output_path(),
            "episodeHasFile": (!v3).then_some(row.file > 0),
            "sizeleft": left,
            "timeleft": time_span(download.downloaded.duration_since(self.now)),
            "id": download.record_id(episode),
        })
    }

    pub(crate) fn history_json(&self, row: &History, with_series: bool, with_episode: bool) -> Value {
        let v3 = self.settings.version.is_v3();
        let series = self.series.get(&row.series);
        let spoken = series.map_or("English", |series| series.language.as_str());
        let episode = series.and_then(|series| Some((series, series.episode(row.episode)?)));
        json!({
            "episodeId": row.episode,
            "seriesId": row.series,
            "sourceTitle": row.source_title,
            "language": v3.then(|| language(spoken)),
            "languages": (!v3).then(|| json!([language(spoken)])),
            "quality": quality(),
            "customFormats": (!v3).then(|| json!([])),
            "customFormatScore": (!v3).then_some(0),
            "qualityCutoffNotMet": false,
            "date": stamp_text(row.date),
            "downloadId": row.download_id,
            "eventType": row.event.name(),
            "data": row.data,
            "episode": episode.filter(|_| with_episode).map(|(series, episode)| self.episode_json(series, episode)),
            "series": series.filter(|_| with_series).map(|series| self.series_json(series, Detail::Bare, false)),
            "id": row.id,
        })
    }
}
