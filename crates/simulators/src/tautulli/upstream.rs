//! How Tautulli asks its Plex.

use crate::plex::PlexSim;
use axum::{Router, body::Body, body::to_bytes, extract::Request};
use http::{StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// The way to the server, with the token that Tautulli got when it was set up.
#[derive(Debug, Clone)]
pub(super) struct Upstream {
    router: Router,
    base: PlexSim,
    token: String,
}

impl Upstream {
    pub(super) fn new(plex: &PlexSim) -> Self {
        Self {
            router: plex.router(),
            base: plex.clone(),
            token: plex.token(),
        }
    }

    /// The container of an answer; nothing where there is none, whatever the reason.
    pub(super) async fn container(&self, path: &str) -> Option<Value> {
        let request = Request::builder()
            .uri(format!("{}{path}", self.base.settings().base_path))
            .header("x-plex-token", &self.token)
            .header(header::ACCEPT, "application/json")
            .body(Body::empty())
            .ok()?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if response.status() != StatusCode::OK {
            return None;
        }
        let body = to_bytes(response.into_body(), usize::MAX).await.ok()?;
        let mut answer: Value = serde_json::from_slice(&body).ok()?;
        let container = answer.get_mut("MediaContainer").map(Value::take)?;
        container.is_object().then_some(container)
    }

    /// One item's own page.
    pub(super) async fn item(&self, key: &str) -> Option<Value> {
        let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        if !is_key {
            return None;
        }
        let container = self.container(&format!("/library/metadata/{key}")).await?;
        container["Metadata"].get(0).cloned()
    }
}

/// A scalar as text, as Tautulli reads everything from XML; what is missing is empty.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => String::from(if *flag { "1" } else { "0" }),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// A scalar as a whole number; what is none is zero.
pub(super) fn number(value: &Value) -> i64 {
    text(value).parse().unwrap_or(0)
}

/// The elements of a list; of anything else there are none.
pub(super) fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
