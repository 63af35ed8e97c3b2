//! What will go when: the words, and that the passes then decide just that.

use crate::household::{GIGABYTE, Household, evening};
use crate::properties::{TODAY, households};
use cliffhangarr_domain::cleanup::Verdict;
use cliffhangarr_domain::ids::EpisodeFileId;
use cliffhangarr_domain::monitoring::MonitoringType::{FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::observed::{Gap, ObservedTime};
use cliffhangarr_domain::outlook::{Fate, Passes, UsersWord};
use cliffhangarr_domain::plan::{Decision, Reason};
use cliffhangarr_domain::protection::Protection;
use cliffhangarr_domain::series::Episode;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const THREE: [(i32, i32); 3] = [(1, 4), (2, 4), (3, 4)];

/// Without the progressive cleanup.
fn pilot() -> Household {
    Household::new(PilotRolling, &THREE, 28).with(|it| it.settings.enable_progressive_cleanup = false)
}

fn cleaning() -> Household {
    Household::new(PilotRolling, &THREE, 28)
}

/// A pass at every moment.
fn at_once(household: &Household) -> Passes {
    Passes {
        next: household.now,
        every: SignedDuration::from_secs(1),
    }
}

fn outlook(household: &Household) -> Vec<Fate> {
    household.outlook(at_once(household))
}

fn sentences(household: &Household) -> Vec<String> {
    outlook(household).into_iter().map(|fate| fate.sentence).collect()
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
fn the_outlook_of_a_show_says_when_a_reset_comes_and_why_none_does() {
    let watched = |day| pilot().watched("Alice", "S02E01", day);
    let at_baseline = |household: &mut Household| {
        household.snapshot.episodes.iter_mut().skip(1).for_each(|episode| {
            episode.monitored = false;
            episode.file = None;
        });
    };
    let tag = Protection::Tagged {
        label: "keep".to_owned(),
    };
    let cases: Vec<(Household, Option<i64>, &str)> = vec![
        (
            watched(26),
            Some(33),
            "Back to the pilot on 3 December: Alice watched it on 26 November",
        ),
        (
            watched(20),
            Some(28),
            "Back to the pilot now: nobody has watched it since 20 November",
        ),
        (
            watched(26).playing("Bob", "S01E04"),
            None,
            "Kept: Bob is playing S01E04",
        ),
        (
            watched(20).with(|it| it.settings.enable_auto_reset = false),
            None,
            "Kept: the automatic reset is switched off",
        ),
        (
            watched(26).with(|it| it.show.keep_show = true),
            None,
            "Kept: the show is marked \"keep\"",
        ),
        (
            watched(20).with(|it| it.protection = tag),
            None,
            "Kept: it has the tag \"keep\" in Sonarr",
        ),
        (
            watched(26).with(at_baseline),
            None,
            "Kept: it is at its baseline, the pilot",
        ),
        (
            pilot(),
            None,
            "Kept: nobody has watched it since it was enrolled, and what is there was there before",
        ),
        (
            pilot().with(|it| {
                it.show.expanded_at = Some(evening(25));
                it.show.current_monitored_season = 2;
            }),
            Some(32),
            "Back to the pilot on 2 December: it was expanded on 25 November",
        ),
        (
            pilot().with(|it| {
                it.show.prior_files_may_go = true;
                it.show.enrolled_at = evening(27);
            }),
            Some(34),
            "Back to the pilot on 4 December: it was enrolled on 27 November",
        ),
        (
            watched(26).with(gap(27, None)),
            None,
            "Kept: last seen watched on 26 November, but what was played on Plex since 27 November is not known yet",
        ),
        (
            watched(26).with(gap(20, None)).with(at_baseline),
            None,
            "Kept: it is at its baseline, the pilot",
        ),
        (
            watched(18).with(gap(20, Some(24))),
            Some(29),
            "Back to the pilot on 29 November: last seen watched on 18 November, but only six days of the ten days since \
             then were observed",
        ),
        (
            watched(24).with(gap(25, Some(27))),
            Some(33),
            "Back to the pilot on 3 December: Alice watched it on 24 November, and not all of the time since then was \
             observed",
        ),
        (
            watched(26).with(|it| it.observed = ObservedTime::nothing()),
            None,
            "Kept: last seen watched on 26 November, but only zero days of the seven days since then were observed",
        ),
    ];
    for (household, day, sentence) in cases {
        let whole = &outlook(&household)[0];
        assert_eq!(whole.sentence, sentence);
        assert_eq!(whole.goes_at, day.map(evening), "{sentence}");
        assert_eq!(whole.season, None);
    }
}

#[test]
fn a_reset_comes_with_the_first_pass_that_finds_nobody() {
    let household = pilot().watched("Alice", "S02E01", 26);
    let passes = |hours| Passes {
        next: evening(28) + SignedDuration::from_hours(hours),
        every: SignedDuration::from_hours(24),
    };
    let whole = |hours| household.outlook(passes(hours)).remove(0);
    assert_eq!(whole(0).goes_at, Some(evening(33)), "just then");
    let after = evening(33) + SignedDuration::from_hours(5);
    assert_eq!(whole(5).goes_at, Some(after));
    assert_eq!(
        whole(5).sentence,
        "Back to the pilot on 4 December: Alice watched it on 26 November",
        "five hours later is the next day"
    );
    assert_eq!(
        whole(24 * 6 + 1).goes_at,
        Some(evening(34) + SignedDuration::from_hours(1))
    );
    let over = Passes {
        next: evening(20),
        every: SignedDuration::from_hours(24),
    };
    let inactive = pilot().watched("Alice", "S02E01", 20);
    assert_eq!(
        inactive.outlook(over)[0].goes_at,
        Some(inactive.now),
        "what is overdue is made up for"
    );
}

#[test]
fn seasons_go_by_themselves_or_with_the_show_and_say_so() {
    let on_the_way = cleaning().watched("Alice", "S01E04", 24).watched("Alice", "S02E02", 26);
    assert_eq!(
        sentences(&on_the_way),
        [
            "Back to the pilot on 3 December: Alice watched it on 26 November",
            "Season 1 on 1 December: Alice watched S01E04 on 24 November",
            "Season 2 kept: Alice watched S02E02 two days ago; it goes with the show on 3 December",
            "Season 3 kept: Alice watched S02E02 two days ago and has not got there yet; it goes with the show on 3 December",
        ]
    );
    let fates = outlook(&on_the_way);
    assert_eq!(
        (fates[0].files, fates[0].bytes),
        (8, 8 * GIGABYTE),
        "what goes before is not counted twice"
    );
    assert_eq!((fates[1].files, fates[1].with_show), (3, false));
    assert!(fates[2].with_show && fates[2].goes_at == Some(evening(33)));

    let without_cleanup = on_the_way.clone().with(|it| {
        it.settings.enable_progressive_cleanup = false;
        it.show.keep_seasons.insert(3);
    });
    assert_eq!(
        sentences(&without_cleanup)[1..],
        [
            "Season 1 goes with the show on 3 December",
            "Season 2 goes with the show on 3 December",
            "Season 3 kept: the season is marked \"keep\"",
        ]
    );
    assert_eq!(outlook(&without_cleanup)[0].files, 7);

    let off = without_cleanup.with(|it| it.settings.enable_auto_reset = false);
    assert_eq!(
        sentences(&off),
        [
            "Kept: the automatic reset is switched off",
            "Season 1 stays with the show",
            "Season 2 stays with the show",
            "Season 3 kept: the season is marked \"keep\"",
        ]
    );
    assert_eq!(outlook(&off)[1].verdict.reason(), Some(Reason::SwitchedOff));
}

#[test]
fn a_viewer_who_stopped_keeps_a_season_only_until_they_no_longer_count() {
    let household = cleaning().watched("Bob", "S01E02", 23).watched("Alice", "S02E01", 27);
    let fates = outlook(&household);
    assert_eq!(
        fates[1].sentence,
        "Season 1 kept: Bob watched S01E02 five days ago; it goes on 30 November if nobody goes on watching"
    );
    assert_eq!(fates[1].goes_at, Some(evening(30)));
    assert_eq!(household.on(30).verdicts(), "1 free, 2 seasonNeeded, 3 seasonNeeded");
}

#[test]
fn a_protected_time_that_ends_when_nobody_is_left_frees_nothing() {
    let together = cleaning().watched("Alice", "S01E04", 27).watched("Alice", "S02E01", 27);
    assert_eq!(
        sentences(&together)[1],
        "Season 1 kept: Alice watched S01E04 on 27 November, and by then nobody is watching the show any more; it goes \
         with the show on 4 December"
    );
}

#[test]
fn a_gap_that_lies_in_the_window_makes_a_season_wait() {
    let household = cleaning()
        .watched("Alice", "S01E04", 22)
        .watched("Alice", "S02E01", 28)
        .with(gap(23, Some(24)));
    let fates = outlook(&household);
    assert_eq!(
        fates[1].sentence,
        "Season 1 on 1 December: Alice watched S01E04 on 22 November, and not everything that was played lately is known yet"
    );
    assert_eq!(fates[1].goes_at, Some(evening(31)));
}

#[test]
fn what_was_there_before_stays_when_the_rest_goes() {
    let household = cleaning().with(|it| {
        it.show.expanded_at = Some(evening(25));
        it.show.current_monitored_season = 2;
    });
    assert_eq!(
        sentences(&household),
        [
            "Back to the pilot on 2 December: it was expanded on 25 November",
            "Season 1 kept: nobody is watching the show at present, so it is left to the reset of inactive shows; it goes \
             with the show on 2 December",
            "Season 2 kept: nobody is watching the show at present, so it is left to the reset of inactive shows; it goes \
             with the show on 2 December",
            "Season 3 kept: it was there before the show was enrolled",
        ]
    );
}

#[test]
fn a_show_whose_seasons_all_go_before_has_nothing_left_to_reset() {
    let household = Household::new(FirstSeasonRolling, &[(1, 4), (2, 4)], 28)
        .with(|it| {
            for position in ["S02E03", "S02E04"] {
                it.episode(position).monitored = false;
                it.episode(position).file = None;
            }
        })
        .watched("Alice", "S02E02", 24)
        .watched("Alice", "S03E01", 26);
    let fates = outlook(&household);
    assert_eq!(
        fates[1].sentence,
        "Season 2 on 1 December: Alice watched S02E02 on 24 November"
    );
    assert_eq!(
        fates[0].sentence,
        "Kept: it is at its baseline when its seasons have gone"
    );
    assert_eq!((fates[0].goes_at, fates[0].files), (None, 0));
}

/// A show of which season 1 is free; it is reset on 3 December.
fn free_season() -> Household {
    cleaning().watched("Alice", "S01E04", 20).watched("Alice", "S02E02", 26)
}

fn with_word(household: &Household, word: &UsersWord) -> Vec<Fate> {
    household.outlook_after(word, at_once(household))
}

#[test]
fn a_season_that_the_user_refused_goes_with_the_show_and_counts_as_the_shows() {
    let household = free_season();
    assert_eq!(sentences(&household)[1], "Season 1 now: Alice is in season 2");
    let refused = UsersWord {
        refused: BTreeMap::from([(1, evening(27))]),
        ..UsersWord::default()
    };
    let fates = with_word(&household, &refused);
    assert_eq!(
        fates[1].sentence,
        "Season 1 kept: you decided against it on 27 November; it goes with the show on 3 December"
    );
    assert_eq!(fates[1].verdict.reason(), Some(Reason::NeedsConfirmation));
    assert!(fates[1].with_show && !fates[1].asked_first && fates[1].goes_at == Some(evening(33)));
    assert_eq!((outlook(&household)[0].files, fates[0].files), (8, 11));

    let without_reset = household.with(|it| it.settings.enable_auto_reset = false);
    let season = with_word(&without_reset, &refused).remove(1);
    assert_eq!(season.sentence, "Season 1 kept: you decided against it on 27 November");
    assert_eq!((season.goes_at, season.with_show), (None, false));
}

#[test]
fn a_season_that_waits_for_the_user_counts_as_the_shows_until_there_is_a_word() {
    let household = free_season();
    let awaited = UsersWord {
        awaited: BTreeSet::from([1]),
        ..UsersWord::default()
    };
    let long_ago = UsersWord {
        refused: BTreeMap::from([(1, evening(10))]),
        ..UsersWord::default()
    };
    for word in [awaited, long_ago] {
        let fates = with_word(&household, &word);
        assert!(fates[1].asked_first && !fates[1].with_show);
        assert_eq!((fates[1].goes_at, fates[0].files), (Some(household.now), 11));
    }
}

#[test]
fn a_show_of_which_a_refused_season_is_left_has_something_to_reset() {
    let household = Household::new(FirstSeasonRolling, &[(1, 4), (2, 4)], 28)
        .watched("Alice", "S02E02", 20)
        .watched("Alice", "S03E01", 26);
    let refused = UsersWord {
        refused: BTreeMap::from([(2, evening(27))]),
        ..UsersWord::default()
    };
    assert_eq!(outlook(&household)[0].goes_at, None);
    let whole = with_word(&household, &refused).remove(0);
    assert_eq!((whole.goes_at, whole.files), (Some(evening(33)), 4));
}

/// What the passes of two months do, if nobody watches: when each season or show goes, and its files. A cleanup leaves the
/// seasons alone that the user has a word about.
fn lives_on(
    mut household: Household,
    word: &UsersWord,
    passes: Passes,
) -> Vec<(Timestamp, Option<i32>, BTreeSet<EpisodeFileId>)> {
    let step = SignedDuration::from_hours(6);
    let files = |decision: &Decision| decision.doomed_files().map(|file| file.id).collect::<BTreeSet<_>>();
    let mut done = Vec::new();
    let mut next_pass = passes.next.max(household.now);
    let end = household.now + SignedDuration::from_hours(24 * 60);
    while household.now <= end {
        if household.now >= next_pass {
            next_pass = household.now + passes.every;
            if household.settings.enable_auto_reset {
                let decision = household.inactivity_as_known();
                if decision.reason == Reason::InactiveReset {
                    done.push((household.now, None, files(&decision)));
                    household.apply(&decision);
                }
            }
        }
        let waits =
            |season: Option<i32>| season.is_some_and(|it| word.refused.contains_key(&it) || word.awaited.contains(&it));
        for decision in household.cleanup().into_iter().filter_map(|outlook| outlook.decision) {
            if waits(decision.subject.season) {
                continue;
            }
            done.push((household.now, decision.subject.season, files(&decision)));
            household.apply(&decision);
        }
        household.now += step;
    }
    done
}

/// Whether any file of a season is taken.
fn taken_of(season: Option<i32>, episodes: &[Episode], taken: &BTreeSet<EpisodeFileId>) -> bool {
    let mut of_season = episodes.iter().filter(|episode| Some(episode.at.season) == season);
    of_season.any(|episode| episode.file.is_some_and(|file| taken.contains(&file)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_foretold_for_a_time_is_what_the_passes_do_then(
        household in households(),
        cleans in any::<bool>(),
        resets in prop::bool::weighted(0.8),
        next in -8..8_i64,
        every in 1..5_i64,
        refused in prop::collection::btree_map(1..6_i32, 5..=TODAY, 0..3),
        awaited in prop::collection::btree_set(1..6_i32, 0..2),
    ) {
        let mut household = household;
        household.settings.enable_progressive_cleanup = cleans;
        household.settings.enable_auto_reset = resets;
        let quarter_days = |count: i64| SignedDuration::from_hours(6 * count);
        let passes = Passes { next: evening(TODAY) + quarter_days(next), every: quarter_days(every) };
        let first_season = household.snapshot.episodes.iter().map(|episode| episode.at.season).find(|season| *season > 0);
        let real = |season: i32| season - 1 + first_season.unwrap_or(1);
        let word = UsersWord {
            refused: refused.into_iter().map(|(season, day)| (real(season), evening(day))).collect(),
            awaited: awaited.into_iter().map(real).collect(),
        };
        let fates = household.outlook_after(&word, passes);
        let episodes = household.snapshot.episodes.clone();
        let done = lives_on(household, &word, passes);
        let taken: BTreeSet<EpisodeFileId> = done.iter().flat_map(|(_, _, files)| files.iter().copied()).collect();
        let first: BTreeMap<Option<i32>, _> = done.iter().rev().map(|(at, what, files)| (*what, (*at, files))).collect();
        for fate in &fates {
            let gone = first.get(&fate.season).map(|(at, _)| *at);
            if fate.season.is_none() {
                let taken = first.get(&None).map_or(0, |(_, files)| files.len());
                match fate.goes_at {
                    Some(at) => prop_assert_eq!((gone, taken), (Some(at), fate.files), "{:?} of {:#?}", fate, fates),
                    None => prop_assert_eq!(taken, 0, "{:?} of {:#?}", fate, fates),
                }
            } else if fate.with_show {
                prop_assert_eq!(gone, None, "{:?} of {:#?}", fate, fates);
                prop_assert_eq!(fate.goes_at, fates[0].goes_at);
            } else if fate.asked_first {
                prop_assert_eq!(gone, None, "{:?} of {:#?}", fate, fates);
            } else {
                prop_assert_eq!(gone, fate.goes_at, "{:?} of {:#?}", fate, fates);
                if let (Some(_), Some((_, files))) = (fate.goes_at, first.get(&fate.season)) {
                    prop_assert_eq!(files.len(), fate.files);
                }
            }
            if fate.goes_at.is_none() {
                prop_assert!(!taken_of(fate.season, &episodes, &taken), "{:?} of {:#?}", fate, fates);
            }
            let goes = matches!(fate.verdict, Verdict::Free { .. } | Verdict::FreeAt { .. });
            prop_assert!(!goes || fate.goes_at.is_some(), "{:?}", fate);
        }
        let foretold = |what: &Option<i32>| fates.iter().any(|fate| fate.season == *what);
        prop_assert!(done.iter().all(|(_, what, files)| files.is_empty() || foretold(what)));
    }
}
