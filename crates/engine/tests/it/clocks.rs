//! Time that stands still, runs away or goes back: nothing is lost by it, and nothing done twice.

use crate::home::Home;
use crate::home::network::Dated;
use crate::stage::{HARBOUR, codes, days, hours, minutes, seconds};
use domain::state::Monitoring;
use engine::PauseFor;
use remote::RouterTransport;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::OWNER;
use simulators::sonarr::{EpisodeSpec, SeasonSpec, SeriesSpec};
use std::sync::Arc;

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

/// How many searches were sent to Sonarr, whatever it made of them.
fn searches_sent(home: &Home) -> usize {
    let writes = home.sonarr().log().writes();
    writes.iter().filter(|request| request.body.contains("Search")).count()
}

#[tokio::test]
async fn a_clock_that_was_a_year_ahead_does_not_forbid_searches_for_a_year() {
    let mut home = patient_home().await;
    let (show, _) = home.harbour();
    home.set_clock(days(365));
    home.owner_nears_the_end(show);
    home.check().await;
    assert_eq!(searches_sent(&home), 1);

    home.set_clock(days(-365));
    home.engine.tick().await;
    home.check().await;
    assert_eq!(searches_sent(&home), 2);
    // From then on a week is a week again.
    home = home.restart().await;
    home.check().await;
    home.check().await;
    home.ticks_over(days(6), hours(12)).await;
    home.check().await;
    assert_eq!(searches_sent(&home), 2);
    home.ticks_over(days(2), hours(6)).await;
    assert_eq!(searches_sent(&home), 3);
}

#[tokio::test]
async fn what_a_clock_a_year_ahead_wanted_to_search_again_is_searched_again_in_a_week() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    home.set_clock(days(365));
    let player = home.owner_nears_the_end(show);
    home.check().await;
    home.plex.stop(player);

    home.set_clock(days(-365));
    home.ticks_over(days(6), hours(6)).await;
    assert_eq!(searches_sent(&home), 1);
    home.ticks_over(days(2), hours(6)).await;
    assert_eq!(searches_sent(&home), 2);
}

#[tokio::test]
async fn an_announced_season_does_not_wait_for_a_clock_that_was_a_year_ahead() {
    let home = patient_home().await;
    let show = home.harbour_in_plex();
    let announced = SeriesSpec::new("Harbour Lights", HARBOUR)
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 0).monitored(false));
    let series = home.sonarr().add_series(announced);
    home.set_clock(days(365));
    let player = home.owner_nears_the_end(show);
    assert_eq!(codes(&home.check().await), ["notListed"]);
    home.plex.stop(player);

    home.set_clock(days(-365));
    home.engine.tick().await;
    for number in 1..=8 {
        let aired = EpisodeSpec::new(2, number).airs(home.clock.now() - days(10));
        home.sonarr().add_episode(series, aired);
    }
    home.ticks_over(days(3), hours(6)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

/// Has every answer of the first Sonarr say what time it is there.
fn with_dates(home: &Home) {
    let dated = Dated {
        to: Arc::new(RouterTransport::new(home.sonarr().router())),
        clock: home.clock.clone(),
        ahead: Arc::default(),
    };
    home.network.put("sonarr1.test", Arc::new(dated));
}

#[tokio::test]
async fn a_search_whose_answer_was_lost_is_found_by_sonarrs_clock() {
    for ahead in [hours(-3), hours(3)] {
        let mut home = patient_home().await;
        let (show, _) = home.harbour();
        with_dates(&home);
        home.set_clock(ahead);
        let player = home.owner_nears_the_end(show);
        home.sonarr()
            .faults()
            .push(FaultRule::new("/api/v3/command", Fault::Drop).after_effect().times(1));
        home.engine.tick().await;
        assert!(!home.engine.poll().await.errors.is_empty());
        home.plex.stop(player);
        home = home.restart().await;
        home.ticks_over(minutes(2), seconds(20)).await;
        assert_eq!(searches_sent(&home), 1, "{ahead:?}");
        assert_eq!(home.journal_codes().await, ["done nextSeason"], "{ahead:?}");
    }
}

#[tokio::test]
async fn a_search_whose_answer_was_lost_is_found_after_the_clock_was_set_back() {
    let home = patient_home().await;
    let (show, _) = home.harbour();
    home.set_clock(days(365));
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::Drop).after_effect().times(1));
    home.engine.tick().await;
    home.engine.poll().await;
    home.plex.stop(player);
    home.set_clock(days(-365));
    home.later(hours(1));
    home.engine.tick().await;
    assert_eq!(searches_sent(&home), 1);
    assert_eq!(home.journal_codes().await, ["done nextSeason"]);
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
        SeriesSpec::new("Harbour Lights", HARBOUR)
            .season_with_files(1, 10)
            .with(SeasonSpec::new(2, 3).all_at(airs)),
    );
    let player = home.owner_nears_the_end(show);
    assert_eq!(codes(&home.check().await), ["notAired"]);
    home.plex.stop(player);

    home.later(days(20));
    home = home.restart().await;
    home.engine.tick().await;
    let first = searches_sent(&home);
    assert!(first >= 1);
    home.ticks_over(days(5), hours(6)).await;
    assert_eq!(searches_sent(&home), first);
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
    home.engine.pause(PauseFor::OneHour).await;
    home.engine.tick().await;
    home.jump(hours(9));
    home.engine.tick().await;
    home.owner_nears_the_end(show);
    assert_eq!(home.engine.poll().await.triggered_searches, 1);
    home.later(minutes(1));
}

#[tokio::test]
async fn a_pause_does_not_last_a_year_because_the_clock_was_ahead() {
    for (pause, holds) in [
        (PauseFor::OneHour, false),
        (PauseFor::UntilTomorrow, false),
        (PauseFor::UntilResumed, true),
    ] {
        let mut home = patient_home().await;
        let (show, _) = home.harbour();
        home.set_clock(days(365));
        home.engine.tick().await;
        home.engine.pause(pause).await;
        home.owner_nears_the_end(show);
        assert_eq!(home.engine.poll().await.triggered_searches, 0);

        home.set_clock(days(-365));
        home = home.restart().await;
        home.engine.tick().await;
        let monitoring = home.engine.state_now().await.monitoring;
        assert_eq!(matches!(monitoring, Monitoring::Paused { .. }), holds, "{pause:?}");
        assert_eq!(
            home.engine.poll().await.triggered_searches,
            u32::from(!holds),
            "{pause:?}"
        );
    }
}
