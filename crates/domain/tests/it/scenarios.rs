//! The five scenarios of the feature's guide, as far as cleanup and reset go.

use crate::household::Household;
use cliffhangarr_domain::monitoring::MonitoringType::{FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::plan::Reason;

fn clean(household: &mut Household) {
    for decision in household.cleanup().into_iter().filter_map(|outlook| outlook.decision) {
        household.apply(&decision);
    }
}

#[test]
fn scenario_1_first_season_rolling_keeps_season_1_and_removes_those_between() {
    let mut household = Household::new(FirstSeasonRolling, &[(1, 3), (2, 3), (3, 3)], 1);
    household = household
        .watched("Alice", "S01E03", 1)
        .watched("Alice", "S02E01", 2)
        .on(9);
    household = household.watched("Alice", "S02E03", 9);
    clean(&mut household);
    assert!(
        household.there().starts_with("S01E01 S01E02 S01E03 S02E01"),
        "season 1 is available in season 2"
    );

    household = household.watched("Alice", "S03E01", 10).on(10);
    assert_eq!(household.verdicts(), "2 on 16, 3 seasonNeeded");
    household = household.watched("Alice", "S03E02", 15).on(16);
    clean(&mut household);
    assert_eq!(household.there(), "S01E01 S01E02 S01E03 S03E01 S03E02 S03E03");
}

#[test]
fn scenario_2_pilot_rolling_goes_back_to_the_pilot_behind_the_viewer() {
    let mut household = Household::new(PilotRolling, &[(1, 3), (2, 3), (3, 3)], 1);
    household = household
        .watched("Alice", "S01E03", 1)
        .watched("Alice", "S02E03", 5)
        .watched("Alice", "S03E01", 6)
        .on(6);
    assert_eq!(household.verdicts(), "1 on 8, 2 on 12, 3 seasonNeeded");
    household = household.on(8);
    clean(&mut household);
    assert_eq!(household.there(), "S01E01 S02E01 S02E02 S02E03 S03E01 S03E02 S03E03");
    household = household.watched("Alice", "S03E02", 11).on(12);
    clean(&mut household);
    assert_eq!(household.there(), "S01E01 S03E01 S03E02 S03E03");
    assert_eq!(household.monitored(), "S01E01 S03E01 S03E02 S03E03");
}

#[test]
fn scenario_3_somebody_behind_keeps_what_they_still_need() {
    let seasons = [(1, 3), (2, 3), (3, 3)];
    let mut household = Household::new(PilotRolling, &seasons, 20)
        .watched("Bob", "S01E02", 18)
        .watched("Alice", "S03E01", 20);
    let before = household.there();
    clean(&mut household);
    assert_eq!(household.there(), before);

    household = household
        .watched("Bob", "S02E01", 21)
        .watched("Bob", "S03E01", 28)
        .watched("Alice", "S03E02", 28)
        .on(28);
    clean(&mut household);
    assert_eq!(household.there(), "S01E01 S03E01 S03E02 S03E03");
}

#[test]
fn scenario_4_an_abandoned_show_returns_to_its_start() {
    let mut household = Household::new(PilotRolling, &[(1, 3), (2, 3)], 20).watched("Alice", "S02E01", 9);
    household = household.watched("Bob", "S01E03", 10);
    let decision = household.inactivity();
    assert_eq!(decision.reason, Reason::InactiveReset);
    household.apply(&decision);
    assert_eq!(
        (household.there(), household.monitored()),
        ("S01E01".to_owned(), "S01E01".to_owned())
    );
    assert!(household.entries.is_empty());
}

#[test]
fn scenario_5_cleanup_works_while_it_is_watched_and_the_reset_does_the_rest() {
    let mut household =
        Household::new(FirstSeasonRolling, &[(1, 2), (2, 2), (3, 2)], 20).watched("Alice", "S03E01", 20);
    clean(&mut household);
    assert_eq!(household.there(), "S01E01 S01E02 S03E01 S03E02");
    household = household.on(27);
    assert_eq!(
        household.verdicts(),
        "3 seasonNeeded",
        "cleanup never empties the season of whoever left"
    );
    let decision = household.inactivity();
    household.apply(&decision);
    assert_eq!(household.there(), "S01E01 S01E02");
}
