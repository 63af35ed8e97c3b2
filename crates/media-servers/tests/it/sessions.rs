//! What is playing, in every way that Plex says it.

use crate::script::Script;
use domain::ids::{ServerId, TvdbId, ViewerKey};
use domain::session::{ItemKind, PlaybackSession, PlayerState, SessionList, ShowReference, Viewer};
use media_servers::MediaServer as _;
use remote::RemoteError;
use serde_json::{Value, json};

const JSON: &str = include_str!("../fixtures/sessions.json");
const XML: &str = include_str!("../fixtures/sessions.xml");

async fn read(body: impl ToString) -> Result<SessionList, RemoteError> {
    Script::new()
        .on("/status/sessions", 200, body)
        .start()
        .plex
        .sessions()
        .await
}

async fn read_one(session: Value) -> PlaybackSession {
    let list = read(json!({"MediaContainer": {"size": 1, "Metadata": [session]}}))
        .await
        .unwrap();
    assert_eq!(list.unreadable, Vec::<String>::new());
    list.sessions.into_iter().next().unwrap()
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

fn as_text(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(if *flag { "1" } else { "0" }),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

fn as_numbers(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(i64::from(*flag)),
        Value::String(text) => text
            .parse::<i64>()
            .map_or_else(|_| value.clone(), |number| json!(number)),
        other => other.clone(),
    }
}

#[tokio::test]
async fn all_spellings_of_one_answer_say_the_same() {
    let document: Value = serde_json::from_str(JSON).unwrap();
    let expected = read(&document).await.unwrap();
    assert_eq!(expected.sessions.len(), 8);
    assert!(expected.unreadable.is_empty());
    assert_eq!(read(with_scalars(&document, &as_text)).await.unwrap(), expected);
    assert_eq!(read(with_scalars(&document, &as_numbers)).await.unwrap(), expected);
    assert_eq!(read(XML).await.unwrap(), expected);
}

#[tokio::test]
async fn an_episode_is_read_with_its_viewer_and_show() {
    let sessions = read(JSON).await.unwrap().sessions;
    let session = &sessions[0];
    let key = ViewerKey {
        server: ServerId(5),
        account: "30518877".to_owned(),
    };
    assert_eq!(
        session.viewer,
        Some(Viewer {
            key,
            name: Some("Kiddo".to_owned())
        })
    );
    assert_eq!((session.session_key.as_str(), session.server), ("61", ServerId(5)));
    assert_eq!(
        (session.device.as_deref(), session.device_id.as_deref()),
        (Some("Kids iPad"), Some("7CE2A1C0"))
    );
    assert_eq!(
        (session.view_offset_ms, session.duration_ms),
        (Some(1_203_000), Some(2_634_000))
    );
    assert_eq!(session.item.kind, ItemKind::Episode);
    assert_eq!(
        (
            session.item.key.as_deref(),
            session.item.season,
            session.item.episodes.as_slice()
        ),
        (Some("48123"), Some(2), [7].as_slice())
    );
    // Neither the ids nor the year of the episode are those of the show.
    let show = ShowReference {
        key: Some("48001".to_owned()),
        title: Some("Harbour Lights".to_owned()),
        ..ShowReference::default()
    };
    assert_eq!(session.item.show, show);
}

#[tokio::test]
async fn specials_old_agents_and_missing_keys_are_understood() {
    let sessions = read(JSON).await.unwrap().sessions;
    let session = &sessions[1];
    assert_eq!(
        (session.item.season, session.item.episodes.as_slice()),
        (Some(0), [1].as_slice())
    );
    assert_eq!(session.item.show.key.as_deref(), Some("1219"));
    assert_eq!(session.item.show.tvdb, Some(TvdbId(121_361)));
    assert_eq!((session.view_offset_ms, session.duration_ms), (None, Some(1_420_000)));
    assert_eq!(session.state, PlayerState::Paused);
    assert_eq!(
        session.item.file.as_deref(),
        Some("/media/tv/Winter Keep/Specials/Winter Keep - S00E01.mkv")
    );
    assert_eq!(session.device.as_deref(), Some("Chromecast"));
}

#[tokio::test]
async fn only_episodes_of_the_library_are_episodes() {
    let sessions = read(JSON).await.unwrap().sessions;
    let kinds: Vec<_> = sessions.iter().map(|session| session.item.kind.clone()).collect();
    use ItemKind::{Clip, Download, Episode, LiveTv, Movie, Track};
    assert_eq!(kinds, [Episode, Episode, Movie, Track, LiveTv, Clip, Download, Episode]);
    assert_eq!(sessions[3].item.episodes, Vec::<i32>::new());
    let kind = async |session: Value| read_one(session).await.item.kind;
    assert_eq!(
        kind(json!({"sessionKey": "1", "type": "clip", "live": "1", "key": "/livetv/sessions/x"})).await,
        LiveTv
    );
    assert_eq!(
        kind(json!({"sessionKey": "1", "type": "episode", "Media": [{"origin": "livetv"}]})).await,
        LiveTv
    );
    assert_eq!(
        kind(json!({"sessionKey": "1", "type": "clip", "extraType": 1, "subtype": "trailer"})).await,
        Clip
    );
    assert_eq!(
        kind(json!({"sessionKey": "1", "type": "photo"})).await,
        ItemKind::Other("photo".to_owned())
    );
}

#[tokio::test]
async fn what_is_not_said_is_unknown_and_not_guessed() {
    let sessions = read(JSON).await.unwrap().sessions;
    let unmatched = &sessions[7];
    assert_eq!((unmatched.viewer.as_ref(), unmatched.item.season), (None, None));
    assert_eq!(unmatched.item.episodes, Vec::<i32>::new());
    assert_eq!(unmatched.item.show.key, None);
    let session = read_one(
        json!({"sessionKey": 3, "type": "episode", "index": -1, "parentIndex": "x", "User": {"id": "", "title": "x"},
        "viewOffset": -5, "duration": 0, "Player": {"userID": 4}}),
    )
    .await;
    assert_eq!(
        (session.viewer, session.view_offset_ms, session.duration_ms),
        (None, None, None)
    );
    assert_eq!((session.item.season, session.item.episodes.len()), (None, 0));
    assert_eq!(session.state, PlayerState::Other(String::new()));
    let nobody = read_one(json!({"sessionKey": 3, "type": "episode", "User": {"id": 0, "title": ""}})).await;
    assert_eq!(nobody.viewer, None);
}

#[tokio::test]
async fn an_old_agents_guid_of_the_episode_helps_only_where_the_show_has_none() {
    let old = "com.plexapp.agents.thetvdb://121361/6/1?lang=en";
    let alone = read_one(json!({"sessionKey": "1", "type": "episode", "guid": old})).await;
    assert_eq!(alone.item.show.tvdb, Some(TvdbId(121_361)));
    let both =
        read_one(json!({"sessionKey": "1", "type": "episode", "guid": old, "grandparentGuid": "plex://show/1"})).await;
    assert_eq!(both.item.show.tvdb, None);
}

#[tokio::test]
async fn one_unreadable_session_hides_no_other() {
    let good = json!({"sessionKey": "1", "type": "episode"});
    let list = read(json!({"MediaContainer": {"size": 4, "Metadata": [null, "x", good, {"type": "episode"}, good]}}))
        .await
        .unwrap();
    assert_eq!(list.sessions.len(), 2);
    assert_eq!(
        list.unreadable,
        [
            "session 1: it is empty",
            "session 2: it is empty",
            "session 4: it has no key"
        ]
    );
}

#[tokio::test]
async fn nothing_playing_is_told_from_nothing_understood() {
    for empty in [
        r#"{"MediaContainer":{"size":0}}"#,
        r#"{"MediaContainer":{}}"#,
        r#"{"MediaContainer":{"size":0,"Metadata":[]}}"#,
        r#"<MediaContainer size="0" />"#,
    ] {
        assert_eq!(
            read(empty).await.unwrap(),
            SessionList {
                sessions: vec![],
                unreadable: vec![]
            }
        );
    }
    let bad = [
        "{}",
        "[]",
        "null",
        "",
        r#"{"MediaContainer":null}"#,
        r#"{"MediaContainer":[]}"#,
        r#"{"MediaContainer":{"size":3}}"#,
        r#"{"MediaContainer":{"Metadata":"x"}}"#,
        r#"{"MediaContainer":{"size":1,"Metadata":[{"sess"#,
        "<MediaContainer size=\"1\"><Video",
        "<MediaContainer size=\"2\"><Video sessionKey=\"1\" type=\"episode\"/>",
        "<Response code=\"200\"/>",
    ];
    for body in bad {
        assert_eq!(read(body).await.unwrap_err().code(), "badAnswer", "{body}");
    }
    assert_eq!(
        read("<html><body>Sign in</body></html>").await.unwrap_err().code(),
        "notThisKindOfServer"
    );
}

#[tokio::test]
async fn refusals_keep_their_meaning() {
    let status = |status, body: &str| Script::new().on("/status/sessions", status, body).start();
    let unauthorized = "<html><head><title>Unauthorized</title></head></html>";
    assert_eq!(
        status(401, unauthorized).plex.sessions().await.unwrap_err(),
        RemoteError::Unauthorized
    );
    let maintenance = r#"<Response code="503" title="Maintenance" status="Plex Media Server is currently running database migrations."/>"#;
    assert_eq!(
        status(503, maintenance).plex.sessions().await.unwrap_err(),
        RemoteError::StartingUp
    );
}

#[tokio::test]
async fn a_look_at_the_sessions_is_one_request() {
    let running = Script::new().on("/status/sessions", 200, JSON).start();
    running.plex.sessions().await.unwrap();
    assert_eq!(running.asked(), ["/status/sessions"]);
    assert!(!format!("{:?}", running.plex).contains(crate::script::TOKEN));
}
