use super::{NOW, at};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use cliffhangarr_simulators::clock::SimClock;
use cliffhangarr_simulators::server::{Running, serve};
use cliffhangarr_simulators::sonarr::{SeriesSpec, SonarrSim, Timing};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a receiver got: headers, body, and what a look at the simulator then showed.
type Received = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

#[derive(Clone)]
struct Receiver {
    got: Received,
    status: Arc<Mutex<u16>>,
    /// Whether the first episode had a file each time a call came.
    seen: Arc<Mutex<Vec<bool>>>,
    delay: Arc<Mutex<Duration>>,
    sim: SonarrSim,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    receiver
        .got
        .lock()
        .unwrap()
        .push((headers, serde_json::from_str(&body).unwrap()));
    let has_file = receiver
        .sim
        .episode(1, 1, 1)
        .is_some_and(|episode| episode.file.is_some());
    receiver.seen.lock().unwrap().push(has_file);
    let delay = *receiver.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    StatusCode::from_u16(*receiver.status.lock().unwrap()).unwrap()
}

struct Hooked {
    sim: SonarrSim,
    clock: SimClock,
    receiver: Receiver,
    sonarr: Running,
    hook: Running,
    client: reqwest::Client,
}

impl Hooked {
    async fn new() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let clock = SimClock::manual(at(NOW));
        let sim = SonarrSim::new(clock.clone());
        sim.set_timing(Timing::INSTANT);
        let receiver = Receiver {
            got: Received::default(),
            status: Arc::new(Mutex::new(200)),
            seen: Arc::default(),
            delay: Arc::default(),
            sim: sim.clone(),
        };
        let hook = serve(Router::new().fallback(receive).with_state(receiver.clone()))
            .await
            .unwrap();
        let sonarr = sim.serve().await.unwrap();
        Self {
            sim,
            clock,
            receiver,
            sonarr,
            hook,
            client: reqwest::Client::new(),
        }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v3{path}", self.sonarr.url);
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .header("X-Api-Key", self.sim.api_key());
        let request = request
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
        )
    }

    async fn register(&self, changes: Value) -> (u16, Value) {
        let mut body = json!({
            "name": "tool", "implementation": "Webhook", "configContract": "WebhookSettings", "tags": [],
            "onGrab": true, "onDownload": true, "onUpgrade": true, "onImportComplete": true, "onSeriesAdd": true,
            "onSeriesDelete": true, "onEpisodeFileDelete": true,
            "fields": [{"name": "url", "value": format!("{}/hook", self.hook.url)}, {"name": "method", "value": 1},
                {"name": "username", "value": "u"}, {"name": "password", "value": "p"},
                {"name": "headers", "value": [{"key": "X-Token", "value": "t"}]}],
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.send("POST", "/notification", body).await
    }

    /// Names of the events so far, once there are so many of them.
    async fn events(&self, count: usize) -> Vec<String> {
        for _ in 0..400 {
            if self.receiver.got.lock().unwrap().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let got = self.receiver.got.lock().unwrap();
        got.iter()
            .map(|(_, body)| body["eventType"].as_str().unwrap().to_owned())
            .collect()
    }

    fn body(&self, index: usize) -> Value {
        self.receiver.got.lock().unwrap()[index].1.clone()
    }
}

#[tokio::test]
async fn a_connection_is_tried_before_it_is_stored() {
    let stage = Hooked::new().await;
    *stage.receiver.status.lock().unwrap() = 500;
    let (status, body) = stage.register(json!({})).await;
    assert_eq!((status, &body[0]["propertyName"]), (400, &json!("Url")));
    assert!(
        body[0]["errorMessage"]
            .as_str()
            .unwrap()
            .starts_with("Unable to send test message")
    );
    *stage.receiver.status.lock().unwrap() = 200;
    let (status, body) = stage.register(json!({})).await;
    assert_eq!((status, &body["id"]), (201, &json!(1)));
    let password = body["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "password")
        .unwrap();
    assert_eq!(password["value"], "********");
    assert_eq!(stage.events(2).await, ["Test", "Test"]);
    let headers = stage.receiver.got.lock().unwrap()[1].0.clone();
    assert_eq!(headers["user-agent"], "Sonarr/4.0.19.2979 (alpine 3.20.3)");
    assert_eq!(
        (&headers["authorization"], &headers["x-token"]),
        (&"Basic dTpw".parse().unwrap(), &"t".parse().unwrap())
    );
    assert_eq!(stage.body(1)["series"]["tags"], json!(["test-tag"]));
    assert_eq!(stage.register(json!({})).await.1[0]["errorMessage"], "Should be unique");
    let (status, _) = stage.send("PUT", "/notification/1", body).await;
    assert_eq!(status, 202);
    assert_eq!(
        stage.receiver.got.lock().unwrap()[2].0["authorization"],
        "Basic dTpw",
        "the mask keeps the password"
    );
    let dead = json!({"name": "dead", "fields": [{"name": "url", "value": "http://127.0.0.1:9/hook"}]});
    assert_eq!(stage.register(dead).await.0, 500);
    assert_eq!(
        stage.send("DELETE", "/notification/1", json!({})).await,
        (200, json!({}))
    );
}

#[tokio::test]
async fn a_download_is_told_in_two_shapes_after_its_grab() {
    let stage = Hooked::new().await;
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).tag("Keep").season(1, 2));
    stage.register(json!({})).await;
    stage
        .send(
            "POST",
            "/command",
            json!({"name": "SeasonSearch", "seriesId": 1, "seasonNumber": 1}),
        )
        .await;
    assert_eq!(
        stage.events(5).await,
        ["Test", "Grab", "Download", "Download", "Download"]
    );
    let (grab, single, complete) = (stage.body(1), stage.body(2), stage.body(4));
    assert_eq!(grab["series"]["tags"], json!(["keep"]));
    assert_eq!(grab["episodes"].as_array().unwrap().len(), 2);
    assert!(single.get("episodeFile").is_some() && single.get("episodeFiles").is_none());
    assert_eq!(
        (&single["isUpgrade"], single.get("deletedFiles")),
        (&json!(false), None)
    );
    assert!(complete.get("episodeFile").is_none() && complete.get("isUpgrade").is_none());
    assert_eq!(
        (&complete["fileCount"], &complete["instanceName"]),
        (&json!(2), &json!("Sonarr"))
    );
    assert_eq!(single["downloadId"], complete["downloadId"]);
}

#[tokio::test]
async fn a_deletion_lasts_as_long_as_its_hook_and_the_hook_may_come_first() {
    for before in [true, false] {
        let stage = Hooked::new().await;
        stage.sim.hook_before_unlink(before);
        stage
            .sim
            .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
        stage.register(json!({})).await;
        *stage.receiver.delay.lock().unwrap() = Duration::from_millis(120);
        let started = std::time::Instant::now();
        assert_eq!(stage.send("DELETE", "/episodefile/1", Value::Null).await.0, 200);
        assert!(started.elapsed() >= Duration::from_millis(120));
        assert_eq!(stage.events(2).await[1], "EpisodeFileDelete");
        assert_eq!(stage.body(1)["deleteReason"], "manual");
        assert_eq!(*stage.receiver.seen.lock().unwrap().last().unwrap(), before);
        assert!(stage.sim.episode(1, 1, 1).unwrap().file.is_none());
    }
}

#[tokio::test]
async fn a_slow_receiver_is_given_up() {
    let stage = Hooked::new().await;
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
    stage.register(json!({})).await;
    stage.sim.set_hook_timeout(Duration::from_millis(50));
    *stage.receiver.delay.lock().unwrap() = Duration::from_secs(60);
    let started = std::time::Instant::now();
    assert_eq!(stage.send("DELETE", "/episodefile/1", Value::Null).await.0, 200);
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn flags_send_nothing_and_tags_restrict() {
    let stage = Hooked::new().await;
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
    stage
        .sim
        .add_series(SeriesSpec::new("Beta", 20).tag("keep").season_with_files(1, 1));
    stage.register(json!({"tags": [1]})).await;
    stage
        .send(
            "PUT",
            "/episode/monitor",
            json!({"episodeIds": [1, 2], "monitored": false}),
        )
        .await;
    stage
        .send(
            "PUT",
            "/series/editor",
            json!({"seriesIds": [1, 2], "monitored": false}),
        )
        .await;
    stage.send("DELETE", "/episodefile/1", Value::Null).await;
    stage.send("DELETE", "/episodefile/2", Value::Null).await;
    assert_eq!(stage.events(2).await, ["Test", "EpisodeFileDelete"]);
    assert_eq!(stage.body(1)["series"]["title"], "Beta");
    stage.send("DELETE", "/series/2", Value::Null).await;
    assert_eq!(stage.events(3).await[2], "SeriesDelete");
    assert_eq!(stage.body(2)["deletedFiles"], false);
}

#[tokio::test]
async fn a_failing_receiver_is_not_called_again_and_then_silenced() {
    let stage = Hooked::new().await;
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 4));
    stage.register(json!({})).await;
    *stage.receiver.status.lock().unwrap() = 503;
    assert_eq!(
        stage.send("DELETE", "/episodefile/1", Value::Null).await.0,
        200,
        "the request does not mind"
    );
    assert_eq!(stage.events(2).await.len(), 2, "no retry");
    stage.clock.advance(jiff::SignedDuration::from_mins(6));
    stage.send("DELETE", "/episodefile/2", Value::Null).await;
    stage.send("DELETE", "/episodefile/3", Value::Null).await;
    assert_eq!(stage.events(3).await.len(), 3, "the third call fell into the pause");
    stage.clock.advance(jiff::SignedDuration::from_mins(2));
    *stage.receiver.status.lock().unwrap() = 200;
    stage.send("DELETE", "/episodefile/4", Value::Null).await;
    assert_eq!(stage.events(4).await.len(), 4);
}

#[tokio::test]
async fn an_added_series_is_told_once_its_episodes_exist() {
    let stage = Hooked::new().await;
    stage.sim.announce(SeriesSpec::new("Alpha", 10).season(1, 2));
    stage.register(json!({})).await;
    let body = json!({"tvdbId": 10, "title": "x", "qualityProfileId": 4, "rootFolderPath": "/tv",
        "addOptions": {"monitor": "all"}});
    assert_eq!(stage.send("POST", "/series", body).await.0, 201);
    assert_eq!(stage.events(2).await, ["Test", "SeriesAdd"]);
    assert_eq!(stage.sim.episodes(1).len(), 2);
}
