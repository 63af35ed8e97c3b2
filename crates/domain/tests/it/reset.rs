//! When whole shows go back to their baseline (rules 13, 14, 15 and 17).

use crate::household::{Household, evening};
use cliffhangarr_domain::monitoring::MonitoringType::{FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::observed::{Gap, ObservedTime};
use cliffhangarr_domain::plan::{Bookkeeping, Reason};
use cliffhangarr_domain::protection::Protection;
use cliffhangarr_domain::series::NewItems;

fn pilot() -> Household {
    Household::new(PilotRolling, &[(1, 3), (2, 3)], 20)
}

fn gap(from: i64, until: Option<i64>) -> impl FnOnce(&mut Household) {
    let gap = Gap {
        from: evening(from),
        until: until.map(evening),
        server: "Plex".to_owned(),
    };
    move |household| household.observed = ObservedTime::new(evening(-300), vec![gap])
}

#[test]
fn a_show_is_reset_only_when_nobody_watched_it_for_long_enough_of_observed_time() {
    let watched = |day| pilot().watched("Alice", "S02E01", day);
    let expanded_to = |season| {
        pilot().with(|household| {
            household.show.expanded_at = Some(evening(10));
            household.show.current_monitored_season = season;
        })
    };
    let only_season_2 = |household: &mut Household| {
        household.snapshot.series.seasons.insert(1, false);
        for position in ["S01E02", "S01E03"] {
            household.episode(position).monitored = false;
            household.episode(position).file = None;
        }
    };
    let at_baseline = |household: &mut Household| {
        household.snapshot.episodes.iter_mut().skip(1).for_each(|episode| {
            episode.monitored = false;
            episode.file = None;
        });
    };
    let cases: Vec<(&str, Household, Reason)> = vec![
        ("watched ten days ago", watched(10), Reason::InactiveReset),
        ("watched exactly seven days ago", watched(13), Reason::InactiveReset),
        ("watched six days ago", watched(14), Reason::StillActive),
        (
            "watched lately only as an entry tells",
            watched(14).with(|it| it.show.last_watched_at = Some(evening(1))),
            Reason::StillActive,
        ),
        (
            "watched lately only as the master record tells",
            watched(10).with(|it| it.show.last_watched_at = Some(evening(14))),
            Reason::StillActive,
        ),
        (
            "watched by somebody outside the filter",
            watched(10).filtered_out("Bob").watched("Bob", "S01E01", 15),
            Reason::StillActive,
        ),
        (
            "being played by anybody",
            watched(10).playing("Bob", "S01E01"),
            Reason::BeingPlayed,
        ),
        (
            "a special being played",
            watched(10).playing("Bob", "S00E01"),
            Reason::BeingPlayed,
        ),
        (
            "a gap that leaves too little",
            watched(10).with(gap(12, Some(16))),
            Reason::PastUnknown,
        ),
        (
            "a gap that leaves enough",
            watched(10).with(gap(12, Some(15))),
            Reason::InactiveReset,
        ),
        ("a server away now", watched(1).with(gap(19, None)), Reason::PastUnknown),
        (
            "a server away now, watched lately",
            watched(14).with(gap(19, None)),
            Reason::StillActive,
        ),
        (
            "protect tag",
            watched(10).with(|it| it.protection = Protection::UnknownTag),
            Reason::Protected,
        ),
        (
            "keep",
            watched(10).with(|it| it.show.keep_show = true),
            Reason::Protected,
        ),
        ("at its baseline", watched(10).with(at_baseline), Reason::AtBaseline),
        (
            "at its baseline, with Sonarr's default for new seasons",
            watched(10)
                .with(at_baseline)
                .with(|it| it.snapshot.series.new_items = Some(NewItems::All)),
            Reason::AtBaseline,
        ),
        (
            "at its baseline, but our expansion still monitors new seasons",
            watched(10).with(at_baseline).with(|it| {
                it.snapshot.series.new_items = Some(NewItems::All);
                it.show.expanded_at = Some(evening(9));
            }),
            Reason::InactiveReset,
        ),
        ("never watched, all files from before", pilot(), Reason::NeverExpanded),
        (
            "never watched, at its baseline",
            pilot().with(at_baseline),
            Reason::AtBaseline,
        ),
        (
            "never watched, expanded by us long ago",
            expanded_to(2),
            Reason::InactiveReset,
        ),
        (
            "never watched, expanded by us, but not to what is there",
            expanded_to(1).with(only_season_2),
            Reason::NeverExpanded,
        ),
        (
            "never watched, expanded by us lately",
            pilot().with(|it| it.show.expanded_at = Some(evening(15))),
            Reason::StillActive,
        ),
        (
            "never watched, with consent",
            pilot().with(|it| it.show.prior_files_may_go = true),
            Reason::InactiveReset,
        ),
        (
            "watched only before it was enrolled, all files from before",
            watched(10).with(|it| it.show.enrolled_at = evening(11)),
            Reason::NeverExpanded,
        ),
        (
            "watched lately, but only before it was enrolled, all files from before",
            watched(15).with(|it| it.show.enrolled_at = evening(16)),
            Reason::NeverExpanded,
        ),
        (
            "expanded by us long ago, watched lately before it was enrolled",
            expanded_to(2)
                .watched("Alice", "S02E01", 14)
                .with(|it| it.show.enrolled_at = evening(15)),
            Reason::StillActive,
        ),
        (
            "watched before and after it was enrolled",
            watched(5)
                .watched("Bob", "S01E02", 10)
                .with(|it| it.show.enrolled_at = evening(6)),
            Reason::InactiveReset,
        ),
        (
            "with consent, watched only before it was enrolled",
            watched(8).with(|it| {
                it.show.prior_files_may_go = true;
                it.show.enrolled_at = evening(9);
            }),
            Reason::InactiveReset,
        ),
        (
            "enrolled lately with consent",
            pilot().with(|it| {
                it.show.prior_files_may_go = true;
                it.show.enrolled_at = evening(15);
            }),
            Reason::StillActive,
        ),
    ];
    for (name, household, reason) in cases {
        let decision = household.inactivity();
        assert_eq!(decision.reason, reason, "{name}: {}", decision.detail);
        let acts = reason == Reason::InactiveReset;
        assert_eq!(decision.actions.is_empty(), !acts, "{name}");
        let forgets = decision.afterwards
            == [Bookkeeping::Reset {
                show: household.show.id,
                coming: None,
            }];
        assert_eq!(forgets, acts, "{name}");
    }
}

#[test]
fn a_show_that_was_never_watched_loses_only_what_our_expansions_reached() {
    let mut household = Household::new(PilotRolling, &[(1, 3), (2, 3), (3, 3)], 20);
    household.show.expanded_at = Some(evening(10));
    household.show.current_monitored_season = 2;
    let mut consented = household.clone().with(|it| it.show.prior_files_may_go = true);
    household.apply(&household.inactivity());
    assert_eq!(household.there(), "S01E01 S03E01 S03E02 S03E03");
    consented.apply(&consented.inactivity());
    assert_eq!(consented.there(), "S01E01");
}

#[test]
fn what_was_watched_before_the_enrollment_gives_no_consent_to_more_than_our_expansions_reached() {
    let mut household = Household::new(PilotRolling, &[(1, 3), (2, 3), (3, 3)], 20).watched("Alice", "S03E02", 4);
    household.show.enrolled_at = evening(5);
    household.show.expanded_at = Some(evening(10));
    household.show.current_monitored_season = 2;
    household.apply(&household.inactivity());
    assert_eq!(household.there(), "S01E01 S03E01 S03E02 S03E03");
}

#[test]
fn the_decision_says_in_words_why() {
    let watched = |day| pilot().watched("Alice", "S02E01", day);
    let cases: Vec<(Household, &str)> = vec![
        (
            watched(10),
            "Nobody has watched it since 10 November: back to the pilot, 5 files (5.0 GB) are deleted.",
        ),
        (
            watched(14),
            "Alice watched it on 14 November; it is inactive on 21 November at the earliest.",
        ),
        (
            watched(10).with(gap(12, Some(16))),
            "Last seen watched on 10 November, but only six days of the ten days since then were observed.",
        ),
        (
            watched(1).with(gap(19, None)),
            "Last seen watched on 1 November, but what was played on Plex since 19 November is not known yet.",
        ),
        (watched(10).playing("Bob", "S01E01"), "Bob is playing S01E01."),
        (
            pilot().with(|it| {
                it.show.prior_files_may_go = true;
                it.show.enrolled_at = evening(15);
            }),
            "It was enrolled on 15 November; it is inactive on 22 November at the earliest.",
        ),
        (
            pilot().with(|it| {
                it.show.prior_files_may_go = true;
                it.show.enrolled_at = evening(10);
            }),
            "Nobody has watched it since it was enrolled: back to the pilot, 5 files (5.0 GB) are deleted.",
        ),
        (
            watched(10).with(|it| {
                it.protection = Protection::Tagged {
                    label: "keep".to_owned(),
                }
            }),
            "It stays because it has the tag \"keep\" in Sonarr.",
        ),
    ];
    for (household, detail) in cases {
        assert_eq!(household.inactivity().detail, detail);
    }
}

#[test]
fn a_reset_is_done_once() {
    let mut household = pilot().watched("Alice", "S02E01", 10);
    let decision = household.inactivity();
    household.apply(&decision);
    assert_eq!(household.there(), "S01E01");
    for day in [20, 30, 300] {
        let household = household.clone().on(day);
        assert_eq!(household.inactivity().reason, Reason::AtBaseline);
        assert_eq!(household.manual_reset().reason, Reason::AtBaseline);
    }
}

#[test]
fn what_is_still_being_fetched_at_a_reset_goes_when_its_time_has_passed() {
    let queued = |household: &mut Household, positions: &[&str]| {
        let ids = positions
            .iter()
            .map(|position| household.episode(position).id)
            .collect();
        household.snapshot.queued = Some(ids);
    };
    let coming = |household: &Household| match household.manual_reset().afterwards[..] {
        [Bookkeeping::Reset { coming, .. }] => coming,
        ref other => panic!("{other:?}"),
    };
    let show = || Household::new(PilotRolling, &[(0, 1), (1, 3), (2, 3), (3, 3)], 20).watched("Alice", "S02E01", 20);
    let cases: Vec<(&str, &[&str], Option<i32>)> = vec![
        ("nothing", &[], None),
        ("of two seasons", &["S02E03", "S03E01"], Some(3)),
        ("of the baseline and a special", &["S00E01", "S01E01"], None),
        ("beyond the baseline in its season", &["S01E02"], Some(1)),
    ];
    for (name, positions, expected) in cases {
        assert_eq!(coming(&show().with(|it| queued(it, positions))), expected, "{name}");
    }
    let kept = show().with(|it| {
        queued(it, &["S03E01"]);
        it.show.keep_seasons.insert(3);
    });
    assert_eq!(coming(&kept), None);

    let mut arrived = show().with(|it| queued(it, &["S02E03"]));
    arrived.apply(&arrived.manual_reset());
    arrived.snapshot.queued = None;
    arrived.episode("S02E03").file = Some(cliffhangarr_domain::ids::EpisodeFileId(9));
    assert_eq!(arrived.clone().on(26).inactivity().reason, Reason::StillActive);
    let arrived = arrived.on(27);
    let decision = arrived.inactivity();
    assert_eq!(decision.reason, Reason::InactiveReset, "{}", decision.detail);
    assert_eq!(decision.doomed_files().count(), 1);
}

#[test]
fn what_was_watched_before_a_reset_is_over_and_a_reset_of_a_wrong_clock_moots_nothing() {
    let show = pilot().with(|it| it.show.reset_at = Some(evening(10))).show;
    let was_reset_since = |watched, now| show.was_reset_since(evening(watched), evening(now));
    assert!(was_reset_since(9, 12) && was_reset_since(10, 12));
    assert!(!was_reset_since(11, 12));
    assert!(!was_reset_since(8, 9), "the reset lies ahead");
    assert!(!pilot().show.was_reset_since(evening(1), evening(9)));
}

#[test]
fn a_reset_on_request_does_not_wait_but_refuses_what_no_request_may_do() {
    let watched = || pilot().watched("Alice", "S02E01", 20);
    let cases: Vec<(&str, Household, Reason)> = vec![
        ("watched just now", watched(), Reason::ManualReset),
        ("never watched", pilot(), Reason::ManualReset),
        (
            "being played",
            watched().playing("Alice", "S02E01"),
            Reason::BeingPlayed,
        ),
        (
            "protected",
            watched().with(|it| it.protection = Protection::UnknownTag),
            Reason::Protected,
        ),
        ("a server away", watched().with(gap(19, None)), Reason::PastUnknown),
        ("a lost week", watched().with(gap(8, Some(15))), Reason::ManualReset),
    ];
    for (name, household, reason) in cases {
        assert_eq!(household.manual_reset().reason, reason, "{name}");
    }
}

#[test]
fn a_reset_on_request_forgets_progress_even_where_sonarr_is_at_the_baseline() {
    let household = Household::new(FirstSeasonRolling, &[(1, 3)], 20).watched("Alice", "S01E01", 19);
    let decision = household.manual_reset();
    assert_eq!(decision.reason, Reason::ManualReset);
    assert!(decision.actions.is_empty());
    assert_eq!(
        decision.afterwards,
        [Bookkeeping::Reset {
            show: household.show.id,
            coming: None,
        }]
    );
}
