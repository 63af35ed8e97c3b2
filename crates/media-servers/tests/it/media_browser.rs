//! Jellyfin and Emby, from a script.

mod captures;
mod history;
mod identity;
mod listening;
mod sessions;
mod simulated;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::ids::ServerId;
use media_servers::{EmbyServer, JellyfinServer, MediaServer};
use remote::{RouterTransport, SecretString, SetupError, Transport};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "5fbd6b4b2b7d4c0cbd0a3ee0b1f7a0aa";
const DEVICE: &str = "installation-1";

/// Which of the two is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jellyfin,
    Emby,
}

const BOTH: [Kind; 2] = [Kind::Jellyfin, Kind::Emby];

impl Kind {
    fn client(self, base: &str, transport: Arc<dyn Transport>) -> Result<Box<dyn MediaServer>, SetupError> {
        self.client_with(base, TOKEN, transport)
    }

    fn client_with(
        self,
        base: &str,
        token: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<Box<dyn MediaServer>, SetupError> {
        let (server, token) = (ServerId(5), SecretString::from(token));
        Ok(match self {
            Self::Jellyfin => Box::new(JellyfinServer::new(server, base, token, DEVICE, transport)?),
            Self::Emby => Box::new(EmbyServer::new(server, base, token, DEVICE, transport)?),
        })
    }

    /// A path as this kind of server is asked for it.
    fn path(self, path: &str) -> String {
        match self {
            Self::Jellyfin => format!("/{path}"),
            Self::Emby => format!("/emby/{path}"),
        }
    }

    /// The question for one page of a user's episodes.
    fn page(self, user: &str, start: usize) -> String {
        self.episodes(user, start, 200)
    }

    /// The question for some episodes that a user has finished.
    fn finished(self, user: &str) -> String {
        self.episodes(user, 0, 20) + "&filters=IsPlayed"
    }

    /// The question for some episodes that a user is in the middle of.
    fn unfinished(self, user: &str) -> String {
        self.episodes(user, 0, 20) + "&filters=IsResumable"
    }

    fn episodes(self, user: &str, start: usize, limit: usize) -> String {
        let fields = match self {
            Self::Jellyfin => "",
            Self::Emby => "&fields=UserDataLastPlayedDate%2CUserDataPlayCount",
        };
        self.path(&format!(
            "Items?userId={user}&recursive=true&includeItemTypes=Episode&sortBy=DatePlayed&sortOrder=Descending\
             &enableUserData=true&enableImages=false&startIndex={start}&limit={limit}{fields}"
        ))
    }

    /// The question for items by their ids.
    fn items(self, ids: &[&str]) -> String {
        let fields = match self {
            Self::Jellyfin => "ProviderIds",
            Self::Emby => "ProviderIds%2CProductionYear",
        };
        self.path(&format!("Items?ids={}&fields={fields}", ids.join("%2C")))
    }

    /// The question for the users.
    fn users(self) -> String {
        self.path(match self {
            Self::Jellyfin => "Users",
            Self::Emby => "Users/Query",
        })
    }
}

/// What a server answers to what path and query; everything else gets a bare 404.
struct Script {
    kind: Kind,
    answers: BTreeMap<String, (u16, &'static str, String)>,
}

impl Script {
    fn of(kind: Kind) -> Self {
        Self {
            kind,
            answers: BTreeMap::new(),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "scripts read better without borrowing every literal"
    )]
    fn on(mut self, what: &str, status: u16, body: impl ToString) -> Self {
        let body = body.to_string();
        let media_type = match body.trim_start().chars().next() {
            Some('<') => "text/html",
            Some('{' | '[') => "application/json; charset=utf-8",
            _ => "text/plain",
        };
        self.answers.insert(what.to_owned(), (status, media_type, body));
        self
    }

    fn start(self) -> Running {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kind, answers, shared) = (self.kind, Arc::new(self.answers), Arc::clone(&asked));
        let answer = move |request: Request| {
            let (answers, asked) = (Arc::clone(&answers), Arc::clone(&shared));
            async move { answer(kind, &answers, &asked, &request) }
        };
        let transport = Arc::new(RouterTransport::new(Router::new().fallback(answer)));
        Running {
            client: kind.client("http://nas:8096", transport).unwrap(),
            asked,
        }
    }
}

fn answer(
    kind: Kind,
    answers: &BTreeMap<String, (u16, &'static str, String)>,
    asked: &Mutex<Vec<String>>,
    request: &Request,
) -> Response {
    let headers = request.headers();
    let version = env!("CARGO_PKG_VERSION");
    let device = format!("Client=\"Cliffhangarr\", Device=\"PC\", DeviceId=\"{DEVICE}\", Version=\"{version}\"");
    match kind {
        Kind::Jellyfin => {
            let expected = format!("MediaBrowser Token=\"{TOKEN}\", {device}");
            assert_eq!(headers["authorization"], expected);
            assert!(!headers.contains_key("x-emby-token"));
        }
        Kind::Emby => {
            assert_eq!(headers["x-emby-token"], TOKEN);
            assert_eq!(headers["x-emby-authorization"], format!("Emby {device}"));
        }
    }
    assert_eq!(headers["accept"], "application/json");
    let what = request.uri().path_and_query().unwrap().to_string();
    assert!(!what.contains(TOKEN));
    asked.lock().unwrap().push(what.clone());
    match answers.get(&what) {
        Some((status, media_type, body)) => (
            StatusCode::from_u16(*status).unwrap(),
            [(header::CONTENT_TYPE, *media_type)],
            body.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

struct Running {
    client: Box<dyn MediaServer>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Running {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
