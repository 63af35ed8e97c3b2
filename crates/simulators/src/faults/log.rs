//! What was asked of a simulator.

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Method, Uri};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many requests are remembered, so that a simulator can run for days.
const REMEMBERED: usize = 50_000;

/// Places where Plex, Sonarr and Jellyfin look for a secret, besides the query.
const SECRET_HEADERS: [&str; 6] = [
    "x-api-key",
    "authorization",
    "x-plex-token",
    "x-emby-token",
    "x-mediabrowser-token",
    "x-emby-authorization",
];

/// Names of query fields that hold a secret.
const SECRET_QUERY: [&str; 5] = ["apikey", "api_key", "x-plex-token", "access_token", "secret"];

/// A part of the paths, in small letters, of requests whose body is a secret.
const SECRET_BODY: &str = "/users/authenticate";

/// One request as it arrived, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// HTTP method.
    pub method: Method,
    /// Path and query, with the values of secrets replaced by `***`.
    pub target: String,
    /// Names of the headers, lower case.
    pub headers: Vec<String>,
    /// Whether a secret came along, in a header or in the query.
    pub has_token: bool,
    /// The body as text; `***` where it is a password.
    pub body: String,
    /// Status of the answer; absent while none was given.
    pub status: Option<u16>,
    /// Bytes of the answer's body so far.
    pub response_bytes: u64,
    /// Whether a redirect, a compression or a cache was accepted: value of `Accept-Encoding`, empty when absent.
    pub accept_encoding: String,
}

impl LoggedRequest {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// The requests of one simulator in the order they arrived.
#[derive(Debug, Clone, Default)]
pub struct RequestLog(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    requests: VecDeque<LoggedRequest>,
    forgotten: u64,
    bytes: u64,
}

impl RequestLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// All requests since the last [`clear`](Self::clear).
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().requests.iter().cloned().collect()
    }

    /// The requests that may change something: all but GET, HEAD and OPTIONS.
    pub fn writes(&self) -> Vec<LoggedRequest> {
        let harmless = [Method::GET, Method::HEAD, Method::OPTIONS];
        self.lock()
            .requests
            .iter()
            .filter(|request| !harmless.contains(&request.method))
            .cloned()
            .collect()
    }

    /// Bytes of all answers' bodies since the last [`clear`](Self::clear).
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut entries = self.lock();
        entries.forgotten += entries.requests.len() as u64;
        entries.requests.clear();
        entries.bytes = 0;
    }

    fn open(&self, request: LoggedRequest) -> u64 {
        let mut entries = self.lock();
        if entries.requests.len() == REMEMBERED {
            entries.requests.pop_front();
            entries.forgotten += 1;
        }
        entries.requests.push_back(request);
        entries.forgotten + entries.requests.len() as u64 - 1
    }

    fn amend(&self, number: u64, status: Option<u16>, bytes: u64) {
        let mut entries = self.lock();
        let Some(at) = number.checked_sub(entries.forgotten) else {
            return;
        };
        entries.bytes += bytes;
        if let Some(request) = usize::try_from(at).ok().and_then(|at| entries.requests.get_mut(at)) {
            request.status = status.or(request.status);
            request.response_bytes += bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records every request of a router. Put it outside of [`layer`](super::layer), so that it sees those that fail, too.
pub fn logged(router: Router, log: RequestLog) -> Router {
    router.layer(from_fn_with_state(log, record))
}

async fn record(State(log): State<RequestLog>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let number = log.open(entry(&parts.method, &parts.uri, &parts.headers, &body));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = Some(response.status().as_u16());
    if let Some(length) = response.body().size_hint().exact() {
        log.amend(number, status, length);
        return response;
    }
    log.amend(number, status, 0);
    let (parts, body) = response.into_parts();
    let counted = body.into_data_stream().inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            log.amend(number, None, chunk.len() as u64);
        }
    });
    Response::from_parts(parts, Body::from_stream(counted))
}

fn entry(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> LoggedRequest {
    let (query, secret_in_query) = redacted(uri.query());
    LoggedRequest {
        method: method.clone(),
        target: format!("{}{query}", uri.path()),
        headers: headers.keys().map(|name| name.as_str().to_owned()).collect(),
        has_token: secret_in_query || SECRET_HEADERS.iter().any(|name| headers.contains_key(*name)),
        body: if uri.path().to_ascii_lowercase().contains(SECRET_BODY) {
            String::from("***")
        } else {
            String::from_utf8_lossy(body).into_owned()
        },
        status: None,
        response_bytes: 0,
        accept_encoding: headers
            .get(http::header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
    }
}

fn redacted(query: Option<&str>) -> (String, bool) {
    let Some(query) = query else {
        return (String::new(), false);
    };
    let mut found = false;
    let fields: Vec<_> = query
        .split('&')
        .map(|field| {
            let name = field.split('=').next().unwrap_or_default();
            if SECRET_QUERY.contains(&name.to_ascii_lowercase().as_str()) {
                found = true;
                return format!("{name}=***");
            }
            field.to_owned()
        })
        .collect();
    (format!("?{}", fields.join("&")), found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_the_query_are_noticed_and_not_kept() {
        assert_eq!(
            redacted(Some("a=1&X-Plex-Token=abc")),
            ("?a=1&X-Plex-Token=***".to_owned(), true)
        );
        assert_eq!(redacted(Some("a=1")), ("?a=1".to_owned(), false));
        assert_eq!(redacted(None), (String::new(), false));
    }
}
