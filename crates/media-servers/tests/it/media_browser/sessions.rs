//! What is playing, among everything that is connected.

use super::{BOTH, Kind, Script, TOKEN};
use domain::ids::ServerId;
use domain::session::{ItemKind, PlaybackSession, PlayerState, SessionList, ShowReference};
use media_servers::{EmbyServer, JellyfinServer};
use remote::{InvalidUrl, RemoteError, RouterTransport, SecretString, SetupError, Transport};
use serde_json::{Value, json};
use std::sync::Arc;

const SESSIONS: &str = include_str!("../../fixtures/jellyfin_sessions.json");
const KIDDO: &str = "08ba1929681e4b24929b9245852f65c0";
const OTTER: &str = "c0ffee00c0ffee00c0ffee00c0ffee00";
const NOBODY: &str = "00000000000000000000000000000000";

async fn read_from(kind: Kind, body: impl ToString) -> Result<SessionList, RemoteError> {
    Script::of(kind)
        .on(&kind.path("Sessions"), 200, body)
        .start()
        .client
        .sessions()
        .await
}

async fn read(body: impl ToString) -> Result<SessionList, RemoteError> {
    read_from(Kind::Jellyfin, body).await
}

async fn read_all(body: Value) -> Vec<PlaybackSession> {
    let list = read(body).await.unwrap();
    assert_eq!(list.unreadable, Vec::<String>::new());
    list.sessions
}

/// A client that plays an item.
fn playing(item: &Value) -> Value {
    json!({"Id": "s1", "UserId": KIDDO, "UserName": "kiddo", "DeviceId": "d1", "PlayState": {"IsPaused": false}, "NowPlayingItem": item})
}

/// Rewrites every scalar of a document.
fn with_scalars(value: &Value, rewrite: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(|item| with_scalars(item, rewrite)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, item)| (key.clone(), with_scalars(item, rewrite)))
            .collect(),
        scalar => rewrite(scalar),
    }
}

#[tokio::test]
async fn an_episode_is_read_with_its_viewer_and_show() {
    let sessions = read(SESSIONS).await.unwrap().sessions;
    let session = &sessions[0];
    let viewer = session.viewer.as_ref().unwrap();
    assert_eq!((viewer.key.server, viewer.key.account.as_str()), (ServerId(5), KIDDO));
    assert_eq!(viewer.display_name(), "kiddo");
    assert_eq!(
        (session.device.as_deref(), session.device_id.as_deref()),
        (Some("Firefox"), Some("TW96aWxsYS81LjAgKFgxMTsgTGludXgp"))
    );
    assert_eq!(
        (session.state.clone(), session.view_offset_ms, session.duration_ms),
        (PlayerState::Playing, Some(1_203_123), Some(2_634_000))
    );
    let item = &session.item;
    assert_eq!(
        (item.kind.clone(), item.key.as_deref(), item.title.as_deref()),
        (
            ItemKind::Episode,
            Some("4c1f0a9be7d24d0f8a6b2c3d4e5f6071"),
            Some("The Long Tide")
        )
    );
    assert_eq!((item.season, item.episodes.as_slice()), (Some(2), [7, 8].as_slice()));
    assert!(item.file.as_deref().unwrap().ends_with("S02E07-E08.mkv"));
    // Neither the ids nor the year of the episode are those of the show.
    let show = ShowReference {
        key: Some("c78d400fde5c421e87144fb05d387233".to_owned()),
        title: Some("Harbour Lights".to_owned()),
        ..ShowReference::default()
    };
    assert_eq!(item.show, show);
}

#[tokio::test]
async fn specials_are_known_and_missing_season_numbers_are_not() {
    let sessions = read(SESSIONS).await.unwrap().sessions;
    let special = &sessions[1];
    assert_eq!(
        (
            special.item.season,
            special.item.episodes.as_slice(),
            special.state.clone()
        ),
        (Some(0), [1].as_slice(), PlayerState::Paused)
    );
    let odd = &sessions[2];
    assert_eq!((odd.item.season, odd.item.episodes.len()), (None, 0));
    assert_eq!(
        (odd.viewer.as_ref(), odd.view_offset_ms, odd.duration_ms),
        (None, Some(0), None)
    );
    // Without a name, the application stands for the device.
    assert_eq!(odd.device.as_deref(), Some("Kodi"));
}

#[tokio::test]
async fn idle_clients_and_this_one_are_no_sessions() {
    for kind in BOTH {
        let list = read_from(kind, SESSIONS).await.unwrap();
        assert_eq!((list.sessions.len(), list.unreadable.len()), (3, 0));
        let own =
            json!([{"DeviceId": "INSTALLATION-1", "UserId": KIDDO, "NowPlayingItem": {"Id": "1", "Type": "Episode"}}]);
        assert_eq!(read_from(kind, own).await.unwrap().sessions, []);
    }
}

#[tokio::test]
async fn all_spellings_of_one_answer_say_the_same() {
    let document: Value = serde_json::from_str(SESSIONS).unwrap();
    let expected = read(&document).await.unwrap();
    let as_text = |value: &Value| match value {
        Value::Bool(flag) => json!(if *flag { "True" } else { "false" }),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    };
    let as_numbers = |value: &Value| match value {
        Value::Bool(flag) => json!(i64::from(*flag)),
        Value::Number(number) => json!(number.as_f64().unwrap()),
        other => other.clone(),
    };
    assert_eq!(read(with_scalars(&document, &as_text)).await.unwrap(), expected);
    assert_eq!(read(with_scalars(&document, &as_numbers)).await.unwrap(), expected);
}

#[tokio::test]
async fn an_embys_numeric_ids_are_kept_as_they_are() {
    let session = json!([{"PlayState": {"PositionTicks": 9_000_000_000_i64, "IsPaused": false, "PlayMethod": "DirectStream"},
        "Id": "7f6e5d4c3b2a19087f6e5d4c3b2a1908", "UserId": "e8837bc1ad67520e8cd2f629e3155721", "UserName": "kiddo",
        "Client": "Emby for Samsung", "DeviceName": "Samsung TV", "InternalDeviceId": 17, "DeviceId": "dev-samsung-1",
        "NowPlayingItem": {"Name": "The Long Tide", "Id": "153037", "RunTimeTicks": 26_340_000_000_i64, "IndexNumber": 7,
            "ParentIndexNumber": 2, "ProviderIds": {"Tvdb": "10876543"}, "Type": "Episode", "SeriesName": "Harbour Lights", "SeriesId": 1219}}]);
    let [session] = read_from(Kind::Emby, session)
        .await
        .unwrap()
        .sessions
        .try_into()
        .unwrap();
    assert_eq!(
        (session.item.key.as_deref(), session.item.show.key.as_deref()),
        (Some("153037"), Some("1219"))
    );
    assert_eq!(
        session.session_key,
        "e8837bc1ad67520e8cd2f629e3155721:dev-samsung-1:153037"
    );
    assert_eq!((session.item.show.tvdb, session.view_offset_ms), (None, Some(900_000)));
}

#[tokio::test]
async fn only_episodes_of_the_library_are_episodes() {
    let cases = [
        (json!({"Type": "Episode"}), ItemKind::Episode),
        (json!({"Type": "Episode", "ExtraType": "Unknown"}), ItemKind::Episode),
        (json!({"Type": "Episode", "ExtraType": "Sample"}), ItemKind::Clip),
        (json!({"Type": "Movie"}), ItemKind::Movie),
        (json!({"Type": "Movie", "ExtraType": "Trailer"}), ItemKind::Clip),
        (json!({"Type": "Trailer"}), ItemKind::Clip),
        (json!({"Type": "Video", "ExtraType": "behindTheScenes"}), ItemKind::Clip),
        (json!({"Type": "Audio", "ExtraType": "ThemeSong"}), ItemKind::Clip),
        (json!({"Type": "Audio"}), ItemKind::Track),
        (json!({"Type": "MusicVideo"}), ItemKind::Track),
        (json!({"Type": "AudioBook"}), ItemKind::Track),
        (json!({"Type": "TvChannel"}), ItemKind::LiveTv),
        (json!({"Type": "LiveTvProgram", "ChannelId": "c9"}), ItemKind::LiveTv),
        (json!({"Type": "Video"}), ItemKind::Other("Video".to_owned())),
        (json!({"Id": "1"}), ItemKind::Other(String::new())),
    ];
    for (mut item, expected) in cases {
        item["SeriesName"] = json!("Morning Quiz");
        item["IndexNumber"] = json!(5);
        item["ParentIndexNumber"] = json!(1);
        let [session] = read_all(json!([playing(&item)])).await.try_into().unwrap();
        let is_episode = expected == ItemKind::Episode;
        assert_eq!(session.item.kind, expected, "{item}");
        assert_eq!(session.item.show.title.is_some(), is_episode, "{item}");
        assert_eq!(
            (session.item.season.is_some(), session.item.episodes.len()),
            (is_episode, usize::from(is_episode)),
            "{item}"
        );
    }
}

#[tokio::test]
async fn users_devices_and_items_are_never_mixed_up_by_the_id_that_they_share() {
    let item = json!({"Id": "i1", "Type": "Episode"});
    let mut sessions = vec![playing(&item); 5];
    sessions[1]["UserId"] = json!(OTTER);
    sessions[2]["NowPlayingItem"]["Id"] = json!("i2");
    sessions[3]["DeviceId"] = json!("d2");
    sessions[4]["UserId"] = json!(NOBODY);
    let keys: Vec<String> = read_all(json!(sessions))
        .await
        .into_iter()
        .map(|session| session.session_key)
        .collect();
    let expected = [
        format!("{KIDDO}:d1:i1"),
        format!("{OTTER}:d1:i1"),
        format!("{KIDDO}:d1:i2"),
        format!("{KIDDO}:d2:i1"),
        ":d1:i1".to_owned(),
    ];
    assert_eq!(keys, expected);
    // A channel stays the same while its programs change.
    let mut program = playing(&json!({"Id": "p1", "Type": "LiveTvProgram", "ChannelId": "c9"}));
    program.as_object_mut().unwrap().remove("DeviceId");
    let [session] = read_all(json!([program])).await.try_into().unwrap();
    assert_eq!(
        (session.session_key, session.device_id),
        (format!("{KIDDO}:s1:c9"), None)
    );
}

#[tokio::test]
async fn everybody_who_watches_together_has_a_session() {
    let mut session = playing(&json!({"Id": "i1", "Type": "Episode"}));
    session["AdditionalUsers"] =
        json!([{"UserId": OTTER, "UserName": "otter"}, {"UserId": KIDDO}, {"UserId": NOBODY}, "x"]);
    let sessions = read_all(json!([session])).await;
    let watching: Vec<_> = sessions
        .iter()
        .map(|session| {
            let viewer = session.viewer.as_ref().unwrap();
            (viewer.display_name(), session.session_key.as_str())
        })
        .collect();
    let (kiddo, otter) = (format!("{KIDDO}:d1:i1"), format!("{OTTER}:d1:i1"));
    assert_eq!(watching, [("kiddo", kiddo.as_str()), ("otter", otter.as_str())]);
}

#[tokio::test]
async fn one_unreadable_session_hides_no_other() {
    let good = playing(&json!({"Id": "i1", "Type": "Episode"}));
    let bad = json!({"NowPlayingItem": {"Id": "i1", "Type": "Episode"}});
    let list = read(json!([null, "x", good, bad, {"DeviceId": "d", "NowPlayingItem": "x"}, {"DeviceId": "d", "NowPlayingItem": {}}, good]))
        .await
        .unwrap();
    assert_eq!(list.sessions.len(), 2);
    assert_eq!(
        list.unreadable,
        [
            "element 1: it is no session",
            "element 2: it is no session",
            "element 4: it has neither a device nor an id",
            "element 5: it plays something that cannot be read",
            "element 6: it plays something that cannot be read"
        ]
    );
}

#[tokio::test]
async fn what_is_not_said_is_unknown_and_not_guessed() {
    let session = json!([{"DeviceId": "d1", "NowPlayingItem": {"Type": "Episode", "RunTimeTicks": 0, "ParentIndexNumber": -1},
        "PlayState": {"PositionTicks": -5}, "UserId": "", "UserName": "kiddo"}]);
    let [session] = read_all(session).await.try_into().unwrap();
    assert_eq!(
        (session.viewer, session.view_offset_ms, session.duration_ms),
        (None, None, None)
    );
    assert_eq!((session.item.key, session.item.season), (None, None));
    assert_eq!(session.item.show, ShowReference::default());
    // There is no state but "paused".
    assert_eq!(session.state, PlayerState::Playing);
}

#[tokio::test]
async fn nothing_playing_is_told_from_nothing_understood() {
    for kind in BOTH {
        let nothing = SessionList {
            sessions: vec![],
            unreadable: vec![],
        };
        assert_eq!(read_from(kind, "[]").await.unwrap(), nothing);
        for bad in [
            "{}",
            "null",
            "",
            r#"{"Items":[]}"#,
            r#""x""#,
            r#"[{"Id":"1""#,
            "Error processing request.",
        ] {
            assert_eq!(read_from(kind, bad).await.unwrap_err().code(), "badAnswer", "{bad}");
        }
        let page = read_from(kind, "<html><body>Sign in</body></html>").await;
        assert_eq!(page.unwrap_err().code(), "notThisKindOfServer");
    }
}

#[tokio::test]
async fn refusals_keep_their_meaning() {
    for kind in BOTH {
        let refused = async |status, body: &str| {
            let server = Script::of(kind).on(&kind.path("Sessions"), status, body).start();
            server.client.sessions().await.unwrap_err()
        };
        assert_eq!(refused(401, "").await, RemoteError::Unauthorized);
        assert_eq!(refused(403, "").await, RemoteError::Forbidden);
        let loading = "<html><body><h1>The server is loading</h1></body></html>";
        for body in [loading, ""] {
            assert_eq!(refused(503, body).await, RemoteError::StartingUp);
        }
        let failed = refused(500, "Error processing request.").await;
        assert_eq!(
            failed.to_string(),
            "The server reports an error (500): Error processing request."
        );
    }
}

#[tokio::test]
async fn a_look_at_the_sessions_is_one_request_and_the_token_is_never_shown() {
    for kind in BOTH {
        let running = Script::of(kind).on(&kind.path("Sessions"), 200, SESSIONS).start();
        running.client.sessions().await.unwrap();
        assert_eq!(running.asked(), [kind.path("Sessions")]);
        // A token in words of the server's is removed.
        let words = format!("{TOKEN} is odd");
        let server = Script::of(kind).on(&kind.path("Sessions"), 500, words).start();
        let error = server.client.sessions().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "The server reports an error (500): [redacted] is odd"
        );
    }
}

#[test]
fn a_token_that_does_not_fit_into_its_header_is_refused() {
    let transport: Arc<dyn Transport> = Arc::new(RouterTransport::new(axum::Router::new()));
    for token in ["", " ", "a\"b", "a,b", "a%20b", "ä"] {
        let refused = Kind::Jellyfin.client_with("http://nas:8096", token, Arc::clone(&transport));
        assert_eq!(refused.err(), Some(SetupError::Header), "{token}");
    }
    let refused = |base: &str| Kind::Emby.client(base, Arc::clone(&transport)).err();
    assert_eq!(refused("http://nas:8096"), None);
    assert_eq!(
        refused("http://nas:8096/?api_key=secret"),
        Some(SetupError::Url(InvalidUrl::Query))
    );
}

#[test]
fn a_client_does_not_show_its_token() {
    let transport: Arc<dyn Transport> = Arc::new(RouterTransport::new(axum::Router::new()));
    let (server, base, token) = (ServerId(5), "http://nas:8096", SecretString::from(TOKEN));
    let jellyfin = JellyfinServer::new(server, base, token.clone(), "d", Arc::clone(&transport)).unwrap();
    let emby = EmbyServer::new(server, base, token, "d", transport).unwrap();
    let shown = format!("{jellyfin:?} {emby:?}");
    assert!(shown.contains("http://nas:8096/") && !shown.contains(TOKEN), "{shown}");
}
