//! Tracking entries: rules 1 and 10.

use crate::shows::{at, days, enrolled, now, viewer};
use cliffhangarr_domain as domain;
use domain::ids::EpisodeRef;
use domain::monitoring::{MonitoringType, TrackingEntry};

fn entry() -> TrackingEntry {
    let show = enrolled(MonitoringType::PilotRolling);
    TrackingEntry::new(&show, viewer("Alice").key, Some("Alice".to_owned()), now() - days(30))
}

#[test]
fn monitoring_types_are_read_as_they_are_written() {
    for monitoring_type in MonitoringType::ALL {
        assert_eq!(MonitoringType::from_name(monitoring_type.name()), Some(monitoring_type));
        let written = serde_json::to_value(monitoring_type).unwrap();
        assert_eq!(written, monitoring_type.name());
    }
    assert_eq!(MonitoringType::from_name("pilotrolling"), None);
}

#[test]
fn specials_move_nothing() {
    let before = entry();
    let mut after = before.clone();
    after.record(at(0, 5), now(), true);
    assert_eq!(after, before);
}

#[test]
fn watching_moves_progress_and_times() {
    let mut entry = entry();
    entry.record(at(2, 3), now() - days(2), true);
    entry.record(at(2, 4), now() - days(1), true);
    assert_eq!(entry.last_watched, Some(at(2, 4)));
    assert_eq!(entry.last_watched_at, now() - days(1));
    assert_eq!(entry.seasons_watched, [(2, now() - days(1))].into());
    // An earlier season again: the position follows, and what was seen of the later one is kept.
    entry.record(at(1, 1), now(), true);
    assert_eq!(entry.last_watched, Some(at(1, 1)));
    assert_eq!(entry.seasons_watched, [(1, now()), (2, now() - days(1))].into());
}

#[test]
fn history_that_is_read_back_later_fills_in_without_going_back() {
    let mut entry = entry();
    entry.record(at(3, 1), now(), true);
    entry.record(at(2, 9), now() - days(3), true);
    assert_eq!(entry.last_watched, Some(at(3, 1)));
    assert_eq!(entry.last_watched_at, now());
    assert_eq!(entry.seasons_watched, [(2, now() - days(3)), (3, now())].into());
    assert_eq!(entry.plays, [(at(2, 9), now() - days(3)), (at(3, 1), now())]);
}

#[test]
fn viewers_outside_the_filter_are_tracked_without_progress() {
    let mut entry = entry();
    entry.record(at(2, 3), now() - days(1), false);
    assert_eq!((entry.last_watched, entry.plays.len()), (None, 0));
    assert_eq!(entry.last_watched_at, now() - days(1));
    assert_eq!(entry.seasons_watched, [(2, now() - days(1))].into());
    // Once they are allowed, the same session moves their progress.
    entry.record(at(2, 3), now() - days(1), true);
    assert_eq!(entry.last_watched, Some(at(2, 3)));
}

#[test]
fn the_latest_thirty_plays_of_different_episodes_are_kept() {
    let mut entry = entry();
    for episode in 1..=40 {
        entry.record(at(1, episode), now() - days(i64::from(40 - episode)), true);
        entry.record(at(1, episode), now() - days(i64::from(40 - episode)), true);
    }
    assert_eq!(entry.plays.len(), TrackingEntry::MAX_PLAYS);
    let kept: Vec<EpisodeRef> = entry.plays.iter().map(|(episode, _)| *episode).collect();
    assert_eq!(kept, (11..=40).map(|episode| at(1, episode)).collect::<Vec<_>>());
}
