//! A Plex and a Sonarr that the application meets over HTTP, with one show on them.

use simulators::clock::SimClock;
use simulators::plex::{AccountKind, Device, PlexSim, ShowSpec};
use simulators::server::Running;
use simulators::sonarr::{SeriesSpec, SonarrSim};

const ALICE: i64 = 924_920;
const TVDB: i64 = 371_980;
/// The show that is watched: two seasons on both, and only the first one there to watch.
pub const SHOW: &str = "Tidewrack";

/// The servers of a small household. Dropping them stops them.
pub struct Household {
    pub plex: PlexSim,
    pub plex_address: String,
    pub sonarr: SonarrSim,
    pub sonarr_address: String,
    show: i64,
    _running: (Running, Running),
}

impl Household {
    pub async fn start() -> Self {
        let clock = SimClock::system();
        let plex = PlexSim::new(clock.clone());
        plex.add_account(ALICE, "Alice", AccountKind::Shared);
        let show = plex.add_show(ShowSpec::new(SHOW, 2024).tvdb(TVDB).season(1, 8));
        let sonarr = SonarrSim::new(clock);
        sonarr.add_series(
            SeriesSpec::new(SHOW, TVDB)
                .year(2024)
                .season_with_files(1, 8)
                .season(2, 8),
        );
        let running = (plex.serve().await.unwrap(), sonarr.serve().await.unwrap());
        Self {
            plex_address: running.0.url.clone(),
            sonarr_address: running.1.url.clone(),
            plex,
            sonarr,
            show,
            _running: running,
        }
    }

    /// Alice has been watching the last but one episode of season 1 for ten minutes.
    pub fn alice_nears_the_end(&self) {
        let episode = self.plex.episode_key(self.show, 1, 7).unwrap();
        self.plex
            .play_from(ALICE, &Device::television("den-tv", "Den"), episode, 600_000);
    }

    /// Everything that must stay secret.
    pub fn secrets(&self) -> [String; 2] {
        [self.plex.token(), self.sonarr.api_key()]
    }

    /// How often each season was searched as a whole, or episodes one by one.
    pub fn has_searched(&self) -> bool {
        !self.sonarr.searches().is_empty()
    }
}
