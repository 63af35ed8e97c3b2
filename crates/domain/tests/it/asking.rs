//! When the user is asked before something goes, and what a "no" means (rule 17).

use crate::household::{Household, evening};
use cliffhangarr_domain::monitoring::MonitoringType::PilotRolling;
use cliffhangarr_domain::reset::{AfterRefusal, Amount, after_refusal, needs_confirmation};

fn pilot() -> Household {
    Household::new(PilotRolling, &[(1, 3), (2, 3)], 20)
}

#[test]
fn a_run_asks_first_when_it_would_delete_more_than_the_share() {
    let amount = |files, bytes| Amount { files, bytes };
    let cases = [
        ("half is not more than half", amount(10, 100), amount(5, 50), 50, false),
        ("more by number", amount(10, 100), amount(6, 10), 50, true),
        ("more by size", amount(10, 100), amount(1, 51), 50, true),
        ("everything, allowed", amount(10, 100), amount(10, 100), 100, false),
        ("nothing of nothing", amount(0, 0), amount(0, 0), 1, false),
        ("something of nothing known", amount(0, 0), amount(1, 0), 100, true),
    ];
    for (name, rolling, doomed, percent, expected) in cases {
        assert_eq!(needs_confirmation(rolling, doomed, percent), expected, "{name}");
    }
}

#[test]
fn what_decisions_delete_is_counted_together() {
    let decision = pilot().manual_reset();
    assert_eq!(
        Amount::doomed([&decision, &decision]),
        Amount {
            files: 10,
            bytes: 10 * crate::household::GIGABYTE
        }
    );
}

#[test]
fn a_refusal_holds_for_a_while_and_then_it_is_asked_again() {
    let settings = pilot().settings;
    let on = |day| after_refusal(evening(10), &settings, evening(day), &jiff::tz::TimeZone::UTC);
    let since = "10 November".to_owned();
    let stays = AfterRefusal::Stays { since };
    assert_eq!([on(10), on(16)], [stays.clone(), stays]);
    assert_eq!(on(17), AfterRefusal::AskedFirst);
    assert_eq!(
        on(9),
        AfterRefusal::AskedFirst,
        "a refusal ahead comes from a wrong clock"
    );
}
