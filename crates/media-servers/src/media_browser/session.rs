//! `/Sessions`: what is playing, among everything that is connected.

use super::item::{episodes, kind, milliseconds, season, show_of};
use super::viewer;
use domain::ids::ServerId;
use domain::session::{ItemKind, PlaybackSession, PlayedItem, PlayerState, SessionList, ShowReference, Viewer};
use remote::{RemoteError, lenient};
use serde_json::Value;

/// Reads the list. Clients that play nothing are in it as well, and so is this one.
///
/// # Errors
/// When it is no list.
pub(super) fn session_list(server: ServerId, own_device: &str, answer: &Value) -> Result<SessionList, RemoteError> {
    if !answer.is_array() {
        return Err(RemoteError::bad_answer("it is no list of sessions"));
    }
    let (sessions, unreadable) = lenient::each_lenient(answer, |session| sessions_of(server, own_device, session));
    Ok(SessionList {
        sessions: sessions.into_iter().flatten().collect(),
        unreadable,
    })
}

/// The sessions of one client: none when it plays nothing, several when people watch together.
fn sessions_of(server: ServerId, own_device: &str, session: &Value) -> Result<Vec<PlaybackSession>, String> {
    if !session.is_object() {
        return Err("it is no session".to_owned());
    }
    let device_id = lenient::id(&session["DeviceId"]);
    let is_own = device_id
        .as_deref()
        .is_some_and(|id| id.eq_ignore_ascii_case(own_device));
    let item = match &session["NowPlayingItem"] {
        Value::Null => return Ok(Vec::new()),
        _ if is_own => return Ok(Vec::new()),
        item if lenient::text(&item["Type"]).is_some() || lenient::id(&item["Id"]).is_some() => item,
        _ => return Err("it plays something that cannot be read".to_owned()),
    };
    // The id is made of application and device: the same for everybody who uses the two, and for everything they play.
    let device = device_id.clone().or_else(|| lenient::id(&session["Id"]));
    let device = device.ok_or("it has neither a device nor an id")?;
    let played = played_item(item);
    let what = match played.kind {
        ItemKind::LiveTv => lenient::id(&item["ChannelId"]).or_else(|| played.key.clone()),
        _ => played.key.clone(),
    };
    let what = what.unwrap_or_default();
    let state = &session["PlayState"];
    let watching = viewers(server, session).into_iter().map(|viewer| PlaybackSession {
        server,
        session_key: format!(
            "{}:{device}:{what}",
            viewer.as_ref().map_or("", |viewer| viewer.key.account.as_str())
        ),
        viewer,
        device: lenient::text(&session["DeviceName"]).or_else(|| lenient::text(&session["Client"])),
        device_id: device_id.clone(),
        state: if lenient::flag(&state["IsPaused"]) == Some(true) {
            PlayerState::Paused
        } else {
            PlayerState::Playing
        },
        view_offset_ms: milliseconds(&state["PositionTicks"]),
        duration_ms: milliseconds(&item["RunTimeTicks"]).filter(|duration| *duration > 0),
        item: played.clone(),
    });
    Ok(watching.collect())
}

/// Who watches: the user, and the others who joined with their own names. The server counts a play for each of them
/// (`SessionManager.GetUsers` in Jellyfin's sources).
fn viewers(server: ServerId, session: &Value) -> Vec<Option<Viewer>> {
    let mut watching = vec![viewer(server, &session["UserId"], &session["UserName"])];
    for other in session["AdditionalUsers"].as_array().into_iter().flatten() {
        let other = viewer(server, &other["UserId"], &other["UserName"]);
        let is_known = |known: &Option<Viewer>| known.as_ref().map(|v| &v.key) == other.as_ref().map(|v| &v.key);
        if other.is_some() && !watching.iter().any(is_known) {
            watching.push(other);
        }
    }
    watching
}

fn played_item(item: &Value) -> PlayedItem {
    let kind = kind(item);
    let is_episode = kind == ItemKind::Episode;
    PlayedItem {
        key: lenient::id(&item["Id"]),
        title: lenient::text(&item["Name"]),
        show: if is_episode {
            show_of(item)
        } else {
            ShowReference::default()
        },
        season: season(item).filter(|_| is_episode),
        episodes: if is_episode { episodes(item) } else { Vec::new() },
        file: lenient::text(&item["Path"]),
        kind,
    }
}
