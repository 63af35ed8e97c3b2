//! Others find what they look for.

use super::Stage;
use crate::plex::{OTTER, television};
use crate::python;
use jiff::SignedDuration;

/// What another project's client expects of a Tautulli, the simulator does.
#[tokio::test]
async fn pytautulli_finds_what_it_looks_for() {
    let stage = Stage::new();
    stage.sim.set_friendly_name(OTTER, "Otter");
    let plex = &stage.attic.sim;
    let yesterday = stage.sim.clock().now() - SignedDuration::from_hours(20);
    plex.record_view(OTTER, stage.attic.episode(1, 2), yesterday);
    plex.play_from(OTTER, &television(), stage.attic.episode(2, 1), 400_000);
    let running = stage.sim.serve().await.unwrap();
    python::run("tautulli_pytautulli.py", &[&running.url, &stage.sim.api_key()]).await;
    running.stop().await;
}
