//! What becomes of remembered things: the later halves of rules 4 and 5.

use crate::shows::{KEY, Show, at, days, enrolled, id, now, subject, told};
use cliffhangarr_domain as domain;
use domain::ids::EpisodeId;
use domain::monitoring::{MonitoringType, RollingShow};
use domain::plan::{Decision, Reminder, ReminderAbout};
use domain::reminders::{self, MAX_TRIES, OUTCOME_PAUSE, Progress, ReminderFacts};
use domain::settings::Settings;
use domain::standard;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

fn reminder(about: ReminderAbout, attempts: u32) -> Reminder {
    Reminder {
        series: KEY,
        about,
        due_at: now(),
        attempts,
        viewer: Some("Alice".to_owned()),
    }
}

fn decide_at(now: Timestamp, show: &Show, reminder: &Reminder, rolling: Option<&RollingShow>) -> Decision {
    let facts = ReminderFacts {
        show: rolling,
        settings: &Settings::default(),
        progress: &BTreeMap::new(),
    };
    reminders::decide(show.around_at(now), &subject(), reminder, facts)
}

fn due(show: &Show, about: ReminderAbout) -> String {
    told(&[decide_at(now(), show, &reminder(about, 0), None)]).remove(0)
}

fn season_listed(season: i32) -> ReminderAbout {
    ReminderAbout::SeasonListed { season }
}

fn aired(episodes: &[EpisodeId]) -> ReminderAbout {
    ReminderAbout::EpisodesAired {
        season: 1,
        episodes: episodes.to_vec(),
    }
}

fn outcome(episodes: &[i32], whole_season: bool, ago: SignedDuration) -> ReminderAbout {
    let episodes = episodes.iter().map(|&episode| id(1, episode)).collect();
    ReminderAbout::SearchOutcome {
        season: 1,
        episodes,
        whole_season,
        sent_at: now() - ago,
    }
}

#[test]
fn a_season_that_got_its_episodes_is_done_as_if_it_had_been_there() {
    for (letters, plan) in [
        ("...", "nowListed: season 2 on; S02E01–E03 on; search season 2 (3)"),
        (
            "--",
            "notAired: season 2 on; S02E01–E02 on; remember S02E01 in 169 h; remember S02E02 in 337 h",
        ),
        ("FF", "nothingMissing"),
        ("qq", "alreadyQueued: season 2 on; S02E01–E02 on"),
        ("", "notListed: remember season 2 in 48 h"),
    ] {
        let show = Show::new().season(1, "FFF").unmonitored_season(2, letters);
        assert_eq!(due(&show, season_listed(2)), plan, "{letters}");
    }
    assert_eq!(due(&Show::new().season(1, "FFF"), season_listed(2)), "moot");
}

#[test]
fn a_rolling_show_grows_by_a_listed_season_in_its_own_way() {
    let show = Show::new().season(1, "FFF").unmonitored_season(2, "...");
    let plan = |monitoring_type| {
        told(&[decide_at(
            now(),
            &show,
            &reminder(season_listed(2), 0),
            Some(&enrolled(monitoring_type)),
        )])
        .remove(0)
    };
    let season = "nowListed: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for nobody";
    assert_eq!(plan(MonitoringType::PilotRolling), season);
    assert_eq!(plan(MonitoringType::FirstSeasonRolling), season);
    assert_eq!(
        plan(MonitoringType::AllSeasonPilotRolling),
        "nowListed: S02E01 on; search S02E01"
    );
}

#[test]
fn looks_at_an_empty_season_grow_apart_to_a_week() {
    let show = Show::new().season(1, "FFF").season(2, "");
    for (attempts, hours) in [(0, 48), (1, 96), (2, 168), (3, 168), (900, 168)] {
        let next = decide_at(now(), &show, &reminder(season_listed(2), attempts), None)
            .reminders
            .remove(0);
        assert_eq!(
            (next.attempts, next.due_at),
            (attempts + 1, now() + SignedDuration::from_hours(hours))
        );
        assert_eq!(next.about, season_listed(2));
    }
}

#[test]
fn nothing_is_remembered_for_standard_monitoring_that_was_switched_off() {
    let show = Show::new().season(1, "Fmm").season(2, "...");
    for about in [season_listed(2), aired(&[id(1, 2)]), outcome(&[2, 3], false, days(8))] {
        let plan = |rolling| {
            let settings = Settings {
                standard_monitoring: false,
                ..Settings::default()
            };
            let facts = ReminderFacts {
                show: rolling,
                settings: &settings,
                progress: &BTreeMap::new(),
            };
            let decision = reminders::decide(show.around(), &subject(), &reminder(about.clone(), 0), facts);
            told(&[decision]).remove(0)
        };
        assert_eq!(plan(None), "moot");
        let watched = RollingShow {
            last_watched_at: Some(now()),
            ..enrolled(MonitoringType::FirstSeasonRolling)
        };
        assert_ne!(plan(Some(&watched)), "moot");
    }
}

#[test]
fn an_episode_that_has_aired_is_searched_if_it_is_still_wanted_and_missing() {
    // season 1, what comes of the reminder for its E02
    for (letters, plan) in [
        ("Fm", "nowAired: search S01E02"),
        ("FF", "moot"),
        ("F.", "moot"),
        ("F", "moot"),
        ("Fu", "notAired: remember S01E02 in 337 h"),
        ("Fq", "alreadyQueued: remember S01E02 in 24 h"),
    ] {
        assert_eq!(
            due(&Show::new().season(1, letters), aired(&[id(1, 2)])),
            plan,
            "{letters}"
        );
    }
    let show = Show::new().season(1, "Fm");
    assert_eq!(
        due(&show.clone().searched(1, 2, days(1)), aired(&[id(1, 2)])),
        "searchedRecently: remember S01E02 in 144 h"
    );
    assert_eq!(due(&show.clone().unmonitored(), aired(&[id(1, 2)])), "moot");
    // Only what is remembered is searched, and no flag is changed.
    let show = Show::new().unmonitored_season(1, "mmm.");
    assert_eq!(due(&show, aired(&[id(1, 2), id(1, 4)])), "nowAired: search S01E02");
}

#[test]
fn a_season_search_from_before_an_episode_aired_does_not_stand_in_its_way() {
    let show = Show::new()
        .season(1, "mm")
        .with(1, 2, |episode| episode.airs = Some(now() - days(1)));
    let searched = show.searched_season(1, days(2));
    assert_eq!(
        due(&searched, aired(&[id(1, 1), id(1, 2)])),
        "nowAired: search S01E02; remember S01E01 in 120 h"
    );
}

#[test]
fn a_download_that_comes_to_nothing_leaves_the_search_owed() {
    let downloading = Show::new().season(1, "Fq");
    let next = decide_at(now(), &downloading, &reminder(aired(&[id(1, 2)]), 0), None)
        .reminders
        .remove(0);
    assert_eq!(next.attempts, 1);
    let mut failed = downloading;
    failed.snapshot.queued = Some(Default::default());
    let decision = decide_at(next.due_at, &failed, &next, None);
    assert_eq!(told(&[decision]), ["nowAired: search S01E02"]);
}

#[test]
fn an_unaired_season_is_searched_episode_by_episode_as_it_airs() {
    let mut show = Show::new().season(1, "FFF").unmonitored_season(2, "---");
    let plan = standard::decide(show.around(), &subject(), at(1, 3), &Settings::default());
    show.carry_out(&plan, now());
    assert!((1..=3).all(|episode| show.is_monitored(2, episode)));
    let remembered = plan[0].reminders.clone();
    assert_eq!(remembered.len(), 3);
    for (number, reminder) in (1..).zip(&remembered) {
        let decision = decide_at(reminder.due_at, &show, reminder, None);
        assert_eq!(
            told(std::slice::from_ref(&decision)),
            [format!("nowAired: search S02E0{number}")]
        );
        show.carry_out(&[decision], reminder.due_at);
        // Asking a second time searches nothing.
        let again = decide_at(reminder.due_at, &show, reminder, None);
        assert_eq!(again.searches(), 0, "{}", told(&[again])[0]);
    }
}

#[test]
fn the_outcome_of_a_search_is_looked_at() {
    let minutes = SignedDuration::from_mins;
    // season 1 as it is now; the search for E02 and E03 was sent ten minutes ago
    for (letters, plan) in [
        ("FFF", "searchSucceeded"),
        ("FF.", "searchSucceeded"),
        ("F..", "moot"),
        ("F", "moot"),
        ("Fqq", "alreadyQueued: look after S01E02–E03 in 1 h"),
        ("FqF", "alreadyQueued: look after S01E02 in 1 h"),
        ("Fmm", "searchedRecently: look after S01E02–E03 in 168 h"),
        ("Fqm", "searchedRecently: look after S01E02–E03 in 168 h"),
    ] {
        assert_eq!(
            due(&Show::new().season(1, letters), outcome(&[2, 3], false, minutes(10))),
            plan,
            "{letters}"
        );
    }
    let unmonitored = Show::new().season(1, "Fmm").unmonitored();
    assert_eq!(due(&unmonitored, outcome(&[2, 3], false, days(8))), "moot");
}

#[test]
fn a_season_that_was_searched_in_vain_is_followed_by_episodes_after_the_seven_days() {
    let show = Show::new().season(1, "mmmq").searched_season(1, days(1));
    let waits = "searchedRecently: look after S01E01–E04 in 144 h";
    assert_eq!(due(&show, outcome(&[1, 2, 3, 4], true, days(1))), waits);
    let later = Show::new().season(1, "mmmq").searched_season(1, days(7));
    let plan = due(&later, outcome(&[1, 2, 3, 4], true, days(7)));
    assert_eq!(plan, "searchAgain: search S01E01–E03; look after S01E01–E04 in 0 h");
}

#[test]
fn a_search_in_vain_is_repeated_with_growing_pauses_and_then_given_up() {
    let mut show = Show::new().season(1, "Fm").searched(1, 2, SignedDuration::ZERO);
    let mut reminder = Reminder {
        due_at: now() + OUTCOME_PAUSE,
        ..reminder(outcome(&[2], false, SignedDuration::ZERO), 0)
    };
    let mut searches = Vec::new();
    let reason = loop {
        let decision = decide_at(reminder.due_at, &show, &reminder, None);
        if decision.searches() > 0 {
            searches.push(reminder.due_at.duration_since(now()).as_hours() / 24);
        }
        show.carry_out(std::slice::from_ref(&decision), reminder.due_at);
        match decision.reminders.first() {
            Some(next) => {
                assert!(next.due_at > reminder.due_at, "time passes between two looks");
                reminder = next.clone();
            }
            None => break decision.reason,
        }
    };
    assert_eq!(reason, domain::plan::Reason::GaveUp);
    assert_eq!(searches, [7, 21, 49], "after the first search, {MAX_TRIES} in all");
}

#[test]
fn a_newer_search_for_the_same_episode_postpones_the_repetition() {
    let show = Show::new().season(1, "Fm").searched(1, 2, days(2));
    assert_eq!(
        due(&show, outcome(&[2], false, days(9))),
        "searchedRecently: look after S01E02 in 120 h"
    );
    // So does an air date that was put off.
    let show = Show::new().season(1, "Fu");
    assert_eq!(
        due(&show, outcome(&[2], false, days(9))),
        "searchedRecently: look after S01E02 in 337 h"
    );
}

#[test]
fn dates_at_the_end_of_time_are_no_trouble() {
    let show = Show::new()
        .season(1, "Fu")
        .with(1, 2, |episode| episode.airs = Some(Timestamp::MAX));
    let decision = decide_at(now(), &show, &reminder(aired(&[id(1, 2)]), 0), None);
    assert_eq!(decision.reminders[0].due_at, Timestamp::MAX);
}

#[test]
fn what_was_searched_lately_is_looked_at_when_it_may_be_searched_again() {
    let mut show = Show::new()
        .season(1, "FFF")
        .unmonitored_season(2, "...")
        .searched_season(2, days(3));
    let plan = standard::decide(show.around(), &subject(), at(1, 3), &Settings::default());
    show.carry_out(&plan, now());
    let remembered = plan[0].reminders.clone();
    assert_eq!(remembered.len(), 1);
    assert_eq!(remembered[0].due_at, now() + days(4));
    let decision = decide_at(remembered[0].due_at, &show, &remembered[0], None);
    assert_eq!(
        told(&[decision]),
        ["nowAired: search season 2 (3)"],
        "a whole season is searched as one"
    );
}

#[test]
fn looks_at_undated_episodes_grow_apart_to_a_week() {
    let show = Show::new()
        .season(1, "F?")
        .with(1, 2, |episode| episode.monitored = true);
    for (attempts, hours) in [(0, 48), (1, 96), (2, 168), (900, 168)] {
        let next = decide_at(now(), &show, &reminder(aired(&[id(1, 2)]), attempts), None)
            .reminders
            .remove(0);
        assert_eq!(
            (next.attempts, next.due_at),
            (attempts + 1, now() + SignedDuration::from_hours(hours))
        );
    }
}

#[test]
fn a_download_is_looked_at_less_often_the_longer_it_takes_and_is_said_to_take_long() {
    let show = Show::new().season(1, "Fq");
    let minutes = SignedDuration::from_mins;
    for (ago, pause) in [
        (minutes(0), minutes(30)),
        (minutes(40), minutes(40)),
        (minutes(300), minutes(300)),
        (days(2), minutes(12 * 60)),
        (days(40), minutes(12 * 60)),
    ] {
        let decision = decide_at(now(), &show, &reminder(outcome(&[2], false, ago), 0), None);
        assert_eq!(decision.reminders[0].due_at, now() + pause, "{ago}");
        let is_long = decision.detail.contains("it may be stuck");
        assert_eq!(is_long, ago > days(3), "{}", decision.detail);
    }
}

#[test]
fn a_grab_that_came_to_nothing_is_told_apart_from_finding_nothing() {
    let show = Show::new().season(1, "Fmmmm");
    let progress = BTreeMap::from([
        (id(1, 2), Progress::DownloadFailed),
        (id(1, 3), Progress::Grabbed),
        (id(1, 4), Progress::Imported),
    ]);
    let facts = ReminderFacts {
        show: None,
        settings: &Settings::default(),
        progress: &progress,
    };
    let about = |attempts| reminder(outcome(&[2, 3, 4, 5], false, days(1)), attempts);
    let waiting = reminders::decide(show.around(), &subject(), &about(0), facts);
    assert_eq!(
        waiting.detail,
        "Nothing was found for S01E05 so far; S01E03 was grabbed, but is not being downloaded any more; \
         S01E02 was grabbed, but the download failed; S01E04 was imported, but its file is gone; \
         it is searched again later."
    );
    let given_up = reminders::decide(show.around(), &subject(), &about(MAX_TRIES - 1), facts);
    assert_eq!(given_up.reason, domain::plan::Reason::GaveUp);
    assert!(given_up.detail.contains("the download failed"), "{}", given_up.detail);
}

#[test]
fn what_nobody_watches_any_more_is_not_searched_again() {
    let show = Show::new().season(1, "Fm");
    let again = |watched: Option<Timestamp>, viewer: Option<&str>| {
        let rolling = RollingShow {
            last_watched_at: watched,
            ..enrolled(MonitoringType::FirstSeasonRolling)
        };
        let due = Reminder {
            viewer: viewer.map(str::to_owned),
            ..reminder(outcome(&[2], false, days(8)), 0)
        };
        decide_at(now(), &show, &due, Some(&rolling)).searches()
    };
    assert_eq!(again(Some(now() - days(6)), Some("Alice")), 1);
    assert_eq!(again(Some(now() - days(8)), Some("Alice")), 0);
    assert_eq!(again(None, Some("Alice")), 0);
    assert_eq!(again(None, None), 1, "it came with the calendar");
}
