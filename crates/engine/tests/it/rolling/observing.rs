//! What was not seen is not taken for "nobody watched".

use super::scenarios::first_season_only;
use super::story::{Story, account};
use crate::home::network::Dated;
use jiff::SignedDuration;
use remote::RouterTransport;
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::ShowSpec;
use simulators::sonarr::{SeasonSpec, SeriesSpec};
use std::sync::{Arc, Mutex};

pub fn two_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4).season_with_files(2, 4)
}

pub async fn watched_once(title: &str) -> Story {
    let mut story = Story::new().await;
    story.show(title, &[4, 4], two_seasons);
    story.enroll(title, "firstSeasonRolling").await;
    story.watches("Alice", title, 2, 1).await;
    story.hours(3).await;
    story
}

/// Somebody watched while nobody looked: only the server's history knows.
pub fn watched_unseen(story: &Story, viewer: &str, title: &str, season: i32, episode: i32, ago: SignedDuration) {
    let item = story
        .home
        .plex
        .episode_key(story.plex_key(title), season, episode)
        .unwrap();
    story
        .home
        .plex
        .record_view(account(viewer), item, story.home.clock.now() - ago);
}

#[tokio::test]
async fn after_a_sleep_the_history_is_read_before_anything_is_reset() {
    let story = watched_once("Asleep").await;
    story.sleeps(12);
    watched_unseen(&story, "Bob", "Asleep", 2, 2, SignedDuration::from_hours(48));
    story.look().await;
    story.days(1).await;
    assert_eq!(story.files("Asleep"), "S01E01–E04, S02E01–E04");
    assert_eq!(story.viewers("Asleep").await, ["Alice at S02E01", "Bob at S02E02"]);
    story.days(6).await;
    assert_eq!(story.files("Asleep"), "S01E01–E04");
}

#[tokio::test]
async fn a_sleep_in_which_nobody_watched_counts_once_the_history_says_so() {
    let story = watched_once("Quiet").await;
    story.sleeps(12);
    story.look().await;
    story.days(1).await;
    assert_eq!(story.files("Quiet"), "S01E01–E04");
}

#[tokio::test]
async fn while_the_server_is_away_nothing_becomes_inactive() {
    let story = watched_once("Outage").await;
    story.days(2).await;
    story.home.network.unplug("plex.test");
    story.days(20).await;
    assert_eq!(story.deletions(), 0);
    watched_unseen(&story, "Alice", "Outage", 2, 3, SignedDuration::from_hours(24));
    story.home.network.plug_in("plex.test");
    story.days(5).await;
    assert_eq!(story.deletions(), 0, "Alice watched yesterday, which the history tells");
    story.days(3).await;
    assert_eq!(story.files("Outage"), "S01E01–E04");
}

#[tokio::test]
async fn a_history_that_cannot_be_read_holds_everything_back() {
    use simulators::faults::{Fault, FaultRule};
    let story = watched_once("Blind").await;
    story.sleeps(12);
    story
        .home
        .plex
        .faults()
        .push(FaultRule::new("/status/sessions/history", Fault::status(500)));
    story.days(12).await;
    assert_eq!(story.deletions(), 0);
    story.home.plex.faults().clear();
    story.days(2).await;
    assert_eq!(story.files("Blind"), "S01E01–E04");
}

#[tokio::test]
async fn a_restart_after_a_week_reads_back_before_it_acts() {
    let story = watched_once("Holiday").await;
    story.sleeps(9);
    watched_unseen(&story, "Carol", "Holiday", 2, 1, SignedDuration::from_hours(20));
    let story = story.restart().await;
    story.home.engine.check(false).await.unwrap();
    story.days(5).await;
    assert_eq!(story.files("Holiday"), "S01E01–E04, S02E01–E04");
    assert_eq!(story.viewers("Holiday").await, ["Alice at S02E01", "Carol at S02E01"]);
}

#[tokio::test]
async fn a_clock_that_was_set_back_deletes_nothing() {
    let story = watched_once("Clock").await;
    story.home.clock.advance(SignedDuration::from_hours(-24 * 40));
    story.look().await;
    story.days(15).await;
    assert_eq!(story.deletions(), 0);
}

#[tokio::test]
async fn a_clock_that_runs_ahead_of_the_servers_deletes_nothing() {
    let story = watched_once("Wrong").await;
    let ahead = Arc::new(Mutex::new(SignedDuration::ZERO));
    for (host, router) in [
        ("plex.test", story.home.plex.router()),
        ("sonarr1.test", story.home.sonarr().router()),
    ] {
        let dated = Dated {
            to: Arc::new(RouterTransport::new(router)),
            clock: story.home.clock.clone(),
            ahead: Arc::clone(&ahead),
        };
        story.home.network.put(host, Arc::new(dated));
    }
    let year = SignedDuration::from_hours(24 * 365);
    story.home.clock.advance(year);
    *ahead.lock().unwrap() = year;
    story.days(3).await;
    assert_eq!(story.deletions(), 0);
    assert_eq!(story.monitored("Wrong"), "S01E01–E04, S02E01–E04");
    let warnings = story.home.engine.state_now().await.warnings.clone();
    assert_eq!(warnings[0].code, "clock");
    assert!(
        warnings[0].message.contains("about 365 days ahead"),
        "{}",
        warnings[0].message
    );

    story.home.clock.advance(-year);
    *ahead.lock().unwrap() = SignedDuration::ZERO;
    story.days(2).await;
    assert_eq!(story.deletions(), 0, "what was planned by the wrong clock is not done");
    assert_eq!(story.home.engine.state_now().await.warnings, []);
    story.days(4).await;
    assert_eq!(
        story.files("Wrong"),
        "S01E01–E04",
        "and by the right one a week is a week"
    );
}

#[tokio::test]
async fn plays_from_before_a_reset_do_not_come_back_with_the_history() {
    let story = watched_once("Over").await;
    story.days(9).await;
    assert_eq!(story.viewers("Over").await, [""; 0]);
    story.days(3).await;
    assert_eq!(story.viewers("Over").await, [""; 0]);
    story.sleeps(3);
    story.days(2).await;
    assert_eq!(story.viewers("Over").await, [""; 0]);
}

#[tokio::test]
async fn what_somebody_wants_next_is_fetched_although_nobody_saw_them_watch() {
    let mut story = Story::new().await;
    story.show("Overslept", &[10, 8], first_season_only);
    story.enroll("Overslept", "firstSeasonRolling").await;
    story.hours(1).await;
    story.sleeps(2);
    watched_unseen(&story, "Alice", "Overslept", 1, 9, SignedDuration::from_hours(20));
    story.look().await;
    story.look().await;
    assert_eq!(story.searches(), ["Overslept season 2"]);
    assert_eq!(story.viewers("Overslept").await, ["Alice at S01E09"]);
    story.days(2).await;
    assert_eq!(story.searches(), ["Overslept season 2"], "once");
}

#[tokio::test]
async fn what_was_watched_before_the_enrollment_fetches_nothing() {
    let mut story = Story::new().await;
    story.show("Earlier", &[10, 8], first_season_only);
    watched_unseen(&story, "Alice", "Earlier", 1, 9, SignedDuration::from_hours(20));
    story.enroll("Earlier", "firstSeasonRolling").await;
    story.hours(2).await;
    assert_eq!(story.searches(), Vec::<String>::new());
}

/// A show that the media server has without ids, and by a title that its Sonarr only knows as another one.
async fn known_by_another_title() -> Story {
    let mut story = Story::new().await;
    let spec = ShowSpec::new("La Casa", 2015);
    story.show_on_plex("The House", spec, &[4, 4], |spec| {
        two_seasons(spec).alternate_title("La Casa")
    });
    story.enroll("The House", "firstSeasonRolling").await;
    story.watches("Alice", "The House", 2, 1).await;
    story.hours(3).await;
    story
}

#[tokio::test]
async fn a_show_is_recognized_by_its_other_title_while_it_is_being_played() {
    let story = known_by_another_title().await;
    let session = story.starts("Bob", "The House", 2, 2);
    let report = story.reset("The House").await.unwrap();
    assert_eq!(report.skipped[0].reason, "Bob is playing S02E02.");
    story.home.plex.stop(session);
    assert_eq!(story.files("The House"), "S01E01–E04, S02E01–E04");
}

#[tokio::test]
async fn a_show_is_recognized_by_its_other_title_in_the_history() {
    let story = known_by_another_title().await;
    story.sleeps(12);
    watched_unseen(&story, "Bob", "The House", 2, 2, SignedDuration::from_hours(48));
    story.look().await;
    story.days(1).await;
    assert_eq!(story.files("The House"), "S01E01–E04, S02E01–E04");
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let story = watched_once("Rehearsed").await;
    story.sleeps(12);
    let (story, dry) = story
        .rehearsing(async |engine| engine.reset_inactive(true, |_| true).await.unwrap())
        .await;
    assert_eq!(dry.reset.len(), 1, "{dry:?}");
    assert_eq!(story.deletions(), 0);

    let real = story.home.engine.reset_inactive(false, |_| true).await.unwrap();
    assert_eq!(dry.reset, real.reset);
    assert_eq!(story.files("Rehearsed"), "S01E01–E04");
}

#[tokio::test]
async fn a_dry_check_tells_which_seasons_and_shows_would_go_by_themselves() {
    let mut story = Story::with_cleanup().await;
    story
        .set(json!({"progressiveCleanupAtOnce": true, "enableAutoReset": true}))
        .await;
    for title in ["Behind", "Abandoned"] {
        story.show(title, &[4, 4], |spec| {
            spec.season_with_files(1, 4).season_with_files(2, 4)
        });
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Bob", "Abandoned", 1, 2).await;
    story.watches("Alice", "Behind", 1, 4).await;
    story.days(6).await;
    story.watches("Alice", "Behind", 1, 4).await;
    story.sleeps(24);
    story.starts("Alice", "Behind", 2, 1);
    let (story, dry) = story.rehearsing(async |engine| engine.check(true).await.unwrap()).await;
    assert_eq!(story.deletions(), 0);
    let real = story.home.engine.check(false).await.unwrap();
    assert_eq!(dry, real);
    let reasons: Vec<&str> = real.decisions.iter().map(|decision| decision.reason.code()).collect();
    assert_eq!(
        reasons[reasons.len() - 2..],
        ["inactiveReset", "progressiveCleanup"],
        "{reasons:?}"
    );
    assert_eq!(story.files("Behind"), "S01E01, S02E01–E04");
    assert_eq!(story.files("Abandoned"), "S01E01");
}

#[tokio::test]
async fn with_the_dry_run_switched_on_the_journal_tells_what_would_go() {
    let story = watched_once("Switched").await;
    story.set(json!({"dryRun": true})).await;
    story.days(9).await;
    assert_eq!(story.deletions(), 0);
    story.told("dryRun", "inactiveReset", "Switched").await;
    assert_eq!(story.files("Switched"), "S01E01–E04, S02E01–E04");
}

#[tokio::test]
async fn a_dry_check_tells_what_is_owed_and_what_has_come_due() {
    let mut story = Story::new().await;
    let now = story.home.clock.now();
    story.show("Owed", &[4, 4], |spec| spec.season_with_files(1, 4).season(2, 4));
    story.show("Airing", &[4, 2], |spec| {
        let soon = SeasonSpec::new(2, 2).weekly_from(now + SignedDuration::from_hours(30));
        spec.season_with_files(1, 4).with(soon)
    });
    for title in ["Owed", "Airing"] {
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Bob", "Airing", 1, 3).await;
    let refused = FaultRule::new("/command", Fault::status(500));
    story.home.sonarr().faults().push(refused.method(http::Method::POST));
    story.watches("Alice", "Owed", 1, 3).await;
    story.home.sonarr().faults().clear();
    story.sleeps(2);
    let (story, dry) = story.rehearsing(async |engine| engine.check(true).await.unwrap()).await;
    let searches = story.home.sonarr().searches().len();
    let real = story.home.engine.check(false).await.unwrap();
    let sent = story.home.sonarr().searches().split_off(searches);
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!(real.triggered_searches, 2);
    assert_eq!(dry, real);
}
