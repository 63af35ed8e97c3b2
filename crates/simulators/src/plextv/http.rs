//! The HTTP interface: who asks, what is asked, and what is said when it is refused.

use super::{PlexTvSim, account, form, servers::Wanted};
use crate::plex::{Arguments, wants_json};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

/// A document with its name, or success without words.
enum Reply {
    Document(StatusCode, &'static str, Value),
    Done,
}

enum Refusal {
    ClientMissing,
    NotSignedIn,
    NoSuchPin,
    NoSuchPath,
    TooManyRequests(i64),
}

impl Refusal {
    fn told(&self) -> (StatusCode, i64, &'static str) {
        match self {
            Self::ClientMissing => (StatusCode::BAD_REQUEST, 1000, "X-Plex-Client-Identifier is missing"),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, 1001, "User could not be authenticated"),
            Self::NoSuchPin => (StatusCode::NOT_FOUND, 1020, "Code not found or expired"),
            Self::NoSuchPath => (StatusCode::NOT_FOUND, 1002, "Not found"),
            Self::TooManyRequests(_) => (StatusCode::TOO_MANY_REQUESTS, 1003, "Too many requests"),
        }
    }
}

pub(super) async fn answer(State(sim): State<PlexTvSim>, request: Request) -> Response {
    let json = wants_json(request.headers());
    match route(&sim, request).await {
        Ok(Reply::Document(status, name, value)) => written(status, name, value, json),
        Ok(Reply::Done) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(refusal) => {
            let (status, code, message) = refusal.told();
            let error = json!({"code": code, "message": message, "status": status.as_u16()});
            let value = if json {
                json!({"errors": [error]})
            } else {
                json!([error])
            };
            let mut response = written(status, "errors", value, json);
            if let Refusal::TooManyRequests(seconds) = refusal {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

async fn route(sim: &PlexTvSim, request: Request) -> Result<Reply, Refusal> {
    let now = sim.clock.now();
    sim.with(|world| world.traffic.admit(now))
        .map_err(Refusal::TooManyRequests)?;
    let arguments = Arguments::of(request.uri().query().unwrap_or_default(), request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let Some(path) = path.strip_prefix("/api/v2/") else {
        return Err(Refusal::NoSuchPath);
    };
    let words: Vec<&str> = path.split('/').collect();
    match (method, words.as_slice()) {
        (Method::POST, ["pins"]) => create_pin(sim, &arguments),
        (Method::PUT, ["pins", "link"]) => {
            signed_in(sim, &arguments)?;
            link(sim, request).await
        }
        (Method::GET, ["pins", id]) => poll_pin(sim, &arguments, id),
        (Method::GET, ["user"]) => {
            let token = signed_in(sim, &arguments)?;
            Ok(Reply::Document(StatusCode::OK, "user", account::user(token)))
        }
        (Method::GET, ["ping"]) => {
            signed_in(sim, &arguments)?;
            Ok(Reply::Document(StatusCode::OK, "pong", json!(true)))
        }
        (Method::GET, ["resources"]) => {
            let token = signed_in(sim, &arguments)?;
            let resources = sim.with(|world| world.resources(token, wanted(&arguments), now));
            Ok(Reply::Document(StatusCode::OK, "resources", resources))
        }
        (Method::DELETE, ["users", "signout"]) => {
            sim.sign_out(signed_in(sim, &arguments)?);
            Ok(Reply::Done)
        }
        _ => Err(Refusal::NoSuchPath),
    }
}

fn client(arguments: &Arguments) -> Result<&str, Refusal> {
    let client = arguments.header("x-plex-client-identifier");
    client.filter(|client| !client.is_empty()).ok_or(Refusal::ClientMissing)
}

/// The token that came along, if it is one of the account's.
fn signed_in<'a>(sim: &PlexTvSim, arguments: &'a Arguments) -> Result<&'a str, Refusal> {
    let token = arguments.header("x-plex-token");
    token
        .filter(|token| sim.with(|world| world.tokens.iter().any(|known| known == token)))
        .ok_or(Refusal::NotSignedIn)
}

fn create_pin(sim: &PlexTvSim, arguments: &Arguments) -> Result<Reply, Refusal> {
    let now = sim.clock.now();
    let client = client(arguments)?;
    let product = arguments.header("x-plex-product").unwrap_or_default();
    let strong = arguments
        .field("strong")
        .is_some_and(|strong| matches!(strong, "1" | "true" | "True"));
    let pin = sim.with(|world| world.create_pin(client, product, strong, now));
    Ok(Reply::Document(StatusCode::CREATED, "pin", pin.to_json(now)))
}

fn poll_pin(sim: &PlexTvSim, arguments: &Arguments, id: &str) -> Result<Reply, Refusal> {
    let now = sim.clock.now();
    let client = client(arguments)?;
    let id = id.parse().map_err(|_| Refusal::NoSuchPin)?;
    let pin = sim.with(|world| world.pin(id, client, now).map(|pin| pin.to_json(now)));
    let pin = pin.ok_or(Refusal::NoSuchPin)?;
    Ok(Reply::Document(StatusCode::OK, "pin", pin))
}

/// What the page behind the code does: the account's user enters it.
async fn link(sim: &PlexTvSim, request: Request) -> Result<Reply, Refusal> {
    let body = to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
    let code = form_urlencoded::parse(&body).find(|(name, _)| name == "code");
    match code {
        Some((_, code)) if sim.claim(&code) => Ok(Reply::Done),
        _ => Err(Refusal::NoSuchPin),
    }
}

fn wanted(arguments: &Arguments) -> Wanted {
    Wanted {
        https: arguments.switched_on("includeHttps"),
        relay: arguments.switched_on("includeRelay"),
        ipv6: arguments.switched_on("includeIPv6"),
    }
}

fn written(status: StatusCode, name: &str, value: Value, json: bool) -> Response {
    let (kind, text) = if json {
        ("application/json; charset=utf-8", form::to_json(name, value))
    } else {
        ("application/xml; charset=utf-8", form::to_xml(name, &value))
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
