//! What may happen in a household.

use proptest::prelude::*;

/// Everything about one household and its months.
#[derive(Debug, Clone)]
pub struct Script {
    pub cleanup: bool,
    pub at_once: bool,
    pub days: u32,
    pub threshold: u32,
    pub confirm_above: u32,
    pub standard: bool,
    pub shows: Vec<Show>,
    pub events: Vec<Event>,
}

/// A show and how it is enrolled.
#[derive(Debug, Clone)]
pub struct Show {
    /// Episodes of each season.
    pub seasons: Vec<i32>,
    /// How many of the seasons have files.
    pub there: usize,
    /// Whether the first two episodes of each season that is there share a file.
    pub doubles: bool,
    /// Index into the monitoring types.
    pub rolls: usize,
    /// Whether the enrolment brought Sonarr to the baseline.
    pub baseline: bool,
    /// Whether the last season airs week by week from now on.
    pub airing: bool,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody watches so many episodes of a show, from where they are.
    Binge {
        viewer: usize,
        show: usize,
        episodes: usize,
    },
    /// Somebody goes to another season.
    Jump { viewer: usize, show: usize, season: i32 },
    /// Somebody watches while nobody looks, and the machine sleeps.
    Unseen { viewer: usize, show: usize, hours: i64 },
    /// Somebody starts something and leaves it on.
    LeaveOn { viewer: usize, show: usize, hours: i64 },
    /// Time passes.
    Pass { hours: i64 },
    /// The machine sleeps.
    Sleep { hours: i64 },
    /// The clock is set back a little.
    SetBack { minutes: i64 },
    /// The media server cannot be reached for a while.
    NoPlex { hours: i64 },
    /// Sonarr cannot be reached for a while; somebody watches meanwhile.
    NoSonarr { hours: i64, viewer: usize, show: usize },
    /// Some request to Sonarr fails, before or after its effect.
    Fault { kind: usize, after: bool, times: u32 },
    /// The disk is away for a while.
    Unmounted { hours: i64 },
    /// The engine is restarted.
    Restart,
    /// The machine is switched off after so many requests, while something is due.
    Kill { requests: i64, arrives: bool },
    /// The user sets "keep", or lifts it.
    Keep {
        show: usize,
        season: Option<i32>,
        keep: bool,
    },
    /// The user protects a series in Sonarr, or lifts that.
    Tag { show: usize, tagged: bool },
    /// The user changes the type.
    Change { show: usize, rolls: usize },
    /// The user resets a show.
    Reset { show: usize },
    /// The user answers what was asked.
    Answer { yes: bool },
    /// The user lets everybody trigger, or only the first viewer.
    Filter { only_first: bool },
}

fn show() -> impl Strategy<Value = Show> {
    (
        prop::collection::vec(2..6_i32, 2..5),
        prop::sample::select(vec![1_usize, 1, 1, 2, 3]),
        prop::bool::weighted(0.3),
        0..3_usize,
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(seasons, there, doubles, rolls, baseline, airing)| Show {
            there: there.min(seasons.len()),
            seasons,
            doubles,
            rolls,
            baseline,
            airing,
        })
}

fn event() -> impl Strategy<Value = Event> {
    let viewer = 0..3_usize;
    let show = prop::sample::select(vec![0_usize, 0, 0, 1, 1, 2, 3]);
    prop_oneof![
        24 => (viewer.clone(), show.clone(), 2..7_usize).prop_map(|(viewer, show, episodes)| Event::Binge { viewer, show, episodes }),
        3 => (viewer.clone(), show.clone(), 1..5_i32).prop_map(|(viewer, show, season)| Event::Jump { viewer, show, season }),
        3 => (viewer.clone(), show.clone(), 5..300_i64).prop_map(|(viewer, show, hours)| Event::Unseen { viewer, show, hours }),
        3 => (viewer.clone(), show.clone(), 1..40_i64).prop_map(|(viewer, show, hours)| Event::LeaveOn { viewer, show, hours }),
        10 => (6..90_i64).prop_map(|hours| Event::Pass { hours }),
        2 => (5..150_i64).prop_map(|hours| Event::Sleep { hours }),
        1 => (1..120_i64).prop_map(|minutes| Event::SetBack { minutes }),
        2 => (1..200_i64).prop_map(|hours| Event::NoPlex { hours }),
        2 => (1..100_i64, viewer, show.clone()).prop_map(|(hours, viewer, show)| Event::NoSonarr { hours, viewer, show }),
        4 => (0..6_usize, any::<bool>(), 1..4_u32).prop_map(|(kind, after, times)| Event::Fault { kind, after, times }),
        1 => (1..60_i64).prop_map(|hours| Event::Unmounted { hours }),
        2 => Just(Event::Restart),
        4 => (0..25_i64, any::<bool>()).prop_map(|(requests, arrives)| Event::Kill { requests, arrives }),
        1 => (show.clone(), prop::option::of(1..4_i32), any::<bool>()).prop_map(|(show, season, keep)| Event::Keep { show, season, keep }),
        1 => (show.clone(), any::<bool>()).prop_map(|(show, tagged)| Event::Tag { show, tagged }),
        1 => (show.clone(), 0..3_usize).prop_map(|(show, rolls)| Event::Change { show, rolls }),
        1 => show.prop_map(|show| Event::Reset { show }),
        2 => any::<bool>().prop_map(|yes| Event::Answer { yes }),
        1 => any::<bool>().prop_map(|only_first| Event::Filter { only_first }),
    ]
}

/// Any household over some months.
pub fn script() -> impl Strategy<Value = Script> {
    let settings = (
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.3),
        prop::sample::select(vec![3_u32, 7, 7, 14]),
        1..4_u32,
        prop::sample::select(vec![10_u32, 50, 100]),
        prop::bool::weighted(0.7),
    );
    (
        settings,
        prop::collection::vec(show(), 1..4),
        prop::collection::vec(event(), 10..45),
    )
        .prop_map(
            |((cleanup, at_once, days, threshold, confirm_above, standard), shows, events)| Script {
                cleanup,
                at_once,
                days,
                threshold,
                confirm_above,
                standard,
                shows,
                events,
            },
        )
}
