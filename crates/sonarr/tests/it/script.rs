//! A Sonarr that answers from a script and remembers what it was asked.

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::InstanceId;
use remote::{RouterTransport, SecretString};
use serde_json::Value;
use sonarr::SonarrClient;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub what: String,
    pub body: String,
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, (u16, &'static str, String)>,
    asked: Mutex<Vec<Asked>>,
    now: AtomicUsize,
    most_at_once: AtomicUsize,
    writes_now: AtomicUsize,
    most_writes_at_once: AtomicUsize,
    delay: Duration,
}

/// What Sonarr answers to what; everything else gets an empty 404, as it does.
#[derive(Default)]
pub struct Script {
    state: State,
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    /// `what` is method, path and query, such as "GET /api/v3/series?tvdbId=1".
    #[expect(
        clippy::needless_pass_by_value,
        reason = "scripts read better without borrowing every literal"
    )]
    pub fn on(mut self, what: &str, status: u16, body: impl ToString) -> Self {
        let body = body.to_string();
        let media_type = if body.starts_with('<') {
            "text/html"
        } else {
            "application/json; charset=utf-8"
        };
        self.state.answers.insert(what.to_owned(), (status, media_type, body));
        self
    }

    /// Makes every answer take a while.
    pub fn slow(mut self) -> Self {
        self.state.delay = Duration::from_millis(20);
        self
    }

    pub fn start(self) -> Running {
        let state = Arc::new(self.state);
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| answer(Arc::clone(&shared), request));
        let key = SecretString::from("0123456789abcdef");
        let transport = Arc::new(RouterTransport::new(router));
        let client = SonarrClient::new(InstanceId(1), "http://sonarr:8989", key, transport).unwrap();
        Running { client, state }
    }
}

async fn answer(state: Arc<State>, request: Request) -> Response {
    assert_eq!(request.headers()["x-api-key"], "0123456789abcdef");
    let is_write = request.method() != "GET";
    let what = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    state.asked.lock().unwrap().push(Asked {
        what: what.clone(),
        body,
    });
    enter(&state.now, &state.most_at_once);
    if is_write {
        enter(&state.writes_now, &state.most_writes_at_once);
    }
    tokio::time::sleep(state.delay).await;
    state.now.fetch_sub(1, Ordering::SeqCst);
    if is_write {
        state.writes_now.fetch_sub(1, Ordering::SeqCst);
    }
    match state.answers.get(&what) {
        Some((status, media_type, body)) => (
            StatusCode::from_u16(*status).unwrap(),
            [(header::CONTENT_TYPE, *media_type)],
            body.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn enter(now: &AtomicUsize, most: &AtomicUsize) {
    let count = now.fetch_add(1, Ordering::SeqCst) + 1;
    most.fetch_max(count, Ordering::SeqCst);
}

pub struct Running {
    pub client: SonarrClient,
    state: Arc<State>,
}

impl Running {
    /// What was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state
            .asked
            .lock()
            .unwrap()
            .iter()
            .map(|asked| asked.what.clone())
            .collect()
    }

    /// The bodies of the writes, in order.
    pub fn bodies(&self) -> Vec<Value> {
        let asked = self.state.asked.lock().unwrap();
        asked
            .iter()
            .filter(|asked| !asked.body.is_empty())
            .map(|asked| serde_json::from_str(&asked.body).unwrap())
            .collect()
    }

    /// The most requests, and the most writes, that ran at once.
    pub fn most_at_once(&self) -> (usize, usize) {
        (
            self.state.most_at_once.load(Ordering::SeqCst),
            self.state.most_writes_at_once.load(Ordering::SeqCst),
        )
    }
}
