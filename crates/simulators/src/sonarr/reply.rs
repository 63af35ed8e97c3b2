//! Answers, and the several shapes in which Sonarr says no.

use super::json::{pretty, pruned};
use super::version::Version;
use serde_json::{Value, json};

/// An answer of the API.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub status: u16,
    pub content_type: Option<&'static str>,
    pub body: Vec<u8>,
    pub location: Option<String>,
    pub allow: Option<String>,
    pub is_error: bool,
}

const JSON: &str = "application/json; charset=utf-8";

impl Reply {
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self {
            status,
            content_type: Some(JSON),
            body: pretty(&pruned(value)),
            location: None,
            allow: None,
            is_error: status >= 400,
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            body: Vec::new(),
            location: None,
            allow: None,
            is_error: status >= 400,
        }
    }

    pub(crate) fn text(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self {
            content_type: Some(content_type),
            body: body.into().into_bytes(),
            ..Self::empty(status)
        }
    }

    pub(crate) fn redirect(status: u16, location: String) -> Self {
        Self {
            location: Some(location),
            ..Self::empty(status)
        }
    }

    pub(crate) fn ok(value: Value) -> Self {
        Self::json(200, value)
    }

    pub(crate) fn accepted(value: Value) -> Self {
        Self::json(202, value)
    }

    pub(crate) fn created(location: String, value: Value) -> Self {
        Self {
            location: Some(location),
            ..Self::json(201, value)
        }
    }

    /// The answer to a deletion of one thing.
    pub(crate) fn deleted(version: Version) -> Self {
        if version.is_v3() {
            Self::ok(json!({}))
        } else {
            Self::empty(200)
        }
    }

    /// An exception: message, and a description with a stack trace.
    pub(crate) fn exception(status: u16, message: &str, kind: &str) -> Self {
        let trace = format!("{kind}: {message}\n   at NzbDrone.Core.Datastore.BasicRepository`1.Get(Int32 id)");
        Self::json(status, json!({"message": message, "description": trace}))
    }

    pub(crate) fn database_locked() -> Self {
        let message = "database is locked\r\ndatabase is locked";
        let trace = format!("code = Busy (5), message = System.Data.SQLite.SQLiteException (0x800007AF): {message}");
        Self::json(500, json!({"message": message, "description": trace}))
    }

    /// `ModelNotFoundException`.
    pub(crate) fn no_such(kind: &str, id: i64) -> Self {
        let message = format!("{kind} with ID {id} does not exist");
        Self::exception(404, &message, "NzbDrone.Core.Datastore.ModelNotFoundException")
    }

    /// GET of an unknown id.
    pub(crate) fn not_found(version: Version, of_series: bool) -> Self {
        if version.is_v3() {
            return Self::json(404, json!({"message": "NotFound"}));
        }
        if version.is_v5() && !of_series {
            return Self::empty(404);
        }
        let kind = if version.is_v5() {
            "https://tools.ietf.org/html/rfc9110#section-15.5.5"
        } else {
            "https://tools.ietf.org/html/rfc7231#section-6.5.4"
        };
        Self::json(
            404,
            json!({"type": kind, "title": "Not Found", "status": 404, "traceId": TRACE}),
        )
    }

    pub(crate) fn bad_request(content: &str) -> Self {
        Self::json(
            400,
            json!({"message": format!("BadRequest: {content}"), "content": content}),
        )
    }

    /// Model binding failed: a field has another type than it should.
    pub(crate) fn unbindable(field: &str, message: &str) -> Self {
        let problem = json!({
            "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
            "title": "One or more validation errors occurred.",
            "status": 400,
            "traceId": TRACE,
            "errors": {field: [message]},
        });
        Self {
            content_type: Some("application/problem+json; charset=utf-8"),
            ..Self::json(400, problem)
        }
    }

    /// Ids were asked for that are unknown or doubled.
    pub(crate) fn row_count(expected: usize, returned: usize) -> Self {
        let message = format!("Expected query to return {expected} rows but returned {returned}");
        Self::exception(500, &message, "System.ApplicationException")
    }

    /// `InvalidOperationException`, which version 5 blames on the client.
    pub(crate) fn invalid_operation(version: Version, message: &str) -> Self {
        Self::exception(
            if version.is_v5() { 400 } else { 500 },
            message,
            "System.InvalidOperationException",
        )
    }
}

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// Failed rules of FluentValidation.
#[derive(Debug, Default)]
pub(crate) struct Failures(Vec<Value>);

impl Failures {
    pub(crate) fn add(&mut self, property: &str, message: &str, attempted: &Value, code: &str) {
        self.0.push(json!({
            "propertyName": property,
            "errorMessage": message,
            "attemptedValue": attempted,
            "severity": "error",
            "errorCode": code,
            "formattedMessageArguments": [],
            "formattedMessagePlaceholderValues": {"propertyName": spaced(property), "propertyValue": attempted},
        }));
    }

    /// A failed test of a connection, which has its own three fields first.
    pub(crate) fn provider(property: &str, message: &str) -> Reply {
        Reply::json(
            400,
            json!([{
                "isWarning": false,
                "propertyName": property,
                "errorMessage": message,
                "severity": "error",
                "formattedMessageArguments": [],
            }]),
        )
    }

    pub(crate) fn check(self) -> Result<(), Reply> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Reply::json(400, Value::Array(self.0)))
        }
    }
}

/// "TvdbId" as "Tvdb Id".
fn spaced(property: &str) -> String {
    let mut out = String::new();
    for (at, letter) in property.chars().enumerate() {
        if at > 0 && letter.is_uppercase() {
            out.push(' ');
        }
        out.push(letter);
    }
    out
}
