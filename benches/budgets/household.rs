//! The worlds that are measured in: many shows, and people in the middle of them.

use simulators::clock::SimClock;
use simulators::plex::{Device, OWNER, PlexSim, ShowSpec};
use simulators::sonarr::{ReleasePolicy, SeriesSpec, SonarrSim};

/// TVDB ids of the shows that are in Plex start here; those of the rest of a library elsewhere.
const FIRST_TVDB: i64 = 1_000_000;

/// Far enough into an episode to count.
const OFFSET_MS: i64 = 120_000;

/// All servers of one world.
pub struct World {
    pub plexes: Vec<PlexSim>,
    pub sonarrs: Vec<SonarrSim>,
    shows: Vec<Show>,
}

/// A show that is in Plex and Sonarr.
#[derive(Clone, Copy)]
struct Show {
    plex: usize,
    key: i64,
}

impl World {
    /// So many servers, and so many shows spread over them, each with a first season on disk and a second one missing. Every Sonarr
    /// has `filler` series more.
    pub fn new(plexes: usize, sonarrs: usize, shows: usize, filler: usize) -> Self {
        let clock = SimClock::system();
        let mut world = Self {
            plexes: (0..plexes).map(|_| PlexSim::new(clock.clone())).collect(),
            sonarrs: (0..sonarrs).map(|_| SonarrSim::new(clock.clone())).collect(),
            shows: Vec::new(),
        };
        for sonarr in &world.sonarrs {
            sonarr.set_release_policy(ReleasePolicy::NOTHING);
            for number in 0..filler {
                let spec = SeriesSpec::new(format!("Filler Number {number}"), number as i64 + 1);
                sonarr.add_series(spec.season_with_files(1, 3));
            }
        }
        for number in 0..shows {
            let title = format!("Measured Show {number}");
            let tvdb = FIRST_TVDB + number as i64;
            let plex = number % plexes;
            let key = world.plexes[plex].add_show(ShowSpec::new(&title, 2015).tvdb(tvdb).season(1, 10));
            world.sonarrs[number % sonarrs]
                .add_series(SeriesSpec::new(title, tvdb).season_with_files(1, 10).season(2, 8));
            world.shows.push(Show { plex, key });
        }
        world
    }

    /// Somebody is in the middle of an episode of a show.
    pub fn play(&self, show: usize, episode: i32, device: &str) {
        let Show { plex, key } = self.shows[show % self.shows.len()];
        let plex = &self.plexes[plex];
        if let Some(item) = plex.episode_key(key, 1, episode) {
            plex.play_from(OWNER, &Device::television(device, "Living Room"), item, OFFSET_MS);
        }
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        self.plexes.iter().for_each(|plex| plex.log().clear());
        self.sonarrs.iter().for_each(|sonarr| sonarr.log().clear());
    }
}
