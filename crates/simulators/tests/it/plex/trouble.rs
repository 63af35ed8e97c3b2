use super::{Stage, television, web};
use axum::body::Body;
use cliffhangarr_simulators::{
    faults::{Fault, FaultRule},
    plex::OWNER,
};
use http::{Request, StatusCode};
use std::time::{Duration, Instant};
use tower::ServiceExt;

#[tokio::test]
async fn a_starting_server_says_so_in_xml_on_every_path() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.starting = true);
    for path in ["/identity", "/", "/status/sessions", "/library/sections"] {
        let answer = stage.get(path, "application/json").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.text.contains("<Response code=\"503\" title=\"Maintenance\""));
    }
    stage.sim.configure(|settings| settings.identity_while_starting = true);
    assert_eq!(stage.get("/identity", "").await.status, StatusCode::OK);
    stage.sim.configure(|settings| settings.starting = false);
    assert_eq!(stage.get("/status/sessions", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_base_path_stands_before_everything() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.base_path = "/plex".to_owned());
    assert_eq!(stage.get("/plex/status/sessions", "").await.status, StatusCode::OK);
    assert_eq!(stage.get("/plex", "").await.status, StatusCode::OK);
    assert_eq!(stage.get("/status/sessions", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        stage.get("/plexus/status/sessions", "").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_server_that_wants_tls_drops_plain_connections_without_a_word() {
    let stage = Stage::new();
    let running = stage.sim.serve().await.unwrap();
    let client = web();
    let url = format!("{}/identity", running.url);
    assert!(client.get(&url).send().await.unwrap().status().is_success());
    stage.sim.configure(|settings| settings.secure_only = true);
    assert!(client.get(&url).send().await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn a_certificate_is_good_for_the_plex_direct_name_only() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.secure_only = true);
    let tls = stage.sim.serve_tls().await.unwrap();
    let authority = reqwest::Certificate::from_pem(tls.authority_pem.as_bytes()).unwrap();
    web();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([authority])
        .resolve(&tls.host, tls.addr);
    let client = builder.build().unwrap();
    let identity = client.get(format!("{}/identity", tls.url)).send().await.unwrap();
    assert_eq!(identity.status(), StatusCode::OK);
    assert!(
        client
            .get(format!("https://{}/identity", tls.addr))
            .send()
            .await
            .is_err(),
        "the address is not in it"
    );
    assert!(web().get(format!("http://{}/identity", tls.addr)).send().await.is_err());
    assert!(web().get(format!("{}/identity", tls.inner.url)).send().await.is_ok());
}

#[tokio::test]
async fn a_slow_disk_and_a_cut_body_are_faults_like_others() {
    let stage = Stage::new();
    let path = format!("/library/metadata/{}", stage.show);
    stage
        .sim
        .faults()
        .push(FaultRule::new("/library/metadata/", Fault::Delay(Duration::from_millis(40))).once());
    stage
        .sim
        .faults()
        .push(FaultRule::new("/library/metadata/", Fault::Truncate(100)).once());
    let start = Instant::now();
    assert_eq!(stage.get(&path, "application/json").await.status, StatusCode::OK);
    assert!(start.elapsed() >= Duration::from_millis(40));
    let running = stage.sim.serve().await.unwrap();
    let request = web()
        .get(format!("{}{path}", running.url))
        .header("X-Plex-Token", stage.sim.token());
    // Whether the headers still get through is a matter of buffers.
    let whole = async { request.send().await?.bytes().await };
    assert!(whole.await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask_and_event_streams_never() {
    let stage = Stage::new();
    let path = format!("/library/metadata/{}/allLeaves", stage.show);
    let ask = |encoding: &'static str| {
        let request = Request::get(&path)
            .header("X-Plex-Token", stage.sim.token())
            .header("Accept-Encoding", encoding);
        stage.sim.router().oneshot(request.body(Body::empty()).unwrap())
    };
    for (encoding, written) in [("gzip", Some("gzip")), ("identity", None)] {
        let answer = ask(encoding).await.unwrap();
        let said = answer.headers().get("content-encoding");
        assert_eq!(said.map(|said| said.to_str().unwrap()), written);
    }
    let stream = Request::get("/:/eventsource/notifications")
        .header("X-Plex-Token", stage.sim.token())
        .header("Accept-Encoding", "gzip");
    let stream = stage
        .sim
        .router()
        .oneshot(stream.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert!(stream.headers().get("content-encoding").is_none());
    // A client that asks by itself reads the same as one that does not ask, in fewer bytes.
    let plain = stage.get(&path, "").await.text;
    stage.sim.configure(|settings| settings.chunked = true);
    stage.sim.log().clear();
    let running = stage.sim.serve().await.unwrap();
    let request = web()
        .get(format!("{}{path}", running.url))
        .header("X-Plex-Token", stage.sim.token());
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), plain);
    let bytes = stage.sim.log().bytes();
    assert!(
        bytes > 0 && bytes * 3 < plain.len() as u64,
        "{bytes} of {}",
        plain.len()
    );
    stage
        .sim
        .faults()
        .push(FaultRule::new("/library/metadata/", Fault::Truncate(500)).once());
    let request = web()
        .get(format!("{}{path}", running.url))
        .header("X-Plex-Token", stage.sim.token());
    let whole = async { request.send().await?.bytes().await };
    assert!(whole.await.is_err(), "cut short and compressed");
    running.stop().await;
}

#[tokio::test]
async fn a_restart_refuses_then_starts_then_answers() {
    let stage = Stage::new();
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let running = stage.sim.serve().await.unwrap();
    let (addr, url) = (
        running.addr,
        format!("{}/status/sessions?X-Plex-Token={}", running.url, stage.sim.token()),
    );
    let client = web();
    running.stop().await;
    assert!(client.get(&url).send().await.unwrap_err().is_connect());
    stage.sim.restart_server();
    stage.sim.configure(|settings| settings.starting = true);
    let running = stage.sim.serve_at(addr).await.unwrap();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 503);
    stage.sim.configure(|settings| settings.starting = false);
    let text = client.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("size=\"0\""), "{text}");
    running.stop().await;
}

#[tokio::test]
async fn faults_and_the_log_stand_in_front() {
    let stage = Stage::new();
    stage
        .sim
        .faults()
        .push(FaultRule::new("/status/sessions", Fault::Html).once());
    let page = stage.get("/status/sessions", "application/json").await;
    assert_eq!(
        (page.status, page.kind().starts_with("text/html")),
        (StatusCode::OK, true)
    );
    assert_eq!(
        stage.get("/status/sessions", "application/json").await.kind(),
        "application/json"
    );
    assert_eq!(stage.sim.log().requests().len(), 2);
    assert!(stage.sim.log().writes().is_empty());
}

#[tokio::test]
async fn unknown_paths_are_404_and_bad_arguments_400_in_html() {
    let stage = Stage::new();
    let missing = stage.get("/no/such/thing", "application/json").await;
    assert_eq!((missing.status, missing.kind()), (StatusCode::NOT_FOUND, "text/html"));
    let bad = stage.get("/library/metadata/abc", "application/json").await;
    assert_eq!((bad.status, bad.kind()), (StatusCode::BAD_REQUEST, "text/html"));
    let request = Request::get("/:/timeline?state=playing").header("X-Plex-Token", stage.sim.token());
    assert_eq!(
        stage.send(request.body(Body::empty()).unwrap()).await.status,
        StatusCode::BAD_REQUEST
    );
}
