//! When seasons behind the viewers go (rules 11, 12, 15 and 17).

use crate::household::{GIGABYTE, Household, evening};
use cliffhangarr_domain::cleanup::next_due;
use cliffhangarr_domain::monitoring::MonitoringType::{AllSeasonPilotRolling, FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::plan::Reason;
use cliffhangarr_domain::protection::{PlayingNow, Protection};

const FOUR: [(i32, i32); 4] = [(1, 10), (2, 10), (3, 10), (4, 10)];

fn first_season() -> Household {
    Household::new(FirstSeasonRolling, &FOUR, 28)
}

#[test]
fn a_season_goes_when_every_active_viewer_is_past_it_and_none_watched_it_lately() {
    let cases: Vec<(&str, Household, &str)> = vec![
        (
            "finished two days ago",
            first_season()
                .watched("Alice", "S02E10", 26)
                .watched("Alice", "S03E01", 27),
            "2 on 33, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "a week after its last episode",
            first_season()
                .watched("Alice", "S02E10", 26)
                .watched("Alice", "S03E01", 27)
                .on(33),
            "2 free, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "nobody ever watched it",
            first_season().watched("Alice", "S03E01", 27),
            "2 free, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "Bob is still in it",
            first_season()
                .watched("Alice", "S03E01", 27)
                .watched("Bob", "S02E04", 26),
            "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "Bob is before it",
            first_season()
                .watched("Alice", "S04E01", 27)
                .watched("Bob", "S01E04", 26),
            "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "Bob was in it but left the show",
            first_season()
                .watched("Bob", "S02E04", 10)
                .watched("Alice", "S03E01", 27),
            "2 free, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "Bob is past it too but watched it later than Alice",
            first_season()
                .watched("Alice", "S02E10", 20)
                .watched("Alice", "S03E02", 27)
                .watched("Bob", "S02E10", 25)
                .watched("Bob", "S03E01", 26),
            "2 on 32, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "Alice went back to it",
            first_season()
                .watched("Alice", "S03E01", 20)
                .watched("Alice", "S02E01", 27),
            "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "a viewer outside the filter is in it",
            first_season()
                .filtered_out("Bob")
                .watched("Bob", "S02E04", 27)
                .watched("Alice", "S03E01", 27),
            "2 free, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "a viewer outside the filter is playing it",
            first_season()
                .filtered_out("Bob")
                .watched("Alice", "S03E01", 27)
                .playing("Bob", "S02E04"),
            "2 beingPlayed, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "somebody is playing something unknown of the show",
            first_season().watched("Alice", "S04E01", 27).with(|household| {
                household.playing.push(PlayingNow {
                    season: None,
                    episodes: Vec::new(),
                    viewer: None,
                });
            }),
            "2 beingPlayed, 3 beingPlayed, 4 beingPlayed",
        ),
        (
            "nobody is active",
            first_season().watched("Alice", "S03E01", 10),
            "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        ),
        (
            "only viewers outside the filter are active",
            first_season().filtered_out("Bob").watched("Bob", "S04E01", 27),
            "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        ),
    ];
    for (name, household, verdicts) in cases {
        assert_eq!(household.verdicts(), verdicts, "{name}");
    }
}

#[test]
fn a_season_in_the_middle_goes_while_one_before_it_is_needed_only_as_baseline() {
    let household = first_season().watched("Alice", "S04E01", 27);
    assert_eq!(household.verdicts(), "2 free, 3 free, 4 seasonNeeded");
}

#[test]
fn nothing_is_free_until_somebody_watches_after_the_enrollment_and_earlier_viewings_protect() {
    let enrolled = |household: Household| household.with(|it| it.show.enrolled_at = evening(26));
    let before = first_season()
        .watched("Bob", "S02E10", 23)
        .watched("Bob", "S04E01", 24)
        .watched("Alice", "S04E01", 25);
    let before = enrolled(before);
    assert_eq!(before.verdicts(), "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded");
    assert_eq!(
        before.cleanup()[1].sentence,
        "Season 3 kept: nobody has watched it since it was enrolled"
    );
    let after = before.watched("Alice", "S04E02", 27);
    assert_eq!(after.verdicts(), "2 on 30, 3 free, 4 seasonNeeded");
    let filtered = first_season()
        .watched("Alice", "S04E01", 25)
        .filtered_out("Carol")
        .watched("Carol", "S04E01", 27);
    assert_eq!(
        enrolled(filtered).verdicts(),
        "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded",
        "who is not in the filter moves nothing"
    );
}

#[test]
fn the_window_ends_to_the_second() {
    let household = first_season()
        .watched("Alice", "S02E10", 20)
        .watched("Alice", "S03E01", 27);
    let before = household
        .clone()
        .on(27)
        .with(|household| household.now -= jiff::SignedDuration::from_secs(1));
    assert_eq!(before.verdicts(), "2 on 27, 3 seasonNeeded, 4 seasonNeeded");
    assert_eq!(household.on(27).verdicts(), "2 free, 3 seasonNeeded, 4 seasonNeeded");
}

#[test]
fn at_once_ignores_the_advancing_viewers_own_watching_but_not_the_others() {
    let at_once = |household: Household| household.with(|it| it.settings.progressive_cleanup_at_once = true);
    let alice = || {
        at_once(first_season())
            .watched("Alice", "S02E10", 28)
            .watched("Alice", "S03E01", 28)
    };
    assert_eq!(alice().verdicts(), "2 free, 3 seasonNeeded, 4 seasonNeeded");
    let bob_in_it = alice().watched("Bob", "S02E03", 25);
    assert_eq!(bob_in_it.verdicts(), "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded");
    let bob_past_it = alice().watched("Bob", "S02E10", 25).watched("Bob", "S03E02", 26);
    assert_eq!(bob_past_it.verdicts(), "2 on 32, 3 seasonNeeded, 4 seasonNeeded");
    assert_eq!(bob_past_it.on(32).verdicts(), "2 free, 3 seasonNeeded, 4 seasonNeeded");
    let playing = alice().playing("Alice", "S02E10");
    assert_eq!(playing.verdicts(), "2 beingPlayed, 3 seasonNeeded, 4 seasonNeeded");
}

#[test]
fn protection_keep_and_an_unknown_past_hold_every_season() {
    let free = || first_season().watched("Alice", "S04E01", 27);
    let tag = Protection::Tagged {
        label: "cliffhangarr-keep".to_owned(),
    };
    let cases: Vec<(&str, Household, &str)> = vec![
        (
            "protect tag",
            free().with(|it| it.protection = tag),
            "2 protected, 3 protected, 4 protected",
        ),
        (
            "unknown tag",
            free().with(|it| it.protection = Protection::UnknownTag),
            "2 protected, 3 protected, 4 protected",
        ),
        (
            "keep show",
            free().with(|it| it.show.keep_show = true),
            "2 protected, 3 protected, 4 protected",
        ),
        (
            "keep season 2",
            free().with(|it| assert!(it.show.keep_seasons.insert(2))),
            "2 protected, 3 free, 4 seasonNeeded",
        ),
        (
            "past unknown",
            free().with(|it| it.past_known = false),
            "2 pastUnknown, 3 pastUnknown, 4 seasonNeeded",
        ),
        (
            "switched off",
            free().with(|it| it.settings.enable_progressive_cleanup = false),
            "",
        ),
    ];
    for (name, household, verdicts) in cases {
        assert_eq!(household.verdicts(), verdicts, "{name}");
    }
}

#[test]
fn nothing_goes_below_the_baseline() {
    let seasons = [(0, 1), (1, 3), (2, 3), (3, 3)];
    let cases = [
        (
            PilotRolling,
            "S00E01 S01E01 S03E01 S03E02 S03E03",
            [(1, false), (2, false), (3, true)],
        ),
        (
            FirstSeasonRolling,
            "S00E01 S01E01 S01E02 S01E03 S03E01 S03E02 S03E03",
            [(1, true), (2, false), (3, true)],
        ),
        (
            AllSeasonPilotRolling,
            "S00E01 S01E01 S02E01 S03E01 S03E02 S03E03",
            [(1, false), (2, false), (3, true)],
        ),
    ];
    for (monitoring_type, left, flags) in cases {
        let mut household = Household::new(monitoring_type, &seasons, 28).watched("Alice", "S03E01", 27);
        for decision in household.cleanup().into_iter().filter_map(|outlook| outlook.decision) {
            household.apply(&decision);
        }
        assert_eq!(household.there(), left, "{monitoring_type:?}");
        assert_eq!(household.monitored(), left, "{monitoring_type:?}");
        for (season, flag) in flags {
            assert_eq!(
                household.snapshot.series.seasons[&season], flag,
                "{monitoring_type:?}, season {season}"
            );
        }
    }
}

#[test]
fn a_cleanup_never_monitors_what_was_unmonitored() {
    let mut household = Household::new(AllSeasonPilotRolling, &[(1, 3), (2, 3)], 28).watched("Alice", "S02E01", 27);
    household.episode("S01E01").monitored = false;
    let decision = household.cleanup().remove(0).decision.unwrap();
    household.apply(&decision);
    assert_eq!(household.monitored(), "S02E01 S02E02 S02E03");
}

#[test]
fn a_file_that_reaches_into_a_needed_season_stays() {
    let mut household = first_season()
        .watched("Alice", "S03E01", 27)
        .one_file(&["S02E10", "S03E01"]);
    let outlook = household.cleanup().remove(0);
    assert_eq!((outlook.files, outlook.bytes), (9, 9 * GIGABYTE));
    household.apply(&outlook.decision.unwrap());
    assert!(household.there().contains("S02E10 S03E01"));
    assert_eq!(household.verdicts(), "3 seasonNeeded, 4 seasonNeeded");
}

#[test]
fn the_outlook_says_in_words_what_happens_when_and_why() {
    let waiting = first_season()
        .watched("Alice", "S02E10", 26)
        .watched("Alice", "S03E01", 27);
    let outlooks = waiting.cleanup();
    assert_eq!(
        outlooks[0].sentence,
        "Season 2 on 3 December: Alice watched S02E10 on 26 November"
    );
    assert_eq!(outlooks[1].sentence, "Season 3 kept: Alice watched S03E01 one day ago");
    assert_eq!(
        outlooks[2].sentence,
        "Season 4 kept: Alice watched S03E01 one day ago and has not got there yet"
    );
    assert_eq!(next_due(&outlooks), Some(evening(33)));
    assert_eq!(outlooks[0].last_viewed, Some(evening(26)));

    let held = first_season()
        .watched("Alice", "S04E01", 27)
        .watched("Bob", "S02E04", 26);
    assert_eq!(
        held.cleanup()[0].sentence,
        "Season 2 kept: Bob watched S02E04 two days ago"
    );

    let played = first_season().watched("Alice", "S04E01", 27).playing("Bob", "S02E04");
    assert_eq!(played.cleanup()[0].sentence, "Season 2 kept: Bob is playing S02E04");

    let free = waiting.on(33).cleanup().remove(0);
    assert_eq!(free.sentence, "Season 2 now: Alice is in season 3");
    let decision = free.decision.unwrap();
    assert_eq!(
        (decision.reason, decision.subject.season),
        (Reason::ProgressiveCleanup, Some(2))
    );
    let detail = "Season 2 goes, 10 files (10.0 GB): Alice is in season 3; Alice watched S02E10 on 26 November.";
    assert_eq!(decision.detail, detail);
}

#[test]
fn a_viewer_let_through_the_filter_only_now_counts_from_the_season_watched_last() {
    let mut household = first_season()
        .filtered_out("Bob")
        .watched("Bob", "S02E04", 26)
        .watched("Alice", "S04E01", 27);
    household.filtered_out.clear();
    assert_eq!(household.verdicts(), "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded");
}

#[test]
fn a_viewer_who_went_back_while_filtered_out_is_where_they_went_back_to() {
    let mut household = first_season()
        .with(|household| household.settings.progressive_cleanup_at_once = true)
        .watched("Bob", "S03E01", 26)
        .filtered_out("Bob")
        .watched("Bob", "S02E04", 27)
        .watched("Alice", "S04E01", 27);
    household.filtered_out.clear();
    assert_eq!(household.verdicts(), "2 seasonNeeded, 3 seasonNeeded, 4 seasonNeeded");
}
