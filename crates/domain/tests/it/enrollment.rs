//! Enrolling, changing the type, and what protects a series.

use crate::household::{GIGABYTE, Household, evening, series};
use cliffhangarr_domain::enrollment::{Beyond, Enrollment, EnrollmentFacts, change_type, preview};
use cliffhangarr_domain::monitoring::MonitoringType::{self, AllSeasonPilotRolling, FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::plan::{Action, Reason, Subject};
use cliffhangarr_domain::protection::Protection;
use cliffhangarr_domain::wanting::spell;
use cliffhangarr_domain::watching::RecentSearches;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

fn enroll(household: &Household, monitoring_type: MonitoringType, with_baseline: bool) -> Enrollment {
    enroll_after(household, monitoring_type, with_baseline, &RecentSearches::default())
}

fn enroll_after(
    household: &Household,
    monitoring_type: MonitoringType,
    with_baseline: bool,
    recent: &RecentSearches,
) -> Enrollment {
    preview(&EnrollmentFacts {
        subject: &Subject::default(),
        snapshot: &household.snapshot,
        monitoring_type,
        with_baseline,
        settings: &household.settings,
        playing: &household.playing,
        protection: &household.protection,
        observed: &household.observed,
        recent,
        single_episodes: false,
        now: household.now,
        zone: &TimeZone::UTC,
    })
}

#[test]
fn enrolling_leaves_sonarr_alone_unless_the_baseline_is_asked_for() {
    let mut household = Household::new(PilotRolling, &[(0, 1), (1, 3), (2, 2)], 1);
    household.snapshot.series.monitored = false;
    let plain = enroll(&household, PilotRolling, false);
    assert!(plain.decision.actions.is_empty());
    assert_eq!(
        plain.beyond,
        Beyond {
            monitored: 4,
            files: 4,
            bytes: 4 * GIGABYTE
        }
    );
    assert_eq!(
        plain.decision.detail,
        "Enrolled as pilotRolling; 4 files (4.0 GB) beyond the pilot stay until the show was watched and then nobody has \
         watched it for seven days."
    );

    let full = enroll(&household, PilotRolling, true);
    let detail = "Enrolled as pilotRolling and brought to the pilot: 4 files (4.0 GB) are deleted.";
    assert_eq!(
        (full.decision.detail.as_str(), full.beyond, full.refused),
        (detail, plain.beyond, None)
    );
    household.apply(&full.decision);
    assert_eq!(household.there(), "S00E01 S01E01");
    assert!(
        household.snapshot.series.monitored,
        "the baseline is fetched only from a monitored series"
    );
}

#[test]
fn a_new_master_record_starts_at_the_types_baseline() {
    for monitoring_type in MonitoringType::ALL {
        let household = Household::new(monitoring_type, &[(1, 3)], 5);
        let show = enroll(&household, monitoring_type, false).show;
        assert_eq!(show.current_monitored_season, monitoring_type.baseline_season());
        assert_eq!(
            (show.enrolled_at, show.last_watched_at, show.expanded_at),
            (evening(5), None, None)
        );
    }
}

#[test]
fn a_series_that_is_played_or_protected_is_enrolled_without_its_baseline() {
    let seasons = [(1, 3)];
    let played = Household::new(PilotRolling, &seasons, 1).playing("Bob", "S01E02");
    let protected = Household::new(PilotRolling, &seasons, 1).with(|it| it.protection = Protection::UnknownTag);
    for (household, reason) in [(played, Reason::BeingPlayed), (protected, Reason::Protected)] {
        let enrollment = enroll(&household, PilotRolling, true);
        assert_eq!(enrollment.decision.reason, Reason::Enrolled);
        assert!(enrollment.decision.actions.is_empty());
        assert_eq!(enrollment.refused, Some(reason));
    }
}

/// What an enrollment with the baseline searches, as "season 1" or positions, and how many episodes it remembers.
fn fetched(enrollment: &Enrollment) -> (String, usize) {
    let searches: Vec<String> = enrollment
        .decision
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::SearchSeason { season, .. } => Some(format!("season {season}")),
            Action::SearchEpisodes { positions, .. } => Some(spell(positions)),
            Action::SetMonitoring(_) | Action::DeleteFiles { .. } => None,
        })
        .collect();
    (searches.join(" and "), enrollment.decision.reminders.len())
}

#[test]
fn the_baseline_is_searched_where_it_is_missing() {
    let empty = Household::new(PilotRolling, &[(0, 1), (1, 3), (2, 2)], 1).with(|it| {
        for episode in &mut it.snapshot.episodes {
            episode.file = None;
        }
        it.snapshot.files = Some(BTreeMap::new());
    });
    for (monitoring_type, search) in [
        (PilotRolling, "S01E01"),
        (FirstSeasonRolling, "season 1"),
        (AllSeasonPilotRolling, "S01E01, S02E01"),
    ] {
        let enrollment = enroll(&empty, monitoring_type, true);
        assert_eq!(fetched(&enrollment), (search.to_owned(), 0));
        let words = format!("no file is deleted; {search} is searched.");
        assert!(
            enrollment.decision.detail.ends_with(&words),
            "{}",
            enrollment.decision.detail
        );
        assert!(
            matches!(enrollment.decision.actions[0], Action::SetMonitoring(_)),
            "flags come first"
        );
        assert_eq!(fetched(&enroll(&empty, monitoring_type, false)), (String::new(), 0));
    }
}

#[test]
fn of_the_baseline_nothing_is_searched_that_is_there_coming_searched_lately_or_not_aired() {
    let with_one = |change: &dyn Fn(&mut Household)| {
        let mut household = Household::new(FirstSeasonRolling, &[(1, 3)], 1);
        for episode in &mut household.snapshot.episodes[1..] {
            episode.file = None;
        }
        change(&mut household);
        household
    };
    let nobody = RecentSearches::default();
    let after = |household: &Household, recent| fetched(&enroll_after(household, FirstSeasonRolling, true, recent));
    assert_eq!(after(&with_one(&|_| {}), &nobody), ("S01E02–E03".to_owned(), 0));
    let downloading = with_one(&|it| it.snapshot.queued = Some(BTreeSet::from([it.snapshot.episodes[1].id])));
    assert_eq!(after(&downloading, &nobody), ("S01E03".to_owned(), 0));
    let unaired = with_one(&|it| it.snapshot.episodes[2].airs = Some(evening(9)));
    assert_eq!(after(&unaired, &nobody), ("S01E02".to_owned(), 1));
    let searched = RecentSearches {
        seasons: BTreeMap::from([(1, evening(0))]),
        ..RecentSearches::default()
    };
    assert_eq!(after(&with_one(&|_| {}), &searched), (String::new(), 1));
}

#[test]
fn changing_the_type_keeps_the_progress_and_deletes_nothing() {
    let household = Household::new(FirstSeasonRolling, &[(1, 3), (2, 3)], 1)
        .watched("Alice", "S02E01", 1)
        .with(|it| it.show.current_monitored_season = 2);
    let change = change_type(
        &Subject::default(),
        &household.show,
        &household.snapshot,
        AllSeasonPilotRolling,
    );
    assert!(change.decision.actions.is_empty() && change.decision.afterwards.is_empty());
    assert_eq!(change.show.monitoring_type, AllSeasonPilotRolling);
    assert_eq!(change.show.current_monitored_season, 2);
    assert_eq!(change.show.last_watched_at, household.show.last_watched_at);
    assert_eq!(
        change.beyond,
        Beyond {
            monitored: 4,
            files: 4,
            bytes: 4 * GIGABYTE
        }
    );
    let detail = "Changed from firstSeasonRolling to allSeasonPilotRolling; \
                  4 files (4.0 GB) beyond the first episode of every season stay.";
    assert_eq!(change.decision.detail, detail);
}

#[test]
fn changing_to_the_same_type_changes_nothing() {
    let household = Household::new(PilotRolling, &[(1, 3)], 1);
    let change = change_type(&Subject::default(), &household.show, &household.snapshot, PilotRolling);
    assert_eq!(change.show, household.show);
    assert_eq!(change.decision.detail, "It is pilotRolling already.");
}

#[test]
fn the_protect_tag_protects_and_so_does_a_tag_that_is_not_known() {
    let labels = BTreeMap::from([(1, "anime".to_owned()), (2, "cliffhangarr-keep".to_owned())]);
    let tagged = Protection::Tagged {
        label: "cliffhangarr-keep".to_owned(),
    };
    let cases = [
        (
            "no tags",
            vec![],
            Some(&labels),
            "cliffhangarr-keep",
            Protection::Unprotected,
        ),
        (
            "another tag",
            vec![1],
            Some(&labels),
            "cliffhangarr-keep",
            Protection::Unprotected,
        ),
        (
            "the tag",
            vec![1, 2],
            Some(&labels),
            "Cliffhangarr-Keep ",
            tagged.clone(),
        ),
        (
            "an unlisted tag",
            vec![1, 9],
            Some(&labels),
            "cliffhangarr-keep",
            Protection::UnknownTag,
        ),
        (
            "the tag and an unlisted one",
            vec![9, 2],
            Some(&labels),
            "cliffhangarr-keep",
            tagged,
        ),
        (
            "tags could not be read",
            vec![1],
            None,
            "cliffhangarr-keep",
            Protection::UnknownTag,
        ),
        (
            "tags could not be read, and it has none",
            vec![],
            None,
            "cliffhangarr-keep",
            Protection::Unprotected,
        ),
        (
            "no protect tag is set",
            vec![2],
            Some(&labels),
            "",
            Protection::Unprotected,
        ),
    ];
    for (name, tags, labels, protect_tag, expected) in cases {
        let mut series = series();
        series.tags = tags;
        assert_eq!(Protection::of(&series, labels, protect_tag), expected, "{name}");
    }
}
