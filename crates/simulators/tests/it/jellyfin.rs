//! The Jellyfin and Emby simulators behave as these servers do.

mod access;
mod client;
mod history;
mod library;
mod progress;
mod sessions;
mod sign_in;
mod socket;

use crate::plex::Answer;
use axum::body::Body;
use cliffhangarr_simulators::{
    clock::SimClock,
    jellyfin::{Device, EmbySim, JellyfinSim, ShowSpec},
};
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A server with a clock that stands still, two more users and one series of two seasons and specials.
pub(crate) struct Stage {
    pub(crate) sim: JellyfinSim,
    pub(crate) emby: bool,
    pub(crate) show: i64,
    pub(crate) kiddo: i64,
    pub(crate) otter: i64,
}

impl Stage {
    pub(crate) fn jellyfin() -> Self {
        Self::of(JellyfinSim::new(SimClock::manual(start())), false)
    }

    pub(crate) fn emby() -> Self {
        Self::of((*EmbySim::new(SimClock::manual(start()))).clone(), true)
    }

    pub(crate) fn both() -> [Self; 2] {
        [Self::jellyfin(), Self::emby()]
    }

    fn of(sim: JellyfinSim, emby: bool) -> Self {
        let (kiddo, otter) = (sim.add_user("kiddo"), sim.add_user("otter"));
        let spec = ShowSpec::new("Harbour Lights", 2024)
            .tvdb(880_001)
            .tmdb(990_001)
            .imdb("tt9999999");
        let spec = spec.season(0, 1).season(1, 3).season(2, 6).shared_file(2, &[7, 8]);
        let show = sim.add_show(spec);
        Self {
            sim,
            emby,
            show,
            kiddo,
            otter,
        }
    }

    pub(crate) fn episode(&self, season: i32, number: i32) -> i64 {
        self.sim.episode_key(self.show, season, number).unwrap()
    }

    pub(crate) fn television(&self) -> Device {
        self.sim.television("tv-1", "Living Room")
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.sim.clock().advance(SignedDuration::from_secs(seconds));
    }

    /// The header that everybody sends: who the application is, and its token, if it has one.
    pub(crate) fn header(&self, [client, device_id]: [&str; 2], token: Option<&str>) -> [String; 2] {
        let token = token.map(|token| format!(", Token=\"{token}\"")).unwrap_or_default();
        let (name, scheme) = if self.emby {
            ("X-Emby-Authorization", "Emby")
        } else {
            ("Authorization", "MediaBrowser")
        };
        let line = format!(
            "{scheme} Client=\"{client}\", Device=\"Study\", DeviceId=\"{device_id}\", Version=\"1.2.0\"{token}"
        );
        [name.to_owned(), line]
    }

    pub(crate) async fn send(&self, method: &str, path: &str, header: &[String; 2], body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header[0].as_str(), header[1].as_str())
            .header("content-type", "application/json");
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        Answer::to(self.sim.router(), request.body(body).unwrap()).await
    }

    /// Asks with the API key.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as(path, &self.sim.api_key()).await
    }

    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Answer {
        let header = self.header(["Monitor", "monitor-1"], Some(token));
        self.send("GET", path, &header, &Value::Null).await
    }

    /// Whether a token is good.
    pub(crate) async fn accepts(&self, token: &str) -> bool {
        match self.get_as("/System/Info", token).await.status {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert_eq!(answer.kind(), "application/json; charset=utf-8");
        answer.json()
    }

    pub(crate) async fn items(&self, path: &str) -> Vec<Value> {
        let page = self.json(path).await;
        page["Items"].as_array().unwrap().clone()
    }

    pub(crate) async fn sessions(&self) -> Vec<Value> {
        self.json("/Sessions").await.as_array().unwrap().clone()
    }

    /// The sessions in which something is on.
    pub(crate) async fn playing(&self) -> Vec<Value> {
        let mut sessions = self.sessions().await;
        sessions.retain(|session| session.get("NowPlayingItem").is_some());
        sessions
    }

    /// Where the only play is, in milliseconds.
    pub(crate) async fn position_ms(&self) -> i64 {
        let playing = self.playing().await;
        assert_eq!(playing.len(), 1);
        playing[0]["PlayState"]["PositionTicks"].as_i64().unwrap() / 10_000
    }
}

fn start() -> Timestamp {
    "2026-03-01T19:00:00Z".parse().unwrap()
}
