//! Deleting safely.

use super::story::Story;
use jiff::SignedDuration;
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::SeriesSpec;
use std::time::Duration;

fn two_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4).season_with_files(2, 4)
}

/// A show with a season to lose.
async fn to_lose(title: &str) -> Story {
    let mut story = Story::new().await;
    story.show(title, &[4, 4], two_seasons);
    story.enroll(title, "firstSeasonRolling").await;
    story.home.forget_requests();
    story
}

#[tokio::test]
async fn first_the_flags_then_the_files_and_both_are_verified() {
    let story = to_lose("Order").await;
    story.reset("Order").await.unwrap();
    let requests = story.home.sonarr().log().requests();
    let position =
        |wanted: &dyn Fn(&simulators::faults::LoggedRequest) -> bool| requests.iter().position(wanted).unwrap();
    let last = |wanted: &dyn Fn(&simulators::faults::LoggedRequest) -> bool| requests.iter().rposition(wanted).unwrap();
    let flags = position(&|request| request.method == http::Method::PUT);
    let last_flags = last(&|request| request.method == http::Method::PUT);
    let first_deletion = position(&|request| request.method == http::Method::DELETE);
    let last_deletion = last(&|request| request.method == http::Method::DELETE);
    let looks = |from: usize, to: usize| {
        requests[from..to]
            .iter()
            .any(|request| request.method == http::Method::GET && request.path().ends_with("/episode"))
    };
    assert!(flags < first_deletion && last_flags < first_deletion);
    assert!(
        looks(last_flags, first_deletion),
        "the flags are looked at before anything is deleted"
    );
    assert!(
        looks(last_deletion, requests.len()),
        "it is looked whether the files are gone"
    );
    assert_eq!(story.deletions(), 4);
}

#[tokio::test]
async fn a_file_that_is_gone_already_is_done() {
    let story = to_lose("Gone").await;
    story.home.sonarr().faults().push(
        FaultRule::new("/episodefile/", Fault::json(404, "{}"))
            .method(http::Method::DELETE)
            .after_effect(),
    );
    let report = story.reset("Gone").await.unwrap();
    assert_eq!(report.errors, []);
    assert_eq!(story.files("Gone"), "S01E01–E04");
    assert_eq!(story.viewers("Gone").await, [""; 0]);
}

#[tokio::test]
async fn a_disk_that_is_not_there_stops_the_show_and_is_tried_later() {
    let story = to_lose("Unmounted").await;
    story.home.sonarr().set_mounted("/tv", false);
    let report = story.reset("Unmounted").await.unwrap();
    assert_eq!(report.errors.len(), 1);
    assert_eq!(story.deletions(), 1, "the others are not even tried");
    story.told("owed", "manualReset", "Unmounted").await;
    story.home.sonarr().set_mounted("/tv", true);
    story.hours(3).await;
    assert_eq!(story.files("Unmounted"), "S01E01–E04");
    story.told("done", "manualReset", "Unmounted").await;
}

#[tokio::test]
async fn one_file_that_fails_does_not_stop_the_others() {
    let story = to_lose("Stubborn").await;
    let stubborn = story
        .home
        .sonarr()
        .files(story.id("Stubborn"))
        .iter()
        .find(|file| file.season == 2)
        .unwrap()
        .id;
    story
        .home
        .sonarr()
        .faults()
        .push(FaultRule::new(format!("/episodefile/{stubborn}"), Fault::status(500)).method(http::Method::DELETE));
    let report = story.reset("Stubborn").await.unwrap();
    assert_eq!(report.errors.len(), 1);
    assert_eq!(story.files("Stubborn"), "S01E01–E04, S02E01");
    assert_eq!(
        story.monitored("Stubborn"),
        "S01E01–E04",
        "what could not be deleted is not fetched again"
    );
    story.home.sonarr().faults().clear();
    story.hours(3).await;
    assert_eq!(story.files("Stubborn"), "S01E01–E04");
    assert_eq!(story.journal("done", "manualReset").await.len(), 1);
}

#[tokio::test]
async fn a_protected_series_loses_nothing() {
    let story = to_lose("Protected").await;
    let series = story.id("Protected");
    story.watches("Alice", "Protected", 2, 1).await;
    story.home.sonarr().tag(series, "cliffhangarr-keep");
    let report = story.reset("Protected").await.unwrap();
    assert_eq!(report.reset, []);
    assert!(
        report.skipped[0]
            .reason
            .contains("it has the tag \"cliffhangarr-keep\""),
        "{}",
        report.skipped[0].reason
    );
    story.days(12).await;
    assert_eq!(story.deletions(), 0);
    story.home.sonarr().untag(series, "cliffhangarr-keep");
    story.home.sonarr().tag(series, "kids");
    story.days(2).await;
    assert_eq!(story.files("Protected"), "S01E01–E04", "another tag does not protect");
}

#[tokio::test]
async fn a_tag_that_cannot_be_read_protects() {
    let story = to_lose("Tagged").await;
    story.watches("Alice", "Tagged", 2, 1).await;
    story.home.sonarr().tag(story.id("Tagged"), "kids");
    story
        .home
        .sonarr()
        .faults()
        .push(FaultRule::new("/tag", Fault::json(200, "[]")));
    let report = story.reset("Tagged").await.unwrap();
    assert_eq!(story.deletions(), 0);
    assert!(report.skipped[0].reason.contains("could not be read"), "{report:?}");
}

#[tokio::test]
async fn what_is_being_played_is_not_deleted_even_if_it_started_after_the_plan() {
    let story = to_lose("Started").await;
    let id = story.master("Started").await.id;
    let approve = |_: &[domain::plan::Decision]| {
        story.starts("Carol", "Started", 2, 3);
        true
    };
    let report = story.home.engine.reset(id, approve).await.unwrap();
    assert_eq!(story.deletions(), 0);
    assert_eq!(report.errors.len(), 1);
    assert!(
        report.errors[0].message.contains("Carol is playing"),
        "{}",
        report.errors[0].message
    );
    assert_eq!(
        story.monitored("Started"),
        "S01E01–E04, S02E01–E04",
        "and its flags stay"
    );
}

#[tokio::test]
async fn who_begins_to_play_while_files_are_deleted_stops_it_for_the_time_being() {
    let story = to_lose("Slow").await;
    let slow = FaultRule::new("/episodefile/", Fault::Delay(Duration::from_millis(100)));
    story.home.sonarr().faults().push(slow.method(http::Method::DELETE));
    let left = || story.home.sonarr().files(story.id("Slow")).len();
    let begins = async {
        crate::stage::eventually("the first file is gone", || left() < 8).await;
        let player = story.starts("Carol", "Slow", 2, 3);
        story.home.later(SignedDuration::from_secs(11));
        story.home.plex.report_again(player);
        player
    };
    let (report, player) = tokio::join!(story.reset("Slow"), begins);
    let message = &report.unwrap().errors[0].message;
    assert!(message.contains("Carol is playing it right now"), "{message}");
    assert!(
        left() >= 6,
        "at most what was on its way is gone: {}",
        story.files("Slow")
    );
    assert_eq!(story.journal("owed", "manualReset").await.len(), 1);
    story.home.plex.stop(player);
    story.hours(3).await;
    assert_eq!(story.files("Slow"), "S01E01–E04", "the rest was owed");
}

#[tokio::test]
async fn a_media_server_that_does_not_answer_protects_everything() {
    let mut story = Story::with_cleanup().await;
    story.show("Unknown", &[4, 4], two_seasons);
    story.enroll("Unknown", "pilotRolling").await;
    story.watches("Alice", "Unknown", 1, 4).await;
    story.watches("Alice", "Unknown", 2, 1).await;
    story.home.network.unplug("plex.test");
    story.days(20).await;
    assert_eq!(story.deletions(), 0);
    let report = story.reset("Unknown").await.unwrap();
    assert_eq!(report.reset, []);
    assert!(
        report.skipped[0].reason.contains("not known yet"),
        "{}",
        report.skipped[0].reason
    );
}

#[tokio::test]
async fn more_than_the_share_over_several_shows_asks_first_and_does_what_was_confirmed() {
    let mut story = Story::new().await;
    for title in ["Ask 1", "Ask 2", "Ask 3"] {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    assert_eq!(story.deletions(), 0);
    let state = story.home.engine.state_now().await;
    assert_eq!(state.confirmations.len(), 1);
    let asked = &state.confirmations[0];
    assert_eq!((asked.files, asked.shows.len()), (18, 3));
    story.days(3).await;
    let state = story.home.engine.state_now().await;
    assert_eq!(state.confirmations.len(), 1, "it is not asked again every day");

    let id = state.confirmations[0].id;
    story.home.engine.confirm(id).await.unwrap();
    story.look().await;
    assert_eq!(story.deletions(), 18);
    assert_eq!(story.files("Ask 2"), "S01E01–E02");
    assert_eq!(story.home.engine.state_now().await.confirmations, []);
}

#[tokio::test]
async fn who_comes_back_before_the_confirmation_keeps_the_show() {
    let mut story = Story::new().await;
    for title in ["Ask 1", "Ask 2", "Ask 3"] {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    let asked = story.home.engine.state_now().await.confirmations[0].id;
    story.watches("Bob", "Ask 2", 2, 2).await;
    story.home.engine.confirm(asked).await.unwrap();
    story.days(3).await;
    assert_eq!(story.files("Ask 1"), "S01E01–E02");
    assert_eq!(story.files("Ask 2"), "S01E01–E02, S02E01–E06");
    assert_eq!(story.monitored("Ask 2"), "S01E01–E02, S02E01–E06");
}

#[tokio::test]
async fn a_refused_confirmation_deletes_nothing() {
    let mut story = Story::new().await;
    for title in ["Ask 1", "Ask 2", "Ask 3"] {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(8).await;
    let asked = story.home.engine.state_now().await.confirmations[0].id;
    story.home.engine.dismiss(asked).await.unwrap();
    story.hours(6).await;
    assert_eq!(story.deletions(), 0);
    assert_eq!(story.home.engine.state_now().await.confirmations, []);
}

#[tokio::test]
async fn dry_run_sends_nothing_but_get() {
    let mut story = Story::new().await;
    story.show("Dry", &[4, 4], two_seasons);
    story.show("Other", &[4, 4], |spec| spec.season_with_files(1, 4).season(2, 4));
    story.enroll("Dry", "firstSeasonRolling").await;
    story.enroll("Other", "firstSeasonRolling").await;
    story
        .set(json!({"dryRun": true, "enableProgressiveCleanup": true}))
        .await;
    story.home.forget_requests();
    story.watches("Alice", "Other", 1, 4).await;
    story.watches("Alice", "Dry", 2, 1).await;
    story.reset("Dry").await.unwrap();
    story.home.engine.reset_inactive(false, |_| true).await.unwrap();
    story.home.engine.check(true).await.unwrap();
    story.enroll_to_baseline("Dry", "pilotRolling").await;
    story.days(20).await;
    assert_eq!(story.home.sonarr().log().writes(), []);
    assert_eq!(story.home.plex.log().writes(), []);
    story.told("dryRun", "expansion", "Other: Season 2 comes next").await;
    story.told("dryRun", "manualReset", "Dry").await;
}

#[tokio::test]
async fn a_dry_check_says_what_a_real_one_would_do_and_writes_nothing_down() {
    let mut story = Story::new().await;
    story.show("Check", &[4, 4], |spec| spec.season_with_files(1, 4).season(2, 4));
    story.enroll("Check", "firstSeasonRolling").await;
    let before = story.home.journal().await;
    story.starts("Alice", "Check", 1, 4);
    let dry = story.home.engine.check(true).await.unwrap();
    assert_eq!(dry.triggered_searches, 1);
    assert_eq!(story.viewers("Check").await, [""; 0]);
    assert_eq!(story.home.journal().await, before);
    let real = story.home.engine.check(false).await.unwrap();
    assert_eq!(real.decisions, dry.decisions);
    assert_eq!(real.triggered_searches, 1);
}

#[tokio::test]
async fn sonarr_that_forgets_to_unlink_is_made_to_look_again() {
    let story = to_lose("Unlinked").await;
    story.home.sonarr().fail_event_handlers(true);
    story.reset("Unlinked").await.unwrap();
    story.home.sonarr().fail_event_handlers(false);
    story.hours(3).await;
    assert_eq!(story.files("Unlinked"), "S01E01–E04");
    assert_eq!(story.journal("done", "manualReset").await.len(), 1);
}
