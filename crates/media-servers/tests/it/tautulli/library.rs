//! Who it is, which Plex it watches, who is there, and what shows there are.

use super::{KEY, Running, Script};
use domain::ids::TvdbId;
use media_servers::{MediaServer as _, TautulliServer};
use remote::{RemoteError, ReqwestTransport, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;

fn complete() -> Script {
    Script::new()
        .saying("/tautulli/status", 200, r#"{"result": "success", "message": "Ok"}"#)
        .on(
            "get_tautulli_info",
            json!({"tautulli_version": "v2.17.2", "tautulli_branch": "master"}),
        )
        .on(
            "get_server_info",
            json!({"pms_identifier": "9f1c2d3e", "pms_name": "Attic", "pms_version": "1.43.1"}),
        )
        .on("get_activity", json!({"stream_count": "0", "sessions": []}))
}

async fn refused(script: Script) -> RemoteError {
    script.start().tautulli.identify().await.unwrap_err()
}

#[tokio::test]
async fn it_is_identified_with_its_own_version_and_the_plex_that_it_watches() {
    let running = complete().start();
    let found = running.tautulli.identify().await.unwrap();
    assert_eq!(
        (found.name.as_str(), found.version.as_str(), found.machine_id.as_str()),
        ("Attic", "2.17.2", "9f1c2d3e")
    );
    assert_eq!(
        running.asked(),
        [
            "/tautulli/status",
            "get_tautulli_info",
            "get_server_info",
            "get_activity"
        ]
    );
}

#[tokio::test]
async fn something_else_at_the_address_is_told_apart_from_a_wrong_key() {
    let elsewhere = [
        (401, "<html><h1>401 Unauthorized</h1></html>"),
        (404, "{\"message\": \"NotFound\"}"),
        (404, "<html>not found</html>"),
        (200, "<html>a page</html>"),
        (200, "{\"status\": \"OK\"}"),
        (200, "not even JSON"),
    ];
    for (status, body) in elsewhere {
        let error = refused(Script::new().saying("/tautulli/status", status, body)).await;
        assert_eq!(error.code(), "notThisKindOfServer", "{status} {body}: {error}");
    }
    let wrong_key = refused(complete().failing("get_tautulli_info", 401, "Invalid apikey")).await;
    assert_eq!(wrong_key, RemoteError::Unauthorized);
    let switched_off = refused(complete().failing("get_tautulli_info", 404, "API not enabled")).await;
    assert!(
        switched_off.to_string().contains("API is switched off"),
        "{switched_off}"
    );
}

#[tokio::test]
async fn a_tautulli_that_is_of_no_use_yet_is_refused() {
    let fresh = refused(complete().on("get_server_info", json!({"pms_identifier": "", "pms_name": ""}))).await;
    assert!(fresh.to_string().contains("which Plex Media Server"), "{fresh}");
    let away = refused(complete().on("get_activity", json!({}))).await;
    assert_eq!(away.code(), "unreachable");
}

#[tokio::test]
async fn people_have_the_names_that_tautulli_shows() {
    let users = json!([
        {"user_id": 0, "username": "Local", "friendly_name": "Local", "keep_history": 1},
        {"user_id": 133_788, "username": "river_otter", "friendly_name": "Otter", "keep_history": 1},
        {"user_id": "30518877", "username": "Kiddo", "friendly_name": "", "keep_history": 1},
        {"username": "nobody"}
    ]);
    let people = Script::new()
        .on("get_users", users)
        .start()
        .tautulli
        .accounts()
        .await
        .unwrap();
    let people: Vec<_> = people
        .iter()
        .map(|one| (one.key.account.as_str(), one.display_name()))
        .collect();
    assert_eq!(people, [("133788", "Otter"), ("30518877", "Kiddo")]);
    // This is what a database that cannot be read looks like.
    let nobody = Script::new()
        .on("get_users", json!([]))
        .start()
        .tautulli
        .accounts()
        .await;
    assert_eq!(nobody.unwrap_err().code(), "badAnswer");
}

fn with_metadata(metadata: Value) -> Running {
    Script::new().on("get_metadata&rating_key=1219", metadata).start()
}

#[tokio::test]
async fn a_show_has_its_own_ids() {
    let show = json!({"media_type": "show", "rating_key": "1219", "title": "Winter Keep", "year": "2011",
        "guid": "plex://show/5d9c086c46115600200aa2fe", "guids": ["imdb://tt0944947", "tvdb://121361"], "grandparent_guids": []});
    let found = with_metadata(show).tautulli.show("1219").await.unwrap();
    assert_eq!(
        (found.tvdb, found.imdb.as_deref()),
        (Some(TvdbId(121_361)), Some("tt0944947"))
    );
    assert_eq!((found.key.as_deref(), found.year), (Some("1219"), Some(2011)));
    let legacy = json!({"media_type": "show", "rating_key": 1219, "title": "Winter Keep", "year": "", "guids": [],
        "guid": "com.plexapp.agents.thetvdb://121361?lang=en"});
    assert_eq!(
        with_metadata(legacy).tautulli.show("1219").await.unwrap().tvdb,
        Some(TvdbId(121_361))
    );
    let episode = json!({"media_type": "episode", "rating_key": "1219"});
    assert_eq!(
        with_metadata(episode).tautulli.show("1219").await.unwrap_err().code(),
        "badAnswer"
    );
}

#[tokio::test]
async fn a_show_that_is_gone_is_told_apart_from_a_plex_that_does_not_answer() {
    let asking = async |identity: Value| {
        let script = Script::new()
            .on("get_metadata&rating_key=1219", json!({}))
            .on("get_server_identity", identity);
        script.start().tautulli.show("1219").await.unwrap_err()
    };
    let known = json!({"machine_identifier": "9f1c2d3e", "version": "1.43.1"});
    assert_eq!(asking(known).await, RemoteError::NotFound);
    assert_eq!(asking(json!({})).await.code(), "unreachable");
}

#[tokio::test]
async fn no_error_and_no_rendering_of_the_client_has_the_key() {
    let transport = Arc::new(ReqwestTransport::new().unwrap());
    let key = SecretString::from(KEY);
    let nobody = TautulliServer::new(domain::ids::ServerId(7), "http://127.0.0.1:1", key, "x", transport).unwrap();
    let mut shown = format!("{nobody:?} {}", nobody.sessions().await.unwrap_err());
    for status in [200, 400, 500] {
        let said = format!("GET /api/v2?apikey={KEY}&cmd=get_activity with {KEY}");
        let running = Script::new().failing("get_activity", status, &said).start();
        let error = running.tautulli.sessions().await.unwrap_err();
        shown.push_str(&format!(" {error} {error:?}"));
    }
    assert!(shown.contains("[redacted]"), "{shown}");
    assert!(!shown.contains(KEY), "{shown}");
}
