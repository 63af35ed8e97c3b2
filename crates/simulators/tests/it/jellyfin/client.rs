use super::Stage;
use crate::python;

/// What another project's client expects of a server, the simulator does.
#[tokio::test]
async fn python_jellyfin_apiclient_finds_what_it_looks_for() {
    let stage = Stage::jellyfin();
    stage
        .sim
        .change_user(stage.kiddo, |user| user.password = String::from("secret"));
    let running = stage.sim.serve().await.unwrap();
    python::run("jellyfin_apiclient.py", &[&running.url, "kiddo", "secret"]).await;
    running.stop().await;
}

/// What Emby's own client expects of a server, the simulator does.
#[tokio::test]
async fn python_embyclient_finds_what_it_looks_for() {
    let stage = Stage::emby();
    stage
        .sim
        .change_user(stage.kiddo, |user| user.password = String::from("secret"));
    let running = stage.sim.serve().await.unwrap();
    let arguments = [&running.url, &stage.sim.api_key(), "kiddo", "secret"];
    python::run("emby_embyclient.py", &arguments).await;
    running.stop().await;
}
