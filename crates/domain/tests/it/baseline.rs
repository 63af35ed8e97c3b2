//! Baselines, and the changes that lead there.

use crate::household::{GIGABYTE, Household, at};
use cliffhangarr_domain::baseline::{Baseline, change_to_baseline, is_in_baseline};
use cliffhangarr_domain::monitoring::MonitoringType::{self, AllSeasonPilotRolling, FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::series::NewItems;

fn reset(household: Household) -> Household {
    let mut household = household;
    let decision = household.manual_reset();
    household.apply(&decision);
    household
}

#[test]
fn each_type_has_its_baseline_and_no_special_is_in_any() {
    let cases = [
        ("S00E01", [false, false, false]),
        ("S01E01", [true, true, true]),
        ("S01E02", [false, true, false]),
        ("S02E01", [false, false, true]),
        ("S02E02", [false, false, false]),
    ];
    for (position, expected) in cases {
        let found = MonitoringType::ALL.map(|monitoring_type| is_in_baseline(monitoring_type, at(position)));
        assert_eq!(found, expected, "{position}");
        let seasons = [(0, 2), (1, 3), (2, 3)];
        let found = MonitoringType::ALL.map(|monitoring_type| {
            let household = Household::new(monitoring_type, &seasons, 1);
            Baseline::of(monitoring_type, &household.snapshot).contains(at(position))
        });
        assert_eq!(found, expected, "{position} in its list");
    }
}

#[test]
fn a_show_numbered_by_years_keeps_its_first_year() {
    let seasons = [(2019, 2), (2021, 2)];
    let cases = [
        (PilotRolling, "S2019E01"),
        (FirstSeasonRolling, "S2019E01 S2019E02"),
        (AllSeasonPilotRolling, "S2019E01 S2021E01"),
    ];
    for (monitoring_type, there) in cases {
        assert_eq!(
            reset(Household::new(monitoring_type, &seasons, 1)).there(),
            there,
            "{monitoring_type:?}"
        );
    }
}

#[test]
fn a_season_that_starts_with_another_number_keeps_its_first_episode() {
    let household = Household::new(AllSeasonPilotRolling, &[(1, 2), (2, 4)], 1)
        .with(|household| household.snapshot.episodes.retain(|episode| episode.at != at("S02E01")));
    assert_eq!(reset(household).there(), "S01E01 S02E02");
}

#[test]
fn a_reset_leaves_the_baseline_monitored_and_there_and_nothing_else_but_specials() {
    let seasons = [(0, 1), (1, 3), (2, 2), (3, 2)];
    let cases = [
        (PilotRolling, "S00E01 S01E01", vec![(1, false), (2, false), (3, false)]),
        (
            FirstSeasonRolling,
            "S00E01 S01E01 S01E02 S01E03",
            vec![(1, true), (2, false), (3, false)],
        ),
        (
            AllSeasonPilotRolling,
            "S00E01 S01E01 S02E01 S03E01",
            vec![(1, false), (2, false), (3, false)],
        ),
    ];
    for (monitoring_type, expected, flags) in cases {
        let household = reset(Household::new(monitoring_type, &seasons, 1));
        assert_eq!(household.there(), expected, "{monitoring_type:?}");
        assert_eq!(household.monitored(), expected, "{monitoring_type:?}");
        let found = household.snapshot.series.seasons;
        assert_eq!(
            found.into_iter().filter(|(season, _)| *season > 0).collect::<Vec<_>>(),
            flags,
            "{monitoring_type:?}"
        );
    }
}

#[test]
fn a_reset_monitors_the_baseline_again_where_it_was_switched_off() {
    for monitoring_type in MonitoringType::ALL {
        let household = reset(Household::new(monitoring_type, &[(1, 3), (2, 2)], 1).with(|household| {
            household
                .snapshot
                .series
                .seasons
                .values_mut()
                .for_each(|flag| *flag = false);
            household
                .snapshot
                .episodes
                .iter_mut()
                .for_each(|episode| episode.monitored = false);
        }));
        assert_eq!(household.monitored(), household.there(), "{monitoring_type:?}");
    }
}

#[test]
fn a_reset_switches_new_seasons_off_and_leaves_a_sonarr_without_the_switch_alone() {
    for (before, after) in [(Some(NewItems::All), Some(NewItems::None)), (None, None)] {
        let household = Household::new(PilotRolling, &[(1, 3)], 1).with(|it| it.snapshot.series.new_items = before);
        assert_eq!(reset(household).snapshot.series.new_items, after);
    }
}

#[test]
fn a_file_goes_only_with_all_its_episodes_and_only_once() {
    let seasons = [(0, 1), (1, 3), (2, 3)];
    let cases: [(&str, &[&str], &str, usize); 4] = [
        ("with the pilot", &["S01E01", "S01E02"], "S00E01 S01E01 S01E02", 4),
        ("with a special", &["S00E01", "S02E03"], "S00E01 S01E01 S02E03", 4),
        ("over two seasons", &["S01E03", "S02E01"], "S00E01 S01E01", 4),
        ("three in one", &["S02E01", "S02E02", "S02E03"], "S00E01 S01E01", 3),
    ];
    for (name, positions, there, deleted) in cases {
        let mut household = Household::new(PilotRolling, &seasons, 1).one_file(positions);
        let decision = household.manual_reset();
        household.apply(&decision);
        assert_eq!(household.there(), there, "{name}");
        assert_eq!(decision.doomed_files().count(), deleted, "{name}");
        assert_eq!(household.monitored(), "S00E01 S01E01", "{name}");
    }
}

#[test]
fn a_season_marked_keep_stays_exactly_as_it_is() {
    let household = reset(
        Household::new(PilotRolling, &[(1, 2), (2, 2), (3, 2)], 1).with(|household| {
            household.show.keep_seasons.insert(2);
            household.episode("S02E02").monitored = false;
        }),
    );
    assert_eq!(household.there(), "S01E01 S02E01 S02E02");
    assert_eq!(household.monitored(), "S01E01 S02E01");
    assert!(household.snapshot.series.seasons[&2]);
}

#[test]
fn the_change_tells_what_it_frees() {
    let household = Household::new(PilotRolling, &[(1, 10)], 1);
    let change = change_to_baseline(&household.show, &household.snapshot);
    assert_eq!((change.files.len(), change.bytes()), (9, 9 * GIGABYTE));
    assert!(change.has_excess);
}
