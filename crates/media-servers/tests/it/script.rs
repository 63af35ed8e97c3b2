//! A Plex that answers from a script.

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::ServerId;
use media_servers::PlexServer;
use remote::{RouterTransport, SecretString, Transport};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub const TOKEN: &str = "xxxxTokenxxxx";

type Answers = BTreeMap<String, (u16, &'static str, String)>;

/// What Plex answers to what path and query; everything else gets its page for 404.
#[derive(Default)]
pub struct Script {
    answers: Answers,
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "scripts read better without borrowing every literal"
    )]
    pub fn on(mut self, what: &str, status: u16, body: impl ToString) -> Self {
        let body = body.to_string();
        let media_type = match body.trim_start() {
            text if text.starts_with("<html") => "text/html",
            text if text.starts_with('<') => "text/xml;charset=utf-8",
            _ => "application/json",
        };
        self.answers.insert(what.to_owned(), (status, media_type, body));
        self
    }

    pub fn start(self) -> Running {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answers, shared) = (Arc::new(self.answers), Arc::clone(&asked));
        let answer = move |request: Request| {
            let (answers, asked) = (Arc::clone(&answers), Arc::clone(&shared));
            async move { answer(&answers, &asked, &request) }
        };
        let plex = plex(
            "http://plex:32400",
            Arc::new(RouterTransport::new(Router::new().fallback(answer))),
        );
        Running { plex, asked }
    }
}

fn answer(answers: &Answers, asked: &Mutex<Vec<String>>, request: &Request) -> Response {
    let headers = request.headers();
    assert_eq!(headers["x-plex-token"], TOKEN);
    assert_eq!(headers["x-plex-client-identifier"], "installation-1");
    assert_eq!(headers["x-plex-product"], "Cliffhangarr");
    assert_eq!(headers["accept"], "application/json");
    let mut what = request.uri().path_and_query().unwrap().to_string();
    if let Some(start) = headers.get("x-plex-container-start") {
        what = format!("{what} from {}", start.to_str().unwrap());
    }
    asked.lock().unwrap().push(what.clone());
    match answers.get(&what) {
        Some((status, media_type, body)) => (
            StatusCode::from_u16(*status).unwrap(),
            [(header::CONTENT_TYPE, *media_type)],
            body.clone(),
        )
            .into_response(),
        None => (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "text/html")],
            "<html><h1>404 Not Found</h1></html>",
        )
            .into_response(),
    }
}

pub fn plex(base: &str, transport: Arc<dyn Transport>) -> PlexServer {
    PlexServer::new(
        ServerId(5),
        base,
        SecretString::from(TOKEN),
        "installation-1",
        transport,
    )
    .unwrap()
}

pub struct Running {
    pub plex: PlexServer,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Running {
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
