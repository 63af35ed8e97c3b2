//! What Tautulli wrote down.

use super::Stage;
use crate::plex::{KIDDO, OTTER, television};
use cliffhangarr_simulators::plex::OWNER;
use cliffhangarr_simulators::plextv::ACCOUNT;
use cliffhangarr_simulators::tautulli::Sitting;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const PLAIN: &str = "get_history&grouping=0&include_activity=0";

fn at(stage: &Stage, hours_ago: i64) -> Timestamp {
    stage.sim.clock().now() - SignedDuration::from_hours(hours_ago)
}

fn seen(stage: &Stage, account: i64, (season, episode): (i32, i32), hours_ago: i64) {
    let key = stage.attic.episode(season, episode);
    stage.attic.sim.record_view(account, key, at(stage, hours_ago));
}

async fn rows(stage: &Stage, command: &str) -> Vec<Value> {
    stage.data(command).await["data"].as_array().unwrap().clone()
}

fn numbers(rows: &[Value]) -> Vec<(i64, i64)> {
    let number = |value: &Value| value.as_i64().unwrap();
    rows.iter()
        .map(|row| (number(&row["parent_media_index"]), number(&row["media_index"])))
        .collect()
}

#[tokio::test]
async fn a_row_has_the_viewer_the_episode_and_both_ends() {
    let stage = Stage::new();
    seen(&stage, OWNER, (2, 1), 3);
    let row = rows(&stage, PLAIN).await.remove(0);
    let stopped = at(&stage, 3).as_second();
    assert_eq!(
        (&row["user_id"], &row["user"], &row["media_type"]),
        (&json!(ACCOUNT), &json!("owner_name"), &json!("episode"))
    );
    assert_eq!(
        (
            &row["grandparent_title"],
            &row["parent_media_index"],
            &row["media_index"]
        ),
        (&json!("Tidewrack"), &json!(2), &json!(1))
    );
    assert_eq!(
        (&row["started"], &row["stopped"]),
        (&json!(stopped - 45 * 60), &json!(stopped))
    );
    assert_eq!(
        (&row["state"], &row["live"], &row["watched_status"]),
        (&json!(null), &json!(0), &json!(1))
    );
}

#[tokio::test]
async fn pages_are_cut_from_the_newest_on_and_tell_how_much_there_is() {
    let stage = Stage::new();
    for episode in 1..=3 {
        seen(&stage, OTTER, (1, episode), 20 - i64::from(episode));
    }
    let page = stage.data(&format!("{PLAIN}&start=1&length=1")).await;
    assert_eq!(numbers(page["data"].as_array().unwrap()), [(1, 2)]);
    assert_eq!((&page["recordsFiltered"], &page["draw"]), (&json!(3), &json!(1)));
    let oldest_first = rows(&stage, &format!("{PLAIN}&order_dir=asc")).await;
    assert_eq!(numbers(&oldest_first), [(1, 1), (1, 2), (1, 3)]);
    assert_eq!(
        rows(&stage, &format!("{PLAIN}&user_id={KIDDO}")).await,
        [json!(null); 0]
    );
}

#[tokio::test]
async fn days_are_those_of_the_beginning_by_local_time() {
    let stage = Stage::new();
    // It is seven in the evening of the first of March, and two hours later there. This play began at half past eleven there.
    let started: Timestamp = "2026-02-27T21:30:00Z".parse().unwrap();
    let sitting = Sitting {
        account: OTTER,
        item: stage.attic.episode(1, 1),
        started,
        stopped: started + SignedDuration::from_mins(45),
        percent: 100,
    };
    stage.sim.record(sitting);
    assert_eq!(rows(&stage, &format!("{PLAIN}&after=2026-02-27")).await.len(), 1);
    assert_eq!(rows(&stage, &format!("{PLAIN}&after=2026-02-28")).await.len(), 0);
    stage.sim.configure(|settings| settings.hours_ahead = 3);
    assert_eq!(rows(&stage, &format!("{PLAIN}&after=2026-02-28")).await.len(), 1);
}

#[tokio::test]
async fn tables_are_grouped_and_have_what_is_going_on_unless_told_otherwise() {
    let stage = Stage::new();
    for (hours_ago, percent) in [(9, 30), (5, 60), (2, 100)] {
        let stopped = at(&stage, hours_ago);
        stage.sim.record(Sitting {
            account: OTTER,
            item: stage.attic.episode(1, 1),
            started: stopped - SignedDuration::from_mins(20),
            stopped,
            percent,
        });
    }
    stage.attic.sim.play(OTTER, &television(), stage.attic.episode(1, 2));
    assert_eq!(rows(&stage, PLAIN).await.len(), 3);
    let grouped = rows(&stage, "get_history&include_activity=0").await;
    assert_eq!(grouped.len(), 1);
    assert_eq!(
        (&grouped[0]["group_count"], &grouped[0]["stopped"]),
        (&json!(3), &json!(at(&stage, 2).as_second()))
    );
    let with_activity = rows(&stage, "get_history&grouping=0").await;
    assert_eq!(
        (with_activity.len(), &with_activity[0]["state"]),
        (4, &json!("playing"))
    );
    assert_eq!(with_activity[0]["row_id"], json!(null));
}

#[tokio::test]
async fn what_it_did_not_see_or_was_not_to_keep_is_not_there() {
    let stage = Stage::new();
    seen(&stage, OTTER, (1, 1), 1);
    stage.sim.switch_off();
    stage.sim.clock().advance(SignedDuration::from_hours(10));
    seen(&stage, OTTER, (1, 2), 5);
    stage.sim.switch_on();
    stage.sim.clock().advance(SignedDuration::from_hours(2));
    seen(&stage, OTTER, (1, 3), 1);
    assert_eq!(numbers(&rows(&stage, PLAIN).await), [(1, 3), (1, 1)]);
    stage.sim.keep_history_of(OTTER, false);
    assert_eq!(rows(&stage, PLAIN).await.len(), 0);
    stage.sim.keep_history_of(OTTER, true);
    stage.sim.keep_history_of_section(2, false);
    assert_eq!(rows(&stage, PLAIN).await.len(), 0);
    let libraries = rows(&stage, "get_libraries_table").await;
    let shows = libraries.iter().find(|row| row["section_type"] == "show").unwrap();
    assert_eq!(
        (&shows["section_name"], &shows["keep_history"]),
        (&json!("TV Shows"), &json!(0))
    );
}

#[tokio::test]
async fn a_database_that_fails_gives_an_empty_table_that_was_never_drawn() {
    let stage = Stage::new();
    seen(&stage, OTTER, (1, 1), 1);
    stage.sim.configure(|settings| settings.reads_database = false);
    for command in [PLAIN, "get_libraries_table"] {
        let table = stage.data(command).await;
        assert_eq!(
            (&table["data"], &table["recordsFiltered"], &table["draw"]),
            (&json!([]), &json!(0), &json!(0)),
            "{command}"
        );
    }
}

#[tokio::test]
async fn while_it_is_off_nobody_answers() {
    let stage = Stage::new();
    let running = stage.sim.serve().await.unwrap();
    let url = format!("{}/status", running.url);
    let web = crate::plex::web();
    assert!(web.get(&url).send().await.is_ok());
    stage.sim.switch_off();
    assert!(web.get(&url).send().await.is_err());
    stage.sim.switch_on();
    assert!(web.get(&url).send().await.is_ok());
    running.stop().await;
}
