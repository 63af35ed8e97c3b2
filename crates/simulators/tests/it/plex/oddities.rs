use super::{KIDDO, OTTER, Stage, tablet, television};
use axum::body::Body;
use cliffhangarr_simulators::plex::{ClipKind, Device, OWNER};
use http::{Request, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn one_television_serves_one_profile_after_the_other() {
    let stage = Stage::new();
    let first = stage.sim.play(KIDDO, &television(), stage.episode(1, 1));
    let before = stage.sessions().await.remove(0);
    stage.sim.stop(first);
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let after = stage.sessions().await.remove(0);
    assert_eq!(
        before["Player"]["machineIdentifier"],
        after["Player"]["machineIdentifier"]
    );
    assert_ne!(before["User"]["id"], after["User"]["id"]);
}

#[tokio::test]
async fn what_is_not_an_episode_looks_like_what_it_is() {
    let stage = Stage::new();
    let sim = &stage.sim;
    let preroll = sim.add_clip(ClipKind::Preroll, "fancy_preroll", 6);
    let trailer = sim.add_clip(ClipKind::Trailer, "Official Trailer", 132);
    let movie = sim.add_movie("Glass Orchard", 2023, 116);
    let track = sim.add_track("The Lamplighters", "Night Ferry", "Second Wind", 369);
    let theme = sim.add_theme_music("Tidewrack Theme");
    let chain = sim.play(OWNER, &television(), preroll);
    let first = stage.sessions().await.remove(0);
    assert_eq!(
        (&first["type"], &first["librarySectionID"]),
        (&json!("clip"), &json!("-2"))
    );
    assert!(first["guid"].as_str().unwrap().starts_with("analyzed.prerolls://"));
    sim.next_item(chain, trailer, false);
    assert_eq!(stage.sessions().await[0]["subtype"], json!("trailer"));
    sim.next_item(chain, movie, false);
    let last = stage.sessions().await.remove(0);
    assert_eq!((&last["type"], &last["sessionKey"]), (&json!("movie"), &json!("3")));
    sim.stop(chain);
    sim.play(OWNER, &Device::browser("amp", "Phone"), track);
    assert!(stage.get("/status/sessions", "").await.text.contains("<Track "));
    let themed = sim.play(OTTER, &tablet(), theme);
    assert!(sim.session_key(themed).is_some());
    assert!(
        stage.sessions().await[1]["guid"]
            .as_str()
            .unwrap()
            .starts_with("library://")
    );
}

#[tokio::test]
async fn a_live_channel_keeps_its_key_while_the_program_changes() {
    let stage = Stage::new();
    let handle = stage.sim.play_live(OWNER, &television(), "WXYZ", "Morning Quiz");
    let before = stage.sessions().await.remove(0);
    stage.sim.next_program(handle, "The Noon Report");
    let after = stage.sessions().await.remove(0);
    assert!(before["key"].as_str().unwrap().starts_with("/livetv/sessions/"));
    assert_eq!(
        (&before["key"], &before["sessionKey"]),
        (&after["key"], &after["sessionKey"])
    );
    assert_ne!(
        (&before["ratingKey"], &before["title"]),
        (&after["ratingKey"], &after["title"])
    );
    assert_eq!((&after["live"], &after["type"]), (&json!(true), &json!("episode")));
    assert!(after.get("grandparentRatingKey").is_none() && after.get("librarySectionID").is_none());
}

#[tokio::test]
async fn a_quality_change_shows_two_keys_for_one_viewer_for_a_while() {
    let stage = Stage::new();
    let handle = stage.sim.play_from(OWNER, &television(), stage.episode(1, 1), 300_000);
    stage.sim.change_quality(handle, 480);
    let rows = stage.sessions().await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["viewOffset"], rows[1]["viewOffset"]);
    assert_ne!(rows[0]["sessionKey"], rows[1]["sessionKey"]);
    assert_eq!(
        rows[0]["Player"]["machineIdentifier"],
        rows[1]["Player"]["machineIdentifier"]
    );
    stage.sim.watch(handle, SignedDuration::from_secs(190));
    let rows = stage.sessions().await;
    assert_eq!((rows.len(), &rows[0]["sessionKey"]), (1, &json!("2")));
}

#[tokio::test]
async fn a_flapping_session_comes_and_goes_under_its_key() {
    let stage = Stage::new();
    let handle = stage.sim.play(OTTER, &television().remote(), stage.episode(1, 1));
    for hidden in [true, false, true, false] {
        stage.sim.hide(handle, hidden);
        stage.sim.report_again(handle);
        assert_eq!(stage.sessions().await.is_empty(), hidden);
    }
    assert_eq!(stage.sim.session_key(handle).as_deref(), Some("1"));
    assert_eq!(stage.sessions().await[0]["Session"]["location"], json!("wan"));
}

#[tokio::test]
async fn two_devices_of_one_viewer_are_two_sessions_and_may_share_an_id() {
    let stage = Stage::new();
    let first = stage.sim.play(OTTER, &television(), stage.episode(1, 1));
    let second = stage.sim.play(OTTER, &tablet(), stage.episode(1, 1));
    stage.sim.share_session_id(second, first);
    let rows = stage.sessions().await;
    assert_eq!(rows[0]["Session"]["id"], rows[1]["Session"]["id"]);
    assert_ne!(
        rows[0]["Player"]["machineIdentifier"],
        rows[1]["Player"]["machineIdentifier"]
    );
}

#[tokio::test]
async fn the_list_may_lag_behind_the_first_report() {
    let stage = Stage::new();
    stage
        .sim
        .configure(|settings| settings.list_lag = SignedDuration::from_secs(2));
    let handle = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert!(stage.sessions().await.is_empty());
    stage.sim.clock().advance(SignedDuration::from_secs(2));
    stage.sim.report_again(handle);
    assert_eq!(stage.sessions().await.len(), 1);
}

#[tokio::test]
async fn clients_report_over_http_and_an_owner_can_end_them() {
    let stage = Stage::new();
    let token = stage.sim.add_token(OTTER);
    let report = async |state: &str, time: i64, item: i64| {
        let path = format!(
            "/:/timeline?ratingKey={item}&key=/library/metadata/{item}&state={state}&time={time}&duration=2700000"
        );
        let request = Request::post(path)
            .header("X-Plex-Token", &token)
            .header("X-Plex-Client-Identifier", "phone-9")
            .header("X-Plex-Session-Identifier", "abc123");
        stage.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(report("playing", 0, 999_999).await, StatusCode::NOT_FOUND);
    assert_eq!(report("buffering", 0, stage.episode(1, 1)).await, StatusCode::OK);
    assert_eq!(report("playing", 10_000, stage.episode(1, 1)).await, StatusCode::OK);
    let row = stage.sessions().await.remove(0);
    assert_eq!(
        (&row["User"]["id"], &row["viewOffset"]),
        (&json!(OTTER.to_string()), &json!(10_000))
    );
    assert_eq!(row["Player"]["machineIdentifier"], json!("phone-9"));
    assert_eq!(report("playing", 0, stage.episode(1, 2)).await, StatusCode::OK);
    assert_eq!(stage.sessions().await[0]["sessionKey"], json!("1"));
    let end = async |id: &str| {
        stage
            .get(&format!("/status/sessions/terminate?sessionId={id}&reason=bye"), "")
            .await
            .status
    };
    assert_eq!(
        (end("").await, end("nobody").await),
        (StatusCode::FORBIDDEN, StatusCode::NOT_FOUND)
    );
    assert_eq!(end("abc123").await, StatusCode::OK);
    assert!(stage.sessions().await.is_empty());
    assert_eq!(report("playing", 20_000, stage.episode(1, 2)).await, StatusCode::OK);
    assert_eq!(
        stage.sessions().await[0]["sessionKey"],
        json!("2"),
        "a client that goes on comes back"
    );
    assert_eq!(report("stopped", 20_000, stage.episode(1, 2)).await, StatusCode::OK);
    assert_eq!(stage.sessions().await, Vec::<Value>::new());
}
