use super::Stage;
use crate::python;

/// What another project's client expects of a server, the simulator does.
#[tokio::test]
async fn python_plexapi_finds_what_it_looks_for() {
    let stage = Stage::new();
    let running = stage.sim.serve().await.unwrap();
    python::run("plex_plexapi.py", &[&running.url, &stage.sim.token()]).await;
    running.stop().await;
}
