//! Seasons behind everybody.

use super::scenarios::first_season_only;
use super::story::Story;
use serde_json::json;
use simulators::sonarr::{SeasonSpec, SeriesSpec};

fn three_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4)
        .season_with_files(2, 4)
        .season_with_files(3, 4)
}

#[tokio::test]
async fn nothing_goes_while_it_is_switched_off() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    story.show("Off", &[4, 4, 4], three_seasons);
    story.enroll("Off", "pilotRolling").await;
    story.binges("Alice", "Off", 1, 4..=4).await;
    story.binges("Alice", "Off", 2, 4..=4).await;
    story.watches("Alice", "Off", 3, 1).await;
    story.days(6).await;
    story.watches("Alice", "Off", 3, 2).await;
    story.days(6).await;
    assert_eq!(story.deletions(), 0);
    story.set(json!({"enableProgressiveCleanup": true})).await;
    assert_eq!(story.deletions(), 0, "changing a setting deletes nothing by itself");
}

#[tokio::test]
async fn a_season_goes_when_it_becomes_free_without_anybody_advancing() {
    let mut story = Story::with_cleanup().await;
    story.show("Free", &[4, 4, 4], three_seasons);
    story.enroll("Free", "pilotRolling").await;
    story.watches("Alice", "Free", 1, 4).await;
    story.watches("Bob", "Free", 1, 4).await;
    story.watches("Alice", "Free", 2, 1).await;
    story.days(5).await;
    story.watches("Bob", "Free", 2, 1).await;
    story.hours(40).await;
    assert_eq!(story.files("Free"), "S01E01–E04, S02E01–E04, S03E01–E04");
    story.hours(12).await;
    assert_eq!(story.files("Free"), "S01E01, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn the_first_episode_of_every_season_stays_where_that_is_the_baseline() {
    let mut story = Story::with_cleanup().await;
    let series = story.show("Pilots", &[4, 4, 4], three_seasons);
    story.enroll("Pilots", "allSeasonPilotRolling").await;
    story.watches("Alice", "Pilots", 1, 4).await;
    story.watches("Alice", "Pilots", 2, 4).await;
    story.watches("Alice", "Pilots", 3, 1).await;
    story.days(4).await;
    story.watches("Alice", "Pilots", 3, 2).await;
    story.days(4).await;
    assert_eq!(story.files("Pilots"), "S01E01, S02E01, S03E01–E04");
    assert_eq!(story.monitored("Pilots"), "S01E01, S02E01, S03E01–E04");
    assert!(
        !story.home.sonarr().series(series).unwrap().seasons[&2],
        "new episodes of season 2 are nobody's"
    );
}

#[tokio::test]
async fn a_viewer_behind_keeps_what_comes_next_for_them() {
    let mut story = Story::with_cleanup().await;
    story.show("Apart", &[4, 4, 4, 4], |spec| {
        three_seasons(spec).season_with_files(4, 4)
    });
    story.enroll("Apart", "pilotRolling").await;
    story.watches("Bob", "Apart", 1, 4).await;
    story.watches("Alice", "Apart", 4, 1).await;
    for _ in 0..4 {
        story.days(5).await;
        story.watches("Alice", "Apart", 4, 2).await;
        story.watches("Bob", "Apart", 1, 4).await;
    }
    assert_eq!(story.files("Apart"), "S01E01–E04, S02E01–E04, S03E01–E04, S04E01–E04");
    // Bob has left for good; he is no reason any more after a week.
    story.days(5).await;
    story.watches("Alice", "Apart", 4, 3).await;
    story.days(3).await;
    assert_eq!(story.files("Apart"), "S01E01, S04E01–E04");
}

#[tokio::test]
async fn keep_holds_a_season_or_a_whole_show() {
    let mut story = Story::with_cleanup().await;
    story.show("Kept", &[4, 4, 4], three_seasons);
    story.show("Season", &[4, 4, 4], three_seasons);
    for title in ["Kept", "Season"] {
        story.enroll(title, "pilotRolling").await;
    }
    story
        .home
        .engine
        .keep(story.master("Kept").await.id, None, true)
        .await
        .unwrap();
    story
        .home
        .engine
        .keep(story.master("Season").await.id, Some(2), true)
        .await
        .unwrap();
    story.watches("Alice", "Kept", 3, 1).await;
    story.watches("Alice", "Season", 3, 1).await;
    story.days(5).await;
    story.watches("Alice", "Kept", 3, 2).await;
    story.watches("Alice", "Season", 3, 2).await;
    story.days(5).await;
    assert_eq!(story.files("Kept"), "S01E01–E04, S02E01–E04, S03E01–E04");
    assert_eq!(story.files("Season"), "S01E01, S02E01–E04, S03E01–E04");
    story.days(10).await;
    assert_eq!(
        story.files("Kept"),
        "S01E01–E04, S02E01–E04, S03E01–E04",
        "nor does the reset take it"
    );
    assert_eq!(story.files("Season"), "S01E01, S02E01–E04");
    story
        .home
        .engine
        .keep(story.master("Kept").await.id, None, false)
        .await
        .unwrap();
    story.days(2).await;
    assert_eq!(story.files("Kept"), "S01E01");
}

#[tokio::test]
async fn enrolling_cleans_nothing_up_because_of_what_was_watched_before() {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"standardMonitoring": false})).await;
    story.show("Before", &[4, 4, 4], three_seasons);
    story.watches("Alice", "Before", 1, 4).await;
    story.watches("Bob", "Before", 2, 1).await;
    story.days(8).await;
    story.watches("Alice", "Before", 3, 1).await;
    story.days(1).await;
    story.enroll("Before", "pilotRolling").await;
    story.days(4).await;
    assert_eq!(story.deletions(), 0);
    assert_eq!(
        story.outlook("Before").await[1],
        "Season 1 kept: nobody has watched it since it was enrolled"
    );
    story.watches("Alice", "Before", 3, 2).await;
    story.look().await;
    assert_eq!(story.files("Before"), "S01E01, S03E01–E04");
}

#[tokio::test]
async fn a_season_that_is_downloading_again_for_a_viewer_is_not_cleaned() {
    let mut story = Story::with_cleanup().await;
    story.show("Again", &[10, 8, 6], first_season_only);
    story.enroll("Again", "firstSeasonRolling").await;
    story.watches("Alice", "Again", 1, 8).await;
    story.watches("Alice", "Again", 2, 6).await;
    story.watches("Alice", "Again", 3, 1).await;
    story.days(6).await;
    // Bob comes to the end of season 1 while Alice's leaving has almost freed season 2.
    story.watches("Bob", "Again", 1, 8).await;
    story.days(2).await;
    assert_eq!(story.files("Again"), "S01E01–E10, S02E01–E08, S03E01–E06");
}

#[tokio::test]
async fn a_season_that_was_cleaned_comes_back_for_who_needs_it() {
    let mut story = Story::with_cleanup().await;
    story.show("Back", &[4, 4, 4], |spec| three_seasons(spec).monitor_new_items(false));
    story.enroll("Back", "firstSeasonRolling").await;
    story.watches("Alice", "Back", 3, 1).await;
    story.days(5).await;
    story.watches("Alice", "Back", 3, 2).await;
    story.days(1).await;
    assert_eq!(story.files("Back"), "S01E01–E04, S03E01–E04");
    story.watches("Bob", "Back", 1, 3).await;
    assert_eq!(story.searches(), ["Back season 2"]);
    assert_eq!(story.files("Back"), "S01E01–E04, S02E01–E04, S03E01–E04");
    story.days(4).await;
    assert_eq!(story.files("Back"), "S01E01–E04, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn a_file_over_the_edge_of_the_baseline_stays() {
    let mut story = Story::with_cleanup().await;
    story.show("Double", &[6, 4], |spec| {
        spec.with(SeasonSpec::new(1, 6).file_over(1..=2).file_over(3..=4).file_over(5..=6))
            .season_with_files(2, 4)
    });
    story.enroll("Double", "pilotRolling").await;
    story.watches("Alice", "Double", 1, 5).await;
    story.watches("Alice", "Double", 2, 1).await;
    assert_eq!(story.viewers("Double").await, ["Alice at S02E01"]);
    story.days(4).await;
    story.watches("Alice", "Double", 2, 2).await;
    story.home.forget_requests();
    story.days(4).await;
    assert_eq!(story.files("Double"), "S01E01–E02, S02E01–E04");
    assert_eq!(story.deletions(), 2, "each shared file is deleted once");
    assert_eq!(story.monitored("Double"), "S01E01, S02E01–E04");
}
