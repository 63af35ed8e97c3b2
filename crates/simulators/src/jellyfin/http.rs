//! The server's HTTP interface: who asks, what is asked, and the form of the answer.

mod arguments;
mod authorization;
mod body;
mod items;
mod playing;
mod shows;
mod sign_in;
mod socket;
mod system;
mod users;

use super::{JellyfinSim, sessions::Application, users::Who, world::World};
use arguments::Arguments;
use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Why there is no answer of the asked kind.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    /// An argument is missing or wrong.
    BadRequest,
    /// An argument is not of its type; says which.
    Invalid(String),
    Unauthorized,
    Forbidden,
    /// What was named does not exist; says so in words, where the server does.
    NotFound(&'static str),
    WrongMethod,
    /// The server stumbled over itself.
    Failed,
    Starting,
}

/// An answer in the server's own forms.
enum Reply {
    Json(Value),
    Text(String),
    /// 204, as actions are answered.
    Done,
    Raw(Response),
}

/// A request after it was looked at who sent it.
struct Asked {
    method: Method,
    /// The path in small letters, as the server does not tell them apart.
    words: Vec<String>,
    arguments: Arguments,
    who: Who,
    token: Option<String>,
    /// What the client says it is, if it says all of it.
    application: Option<Application>,
    address: String,
    is_form: bool,
    body: Bytes,
}

impl Asked {
    fn signed_in(&self) -> Result<(), Refusal> {
        match self.who {
            Who::Nobody | Who::Stranger => Err(Refusal::Unauthorized),
            Who::Key | Who::User(_) => Ok(()),
        }
    }

    fn administrator(&self, world: &World) -> Result<(), Refusal> {
        self.signed_in()?;
        if world.may_see_all(self.who) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// The user that is meant: the one who is named, else the one who asks, else nobody.
    fn user(&self, world: &World, named: Option<&str>) -> Result<Option<i64>, Refusal> {
        let Some(text) = named.filter(|text| !text.is_empty()) else {
            return Ok(self.who.user());
        };
        let id = super::wire::read_guid(text).ok_or_else(|| Refusal::Invalid(String::from("userId")))?;
        let user = world.user_with_id(&id);
        if !world.may_see_all(self.who) && user != self.who.user() {
            return Err(Refusal::Forbidden);
        }
        user.map(Some).ok_or(Refusal::NotFound("User not found"))
    }
}

pub(super) async fn answer(State(sim): State<JellyfinSim>, request: Request) -> Response {
    let emby = sim.settings().dialect.is_emby();
    match route(&sim, request).await {
        Ok(Reply::Json(value)) => with_type(StatusCode::OK, "application/json; charset=utf-8", value.to_string()),
        Ok(Reply::Text(text)) => with_type(StatusCode::OK, "text/plain; charset=utf-8", text),
        Ok(Reply::Done) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Ok(Reply::Raw(response)) => response,
        Err(refusal) => refused(&refusal, emby),
    }
}

async fn route(sim: &JellyfinSim, request: Request) -> Result<Reply, Refusal> {
    let settings = sim.settings();
    let path = request.uri().path();
    let inner = path
        .strip_prefix(settings.base_path.as_str())
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(inner) = inner else {
        return Err(Refusal::NotFound(""));
    };
    let mut words: Vec<String> = inner
        .split('/')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if settings.dialect.answers_under_emby() && words.first().is_some_and(|word| word == "emby") {
        words.remove(0);
    }
    let public_info = words == ["system", "info", "public"];
    if settings.starting && !(public_info && settings.info_while_starting) {
        return Err(Refusal::Starting);
    }
    let is_socket = words == [settings.dialect.socket_path()];
    let (parts, body) = request.into_parts();
    let credentials = authorization::read(&parts, &settings);
    let (who, application) = sim.with(|world| authorization::identify(world, &credentials));
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = address.map_or_else(|| String::from("127.0.0.1"), |peer| peer.0.ip().to_string());
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let mut asked = Asked {
        method: parts.method.clone(),
        words,
        arguments: Arguments::of(parts.uri.query().unwrap_or_default()),
        who,
        token: credentials.token,
        application,
        address,
        is_form,
        body: Bytes::new(),
    };
    note_activity(sim, &asked);
    if is_socket {
        return socket::open(sim, asked, parts).await;
    }
    asked.body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["health"] => Ok(Reply::Text(String::from("Healthy"))),
        ["system", ..] => system::answer(sim, &asked),
        ["library", ..] => system::library(sim, &asked),
        ["quickconnect", ..] | ["users", "authenticatebyname" | "authenticatewithquickconnect"] => {
            sign_in::answer(sim, &asked)
        }
        ["sessions", ..] => playing::answer(sim, &asked),
        ["shows", ..] => shows::answer(sim, &asked),
        ["users", _, "items" | "views" | "playeditems", ..]
        | ["items" | "userviews" | "useritems" | "userplayeditems", ..] => items::answer(sim, &asked),
        ["users", ..] => users::answer(sim, &asked),
        _ => Err(Refusal::NotFound("")),
    }
}

/// What a request tells about the application that sent it, whatever it asks for.
fn note_activity(sim: &JellyfinSim, asked: &Asked) {
    let Some(application) = &asked.application else { return };
    let now = sim.clock().now();
    sim.with(|world| {
        world.settle(now);
        if !world.settings.requests_make_sessions {
            return;
        }
        let known = world.sessions.contains_key(&application.key());
        // Without a token a request makes no session, but it takes the user away from one that is there.
        match asked.who {
            Who::Key | Who::User(_) => {}
            Who::Nobody if known => {}
            Who::Nobody | Who::Stranger => return,
        }
        world.touch(application, asked.who.user(), &asked.address, now);
    });
}

fn refused(refusal: &Refusal, emby: bool) -> Response {
    let text = "text/plain";
    let sorry = String::from("Error processing request.");
    match refusal {
        Refusal::BadRequest => with_type(StatusCode::BAD_REQUEST, text, sorry),
        Refusal::Invalid(what) => {
            let problem = json!({
                "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
                "title": "One or more validation errors occurred.",
                "status": 400,
                "errors": { what.as_str(): ["The value is not valid."] },
            });
            with_type(
                StatusCode::BAD_REQUEST,
                "application/problem+json; charset=utf-8",
                problem.to_string(),
            )
        }
        Refusal::Unauthorized if emby => {
            let words = String::from("Access token is invalid or expired.");
            with_type(StatusCode::UNAUTHORIZED, text, words)
        }
        Refusal::Unauthorized => bare(StatusCode::UNAUTHORIZED),
        Refusal::Forbidden => bare(StatusCode::FORBIDDEN),
        Refusal::NotFound("") => bare(StatusCode::NOT_FOUND),
        Refusal::NotFound(words) => with_type(
            StatusCode::NOT_FOUND,
            "application/json; charset=utf-8",
            json!(words).to_string(),
        ),
        Refusal::WrongMethod => bare(StatusCode::METHOD_NOT_ALLOWED),
        Refusal::Failed => with_type(StatusCode::INTERNAL_SERVER_ERROR, text, sorry),
        Refusal::Starting => {
            let page = "<!DOCTYPE html><html><head><title>Starting</title></head><body><h1>The server is loading</h1></body></html>";
            let mut response = with_type(StatusCode::SERVICE_UNAVAILABLE, "text/html", page.to_owned());
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("005"));
            response
        }
    }
}

fn bare(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn with_type(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
