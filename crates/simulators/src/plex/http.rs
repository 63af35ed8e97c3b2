//! The server's HTTP interface: who may ask, what is asked, and the form of the answer.

mod arguments;
mod library;
mod realtime;
mod status;

use super::{
    PlexSim,
    accounts::OWNER,
    node::{Node, Scalar, Scope},
    world::World,
};
use crate::faults::Severed;
pub(crate) use arguments::Arguments;
use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Why there is no answer of the asked kind; every one is an HTML page but the start-up one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    Maintenance,
}

/// An answer in the server's own forms.
pub(crate) enum Reply {
    Tree(Box<Node>, Scope),
    /// One page of a listing with the count of all rows.
    Page(Box<Node>, usize),
    /// 200 without a body, as actions are answered.
    Done,
    Raw(Response),
}

impl Reply {
    pub(crate) fn library(node: Node) -> Self {
        Self::Tree(Box::new(node), Scope::Library)
    }

    pub(crate) fn sessions(node: Node) -> Self {
        Self::Tree(Box::new(node), Scope::Sessions)
    }
}

/// A request after its token was looked at.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) segments: Vec<String>,
    pub(crate) arguments: Arguments,
    /// The account whose token came along.
    pub(crate) account: i64,
}

impl Asked {
    /// Refuses everybody but the owner, with the status the server was told to use.
    pub(crate) fn owner_only(&self, world: &World) -> Result<(), Refusal> {
        match self.account {
            OWNER => Ok(()),
            _ if world.settings.refusal == 401 => Err(Refusal::Unauthorized),
            _ => Err(Refusal::Forbidden),
        }
    }
}

/// Marks a request that came over TLS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverTls;

pub(crate) async fn answer(State(sim): State<PlexSim>, request: Request) -> Response {
    let settings = sim.settings();
    if settings.secure_only && request.extensions().get::<OverTls>().is_none() {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Severed);
        return response;
    }
    let json = wants_json(request.headers());
    match route(&sim, request).await {
        Ok(Reply::Raw(response)) => response,
        Ok(Reply::Done) => with_type(StatusCode::OK, "text/html", Body::empty()),
        Ok(Reply::Tree(node, scope)) => written(&sim, *node, scope, json),
        Ok(Reply::Page(node, total)) => {
            let mut response = written(&sim, *node, Scope::Library, json);
            response
                .headers_mut()
                .insert("x-plex-container-total-size", HeaderValue::from(total));
            response
        }
        Err(refusal) => refused(refusal),
    }
}

async fn route(sim: &PlexSim, request: Request) -> Result<Reply, Refusal> {
    let settings = sim.settings();
    let path = request.uri().path();
    let inner = path
        .strip_prefix(settings.base_path.as_str())
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(inner) = inner else {
        return Err(Refusal::NotFound);
    };
    let segments: Vec<String> = inner
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    let identity = matches!(segments.as_slice(), [only] if only == "identity");
    if settings.starting && !(identity && settings.identity_while_starting) {
        return Err(Refusal::Maintenance);
    }
    if identity {
        return Ok(Reply::library(sim.with(|world| world.identity_node())));
    }
    let arguments = Arguments::of(request.uri().query().unwrap_or_default(), request.headers());
    let account = arguments
        .header("x-plex-token")
        .and_then(|token| sim.with(|world| world.tokens.get(token).copied()));
    let account = account.ok_or(Refusal::Unauthorized)?;
    let asked = Asked {
        method: request.method().clone(),
        segments,
        arguments,
        account,
    };
    let words: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(Reply::library(sim.with(|world| world.root_node()))),
        ["accounts"] => status::accounts(sim, &asked),
        ["devices"] => status::devices(sim, &asked),
        ["status", "sessions", ..] => status::answer(sim, &asked),
        ["library", ..] => library::answer(sim, &asked),
        [":", "timeline"] => status::timeline(sim, &asked),
        [":", "eventsource", "notifications"] => Ok(Reply::Raw(realtime::event_stream(sim, &asked))),
        [":", "websockets" | "websocket", "notifications"] => realtime::web_socket(sim, &asked, request).await,
        _ => Err(Refusal::NotFound),
    }
}

/// Whether the client asks for JSON; everybody else gets XML.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("application/json")
}

fn written(sim: &PlexSim, mut node: Node, scope: Scope, json: bool) -> Response {
    let settings = sim.settings();
    if settings.oddities {
        let seed = sim.with(|world| {
            world.odd += 1;
            world.odd
        });
        strew(&mut node, seed);
    }
    let (kind, text) = if json {
        ("application/json", node.to_json(settings.typing, scope).to_string())
    } else {
        ("text/xml;charset=utf-8", node.to_xml())
    };
    let body = if settings.chunked {
        let middle = text.floor_char_boundary(text.len() / 2);
        let halves =
            [&text[..middle], &text[middle..]].map(|half| Ok::<_, std::io::Error>(Bytes::from(half.to_owned())));
        Body::from_stream(futures::stream::iter(halves))
    } else {
        Body::from(text)
    };
    with_type(StatusCode::OK, kind, body)
}

/// Adds attributes and elements that no client knows.
fn strew(node: &mut Node, seed: u64) {
    let mut n = seed;
    node.walk(&mut |inner| {
        n = super::guids::scramble(n);
        match n % 4 {
            0 => inner.push(format!("marble{}", n % 97), Scalar::Text(format!("odd {}", n % 1000))),
            1 => inner.push(format!("pebble{}", n % 97), Scalar::Int((n % 1000) as i64)),
            2 => inner.push_list("Curio", vec![Node::new("Curio").int("id", (n % 1000) as i64)]),
            _ => {}
        }
    });
}

fn refused(refusal: Refusal) -> Response {
    let (status, title) = match refusal {
        Refusal::BadRequest => (StatusCode::BAD_REQUEST, "Bad Request"),
        Refusal::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized"),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
        Refusal::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
        Refusal::Maintenance => {
            let page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response code=\"503\" title=\"Maintenance\" status=\"Plex Media Server is currently running database migrations.\"/>\n";
            return with_type(
                StatusCode::SERVICE_UNAVAILABLE,
                "text/xml;charset=utf-8",
                Body::from(page),
            );
        }
    };
    let page = format!(
        "<html><head><title>{title}</title></head><body><h1>{} {title}</h1></body></html>",
        status.as_u16()
    );
    with_type(status, "text/html", Body::from(page))
}

fn with_type(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert("x-plex-protocol", HeaderValue::from_static("1.0"));
    response
}
