//! The five scenarios of the user's guide, as a household lives them: evenings, days, and the program run by hand.
//!
//! The servers and the program share a time that the scenarios move. Every check is tried as a dry run before.

mod faked_time;
mod story;
mod world;

use serde_json::json;
use story::{Story, deleted_in, reset_in};
use world::{first_season_only, pilot_only};

#[tokio::test]
async fn scenario_1_first_season_rolling_with_progressive_cleanup() {
    let mut story = Story::with_settings(&["enableProgressiveCleanup=true"]).await;
    story.show("Show A", &[10, 8, 6], first_season_only);
    story.enroll("Show A", "firstSeasonRolling").await;

    story.binges("Alice", "Show A", 1, 1..=4).await;
    story.days(1).await;
    story.binges("Alice", "Show A", 1, 5..=7).await;
    story.days(1).await;
    assert_eq!(story.writes(), 0, "three episodes and more are left");

    let check = story.watches("Alice", "Show A", 1, 8).await;
    assert_eq!(check["triggeredSearches"], 1, "{check:#}");
    assert_eq!(check["decisions"][0]["reason"], "expansion", "{check:#}");
    assert_eq!(story.searches(), ["Show A season 2"]);
    assert_eq!(story.monitored("Show A"), "S01E01–E10, S02E01–E08");
    assert_eq!(
        story.told("Show A", "expansion").await,
        ["Season 2 comes next: searching for season 2."]
    );
    assert_eq!(story.files("Show A"), "S01E01–E10, S02E01–E08", "it came meanwhile");
    story.binges("Alice", "Show A", 1, 9..=10).await;
    story.days(1).await;

    story.binges("Alice", "Show A", 2, 1..=5).await;
    assert_eq!(
        story.files("Show A"),
        "S01E01–E10, S02E01–E08",
        "season 1 is the baseline"
    );
    story.days(1).await;
    story.binges("Alice", "Show A", 2, 6..=8).await;
    assert_eq!(story.searches(), ["Show A season 2", "Show A season 3"]);
    story.days(1).await;

    story.watches("Alice", "Show A", 3, 1).await;
    assert_eq!(
        story.files("Show A"),
        "S01E01–E10, S02E01–E08, S03E01–E06",
        "season 2 was watched yesterday"
    );
    story.days(3).await;
    story.watches("Alice", "Show A", 3, 2).await;
    story.days(2).await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S02E01–E08, S03E01–E06");
    assert_eq!(
        story.outlook("Show A").await,
        [
            "season 2: freeAt 2026-03-14, 8 files",
            "season 3: seasonNeeded, 6 files"
        ]
    );
    assert_eq!(story.told("Show A", "progressiveCleanup").await, [""; 0]);

    story.days(1).await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S03E01–E06");
    assert_eq!(story.monitored("Show A"), "S01E01–E10, S03E01–E06");
    assert_eq!(story.told("Show A", "progressiveCleanup").await.len(), 1);
    assert_eq!(story.viewers("Show A").await, ["Alice at S03E02"]);
    assert_eq!(story.searches().len(), 2, "nothing is fetched again");
}

#[tokio::test]
async fn scenario_1_with_cleanup_at_once_the_season_goes_as_soon_as_the_viewer_is_in_the_next() {
    let settings = ["enableProgressiveCleanup=true", "progressiveCleanupAtOnce=true"];
    let mut story = Story::with_settings(&settings).await;
    story.show("Show A", &[10, 8, 6], first_season_only);
    story.enroll("Show A", "firstSeasonRolling").await;
    story.binges("Alice", "Show A", 1, 8..=10).await;
    story.binges("Alice", "Show A", 2, 1..=8).await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S02E01–E08, S03E01–E06");
    story.watches("Alice", "Show A", 3, 1).await;
    assert_eq!(story.files("Show A"), "S01E01–E10, S03E01–E06");
}

#[tokio::test]
async fn scenario_2_pilot_rolling_with_progressive_cleanup() {
    let mut story = Story::with_settings(&["enableProgressiveCleanup=true"]).await;
    story.show("Show B", &[10, 8, 6], pilot_only);
    story.enroll("Show B", "pilotRolling").await;

    story.watches("Alice", "Show B", 1, 1).await;
    assert_eq!(story.searches(), ["Show B S01E02–E10"]);
    assert_eq!(story.monitored("Show B"), "S01E01–E10");
    assert_eq!(story.files("Show B"), "S01E01–E10");
    story.days(1).await;
    story.binges("Alice", "Show B", 1, 2..=6).await;
    story.days(1).await;
    story.binges("Alice", "Show B", 1, 7..=10).await;
    story.days(1).await;
    story.binges("Alice", "Show B", 2, 1..=4).await;
    story.days(1).await;
    story.binges("Alice", "Show B", 2, 5..=8).await;
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
    assert_eq!(
        story.outlook("Show B").await,
        [
            "season 1: freeAt 2026-03-12, 9 files",
            "season 2: freeAt 2026-03-14, 8 files",
            "season 3: seasonNeeded, 6 files"
        ]
    );

    story.days(2).await;
    assert_eq!(
        story.files("Show B"),
        "S01E01, S02E01–E08, S03E01–E06",
        "season 1 is free, but the pilot stays"
    );
    assert_eq!(story.monitored("Show B"), "S01E01, S02E01–E08, S03E01–E06");
    story.watches("Alice", "Show B", 3, 2).await;
    story.days(2).await;
    assert_eq!(story.files("Show B"), "S01E01, S03E01–E06");
    assert_eq!(story.monitored("Show B"), "S01E01, S03E01–E06");
    let told = story.told("Show B", "progressiveCleanup").await;
    assert!(
        matches!(&told[..], [first, second]
            if first.contains("Season 1 goes back to S01E01, 9 files") && second.contains("Season 2 goes, 8 files")),
        "{told:#?}"
    );
    assert_eq!(story.outlook("Show B").await, ["season 3: seasonNeeded, 6 files"]);
}

#[tokio::test]
async fn scenario_3_two_viewers_of_the_same_show() {
    let settings = ["enableProgressiveCleanup=true", "filterUsers=Alice,Bob"];
    let mut story = Story::with_settings(&settings).await;
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
    assert_eq!(
        story.outlook("Show C").await,
        [
            "season 1: seasonNeeded, 3 files",
            "season 2: seasonNeeded, 4 files",
            "season 3: seasonNeeded, 4 files"
        ]
    );
    assert_eq!(story.viewers("Show C").await, ["Alice at S03E01", "Bob at S01E02"]);

    story.watches("Bob", "Show C", 3, 1).await;
    story.days(1).await;
    assert_eq!(
        story.files("Show C"),
        "S01E01–E04, S03E01–E04",
        "nobody watched season 2 for a week, but Bob season 1"
    );
    story.watches("Alice", "Show C", 3, 2).await;
    story.days(2).await;
    story.away(1);

    // Carol is not in the filter: what she watched holds nothing, but what she watches does.
    let play = story.starts("Carol", "Show C", 1, 3);
    story.check().await;
    assert_eq!(story.files("Show C"), "S01E01–E04, S03E01–E04", "Carol is in season 1");
    assert_eq!(
        story.outlook("Show C").await,
        ["season 1: beingPlayed, 3 files", "season 3: seasonNeeded, 4 files"]
    );
    story.finishes(play);
    story.check().await;
    assert_eq!(story.files("Show C"), "S01E01, S03E01–E04");
    assert_eq!(story.told("Show C", "progressiveCleanup").await.len(), 2);
    assert_eq!(story.searches(), [""; 0], "all of it was there");
}

#[tokio::test]
async fn scenario_4_an_abandoned_show_is_reset() {
    let mut story = Story::with_settings(&[]).await;
    story.show("Show D", &[10, 8, 6], first_season_only);
    story.enroll("Show D", "firstSeasonRolling").await;
    story.binges("Alice", "Show D", 1, 8..=10).await;
    story.days(1).await;
    story.watches("Alice", "Show D", 2, 1).await;
    assert_eq!(story.files("Show D"), "S01E01–E10, S02E01–E08");

    story.days(6).await;
    assert_eq!(story.would_reset_inactive().await["reset"], json!([]));
    assert_eq!(
        story.files("Show D"),
        "S01E01–E10, S02E01–E08",
        "six days are not seven"
    );
    assert_eq!(story.master("Show D").await["inactive"], false);

    // The machine is off meanwhile, and Plex tells what happened: nothing.
    story.away(4);
    assert_eq!(reset_in(&story.would_reset_inactive().await), ["Show D: 8 files"]);
    story.check().await;
    assert_eq!(story.files("Show D"), "S01E01–E10");
    assert_eq!(story.monitored("Show D"), "S01E01–E10");
    assert_eq!(story.viewers("Show D").await, [""; 0]);
    assert_eq!(story.master("Show D").await["currentMonitoredSeason"], 1);
    let told = story.told("Show D", "inactiveReset").await;
    assert!(
        matches!(&told[..], [sentence] if sentence.contains("Nobody has watched it since")),
        "{told:#?}"
    );

    let writes = story.writes();
    story.days(8).await;
    assert_eq!(story.writes(), writes, "a show at its baseline is left alone");
    story.watches("Bob", "Show D", 1, 8).await;
    assert_eq!(
        story.searches(),
        ["Show D season 2", "Show D season 2"],
        "and it is ready for the next viewer"
    );
    assert_eq!(story.files("Show D"), "S01E01–E10, S02E01–E08");
}

#[tokio::test]
async fn scenario_5_cleanup_while_it_is_watched_and_reset_when_it_is_not() {
    let mut story = Story::with_settings(&["enableProgressiveCleanup=true"]).await;
    story.show("Show E", &[10, 8, 6], first_season_only);
    story.show("Show F", &[10, 8, 6], pilot_only);
    story.enroll("Show E", "firstSeasonRolling").await;
    story.enroll("Show F", "pilotRolling").await;
    story.binges("Alice", "Show E", 1, 8..=10).await;
    story.days(1).await;
    story.binges("Alice", "Show E", 2, 1..=8).await;
    story.watches("Alice", "Show E", 3, 1).await;
    story.days(5).await;
    story.watches("Alice", "Show E", 3, 2).await;
    story.days(3).await;
    assert_eq!(story.files("Show E"), "S01E01–E10, S03E01–E06");
    assert_eq!(story.told("Show E", "progressiveCleanup").await.len(), 1);
    assert_eq!(story.told("Show E", "inactiveReset").await.len(), 0);

    story.watches("Bob", "Show F", 1, 1).await;
    story.away(5);
    let shown = story.would_reset("Show E").await;
    let there = story.file_ids("Show E");
    assert_eq!(story.resets_inactive().await, ["Show E: 6 files"]);
    let gone: Vec<i64> = there.difference(&story.file_ids("Show E")).copied().collect();
    assert_eq!(deleted_in(&shown), gone, "what was shown is what went");
    assert_eq!(story.done_to("Show E", "inactiveReset").await[0]["actions"], shown);
    assert_eq!(story.files("Show E"), "S01E01–E10");
    assert_eq!(story.monitored("Show E"), "S01E01–E10");
    assert_eq!(story.viewers("Show E").await, [""; 0]);
    assert_eq!(story.files("Show F"), "S01E01–E10", "Bob watches it");
    assert_eq!(story.viewers("Show F").await, ["Bob at S01E01"]);
    assert_eq!(story.told("Show E", "inactiveReset").await.len(), 1);
    assert_eq!(story.resets_inactive().await, [""; 0], "once is enough");
}
