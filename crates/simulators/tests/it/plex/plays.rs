use super::{KIDDO, OTTER, Stage, tablet, television};
use axum::body::Body;
use cliffhangarr_simulators::plex::{ClipKind, Device, OWNER, PlayState};
use http::{Request, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn state_and_offset(stage: &Stage) -> (String, i64) {
    let row = stage.sessions().await.remove(0);
    (
        row["Player"]["state"].as_str().unwrap().to_owned(),
        row["viewOffset"].as_i64().unwrap_or(0),
    )
}

#[tokio::test]
async fn a_normal_play_buffers_plays_pauses_resumes_and_ends() {
    let stage = Stage::new();
    let sim = &stage.sim;
    let handle = sim.begin(OWNER, &television(), stage.episode(1, 1), 0);
    assert_eq!(state_and_offset(&stage).await, ("buffering".to_owned(), 0));
    assert!(
        stage.sessions().await[0].get("viewOffset").is_none(),
        "zero is left out"
    );
    sim.report(handle, PlayState::Playing, 0);
    sim.watch(handle, SignedDuration::from_secs(30));
    assert_eq!(state_and_offset(&stage).await, ("playing".to_owned(), 30_000));
    sim.pause(handle);
    sim.watch(handle, SignedDuration::from_mins(20));
    assert_eq!(state_and_offset(&stage).await, ("paused".to_owned(), 30_000));
    sim.resume(handle);
    assert_eq!(state_and_offset(&stage).await, ("playing".to_owned(), 30_000));
    assert_eq!(sim.session_key(handle).as_deref(), Some("1"));
    sim.stop(handle);
    assert!(stage.sessions().await.is_empty());
}

#[tokio::test]
async fn the_offset_moves_only_when_the_client_reports() {
    let stage = Stage::new();
    let handle = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    stage.sim.watch(handle, SignedDuration::from_secs(10));
    stage.sim.clock().advance(SignedDuration::from_secs(9));
    assert_eq!(state_and_offset(&stage).await.1, 10_000);
    stage.sim.watch(handle, SignedDuration::from_hours(3));
    assert_eq!(
        state_and_offset(&stage).await.1,
        stage.sim.duration_ms(stage.episode(1, 1))
    );
}

#[tokio::test]
async fn session_keys_count_up_and_start_over_with_the_server() {
    let stage = Stage::new();
    let first = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let second = stage.sim.play(KIDDO, &tablet(), stage.episode(1, 1));
    stage.sim.stop(first);
    let third = stage.sim.play(OWNER, &television(), stage.episode(1, 2));
    assert_eq!(stage.sim.session_key(second).as_deref(), Some("2"));
    assert_eq!(stage.sim.session_key(third).as_deref(), Some("3"));
    stage.sim.restart_server();
    assert!(stage.sessions().await.is_empty());
    stage.sim.report(third, PlayState::Playing, 20_000);
    assert_eq!(
        stage.sim.session_key(third).as_deref(),
        Some("1"),
        "the client reports again, into a new session"
    );
}

#[tokio::test]
async fn a_crashed_client_lingers_for_three_minutes() {
    let stage = Stage::new();
    let handle = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    stage.sim.watch(handle, SignedDuration::from_secs(60));
    stage.sim.crash(handle);
    stage.sim.clock().advance(SignedDuration::from_secs(179));
    assert_eq!(state_and_offset(&stage).await, ("playing".to_owned(), 60_000));
    stage.sim.clock().advance(SignedDuration::from_secs(1));
    assert!(stage.sessions().await.is_empty());
}

#[tokio::test]
async fn a_long_pause_ends_the_session_and_resuming_opens_another() {
    let stage = Stage::new();
    stage
        .sim
        .configure(|settings| settings.pause_limit = Some(SignedDuration::from_mins(10)));
    let handle = stage.sim.play_from(OWNER, &television(), stage.episode(1, 1), 100_000);
    stage.sim.pause(handle);
    stage.sim.watch(handle, SignedDuration::from_mins(9));
    assert_eq!(stage.sim.session_key(handle).as_deref(), Some("1"));
    stage.sim.clock().advance(SignedDuration::from_mins(2));
    assert!(stage.sessions().await.is_empty());
    stage.sim.resume(handle);
    assert_eq!(stage.sim.session_key(handle).as_deref(), Some("2"));
    assert_eq!(state_and_offset(&stage).await, ("playing".to_owned(), 100_000));
}

#[tokio::test]
async fn ninety_percent_write_one_history_row_and_less_writes_none() {
    let stage = Stage::new();
    let episode = stage.episode(1, 2);
    let length = stage.sim.duration_ms(episode);
    let handle = stage.sim.play(KIDDO, &tablet(), episode);
    stage.sim.report(handle, PlayState::Playing, length * 89 / 100);
    assert!(stage.sim.finished_plays().is_empty());
    stage.sim.report(handle, PlayState::Playing, length * 9 / 10);
    stage.sim.report(handle, PlayState::Playing, length * 95 / 100);
    stage.sim.stop(handle);
    let history = stage.json("/status/sessions/history/all").await;
    assert_eq!((&history["size"], &history["totalSize"]), (&json!(1), &json!(1)));
    let row = &history["Metadata"][0];
    assert_eq!(row["viewedAt"], json!(stage.sim.clock().now().as_second()));
    assert_eq!(
        (&row["accountID"], &row["index"], &row["parentIndex"]),
        (&json!(KIDDO), &json!(2), &json!(1))
    );
    assert_eq!(
        row["grandparentKey"],
        json!(format!("/library/metadata/{}", stage.show))
    );
    let again = stage.sim.play(KIDDO, &tablet(), episode);
    stage.sim.report(again, PlayState::Playing, length);
    assert_eq!(stage.sim.finished_plays().len(), 2);
}

#[tokio::test]
async fn buffering_at_the_end_does_not_count_as_watched() {
    let stage = Stage::new();
    let handle = stage.sim.begin(OWNER, &television(), stage.episode(1, 1), 0);
    stage.sim.buffer_at_end(handle);
    assert!(stage.sim.finished_plays().is_empty());
}

#[tokio::test]
async fn history_is_filtered_sorted_and_paged() {
    let stage = Stage::new();
    let start = stage.sim.clock().now();
    let rows = [
        (OWNER, (1, 1), 0),
        (OTTER, (1, 2), 60),
        (OWNER, (2, 1), 120),
        (KIDDO, (1, 1), 180),
    ];
    for (account, (season, number), seconds) in rows {
        stage.sim.record_view(
            account,
            stage.episode(season, number),
            start + SignedDuration::from_secs(seconds),
        );
    }
    let count = async |query: String| {
        stage.json(&format!("/status/sessions/history/all?{query}")).await["size"]
            .as_i64()
            .unwrap()
    };
    let second = start.as_second();
    assert_eq!(count(format!("viewedAt%3E%3D={}", second + 60)).await, 3);
    assert_eq!(count(format!("viewedAt%3E={}", second + 60)).await, 2);
    assert_eq!(count(format!("accountID={OWNER}")).await, 2);
    assert_eq!(count(format!("metadataItemID={}", stage.show)).await, 4);
    assert_eq!(
        count(format!(
            "metadataItemID={}",
            stage.sim.season_key(stage.show, 1).unwrap()
        ))
        .await,
        3
    );
    assert_eq!(
        count(format!("metadataItemID={}&accountID={KIDDO}", stage.episode(1, 1))).await,
        1
    );
    let newest = stage
        .json("/status/sessions/history/all?sort=viewedAt:desc&X-Plex-Container-Start=0&X-Plex-Container-Size=1")
        .await;
    assert_eq!(
        (&newest["size"], &newest["totalSize"], &newest["offset"]),
        (&json!(1), &json!(4), &json!(0))
    );
    assert_eq!(newest["Metadata"][0]["accountID"], json!(KIDDO));
    stage.sim.remove_item(stage.episode(1, 2));
    let all = stage.json("/status/sessions/history/all").await;
    assert!(all["Metadata"][1].get("ratingKey").is_none() && all["Metadata"][1].get("key").is_none());
    assert!(all["Metadata"][1]["title"].is_string(), "a row outlives its item");
}

#[tokio::test]
async fn the_next_episode_comes_under_the_same_key_or_another() {
    let stage = Stage::new();
    let handle = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    stage.sim.next_item(handle, stage.episode(1, 2), true);
    assert_eq!(stage.sim.session_key(handle).as_deref(), Some("1"));
    assert_eq!(stage.sessions().await[0]["index"], json!(2));
    stage.sim.next_item(handle, stage.episode(1, 3), false);
    assert_eq!(stage.sim.session_key(handle).as_deref(), Some("2"));
    stage.sim.next_item_with_gap(handle, stage.episode(2, 1));
    assert!(
        stage.sessions().await.is_empty(),
        "between two items one look may see nothing"
    );
    stage.sim.report(handle, PlayState::Playing, 10_000);
    assert_eq!(stage.sessions().await[0]["parentIndex"], json!(2));
    let length = stage.sim.duration_ms(stage.episode(2, 1));
    stage.sim.report(handle, PlayState::Playing, length);
    stage.sim.next_item(handle, stage.episode(2, 2), true);
    stage.sim.report(handle, PlayState::Playing, length);
    assert_eq!(
        stage.sim.finished_plays().len(),
        2,
        "each item counts once although the key stays"
    );
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
