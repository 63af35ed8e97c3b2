//! The household over HTTP, for a program that shows what it can do.

use super::{Household, Pace};
use crate::{
    clock::SimClock,
    plex::PlexSim,
    server::Running,
    sonarr::{SonarrSim, Timing},
};
use jiff::{SignedDuration, Timestamp};
use std::io;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The servers of a household that is being played. Dropping them ends it.
#[derive(Debug)]
pub struct DemoServers {
    /// The media server.
    pub plex: Running,
    /// The owner's token.
    pub plex_token: String,
    /// The Sonarr.
    pub sonarr: Running,
    /// Sonarr's API key.
    pub sonarr_api_key: String,
    /// The media server's inside.
    pub plex_sim: PlexSim,
    /// Sonarr's inside.
    pub sonarr_sim: SonarrSim,
    /// The clock of all of them.
    pub clock: SimClock,
    _story: DropGuard,
}

/// Serves a household that somebody can look on to: `speed` 1 has an event about every twenty seconds, by a clock that is right.
///
/// # Errors
/// When no port can be bound.
pub async fn serve_demo(speed: f64) -> io::Result<DemoServers> {
    let speed = speed.max(0.1);
    let clock = SimClock::scaled(Timestamp::now(), speed);
    let mut household = Household::demo(clock.clone(), 7);
    let report = SignedDuration::from_secs_f64((2.0 * speed).clamp(2.0, 120.0));
    household.set_pace(Pace {
        report_every: report,
        ..Pace::SHOW
    });
    let (plex_sim, sonarr_sim) = (household.plex().clone(), household.sonarr().clone());
    sonarr_sim.set_timing(Timing {
        search: SignedDuration::from_secs(2),
        refresh: SignedDuration::from_secs(2),
        other: SignedDuration::from_secs(1),
        appear: SignedDuration::from_secs(2),
        download: SignedDuration::from_secs(25),
        import: SignedDuration::from_secs(3),
    });
    let (plex, sonarr) = (plex_sim.serve().await?, sonarr_sim.serve().await?);
    let cancel = CancellationToken::new();
    tokio::spawn(household.run(cancel.clone()));
    Ok(DemoServers {
        plex,
        plex_token: plex_sim.token(),
        sonarr,
        sonarr_api_key: sonarr_sim.api_key(),
        plex_sim,
        sonarr_sim,
        clock,
        _story: cancel.drop_guard(),
    })
}
