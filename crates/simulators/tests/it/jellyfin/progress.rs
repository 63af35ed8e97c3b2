use super::Stage;
use jiff::SignedDuration;
use serde_json::json;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;

#[tokio::test]
async fn the_server_moves_the_position_by_itself() {
    for stage in Stage::both() {
        let handle = stage.sim.play_from(
            stage.kiddo,
            &stage.television(),
            stage.episode(1, 1),
            5 * MINUTE_MS + 77,
        );
        assert_eq!(stage.position_ms().await, 5 * MINUTE_MS + 77);
        stage.sim.clock().advance(SignedDuration::from_millis(7900));
        assert_eq!(
            stage.position_ms().await,
            5 * MINUTE_MS + 77 + 7 * SECOND_MS,
            "whole seconds"
        );
        stage.sim.report(handle, 10 * MINUTE_MS);
        assert_eq!(stage.position_ms().await, 10 * MINUTE_MS, "the player knows better");
    }
}

#[tokio::test]
async fn it_does_not_move_beyond_the_end_or_in_a_pause() {
    let stage = Stage::jellyfin();
    let length = stage.sim.duration_ms(stage.episode(1, 1));
    let handle = stage
        .sim
        .play_from(stage.kiddo, &stage.television(), stage.episode(1, 1), length - 3500);
    stage.later(60);
    assert_eq!(stage.position_ms().await, length - 500);
    stage.sim.seek(handle, MINUTE_MS);
    stage.sim.pause(handle);
    stage.later(60);
    assert_eq!(stage.position_ms().await, MINUTE_MS);
}

#[tokio::test]
async fn a_dead_player_seems_to_go_on_and_ends_at_its_last_check_in() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        let handle = sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        sim.watch(handle, SignedDuration::from_mins(4));
        sim.crash(handle);
        stage.later(5 * 60);
        assert_eq!(
            stage.position_ms().await,
            9 * MINUTE_MS,
            "it was looked at after five minutes, one since its last word"
        );
        stage.later(59);
        assert_eq!(stage.playing().await.len(), 1);
        stage.later(1);
        assert!(stage.playing().await.is_empty(), "at the next look");
        assert_eq!(sim.watched(stage.kiddo, stage.episode(1, 1)).position_ms, 4 * MINUTE_MS);
        assert_eq!(sim.session_count(), 2, "the session itself stays");
    }
}

#[tokio::test]
async fn servers_before_12_end_it_where_it_seems_to_be() {
    let stage = Stage::jellyfin();
    stage.sim.configure(|settings| settings.silent_plays_moved_on = true);
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    stage.sim.watch(handle, SignedDuration::from_mins(4));
    stage.sim.crash(handle);
    stage.later(20 * 60);
    assert!(stage.playing().await.is_empty());
    let watched = stage.sim.watched(stage.kiddo, stage.episode(1, 1));
    assert_eq!(
        watched.position_ms,
        10 * MINUTE_MS,
        "the clock had reached the look that ended it"
    );
}

#[tokio::test]
async fn a_ghost_can_come_to_the_end_of_its_episode() {
    let stage = Stage::jellyfin();
    stage.sim.configure(|settings| settings.silent_plays_moved_on = true);
    let episode = stage.episode(1, 1);
    let from = stage.sim.duration_ms(episode) * 85 / 100;
    let handle = stage.sim.play_from(stage.kiddo, &stage.television(), episode, from);
    stage.sim.crash(handle);
    stage.later(30 * 60);
    assert!(stage.playing().await.is_empty());
    assert!(stage.sim.watched(stage.kiddo, episode).played, "though nobody saw it");
}

#[tokio::test]
async fn who_checks_in_stays_paused_all_night() {
    for stage in Stage::both() {
        let handle = stage
            .sim
            .play_from(stage.kiddo, &stage.television(), stage.episode(1, 1), MINUTE_MS);
        stage.sim.pause(handle);
        stage.sim.watch(handle, SignedDuration::from_hours(9));
        assert_eq!(stage.position_ms().await, MINUTE_MS);
    }
}

#[tokio::test]
async fn the_server_can_be_told_to_end_long_pauses() {
    let stage = Stage::jellyfin();
    let limit = SignedDuration::from_mins(30);
    stage.sim.configure(|settings| settings.pause_limit = Some(limit));
    let handle = stage
        .sim
        .play_from(stage.kiddo, &stage.television(), stage.episode(1, 1), 10 * MINUTE_MS);
    stage.sim.pause(handle);
    stage.sim.watch(handle, limit);
    assert_eq!(stage.playing().await.len(), 1);
    stage.sim.watch(handle, SignedDuration::from_secs(20));
    assert!(stage.playing().await.is_empty());
    assert_eq!(
        stage.sim.watched(stage.kiddo, stage.episode(1, 1)).position_ms,
        10 * MINUTE_MS
    );
}

#[tokio::test]
async fn a_restart_empties_the_list_until_players_report_again() {
    for stage in Stage::both() {
        let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        stage.sim.watch(handle, SignedDuration::from_secs(60));
        stage.sim.restart_server();
        assert!(stage.playing().await.is_empty());
        stage.sim.watch(handle, SignedDuration::from_secs(10));
        assert_eq!(stage.position_ms().await, 70 * SECOND_MS);
        let watched = stage.sim.watched(stage.kiddo, stage.episode(1, 1));
        assert_eq!(watched.count, 1, "it is still the same play");
    }
}

#[tokio::test]
async fn a_late_report_brings_a_stopped_play_back() {
    let stage = Stage::jellyfin();
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    stage.later(3600);
    assert!(stage.playing().await.is_empty());
    stage.sim.report(handle, 2 * MINUTE_MS);
    assert_eq!(stage.position_ms().await, 2 * MINUTE_MS);
}

#[tokio::test]
async fn a_closed_connection_ends_the_session_at_once() {
    let stage = Stage::jellyfin();
    let handle = stage
        .sim
        .play_from(stage.kiddo, &stage.television(), stage.episode(1, 1), 40 * MINUTE_MS);
    stage.sim.report_again(handle);
    stage.sim.disconnect(handle);
    assert_eq!(stage.sim.session_id(handle), None);
    assert_eq!(stage.sim.playing_count(), 0);
    assert_eq!(
        stage.sim.watched(stage.kiddo, stage.episode(1, 1)).position_ms,
        40 * MINUTE_MS
    );
}

#[tokio::test]
async fn reports_over_http_do_the_same() {
    for stage in Stage::both() {
        let token = stage.sim.add_token(stage.kiddo, &stage.television());
        let header = stage.header(["Test player", "player-1"], Some(&token));
        let item = stage.sim.item_id(stage.episode(1, 2));
        let report = async |path: &str, body: serde_json::Value| {
            let answer = stage.send("POST", path, &header, &body).await;
            assert_eq!(answer.status.as_u16(), 204, "{path}: {}", answer.text);
        };
        let at = |ticks: i64, paused: bool| json!({"ItemId": item, "PositionTicks": ticks, "IsPaused": paused, "CanSeek": true});
        report("/Sessions/Playing", at(0, false)).await;
        stage.later(5);
        assert_eq!(stage.position_ms().await, 5 * SECOND_MS);
        report("/Sessions/Playing/Progress", at(6_000_000_000, true)).await;
        let session = stage.playing().await.remove(0);
        assert_eq!(
            (&session["Client"], &session["UserName"]),
            (&json!("Test player"), &json!("kiddo"))
        );
        assert_eq!(session["PlayState"]["IsPaused"], json!(true));
        assert_eq!(session["NowPlayingItem"]["IndexNumber"], json!(2));
        stage.later(355);
        assert_eq!(stage.playing().await.len(), 1);
        report("/Sessions/Playing/Ping?playSessionId=abc", json!(null)).await;
        stage.later(240);
        assert!(stage.playing().await.is_empty(), "a ping is no check-in");
        report("/Sessions/Playing", at(0, false)).await;
        report(
            "/Sessions/Playing/Stopped",
            json!({"ItemId": item, "PositionTicks": 6_500_000_000_i64}),
        )
        .await;
        let watched = stage.sim.watched(stage.kiddo, stage.episode(1, 2));
        assert_eq!(
            (watched.count, watched.position_ms, watched.played),
            (2, 650_000, false)
        );
    }
}

#[tokio::test]
async fn an_item_that_is_not_there_is_not_shown() {
    let stage = Stage::jellyfin();
    let token = stage.sim.add_token(stage.kiddo, &stage.television());
    let header = stage.header(["Test player", "player-1"], Some(&token));
    let gone = json!({"ItemId": "0123456789abcdef0123456789abcdef", "PositionTicks": 0});
    let answer = stage.send("POST", "/Sessions/Playing", &header, &gone).await;
    assert_eq!(answer.status.as_u16(), 204);
    assert!(stage.playing().await.is_empty());
    for wrong in [json!({"ItemId": "seven"}), json!([1]), json!({"PositionTicks": true})] {
        let answer = stage.send("POST", "/Sessions/Playing", &header, &wrong).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
    }
    let negative = json!({"ItemId": stage.sim.item_id(stage.episode(1, 1)), "PositionTicks": -1});
    let answer = stage
        .send("POST", "/Sessions/Playing/Stopped", &header, &negative)
        .await;
    assert_eq!(answer.status.as_u16(), 400);
}
