//! A household that watches: one Plex, one or more Sonarrs, five viewers, twelve invented shows, and a script from a seed.
//!
//! The viewers can play only what Sonarr has a file of, so what a client of both does decides how the story goes on. With a clock that a
//! test moves, months pass in seconds ([`Household::advance`]); with a running clock the story is played as it happens
//! ([`Household::run`]).

mod choice;
mod play;
mod script;
mod serve;
mod shelves;
mod titles;
mod viewers;

pub use serve::{DemoServers, serve_demo};

use crate::{clock::SimClock, plex::PlexSim, sonarr::SonarrSim};
use jiff::{SignedDuration, Timestamp};
use rand::{SeedableRng, rngs::StdRng};
use shelves::Show;
use std::collections::VecDeque;
use titles::TITLES;
use viewers::{Doing, Viewer, cast};

/// How fast the story goes.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Seconds of an episode that pass in one second of the clock.
    pub compression: f64,
    /// Time between two reports of a player.
    pub report_every: SignedDuration,
    /// Time between two looks at what Sonarr has; somebody who comes to watch looks, too.
    pub look_every: SignedDuration,
    /// Whether people watch in the evenings only; else they come back after a moment.
    pub evenings: bool,
    /// Least and greatest length of a pause, in seconds.
    pub pause: (i64, i64),
    /// Least and greatest time away between two plays, in seconds, when not bound to evenings.
    pub away: (i64, i64),
}

impl Pace {
    /// As in life: evenings, whole episodes, a report every ten seconds.
    pub const LIFE: Self = Self {
        compression: 1.0,
        report_every: SignedDuration::from_secs(10),
        look_every: SignedDuration::from_mins(10),
        evenings: true,
        pause: (120, 1200),
        away: (0, 0),
    };

    /// For somebody who looks on: an episode takes about a minute, and there is always somebody watching.
    pub const SHOW: Self = Self {
        compression: 40.0,
        report_every: SignedDuration::from_secs(2),
        look_every: SignedDuration::from_secs(3),
        evenings: false,
        pause: (6, 20),
        away: (5, 45),
    };
}

/// A kind of event in the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An episode or a movie starts.
    Started,
    /// A play is paused.
    Paused,
    /// A paused play goes on.
    Resumed,
    /// An item was watched to its end.
    Finished,
    /// A play was left in the middle.
    Left,
    /// Something was started by mistake and stopped at once.
    Mistaken,
    /// Somebody came to watch and found nothing.
    Waited,
    /// An episode came into the library.
    Imported,
    /// An episode left the library.
    Removed,
}

/// One event in the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When it was, in simulated time.
    pub at: Timestamp,
    /// What it was.
    pub what: What,
    /// The account of the viewer it is about.
    pub account: Option<i64>,
    /// The title of the show it is about.
    pub show: Option<&'static str>,
    /// Season and number of the episode it is about.
    pub episode: Option<(i32, i32)>,
    /// A sentence for people.
    pub text: String,
}

/// The household and everything in it.
#[derive(Debug)]
pub struct Household {
    clock: SimClock,
    plex: PlexSim,
    sonarrs: Vec<SonarrSim>,
    shows: Vec<Show>,
    viewers: Vec<Viewer>,
    movies: Vec<i64>,
    preroll: i64,
    pace: Pace,
    rng: StdRng,
    pending: VecDeque<Happening>,
    next_sync: Timestamp,
}

impl Household {
    /// The household with one Sonarr, at the pace of life. The same seed and the same answers of Sonarr give the same story.
    pub fn demo(clock: SimClock, seed: u64) -> Self {
        Self::with_instances(clock, seed, 1)
    }

    /// The household with several Sonarrs: the first has all shows, the others every third one again.
    pub fn with_instances(clock: SimClock, seed: u64, instances: usize) -> Self {
        let now = clock.now();
        let plex = PlexSim::new(clock.clone());
        let sonarrs: Vec<SonarrSim> = (0..instances.max(1)).map(|_| SonarrSim::new(clock.clone())).collect();
        let shows = TITLES.iter().enumerate().map(|(position, title)| {
            let has = |instance: &usize| *instance == 0 || position % 3 == 0;
            let series = (0..sonarrs.len())
                .filter(has)
                .map(|at| (at, sonarrs[at].add_series(title.series(now))));
            let series = series.collect();
            Show {
                name: title.name,
                plex_key: None,
                series,
                known: Default::default(),
                shelf: Default::default(),
            }
        });
        let shows = shows.collect();
        let viewers = cast(now);
        for viewer in &viewers {
            plex.add_account(viewer.account, viewer.name, viewer.kind);
        }
        let movies = vec![
            plex.add_movie("Glass Orchard", 2023, 116),
            plex.add_movie("A Ferry to Nowhere", 2019, 98),
        ];
        let preroll = plex.add_clip(crate::plex::ClipKind::Preroll, "Welcome", 6);
        let mut household = Self {
            clock,
            plex,
            sonarrs,
            shows,
            viewers,
            movies,
            preroll,
            pace: Pace::LIFE,
            rng: StdRng::seed_from_u64(seed),
            pending: VecDeque::new(),
            next_sync: now,
        };
        household.sync_library(now, false);
        household.set_pace(Pace::LIFE);
        household
    }

    /// Sets the pace, and when everybody comes to watch for the first time. Before the first step only.
    pub fn set_pace(&mut self, pace: Pace) {
        let now = self.clock.now();
        self.pace = pace;
        for position in 0..self.viewers.len() {
            let until = if self.pace.evenings {
                self.next_evening(position, now)
            } else {
                // One after the other, the first at once: somebody who looks on wants to see something.
                now + SignedDuration::from_secs(2 + position as i64 * 9)
            };
            self.viewers[position].doing = Doing::Away { until };
        }
    }

    /// Sets how often players report; less often makes months pass faster. Must stay below the server's limit of silence.
    pub fn set_report_interval(&mut self, every: SignedDuration) {
        self.pace.report_every = every;
    }

    /// The media server.
    pub fn plex(&self) -> &PlexSim {
        &self.plex
    }

    /// The first Sonarr.
    pub fn sonarr(&self) -> &SonarrSim {
        &self.sonarrs[0]
    }

    /// All Sonarrs.
    pub fn sonarrs(&self) -> &[SonarrSim] {
        &self.sonarrs
    }

    /// Names and accounts of the viewers, the owner first.
    pub fn viewers(&self) -> Vec<(i64, &'static str)> {
        self.viewers
            .iter()
            .map(|viewer| (viewer.account, viewer.name))
            .collect()
    }

    /// Titles of the shows, with the series' id on the first Sonarr.
    pub fn titles(&self) -> Vec<(&'static str, i64)> {
        self.shows
            .iter()
            .filter_map(|show| Some((show.name, show.series.first()?.1)))
            .collect()
    }

    pub(crate) fn label(&self, show: usize, (season, number): (i32, i32)) -> String {
        format!("{} S{season:02}E{number:02}", self.shows[show].name)
    }

    fn note(
        &mut self,
        at: Timestamp,
        what: What,
        viewer: Option<usize>,
        episode: Option<(usize, (i32, i32))>,
        text: String,
    ) {
        self.pending.push_back(Happening {
            at,
            what,
            account: viewer.map(|viewer| self.viewers[viewer].account),
            show: episode.map(|(show, _)| self.shows[show].name),
            episode: episode.map(|(_, episode)| episode),
            text,
        });
    }
}
