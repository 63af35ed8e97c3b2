//! The HTTP layer around the API, in Sonarr's order: key, URL base, start-up, content types, endpoints.

use super::api::{Outcome, handlers};
use super::call::Call;
use super::hooks::{Hook, deliver};
use super::reply::Reply;
use super::settings::UiAuth;
use super::world::World;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) type Shared = Arc<Mutex<World>>;

/// Kestrel's limit of the request line.
const LONGEST_LINE: usize = 8192;

const INDEX_PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Sonarr</title></head><body><div id=\"root\"></div></body></html>\n";

pub(crate) fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) async fn handle(State(world): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let line = Line {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
    };
    let (outcome, background, foreground, about) = {
        let mut world = lock(&world);
        world.progress();
        let background = std::mem::take(&mut world.outbox);
        let about = About::of(&world, &line);
        let outcome = admit(&mut world, &line, &about, &body);
        (outcome, background, std::mem::take(&mut world.outbox), about)
    };
    if !background.is_empty() {
        tokio::spawn(deliver_all(Arc::clone(&world), background));
    }
    deliver_all(Arc::clone(&world), foreground).await;
    let reply = match outcome {
        Outcome::Done(reply) => reply,
        Outcome::AfterHooks(then) => then(&mut lock(&world)),
        Outcome::Probe(hook, then) => {
            let result = deliver(&hook).await;
            then(&mut lock(&world), result)
        }
    };
    rendered(reply, &about)
}

/// Calls webhooks one after the other and notes how each went.
pub(crate) async fn deliver_all(world: Shared, hooks: Vec<Hook>) {
    for hook in hooks {
        let delivered = deliver(&hook).await.is_ok_and(|status| status < 400);
        if let Some(connection) = hook.connection {
            lock(&world).note_delivery(connection, delivered);
        }
    }
}

struct Line {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

/// What the address means.
struct About {
    /// Path below the URL base, when it has that.
    path: String,
    has_base: bool,
    is_api: bool,
    admitted: bool,
    version: String,
}

impl About {
    fn of(world: &World, line: &Line) -> Self {
        let full = line.uri.path();
        let base = &world.settings.url_base;
        let below = full
            .get(..base.len())
            .filter(|start| start.eq_ignore_ascii_case(base))
            .map(|_| &full[base.len()..])
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let path = below.unwrap_or(full).trim_end_matches('/').to_ascii_lowercase();
        let is_api = path == "/api" || path.starts_with("/api/");
        Self {
            has_base: below.is_some(),
            is_api,
            admitted: key_of(line).is_some_and(|key| key == world.settings.api_key),
            path,
            version: world.settings.version.to_string(),
        }
    }
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|query| query.0)
        .unwrap_or_default()
}

/// The first key that is present: in the query, in its own header, as a bearer token.
fn key_of(line: &Line) -> Option<String> {
    if let Some((_, key)) = query(&line.uri)
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("apikey"))
    {
        return Some(key);
    }
    let text = |name: &str| {
        line.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    text("x-api-key")
        .or_else(|| text("authorization").and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned)))
}

fn admit(world: &mut World, line: &Line, about: &About, body: &[u8]) -> Outcome {
    let settings = &world.settings;
    if line
        .uri
        .path_and_query()
        .is_some_and(|target| target.as_str().len() > LONGEST_LINE)
    {
        return Reply::empty(414).into();
    }
    if about.is_api && !about.admitted {
        let old = settings.version.is_v3();
        return if old {
            Reply::json(401, json!({"error": "Unauthorized"}))
        } else {
            Reply::empty(401)
        }
        .into();
    }
    let is_page = !about.is_api && about.path != "/ping";
    if is_page && let Some(refusal) = page_refusal(world, line, about) {
        return refusal.into();
    }
    if !about.has_base {
        let target = line.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let location = format!("{}{target}", world.settings.url_base);
        return Reply::redirect(world.settings.version.base_redirect(), location).into();
    }
    if world.settings.quirks.starting_up {
        let message = "Sonarr is starting up, please try again later";
        return if about.is_api {
            Reply::json(503, json!({"errorMessage": message}))
        } else {
            Reply::text(503, "text/plain", message)
        }
        .into();
    }
    if about.path == "/ping" {
        return match line.method {
            Method::GET | Method::HEAD => Reply::ok(json!({"status": "OK"})),
            _ => not_allowed("GET, HEAD"),
        }
        .into();
    }
    if is_page {
        return Reply::text(200, "text/html", INDEX_PAGE).into();
    }
    endpoint(world, line, about, body)
}

/// The web pages have their own protection, and take only GET.
fn page_refusal(world: &World, line: &Line, about: &About) -> Option<Reply> {
    if line.method != Method::GET {
        return Some(if about.admitted {
            not_allowed("GET")
        } else {
            Reply::empty(401)
        });
    }
    match world.settings.ui_auth {
        UiAuth::None | UiAuth::External => None,
        UiAuth::Basic => Some(Reply::empty(401)),
        UiAuth::Forms if about.path == "/login" => None,
        UiAuth::Forms => {
            let target = line.uri.path().replace('/', "%2F");
            Some(Reply::redirect(
                302,
                format!("{}/login?returnUrl={target}", world.settings.url_base),
            ))
        }
    }
}

fn not_allowed(methods: &str) -> Reply {
    Reply {
        allow: Some(methods.to_owned()),
        ..Reply::empty(405)
    }
}

fn endpoint(world: &mut World, line: &Line, about: &About, body: &[u8]) -> Outcome {
    let version = world.settings.version;
    let unknown = || {
        if version.is_v3() {
            Reply::json(404, json!({"message": "NotFound"}))
        } else {
            Reply::empty(404)
        }
    };
    let segments: Vec<String> = about
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let found = match names.as_slice() {
        ["api"] => return Reply::ok(json!({"current": "v3", "deprecated": []})).into(),
        ["api", "v3", rest @ ..] => handlers(rest),
        _ => Vec::new(),
    };
    if found.is_empty() {
        return unknown().into();
    }
    let Some((_, handler)) = found.iter().find(|(method, _)| *method == line.method) else {
        let allowed: Vec<_> = found.iter().map(|(method, _)| method.as_str()).collect();
        return not_allowed(&allowed.join(", ")).into();
    };
    if !accepts_json(&line.headers) {
        return Reply::empty(406).into();
    }
    let bulk = matches!(names.last(), Some(&"bulk" | &"editor"));
    let consumes = matches!(line.method, Method::POST | Method::PUT) || (line.method == Method::DELETE && bulk);
    if consumes && !is_json(&line.headers) {
        return Reply::empty(415).into();
    }
    let call = Call {
        method: line.method.clone(),
        segments: segments[2..].to_vec(),
        query: query(&line.uri),
        body: body.to_vec(),
        version,
    };
    tracing::trace!(method = %call.method, path = about.path, "request to the simulated Sonarr");
    handler(world, &call).unwrap_or_else(Outcome::Done)
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return true;
    };
    accept
        .split(',')
        .map(|kind| kind.split(';').next().unwrap_or_default().trim())
        .any(|kind| matches!(kind, "" | "*/*" | "application/*" | "application/json" | "text/json"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

fn rendered(reply: Reply, about: &About) -> Response {
    let is_error = reply.is_error && !reply.body.is_empty();
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if let Some(kind) = reply.content_type {
        put(header::CONTENT_TYPE, kind);
    }
    if let Some(location) = reply.location {
        put(header::LOCATION, &location);
    }
    if let Some(allow) = reply.allow {
        put(header::ALLOW, &allow);
    }
    if about.is_api {
        put(header::CACHE_CONTROL, "no-cache, no-store");
        put(header::PRAGMA, "no-cache");
        put(header::EXPIRES, "-1");
        if about.admitted && !is_error {
            put(header::HeaderName::from_static("x-application-version"), &about.version);
        }
    }
    response
}
