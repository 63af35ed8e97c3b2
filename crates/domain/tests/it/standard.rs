//! Standard monitoring: rule 7, with rules 3 to 6 as they show in it.

use crate::shows::{Show, at, days, now, subject, told};
use cliffhangarr_domain as domain;
use domain::series::NewItems;
use domain::settings::Settings;
use domain::standard;

fn settings(remaining_episodes: u32) -> Settings {
    Settings {
        remaining_episodes,
        ..Settings::default()
    }
}

/// What comes of watching an episode with two remaining episodes as threshold.
fn watch(show: &Show, season: i32, episode: i32) -> Vec<String> {
    told(&standard::decide(
        show.around(),
        &subject(),
        at(season, episode),
        &settings(2),
    ))
}

#[track_caller]
fn expect(show: &Show, (season, episode): (i32, i32), plan: &[&str]) {
    assert_eq!(watch(show, season, episode), plan, "watching {}", at(season, episode));
}

#[test]
fn the_next_season_is_searched_when_as_many_episodes_are_left_as_the_threshold() {
    let show = Show::new().season(1, "FFFFFFFFFF").unmonitored_season(2, "....");
    let search = "nextSeason: season 2 on; S02E01–E04 on; search season 2 (4)";
    // threshold, episode of ten, whether it triggers
    for (threshold, episode, triggers) in [
        (2, 1, false),
        (2, 7, false),
        (2, 8, true),
        (2, 9, true),
        (2, 10, true),
        (1, 8, false),
        (1, 9, true),
        (10, 1, true),
        (9, 1, true),
        (8, 1, false),
    ] {
        let plan = told(&standard::decide(
            show.around(),
            &subject(),
            at(1, episode),
            &settings(threshold),
        ));
        let expected = if triggers { search } else { "notNearEnd" };
        assert_eq!(plan, [expected], "E{episode} of 10 with {threshold}");
    }
}

#[test]
fn remaining_counts_the_list_and_not_the_numbers() {
    let next = ".";
    // Ten numbers, of which E05 to E09 do not exist: after E04 only one is left.
    let gaps = Show::new().season(1, "FFFF     F").season(2, next);
    expect(&gaps, (1, 4), &["nextSeason: S02E01 on; search S02E01"]);
    expect(&gaps, (1, 2), &["notNearEnd"]);
    // The media server has an E08 that Sonarr lacks: what Sonarr lists after it still counts.
    let hole = Show::new().season(1, "FFFFFFF FFFF").season(2, next);
    expect(&hole, (1, 8), &["notNearEnd"]);
    let hole = Show::new().season(1, "FFFFFFF FF").season(2, next);
    expect(&hole, (1, 8), &["nextSeason: S02E01 on; search S02E01"]);
    // Unaired and unmonitored episodes of the season count as well.
    let airing = Show::new().season(1, "FFFFuuu").season(2, next);
    expect(
        &airing,
        (1, 4),
        &["notAired: remember S01E05 in 841 h; remember S01E06 in 1009 h"],
    );
}

#[test]
fn a_number_that_sonarr_does_not_know_changes_nothing() {
    let show = Show::new()
        .season(1, "FFFFFFFFFF")
        .unmonitored_season(2, "....")
        .new_items(Some(NewItems::None))
        .unmonitored();
    expect(&show, (1, 131), &["episodeUnknown"]);
    expect(&show, (1, 11), &["episodeUnknown"]);
    expect(&show, (7, 1), &["episodeUnknown"]);
    let late_start = Show::new().season(1, "    FFFF").season(2, "....");
    expect(&late_start, (1, 3), &["episodeUnknown"]);
}

#[test]
fn the_next_season_is_the_next_number_that_sonarr_lists() {
    let gap = Show::new().season(2, "FFF").season(4, "...");
    expect(&gap, (2, 3), &["nextSeason: S04E01–E03 on; search season 4 (3)"]);
    let years = Show::new().season(2019, "FFF").season(2021, "mmm").season(2022, "mmm");
    expect(&years, (2019, 3), &["nextSeason: search season 2021 (3)"]);
    // From the season being watched, not from the highest one ever reached.
    let back = Show::new().season(1, "FFF").season(2, "mmm").season(3, "FFF");
    expect(&back, (1, 3), &["nextSeason: search season 2 (3)"]);
}

#[test]
fn a_season_without_episodes_is_remembered() {
    expect(
        &Show::new().season(1, "FFF").season(2, ""),
        (1, 3),
        &["notListed: remember season 2 in 24 h"],
    );
    // A season further on does not take its place.
    let show = Show::new().season(1, "FFF").season(2, "").season(3, "mmm");
    expect(&show, (1, 3), &["notListed: remember season 2 in 24 h"]);
}

#[test]
fn unaired_episodes_are_monitored_and_remembered_but_not_searched() {
    let unaired = Show::new().season(1, "FFF").unmonitored_season(2, "--");
    expect(
        &unaired,
        (1, 3),
        &["notAired: season 2 on; S02E01–E02 on; remember S02E01 in 169 h; remember S02E02 in 337 h"],
    );
    // Half of it has aired: that half is searched, one by one, and the season's flag is wanted for the other one.
    let half = Show::new().season(1, "FFF").unmonitored_season(2, "..-");
    expect(
        &half,
        (1, 3),
        &["nextSeason: season 2 on; S02E01–E03 on; search S02E01–E02; remember S02E03 in 505 h"],
    );
    // Without a date nobody can say that it has aired.
    let undated = Show::new().season(1, "FFF").season(2, "m?");
    expect(
        &undated,
        (1, 3),
        &["nextSeason: S02E02 on; search S02E01; remember S02E02 in 24 h"],
    );
}

#[test]
fn nothing_is_searched_that_is_there_downloading_or_searched_lately() {
    let complete = Show::new().season(1, "FFF").season(2, "FFF");
    expect(&complete, (1, 3), &["nothingMissing"]);
    let downloading = Show::new().season(1, "FFF").season(2, "qqq");
    expect(&downloading, (1, 3), &["alreadyQueued"]);
    let partly = Show::new().season(1, "FFF").season(2, "Fqmm");
    expect(&partly, (1, 3), &["nextSeason: search S02E03–E04"]);
    let missing = Show::new().season(1, "FFF").season(2, "mmm");
    for (ago, plan) in [
        (days(0), "searchedRecently: remember S02E01–E03 in 168 h"),
        (days(6), "searchedRecently: remember S02E01–E03 in 24 h"),
        (days(7), "nextSeason: search season 2 (3)"),
        (days(30), "nextSeason: search season 2 (3)"),
    ] {
        expect(&missing.clone().searched_season(2, ago), (1, 3), &[plan]);
    }
    expect(
        &missing.clone().searched(2, 2, days(3)),
        (1, 3),
        &["nextSeason: search S02E01, E03; remember S02E02 in 96 h"],
    );
    // The memory of another season is none.
    expect(
        &missing.searched_season(1, days(1)),
        (1, 3),
        &["nextSeason: search season 2 (3)"],
    );
}

#[test]
fn a_season_search_needs_the_whole_season_wanted_and_aired() {
    // the next season, the search
    for (letters, search) in [
        ("mmmm", "search season 2 (4)"),
        ("mmm", "search season 2 (3)"),
        ("m", "search S02E01"),
        ("Fmmm", "search S02E02–E04"),
        ("mmFm", "search S02E01–E02, E04"),
        ("mm m", "search season 2 (3)"),
        ("mqmm", "search S02E01, E03–E04"),
    ] {
        let show = Show::new().season(1, "FFF").season(2, letters);
        expect(&show, (1, 3), &[&format!("nextSeason: {search}")]);
    }
    // Where space is short, packs are avoided.
    let show = Show::new().season(1, "FFF").season(2, "mm");
    let around = domain::wanting::Circumstances {
        single_episodes: true,
        ..show.around()
    };
    let plan = told(&standard::decide(around, &subject(), at(1, 3), &settings(2)));
    assert_eq!(plan, ["nextSeason: search S02E01–E02"]);
}

#[test]
fn what_was_watched_and_removed_is_not_monitored_again() {
    // E01 to E07 were watched, deleted and unmonitored; the season's flag is still on.
    let show = Show::new().season(1, ".......FFF").season(2, "mmm");
    expect(&show, (1, 8), &["nextSeason: search season 2 (3)"]);
    // The same in a season whose flag is off.
    let show = Show::new().unmonitored_season(1, ".......F..").season(2, "FFF");
    expect(
        &show,
        (1, 8),
        &["upcomingEpisodes: S01E09–E10 on; search S01E09–E10", "nothingMissing"],
    );
}

#[test]
fn what_is_there_and_deliberately_unmonitored_stays_so() {
    let show = Show::new().season(1, "fff").unmonitored_season(2, "ffff").unmonitored();
    expect(&show, (1, 3), &["nothingMissing"]);
    // One episode is missing: the season's flag comes on, the others keep what they have.
    let show = Show::new().season(1, "FFF").unmonitored_season(2, "fF.f");
    expect(
        &show,
        (1, 3),
        &["nextSeason: season 2 on; S02E02–E03 on; S02E01, E04 off; search S02E03"],
    );
}

#[test]
fn missing_episodes_right_after_the_one_being_watched_are_searched() {
    let show = Show::new().season(1, "FFFFFF.mmmmm").season(2, "mmm");
    expect(&show, (1, 4), &["notNearEnd"]);
    expect(&show, (1, 5), &["upcomingEpisodes: S01E07 on; search S01E07"]);
    expect(&show, (1, 6), &["upcomingEpisodes: S01E07 on; search S01E07–E08"]);
    // Over a gap, the next ones in the list count.
    let gap = Show::new().season(1, "FF  mmmm");
    expect(&gap, (1, 2), &["upcomingEpisodes: search S01E05–E06"]);
    // Near the end both are done.
    expect(
        &show,
        (1, 10),
        &["upcomingEpisodes: search S01E11–E12", "nextSeason: search season 2 (3)"],
    );
}

#[test]
fn a_binge_searches_every_episode_once() {
    let mut show = Show::new()
        .season(1, "Fmmmmmmmmm")
        .with(1, 2, |episode| episode.file = Some(domain::ids::EpisodeFileId(2)));
    for (episode, plan) in [
        (1, "upcomingEpisodes: search S01E03"),
        (2, "upcomingEpisodes: search S01E04; remember S01E03 in 168 h"),
        (3, "upcomingEpisodes: search S01E05; remember S01E04 in 168 h"),
        (4, "upcomingEpisodes: search S01E06; remember S01E05 in 168 h"),
        (4, "searchedRecently: remember S01E05–E06 in 168 h"),
    ] {
        let decisions = standard::decide(show.around(), &subject(), at(1, episode), &settings(2));
        assert_eq!(told(&decisions), [plan], "E{episode}");
        show.carry_out(&decisions, now());
    }
}

#[test]
fn two_viewers_at_the_same_episode_cause_one_search() {
    let mut show = Show::new().season(1, "FFF").unmonitored_season(2, "...");
    let first = standard::decide(show.around(), &subject(), at(1, 3), &settings(2));
    show.carry_out(&first, now());
    let remembered = "searchedRecently: remember S02E01–E03 in 168 h";
    expect(&show, (1, 3), &[remembered]);
    expect(&show, (1, 2), &[remembered]);
}

#[test]
fn a_lone_pilot_brings_the_rest_of_season_1() {
    let pilot = Show::new().unmonitored_season(1, "F....").season(2, "mmm");
    expect(
        &pilot,
        (1, 1),
        &["lonePilot: season 1 on; S01E01–E05 on; search S01E02–E05"],
    );
    // Whatever the pilot's own flag is, it stays.
    let pilot = Show::new().unmonitored_season(1, "f...");
    expect(
        &pilot,
        (1, 1),
        &["lonePilot: season 1 on; S01E02–E04 on; S01E01 off; search S01E02–E04"],
    );
    // A double pilot in one file is one pilot, by whichever number it is played.
    let double = Show::new().season(1, "F=mmmm");
    expect(&double, (1, 1), &["lonePilot: search S01E03–E06"]);
    expect(&double, (1, 2), &["lonePilot: search S01E03–E06"]);
    // Unaired episodes wait.
    let airing = Show::new().season(1, "Fmu");
    expect(
        &airing,
        (1, 1),
        &[
            "lonePilot: search S01E02; remember S01E03 in 505 h",
            "monitorsNewAlready",
        ],
    );
}

#[test]
fn where_episodes_could_not_be_read_no_season_is_taken_as_a_whole() {
    let mut pilot = Show::new().unmonitored_season(1, "F....");
    pilot.snapshot.has_holes = true;
    expect(&pilot, (1, 1), &["upcomingEpisodes: S01E02–E03 on; search S01E02–E03"]);
    let mut ending = Show::new().season(1, "FFF").unmonitored_season(2, "...");
    ending.snapshot.has_holes = true;
    expect(&ending, (1, 3), &["nextSeason: S02E01–E03 on; search S02E01–E03"]);
    let mut last = Show::new().unmonitored_season(1, "FFF").new_items(Some(NewItems::None));
    last.snapshot.has_holes = true;
    expect(&last, (1, 3), &["monitorNew: new items all"]);
}

#[test]
fn a_pilot_that_is_not_alone_or_not_being_played_brings_only_the_next_episodes() {
    expect(
        &Show::new().season(1, "Fmmmm").season(2, "m"),
        (1, 2),
        &["upcomingEpisodes: search S01E03–E04"],
    );
    expect(
        &Show::new().season(1, "FmmmmF"),
        (1, 1),
        &["upcomingEpisodes: search S01E02–E03"],
    );
    expect(
        &Show::new().season(1, "mmmmm"),
        (1, 1),
        &["upcomingEpisodes: search S01E02–E03"],
    );
    expect(
        &Show::new().season(2, "Fmmmm"),
        (2, 1),
        &["upcomingEpisodes: search S02E02–E03"],
    );
    // A pilot that is all of season 1 is no lone pilot.
    expect(
        &Show::new().season(1, "F").season(2, "mm"),
        (1, 1),
        &["nextSeason: search season 2 (2)"],
    );
}

#[test]
fn every_decision_says_why_in_words() {
    let show = Show::new().season(1, "FFFFFFFF").unmonitored_season(2, "....");
    let says = |show: &Show, episode| {
        standard::decide(show.around(), &subject(), at(1, episode), &settings(2))[0]
            .detail
            .clone()
    };
    assert_eq!(says(&show, 1), "7 episodes are left in the season.");
    assert_eq!(says(&show, 7), "Season 2 comes next: searching for season 2.");
    assert_eq!(
        says(&show, 99),
        "Sonarr does not list S01E99. The media server may count episodes differently."
    );
    let searched = show.searched_season(2, days(1));
    assert_eq!(
        says(&searched, 7),
        "Season 2 comes next; it was searched within the last seven days."
    );
}
