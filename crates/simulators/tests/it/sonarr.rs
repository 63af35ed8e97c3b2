//! The Sonarr simulator keeps Sonarr's promises, and its omissions.

mod client;
mod commands;
mod episodes;
mod files;
mod front;
mod hooks;
mod queue;
mod scale;
mod series;
mod statistics;
mod upstream;

use axum::body::{Body, to_bytes};
use cliffhangarr_simulators::clock::SimClock;
use cliffhangarr_simulators::sonarr::{SonarrSim, Timing};
use http::{HeaderMap, Request};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const NOW: &str = "2026-07-01T12:00:00Z";

/// A Sonarr whose clock stands still, spoken to without sockets.
pub(crate) struct Stage {
    pub(crate) sim: SonarrSim,
    pub(crate) clock: SimClock,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} is not JSON: {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        let clock = SimClock::manual(at(NOW));
        let sim = SonarrSim::new(clock.clone());
        sim.set_timing(Timing {
            download: SignedDuration::from_mins(10),
            ..Timing::INSTANT
        });
        Self { sim, clock }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
        self.sim.tick();
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.sim.router().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v3{path}"));
        request = request.header("X-Api-Key", self.sim.api_key());
        let body = match body {
            Some(body) => {
                request = request.header("Content-Type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    /// Numbers of the monitored episodes of a season.
    pub(crate) fn monitored(&self, series: i64, season: i32) -> Vec<i32> {
        let episodes = self.sim.episodes(series).into_iter();
        episodes
            .filter(|e| e.season == season && e.monitored)
            .map(|e| e.number)
            .collect()
    }

    pub(crate) fn id(&self, series: i64, season: i32, number: i32) -> i64 {
        self.sim.episode(series, season, number).unwrap().id
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
