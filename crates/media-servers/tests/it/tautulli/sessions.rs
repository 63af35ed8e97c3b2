//! What is playing, and what says nothing about that.

use super::Script;
use domain::ids::TvdbId;
use domain::session::{ItemKind, PlaybackSession, PlayerState, SessionList};
use media_servers::MediaServer as _;
use remote::RemoteError;
use serde_json::{Value, json};

/// A session as version 2.15 writes it, as far as it matters.
fn session() -> Value {
    json!({"session_key": "27", "session_id": "helf15l3rxgw01xxe0jf3l3d", "state": "playing", "media_type": "episode", "live": 0,
        "live_uuid": "", "rating_key": "153037", "parent_rating_key": "153036", "grandparent_rating_key": "1219",
        "title": "The Red Door", "parent_title": "Season 6", "grandparent_title": "Winter Keep", "grandparent_year": "2011",
        "full_title": "Winter Keep - The Red Door", "media_index": "1", "parent_media_index": "6", "section_id": "2",
        "library_name": "TV Shows", "year": "2016", "guid": "plex://episode/5d9c1276e9d5a1001f4ff2fa",
        "parent_guid": "plex://season/602e67e61d3358002c4120f7", "grandparent_guid": "plex://show/5d9c086c46115600200aa2fe",
        "guids": ["tvdb://5469015"], "parent_guids": [], "grandparent_guids": ["imdb://tt0944947", "tmdb://1399", "tvdb://121361"],
        "view_offset": "1000", "duration": "2998272", "stream_duration": "2998272", "progress_percent": "0", "extra_type": "",
        "file": "/media/tv/Winter Keep/S06E01.mkv", "user_id": 133_788, "user": "river_otter", "username": "river_otter",
        "friendly_name": "Otter", "email": "otter@example.org", "machine_id": "lmd93nkn12k29j2lnm", "player": "Living Room",
        "device": "Chromecast", "product": "Plex for Android (TV)", "channel_stream": 0})
}

fn changed(changes: &[(&str, Value)]) -> Value {
    let mut session = session();
    for (field, value) in changes {
        session[*field] = value.clone();
    }
    session
}

async fn list_of(data: Value) -> Result<SessionList, RemoteError> {
    Script::new().on("get_activity", data).start().tautulli.sessions().await
}

async fn read(row: Value) -> PlaybackSession {
    let mut list = list_of(json!({"stream_count": "1", "sessions": [row]})).await.unwrap();
    assert_eq!(list.unreadable, [""; 0]);
    list.sessions.remove(0)
}

#[tokio::test]
async fn a_session_is_read_with_the_ids_of_its_series() {
    let session = read(session()).await;
    assert_eq!((session.server.0, session.session_key.as_str()), (7, "27"));
    let viewer = session.viewer.unwrap();
    assert_eq!(
        (viewer.key.account.as_str(), viewer.name.as_deref()),
        ("133788", Some("Otter"))
    );
    assert_eq!(
        (session.device.as_deref(), session.device_id.as_deref()),
        (Some("Living Room"), Some("lmd93nkn12k29j2lnm"))
    );
    assert_eq!(session.state, PlayerState::Playing);
    assert_eq!(
        (session.view_offset_ms, session.duration_ms),
        (Some(1000), Some(2_998_272))
    );
    let item = session.item;
    assert_eq!((item.kind, item.key.as_deref()), (ItemKind::Episode, Some("153037")));
    assert_eq!((item.season, item.episodes.as_slice()), (Some(6), &[1][..]));
    assert_eq!(item.file.as_deref(), Some("/media/tv/Winter Keep/S06E01.mkv"));
    assert_eq!(
        (item.show.key.as_deref(), item.show.title.as_deref(), item.show.year),
        (Some("1219"), Some("Winter Keep"), Some(2011))
    );
    assert_eq!(
        (item.show.tvdb, item.show.imdb.as_deref()),
        (Some(TvdbId(121_361)), Some("tt0944947"))
    );
}

#[tokio::test]
async fn scalars_are_read_in_every_spelling_and_empty_ones_are_missing() {
    let numbers = read(changed(&[
        ("session_key", json!(27)),
        ("rating_key", json!(153_037)),
        ("media_index", json!(1)),
        ("parent_media_index", json!(0)),
        ("view_offset", json!(1000)),
        ("user_id", json!("133788")),
    ]))
    .await;
    assert_eq!((numbers.session_key.as_str(), numbers.item.season), ("27", Some(0)));
    assert_eq!(numbers.viewer.unwrap().key.account, "133788");
    let missing = read(changed(&[
        ("view_offset", json!("")),
        ("duration", json!("")),
        ("media_index", json!("")),
        ("parent_media_index", json!("")),
        ("friendly_name", json!("")),
        ("player", json!("")),
        ("file", json!("")),
    ]))
    .await;
    assert_eq!((missing.view_offset_ms, missing.duration_ms), (None, Some(2_998_272)));
    assert_eq!((missing.item.season, missing.item.episodes.len()), (None, 0));
    assert_eq!(missing.viewer.unwrap().name.as_deref(), Some("river_otter"));
    assert_eq!(
        (missing.device.as_deref(), missing.item.file),
        (Some("Chromecast"), None)
    );
}

#[tokio::test]
async fn an_old_agents_guid_tells_the_series_and_the_episodes_own_ids_never_do() {
    let no_ids = ("grandparent_guids", json!([]));
    let legacy = read(changed(&[
        no_ids.clone(),
        ("grandparent_guid", json!("com.plexapp.agents.thetvdb://121361?lang=en")),
    ]))
    .await;
    assert_eq!(legacy.item.show.tvdb, Some(TvdbId(121_361)));
    let of_the_episode = read(changed(&[
        no_ids.clone(),
        ("grandparent_guid", json!("")),
        ("guid", json!("com.plexapp.agents.thetvdb://121361/6/1?lang=en")),
    ]))
    .await;
    assert_eq!(of_the_episode.item.show.tvdb, Some(TvdbId(121_361)));
    let none = read(changed(&[no_ids])).await;
    assert_eq!((none.item.show.tvdb, none.item.show.imdb), (None, None));
}

#[tokio::test]
async fn somebody_whom_tautulli_does_not_know_is_nobody_in_particular() {
    for user in [json!(0), json!("0"), json!(""), json!(null)] {
        assert_eq!(read(changed(&[("user_id", user.clone())])).await.viewer, None, "{user}");
    }
}

#[tokio::test]
async fn what_is_no_episode_of_the_library_is_told_apart() {
    let cases = [
        (vec![("live", json!(1))], ItemKind::LiveTv),
        (vec![("media_type", json!("movie"))], ItemKind::Movie),
        (vec![("media_type", json!("track"))], ItemKind::Track),
        (vec![("media_type", json!("clip"))], ItemKind::Clip),
        (
            vec![("media_type", json!("movie")), ("extra_type", json!("1"))],
            ItemKind::Clip,
        ),
        (
            vec![("media_type", json!("movie")), ("guid", json!("analyzed.prerolls://1"))],
            ItemKind::Clip,
        ),
        (
            vec![("media_type", json!("photo"))],
            ItemKind::Other("photo".to_owned()),
        ),
    ];
    for (changes, kind) in cases {
        let session = read(changed(&changes)).await;
        assert_eq!(session.item.kind, kind, "{changes:?}");
        if kind == ItemKind::Movie {
            assert_eq!((session.item.season, session.item.show.title), (None, None));
        }
    }
}

#[tokio::test]
async fn one_bad_session_hides_no_other() {
    let list = list_of(json!({"stream_count": "4", "sessions": [{}, session(), "odd", {"state": "playing"}]}))
        .await
        .unwrap();
    assert_eq!(list.sessions.len(), 1);
    assert_eq!(
        list.unreadable,
        [
            "element 1: it is empty",
            "element 3: it is empty",
            "element 4: it has no key"
        ]
    );
}

#[tokio::test]
async fn nothing_is_playing_only_where_a_list_says_so() {
    let idle = list_of(json!({"stream_count": "0", "sessions": []})).await.unwrap();
    assert_eq!((idle.sessions.len(), idle.unreadable.len()), (0, 0));
    // Music in the background is counted by Plex and left out by Tautulli.
    let themes = list_of(json!({"stream_count": "1", "sessions": []})).await.unwrap();
    assert_eq!(themes.sessions.len(), 0);

    let away = list_of(json!({})).await.unwrap_err();
    assert_eq!(away.code(), "unreachable");
    assert!(
        away.to_string().contains("does not reach its Plex Media Server"),
        "{away}"
    );
    for data in [json!(null), json!([]), json!("")] {
        assert_eq!(list_of(data.clone()).await.unwrap_err().code(), "unreachable", "{data}");
    }
    for data in [
        json!({"sessions": {}}),
        json!({"stream_count": "0"}),
        json!({"sessions": null}),
    ] {
        assert_eq!(list_of(data.clone()).await.unwrap_err().code(), "badAnswer", "{data}");
    }
}

#[tokio::test]
async fn an_error_is_one_whatever_its_status() {
    let failing = async |status, message: &str| {
        let running = Script::new().failing("get_activity", status, message).start();
        running.tautulli.sessions().await.unwrap_err()
    };
    for status in [401, 200] {
        assert_eq!(
            failing(status, "Invalid apikey").await.code(),
            "unauthorized",
            "{status}"
        );
    }
    assert_eq!(failing(404, "API not enabled").await.code(), "notThisKindOfServer");
    for status in [200, 400, 500] {
        let error = failing(status, "Check the logs for errors").await;
        assert_eq!(error.code(), "serverError", "{status}");
        assert!(error.to_string().contains("Check the logs for errors"), "{error}");
    }
    let says = async |body: &str| {
        let running = Script::new().saying("get_activity", 200, body).start();
        running.tautulli.sessions().await.unwrap_err()
    };
    assert_eq!(says("<html>login</html>").await.code(), "notThisKindOfServer");
    for body in [
        "{}",
        "[]",
        "{\"response\": {\"data\": {\"sessions\": []}}}",
        "{\"response\": ",
    ] {
        assert_eq!(says(body).await.code(), "badAnswer", "{body}");
    }
}

#[tokio::test]
async fn there_is_no_stream_and_nobody_is_asked_for_one() {
    let running = Script::new().start();
    assert!(running.tautulli.hints().await.unwrap().is_none());
    assert!(!running.tautulli.records_while_away());
    assert_eq!(running.asked(), [""; 0]);
}
