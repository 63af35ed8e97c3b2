//! The five scenarios of the guide, as they are told there.

use super::story::Story;
use serde_json::json;
use simulators::sonarr::{SeasonSpec, SeriesSpec};

/// Season 1 is there; two more are listed, unmonitored.
pub fn first_season_only(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 10)
        .with(SeasonSpec::new(2, 8).monitored(false))
        .with(SeasonSpec::new(3, 6).monitored(false))
        .monitor_new_items(false)
}

/// The pilot is there; nothing else is even monitored.
pub fn pilot_only(spec: SeriesSpec) -> SeriesSpec {
    spec.with(SeasonSpec::new(1, 10).flag(false).only_monitored([1]).files([1]))
        .with(SeasonSpec::new(2, 8).monitored(false))
        .with(SeasonSpec::new(3, 6).monitored(false))
        .monitor_new_items(false)
}

#[tokio::test]
async fn scenario_1_first_season_rolling_with_progressive_cleanup() {
    let mut story = Story::with_cleanup().await;
    story.show("Show A", &[10, 8, 6], first_season_only);
    story.enroll("Show A", "firstSeasonRolling").await;

    story.binges("Alice", "Show A", 1, 1..=7).await;
    assert_eq!(story.searches(), [""; 0]);
    story.watches("Alice", "Show A", 1, 8).await;
    assert_eq!(story.searches(), ["Show A season 2"]);
    assert_eq!(story.monitored("Show A"), "S01E01–E10, S02E01–E08");
    story
        .told(
            "done",
            "expansion",
            "Show A: Season 2 comes next: searching for season 2.",
        )
        .await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S02E01–E08");

    story.binges("Alice", "Show A", 1, 9..=10).await;
    story.binges("Alice", "Show A", 2, 1..=5).await;
    assert_eq!(
        story.files("Show A"),
        "S01E01–E10, S02E01–E08",
        "season 1 is the baseline"
    );
    story.watches("Alice", "Show A", 2, 6).await;
    assert_eq!(story.searches(), ["Show A season 2", "Show A season 3"]);
    story.binges("Alice", "Show A", 2, 7..=8).await;

    story.watches("Alice", "Show A", 3, 1).await;
    assert_eq!(
        story.files("Show A"),
        "S01E01–E10, S02E01–E08, S03E01–E06",
        "season 2 was watched an hour ago"
    );
    story.days(4).await;
    story.watches("Alice", "Show A", 3, 2).await;
    story.days(4).await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S03E01–E06");
    assert_eq!(story.monitored("Show A"), "S01E01–E10, S03E01–E06");
    story
        .told("done", "progressiveCleanup", "Show A: Season 2 goes, 8 files")
        .await;
    assert_eq!(story.viewers("Show A").await, ["Alice at S03E02"]);
}

#[tokio::test]
async fn scenario_2_pilot_rolling_with_progressive_cleanup() {
    let mut story = Story::with_cleanup().await;
    story.show("Show B", &[10, 8, 6], pilot_only);
    story.enroll("Show B", "pilotRolling").await;

    story.watches("Alice", "Show B", 1, 1).await;
    assert_eq!(story.searches(), ["Show B S01E02–E10"]);
    assert_eq!(story.files("Show B"), "S01E01–E10");
    story.binges("Alice", "Show B", 1, 2..=10).await;
    story.days(2).await;
    story.binges("Alice", "Show B", 2, 1..=8).await;
    assert_eq!(
        story.searches(),
        ["Show B S01E02–E10", "Show B season 2", "Show B season 3"]
    );
    story.days(3).await;
    story.watches("Alice", "Show B", 3, 1).await;
    assert_eq!(
        story.files("Show B"),
        "S01E01–E10, S02E01–E08, S03E01–E06",
        "all of it was watched this week"
    );

    story.days(3).await;
    assert_eq!(
        story.files("Show B"),
        "S01E01, S02E01–E08, S03E01–E06",
        "season 1 is free, but the pilot stays"
    );
    assert_eq!(story.monitored("Show B"), "S01E01, S02E01–E08, S03E01–E06");
    story.watches("Alice", "Show B", 3, 2).await;
    story.days(3).await;
    assert_eq!(story.files("Show B"), "S01E01, S03E01–E06");
    story
        .told(
            "done",
            "progressiveCleanup",
            "Show B: Season 1 goes back to S01E01, 9 files",
        )
        .await;
    story
        .told("done", "progressiveCleanup", "Show B: Season 2 goes, 8 files")
        .await;
}

#[tokio::test]
async fn scenario_3_two_viewers_of_the_same_show() {
    let mut story = Story::with_cleanup().await;
    story.show("Show C", &[4, 4, 4], |spec| {
        spec.season_with_files(1, 4)
            .season_with_files(2, 4)
            .season_with_files(3, 4)
    });
    story.enroll("Show C", "pilotRolling").await;
    story.binges("Alice", "Show C", 1, 1..=4).await;
    story.binges("Alice", "Show C", 2, 1..=4).await;
    story.days(5).await;
    story.watches("Bob", "Show C", 1, 2).await;
    story.days(1).await;
    story.watches("Alice", "Show C", 3, 1).await;
    story.days(2).await;

    assert_eq!(
        story.files("Show C"),
        "S01E01–E04, S02E01–E04, S03E01–E04",
        "Bob is on his way through it"
    );
    assert_eq!(story.viewers("Show C").await, ["Alice at S03E01", "Bob at S01E02"]);

    story.binges("Bob", "Show C", 3, 1..=1).await;
    story.days(3).await;
    assert_eq!(
        story.files("Show C"),
        "S01E01–E04, S03E01–E04",
        "nobody watched season 2 for a week; Bob season 1 did"
    );
    story.watches("Alice", "Show C", 3, 2).await;
    story.days(3).await;
    assert_eq!(story.files("Show C"), "S01E01, S03E01–E04");
}

#[tokio::test]
async fn scenario_4_an_abandoned_show_is_reset() {
    let mut story = Story::new().await;
    story.show("Show D", &[10, 8, 6], first_season_only);
    story.enroll("Show D", "firstSeasonRolling").await;
    story.binges("Alice", "Show D", 1, 8..=10).await;
    story.watches("Alice", "Show D", 2, 1).await;
    assert_eq!(story.files("Show D"), "S01E01–E10, S02E01–E08");

    story.days(6).await;
    assert_eq!(
        story.files("Show D"),
        "S01E01–E10, S02E01–E08",
        "six days are not seven"
    );
    story.days(4).await;

    assert_eq!(story.files("Show D"), "S01E01–E10");
    assert_eq!(story.monitored("Show D"), "S01E01–E10");
    assert_eq!(story.viewers("Show D").await, [""; 0]);
    assert_eq!(story.master("Show D").await.current_monitored_season, 1);
    story
        .told("done", "inactiveReset", "Show D: Nobody has watched it since")
        .await;

    let resets = story.journal("done", "inactiveReset").await.len();
    story.home.forget_requests();
    story.days(20).await;
    assert_eq!(
        story.journal("done", "inactiveReset").await.len(),
        resets,
        "a show at its baseline is left alone"
    );
    assert_eq!(story.home.sonarr().log().writes(), []);

    story.binges("Bob", "Show D", 1, 8..=8).await;
    assert_eq!(
        story.searches(),
        ["Show D season 2"],
        "and it is ready for the next viewer"
    );
}

#[tokio::test]
async fn scenario_5_cleanup_while_it_is_watched_and_reset_when_it_is_not() {
    let mut story = Story::with_cleanup().await;
    story.show("Show E", &[10, 8, 6], first_season_only);
    story.enroll("Show E", "firstSeasonRolling").await;
    story.binges("Alice", "Show E", 1, 8..=10).await;
    story.binges("Alice", "Show E", 2, 1..=8).await;
    story.watches("Alice", "Show E", 3, 1).await;
    story.days(5).await;
    story.watches("Alice", "Show E", 3, 2).await;
    story.days(4).await;
    assert_eq!(story.files("Show E"), "S01E01–E10, S03E01–E06");
    assert_eq!(story.journal("done", "progressiveCleanup").await.len(), 1);

    story.days(10).await;
    assert_eq!(story.files("Show E"), "S01E01–E10");
    assert_eq!(story.journal("done", "inactiveReset").await.len(), 1);
    assert_eq!(story.viewers("Show E").await, [""; 0]);
}

#[tokio::test]
async fn cleanup_at_once_takes_the_season_as_soon_as_the_viewer_is_in_the_next() {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"progressiveCleanupAtOnce": true})).await;
    story.show("Show A", &[10, 8, 6], first_season_only);
    story.enroll("Show A", "firstSeasonRolling").await;
    story.binges("Alice", "Show A", 1, 8..=10).await;
    story.binges("Alice", "Show A", 2, 1..=8).await;
    story.watches("Alice", "Show A", 3, 1).await;
    story.look().await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S03E01–E06");
}
