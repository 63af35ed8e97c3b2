//! Time that stands still, runs away or goes back: nothing is lost by it, and nothing done twice.

use crate::home::Home;
use crate::stage::{codes, days, hours, minutes, seconds};
use simulators::faults::{Fault, FaultRule};
use simulators::plex::OWNER;
use simulators::sonarr::SeasonSpec;

/// A home whose players may be silent for long.
async fn patient_home() -> Home {
    let home = Home::staged().await;
    home.plex.configure(|settings| settings.silence_limit = days(400));
    home
}

#[tokio::test]
async fn the_time_of_a_sleep_does_not_count_as_seen() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(OWNER, show, 1, 8, 0);
    home.plex.pause(player);
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);

    home.jump(hours(8));
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.stays_paused(player, seconds(29));
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.stays_paused(player, seconds(2));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn after_a_sleep_running_sessions_are_looked_at_anew() {
    let home = patient_home().await;
    let (show, series) = home.harbour();
    home.plays(OWNER, show, 1, 8);
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    home.jump(days(8));
    home.sonarr().set_season_monitored(series, 2, false);
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_repeats_no_search() {
    for back in [hours(1), hours(30), days(5)] {
        let mut home = patient_home().await;
        let (show, _) = home.harbour();
        home.owner_nears_the_end(show);
        home.check().await;
        assert_eq!(home.searched().len(), 1);

        home.set_clock(-back);
        home.engine.tick().await;
        home.check().await;
        home = home.restart().await;
        home.check().await;
        home.set_clock(back);
        home.engine.tick().await;
        home.check().await;
        assert_eq!(home.searched().len(), 1, "{back:?}");
    }
}

#[tokio::test]
async fn a_clock_that_was_a_year_ahead_does_not_forbid_searches_for_a_year() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    home.set_clock(days(365));
    home.owner_nears_the_end(show);
    home.check().await;
    let sent = || {
        home.sonarr()
            .log()
            .writes()
            .iter()
            .filter(|request| request.body.contains("SeasonSearch"))
            .count()
    };
    assert_eq!(sent(), 1);

    home.set_clock(days(-365));
    home.engine.tick().await;
    home.check().await;
    assert_eq!(sent(), 2);
}

#[tokio::test]
async fn owed_work_does_not_wait_for_a_clock_that_was_set_back() {
    for restarted in [false, true] {
        let mut home = patient_home().await;
        let (show, _) = home.harbour();
        let player = home.owner_nears_the_end(show);
        home.sonarr()
            .faults()
            .push(FaultRule::new("/api/v3/command", Fault::DatabaseLocked));
        home.engine.tick().await;
        home.engine.poll().await;
        home.plex.stop(player);
        home.sonarr().faults().clear();

        home.set_clock(days(-5));
        if restarted {
            home = home.restart().await;
        }
        home.engine.tick().await;
        assert_eq!(home.searched(), ["Harbour Lights S02"]);
    }
}

#[tokio::test]
async fn sightings_do_not_wait_for_a_clock_that_was_set_back() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    home.network.unplug("sonarr1.test");
    let player = home.owner_nears_the_end(show);
    home.engine.tick().await;
    home.engine.poll().await;
    home.plex.stop(player);
    home.network.plug_in("sonarr1.test");

    home.set_clock(days(-5));
    home.engine.tick().await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn a_session_is_measured_anew_when_the_clock_is_set_back() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    let player = home.plays_from(OWNER, show, 1, 8, 0);
    home.plex.pause(player);
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.set_clock(hours(-2));
    home.engine.tick().await;
    assert_eq!(codes(&home.engine.poll().await), ["tooEarly"]);
    home.stays_paused(player, seconds(31));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn what_airs_while_the_machine_is_off_is_searched_when_it_is_on_again() {
    let mut home = Home::staged().await;
    let show = home.harbour_in_plex();
    let airs = home.clock.now() + days(3);
    home.sonarr().add_series(
        simulators::sonarr::SeriesSpec::new("Harbour Lights", crate::stage::HARBOUR)
            .season_with_files(1, 10)
            .with(SeasonSpec::new(2, 3).all_at(airs)),
    );
    let player = home.owner_nears_the_end(show);
    assert_eq!(codes(&home.check().await), ["notAired"]);
    home.plex.stop(player);

    home.later(days(20));
    home = home.restart().await;
    home.engine.tick().await;
    let sent = || {
        home.sonarr()
            .log()
            .writes()
            .iter()
            .filter(|request| request.body.contains("Search"))
            .count()
    };
    let first = sent();
    assert!(first >= 1);
    home.ticks_over(days(5), hours(6)).await;
    assert_eq!(sent(), first);
    let mut ids: Vec<String> = home
        .sonarr()
        .log()
        .writes()
        .into_iter()
        .map(|request| request.body)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), first, "no episode twice: {ids:?}");
}

#[tokio::test]
async fn a_pause_ends_although_the_machine_slept_through_its_end() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.engine.pause(engine::PauseFor::OneHour).await;
    home.engine.tick().await;
    home.jump(hours(9));
    home.engine.tick().await;
    home.owner_nears_the_end(show);
    assert_eq!(home.engine.poll().await.triggered_searches, 1);
    home.later(minutes(1));
}
