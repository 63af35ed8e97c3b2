//! Bringing shows back to their baseline.

use super::scenarios::{first_season_only, pilot_only};
use super::story::Story;
use domain::plan::Decision;
use serde_json::json;
use simulators::sonarr::{SeasonSpec, SeriesSpec};

fn three_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4)
        .season_with_files(2, 4)
        .season_with_files(3, 4)
}

#[tokio::test]
async fn a_reset_on_request_does_what_its_preview_shows() {
    let mut story = Story::new().await;
    story.show("Manual", &[4, 4, 4], three_seasons);
    story.enroll("Manual", "firstSeasonRolling").await;
    story.watches("Alice", "Manual", 2, 1).await;
    let id = story.master("Manual").await.id;
    story.home.forget_requests();
    let preview = story.home.engine.preview_reset(id).await.unwrap();
    assert_eq!(story.home.sonarr().log().writes(), []);
    let mut approved = Vec::new();
    let approve = |decisions: &[Decision]| {
        approved = decisions.to_vec();
        true
    };
    let report = story.home.engine.reset(id, approve).await.unwrap();
    assert_eq!(approved, preview);
    assert_eq!(report.errors, []);
    assert_eq!(
        (report.reset[0].files_deleted, report.reset[0].bytes_freed),
        (8, 16_000_000_000)
    );
    assert_eq!(story.files("Manual"), "S01E01–E04");
    assert_eq!(story.viewers("Manual").await, [""; 0]);
    story
        .told(
            "done",
            "manualReset",
            "Manual: On request: back to the first season, 8 files (16.0 GB) are deleted.",
        )
        .await;
}

#[tokio::test]
async fn a_reset_at_the_baseline_forgets_the_viewers_and_says_so() {
    let mut story = Story::new().await;
    story.show("Bare", &[10, 8], first_season_only);
    story.enroll("Bare", "firstSeasonRolling").await;
    story.watches("Alice", "Bare", 1, 2).await;
    let report = story.reset("Bare").await.unwrap();
    assert_eq!(report.errors, []);
    assert_eq!(report.reset.len(), 1, "{report:?}");
    assert_eq!(story.viewers("Bare").await, [""; 0]);
    let again = story.reset("Bare").await.unwrap();
    assert_eq!((again.reset.len(), again.skipped.len()), (0, 1));
    assert!(
        again.skipped[0].reason.contains("at its baseline"),
        "{}",
        again.skipped[0].reason
    );
}

#[tokio::test]
async fn a_reset_forgets_what_was_remembered_beyond_the_baseline() {
    let mut story = Story::new().await;
    let series = story.show("Forget", &[4], |spec| {
        spec.season_with_files(1, 4)
            .with(SeasonSpec::new(2, 0))
            .monitor_new_items(false)
    });
    story.enroll("Forget", "firstSeasonRolling").await;
    story.watches("Alice", "Forget", 1, 4).await;
    story.reset("Forget").await.unwrap();
    story.home.sonarr().add_season(series, SeasonSpec::new(2, 4));
    story.home.forget_requests();
    story.days(12).await;
    assert_eq!(story.searches(), [""; 0]);
}

#[tokio::test]
async fn all_inactive_shows_are_reset_on_one_request_and_the_others_are_left_alone() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    for title in ["Old", "Older", "New"] {
        story.show(title, &[4, 4, 4], three_seasons);
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Alice", "Old", 2, 1).await;
    story.watches("Bob", "Older", 3, 1).await;
    story.days(8).await;
    story.watches("Carol", "New", 2, 1).await;
    let preview = story.home.engine.preview_reset_inactive().await.unwrap();
    let report = story
        .home
        .engine
        .reset_inactive(false, |decisions| decisions == preview)
        .await
        .unwrap();
    assert_eq!(report.errors, []);
    let titles: Vec<&str> = report.reset.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["Old", "Older"]);
    assert_eq!(story.files("New"), "S01E01–E04, S02E01–E04, S03E01–E04");
    let left = report.skipped.iter().find(|left| left.title == "New").unwrap();
    assert!(left.reason.starts_with("Carol watched it on 9 July"), "{}", left.reason);
}

#[tokio::test]
async fn anybody_watching_keeps_a_show_active_filtered_or_not() {
    let mut story = Story::new().await;
    story.set(json!({"filterUsers": ["Alice"]})).await;
    story.show("Shared", &[4, 4, 4], three_seasons);
    story.enroll("Shared", "firstSeasonRolling").await;
    story.watches("Alice", "Shared", 2, 1).await;
    for _ in 0..4 {
        story.days(5).await;
        story.watches("Bob", "Shared", 2, 2).await;
    }
    assert_eq!(story.files("Shared"), "S01E01–E04, S02E01–E04, S03E01–E04");
    story.days(9).await;
    assert_eq!(story.files("Shared"), "S01E01–E04");
}

#[tokio::test]
async fn a_show_that_nobody_ever_watched_keeps_what_was_there_before() {
    let mut story = Story::new().await;
    story.show("Unwatched", &[4, 4, 4], three_seasons);
    story.enroll("Unwatched", "pilotRolling").await;
    story.days(20).await;
    assert_eq!(story.deletions(), 0);
    let report = story.home.engine.reset_inactive(true, |_| true).await.unwrap();
    assert!(
        report.skipped[0].reason.contains("was there before"),
        "{}",
        report.skipped[0].reason
    );
}

#[tokio::test]
async fn what_was_watched_before_the_enrollment_lets_nothing_from_before_go() {
    let mut story = Story::new().await;
    story.set(json!({"standardMonitoring": false})).await;
    story.show("Prior", &[4, 4, 4], three_seasons);
    story.watches("Alice", "Prior", 2, 1).await;
    story.days(5).await;
    story.watches("Bob", "Prior", 2, 2).await;
    story.days(5).await;
    story.enroll("Prior", "pilotRolling").await;
    assert_eq!(story.viewers("Prior").await, ["Alice at S02E01", "Bob at S02E02"]);
    story.days(20).await;
    assert_eq!(story.deletions(), 0);
    let report = story.home.engine.reset_inactive(true, |_| true).await.unwrap();
    let reason = &report.skipped[0].reason;
    assert!(reason.contains("what is there was there before"), "{reason}");
    story.watches("Bob", "Prior", 2, 3).await;
    story.days(9).await;
    assert_eq!(
        story.files("Prior"),
        "S01E01",
        "watched since, it goes when nobody watches any more"
    );
}

#[tokio::test]
async fn a_download_that_finishes_after_a_reset_goes_when_its_time_has_passed() {
    let mut story = Story::new().await;
    let series = story.show("Late", &[10, 8, 6], first_season_only);
    story.enroll("Late", "firstSeasonRolling").await;
    story
        .home
        .sonarr()
        .set_download_delay(jiff::SignedDuration::from_hours(30));
    story.watches("Alice", "Late", 1, 8).await;
    assert_eq!(story.searches(), ["Late season 2"]);
    story.reset("Late").await.unwrap();
    story.days(6).await;
    assert_eq!(story.files("Late"), "S01E01–E10, S02E01–E08");
    story.home.sonarr().add_file(series, 3, &[1], 2_000_000_000);
    story.days(3).await;
    assert_eq!(
        story.files("Late"),
        "S01E01–E10, S03E01",
        "what somebody else put there stays"
    );
}

#[tokio::test]
async fn a_show_found_at_its_baseline_is_not_asked_about_at_every_pass() {
    let mut story = Story::new().await;
    let series = story.show("Bare", &[10, 8], first_season_only);
    story.enroll("Bare", "firstSeasonRolling").await;
    story.watches("Alice", "Bare", 1, 2).await;
    story.days(9).await;
    assert!(!story.master("Bare").await.inactive, "there is nothing to reset");
    let asked = || {
        let requests = story.home.sonarr().log().requests();
        requests
            .iter()
            .filter(|request| request.path().ends_with("/episodefile"))
            .count()
    };
    story.home.forget_requests();
    story.days(4).await;
    assert_eq!(asked(), 0);
    story.home.sonarr().add_file(series, 2, &[1], 2_000_000_000);
    story.days(5).await;
    assert!(asked() > 0, "after a week it is looked at again");
    assert_eq!(story.files("Bare"), "S01E01–E10");
}

#[tokio::test]
async fn with_consent_files_from_before_go_after_the_time_too() {
    let mut story = Story::new().await;
    story.show("Consent", &[10, 8], pilot_only);
    story.enroll_to_baseline("Consent", "pilotRolling").await;
    let series = story.id("Consent");
    story.home.sonarr().add_file(series, 1, &[2], 2_000_000_000);
    story.days(9).await;
    assert_eq!(story.files("Consent"), "S01E01");
}

#[tokio::test]
async fn switched_off_it_resets_nothing() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    story.show("Off", &[4, 4, 4], three_seasons);
    story.enroll("Off", "firstSeasonRolling").await;
    story.watches("Alice", "Off", 2, 1).await;
    story.days(30).await;
    assert_eq!(story.deletions(), 0);
    assert!(story.master("Off").await.inactive);
}

#[tokio::test]
async fn the_waiting_time_can_be_changed_and_counts_from_the_last_viewing() {
    let mut story = Story::new().await;
    story.set(json!({"inactivityResetDays": 30})).await;
    story.show("Slow", &[4, 4, 4], three_seasons);
    story.enroll("Slow", "firstSeasonRolling").await;
    story.watches("Alice", "Slow", 2, 1).await;
    story.days(29).await;
    assert_eq!(story.deletions(), 0);
    story.days(3).await;
    assert_eq!(story.files("Slow"), "S01E01–E04");
}

#[tokio::test]
async fn specials_survive_every_reset() {
    let mut story = Story::new().await;
    let series = story.show("Extras", &[4, 4], |spec| {
        spec.with(SeasonSpec::new(0, 3).all_files())
            .season_with_files(1, 4)
            .season_with_files(2, 4)
    });
    story.enroll("Extras", "pilotRolling").await;
    story.watches("Alice", "Extras", 2, 1).await;
    story.reset("Extras").await.unwrap();
    assert_eq!(story.files("Extras"), "S00E01–E03, S01E01");
    assert_eq!(story.monitored("Extras"), "S00E01–E03, S01E01");
    assert!(story.home.sonarr().series(series).unwrap().seasons[&0]);
}

#[tokio::test]
async fn what_happens_on_one_instance_stays_there() {
    let mut story = Story::with_instances(2).await;
    story.show("Twins", &[4, 4, 4], three_seasons);
    story.also_on(1, "Twins", three_seasons);
    story.enroll("Twins", "firstSeasonRolling").await;
    story.enroll_on(1, "Twins", "firstSeasonRolling").await;
    story.watches("Alice", "Twins", 2, 1).await;
    story.reset("Twins").await.unwrap();
    assert_eq!(story.files_on(0, "Twins"), "S01E01–E04");
    assert_eq!(story.files_on(1, "Twins"), "S01E01–E04, S02E01–E04, S03E01–E04");
    story.remove("Twins").await;
    let rows = story.home.engine.shows(false).await.unwrap();
    assert_eq!(rows.len(), 2, "the other one with its viewer");
    assert!(rows.iter().all(|row| row.instance == "Sonarr 2"));
}

#[tokio::test]
async fn the_preview_can_say_when_the_space_is_free() {
    let story = Story::new().await;
    let engine = &story.home.engine;
    assert_eq!(
        engine.recycling("Sonarr").await.unwrap().sentence(),
        "The space is free at once."
    );
    story.home.sonarr().set_recycle_bin(Some("/bin"));
    let sentence = engine.recycling("Sonarr").await.unwrap().sentence();
    assert_eq!(
        sentence,
        "The files go to Sonarr's recycle bin, and the space is free after 7 days."
    );
}
