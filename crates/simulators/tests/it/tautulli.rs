//! The Tautulli simulator behaves as Tautulli in front of a Plex Media Server does.

mod access;
mod activity;
mod client;
mod history;

use crate::plex::{Answer, Stage as Attic};
use axum::body::Body;
use cliffhangarr_simulators::tautulli::TautulliSim;
use http::{Request, StatusCode};
use serde_json::Value;

/// A server as the Plex stage has it, and a Tautulli that watches it.
struct Stage {
    attic: Attic,
    sim: TautulliSim,
}

impl Stage {
    fn new() -> Self {
        let attic = Attic::new();
        let sim = TautulliSim::new(&attic.sim);
        Self { attic, sim }
    }

    async fn get(&self, path: &str) -> Answer {
        Answer::to(self.sim.router(), Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// What the interface answers to a command with its arguments.
    async fn answer(&self, command: &str) -> Answer {
        let root = self.sim.settings().http_root;
        self.get(&format!("{root}/api/v2?apikey={}&cmd={command}", self.sim.api_key()))
            .await
    }

    /// What a command gives.
    async fn data(&self, command: &str) -> Value {
        let answer = self.answer(command).await;
        assert_eq!(answer.status, StatusCode::OK, "{command}: {}", answer.text);
        assert_eq!(answer.kind(), "application/json;charset=UTF-8");
        let envelope = answer.json();
        assert_eq!(envelope["response"]["result"], "success", "{command}: {}", answer.text);
        envelope["response"]["data"].clone()
    }
}
