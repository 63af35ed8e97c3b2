//! Disks that run full: what goes for them, and when that is enough.

use super::story::Story;
use domain::pressure::{Floor, Pressure};
use engine::StorageFloor;
use serde_json::json;

const GIGABYTE: i64 = 1_000_000_000;

async fn short_by(story: &Story, gigabytes: i64) {
    let instance = story.home.engine.rule_choices().await[0].instance;
    let floor = StorageFloor {
        instance,
        floor: Floor {
            root_folder: "/tv".to_owned(),
            begins_below: 100 * GIGABYTE,
            ends_at: 103 * GIGABYTE,
        },
    };
    story.home.engine.set_storage_floors(&[floor]).await.unwrap();
    story.home.sonarr().set_free_space("/tv", (103 - gigabytes) * GIGABYTE);
}

/// Alice has left the first season of two shows behind, of one a day earlier.
async fn two_shows() -> Story {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    for title in ["Older", "Newer"] {
        story.show(title, &[4, 4], |spec| {
            spec.season_with_files(1, 4).season_with_files(2, 4)
        });
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Alice", "Older", 1, 4).await;
    story.days(1).await;
    story.watches("Alice", "Newer", 1, 4).await;
    story.days(5).await;
    for title in ["Older", "Newer"] {
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(3).await;
    story
}

#[tokio::test]
async fn what_lies_in_the_recycle_bin_counts_as_freed_until_sonarr_empties_it() {
    let story = two_shows().await;
    story.home.sonarr().set_recycle_bin(Some("/tv/.bin"));
    short_by(&story, 5).await;
    story.hours(12).await;
    assert_eq!(story.files("Older"), "S01E01, S02E01–E04");
    assert_eq!(
        story.files("Newer"),
        "S01E01–E04, S02E01–E04",
        "six gigabytes are enough for five"
    );
    assert_eq!(story.home.engine.storage().await.unwrap()[0].pressure, Pressure::Low);
}

#[tokio::test]
async fn a_new_pressure_counts_from_its_own_beginning() {
    let story = two_shows().await;
    story.home.sonarr().set_recycle_bin(Some("/tv/.bin"));
    short_by(&story, 5).await;
    story.hours(3).await;
    assert_eq!(story.files("Older"), "S01E01, S02E01–E04");
    story.home.sonarr().set_free_space("/tv", 120 * GIGABYTE);
    story.hours(3).await;
    assert_eq!(story.home.engine.storage().await.unwrap()[0].pressure, Pressure::Ample);
    short_by(&story, 5).await;
    story.hours(3).await;
    assert_eq!(story.files("Newer"), "S01E01, S02E01–E04");
}

#[tokio::test]
async fn what_the_user_refused_to_give_up_is_passed_over_for_what_comes_next() {
    let mut story = two_shows().await;
    story.show("Third", &[20], |spec| spec.season_with_files(1, 20));
    story.enroll("Third", "firstSeasonRolling").await;
    // Three of thirty-six files ask.
    story.set(json!({"confirmAbovePercent": 5})).await;
    short_by(&story, 5).await;
    story.hours(3).await;
    let asked = story.home.engine.state_now().await.confirmations.clone();
    assert_eq!(asked[0].shows, ["Older"]);
    story.home.engine.dismiss(asked[0].id).await.unwrap();
    story.set(json!({"confirmAbovePercent": 100})).await;
    story.hours(3).await;
    assert_eq!(story.files("Older"), "S01E01–E04, S02E01–E04");
    assert_eq!(story.files("Newer"), "S01E01, S02E01–E04");
}

#[tokio::test]
async fn shows_that_nobody_watches_any_more_go_for_a_full_disk_too() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    for title in ["Left", "Left later", "Watched"] {
        story.show(title, &[4, 4], |spec| {
            spec.season_with_files(1, 4).season_with_files(2, 4)
        });
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Alice", "Left", 2, 1).await;
    story.days(1).await;
    story.watches("Alice", "Left later", 2, 1).await;
    story.days(5).await;
    story.watches("Alice", "Watched", 1, 2).await;
    story.days(4).await;
    assert_eq!(story.deletions(), 0);
    short_by(&story, 10).await;
    story.hours(3).await;
    assert_eq!(story.files("Left"), "S01E01");
    assert_eq!(story.files("Left later"), "S01E01–E04, S02E01–E04");
    assert_eq!(story.files("Watched"), "S01E01–E04, S02E01–E04");
}
