//! Faults that a simulator can be told to have, as an HTTP layer in front of any router, and a log of what was asked of it.
//!
//! A test pushes [`FaultRule`]s into a [`FaultPlan`]; the first rule that matches a request decides its fate. What a client really did is in
//! the [`RequestLog`], which sits outside of the faults and so sees every request.

mod log;
mod mangle;

pub use log::{LoggedRequest, RequestLog, logged};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderValue, Method, StatusCode, header};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The faults of one simulator, shared between a test and the layer.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<FaultRule>,
    hits: usize,
}

/// Which requests fail, when, how often and how.
#[derive(Debug, Clone)]
pub struct FaultRule {
    /// Only this method; any when absent.
    pub method: Option<Method>,
    /// A part of the path and query; the empty text matches every request.
    pub path: String,
    /// Whether the request takes effect before it fails.
    pub when: When,
    /// How many requests it hits; without limit when absent.
    pub times: Option<u32>,
    /// How long it takes until it happens, as a busy database does before it gives up.
    pub delay: Duration,
    /// What happens.
    pub fault: Fault,
}

/// Whether a failing request takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The handler never runs.
    BeforeEffect,
    /// The handler runs, and its answer is lost.
    AfterEffect,
}

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An answer of the test's choice.
    Status {
        /// HTTP status.
        code: u16,
        /// Value of `Content-Type`; no header when empty.
        content_type: String,
        /// The body.
        body: String,
    },
    /// The true answer, this much later.
    Delay(Duration),
    /// No answer, and the connection stays open.
    Hang,
    /// The connection dies without an answer.
    Drop,
    /// The true answer dies after so many bytes of its body. The handler always runs.
    Truncate(usize),
    /// 200 with a login page, as a proxy or a wrong URL base gives.
    Html,
    /// The true answer with some values of other types, the same ones for the same address. The handler always runs.
    WrongTypes,
    /// 200 and `application/json`, but not JSON.
    MalformedJson,
    /// 200 with a JSON array of about so many bytes.
    HugeBody(usize),
    /// Sonarr's 500 when SQLite is busy.
    DatabaseLocked,
    /// Sonarr's 503 while it starts.
    StartingUp503,
}

/// Marks an answer that must not be sent: the server closes the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Severed;

impl FaultRule {
    /// Hits every request whose address contains `path`, before its effect, until cleared.
    pub fn new(path: impl Into<String>, fault: Fault) -> Self {
        Self {
            method: None,
            path: path.into(),
            when: When::BeforeEffect,
            times: None,
            delay: Duration::ZERO,
            fault,
        }
    }

    /// Restricts the rule to one method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Lets the request take effect and loses its answer.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.when = When::AfterEffect;
        self
    }

    /// Limits how many requests it hits.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Takes so long before it fails.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Hits one request only.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    fn matches(&self, method: &Method, address: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted == method) && address.contains(&self.path)
    }
}

impl Fault {
    /// An answer with a status and a short text, as a proxy would send.
    pub fn status(code: u16) -> Self {
        let body = format!("<html><body><h1>{code}</h1></body></html>");
        Self::Status {
            code,
            content_type: "text/html".into(),
            body,
        }
    }

    /// An answer with a status and a JSON body.
    pub fn json(code: u16, body: impl Into<String>) -> Self {
        Self::Status {
            code,
            content_type: "application/json".into(),
            body: body.into(),
        }
    }
}

impl FaultPlan {
    /// A plan without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule after those that are there.
    pub fn push(&self, rule: FaultRule) {
        self.lock().rules.push(rule);
    }

    /// Removes all rules. The count of hits stays.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// How many requests were hit so far.
    pub fn hits(&self) -> usize {
        self.lock().hits
    }

    fn take(&self, method: &Method, address: &str) -> Option<FaultRule> {
        let mut plan = self.lock();
        let at = plan
            .rules
            .iter()
            .position(|rule| rule.times != Some(0) && rule.matches(method, address))?;
        plan.hits += 1;
        let rule = &mut plan.rules[at];
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a plan's faults in front of a router.
pub fn layer(router: Router, plan: FaultPlan) -> Router {
    router.layer(from_fn_with_state(plan, inject))
}

async fn inject(State(plan): State<FaultPlan>, request: Request, next: Next) -> Response {
    let address = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    let Some(FaultRule { when, delay, fault, .. }) = plan.take(request.method(), &address) else {
        return next.run(request).await;
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match fault {
        Fault::Delay(by) if when == When::BeforeEffect => {
            tokio::time::sleep(by).await;
            next.run(request).await
        }
        Fault::Delay(by) => {
            let response = next.run(request).await;
            tokio::time::sleep(by).await;
            response
        }
        Fault::Truncate(length) => truncated(next.run(request).await, length).await,
        Fault::WrongTypes => {
            let (mut parts, body) = next.run(request).await.into_parts();
            let body = mangle::wrong_types(&whole(body).await, &address);
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(body))
        }
        fault => {
            if when == When::AfterEffect {
                // The body may carry the effect of a stream, so it is read to its end before it is thrown away.
                whole(next.run(request).await.into_body()).await;
            }
            replaced(fault).await
        }
    }
}

async fn replaced(fault: Fault) -> Response {
    match fault {
        Fault::Status {
            code,
            content_type,
            body,
        } => answer(
            StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            &content_type,
            body,
        ),
        Fault::Hang => std::future::pending().await,
        Fault::Html => answer(
            StatusCode::OK,
            "text/html; charset=utf-8",
            mangle::LOGIN_PAGE.to_owned(),
        ),
        Fault::MalformedJson => answer(
            StatusCode::OK,
            "application/json",
            "{\"records\": [{\"id\": 1, ".to_owned(),
        ),
        Fault::HugeBody(length) => answer(StatusCode::OK, "application/json", mangle::filler(length)),
        Fault::DatabaseLocked => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json",
            mangle::DATABASE_LOCKED.to_owned(),
        ),
        Fault::StartingUp503 => answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "application/json",
            mangle::STARTING_UP.to_owned(),
        ),
        Fault::Drop | Fault::Delay(_) | Fault::Truncate(_) | Fault::WrongTypes => {
            let mut response = Response::new(failing(Bytes::new()));
            response.extensions_mut().insert(Severed);
            response
        }
    }
}

fn answer(status: StatusCode, content_type: &str, body: String) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    if let Ok(value) = HeaderValue::from_str(content_type)
        && !content_type.is_empty()
    {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

async fn truncated(response: Response, length: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    // The header promises the whole body, so that the client can tell that it was cut.
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(length + 1)));
    Response::from_parts(parts, failing(body.slice(..length.min(body.len()))))
}

fn failing(start: Bytes) -> Body {
    let cut = async {
        // hyper sends what it has only when the body is not ready; without a pause the head would be lost, too.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    Body::from_stream(stream::iter([Ok(start)]).chain(stream::once(cut)))
}

async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}
