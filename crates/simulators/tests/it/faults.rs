use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use cliffhangarr_simulators::faults::{Fault, FaultPlan, FaultRule, RequestLog, layer, logged};
use cliffhangarr_simulators::server::{Running, serve, serve_at};
use http::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;

const ANSWER: &str =
    r#"{"id":1,"title":"Alpha","tags":[1,2,3],"nested":{"flag":true,"number":7},"more":[{"a":1},{"b":"2"}]}"#;

struct Bench {
    plan: FaultPlan,
    log: RequestLog,
    effects: Arc<AtomicUsize>,
}

impl Bench {
    fn new() -> Self {
        Self {
            plan: FaultPlan::new(),
            log: RequestLog::new(),
            effects: Arc::default(),
        }
    }

    fn router(&self) -> Router {
        let effects = Arc::clone(&self.effects);
        let handler = any(move || {
            effects.fetch_add(1, Ordering::Relaxed);
            async { ([("content-type", "application/json")], ANSWER) }
        });
        logged(
            layer(Router::new().route("/{*path}", handler), self.plan.clone()),
            self.log.clone(),
        )
    }

    async fn call(&self, method: &str, path: &str) -> (u16, String, Vec<u8>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from("sent"))
            .unwrap();
        let response = self.router().oneshot(request).await.unwrap();
        let kind = response
            .headers()
            .get("content-type")
            .map_or("", |kind| kind.to_str().unwrap())
            .to_owned();
        let status = response.status().as_u16();
        (
            status,
            kind,
            to_bytes(response.into_body(), usize::MAX)
                .await
                .unwrap_or_default()
                .to_vec(),
        )
    }

    fn effects(&self) -> usize {
        self.effects.load(Ordering::Relaxed)
    }

    async fn serve(&self) -> Running {
        rustls::crypto::ring::default_provider().install_default().ok();
        serve(self.router()).await.unwrap()
    }
}

#[tokio::test]
async fn a_rule_hits_what_it_names_as_often_as_it_says() {
    let bench = Bench::new();
    bench.plan.push(
        FaultRule::new("/series", Fault::status(502))
            .method(Method::PUT)
            .times(2),
    );
    let mut statuses = Vec::new();
    for (method, path) in [
        ("GET", "/series"),
        ("PUT", "/tag"),
        ("PUT", "/series/1"),
        ("PUT", "/series"),
        ("PUT", "/series"),
    ] {
        statuses.push(bench.call(method, path).await.0);
    }
    assert_eq!(statuses, [200, 200, 502, 502, 200]);
    assert_eq!((bench.plan.hits(), bench.effects()), (2, 3));
    bench.plan.push(FaultRule::new("", Fault::json(500, "{}")));
    assert_eq!(bench.call("GET", "/anything").await.0, 500);
    bench.plan.clear();
    assert_eq!(bench.call("GET", "/anything").await.0, 200);
}

#[tokio::test]
async fn a_fault_after_the_effect_loses_only_the_answer() {
    let bench = Bench::new();
    bench
        .plan
        .push(FaultRule::new("/x", Fault::DatabaseLocked).after_effect().once());
    let (status, _, body) = bench.call("POST", "/x").await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (status, body["message"].as_str()),
        (500, Some("database is locked\r\ndatabase is locked"))
    );
    assert!(body["description"].as_str().unwrap().starts_with("code = Busy (5)"));
    assert_eq!(bench.effects(), 1);
    bench.plan.push(FaultRule::new("/x", Fault::DatabaseLocked).once());
    assert_eq!(bench.call("POST", "/x").await.0, 500);
    assert_eq!(bench.effects(), 1);
}

#[tokio::test]
async fn bodies_can_be_wrong_in_many_ways() {
    let bench = Bench::new();
    let body = async |fault: Fault| {
        bench.plan.push(FaultRule::new("", fault).once());
        bench.call("GET", "/x").await
    };
    let (status, kind, _) = body(Fault::Html).await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    let (status, kind, text) = body(Fault::MalformedJson).await;
    assert_eq!((status, kind.as_str()), (200, "application/json"));
    assert!(serde_json::from_slice::<Value>(&text).is_err());
    let (_, _, huge) = body(Fault::HugeBody(1_000_000)).await;
    assert!(huge.len() > 900_000);
    let (status, _, text) = body(Fault::StartingUp503).await;
    assert_eq!(status, 503);
    assert!(serde_json::from_slice::<Value>(&text).unwrap()["errorMessage"].is_string());
    let (status, _, wrong) = body(Fault::WrongTypes).await;
    let wrong: Value = serde_json::from_slice(&wrong).unwrap();
    assert_eq!(status, 200);
    assert_ne!(wrong, serde_json::from_str::<Value>(ANSWER).unwrap());
    let (_, _, again) = body(Fault::WrongTypes).await;
    assert_eq!(serde_json::from_slice::<Value>(&again).unwrap(), wrong);
}

#[tokio::test]
async fn connections_die_where_they_are_told_to() {
    let bench = Bench::new();
    let running = bench.serve().await;
    let client = reqwest::Client::new();
    let url = format!("{}/x", running.url);
    bench.plan.push(FaultRule::new("", Fault::Drop).once());
    assert!(client.post(&url).send().await.is_err());
    assert_eq!(bench.effects(), 0);
    bench.plan.push(FaultRule::new("", Fault::Drop).after_effect().once());
    assert!(client.post(&url).send().await.is_err());
    assert_eq!(bench.effects(), 1);
    bench.plan.push(FaultRule::new("", Fault::Truncate(10)).once());
    let cut = client.get(&url).send().await.unwrap();
    assert_eq!(
        (cut.status().as_u16(), cut.content_length()),
        (200, Some(ANSWER.len() as u64))
    );
    assert!(cut.bytes().await.is_err());
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), ANSWER);
}

#[tokio::test]
async fn answers_are_late_or_never_come() {
    let bench = Bench::new();
    let running = bench.serve().await;
    let client = reqwest::Client::new();
    let url = format!("{}/x", running.url);
    bench
        .plan
        .push(FaultRule::new("", Fault::Delay(Duration::from_millis(60))).once());
    let started = Instant::now();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    assert!(started.elapsed() >= Duration::from_millis(60));
    let busy = FaultRule::new("", Fault::DatabaseLocked)
        .delayed(Duration::from_millis(60))
        .once();
    bench.plan.push(busy);
    let started = Instant::now();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 500);
    assert!(started.elapsed() >= Duration::from_millis(60));
    bench.plan.push(FaultRule::new("", Fault::Hang).once());
    let impatient = client.get(&url).timeout(Duration::from_millis(200));
    assert!(impatient.send().await.unwrap_err().is_timeout());
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_stopped_server_is_gone_with_its_connections_and_can_come_back() {
    let bench = Bench::new();
    let running = bench.serve().await;
    let (url, addr) = (format!("{}/x", running.url), running.addr);
    let client = reqwest::Client::new();
    bench.plan.push(FaultRule::new("/hang", Fault::Hang));
    let hanging = tokio::spawn(client.get(format!("{}/hang", running.url)).send());
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    while bench.plan.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.stop().await;
    assert!(hanging.await.unwrap().is_err());
    assert!(client.get(&url).send().await.unwrap_err().is_connect());
    let back = serve_at(bench.router(), addr).await.unwrap();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    drop(back);
}

#[tokio::test]
async fn the_log_knows_what_was_asked_and_keeps_no_secret() {
    let bench = Bench::new();
    bench.plan.push(FaultRule::new("/bad", Fault::status(502)));
    bench.call("GET", "/a?apikey=secret&x=1").await;
    bench.call("PUT", "/bad").await;
    let requests = bench.log.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[0].target.as_str(), requests[0].path()),
        ("/a?apikey=***&x=1", "/a")
    );
    assert!(requests[0].has_token && !requests[1].has_token);
    assert_eq!(
        (requests[0].status, requests[0].response_bytes),
        (Some(200), ANSWER.len() as u64)
    );
    let writes = bench.log.writes();
    assert_eq!(
        (writes.len(), writes[0].status, writes[0].body.as_str()),
        (1, Some(502), "sent")
    );
    assert!(bench.log.bytes() > ANSWER.len() as u64);
    bench.log.clear();
    assert_eq!((bench.log.requests().len(), bench.log.bytes()), (0, 0));
    assert_eq!(json!(bench.plan.hits()), json!(1));
}
