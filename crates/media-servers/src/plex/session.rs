//! `/status/sessions`: what is playing.

use super::guid::SeriesIds;
use crate::element::{Element, player_state};
use domain::ids::{ServerId, ViewerKey};
use domain::session::{ItemKind, PlaybackSession, PlayedItem, SessionList, ShowReference, Viewer};
use remote::RemoteError;

/// Reads the container. Without any items nothing is playing, unless it says itself that there are some.
///
/// # Errors
/// When the container contradicts itself so that "nothing is playing" would be a guess.
pub(super) fn session_list(server: ServerId, container: &Element) -> Result<SessionList, RemoteError> {
    let mut list = SessionList {
        sessions: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut position = 0;
    for item in container.items() {
        position += 1;
        match session(server, item) {
            Ok(session) => list.sessions.push(session),
            Err(reason) => list.unreadable.push(format!("session {position}: {reason}")),
        }
    }
    let announced = container.integer("size").unwrap_or(0);
    if position == 0 && (announced > 0 || container.text("Metadata").is_some()) {
        return Err(RemoteError::bad_answer("it announces sessions and has none"));
    }
    Ok(list)
}

fn session(server: ServerId, item: &Element) -> Result<PlaybackSession, String> {
    if item.is_bare() {
        return Err("it is empty".to_owned());
    }
    let player = item.child("Player");
    let session_key = item
        .text("sessionKey")
        .or_else(|| item.child("Session").and_then(|session| session.text("id")))
        .or_else(|| player.and_then(|player| player.text("machineIdentifier")))
        .or_else(|| item.text("key"))
        .ok_or("it has no key")?;
    let in_player = |name: &str| player.and_then(|player| player.text(name)).map(str::to_owned);
    let medium = item.child("Media");
    Ok(PlaybackSession {
        server,
        session_key: session_key.to_owned(),
        viewer: viewer(server, item),
        device: in_player("title")
            .or_else(|| in_player("device"))
            .or_else(|| in_player("product")),
        device_id: in_player("machineIdentifier"),
        state: player_state(player.and_then(|player| player.text("state"))),
        view_offset_ms: item.integer("viewOffset").filter(|offset| *offset >= 0),
        duration_ms: item
            .integer("duration")
            .or_else(|| medium.and_then(|medium| medium.integer("duration")))
            .filter(|duration| *duration > 0),
        item: played_item(item),
    })
}

fn viewer(server: ServerId, item: &Element) -> Option<Viewer> {
    let user = item.child("User")?;
    // Account 0 is an empty stand-in and nobody.
    let account = user.text("id").filter(|id| *id != "0")?.to_owned();
    Some(Viewer {
        key: ViewerKey { server, account },
        name: user.text("title").map(str::to_owned),
    })
}

fn played_item(item: &Element) -> PlayedItem {
    let kind = kind(item);
    let is_episode = item.text("type") == Some("episode");
    PlayedItem {
        key: key(item, "ratingKey", "key"),
        title: item.text("title").map(str::to_owned),
        show: if is_episode {
            show_of(item)
        } else {
            ShowReference::default()
        },
        season: item.number("parentIndex").filter(|_| is_episode),
        episodes: item.number("index").filter(|_| is_episode).into_iter().collect(),
        file: item
            .descendants("Part")
            .into_iter()
            .find_map(|part| part.text("file"))
            .map(str::to_owned),
        kind,
    }
}

fn kind(item: &Element) -> ItemKind {
    let live = item.flag("live")
        || item.text("key").is_some_and(|key| key.starts_with("/livetv/"))
        || item
            .children_named("Media")
            .any(|medium| medium.text("origin") == Some("livetv"));
    if live {
        return ItemKind::LiveTv;
    }
    if item
        .descendants("TranscodeSession")
        .iter()
        .any(|transcode| transcode.text("context") == Some("static"))
    {
        return ItemKind::Download;
    }
    let preroll = item
        .text("guid")
        .is_some_and(|guid| guid.starts_with("analyzed.prerolls://"));
    if preroll || item.text("librarySectionID") == Some("-2") || item.text("extraType").is_some() {
        return ItemKind::Clip;
    }
    match item.text("type").unwrap_or_default() {
        "episode" => ItemKind::Episode,
        "movie" => ItemKind::Movie,
        "track" => ItemKind::Track,
        "clip" => ItemKind::Clip,
        "" if item.name == "Track" => ItemKind::Track,
        other => ItemKind::Other(other.to_owned()),
    }
}

/// The show that an episode names. The episode's own `Guid` elements are ids of the episode, and `year` is the episode's.
pub(super) fn show_of(episode: &Element) -> ShowReference {
    // Without a guid of the show, an old agent's guid of the episode still begins with the show's id.
    let guid = episode.text("grandparentGuid").or_else(|| {
        episode
            .text("parentGuid")
            .into_iter()
            .chain(episode.text("guid"))
            .find(|guid| guid.starts_with("com.plexapp.agents."))
    });
    let ids = guid.map(SeriesIds::of).unwrap_or_default();
    ShowReference {
        key: key(episode, "grandparentRatingKey", "grandparentKey"),
        title: episode.text("grandparentTitle").map(str::to_owned),
        year: None,
        tvdb: ids.tvdb,
        imdb: ids.imdb,
    }
}

/// An item's key, or what its path says of it: either may be missing.
pub(super) fn key(element: &Element, name: &str, path_name: &str) -> Option<String> {
    element
        .text(name)
        .or_else(|| {
            element
                .text(path_name)?
                .strip_prefix("/library/metadata/")?
                .split('/')
                .next()
                .filter(|key| !key.is_empty())
        })
        .map(str::to_owned)
}
