//! A viewer's pace.

use crate::household::{Household, at, evening};
use cliffhangarr_domain::monitoring::MonitoringType::FirstSeasonRolling;
use cliffhangarr_domain::pace::{Forecast, episodes_ahead, forecast, wants_more};
use jiff::SignedDuration;

/// A name, plays, episodes an evening, episodes a day.
type Rhythm<'a> = (&'a str, &'a [(i64, i64)], f64, f64);

/// Plays as (day, minutes after eight).
fn forecast_of(plays: &[(i64, i64)], today: i64) -> Option<Forecast> {
    let mut household = Household::new(FirstSeasonRolling, &[(1, 20)], today);
    for (number, (day, minutes)) in (1..).zip(plays) {
        let position = at(&format!("S01E{number}"));
        household.record(
            "Alice",
            position,
            evening(*day) + SignedDuration::from_mins(*minutes),
            true,
        );
    }
    forecast(household.entries.first()?, &household.snapshot, household.now)
}

#[test]
fn three_viewings_are_needed_and_marks_in_a_row_are_none() {
    assert_eq!(forecast_of(&[(1, 0), (1, 45)], 1), None);
    assert_eq!(forecast_of(&[(1, 0), (1, 1), (1, 2), (1, 2), (1, 3)], 1), None);
    assert!(forecast_of(&[(1, 0), (1, 45), (1, 90)], 1).is_some());
}

#[test]
fn the_rhythm_is_the_median_of_the_viewers_own_evenings() {
    let cases: &[Rhythm<'_>] = &[
        ("one every evening", &[(1, 0), (2, 0), (3, 0)], 1.0, 1.0),
        ("two every evening", &[(1, 0), (1, 45), (2, 0), (2, 45)], 2.0, 2.0),
        (
            "two every second evening",
            &[(1, 0), (1, 45), (3, 0), (3, 45), (5, 0), (5, 45)],
            2.0,
            1.0,
        ),
        (
            "a weekend of many counts as one evening",
            &[(1, 0), (2, 0), (3, 0), (3, 45), (3, 90), (3, 135), (4, 0), (5, 0)],
            1.0,
            1.0,
        ),
        (
            "a holiday counts as one pause",
            &[(1, 0), (2, 0), (3, 0), (24, 0), (25, 0)],
            1.0,
            1.0,
        ),
        ("one long evening", &[(1, 0), (1, 45), (1, 90), (1, 135)], 4.0, 4.0),
    ];
    for (name, plays, per_evening, per_day) in cases {
        let forecast = forecast_of(plays, plays.last().unwrap().0).unwrap();
        assert!(
            (forecast.per_evening - per_evening).abs() < 1e-9,
            "{name}: {forecast:?}"
        );
        assert!((forecast.per_day - per_day).abs() < 1e-9, "{name}: {forecast:?}");
        assert_eq!(forecast.episodes_ahead, 20 - plays.len(), "{name}");
    }
}

#[test]
fn it_foretells_the_evening_on_which_an_episode_is_missing() {
    let daily = forecast_of(&[(1, 0), (2, 0), (3, 0)], 3).unwrap();
    assert_eq!(daily.runs_out_at, evening(4 + 17));
    let two_every_second = forecast_of(&[(1, 0), (1, 45), (3, 0), (3, 45)], 4).unwrap();
    assert_eq!(two_every_second.runs_out_at, evening(5 + 2 * 8));
    let paused = forecast_of(&[(1, 0), (2, 0), (3, 0)], 10).unwrap();
    assert_eq!(paused.runs_out_at, evening(10 + 17), "a pause moves everything on");
}

#[test]
fn more_is_wanted_when_the_evenings_ahead_are_not_covered() {
    let forecast = Forecast {
        episodes_ahead: 5,
        per_evening: 2.0,
        per_day: 1.0,
        runs_out_at: evening(1),
    };
    let found = [0, 1, 2, 3].map(|evenings| wants_more(&forecast, evenings));
    assert_eq!(found, [false, false, false, true]);
}

#[test]
fn episodes_ahead_end_at_the_first_that_is_not_there() {
    let mut household = Household::new(FirstSeasonRolling, &[(0, 3), (1, 5), (2, 5)], 1);
    assert_eq!(episodes_ahead(&household.snapshot, at("S01E03")), 7);
    household.episode("S02E02").file = None;
    assert_eq!(episodes_ahead(&household.snapshot, at("S01E03")), 3);
    assert_eq!(episodes_ahead(&household.snapshot, at("S02E05")), 0);
    household.episode("S02E01").at.episode = 0;
    household.episode("S02E00").file = None;
    household.episode("S02E02").file = household.episode("S02E03").file;
    assert_eq!(
        episodes_ahead(&household.snapshot, at("S01E03")),
        6,
        "an episode 0 that is not there is passed over"
    );
}
