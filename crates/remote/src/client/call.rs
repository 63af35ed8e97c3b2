//! What is sent.

use crate::SecretString;
use crate::error::SetupError;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From sending to the last byte.
    pub total: Duration,
    /// To the first byte, and between two pieces of the answer.
    pub idle: Duration,
    /// Size of the answer in bytes, decompressed.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            idle: Duration::from_secs(15),
            max_body: 32 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// The default size, and the same time for everything.
    pub fn within(total: Duration) -> Self {
        Self {
            total,
            idle: total,
            ..Self::default()
        }
    }
}

/// Headers that go with every request of a client.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    plain: Vec<(&'static str, String)>,
    secret: Vec<Secret>,
}

/// A header with a key or token, and what stands around it.
#[derive(Debug, Clone)]
struct Secret {
    name: &'static str,
    before: String,
    value: SecretString,
    after: String,
}

impl Headers {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header that anybody may see.
    #[must_use]
    pub fn plain(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.plain.push((name, value.into()));
        self
    }

    /// Adds a key or token. It is marked sensitive, and removed from every text that comes back.
    #[must_use]
    pub fn secret(self, name: &'static str, value: SecretString) -> Self {
        self.secret_within(name, "", value, "")
    }

    /// Adds a key or token of letters, digits and `-._~` that is only a part of a header. The header is marked sensitive, and
    /// the key or token removed from every text that comes back.
    #[must_use]
    pub fn secret_within(mut self, name: &'static str, before: &str, value: SecretString, after: &str) -> Self {
        self.secret.push(Secret {
            name,
            before: before.to_owned(),
            value,
            after: after.to_owned(),
        });
        self
    }

    pub(super) fn build(self) -> Result<(HeaderMap, Vec<SecretString>), SetupError> {
        let mut headers = HeaderMap::new();
        let name = |name: &str| HeaderName::from_bytes(name.as_bytes()).map_err(|_| SetupError::Header);
        for (key, value) in &self.plain {
            headers.insert(
                name(key)?,
                HeaderValue::from_str(value.trim()).map_err(|_| SetupError::Header)?,
            );
        }
        let mut secrets = Vec::new();
        for secret in self.secret {
            let exposed = secret.value.expose_secret().trim();
            // Inside of something else it must not mean anything there.
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if exposed.is_empty() || !secret.before.is_empty() && !exposed.bytes().all(is_plain) {
                return Err(SetupError::Header);
            }
            let whole = SecretString::from(format!("{}{exposed}{}", secret.before, secret.after));
            let mut header = HeaderValue::from_str(whole.expose_secret()).map_err(|_| SetupError::Header)?;
            header.set_sensitive(true);
            headers.insert(name(secret.name)?, header);
            secrets.push(SecretString::from(exposed));
        }
        Ok((headers, secrets))
    }
}

/// One request to be sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) secret_query: Vec<(&'static str, SecretString)>,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) accept: String,
    pub(super) content_type: Option<&'static str>,
    pub(super) body: Option<Bytes>,
    pub(super) limits: Option<Limits>,
}

impl Call {
    /// A request for JSON. The path is relative to the server's base.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            secret_query: Vec::new(),
            headers: Vec::new(),
            accept: "application/json".to_owned(),
            content_type: None,
            body: None,
            limits: None,
        }
    }

    /// A GET for JSON.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Adds a query argument. The same name may be added again.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a key or token as a query argument, for servers that take it nowhere else. Addresses end up in the logs of what
    /// stands in between.
    #[must_use]
    pub fn secret_query(mut self, name: &'static str, value: SecretString) -> Self {
        self.secret_query.push((name, value));
        self
    }

    /// Adds a header of this request only, in place of the client's own of that name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            self.headers.push((name, value.to_string()));
        }
        self
    }

    /// Says what content types are welcome.
    #[must_use]
    pub fn accept(mut self, media_types: &str) -> Self {
        media_types.clone_into(&mut self.accept);
        self
    }

    /// Sends JSON along.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.content_type = Some("application/json");
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// Sets limits of this request only.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }
}
