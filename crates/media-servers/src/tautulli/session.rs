//! `get_activity`: what is playing, and how shows are named there.

use super::{is_empty, name_of, plex_is_away};
use crate::element::player_state;
use crate::plex::guid::SeriesIds;
use domain::ids::{ServerId, ViewerKey};
use domain::session::{ItemKind, PlaybackSession, PlayedItem, SessionList, ShowReference, Viewer};
use remote::RemoteError;
use remote::lenient::{each_lenient, flag, id, integer, small_integer, text};
use serde_json::Value;

/// Reads the activity. `stream_count` is Plex' own count and may be higher than that of the sessions: music in the background is
/// left out of them.
///
/// # Errors
/// [`RemoteError::Unreachable`] when Tautulli did not reach Plex, which it tells by leaving the list of sessions out.
pub(super) fn session_list(server: ServerId, activity: &Value) -> Result<SessionList, RemoteError> {
    if is_empty(activity) {
        return Err(plex_is_away());
    }
    if !activity["sessions"].is_array() {
        return Err(RemoteError::bad_answer("it has no list of sessions"));
    }
    let (sessions, unreadable) = each_lenient(&activity["sessions"], |row| session(server, row));
    Ok(SessionList { sessions, unreadable })
}

fn session(server: ServerId, row: &Value) -> Result<PlaybackSession, String> {
    if is_empty(row) {
        return Err("it is empty".to_owned());
    }
    let session_key = ["session_key", "session_id", "machine_id", "rating_key"]
        .iter()
        .find_map(|field| id(&row[*field]))
        .ok_or("it has no key")?;
    let first = |fields: [&str; 3]| fields.iter().find_map(|field| text(&row[*field]));
    Ok(PlaybackSession {
        server,
        session_key,
        viewer: viewer(server, row),
        device: first(["player", "device", "product"]),
        device_id: text(&row["machine_id"]),
        state: player_state(row["state"].as_str()),
        view_offset_ms: integer(&row["view_offset"]).filter(|offset| *offset >= 0),
        duration_ms: integer(&row["duration"])
            .or_else(|| integer(&row["stream_duration"]))
            .filter(|duration| *duration > 0),
        item: played_item(row),
    })
}

/// Who that is, where Tautulli knows.
pub(super) fn viewer(server: ServerId, row: &Value) -> Option<Viewer> {
    let key = account(server, row)?;
    Some(Viewer {
        key,
        name: name_of(row),
    })
}

/// Whom a row is about. User 0 ("Local") stands for everybody whom Tautulli does not know.
pub(super) fn account(server: ServerId, row: &Value) -> Option<ViewerKey> {
    let account = id(&row["user_id"]).filter(|id| id != "0")?;
    Some(ViewerKey { server, account })
}

fn played_item(row: &Value) -> PlayedItem {
    let kind = kind(row);
    let is_episode = row["media_type"].as_str() == Some("episode");
    let number = |field: &str| {
        small_integer(&row[field])
            .filter(|number| *number >= 0)
            .filter(|_| is_episode)
    };
    PlayedItem {
        key: id(&row["rating_key"]),
        kind,
        title: text(&row["title"]),
        show: if is_episode {
            show_of(row)
        } else {
            ShowReference::default()
        },
        season: number("parent_media_index"),
        episodes: number("media_index").into_iter().collect(),
        file: text(&row["file"]),
    }
}

fn kind(row: &Value) -> ItemKind {
    if flag(&row["live"]) == Some(true) {
        return ItemKind::LiveTv;
    }
    let preroll = text(&row["guid"]).is_some_and(|guid| guid.starts_with("analyzed.prerolls://"));
    if preroll || id(&row["section_id"]).as_deref() == Some("-2") || text(&row["extra_type"]).is_some() {
        return ItemKind::Clip;
    }
    match row["media_type"].as_str().unwrap_or_default() {
        "episode" => ItemKind::Episode,
        "movie" => ItemKind::Movie,
        "track" => ItemKind::Track,
        "clip" => ItemKind::Clip,
        other => ItemKind::Other(other.to_owned()),
    }
}

/// The show that an episode names, with the ids that Tautulli looked up. `guids` are ids of the episode, and `year` is the
/// episode's.
pub(super) fn show_of(episode: &Value) -> ShowReference {
    // Without a guid of the show, an old agent's guid of the episode still begins with the show's id.
    let own = || {
        ["parent_guid", "guid"]
            .iter()
            .filter_map(|field| text(&episode[*field]))
            .find(|guid| guid.starts_with("com.plexapp.agents."))
    };
    let guid = text(&episode["grandparent_guid"]).or_else(own);
    let ids = ids_of(&episode["grandparent_guids"], guid.as_deref());
    ShowReference {
        key: id(&episode["grandparent_rating_key"]),
        title: text(&episode["grandparent_title"]),
        year: small_integer(&episode["grandparent_year"]).filter(|year| *year > 0),
        tvdb: ids.tvdb,
        imdb: ids.imdb,
    }
}

/// A show from the library.
pub(super) fn show_reference(show: &Value, key: &str) -> ShowReference {
    let ids = ids_of(&show["guids"], text(&show["guid"]).as_deref());
    ShowReference {
        key: Some(id(&show["rating_key"]).unwrap_or_else(|| key.to_owned())),
        title: text(&show["title"]),
        year: small_integer(&show["year"]).filter(|year| *year > 0),
        tvdb: ids.tvdb,
        imdb: ids.imdb,
    }
}

fn ids_of(listed: &Value, guid: Option<&str>) -> SeriesIds {
    let listed = listed.as_array().into_iter().flatten().filter_map(Value::as_str);
    listed
        .map(SeriesIds::of)
        .fold(SeriesIds::default(), SeriesIds::or)
        .or(guid.map(SeriesIds::of).unwrap_or_default())
}
