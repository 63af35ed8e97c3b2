//! Tautulli, from a script.

mod history;
mod library;
mod sessions;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::ids::ServerId;
use media_servers::TautulliServer;
use remote::{RouterTransport, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const KEY: &str = "66198313a092496b8a725867d2223b5f";

/// What Tautulli answers to what command with its arguments; everything else gets a row of nothing.
#[derive(Default)]
struct Script(BTreeMap<String, (u16, String)>);

impl Script {
    fn new() -> Self {
        Self::default()
    }

    /// A command's envelope.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "scripts read better without borrowing every literal"
    )]
    fn on(self, command: &str, data: Value) -> Self {
        let envelope = json!({"response": {"result": "success", "message": null, "data": data}});
        self.saying(command, 200, &envelope.to_string())
    }

    /// A command that fails, as Tautulli words it.
    fn failing(self, command: &str, status: u16, message: &str) -> Self {
        let envelope = json!({"response": {"result": "error", "message": message, "data": {}}});
        self.saying(command, status, &envelope.to_string())
    }

    /// Anything at all.
    fn saying(mut self, command: &str, status: u16, body: &str) -> Self {
        self.0.insert(command.to_owned(), (status, body.to_owned()));
        self
    }

    fn start(self) -> Running {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answers, shared) = (Arc::new(self.0), Arc::clone(&asked));
        let answer = move |request: Request| {
            let (answers, asked) = (Arc::clone(&answers), Arc::clone(&shared));
            async move { answer(&answers, &asked, &request) }
        };
        let transport = Arc::new(RouterTransport::new(Router::new().fallback(answer)));
        let key = SecretString::from(KEY);
        let tautulli = TautulliServer::new(
            ServerId(7),
            "http://nas:8181/tautulli",
            key,
            "installation-1",
            transport,
        )
        .unwrap();
        Running { tautulli, asked }
    }
}

fn answer(answers: &BTreeMap<String, (u16, String)>, asked: &Mutex<Vec<String>>, request: &Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let what = if request.uri().path() == "/tautulli/api/v2" {
        let arguments = query
            .strip_suffix(&format!("&apikey={KEY}"))
            .expect("it comes with the key");
        arguments
            .strip_prefix("cmd=")
            .expect("it begins with the command")
            .to_owned()
    } else {
        assert_eq!(query, "", "the key goes to the interface only");
        request.uri().path().to_owned()
    };
    asked.lock().unwrap().push(what.clone());
    match answers.get(&what) {
        Some((status, body)) => {
            let media_type = if body.starts_with('<') {
                "text/html"
            } else {
                "application/json;charset=UTF-8"
            };
            let status = StatusCode::from_u16(*status).unwrap();
            (status, [(header::CONTENT_TYPE, media_type)], body.clone()).into_response()
        }
        None => panic!("nobody should ask {what}"),
    }
}

struct Running {
    tautulli: TautulliServer,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Running {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
