//! Disks that run full.

use crate::household::{GIGABYTE, Household, evening};
use cliffhangarr_domain::ids::RollingShowId;
use cliffhangarr_domain::monitoring::MonitoringType::{FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::pressure::{Candidate, Floor, Pressure, relief};

fn floor() -> Floor {
    Floor {
        root_folder: "/tv".to_owned(),
        begins_below: 100,
        ends_at: 150,
    }
}

#[test]
fn pressure_begins_and_ends_at_different_limits() {
    use Pressure::{Ample, Low};
    let steps = [
        (Some(100), Ample),
        (Some(99), Low),
        (Some(149), Low),
        (None, Low),
        (Some(150), Ample),
        (Some(100), Ample),
        (None, Ample),
    ];
    let mut pressure = Pressure::default();
    for (free, expected) in steps {
        pressure = pressure.after(free, &floor());
        assert_eq!(pressure, expected, "{free:?}");
        assert_eq!(pressure.asks_for_single_episodes(), expected == Low);
    }
    let inverted = Floor { ends_at: 50, ..floor() };
    assert_eq!(Low.after(Some(99), &inverted), Low);
    assert_eq!(Low.after(Some(100), &inverted), Ample);
}

#[test]
fn the_shortage_reaches_to_the_end_of_the_pressure() {
    assert_eq!(Pressure::Low.shortage(Some(90), &floor()), 60);
    assert_eq!(Pressure::Low.shortage(Some(149), &floor()), 1);
    assert_eq!(Pressure::Low.shortage(None, &floor()), 0);
    assert_eq!(Pressure::Ample.shortage(Some(90), &floor()), 0);
}

#[test]
fn what_was_viewed_longest_ago_goes_first_and_only_what_is_free_anyway() {
    let household = Household::new(
        FirstSeasonRolling,
        &[(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2)],
        28,
    )
    .watched("Alice", "S02E01", 12)
    .watched("Alice", "S03E01", 10)
    .watched("Alice", "S05E01", 25)
    .watched("Alice", "S06E01", 27);
    assert_eq!(household.verdicts(), "2 free, 3 free, 4 free, 5 on 32, 6 seasonNeeded");
    let candidates: Vec<Candidate> = household
        .cleanup()
        .into_iter()
        .filter_map(|outlook| Candidate::season(RollingShowId(1), outlook))
        .collect();
    let picked = |shortage| {
        relief(&candidates, shortage)
            .iter()
            .filter_map(|it| it.decision.subject.season)
            .collect::<Vec<_>>()
    };
    assert!(picked(0).is_empty());
    assert_eq!(picked(1), [4]);
    assert_eq!(picked(3 * GIGABYTE), [4, 3]);
    assert_eq!(picked(1000 * GIGABYTE), [4, 3, 2]);
    assert_eq!(candidates[0].last_viewed, Some(evening(12)));
}

#[test]
fn a_show_that_nobody_watches_any_more_takes_its_turn_by_its_last_viewing() {
    let of = |id, household: Household| household.with(|it| it.show.id = RollingShowId(id));
    let watched = |day| Household::new(PilotRolling, &[(1, 3), (2, 3)], 28).watched("Alice", "S02E01", day);
    let active = of(1, watched(27));
    let (longer_ago, long_ago) = (of(2, watched(5)), of(3, watched(12)));
    let candidates: Vec<Candidate> = [&active, &long_ago, &longer_ago]
        .into_iter()
        .filter_map(|it| Candidate::inactive_show(&it.show, it.inactivity()))
        .collect();
    let picked = |shortage| {
        relief(&candidates, shortage)
            .iter()
            .map(|it| it.show.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(picked(1), [2]);
    assert_eq!(picked(6 * GIGABYTE), [2, 3], "who is active is no candidate");
}
