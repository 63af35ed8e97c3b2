//! Which sessions count, for whom, and where they are: rules 1 to 5 and 10.

use crate::shows::{Show, at, days, id, now, viewer};
use cliffhangarr_domain as domain;
use domain::ids::ServerId;
use domain::plan::Reason;
use domain::session::{ItemKind, PlaybackSession, PlayedItem, PlayerState, ShowReference};
use domain::watching::{RecentSearches, is_allowed, place, screen};
use jiff::SignedDuration;

/// Alice, ten minutes into S01E05.
fn session() -> PlaybackSession {
    PlaybackSession {
        server: ServerId(1),
        session_key: "12".to_owned(),
        viewer: Some(viewer("Alice")),
        device: None,
        device_id: Some("tv".to_owned()),
        state: PlayerState::Playing,
        view_offset_ms: Some(600_000),
        duration_ms: Some(2_700_000),
        item: PlayedItem {
            key: Some("4711".to_owned()),
            kind: ItemKind::Episode,
            title: None,
            show: ShowReference::default(),
            season: Some(1),
            episodes: vec![5],
            file: None,
        },
    }
}

fn reason(change: impl FnOnce(&mut PlaybackSession), seen_for: SignedDuration) -> Option<Reason> {
    let mut session = session();
    change(&mut session);
    let refused = screen(&session, seen_for).err();
    assert!(
        refused.as_ref().is_none_or(|refused| refused.detail.ends_with('.')),
        "a sentence"
    );
    refused.map(|refused| refused.reason)
}

#[test]
fn only_episodes_count() {
    let kinds = [
        (ItemKind::Episode, None),
        (ItemKind::Movie, Some(Reason::NotAnEpisode)),
        (ItemKind::Track, Some(Reason::NotAnEpisode)),
        (ItemKind::LiveTv, Some(Reason::NotAnEpisode)),
        (ItemKind::Clip, Some(Reason::NotAnEpisode)),
        (ItemKind::Download, Some(Reason::NotAnEpisode)),
        (ItemKind::Other("photo".to_owned()), Some(Reason::NotAnEpisode)),
    ];
    for (kind, expected) in kinds {
        assert_eq!(
            reason(|session| session.item.kind = kind.clone(), days(0)),
            expected,
            "{kind:?}"
        );
    }
}

#[test]
fn specials_never_count_however_long_they_are_watched() {
    assert_eq!(
        reason(|session| session.item.season = Some(0), days(1)),
        Some(Reason::Special)
    );
}

#[test]
fn a_session_without_season_or_number_does_not_count() {
    assert_eq!(
        reason(|session| session.item.season = None, days(0)),
        Some(Reason::IncompleteSession)
    );
    assert_eq!(
        reason(|session| session.item.episodes.clear(), days(0)),
        Some(Reason::IncompleteSession)
    );
}

#[test]
fn nobody_is_guessed() {
    assert_eq!(
        reason(|session| session.viewer = None, days(0)),
        Some(Reason::UnknownViewer)
    );
}

#[test]
fn a_session_counts_from_thirty_seconds_of_view_in_any_state() {
    let states = [
        PlayerState::Playing,
        PlayerState::Paused,
        PlayerState::Buffering,
        PlayerState::Other("stalled".to_owned()),
    ];
    for state in states {
        // offset, seen for milliseconds, counts
        for (offset, seen_for, counts) in [
            (None, 0, false),
            (Some(0), 0, false),
            (Some(29_999), 29_999, false),
            (Some(30_000), 0, true),
            (Some(600_000), 0, true),
            (None, 30_000, true),
            (Some(0), 30_000, true),
            (Some(-1), 0, false),
        ] {
            let outcome = reason(
                |session| {
                    session.state = state.clone();
                    session.view_offset_ms = offset;
                },
                SignedDuration::from_millis(seen_for),
            );
            assert_eq!(
                outcome,
                (!counts).then_some(Reason::TooEarly),
                "{state:?} {offset:?} {seen_for}"
            );
        }
    }
}

#[test]
fn all_numbers_of_an_item_count_as_watched() {
    for numbers in [vec![7, 8], vec![8, 7]] {
        let mut session = session();
        session.item.episodes = numbers;
        let watched = screen(&session, days(0)).unwrap();
        assert_eq!(watched.at, at(1, 8));
        assert!(watched.episodes.contains(&at(1, 7)) && watched.episodes.contains(&at(1, 8)));
    }
}

#[test]
fn the_filter_names_viewers_by_id_or_by_name_in_any_case() {
    let filter = |entries: &[&str]| entries.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>();
    for (entries, account, name, allowed) in [
        (vec![], "1", None, true),
        (vec!["1"], "1", None, true),
        (vec!["1"], "12", Some("Alice"), false),
        (vec!["alice"], "1", Some("Alice"), true),
        (vec![" Alice "], "1", Some("alice"), true),
        (vec!["ÄNNE"], "1", Some("Änne"), true),
        (vec!["ali"], "1", Some("Alice"), false),
        (vec!["bob", "alice"], "1", Some("Alice"), true),
        (vec!["bob"], "1", None, false),
        (vec!["", "bob"], "1", Some(""), false),
    ] {
        assert_eq!(
            is_allowed(&filter(&entries), account, name),
            allowed,
            "{entries:?} {account} {name:?}"
        );
    }
}

#[test]
fn a_place_is_found_in_sonarrs_own_list() {
    // season 2 as Sonarr lists it, watched number, numbers after it
    for (letters, number, after) in [
        ("FFFF", 1, Some(vec![2, 3, 4])),
        ("FFFF", 4, Some(vec![])),
        ("FFFF", 5, None),
        ("F  FF", 1, Some(vec![4, 5])),
        ("F  FF", 2, Some(vec![4, 5])),
        ("  FF", 1, None),
        ("  FF", 3, Some(vec![4])),
        ("", 1, None),
    ] {
        let show = Show::new().season(2, letters);
        let found = place(&show.snapshot, at(2, number));
        let numbers = found.map(|place| place.after.iter().map(|episode| episode.at.episode).collect::<Vec<_>>());
        assert_eq!(numbers, after, "{letters} E{number}");
    }
}

#[test]
fn the_next_season_is_the_next_higher_number_listed() {
    for (seasons, current, next) in [
        (vec![0, 1, 2], 1, Some(2)),
        (vec![0, 1, 2], 2, None),
        (vec![1, 2, 4, 5], 2, Some(4)),
        (vec![2019, 2021], 2019, Some(2021)),
    ] {
        let show = seasons
            .iter()
            .fold(Show::new(), |show, &season| show.season(season, "FF"));
        assert_eq!(
            place(&show.snapshot, at(current, 1)).unwrap().next_season,
            next,
            "{seasons:?}"
        );
    }
    // Listed without episodes, or with episodes although the list of seasons is behind.
    let announced = Show::new().season(1, "FF").season(2, "");
    assert_eq!(place(&announced.snapshot, at(1, 1)).unwrap().next_season, Some(2));
    let mut unlisted = Show::new().season(1, "FF").season(2, "FF");
    unlisted.snapshot.series.seasons.remove(&2);
    assert_eq!(place(&unlisted.snapshot, at(1, 1)).unwrap().next_season, Some(2));
}

#[test]
fn a_sent_search_is_remembered_for_seven_days() {
    let show = Show::new().season(1, "mm");
    let episode = &show.snapshot.episodes[0];
    let minute = SignedDuration::from_mins(1);
    for (ago, covered) in [
        (days(0), true),
        (days(7) - minute, true),
        (days(7), false),
        (days(8), false),
    ] {
        let by_episode = RecentSearches {
            episodes: [(id(1, 1), now() - ago)].into(),
            ..RecentSearches::default()
        };
        let by_season = RecentSearches {
            seasons: [(1, now() - ago)].into(),
            ..RecentSearches::default()
        };
        assert_eq!(by_episode.covers(episode, now()), covered);
        assert_eq!(by_season.covers(episode, now()), covered);
        // The later one of both counts.
        let both = RecentSearches {
            seasons: [(1, now() - days(9))].into(),
            ..by_episode
        };
        assert_eq!(both.covers(episode, now()), covered);
    }
    // Sent by a clock that was ahead, so far that it cannot have been, it hides neither.
    let year = days(365);
    for (sent, covered) in [
        (now() - days(6), true),
        (now() - days(8), false),
        (now() + days(6), true),
    ] {
        let mixed = [
            RecentSearches {
                seasons: [(1, now() + year)].into(),
                episodes: [(id(1, 1), sent)].into(),
            },
            RecentSearches {
                seasons: [(1, sent)].into(),
                episodes: [(id(1, 1), now() + year)].into(),
            },
        ];
        for recent in mixed {
            assert_eq!(recent.covers(episode, now()), covered);
            assert_eq!(recent.last_sent(episode, now()), Some(sent));
        }
    }
    let others = RecentSearches {
        seasons: [(2, now())].into(),
        episodes: [(id(1, 2), now())].into(),
    };
    assert!(!others.covers(episode, now()));
}
