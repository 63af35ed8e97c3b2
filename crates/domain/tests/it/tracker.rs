//! Plays over flapping, restarts and sleep.

use crate::shows::{now, viewer};
use cliffhangarr_domain as domain;
use domain::ids::ServerId;
use domain::session::{ItemKind, PlaybackSession, PlayedItem, PlayerState, ShowReference};
use domain::tracker::{PlayKey, Tracker};
use jiff::SignedDuration;

const PLEX: ServerId = ServerId(1);
const JELLYFIN: ServerId = ServerId(2);

fn session(name: &str, item: &str) -> PlaybackSession {
    PlaybackSession {
        server: PLEX,
        session_key: "1".to_owned(),
        viewer: Some(viewer(name)),
        device: None,
        device_id: Some("tv".to_owned()),
        state: PlayerState::Playing,
        view_offset_ms: None,
        duration_ms: None,
        item: PlayedItem {
            key: Some(item.to_owned()),
            kind: ItemKind::Episode,
            title: None,
            show: ShowReference::default(),
            season: Some(1),
            episodes: vec![1],
            file: None,
        },
    }
}

/// Feeds answers ten seconds apart and tells for how many seconds the session has been seen after each.
fn seen(session: &PlaybackSession, answers: &[&[PlaybackSession]]) -> Vec<Option<i64>> {
    let mut tracker = Tracker::default();
    let key = PlayKey::of(session);
    (0..)
        .zip(answers)
        .map(|(step, answer)| {
            tracker.observe(PLEX, answer, now() + SignedDuration::from_secs(10 * step));
            tracker.play(&key).map(|play| play.seen_for().as_secs())
        })
        .collect()
}

#[test]
fn a_play_is_seen_from_its_first_answer_to_its_last() {
    let alice = session("Alice", "e1");
    let here: &[PlaybackSession] = std::slice::from_ref(&alice);
    assert_eq!(
        seen(&alice, &[here, here, here, here]),
        [Some(0), Some(10), Some(20), Some(30)]
    );
}

#[test]
fn one_missing_answer_is_flapping_and_two_are_the_end() {
    let alice = session("Alice", "e1");
    let here: &[PlaybackSession] = std::slice::from_ref(&alice);
    assert_eq!(seen(&alice, &[here, &[], here]), [Some(0), Some(0), Some(20)]);
    assert_eq!(
        seen(&alice, &[here, &[], here, &[], here]),
        [Some(0), Some(0), Some(20), Some(20), Some(40)]
    );
    assert_eq!(
        seen(&alice, &[here, here, &[], &[], here]),
        [Some(0), Some(10), Some(10), None, Some(0)]
    );
}

#[test]
fn plays_are_told_apart_by_viewer_item_and_device_but_not_by_session_key() {
    let alice = session("Alice", "e1");
    let again = PlaybackSession {
        session_key: "99".to_owned(),
        ..alice.clone()
    };
    assert_eq!(PlayKey::of(&alice), PlayKey::of(&again));
    let phone = PlaybackSession {
        device_id: Some("phone".to_owned()),
        ..alice.clone()
    };
    let elsewhere = PlaybackSession {
        server: JELLYFIN,
        ..alice.clone()
    };
    for other in [session("Bob", "e1"), session("Alice", "e2"), phone, elsewhere] {
        assert_ne!(PlayKey::of(&alice), PlayKey::of(&other));
    }
    // Without a viewer only the session key tells two people apart.
    let nobody = PlaybackSession { viewer: None, ..alice };
    let nobody_else = PlaybackSession {
        session_key: "2".to_owned(),
        ..nobody.clone()
    };
    assert_ne!(PlayKey::of(&nobody), PlayKey::of(&nobody_else));
}

#[test]
fn items_without_a_key_are_known_by_what_they_are() {
    let keyless = |season, episode| {
        let mut session = session("Alice", "");
        session.item.key = None;
        session.item.season = Some(season);
        session.item.episodes = vec![episode];
        PlayKey::of(&session)
    };
    assert_eq!(keyless(1, 1), keyless(1, 1));
    assert_ne!(keyless(1, 1), keyless(1, 2));
    assert_ne!(keyless(1, 1), keyless(2, 1));
}

#[test]
fn an_answer_of_one_server_says_nothing_about_another_one() {
    let mut tracker = Tracker::default();
    let alice = session("Alice", "e1");
    tracker.observe(PLEX, std::slice::from_ref(&alice), now());
    for step in 1..5 {
        tracker.observe(JELLYFIN, &[], now() + SignedDuration::from_secs(step));
    }
    assert!(tracker.play(&PlayKey::of(&alice)).is_some());
}

#[test]
fn a_clock_that_is_set_back_makes_no_negative_times() {
    let mut tracker = Tracker::default();
    let alice = session("Alice", "e1");
    let key = PlayKey::of(&alice);
    tracker.observe(PLEX, std::slice::from_ref(&alice), now());
    tracker.observe(
        PLEX,
        std::slice::from_ref(&alice),
        now() - SignedDuration::from_hours(1),
    );
    assert_eq!(tracker.play(&key).unwrap().seen_for(), SignedDuration::ZERO);
    tracker.observe(
        PLEX,
        std::slice::from_ref(&alice),
        now() - SignedDuration::from_mins(59),
    );
    assert_eq!(tracker.play(&key).unwrap().seen_for(), SignedDuration::from_mins(1));
}

#[test]
fn a_sleep_starts_every_play_anew() {
    let mut tracker = Tracker::default();
    let alice = session("Alice", "e1");
    tracker.observe(PLEX, std::slice::from_ref(&alice), now());
    tracker.restart();
    assert!(tracker.play(&PlayKey::of(&alice)).is_none());
}
