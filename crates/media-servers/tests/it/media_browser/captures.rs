//! Answers in the form of real servers', where a folder of them is at hand.

use super::{Kind, Running, Script};
use domain::session::{ItemKind, PlayerState};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The folder of captures of one kind: the one that is set, or the one beside the checkout.
fn folder() -> PathBuf {
    std::env::var_os("CLIFFHANGARR_CAPTURES")
        .map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
            PathBuf::from,
        )
        .join("jellyfin")
}

/// One captured answer, or a printed note that there is none.
fn capture(name: &str) -> Option<Value> {
    let Ok(text) = std::fs::read_to_string(folder().join(name)) else {
        println!("not tested: there is no capture {name} (set CLIFFHANGARR_CAPTURES to the folder of captures)");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// A Jellyfin with one user, whose episodes and other items are these.
fn library(rows: &[Value], ids: &[&str], items: &[&Value]) -> Running {
    let kind = Kind::Jellyfin;
    Script::of(kind)
        .on(
            &kind.users(),
            200,
            json!([{"Id": "USER-UUID", "Name": "test-username"}]),
        )
        .on(
            &kind.page("USER-UUID", 0),
            200,
            json!({"Items": rows, "TotalRecordCount": rows.len(), "StartIndex": 0}),
        )
        .on(&kind.items(ids), 200, json!({"Items": items}))
        .start()
}

#[tokio::test]
async fn a_captured_episode_is_played_whatever_else_it_says() {
    let Some(episode) = capture("episode.json") else { return };
    let session = json!([{"UserId": "USER-UUID", "DeviceId": "DEVICE-UUID", "NowPlayingItem": episode, "PlayState": {"IsPaused": true}}]);
    let server = Script::of(Kind::Jellyfin).on("/Sessions", 200, session).start();
    let list = server.client.sessions().await.unwrap();
    assert_eq!(list.unreadable, Vec::<String>::new());
    let [session] = list.sessions.try_into().unwrap();
    // It says to be live, and to be an extra of no known sort.
    assert_eq!(session.item.kind, ItemKind::Episode);
    assert_eq!(
        (
            session.item.key.as_deref(),
            session.item.title.as_deref(),
            session.item.file.as_deref()
        ),
        (Some("EPISODE-UUID"), Some("EPISODE"), Some("string"))
    );
    assert_eq!(
        (session.item.season, session.item.episodes.as_slice()),
        (Some(0), [0].as_slice())
    );
    assert_eq!(
        (
            session.item.show.key.as_deref(),
            session.item.show.tvdb,
            session.item.show.year
        ),
        (Some("c7b70af4-4902-4a7e-95ab-28349b6c7afc"), None, None)
    );
    assert_eq!((session.duration_ms, session.state), (None, PlayerState::Paused));
    assert_eq!(session.session_key, "USER-UUID:DEVICE-UUID:EPISODE-UUID");
}

#[tokio::test]
async fn a_captured_episode_was_watched_in_the_captured_season_of_specials() {
    let (Some(mut episode), Some(season)) = (capture("episode.json"), capture("season.json")) else {
        return;
    };
    episode.as_object_mut().unwrap().remove("ParentIndexNumber");
    episode["SeasonId"] = season["Id"].clone();
    let ids = ["SEASON-UUID", "c7b70af4-4902-4a7e-95ab-28349b6c7afc"];
    let server = library(&[episode], &ids, &[&season]);
    let history = server.client.history(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(history.unreadable, Vec::<String>::new());
    let [play] = history.plays.try_into().unwrap();
    assert_eq!(
        (
            play.season.unwrap(),
            play.episode.unwrap(),
            play.viewer.as_ref().unwrap().account.as_str()
        ),
        (0, 0, "USER-UUID")
    );
    assert_eq!(play.viewed_at.to_string(), "2019-08-24T14:15:22Z");
    // What the library does not list keeps the title that the episode knew.
    assert_eq!(play.show.title.as_deref(), Some("string"));
    let server = library(&[], &["SEASON-UUID"], &[&season]);
    assert_eq!(server.client.show("SEASON-UUID").await.unwrap_err().code(), "badAnswer");
}

#[tokio::test]
async fn captured_series_are_shows_without_external_ids() {
    for name in ["series.json", "get-item-series.json"] {
        let Some(series) = capture(name) else { continue };
        let server = library(&[], &["SERIES-UUID"], &[&series]);
        let show = server.client.show("SERIES-UUID").await.unwrap();
        assert_eq!(
            (show.key.as_deref(), show.title.as_deref()),
            (Some("SERIES-UUID"), Some("SERIES"))
        );
        assert_eq!((show.tvdb, show.imdb, show.year), (None, None, None));
    }
}

#[tokio::test]
async fn captured_episodes_without_user_data_may_have_been_played() {
    let Some(page) = capture("user-items-season.json") else {
        return;
    };
    let kind = Kind::Jellyfin;
    let server = Script::of(kind)
        .on(&kind.users(), 200, json!([{"Id": "USER-UUID"}]))
        .on(&kind.page("USER-UUID", 0), 200, page)
        .start();
    let history = server.client.history(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(history.plays, []);
    assert_eq!(
        history.unreadable,
        ["it does not say whether episode EPISODE-UUID was played"]
    );
}

#[tokio::test]
async fn captured_folders_are_no_show() {
    let Some(folders) = capture("get-media-folders.json") else {
        return;
    };
    let kind = Kind::Jellyfin;
    let asked_for = async |key: &str| {
        let server = Script::of(kind).on(&kind.items(&[key]), 200, &folders).start();
        server.client.show(key).await.unwrap_err().code()
    };
    assert_eq!(asked_for("COLLECTION-FOLDER-UUID").await, "badAnswer");
    assert_eq!(asked_for("SERIES-UUID").await, "notFound");
}

#[tokio::test]
async fn captured_documents_of_other_kinds_identify_nothing() {
    let Some(found) = capture("auth-connect-address.json") else {
        return;
    };
    let server = Script::of(Kind::Jellyfin).on("/System/Info/Public", 200, found).start();
    assert_eq!(
        server.client.identify().await.unwrap_err().code(),
        "notThisKindOfServer"
    );
}

#[test]
fn every_capture_is_read() {
    let Ok(captures) = std::fs::read_dir(folder()) else {
        return;
    };
    let named = include_str!("captures.rs");
    for capture in captures {
        let name = capture.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&format!("\"{name}\"")), "{name} is read by no test");
    }
}
