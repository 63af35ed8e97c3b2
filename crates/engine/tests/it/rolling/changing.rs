//! Changed settings: nothing goes by them at once, and what was changed by mistake can be taken back.

use super::story::Story;
use domain::ids::InstanceId;
use domain::pressure::Floor;
use engine::StorageFloor;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::sonarr::SeriesSpec;

fn three_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4)
        .season_with_files(2, 4)
        .season_with_files(3, 4)
}

/// Alice has moved on to season 3 long ago, and the cleanup has not been looking.
async fn with_free_seasons() -> Story {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    story.show("Free", &[4, 4, 4], three_seasons);
    story.enroll("Free", "pilotRolling").await;
    story.watches("Alice", "Free", 1, 4).await;
    story.watches("Alice", "Free", 2, 4).await;
    story.watches("Alice", "Free", 3, 1).await;
    story.days(6).await;
    story.watches("Alice", "Free", 3, 2).await;
    story.days(3).await;
    story
}

/// What is free goes, but only after an hour.
async fn goes_after_an_hour(story: &Story, why: &str) {
    let before = story.deletions();
    story.look().await;
    assert_eq!(story.deletions(), before, "{why}: not at once");
    story.home.later(SignedDuration::from_mins(30));
    story.look().await;
    assert_eq!(story.deletions(), before, "{why}: not after half an hour");
    story.home.later(SignedDuration::from_mins(40));
    story.look().await;
    assert!(story.deletions() > before, "{why}: after the hour");
}

/// The same, with a setting that held it until now.
async fn held_until(held: Value, lets_go: Value) {
    let story = with_free_seasons().await;
    story.set(held).await;
    story.set(json!({"enableProgressiveCleanup": true})).await;
    story.hours(6).await;
    assert_eq!(story.deletions(), 0, "{lets_go}");
    story.set(lets_go.clone()).await;
    goes_after_an_hour(&story, &lets_go.to_string()).await;
}

#[tokio::test]
async fn the_cleanup_that_is_switched_on_begins_after_an_hour() {
    let story = with_free_seasons().await;
    story.set(json!({"enableProgressiveCleanup": true})).await;
    goes_after_an_hour(&story, "the cleanup").await;
    assert_eq!(story.files("Free"), "S01E01, S03E01–E04");
}

#[tokio::test]
async fn what_is_switched_off_again_within_the_hour_deletes_nothing() {
    let story = with_free_seasons().await;
    story.set(json!({"enableProgressiveCleanup": true})).await;
    story.home.later(SignedDuration::from_mins(50));
    story.look().await;
    story.set(json!({"enableProgressiveCleanup": false})).await;
    story.days(1).await;
    assert_eq!(story.deletions(), 0);
}

#[tokio::test]
async fn settings_that_let_more_go_wait_an_hour() {
    held_until(json!({"inactivityResetDays": 30}), json!({"inactivityResetDays": 7})).await;
    held_until(json!({"dryRun": true}), json!({"dryRun": false})).await;
    held_until(json!({"filterUsers": ["Bob"]}), json!({"filterUsers": []})).await;
}

#[tokio::test]
async fn cleaning_up_at_once_still_waits_an_hour_after_it_was_set() {
    let mut story = Story::with_cleanup().await;
    story.show("Once", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.enroll("Once", "pilotRolling").await;
    story.watches("Alice", "Once", 1, 4).await;
    story.watches("Alice", "Once", 2, 1).await;
    story.hours(12).await;
    assert_eq!(story.deletions(), 0);
    story.set(json!({"progressiveCleanupAtOnce": true})).await;
    goes_after_an_hour(&story, "at once").await;
}

#[tokio::test]
async fn a_season_that_somebody_leaves_behind_after_a_change_goes_without_waiting() {
    let mut story = Story::new().await;
    story.show("Left", &[4, 4, 4], three_seasons);
    story.enroll("Left", "pilotRolling").await;
    story.watches("Alice", "Left", 1, 4).await;
    story.watches("Alice", "Left", 2, 3).await;
    story
        .set(json!({"enableProgressiveCleanup": true, "progressiveCleanupAtOnce": true}))
        .await;
    story.look().await;
    assert_eq!(story.deletions(), 0, "season 1 was behind her before the change");
    let handle = story.starts("Alice", "Left", 3, 1);
    story.look().await;
    assert_eq!(story.files("Left"), "S01E01–E04, S03E01–E04", "she went on after it");
    story.home.plex.stop(handle);
    story.hours(2).await;
    assert_eq!(story.files("Left"), "S01E01, S03E01–E04");
}

/// Alice goes on after a change by which a season is free that is not free without it.
async fn held_although_somebody_goes_on(change: Value) {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"progressiveCleanupAtOnce": true})).await;
    story.show("Shared", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.enroll("Shared", "pilotRolling").await;
    story.watches("Bob", "Shared", 1, 2).await;
    story.watches("Alice", "Shared", 1, 4).await;
    story.days(2).await;
    story.set(change.clone()).await;
    let handle = story.starts("Alice", "Shared", 2, 1);
    story.look().await;
    story.home.later(SignedDuration::from_mins(50));
    story.home.plex.report_again(handle);
    story.look().await;
    assert_eq!(story.deletions(), 0, "{change}");
}

#[tokio::test]
async fn a_changed_rule_takes_nothing_for_an_hour_although_somebody_goes_on() {
    held_although_somebody_goes_on(json!({"filterUsers": ["Alice"]})).await;
    held_although_somebody_goes_on(json!({"inactivityResetDays": 1})).await;
}

#[tokio::test]
async fn what_is_switched_on_after_a_changed_rule_does_not_end_its_hour() {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"dryRun": true})).await;
    story.show("Twice", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.enroll("Twice", "pilotRolling").await;
    story.watches("Bob", "Twice", 1, 2).await;
    story.days(2).await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story
        .set(json!({"dryRun": false, "progressiveCleanupAtOnce": true}))
        .await;
    story.starts("Alice", "Twice", 2, 1);
    story.look().await;
    assert_eq!(story.deletions(), 0);
}

#[tokio::test]
async fn a_show_that_is_enrolled_after_a_change_is_not_held_by_it() {
    let mut story = Story::with_cleanup().await;
    story
        .set(json!({"filterUsers": ["Alice"], "progressiveCleanupAtOnce": true}))
        .await;
    story.show("New", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.enroll("New", "pilotRolling").await;
    story.starts("Alice", "New", 2, 1);
    story.look().await;
    assert_eq!(story.files("New"), "S01E01, S02E01–E04");
}

#[tokio::test]
async fn settings_of_the_environment_that_changed_between_two_starts_wait_an_hour() {
    let mut story = with_free_seasons().await;
    story.home.environment = Some(json!({"enableProgressiveCleanup": true}).to_string());
    story = story.restart().await;
    goes_after_an_hour(&story, "the environment").await;
}

#[tokio::test]
async fn an_automatic_reset_that_is_overdue_when_it_is_switched_on_waits_an_hour() {
    let mut story = Story::new().await;
    story.show("Overdue", &[4, 4, 4], three_seasons);
    story.enroll("Overdue", "pilotRolling").await;
    story.watches("Alice", "Overdue", 2, 1).await;
    story.days(2).await;
    story.set(json!({"enableAutoReset": false})).await;
    story.days(12).await;
    story.set(json!({"enableAutoReset": true})).await;
    goes_after_an_hour(&story, "the automatic reset").await;
    assert_eq!(story.files("Overdue"), "S01E01");
}

#[tokio::test]
async fn a_changed_type_takes_nothing_for_an_hour() {
    let mut story = Story::with_cleanup().await;
    story.show("Type", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.enroll("Type", "firstSeasonRolling").await;
    story.watches("Alice", "Type", 1, 4).await;
    story.days(6).await;
    story.watches("Alice", "Type", 2, 1).await;
    story.days(3).await;
    assert_eq!(story.deletions(), 0);
    story.enroll("Type", "pilotRolling").await;
    goes_after_an_hour(&story, "the type").await;
    assert_eq!(story.files("Type"), "S01E01, S02E01–E04");
}

#[tokio::test]
async fn what_is_kept_no_longer_stays_for_another_hour() {
    for season in [None, Some(1)] {
        let story = with_free_seasons().await;
        let id = story.master("Free").await.id;
        story.home.engine.keep(id, Some(2), true).await.unwrap();
        story.home.engine.keep(id, season, true).await.unwrap();
        story.set(json!({"enableProgressiveCleanup": true})).await;
        story.hours(6).await;
        assert_eq!(story.deletions(), 0);
        story.home.engine.keep(id, season, false).await.unwrap();
        goes_after_an_hour(&story, &format!("{season:?}")).await;
        assert_eq!(story.files("Free"), "S01E01, S02E01–E04, S03E01–E04");
    }
}

#[tokio::test]
async fn a_floor_that_is_set_takes_nothing_for_an_hour() {
    let story = with_free_seasons().await;
    story.home.sonarr().set_free_space("/tv", 90_000_000_000);
    let floor = StorageFloor {
        instance: InstanceId(2),
        floor: Floor {
            root_folder: "/tv".to_owned(),
            begins_below: 100_000_000_000,
            ends_at: 100_000_000_000,
        },
    };
    story.home.engine.set_storage_floors(&[floor]).await.unwrap();
    goes_after_an_hour(&story, "the floor").await;
}

#[tokio::test]
async fn what_the_user_asks_for_does_not_wait() {
    let story = with_free_seasons().await;
    story.set(json!({"enableProgressiveCleanup": true})).await;
    let report = story.reset("Free").await.unwrap();
    assert_eq!(report.errors, []);
    assert_eq!(story.files("Free"), "S01E01");
}

#[tokio::test]
async fn what_is_owed_from_before_waits_as_well() {
    let story = with_free_seasons().await;
    let stubborn = simulators::faults::FaultRule::new("/episodefile/", simulators::faults::Fault::status(500));
    story.home.sonarr().faults().push(stubborn.method(http::Method::DELETE));
    story.set(json!({"enableProgressiveCleanup": true})).await;
    story.hours(3).await;
    story.set(json!({"enableProgressiveCleanup": false})).await;
    story.home.sonarr().faults().clear();
    story.hours(3).await;
    let before = story.files("Free");
    story.set(json!({"enableProgressiveCleanup": true})).await;
    story.home.later(SignedDuration::from_mins(50));
    story.look().await;
    assert_eq!(story.files("Free"), before);
    story.days(1).await;
    assert_eq!(story.files("Free"), "S01E01, S03E01–E04");
}
