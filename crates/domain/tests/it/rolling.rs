//! Growing of rolling shows: rules 8 and 9.

use crate::shows::{KEY, Show, days, enrolled, now, subject, told, viewer, watched};
use cliffhangarr_domain as domain;
use domain::ids::{RollingShowId, SeriesId, SeriesKey};
use domain::monitoring::MonitoringType::{self, AllSeasonPilotRolling, FirstSeasonRolling, PilotRolling};
use domain::plan::Bookkeeping;
use domain::rolling;
use domain::series::NewItems;
use domain::settings::Settings;

fn watch(monitoring_type: MonitoringType, show: &Show, season: i32, episodes: &[i32]) -> Vec<String> {
    let decisions = rolling::decide(
        show.around(),
        &subject(),
        &watched(season, episodes),
        &enrolled(monitoring_type),
        &Settings::default(),
        false,
    );
    told(&decisions)
}

#[track_caller]
fn expect(monitoring_type: MonitoringType, show: &Show, (season, episode): (i32, i32), plan: &[&str]) {
    assert_eq!(
        watch(monitoring_type, show, season, &[episode]),
        plan,
        "S{season}E{episode}"
    );
}

fn rolling_show() -> Show {
    Show::new().new_items(Some(NewItems::None))
}

#[test]
fn pilot_rolling_grows_by_the_rest_of_season_1_whatever_of_it_is_played() {
    let show = rolling_show()
        .unmonitored_season(1, "F....")
        .unmonitored_season(2, "...");
    let grown = "expansion: season 1 on; S01E01–E05 on; search S01E02–E05; expanded to 1 for alice";
    expect(PilotRolling, &show, (1, 1), &[grown]);
    // The media server may have got E02 from elsewhere.
    expect(PilotRolling, &show, (1, 2), &[grown]);
    // Near the end of it, the next season follows as well.
    expect(
        PilotRolling,
        &show,
        (1, 4),
        &[
            grown,
            "expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice",
        ],
    );
}

#[test]
fn pilot_rolling_goes_by_the_threshold_once_there_is_more_than_the_pilot() {
    let show = rolling_show().season(1, "FFFFF").unmonitored_season(2, "...");
    expect(PilotRolling, &show, (1, 1), &["notNearEnd"]);
    expect(PilotRolling, &show, (1, 2), &["notNearEnd"]);
    let grown = "expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice";
    expect(PilotRolling, &show, (1, 3), &[grown]);
    // Other seasons than the first never count as pilots.
    let second = rolling_show().season(1, "F").unmonitored_season(2, "F....");
    expect(PilotRolling, &second, (2, 1), &["notNearEnd"]);
}

#[test]
fn a_pilot_among_episodes_that_could_not_be_read_is_not_taken_for_the_only_one() {
    let mut show = rolling_show().unmonitored_season(1, "F....");
    show.snapshot.has_holes = true;
    let told = watch(PilotRolling, &show, 1, &[1]);
    assert!(!told.iter().any(|told| told.starts_with("expansion")), "{told:?}");
}

#[test]
fn a_double_pilot_in_one_file_is_one_pilot() {
    let show = rolling_show().season(1, "F=").unmonitored_season(2, "...");
    let grown = "expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice";
    assert_eq!(watch(PilotRolling, &show, 1, &[1, 2]), ["nothingMissing", grown]);
    let show = rolling_show().unmonitored_season(1, "F=...");
    let grown = "expansion: season 1 on; S01E01–E05 on; search S01E03–E05; expanded to 1 for alice";
    assert_eq!(watch(PilotRolling, &show, 1, &[1, 2])[0], grown);
}

#[test]
fn the_pilot_of_a_series_that_counts_by_years_is_the_first_episode_of_its_first_year() {
    let show = rolling_show()
        .unmonitored_season(2019, "F....")
        .unmonitored_season(2021, "...");
    let grown = "expansion: season 2019 on; S2019E01–E05 on; search S2019E02–E05; expanded to 2019 for alice";
    expect(PilotRolling, &show, (2019, 1), &[grown]);
    let next = "expansion: season 2021 on; S2021E01–E03 on; search season 2021 (3); expanded to 2021 for alice";
    expect(FirstSeasonRolling, &show, (2019, 5), &[next]);
}

#[test]
fn first_season_rolling_goes_by_the_threshold_alone() {
    let show = rolling_show().season(1, "Fmmmm").unmonitored_season(2, "...");
    // The first season is wanted as it is; the pilot plays no part.
    expect(
        FirstSeasonRolling,
        &show,
        (1, 1),
        &["upcomingEpisodes: search S01E02–E03"],
    );
    let show = rolling_show().season(1, "FFFFF").unmonitored_season(2, "...");
    expect(FirstSeasonRolling, &show, (1, 1), &["notNearEnd"]);
    let grown = "expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice";
    for episode in 3..=5 {
        expect(FirstSeasonRolling, &show, (1, episode), &[grown]);
    }
}

#[test]
fn all_season_pilot_rolling_grows_by_the_season_whose_first_episode_is_played() {
    let show = rolling_show()
        .unmonitored_season(1, "F....")
        .unmonitored_season(2, "F....")
        .unmonitored_season(3, "F...");
    let grown = "expansion: season 2 on; S02E01–E05 on; search S02E02–E05; expanded to 2 for alice";
    expect(AllSeasonPilotRolling, &show, (2, 1), &[grown]);
    // Any later episode is no reason, and near the end the next season has its first episode already.
    expect(AllSeasonPilotRolling, &show, (2, 2), &["notNearEnd"]);
    expect(AllSeasonPilotRolling, &show, (2, 4), &["nothingMissing"]);
    // A double first episode counts by all of its numbers.
    assert_eq!(watch(AllSeasonPilotRolling, &show, 2, &[1, 2]), [grown]);
    // A season may start at another number; an E00 is not its first episode.
    let odd = rolling_show()
        .unmonitored_season(1, "F...")
        .unmonitored_season(2, "   F....");
    let grown = "expansion: season 2 on; S02E04–E08 on; search S02E05–E08; expanded to 2 for alice";
    expect(AllSeasonPilotRolling, &odd, (2, 4), &[grown]);
}

#[test]
fn all_season_pilot_rolling_gives_new_seasons_their_first_episode_only() {
    let show = rolling_show().season(1, "FFF").unmonitored_season(2, "...");
    expect(
        AllSeasonPilotRolling,
        &show,
        (1, 2),
        &["expansion: S02E01 on; search S02E01"],
    );
    let unaired = rolling_show().season(1, "FFF").unmonitored_season(2, "---");
    expect(
        AllSeasonPilotRolling,
        &unaired,
        (1, 2),
        &["notAired: S02E01 on; remember S02E01 in 169 h"],
    );
    let empty = rolling_show().season(1, "FFF").season(2, "");
    expect(
        AllSeasonPilotRolling,
        &empty,
        (1, 2),
        &["notListed: remember season 2 in 24 h"],
    );
}

#[test]
fn near_the_end_of_the_last_season_all_future_content_is_monitored() {
    for monitoring_type in MonitoringType::ALL {
        let show = rolling_show().season(1, "FFF").season(2, "FFF");
        expect(monitoring_type, &show, (2, 2), &["monitorNew: new items all"]);
        expect(
            monitoring_type,
            &show.new_items(Some(NewItems::All)),
            (2, 2),
            &["monitorsNewAlready"],
        );
    }
    // What has not aired of the season is future content too; what was watched and removed is not.
    let show = rolling_show().season(1, "FFF").unmonitored_season(2, "..FF-u");
    expect(
        FirstSeasonRolling,
        &show,
        (2, 4),
        &[
            "notAired: remember S02E06 in 1009 h",
            "monitorNew: new items all; season 2 on; S02E03–E06 on; S02E01–E02 off; \
             remember S02E05 in 841 h; remember S02E06 in 1009 h",
        ],
    );
    // Everything that can be switched on is, so only the episodes are left.
    let show = Show::new().season(1, "FF-");
    expect(
        FirstSeasonRolling,
        &show,
        (1, 2),
        &["monitorNew: S01E03 on; remember S01E03 in 505 h"],
    );
}

#[test]
fn a_season_that_grows_while_it_is_the_last_one_stays_monitored() {
    let mut show = rolling_show().unmonitored_season(1, "F..");
    let decisions = rolling::decide(
        show.around(),
        &subject(),
        &watched(1, &[1]),
        &enrolled(PilotRolling),
        &Settings::default(),
        false,
    );
    show.carry_out(&decisions, now());
    assert!(
        show.is_monitored(1, 2) && show.is_monitored(1, 3),
        "{:?}",
        told(&decisions)
    );
}

#[test]
fn expansion_goes_from_the_season_being_watched() {
    let show = rolling_show()
        .season(1, "FFF")
        .unmonitored_season(2, "...")
        .season(3, "FFF")
        .unmonitored_season(4, "...");
    let mut master = enrolled(FirstSeasonRolling);
    for reached in [1, 3, 9] {
        master.current_monitored_season = reached;
        let from = |season| {
            told(&rolling::decide(
                show.around(),
                &subject(),
                &watched(season, &[3]),
                &master,
                &Settings::default(),
                false,
            ))
        };
        assert_eq!(
            from(1),
            ["expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice"]
        );
        assert_eq!(
            from(3),
            ["expansion: season 4 on; S04E01–E03 on; search season 4 (3); expanded to 4 for alice"]
        );
    }
    let gap = rolling_show().season(2, "FFF").unmonitored_season(4, "...");
    let grown = "expansion: season 4 on; S04E01–E03 on; search season 4 (3); expanded to 4 for alice";
    expect(FirstSeasonRolling, &gap, (2, 3), &[grown]);
}

#[test]
fn every_instance_is_decided_from_its_own_facts() {
    let first = rolling_show()
        .season(1, "FFF")
        .unmonitored_season(2, "...")
        .searched_season(2, days(1));
    let mut second = rolling_show().season(1, "FFF").unmonitored_season(2, "F..");
    second.snapshot.series.key = SeriesKey {
        series: SeriesId(99),
        ..KEY
    };
    let flags = "searchedRecently: season 2 on; S02E01–E03 on; expanded to 2 for alice; remember S02E01–E03 in 144 h";
    expect(FirstSeasonRolling, &first, (1, 3), &[flags]);
    let master = domain::monitoring::RollingShow {
        id: RollingShowId(8),
        series: second.snapshot.series.key,
        ..enrolled(FirstSeasonRolling)
    };
    let decisions = rolling::decide(
        second.around(),
        &subject(),
        &watched(1, &[3]),
        &master,
        &Settings::default(),
        false,
    );
    assert_eq!(
        told(&decisions),
        ["expansion: season 2 on; S02E01–E03 on; search S02E02–E03; expanded to 2 for alice"]
    );
    assert_eq!(
        decisions[0].afterwards,
        [Bookkeeping::Expanded {
            show: RollingShowId(8),
            viewer: Some(viewer("Alice").key),
            season: 2
        }]
    );
}

#[test]
fn an_expansion_that_finds_everything_there_is_none() {
    // The next season was there before; calling it ours would let a reset delete it.
    let show = rolling_show().season(1, "FFF").unmonitored_season(2, "ffF");
    for monitoring_type in MonitoringType::ALL {
        expect(monitoring_type, &show, (1, 3), &["nothingMissing"]);
    }
}

#[test]
fn nothing_of_a_rolling_show_is_monitored_again_but_what_the_rule_asks_for() {
    // Alice is in season 1 again; E04 and E05 were watched and removed.
    let show = rolling_show().season(1, "FFF..FFFF").season(2, "FFF");
    expect(FirstSeasonRolling, &show, (1, 3), &["notNearEnd"]);
    // What Sonarr wants and lacks is searched.
    let show = rolling_show().season(1, "FFF.mFFFF").season(2, "FFF");
    expect(FirstSeasonRolling, &show, (1, 3), &["upcomingEpisodes: search S01E05"]);
    // In an unmonitored series Sonarr wants nothing.
    expect(FirstSeasonRolling, &show.unmonitored(), (1, 3), &["notNearEnd"]);
    // Unless it is about to be monitored for the next season.
    let show = rolling_show()
        .season(1, "FF.m")
        .unmonitored_season(2, "..")
        .unmonitored();
    expect(
        FirstSeasonRolling,
        &show,
        (1, 2),
        &[
            "upcomingEpisodes: series on; search S01E04",
            "expansion: series on; season 2 on; S02E01–E02 on; search season 2 (2); expanded to 2 for alice",
        ],
    );
}

#[test]
fn pace_may_ask_for_the_next_season_early() {
    let show = rolling_show().season(1, "FFFFFFFF").unmonitored_season(2, "...");
    let ahead = |monitoring_type| {
        told(&rolling::decide(
            show.around(),
            &subject(),
            &watched(1, &[2]),
            &enrolled(monitoring_type),
            &Settings::default(),
            true,
        ))
    };
    let grown = "expansion: season 2 on; S02E01–E03 on; search season 2 (3); expanded to 2 for alice";
    assert_eq!(ahead(FirstSeasonRolling), [grown]);
    assert_eq!(ahead(PilotRolling), [grown]);
    assert_eq!(ahead(AllSeasonPilotRolling), ["expansion: S02E01 on; search S02E01"]);
}

#[test]
fn a_position_that_sonarr_does_not_know_changes_nothing() {
    let show = rolling_show()
        .unmonitored_season(1, "F....")
        .unmonitored_season(2, "...");
    for monitoring_type in MonitoringType::ALL {
        expect(monitoring_type, &show, (1, 131), &["episodeUnknown"]);
        expect(monitoring_type, &show, (5, 1), &["episodeUnknown"]);
    }
}
