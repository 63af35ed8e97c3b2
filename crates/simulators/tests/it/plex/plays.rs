use super::{KIDDO, OTTER, Stage, tablet, television};
use cliffhangarr_simulators::plex::{OWNER, PlayState};
use jiff::SignedDuration;
use serde_json::json;

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
async fn a_stop_may_report_zero_or_the_very_end() {
    let stage = Stage::new();
    let length = stage.sim.duration_ms(stage.episode(1, 1));
    for (number, last) in [(1, 0), (2, length)] {
        let handle = stage
            .sim
            .play_from(OWNER, &television(), stage.episode(1, number), length - 20_000);
        stage.sim.report(handle, PlayState::Stopped, last);
    }
    assert_eq!(stage.sim.finished_plays().len(), 2);
    assert!(stage.sessions().await.is_empty());
    let page = stage.json(&format!("/library/metadata/{}", stage.episode(1, 1))).await;
    assert!(page["Metadata"][0].get("viewOffset").is_none());
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
