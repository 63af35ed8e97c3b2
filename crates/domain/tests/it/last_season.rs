//! Standard monitoring where there is no next season.

use crate::shows::{Show, at, now, subject, told};
use cliffhangarr_domain as domain;
use domain::series::NewItems;
use domain::settings::Settings;
use domain::standard;

#[track_caller]
fn expect(show: &Show, (season, episode): (i32, i32), plan: &[&str]) {
    let decisions = standard::decide(show.around(), &subject(), at(season, episode), &Settings::default());
    assert_eq!(told(&decisions), plan, "watching {}", at(season, episode));
}

#[test]
fn without_a_next_season_the_series_is_monitored_for_new_ones() {
    let show = |season: &str| Show::new().season(1, season);
    expect(&show("FFF"), (1, 3), &["monitorsNewAlready"]);
    expect(
        &show("FFF").new_items(Some(NewItems::None)),
        (1, 3),
        &["monitorNew: new items all"],
    );
    expect(
        &show("FFF").unmonitored().new_items(Some(NewItems::None)),
        (1, 3),
        &["monitorNew: series on; new items all"],
    );
    // Sonarr v3 knows no such setting: there the series' flag decides.
    expect(&show("FFF").new_items(None), (1, 3), &["monitorsNewAlready"]);
    expect(
        &show("FFF").new_items(None).unmonitored(),
        (1, 3),
        &["monitorNew: series on"],
    );
    // Too far from the end nothing of it happens.
    expect(&show("FFFFF").new_items(Some(NewItems::None)), (1, 2), &["notNearEnd"]);
    // Specials are no next season, and no earlier season is one.
    let specials = Show::new().season(0, "mmm").season(1, "mmm").season(2, "FFF");
    expect(&specials, (2, 3), &["monitorsNewAlready"]);
}

#[test]
fn the_last_seasons_flag_comes_on_for_new_episodes_while_the_others_keep_theirs() {
    let show = Show::new().unmonitored_season(1, "Ff.F");
    expect(
        &show,
        (1, 4),
        &["monitorNew: season 1 on; S01E01, E04 on; S01E02–E03 off"],
    );
    // An ended series gets no new episodes.
    expect(&show.clone().status("ended"), (1, 4), &["monitorsNewAlready"]);
    expect(&show.status("deleted"), (1, 4), &["monitorsNewAlready"]);
}

#[test]
fn a_complete_ended_series_that_was_unmonitored_on_purpose_is_left_alone() {
    let show = Show::new()
        .season(1, "FFF")
        .unmonitored()
        .new_items(Some(NewItems::None));
    expect(&show.clone().status("ended"), (1, 3), &["nothingMissing"]);
    expect(
        &show.status("continuing"),
        (1, 3),
        &["monitorNew: series on; new items all"],
    );
}

#[test]
fn what_one_decision_monitors_another_one_does_not_unmonitor() {
    // The last season, its flag off, its last two episodes missing.
    let mut show = Show::new()
        .unmonitored_season(1, ".FF..")
        .new_items(Some(NewItems::None));
    let decisions = standard::decide(show.around(), &subject(), at(1, 3), &Settings::default());
    assert_eq!(
        told(&decisions),
        [
            "upcomingEpisodes: S01E04–E05 on; search S01E04–E05",
            "monitorNew: new items all; season 1 on; S01E02–E05 on; S01E01 off",
        ]
    );
    show.carry_out(&decisions, now());
    assert!(show.is_monitored(1, 4) && show.is_monitored(1, 5));
    assert!(!show.is_monitored(1, 1));
    // A lone pilot of a short last season.
    let mut show = Show::new().unmonitored_season(1, "F..");
    let decisions = standard::decide(show.around(), &subject(), at(1, 1), &Settings::default());
    show.carry_out(&decisions, now());
    assert!(show.is_monitored(1, 2) && show.is_monitored(1, 3));
}
