//! Answers of real servers, where a folder of them is at hand.

use crate::script::Script;
use domain::ids::TvdbId;
use domain::session::{ItemKind, PlaybackSession, PlayerState};
use media_servers::MediaServer as _;
use std::path::PathBuf;

/// Captures that no test here reads, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    ("plextv_resources_base.xml", NOT_ASKED),
    ("plextv_resources_two_servers.xml", NOT_ASKED),
    ("plextv_shared_users.xml", NOT_ASKED),
];
const NOT_ASKED: &str = "plex.tv is not asked for servers and people; the tests of the reader of documents read them";

/// The folder of captures of one kind: the one that is set, or the one beside the checkout.
fn folder() -> PathBuf {
    std::env::var_os("CLIFFHANGARR_CAPTURES")
        .map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
            PathBuf::from,
        )
        .join("plex")
}

/// One captured answer, or a printed note that there is none.
fn capture(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder().join(name)).ok();
    if text.is_none() {
        println!("not tested: there is no capture {name} (set CLIFFHANGARR_CAPTURES to the folder of captures)");
    }
    text
}

async fn sessions(text: &str) -> Vec<PlaybackSession> {
    let list = Script::new()
        .on("/status/sessions", 200, text)
        .start()
        .plex
        .sessions()
        .await
        .unwrap();
    assert_eq!(list.unreadable, Vec::<String>::new());
    list.sessions
}

#[tokio::test]
async fn a_captured_film_is_read() {
    let Some(text) = capture("session_base.xml") else {
        return;
    };
    let [session] = sessions(&text).await.try_into().unwrap();
    assert_eq!(
        (session.item.kind, session.item.key.as_deref()),
        (ItemKind::Movie, Some("1"))
    );
    assert_eq!(
        (session.session_key.as_str(), session.state),
        ("1", PlayerState::Playing)
    );
    assert_eq!(
        (session.view_offset_ms, session.duration_ms),
        (Some(0), Some(9_000_000))
    );
    assert_eq!(session.device.as_deref(), Some("SHIELD Android TV"));
    // The account's id is no number there.
    assert_eq!(session.viewer.unwrap().key.account, "{user_id}");
}

#[tokio::test]
async fn captured_clips_are_clips() {
    let facts = [
        ("session_transient.xml", "203214", "95", 6000),
        ("session_unknown.xml", "9876543210", "999", 99_999),
    ];
    for (name, key, session_key, duration) in facts {
        let Some(text) = capture(name) else { continue };
        let [session] = sessions(&text).await.try_into().unwrap();
        assert_eq!(
            (session.item.kind, session.item.key.as_deref()),
            (ItemKind::Clip, Some(key))
        );
        assert_eq!(
            (session.session_key.as_str(), session.duration_ms),
            (session_key, Some(duration))
        );
        assert_eq!(session.item.show.title, None);
    }
}

#[tokio::test]
async fn captured_live_television_is_neither_an_episode_nor_a_download() {
    let Some(text) = capture("livetv_sessions.xml") else {
        return;
    };
    let [session] = sessions(&text).await.try_into().unwrap();
    assert_eq!(session.item.kind, ItemKind::LiveTv);
    assert_eq!((session.viewer, session.item.show.key), (None, None));
}

#[tokio::test]
async fn captured_emptiness_is_empty() {
    for name in ["empty_payload.xml", "security_token.xml"] {
        let Some(text) = capture(name) else { continue };
        assert_eq!(sessions(&text).await, []);
    }
}

#[tokio::test]
async fn captured_music_keeps_all_its_rows() {
    let Some(text) = capture("grandchildren_300.xml") else {
        return;
    };
    let tracks = sessions(&text).await;
    assert!(tracks.len() > 1);
    assert!(
        tracks
            .iter()
            .all(|track| track.item.kind == ItemKind::Track && track.item.key.as_deref() == Some("100"))
    );
}

#[tokio::test]
async fn the_captured_server_and_its_people_are_read() {
    let (Some(base), Some(accounts)) = (capture("plex_server_base.xml"), capture("plex_server_accounts.xml")) else {
        return;
    };
    let server = Script::new()
        .on("/identity", 200, &base)
        .on("/", 200, &base)
        .on("/accounts", 200, accounts)
        .start();
    let identity = server.plex.identify().await.unwrap();
    assert_eq!(
        (identity.name.as_str(), identity.version.as_str()),
        ("{name}", "1.20.4.3517-ab5e1197c")
    );
    let people = server.plex.accounts().await.unwrap();
    let people: Vec<_> = people.iter().map(|viewer| viewer.key.account.as_str()).collect();
    assert_eq!(people, ["1", "1000", "1001"]);
}

#[tokio::test]
async fn the_captured_show_is_read_and_a_film_is_none() {
    if let Some(text) = capture("library_tvshows_all.xml") {
        let server = Script::new()
            .on("/library/metadata/30?includeGuids=1", 200, text)
            .start();
        let show = server.plex.show("30").await.unwrap();
        assert_eq!(
            (show.key.as_deref(), show.tvdb, show.year),
            (Some("30"), Some(TvdbId(12_345)), Some(2000))
        );
    }
    for name in ["media_1.xml", "children_300.xml"] {
        let Some(text) = capture(name) else { continue };
        let server = Script::new()
            .on("/library/metadata/1?includeGuids=1", 200, text)
            .start();
        assert_eq!(server.plex.show("1").await.unwrap_err().code(), "badAnswer");
    }
}

#[tokio::test]
async fn the_captured_season_names_its_show_by_the_shows_guid() {
    let Some(text) = capture("children_20.xml") else { return };
    let episodes = sessions(&text).await;
    assert_eq!(episodes.len(), 10);
    assert!(
        episodes
            .iter()
            .all(|episode| episode.item.show.tvdb == Some(TvdbId(54_321)))
    );
    assert!(
        episodes
            .iter()
            .all(|episode| episode.item.file.as_deref() == Some("/storage/videos/video.mkv"))
    );
    assert_eq!(episodes[0].item.season, Some(1));
}

#[tokio::test]
async fn captured_documents_of_other_kinds_are_no_sessions() {
    let Some(text) = capture("plextv_account.xml") else {
        return;
    };
    let server = Script::new().on("/status/sessions", 200, text).start();
    assert_eq!(server.plex.sessions().await.unwrap_err().code(), "badAnswer");
}

#[test]
fn every_capture_is_read_or_left_out_for_a_reason() {
    let Ok(captures) = std::fs::read_dir(folder()) else {
        return;
    };
    let named = include_str!("captures.rs");
    for capture in captures {
        let name = capture.unwrap().file_name().into_string().unwrap();
        let is_left_out = LEFT_OUT.iter().any(|(left_out, _)| *left_out == name);
        assert!(
            is_left_out || named.contains(&format!("\"{name}\"")),
            "{name} is read by no test and not left out"
        );
    }
}
