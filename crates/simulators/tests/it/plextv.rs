//! The plex.tv simulator behaves as plex.tv does.

mod access;
mod pins;
mod servers;

use crate::plex::Answer;
use axum::body::Body;
use cliffhangarr_simulators::{
    clock::SimClock,
    plex::PlexSim,
    plextv::{Address, PlexTvSim},
};
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};

const APP: &str = "6e6a2d0e-0d6a-4c58-a2f4-4e0a9a0c1b11";
const EVERYTHING: &str = "/api/v2/resources?includeHttps=1&includeRelay=1&includeIPv6=1";

/// An account with a server of its own at home.
struct Stage {
    plextv: PlexTvSim,
    plex: PlexSim,
}

impl Stage {
    fn new() -> Self {
        let start: Timestamp = "2026-08-01T10:00:00Z".parse().unwrap();
        let clock = SimClock::manual(start);
        let (plextv, plex) = (PlexTvSim::new(clock.clone()), PlexSim::new(clock));
        plextv.publish(&plex, &[Address::Tls(SocketAddr::from((Ipv4Addr::LOCALHOST, 32400)))]);
        Self { plextv, plex }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::to(self.plextv.router(), request.body(Body::empty()).unwrap()).await
    }

    /// Asks for JSON as the application.
    async fn app(&self, method: Method, path: &str) -> Answer {
        let headers = [
            ("accept", "application/json"),
            ("X-Plex-Client-Identifier", APP),
            ("X-Plex-Product", "MyApp"),
        ];
        self.send(method, path, &headers).await
    }

    async fn with_token(&self, path: &str, token: &str) -> Answer {
        let headers = [("accept", "application/json"), ("X-Plex-Token", token)];
        self.send(Method::GET, path, &headers).await
    }

    async fn create_pin(&self) -> Value {
        let answer = self.app(Method::POST, "/api/v2/pins?strong=true").await;
        assert_eq!(answer.status, StatusCode::CREATED);
        answer.json()
    }

    async fn poll(&self, pin: &Value) -> Answer {
        self.app(Method::GET, &format!("/api/v2/pins/{}", pin["id"])).await
    }

    /// Signs the application in.
    async fn sign_in(&self) -> String {
        let pin = self.create_pin().await;
        assert!(self.plextv.claim(pin["code"].as_str().unwrap()));
        let token = self.poll(&pin).await.json()["authToken"].clone();
        token.as_str().unwrap().to_owned()
    }

    async fn resources(&self, path: &str) -> Vec<Value> {
        let answer = self.with_token(path, &self.plextv.token().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json().as_array().unwrap().clone()
    }

    /// What a Plex server answers to a token.
    async fn plex_says(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path)
            .header("accept", "application/json")
            .header("X-Plex-Token", token);
        Answer::to(self.plex.router(), request.body(Body::empty()).unwrap()).await
    }
}

fn refusal(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["errors"][0]["code"].clone())
}

fn find<'a>(resources: &'a [Value], name: &str) -> &'a Value {
    resources.iter().find(|device| device["name"] == name).unwrap()
}

fn uris(device: &Value) -> Vec<&str> {
    let connections = device["connections"].as_array().unwrap();
    connections
        .iter()
        .map(|connection| connection["uri"].as_str().unwrap())
        .collect()
}
