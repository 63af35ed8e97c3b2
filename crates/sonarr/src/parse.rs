//! From Sonarr's JSON to types.
//!
//! Only what cannot be done without makes an element unreadable. Texts stand for missing values, zeros for unknown ids: both
//! become `None` here.

use crate::records::{
    CommandId, CommandStatus, HistoryEvent, HistoryRecord, MediaManagement, QualityProfile, QueueRecord, RootFolder,
    SystemStatus,
};
use domain::ids::{EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, SeriesId, SeriesKey, TvdbId};
use domain::series::{Episode, EpisodeFile, NewItems, Series};
use remote::RemoteError;
use remote::lenient::{flag, integer, small_integer, text, timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) fn status(value: &Value) -> Result<SystemStatus, RemoteError> {
    let version = text(&value["version"]);
    let major = version
        .as_deref()
        .and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    let (Some(version), Some(major)) = (version, major) else {
        return Err(RemoteError::not_this_kind("the answer names no version of Sonarr"));
    };
    match text(&value["appName"]) {
        Some(app_name) if app_name == "Sonarr" && major >= 3 => {
            let instance_name = text(&value["instanceName"]).unwrap_or_else(|| app_name.clone());
            Ok(SystemStatus {
                app_name,
                instance_name,
                version,
                major,
            })
        }
        Some(app_name) if app_name != "Sonarr" => {
            let name: String = app_name.chars().filter(|c| c.is_alphanumeric()).take(30).collect();
            Err(RemoteError::not_this_kind(format!(
                "{name} answers instead of Sonarr; check the port"
            )))
        }
        _ if major < 3 => Err(RemoteError::not_this_kind(format!(
            "this is Sonarr version {major}; version 3 or later is needed"
        ))),
        _ => Err(RemoteError::not_this_kind(
            "the answer does not say that this is Sonarr",
        )),
    }
}

pub(crate) fn series(instance: InstanceId, value: &Value) -> Result<Series, String> {
    let id = positive(&value["id"]).ok_or("no id")?;
    Ok(Series {
        key: SeriesKey {
            instance,
            series: SeriesId(id),
        },
        title: text(&value["title"]).unwrap_or_default(),
        alternate_titles: list(&value["alternateTitles"])
            .filter_map(|title| text(&title["title"]))
            .collect(),
        year: small_integer(&value["year"]).filter(|year| *year > 0),
        tvdb: positive(&value["tvdbId"]).map(TvdbId),
        imdb: text(&value["imdbId"]),
        monitored: flag(&value["monitored"])
            .ok_or_else(|| format!("series {id} does not say whether it is monitored"))?,
        new_items: new_items(&value["monitorNewItems"]),
        status: word(&value["status"]).unwrap_or_default(),
        series_type: word(&value["seriesType"]).unwrap_or_else(|| "standard".to_owned()),
        tags: list(&value["tags"]).filter_map(integer).collect(),
        genres: list(&value["genres"]).filter_map(text).collect(),
        network: text(&value["network"]),
        original_language: text(&value["originalLanguage"]["name"]),
        quality_profile: positive(&value["qualityProfileId"]),
        root_folder: text(&value["rootFolderPath"]),
        path: text(&value["path"]),
        added: timestamp(&value["added"]),
        seasons: seasons(&value["seasons"]),
    })
}

fn seasons(value: &Value) -> BTreeMap<i32, bool> {
    list(value)
        .filter_map(|season| {
            Some((
                small_integer(&season["seasonNumber"])?,
                flag(&season["monitored"]).unwrap_or(false),
            ))
        })
        .collect()
}

fn new_items(value: &Value) -> Option<NewItems> {
    match word(value)?.as_str() {
        "all" => Some(NewItems::All),
        "none" => Some(NewItems::None),
        _ => None,
    }
}

pub(crate) fn episode(value: &Value) -> Result<Episode, String> {
    let id = positive(&value["id"]).ok_or("no id")?;
    let missing = |what: &str| format!("episode {id} has no {what}");
    Ok(Episode {
        id: EpisodeId(id),
        at: EpisodeRef {
            season: small_integer(&value["seasonNumber"]).ok_or_else(|| missing("season number"))?,
            episode: small_integer(&value["episodeNumber"]).ok_or_else(|| missing("number"))?,
        },
        title: text(&value["title"]),
        airs: timestamp(&value["airDateUtc"]),
        runtime_minutes: positive(&value["runtime"]),
        monitored: flag(&value["monitored"]).ok_or_else(|| missing("monitored flag"))?,
        file: positive(&value["episodeFileId"]).map(EpisodeFileId),
        last_searched: timestamp(&value["lastSearchTime"]),
    })
}

pub(crate) fn file(value: &Value) -> Result<EpisodeFile, String> {
    Ok(EpisodeFile {
        id: positive(&value["id"]).map(EpisodeFileId).ok_or("no id")?,
        size: bytes(&value["size"]),
        relative_path: text(&value["relativePath"]),
        path: text(&value["path"]),
    })
}

pub(crate) fn queue_record(value: &Value) -> Result<QueueRecord, String> {
    if !value["episodeId"].is_null() && integer(&value["episodeId"]).is_none() {
        return Err("no readable episode id".to_owned());
    }
    Ok(QueueRecord {
        id: integer(&value["id"]).ok_or("no id")?,
        // Old versions tell the ids only inside the embedded objects.
        series: positive(&value["seriesId"])
            .or_else(|| positive(&value["series"]["id"]))
            .map(SeriesId),
        episode: positive(&value["episodeId"])
            .or_else(|| positive(&value["episode"]["id"]))
            .map(EpisodeId),
        season: small_integer(&value["seasonNumber"]).or_else(|| small_integer(&value["episode"]["seasonNumber"])),
        download_id: text(&value["downloadId"]),
        title: text(&value["title"]),
        status: word(&value["status"]).unwrap_or_else(|| "unknown".to_owned()),
        tracked_state: word(&value["trackedDownloadState"]),
        tracked_status: word(&value["trackedDownloadStatus"]),
        size: bytes(&value["size"]),
        size_left: bytes(&value["sizeleft"]),
        added: timestamp(&value["added"]),
        error: text(&value["errorMessage"]).or_else(|| {
            list(&value["statusMessages"])
                .flat_map(|status| list(&status["messages"]))
                .find_map(text)
        }),
    })
}

pub(crate) fn history_record(value: &Value) -> Result<HistoryRecord, String> {
    Ok(HistoryRecord {
        episode: EpisodeId(positive(&value["episodeId"]).ok_or("no episode id")?),
        at: timestamp(&value["date"]).ok_or("no date")?,
        event: match word(&value["eventType"]).as_deref() {
            Some("grabbed") => HistoryEvent::Grabbed,
            Some("downloadFolderImported") => HistoryEvent::Imported,
            Some("downloadFailed") => HistoryEvent::DownloadFailed,
            _ => HistoryEvent::Other,
        },
    })
}

pub(crate) fn command(value: &Value) -> Result<CommandStatus, String> {
    let body = &value["body"];
    Ok(CommandStatus {
        id: CommandId(positive(&value["id"]).ok_or("no id")?),
        name: text(&value["name"]).or_else(|| text(&body["name"])).unwrap_or_default(),
        status: word(&value["status"]).unwrap_or_default(),
        result: word(&value["result"]),
        message: text(&value["message"]),
        queued: timestamp(&value["queued"]).or_else(|| timestamp(&value["startedOn"])),
        series: positive(&body["seriesId"]).map(SeriesId),
        season: small_integer(&body["seasonNumber"]),
        episodes: list(&body["episodeIds"]).filter_map(positive).map(EpisodeId).collect(),
    })
}

pub(crate) fn root_folder(value: &Value) -> Result<RootFolder, String> {
    Ok(RootFolder {
        path: text(&value["path"]).ok_or("no path")?,
        free_space: integer(&value["freeSpace"]),
        accessible: flag(&value["accessible"]).unwrap_or(false),
    })
}

pub(crate) fn quality_profile(value: &Value) -> Result<QualityProfile, String> {
    Ok(QualityProfile {
        id: positive(&value["id"]).ok_or("no id")?,
        name: text(&value["name"]).unwrap_or_default(),
    })
}

pub(crate) fn tag(value: &Value) -> Result<(i64, String), String> {
    Ok((
        positive(&value["id"]).ok_or("no id")?,
        text(&value["label"]).ok_or("no label")?,
    ))
}

/// # Errors
/// When it is not told whether deleting is permanent: that must not be guessed.
pub(crate) fn media_management(value: &Value) -> Result<MediaManagement, String> {
    let recycle_bin = value.get("recycleBin").ok_or("it does not tell the recycle bin")?;
    Ok(MediaManagement {
        auto_unmonitor: flag(&value["autoUnmonitorPreviouslyDownloadedEpisodes"]).unwrap_or(false),
        recycle_bin: text(recycle_bin),
        recycle_days: integer(&value["recycleBinCleanupDays"]).unwrap_or(7),
        delete_empty_folders: flag(&value["deleteEmptyFolders"]).unwrap_or(false),
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn positive(value: &Value) -> Option<i64> {
    integer(value).filter(|number| *number > 0)
}

/// Sizes are whole numbers, but those of the queue are decimals by type.
fn bytes(value: &Value) -> i64 {
    integer(value)
        .or_else(|| remote::lenient::float(value).map(|size| size as i64))
        .unwrap_or(0)
        .max(0)
}

/// An enum's word, as versions 3 and later spell it; version 2 begins it with a capital.
fn word(value: &Value) -> Option<String> {
    let word = text(value)?;
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
}
