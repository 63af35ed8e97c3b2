//! What people are told: few messages, after the fact, and trouble only when it lasts.

use crate::home::Home;
use crate::stage::{ALICE, BOB, codes, eventually, minutes, seconds};
use domain::state::{Health, Notification, Topic};
use serde_json::json;
use simulators::plex::ShowSpec;
use simulators::sonarr::SeriesSpec;
use std::time::Duration;

fn of(home: &Home, topic: Topic) -> Vec<Notification> {
    home.shell
        .shown()
        .into_iter()
        .filter(|message| message.topic == topic)
        .collect()
}

/// Long enough for a started engine to look at everything once more.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

#[tokio::test]
async fn a_search_is_told_with_the_show_the_season_and_the_viewer() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.engine.start();
    home.plays(ALICE, show, 1, 8);

    // The event stream is up, so nobody waits for the next regular poll.
    eventually("the search is told", || !home.shell.shown().is_empty()).await;

    let shown = home.shell.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].title, "Harbour Lights");
    assert_eq!(shown[0].body, "Season 2 is being searched, for Alice.");
    home.engine.stop().await;
}

#[tokio::test]
async fn several_searches_are_told_in_one_message_and_the_next_only_after_a_rest() {
    let home = Home::staged().await;
    let mut shows = Vec::new();
    for (index, title) in ["One", "Two", "Three", "Four"].into_iter().enumerate() {
        let tvdb = 100 + i64::try_from(index).unwrap();
        shows.push(home.plex.add_show(ShowSpec::new(title, 2015).tvdb(tvdb).season(1, 10)));
        home.sonarr()
            .add_series(SeriesSpec::new(title, tvdb).season_with_files(1, 10).season(2, 8));
    }
    home.plays(2001, shows[0], 1, 9);
    home.plays(2002, shows[1], 1, 9);
    home.plays(2003, shows[2], 1, 9);
    home.engine.check(false).await.unwrap();
    home.engine.start();
    eventually("the searches are told", || !home.shell.shown().is_empty()).await;
    let shown = home.shell.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].title, "3 searches");
    let lines: Vec<&str> = shown[0].body.lines().collect();
    assert_eq!(lines.len(), 3);
    for (line, show) in lines.into_iter().zip(["One", "Two", "Three"]) {
        assert!(
            line.starts_with(&format!("{show}: Season 2 is being searched, for ")),
            "{line}"
        );
    }

    home.plays(2004, shows[3], 1, 9);
    // The list of sessions follows the events after a moment.
    home.later(seconds(1));
    eventually("the fourth is searched", || home.sonarr().searches().len() == 4).await;
    a_while().await;
    assert_eq!(home.shell.shown().len(), 1);
    home.later(seconds(10));
    eventually("the fourth is told", || home.shell.shown().len() == 2).await;
    assert_eq!(home.shell.shown()[1].title, "Four");
    home.engine.stop().await;
}

#[tokio::test]
async fn nothing_is_told_of_searches_when_that_is_switched_off() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.set(json!({"notifySearches": false})).await;
    home.engine.start();
    home.plays(BOB, show, 1, 8);
    eventually("the search is sent", || home.sonarr().searches().len() == 1).await;
    a_while().await;
    assert_eq!(home.shell.shown(), []);
    home.engine.stop().await;
}

#[tokio::test]
async fn trouble_is_told_once_and_only_when_it_lasts() {
    let home = Home::staged().await;
    home.engine.start();
    eventually("the first poll is over", || !home.plex.log().requests().is_empty()).await;
    home.network.unplug("plex.test");
    let _ = home.engine.check(false).await;
    for _ in 0..9 {
        home.later(seconds(30));
        a_while().await;
        assert_eq!(of(&home, Topic::Trouble), []);
    }
    home.later(seconds(40));
    eventually("the trouble is told", || !of(&home, Topic::Trouble).is_empty()).await;
    assert_eq!(of(&home, Topic::Trouble)[0].title, "Attic has trouble");
    for _ in 0..5 {
        home.later(minutes(20));
        a_while().await;
    }
    assert_eq!(of(&home, Topic::Trouble).len(), 1);

    // Once it has been well again, the next trouble is told anew.
    home.network.plug_in("plex.test");
    let _ = home.engine.check(false).await;
    home.network.unplug("plex.test");
    let _ = home.engine.check(false).await;
    for _ in 0..12 {
        home.later(seconds(30));
        a_while().await;
    }
    eventually("the second trouble is told", || of(&home, Topic::Trouble).len() == 2).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn a_server_that_is_down_at_the_start_is_given_five_minutes_too() {
    let home = Home::staged().await;
    home.network.unplug("sonarr1.test");
    home.network.unplug("plex.test");
    let _ = home.engine.check(false).await;
    home.later(minutes(600));
    let home = home.restart().await;
    home.engine.start();
    for _ in 0..4 {
        a_while().await;
        assert_eq!(of(&home, Topic::Trouble), []);
        home.later(minutes(1));
    }
    home.later(minutes(2));
    eventually("the trouble is told", || !of(&home, Topic::Trouble).is_empty()).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn a_sleeping_machine_takes_no_trouble_along() {
    let home = Home::staged().await;
    home.engine.start();
    eventually("the first poll is over", || !home.plex.log().requests().is_empty()).await;
    home.network.unplug("plex.test");
    let _ = home.engine.check(false).await;
    a_while().await;

    home.jump(minutes(8 * 60));
    a_while().await;
    assert_eq!(of(&home, Topic::Trouble), []);
    // The network is back a moment after waking.
    home.network.plug_in("plex.test");
    home.later(seconds(60));
    a_while().await;
    let _ = home.engine.check(false).await;
    home.later(minutes(10));
    a_while().await;
    assert_eq!(of(&home, Topic::Trouble), []);
    home.engine.stop().await;
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_ever_more_rarely_and_at_once_when_somebody_wants_it() {
    let home = Home::staged().await;
    home.set(json!({"pollingIntervalMinutes": 1440})).await;
    home.engine.start();
    eventually("the first poll is over", || !home.plex.log().requests().is_empty()).await;
    a_while().await;
    home.network.unplug("plex.test");
    let _ = home.engine.check(false).await;
    let before = home.network.requests();
    for _ in 0..60 {
        home.later(seconds(30));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let tries = home.network.requests() - before;
    // 10 s, 30 s, 1, 2, 5, 10 and 15 minutes for the sessions, and as many for the event stream in real seconds.
    assert!((4..=16).contains(&tries), "{tries}");
    assert_eq!(home.engine.state_now().await.connections[0].health, Health::Unreachable);

    home.network.plug_in("plex.test");
    let report = home.engine.check(false).await.unwrap();
    assert_eq!((report.errors.len(), codes(&report).len()), (0, 0));
    assert_eq!(home.engine.state_now().await.connections[0].health, Health::Ok);
    home.engine.stop().await;
}

#[tokio::test]
async fn a_started_engine_looks_again_just_when_a_session_begins_to_count() {
    let home = Home::staged().await;
    home.plex.configure(|settings| settings.muted = true);
    let (show, _) = home.harbour();
    let player = home.plays_from(ALICE, show, 1, 8, 0);
    home.plex.pause(player);
    home.engine.start();
    eventually("the first poll is over", || !home.plex.log().requests().is_empty()).await;
    a_while().await;

    home.stays_paused(player, seconds(29));
    a_while().await;
    assert_eq!(home.asked_of_sonarr(), 0);
    home.stays_paused(player, seconds(1));
    eventually("the search is sent", || home.sonarr().searches().len() == 1).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn an_event_stream_that_breaks_is_opened_again() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.engine.start();
    let streams = || {
        home.plex
            .log()
            .requests()
            .iter()
            .filter(|request| request.path() == "/:/eventsource/notifications")
            .count()
    };
    eventually("the stream is open", || streams() == 1).await;
    for round in 2..=4 {
        home.plex.drop_event_streams();
        eventually("the stream is open again", || streams() == round).await;
    }
    home.later(seconds(2));
    a_while().await;
    home.plays(ALICE, show, 1, 8);
    // The list follows the events after a moment, long before the next regular poll.
    a_while().await;
    home.later(seconds(2));
    eventually("the search is sent", || home.sonarr().searches().len() == 1).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn after_a_sleep_the_event_stream_is_opened_anew_although_the_old_one_seems_well() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.engine.start();
    let streams = || {
        home.plex
            .log()
            .requests()
            .iter()
            .filter(|request| request.path() == "/:/eventsource/notifications")
            .count()
    };
    eventually("the stream is open", || streams() == 1).await;
    a_while().await;
    home.jump(minutes(8 * 60));
    eventually("the stream is opened anew", || streams() == 2).await;
    a_while().await;
    assert_eq!(streams(), 2);
    let plex = &home.engine.state_now().await.connections[0];
    assert!(plex.events_up, "{plex:?}");

    home.plays(ALICE, show, 1, 8);
    // The list follows the events after a moment, long before the next regular poll.
    a_while().await;
    home.later(seconds(2));
    eventually("the search is sent", || home.sonarr().searches().len() == 1).await;
    home.engine.stop().await;
}

#[tokio::test]
async fn a_started_engine_ends_in_the_middle_of_a_request_that_hangs() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.sonarr().faults().push(simulators::faults::FaultRule::new(
        "/api/v3",
        simulators::faults::Fault::Hang,
    ));
    home.engine.start();
    home.owner_nears_the_end(show);
    eventually("it hangs", || home.sonarr().faults().hits() > 0).await;
    let began = std::time::Instant::now();
    home.engine.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
}
