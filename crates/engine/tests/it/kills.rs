//! The process dies at any moment: what was begun is carried on, nothing is lost, and nothing is searched twice.

use crate::home::Home;
use crate::home::network::Cut;
use crate::stage::{HARBOUR, codes, days, hours, minutes, monitored, seconds};
use domain::state::Health;
use simulators::plex::{OWNER, SessionHandle};
use simulators::sonarr::{SeasonSpec, SeriesSpec};

/// Episodes missing right ahead, and a next season that nobody wanted: both kinds of writes and both kinds of searches.
async fn scene() -> (Home, i64, SessionHandle) {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let spec = SeriesSpec::new("Harbour Lights", HARBOUR)
        .monitored(false)
        .with(SeasonSpec::new(1, 10).files(1..=8).only_monitored(1..=8).flag(true))
        .with(SeasonSpec::new(2, 8).monitored(false));
    let series = home.sonarr().add_series(spec);
    let player = home.plays(OWNER, show, 1, 8);
    (home, series, player)
}

/// Whether everything is as the story ends, and each search was sent once.
fn assert_all_is_well(home: &Home, series: i64, story: &str) {
    let mut searched = home.searched();
    searched.sort();
    assert_eq!(
        searched,
        ["Harbour Lights S01E09 S01E10", "Harbour Lights S02"],
        "{story}"
    );
    assert_eq!(
        monitored(home.sonarr(), series, 1),
        (1..=10).collect::<Vec<_>>(),
        "{story}"
    );
    assert_eq!(
        monitored(home.sonarr(), series, 2),
        (1..=8).collect::<Vec<_>>(),
        "{story}"
    );
    let view = home.sonarr().series(series).unwrap();
    assert!(view.monitored && view.seasons[&2], "{story}");
}

async fn assert_nothing_is_owed(home: &Home, story: &str) {
    let open: Vec<String> = home
        .journal_codes()
        .await
        .into_iter()
        .filter(|code| code.starts_with("planned") || code.starts_with("owed"))
        .collect();
    assert_eq!(open, Vec::<String>::new(), "{story}");
}

async fn dies_at_every_request(cut: Cut, by_tick: bool) {
    let mut deaths = 0;
    for nth in 1..200 {
        let (home, series, player) = scene().await;
        home.network.die_at(nth, cut);
        let has_died = tokio::select! {
            report = home.engine.check(false) => {
                assert_eq!(report.unwrap().errors, []);
                false
            }
            () = home.network.death() => true,
        };
        home.network.live();
        let story = format!("{cut:?} request {nth}, by tick: {by_tick}");
        if !has_died {
            assert_all_is_well(&home, series, &story);
            break;
        }
        deaths += 1;
        let mut home = home.opened_again().await;
        home.goes_on(player, minutes(2));
        if by_tick {
            // What was begun is carried on although the viewer has stopped, and what was not is decided when they go on.
            home.engine.tick().await;
            home.goes_on(player, minutes(1));
            home.engine.poll().await;
        } else {
            home.check().await;
        }
        home.goes_on(player, seconds(30));
        home = home.opened_again().await;
        home.engine.tick().await;
        home.check().await;
        assert_all_is_well(&home, series, &story);
        assert_nothing_is_owed(&home, &story).await;
        assert!(
            home.engine
                .connections()
                .await
                .iter()
                .all(|state| state.health == Health::Ok)
        );
    }
    assert!(deaths >= 10, "{deaths}");
}

#[tokio::test]
async fn dying_before_any_request_loses_nothing() {
    dies_at_every_request(Cut::Before, false).await;
}

#[tokio::test]
async fn dying_after_any_request_repeats_nothing() {
    dies_at_every_request(Cut::After, false).await;
}

#[tokio::test]
async fn begun_work_is_carried_on_by_the_tick_wherever_it_was_broken_off() {
    dies_at_every_request(Cut::After, true).await;
}

#[tokio::test]
async fn dying_twice_in_a_row_is_no_different() {
    for first in (6..24).step_by(3) {
        for second in (1..16).step_by(3) {
            let (home, series, player) = scene().await;
            home.network.die_at(first, Cut::After);
            tokio::select! {
                _ = home.engine.check(false) => {}
                () = home.network.death() => {}
            }
            home.network.live();
            let home = home.opened_again().await;
            home.goes_on(player, minutes(1));
            home.network.die_at(second, Cut::After);
            tokio::select! {
                _ = home.engine.check(false) => {}
                () = home.network.death() => {}
            }
            home.network.live();
            let home = home.opened_again().await;
            home.goes_on(player, minutes(1));
            home.check().await;
            let story = format!("requests {first} and {second}");
            assert_all_is_well(&home, series, &story);
            assert_nothing_is_owed(&home, &story).await;
        }
    }
}

#[tokio::test]
async fn dying_between_any_two_steps_of_our_own_is_no_different() {
    let mut deaths = 0;
    for nth in (1..400).step_by(2) {
        let (home, series, player) = scene().await;
        home.panic_at_look(nth);
        let engine = home.engine.clone();
        let outcome = tokio::spawn(async move { engine.check(false).await.map(|report| report.errors) }).await;
        let story = format!("look {nth}");
        if !home.has_panicked() {
            assert_eq!(outcome.unwrap().unwrap(), [], "{story}");
            assert_all_is_well(&home, series, &story);
            break;
        }
        deaths += 1;
        let home = home.opened_again().await;
        home.goes_on(player, minutes(1));
        home.check().await;
        assert_all_is_well(&home, series, &story);
        assert_nothing_is_owed(&home, &story).await;
    }
    assert!(deaths >= 10, "{deaths}");
}

#[tokio::test]
async fn dying_while_aired_episodes_are_searched_repeats_and_skips_none() {
    for cut in [Cut::Before, Cut::After] {
        let mut deaths = 0;
        for nth in 1..100 {
            let home = Home::staged().await;
            let show = home.harbour_in_plex();
            let airs = home.clock.now() + days(1);
            let spec = SeriesSpec::new("Harbour Lights", HARBOUR)
                .season_with_files(1, 10)
                .with(SeasonSpec::new(2, 3).all_at(airs).monitored(false));
            home.sonarr().add_series(spec);
            let player = home.plays(OWNER, show, 1, 9);
            assert_eq!(codes(&home.check().await), ["notAired"]);
            home.plex.stop(player);

            home.later(days(1) + hours(2));
            home.network.die_at(nth, cut);
            let has_died = tokio::select! {
                () = home.engine.tick() => false,
                () = home.network.death() => true,
            };
            home.network.live();
            let home = home.opened_again().await;
            home.ticks_over(minutes(30), minutes(5)).await;
            let mut searched = home.searched();
            searched.sort();
            let story = format!("{cut:?} request {nth}");
            assert_eq!(
                searched,
                [
                    "Harbour Lights S02E01",
                    "Harbour Lights S02E02",
                    "Harbour Lights S02E03"
                ],
                "{story}"
            );
            assert_nothing_is_owed(&home, &story).await;
            if !has_died {
                break;
            }
            deaths += 1;
        }
        assert!(deaths >= 6, "{deaths}");
    }
}
