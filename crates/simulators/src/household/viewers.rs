//! The people, their devices, and how they watch.

use super::play::Play;
use crate::plex::{AccountKind, Device, OWNER};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How somebody watches; chances from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// That an evening is spent watching.
    pub(super) evenings: f64,
    /// The hour at which such an evening begins.
    pub(super) hour: i8,
    /// That another episode follows one.
    pub(super) binge: f64,
    /// That a play is interrupted by a pause.
    pub(super) pause: f64,
    /// That a play is given up.
    pub(super) abandon: f64,
    /// That the wrong thing is started first.
    pub(super) mistake: f64,
    /// That something known is watched again.
    pub(super) rewatch: f64,
    /// That it is a movie instead.
    pub(super) movie: f64,
}

/// How far somebody is in a show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The last episode that was finished; absent before the first.
    pub(super) finished: Option<(i32, i32)>,
    /// An episode that was begun, and where it was left.
    pub(super) begun: Option<((i32, i32), i64)>,
    /// Whether the show was given up.
    pub(super) dropped: bool,
}

impl Place {
    const fn start() -> Self {
        Self {
            finished: None,
            begun: None,
            dropped: false,
        }
    }

    const fn after(season: i32, episode: i32) -> Self {
        Self {
            finished: Some((season, episode)),
            begun: None,
            dropped: false,
        }
    }
}

#[derive(Debug)]
pub(super) enum Doing {
    Away { until: Timestamp },
    Watching(Play),
}

#[derive(Debug)]
pub(super) struct Viewer {
    pub(super) account: i64,
    pub(super) name: &'static str,
    pub(super) kind: AccountKind,
    pub(super) device: Device,
    pub(super) habit: Habit,
    /// The shows that this viewer is interested in, with the place in each; by position in the library.
    pub(super) places: BTreeMap<usize, Place>,
    /// What is certain to be watched first.
    pub(super) opening: Option<usize>,
    pub(super) doing: Doing,
}

const CALM: Habit = Habit {
    evenings: 0.5,
    hour: 20,
    binge: 0.5,
    pause: 0.3,
    abandon: 0.08,
    mistake: 0.05,
    rewatch: 0.05,
    movie: 0.08,
};

/// The owner and four others, nobody watching yet.
pub(super) fn cast(now: Timestamp) -> Vec<Viewer> {
    let viewer = |account, name, kind, device, habit, places: &[(usize, Place)], opening| Viewer {
        account,
        name,
        kind,
        device,
        habit,
        places: places.iter().copied().collect(),
        opening,
        doing: Doing::Away { until: now },
    };
    vec![
        viewer(
            OWNER,
            "marlow",
            AccountKind::Owner,
            Device::television("shield-living-room", "Living Room"),
            Habit {
                evenings: 0.7,
                binge: 0.6,
                ..CALM
            },
            &[
                (0, Place::after(1, 8)),
                (2, Place::after(2, 3)),
                (10, Place::start()),
                (5, Place::start()),
            ],
            Some(0),
        ),
        viewer(
            924_920,
            "river_otter",
            AccountKind::Shared,
            Device::browser("firefox-otter", "Otter's laptop").remote(),
            Habit {
                binge: 0.75,
                abandon: 0.15,
                ..CALM
            },
            &[
                (1, Place::start()),
                (3, Place::after(2, 3)),
                (9, Place::start()),
                (11, Place::start()),
            ],
            Some(1),
        ),
        viewer(
            3_150_772,
            "tessalin",
            AccountKind::Shared,
            Device::tablet("ipad-tess", "Tess's iPad"),
            Habit {
                evenings: 0.6,
                hour: 21,
                pause: 0.5,
                ..CALM
            },
            &[
                (3, Place::after(1, 2)),
                (6, Place::after(2021, 5)),
                (4, Place::after(2, 10)),
                (11, Place::start()),
            ],
            Some(3),
        ),
        viewer(
            30_518_877,
            "Kiddo",
            AccountKind::Managed,
            Device::tablet("ipad-kids", "Kids iPad"),
            Habit {
                evenings: 0.8,
                hour: 18,
                binge: 0.6,
                abandon: 0.2,
                mistake: 0.15,
                rewatch: 0.3,
                ..CALM
            },
            &[(8, Place::after(1, 9)), (4, Place::after(1, 11)), (6, Place::start())],
            Some(4),
        ),
        viewer(
            7_704_413,
            "old_gregor",
            AccountKind::Shared,
            Device::television("chromecast-gregor", "Gregor TV").remote(),
            Habit {
                evenings: 0.4,
                hour: 19,
                binge: 0.3,
                rewatch: 0.15,
                ..CALM
            },
            &[
                (7, Place::after(2026, 8)),
                (0, Place::after(1, 3)),
                (5, Place::after(1, 2)),
                (10, Place::after(1, 2)),
            ],
            None,
        ),
    ]
}
