//! Wishes in themselves, and positions in words.

use crate::shows::{Show, at};
use cliffhangarr_domain as domain;
use domain::plan::Reason;
use domain::series::Episode;
use domain::wanting::{Extent, listing_pause, spell, wish};

#[test]
fn a_wish_goes_as_far_as_its_extent() {
    let show = Show::new().unmonitored_season(1, "F.m");
    let all: Vec<&Episode> = show.snapshot.season_episodes(1).collect();
    let flags = |extent| {
        let outcome = wish(show.around(), 1, &all, extent);
        match outcome.actions.first() {
            Some(domain::plan::Action::SetMonitoring(change)) => (change.seasons.len(), change.episodes_on.len()),
            _ => (0, 0),
        }
    };
    assert_eq!(flags(Extent::WholeSeason), (1, 3));
    assert_eq!(flags(Extent::Episodes), (0, 1));
    assert_eq!(flags(Extent::MonitoredOnly), (0, 0));
    let searched = |extent| wish(show.around(), 1, &all, extent).searched;
    assert_eq!(searched(Extent::Episodes), [at(1, 2), at(1, 3)]);
    assert_eq!(searched(Extent::MonitoredOnly), [at(1, 3)]);
}

#[test]
fn a_wish_names_what_stands_in_its_way() {
    for (letters, obstacle) in [
        ("FF", Some(Reason::NothingMissing)),
        ("qF", Some(Reason::AlreadyQueued)),
        ("uF", Some(Reason::NotAired)),
        ("qu", Some(Reason::AlreadyQueued)),
        ("mu", None),
        ("", Some(Reason::NothingMissing)),
    ] {
        let show = Show::new().season(1, letters);
        let all: Vec<&Episode> = show.snapshot.season_episodes(1).collect();
        assert_eq!(
            wish(show.around(), 1, &all, Extent::WholeSeason).obstacle,
            obstacle,
            "{letters}"
        );
    }
}

#[test]
fn looks_grow_apart_from_a_day_to_a_week() {
    let hours: Vec<i64> = [0, 1, 2, 3, 4, u32::MAX]
        .map(|attempts| listing_pause(attempts).as_hours())
        .into();
    assert_eq!(hours, [24, 48, 96, 168, 168, 168]);
}

#[test]
fn positions_are_spelled_as_people_write_them() {
    for (positions, text) in [
        (vec![], ""),
        (vec![at(2, 3)], "S02E03"),
        (vec![at(2, 3), at(2, 4), at(2, 5)], "S02E03–E05"),
        (vec![at(2, 3), at(2, 7), at(2, 8)], "S02E03, E07–E08"),
        (vec![at(1, 9), at(2, 1)], "S01E09, S02E01"),
        (vec![at(2019, 1), at(2020, 2), at(2020, 4)], "S2019E01, S2020E02, E04"),
        (vec![at(100, 1), at(10, 2)], "S100E01, S10E02"),
    ] {
        assert_eq!(spell(&positions), text);
    }
}
