//! What is different where only somebody who looks on is asked.

use super::server::Person;
use super::{House, TITLE};
use crate::stage::{HARBOUR, days, eventually, hours, minutes, seconds};
use domain::monitoring::MonitoringType;
use domain::state::{ConnectionKind, Health};
use engine::EnrollmentDraft;
use serde_json::json;
use simulators::sonarr::SeriesSpec;
use simulators::tautulli::Sitting;
use std::time::Duration;

/// Time for what would be wrong to happen.
const A_MOMENT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_tautulli_that_does_not_reach_its_plex_is_no_empty_house() {
    let house = House::with_harbour_lights(ConnectionKind::Tautulli).await;
    house.server.plays(Person::Bob, TITLE, 1, 8);
    house.home.engine.poll().await;
    house
        .server
        .tautulli
        .configure(|settings| settings.reaches_plex = false);
    house.home.later(minutes(1));
    let report = house.home.engine.poll().await;
    assert_eq!(report.errors.len(), 1);
    assert!(
        report.errors[0]
            .message
            .contains("does not reach its Plex Media Server"),
        "{:?}",
        report.errors
    );
    let state = house.home.engine.state_now().await;
    assert_eq!(state.now_playing.len(), 1);
    let cellar = state.connections.iter().find(|one| one.name == "Cellar").unwrap();
    assert_eq!(cellar.health, Health::Unreachable);
}

#[tokio::test]
async fn what_was_played_while_tautulli_was_off_is_in_no_history_and_so_the_time_counts_for_nothing() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    house.server.tautulli.switch_off();
    house.passes(days(12)).await;
    house.bob_watched(2, 2, days(2));
    house.server.tautulli.switch_on();
    house.passes(days(1)).await;
    assert_eq!(
        house.viewers().await,
        ["Alice at S02E01"],
        "nobody wrote down that Bob watched"
    );
    house.passes(days(4)).await;
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
    house.passes(days(4)).await;
    assert!(
        !house.is_untouched(),
        "a week of its own: {:#?}",
        house.home.journal().await
    );
}

#[tokio::test]
async fn a_restart_while_tautulli_is_off_does_not_make_its_history_whole() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    house.server.tautulli.switch_off();
    house.passes(hours(6)).await;
    house.home.later(days(12));
    house.bob_watched(2, 2, days(2));
    house.server.tautulli.switch_on();
    let house = house.restart().await;
    house.passes(days(5)).await;
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
}

#[tokio::test]
async fn a_sleep_is_not_closed_by_the_history_of_a_tautulli_that_may_have_slept_as_well() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    // It runs on this computer: when that wakes up it answers at once, and has seen nothing.
    house.server.tautulli.switch_off();
    house.home.later(days(12));
    house.bob_watched(2, 2, days(2));
    house.server.tautulli.switch_on();
    house.home.engine.tick().await;
    house.passes(days(5)).await;
    assert_eq!(house.viewers().await, ["Alice at S02E01"], "nobody saw Bob");
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
    house.passes(days(3)).await;
    assert!(
        !house.is_untouched(),
        "it was looked at for a week: {:#?}",
        house.home.journal().await
    );
}

#[tokio::test]
async fn what_was_before_it_was_connected_is_not_known_from_the_history_of_a_tautulli() {
    let house = House::new(ConnectionKind::Tautulli).await;
    house.home.set(json!({"pollingIntervalMinutes": 180})).await;
    house.server.add_show(TITLE, HARBOUR, &[4, 4]);
    let spec = SeriesSpec::new(TITLE, HARBOUR)
        .season_with_files(1, 4)
        .season_with_files(2, 4);
    let series = house.home.sonarr().add_series(spec);
    // It was installed yesterday, and Bob watches the first season.
    house.server.tautulli.switch_off();
    house.home.later(days(3));
    house.bob_watched(1, 2, days(2));
    house.server.tautulli.switch_on();
    house.home.later(days(1));
    let cleanup = json!({"enableProgressiveCleanup": true, "progressiveCleanupAtOnce": true});
    house.home.set(cleanup).await;
    let draft = EnrollmentDraft {
        instance: "Sonarr".to_owned(),
        series: vec![series],
        monitoring_type: MonitoringType::PilotRolling,
        reset: false,
    };
    house.home.engine.enroll(&draft, |_| true).await.unwrap();
    let alice_watches = async || {
        let player = house.server.plays(Person::Alice, TITLE, 2, 1);
        house.look().await;
        house.server.stops(player);
    };
    alice_watches().await;
    house.passes(days(5)).await;
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
    alice_watches().await;
    house.passes(days(3)).await;
    assert!(!house.is_untouched(), "{:#?}", house.home.journal().await);
}

#[tokio::test]
async fn somebody_whom_tautulli_does_not_know_is_no_viewer_and_keeps_the_show() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    house.server.tautulli.forget_user(20, true);
    house.passes(days(5)).await;
    house.bob_watched(2, 2, hours(1));
    house.passes(days(6)).await;
    assert_eq!(house.viewers().await, ["Alice at S02E01"]);
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
    house.passes(days(2)).await;
    assert!(!house.is_untouched(), "{:#?}", house.home.journal().await);
}

#[tokio::test]
async fn a_tap_that_tautulli_wrote_down_moves_nobody() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    house.passes(hours(12)).await;
    let started = house.home.clock.now() - hours(1);
    let tap = |episode, length| Sitting {
        account: house.server.number(Person::Bob),
        item: house.server.item(TITLE, 2, episode),
        started,
        stopped: started + length,
        percent: 1,
    };
    house.server.tautulli.record(tap(3, seconds(3)));
    house.passes(hours(12)).await;
    assert_eq!(house.viewers().await, ["Alice at S02E01"]);
    house.server.tautulli.record(tap(4, seconds(40)));
    house.passes(hours(12)).await;
    assert_eq!(house.viewers().await, ["Alice at S02E01", "Bob at S02E04"]);
}

#[tokio::test]
async fn a_history_that_tautulli_was_told_not_to_keep_closes_no_gap() {
    let house = House::with_rolling_show(ConnectionKind::Tautulli).await;
    house.server.tautulli.keep_history_of(20, false);
    house.home.later(days(12));
    house.bob_watched(2, 2, days(2));
    house.passes(days(5)).await;
    assert!(house.is_untouched(), "{:#?}", house.home.journal().await);
    house.passes(days(4)).await;
    assert!(
        !house.is_untouched(),
        "it was looked at for a week: {:#?}",
        house.home.journal().await
    );
}

/// Waits until the server was asked so often, and what it said was dealt with.
async fn was_asked(house: &House, times: usize) {
    let now = house.home.clock.now();
    eventually("it was asked", || house.server.polls() == times).await;
    loop {
        let state = house.home.engine.state_now().await;
        if state.last_cycle.as_ref().is_some_and(|cycle| cycle.at == now) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn without_a_stream_it_is_asked_every_minute_while_somebody_watches_and_by_the_setting_otherwise() {
    let house = House::with_harbour_lights(ConnectionKind::Tautulli).await;
    let player = house.server.plays(Person::Bob, TITLE, 1, 3);
    house.home.engine.start();
    was_asked(&house, 1).await;
    for times in 2..=4 {
        house.home.later(seconds(61));
        house.server.reports(player);
        was_asked(&house, times).await;
    }
    // Nobody looks for a stream, again and again.
    tokio::time::sleep(A_MOMENT).await;
    let asked = house.server.log().requests();
    assert_eq!((house.server.polls(), asked.len()), (4, 4), "{asked:?}");

    house.server.stops(player);
    house.home.later(seconds(61));
    was_asked(&house, 5).await;
    house.home.later(minutes(14));
    tokio::time::sleep(A_MOMENT).await;
    assert_eq!(house.server.polls(), 5, "nobody watches");
    let player = house.server.plays(Person::Bob, TITLE, 1, 4);
    house.server.pauses(player);
    house.home.later(minutes(1));
    was_asked(&house, 6).await;
    house.home.later(minutes(2));
    tokio::time::sleep(A_MOMENT).await;
    assert_eq!(house.server.polls(), 6, "who pauses does not go on to the next episode");
    house.home.engine.stop().await;
}

#[tokio::test]
async fn with_a_stream_a_server_is_not_asked_because_somebody_watches() {
    let house = House::with_harbour_lights(ConnectionKind::Plex).await;
    house.home.engine.start();
    let up = async || house.home.engine.state_now().await.connections[0].events_up;
    while !up().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let player = house.server.plays(Person::Bob, TITLE, 1, 3);
    house.home.later(seconds(2));
    eventually("it was asked", || house.server.polls() >= 1).await;
    tokio::time::sleep(A_MOMENT).await;
    house.home.later(seconds(2));
    tokio::time::sleep(A_MOMENT).await;
    house.forget_requests();
    for _ in 0..5 {
        house.home.later(minutes(1));
        house.server.reports(player);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(house.server.polls(), 0);
    house.home.engine.stop().await;
}
