//! Who watches, who counts, and who is only tracked.

use super::scenarios::first_season_only;
use super::story::{Story, account};
use serde_json::json;
use simulators::plex::Device;
use simulators::sonarr::SeasonSpec;

#[tokio::test]
async fn who_is_not_in_the_filter_is_tracked_and_triggers_nothing() {
    let mut story = Story::new().await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story.show("Filtered", &[10, 8], first_season_only);
    story.enroll("Filtered", "firstSeasonRolling").await;
    let report = story.watches("Bob", "Filtered", 1, 9).await;
    assert_eq!(report.decisions[0].reason.code(), "viewerNotInFilter");
    assert_eq!(
        report.decisions[0].detail,
        "Bob is not in the viewer filter; the viewing is tracked only."
    );
    assert_eq!(story.searches(), [""; 0]);
    assert_eq!(story.viewers("Filtered").await, ["Bob at S00E00"], "no progress moved");
}

#[tokio::test]
async fn once_allowed_the_same_session_triggers() {
    let mut story = Story::new().await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story.show("Allowed", &[10, 8], first_season_only);
    story.enroll("Allowed", "firstSeasonRolling").await;
    story.starts("Bob", "Allowed", 1, 9);
    story.look().await;
    assert_eq!(story.searches(), [""; 0]);
    story.set(json!({"filterUsers": ["Alice", "bob"]})).await;
    story.look().await;
    assert_eq!(story.searches(), ["Allowed season 2"]);
    assert_eq!(story.viewers("Allowed").await, ["Bob at S01E09"]);
}

#[tokio::test]
async fn a_filter_may_name_the_account() {
    let mut story = Story::new().await;
    story.set(json!({"filterUsers": ["20"]})).await;
    story.show("Account", &[10, 8], first_season_only);
    story.enroll("Account", "firstSeasonRolling").await;
    story.watches("Alice", "Account", 1, 9).await;
    assert_eq!(story.searches(), [""; 0]);
    story.watches("Bob", "Account", 1, 9).await;
    assert_eq!(story.searches(), ["Account season 2"]);
}

#[tokio::test]
async fn a_renamed_account_stays_the_same_viewer() {
    let mut story = Story::new().await;
    story.show("Renamed", &[10, 8], first_season_only);
    story.enroll("Renamed", "firstSeasonRolling").await;
    story.watches("Bob", "Renamed", 1, 1).await;
    story.home.plex.rename_account(20, "Robert");
    story.watches("Bob", "Renamed", 1, 2).await;
    assert_eq!(story.viewers("Renamed").await, ["Robert at S01E02"]);
}

#[tokio::test]
async fn who_is_filtered_out_does_not_hold_a_season_but_playing_it_does() {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story.show("Behind", &[4, 4, 4], |spec| {
        spec.season_with_files(1, 4)
            .season_with_files(2, 4)
            .season_with_files(3, 4)
    });
    story.enroll("Behind", "pilotRolling").await;
    let handle = story.starts("Bob", "Behind", 1, 3);
    let alice = story.starts("Alice", "Behind", 2, 1);
    story.look().await;
    story.home.plex.stop(alice);
    for _ in 0..4 {
        story.home.later(jiff::SignedDuration::from_mins(30));
        story.home.plex.report_again(handle);
        story.look().await;
    }
    assert_eq!(
        story.files("Behind"),
        "S01E01–E04, S02E01–E04, S03E01–E04",
        "Bob is playing season 1"
    );
    story.home.plex.stop(handle);
    story.hours(12).await;
    assert_eq!(story.files("Behind"), "S01E01, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn progress_is_what_was_watched_last_and_the_high_mark_never_falls() {
    let mut story = Story::new().await;
    story.show("Rewatch", &[10, 8, 6], first_season_only);
    story.enroll("Rewatch", "firstSeasonRolling").await;
    story.watches("Alice", "Rewatch", 1, 9).await;
    story.watches("Alice", "Rewatch", 2, 7).await;
    story.watches("Alice", "Rewatch", 1, 2).await;
    assert_eq!(story.viewers("Rewatch").await, ["Alice at S01E02"]);
    assert_eq!(story.master("Rewatch").await.current_monitored_season, 3);
    let rows = story.home.engine.shows(false).await.unwrap();
    assert_eq!(
        rows.iter()
            .find(|row| row.viewer.is_some())
            .unwrap()
            .current_monitored_season,
        3
    );
}

#[tokio::test]
async fn two_instances_track_the_same_people_each_for_itself() {
    let mut story = Story::with_instances(2).await;
    story.show("Twice", &[10, 8], first_season_only);
    story.also_on(1, "Twice", |spec| {
        spec.season_with_files(1, 10)
            .with(SeasonSpec::new(2, 8).monitored(false))
    });
    story.enroll("Twice", "firstSeasonRolling").await;
    story.enroll_on(1, "Twice", "pilotRolling").await;
    story.watches("Alice", "Twice", 1, 3).await;
    let rows = story.home.engine.shows(false).await.unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows.iter().filter(|row| row.viewer.as_deref() == Some("Alice")).count(),
        2
    );
}

#[tokio::test]
async fn all_numbers_of_a_shared_file_count_as_watched() {
    let mut story = Story::new().await;
    story.show("Double", &[10, 8], |spec| {
        spec.with(SeasonSpec::new(1, 10).files([1, 2, 3, 4, 5, 6, 9, 10]).file_over(7..=8))
            .with(SeasonSpec::new(2, 8).monitored(false))
    });
    story.enroll("Double", "firstSeasonRolling").await;
    story.watches("Alice", "Double", 1, 7).await;
    assert_eq!(
        story.searches(),
        ["Double season 2"],
        "E7 and E8 are one file, so two are left"
    );
    assert_eq!(story.viewers("Double").await, ["Alice at S01E08"]);
}

#[tokio::test]
async fn a_few_seconds_neither_trigger_nor_track() {
    let mut story = Story::new().await;
    story.show("Mistake", &[10, 8], first_season_only);
    story.enroll("Mistake", "firstSeasonRolling").await;
    let item = story.home.plex.episode_key(story.plex_key("Mistake"), 1, 9).unwrap();
    story
        .home
        .plex
        .play(account("Alice"), &Device::television("tv", "Television"), item);
    let report = story.home.engine.poll().await;
    assert_eq!(report.decisions[0].reason.code(), "tooEarly");
    assert_eq!(story.viewers("Mistake").await, [""; 0]);
}

#[tokio::test]
async fn the_pace_of_each_viewer_is_foretold() {
    let mut story = Story::new().await;
    story.show("Pace", &[10, 8], first_season_only);
    story.enroll("Pace", "firstSeasonRolling").await;
    for evening in 0..3 {
        story
            .binges("Alice", "Pace", 1, 2 * evening + 1..=2 * evening + 2)
            .await;
        story.hours(22).await;
    }
    let id = story.master("Pace").await.id;
    let forecasts = story.home.engine.forecasts(id).await.unwrap();
    assert_eq!(forecasts.len(), 1);
    assert_eq!(forecasts[0].viewer, "Alice");
    assert_eq!(forecasts[0].pace.as_deref(), Some("two episodes an evening, every day"));
    assert_eq!(
        forecasts[0].sentence.as_deref(),
        Some("Alice has four episodes left and runs out on 6 July")
    );
}

#[tokio::test]
async fn what_was_watched_while_sonarr_was_away_does_not_move_a_viewer_back() {
    let mut story = Story::new().await;
    story.show("Owed", &[10, 8, 6], first_season_only);
    story.enroll("Owed", "firstSeasonRolling").await;
    story.home.network.unplug("sonarr1.test");
    story.watches("Bob", "Owed", 1, 9).await;
    assert_eq!(
        story.viewers("Owed").await,
        ["Bob at S01E09"],
        "who watched what is known without Sonarr"
    );
    story.home.network.plug_in("sonarr1.test");
    story.starts("Bob", "Owed", 2, 1);
    story.home.engine.poll().await;
    story.home.engine.check(false).await.unwrap();
    assert_eq!(story.searches(), ["Owed season 2"]);
    assert_eq!(story.viewers("Owed").await, ["Bob at S02E01"]);
}

#[tokio::test]
async fn who_is_filtered_out_is_tracked_while_sonarr_is_away() {
    let mut story = Story::new().await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story.show("Away", &[10, 8], first_season_only);
    story.enroll("Away", "firstSeasonRolling").await;
    story.home.network.unplug("sonarr1.test");
    story.starts("Bob", "Away", 1, 2);
    story.look().await;
    assert_eq!(story.viewers("Away").await, ["Bob at S00E00"]);
}
