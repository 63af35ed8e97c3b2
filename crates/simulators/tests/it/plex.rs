//! The Plex simulator behaves as a Plex Media Server does.

mod access;
mod client;
mod events;
mod library;
mod oddities;
mod plays;
mod rendering;
mod trouble;

use axum::{Router, body::Body};
use cliffhangarr_simulators::{
    clock::SimClock,
    plex::{AccountKind, Device, PlexSim, ShowSpec},
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const OTTER: i64 = 924_920;
pub(crate) const KIDDO: i64 = 30_518_877;

/// A server with a clock that stands still, two more accounts and one show of two seasons.
pub(crate) struct Stage {
    pub(crate) sim: PlexSim,
    pub(crate) show: i64,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// What a router answers to a request.
    pub(crate) async fn to(router: Router, request: Request<Body>) -> Self {
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn kind(&self) -> &str {
        self.headers["content-type"].to_str().unwrap()
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        let start: Timestamp = "2026-03-01T19:00:00Z".parse().unwrap();
        let sim = PlexSim::new(SimClock::manual(start));
        sim.add_account(OTTER, "river_otter", AccountKind::Shared);
        sim.add_account(KIDDO, "Kiddo", AccountKind::Managed);
        let spec = ShowSpec::new("Tidewrack", 2024)
            .tvdb(880_001)
            .tmdb(990_001)
            .imdb("tt9999999");
        let show = sim.add_show(spec.season(0, 1).season(1, 3).season(2, 4));
        Self { sim, show }
    }

    pub(crate) fn episode(&self, season: i32, number: i32) -> i64 {
        self.sim.episode_key(self.show, season, number).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::to(self.sim.router(), request).await
    }

    /// Asks as the owner.
    pub(crate) async fn get(&self, path: &str, accept: &str) -> Answer {
        self.get_with(path, accept, &self.sim.token()).await
    }

    pub(crate) async fn get_with(&self, path: &str, accept: &str, token: &str) -> Answer {
        let request = Request::get(path)
            .header("accept", accept)
            .header("X-Plex-Token", token);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path, "application/json").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert_eq!(answer.kind(), "application/json");
        serde_json::from_str::<Value>(&answer.text).unwrap()["MediaContainer"].clone()
    }

    pub(crate) async fn sessions(&self) -> Vec<Value> {
        self.json("/status/sessions").await["Metadata"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}

pub(crate) fn television() -> Device {
    Device::television("tv-1", "Living Room")
}

pub(crate) fn tablet() -> Device {
    Device::tablet("pad-1", "Kids iPad")
}

/// A client without a proxy.
pub(crate) fn web() -> reqwest::Client {
    // Fails when another test has installed it already.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
