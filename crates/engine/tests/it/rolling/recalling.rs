//! Histories that are read back by clocks that differ, and of which not everything can be read.

use super::observing::{two_seasons, watched_once, watched_unseen};
use super::story::{Story, account};
use crate::home::network::Dated;
use jiff::SignedDuration;
use remote::RouterTransport;
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::ShowSpec;
use std::sync::{Arc, Mutex};

/// Puts the servers where their answers say what time it is there, and says how far this clock is ahead of that.
fn with_dates(story: &Story, plex: SignedDuration, sonarr: SignedDuration) {
    for (host, router, ahead) in [
        ("plex.test", story.home.plex.router(), plex),
        ("sonarr1.test", story.home.sonarr().router(), sonarr),
    ] {
        let dated = Dated {
            to: Arc::new(RouterTransport::new(router)),
            clock: story.home.clock.clone(),
            ahead: Arc::new(Mutex::new(ahead)),
        };
        story.home.network.put(host, Arc::new(dated));
    }
}

#[tokio::test]
async fn a_play_is_read_back_although_this_clock_was_most_of_a_day_ahead() {
    let story = watched_once("Ahead").await;
    story.days(2).await;
    // An hour later, by a clock that is 21 hours behind this one.
    let stamp = SignedDuration::from_hours(20);
    story.sleeps(1);
    watched_unseen(&story, "Bob", "Ahead", 2, 2, stamp + SignedDuration::from_hours(24));
    story.look().await;
    assert_eq!(story.viewers("Ahead").await, ["Alice at S02E01", "Bob at S02E02"]);
}

#[tokio::test]
async fn the_history_of_a_server_whose_clock_is_days_off_closes_no_gap() {
    let day = SignedDuration::from_hours(24);
    for days in [-3, 3] {
        let story = watched_once("Apart").await;
        with_dates(&story, day * days, SignedDuration::ZERO);
        story.days(1).await;
        story.sleeps(12);
        story.look().await;
        story.days(4).await;
        assert_eq!(story.files("Apart"), "S01E01–E04, S02E01–E04", "{days}");
        story.days(5).await;
        assert_eq!(story.files("Apart"), "S01E01–E04", "{days}");
    }
}

#[tokio::test]
async fn a_play_counts_from_its_true_time_where_the_servers_clock_is_days_behind() {
    let behind = SignedDuration::from_hours(3 * 24);
    let story = watched_once("Late").await;
    with_dates(&story, behind, SignedDuration::ZERO);
    story.days(4).await;
    watched_unseen(&story, "Bob", "Late", 2, 2, behind);
    story.days(5).await;
    assert_eq!(
        story.files("Late"),
        "S01E01–E04, S02E01–E04",
        "Bob watched five days ago"
    );
    story.days(3).await;
    assert_eq!(story.files("Late"), "S01E01–E04");
}

#[tokio::test]
async fn a_play_without_a_number_keeps_its_show_and_hides_no_other_one() {
    let story = watched_once("Odd").await;
    story.sleeps(12);
    let odd = story.home.plex.add_unmatched_episode(story.plex_key("Odd"), 9).unwrap();
    let at = story.home.clock.now() - SignedDuration::from_hours(24);
    story.home.plex.record_view(account("Bob"), odd, at);
    watched_unseen(&story, "Carol", "Odd", 2, 2, SignedDuration::from_hours(96));
    story.look().await;
    let viewers = story.viewers("Odd").await;
    assert!(viewers.contains(&"Carol at S02E02".to_owned()), "{viewers:?}");
    story.days(5).await;
    assert_eq!(story.files("Odd"), "S01E01–E04, S02E01–E04", "Bob watched six days ago");
    story.days(3).await;
    assert_eq!(story.files("Odd"), "S01E01–E04");
}

#[tokio::test]
async fn who_watched_something_without_a_number_last_may_be_in_any_season() {
    let mut story = Story::new().await;
    story.show("Anywhere", &[4, 4], two_seasons);
    story.enroll("Anywhere", "pilotRolling").await;
    story.days(8).await;
    story.watches("Bob", "Anywhere", 2, 1).await;
    let show = story.plex_key("Anywhere");
    let odd = story.home.plex.add_unmatched_episode(show, 9).unwrap();
    story.home.plex.record_view(account("Bob"), odd, story.home.clock.now());
    let cleanup = json!({"enableProgressiveCleanup": true, "progressiveCleanupAtOnce": true});
    story.set(cleanup).await;
    story.days(1).await;
    assert_eq!(story.files("Anywhere"), "S01E01–E04, S02E01–E04");
    story.watches("Bob", "Anywhere", 2, 2).await;
    story.days(1).await;
    assert_eq!(story.files("Anywhere"), "S01E01, S02E01–E04");
}

#[tokio::test]
async fn what_can_be_read_of_a_history_counts_although_the_rest_cannot() {
    let story = watched_once("Partly").await;
    story.sleeps(2);
    watched_unseen(&story, "Bob", "Partly", 2, 2, SignedDuration::from_hours(20));
    watched_unseen(&story, "Carol", "Partly", 2, 3, SignedDuration::from_hours(10));
    let gone = story.home.plex.add_show(ShowSpec::new("Gone", 1999).season(1, 1));
    let item = story.home.plex.episode_key(gone, 1, 1).unwrap();
    let at = story.home.clock.now() - SignedDuration::from_hours(15);
    story.home.plex.record_view(account("Carol"), item, at);
    let rule = FaultRule::new(format!("/library/metadata/{gone}"), Fault::status(500));
    story.home.plex.faults().push(rule);
    story.look().await;
    assert_eq!(
        story.viewers("Partly").await,
        ["Alice at S02E01", "Bob at S02E02", "Carol at S02E03"]
    );
    story.days(12).await;
    assert_eq!(story.deletions(), 0, "the rest is not known");
    story.home.plex.faults().clear();
    story.days(1).await;
    assert_eq!(story.files("Partly"), "S01E01–E04");
}
