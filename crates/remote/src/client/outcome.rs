//! What the status and the content type of an answer mean.

use super::RemoteClient;
use crate::error::RemoteError;
use http::{HeaderMap, StatusCode, header, response};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The content type in lower case without parameters; empty where there is none.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses content types that cannot be JSON. A missing one may be.
pub(super) fn expect_json(media_type: &str) -> Result<(), RemoteError> {
    match media_type {
        "" | "application/json" | "text/json" => Ok(()),
        other if other.ends_with("+json") => Ok(()),
        "text/html" | "application/xhtml+xml" => Err(RemoteError::not_this_kind(
            "a web page came instead of data; check the port and the URL base (the path after the port)",
        )),
        other => Err(RemoteError::bad_answer(format!(
            "its type is {} instead of JSON",
            other.escape_debug()
        ))),
    }
}

/// The error that an unsuccessful status stands for.
pub(super) fn failure(client: &RemoteClient, parts: &response::Parts, body: &[u8]) -> RemoteError {
    let status = parts.status;
    let media_type = media_type(&parts.headers);
    let message = || match message(&media_type, body) {
        Some(message) => client.presentable(&message),
        None => status.canonical_reason().unwrap_or("no details").to_owned(),
    };
    match status {
        _ if status.is_redirection() => redirected(client, &parts.headers),
        StatusCode::UNAUTHORIZED => RemoteError::Unauthorized,
        StatusCode::FORBIDDEN => RemoteError::Forbidden,
        StatusCode::NOT_FOUND if media_type == "text/html" && !client.html_errors => {
            RemoteError::not_this_kind("a web page says that the path does not exist; check the port and the URL base")
        }
        StatusCode::NOT_FOUND => RemoteError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => {
            RemoteError::not_this_kind("it does not know this kind of request; check the port and the URL base")
        }
        StatusCode::CONFLICT => RemoteError::Conflict { message: message() },
        StatusCode::TOO_MANY_REQUESTS => RemoteError::RateLimited {
            retry_after: retry_after(&parts.headers),
        },
        StatusCode::SERVICE_UNAVAILABLE if is_starting(body) => RemoteError::StartingUp,
        _ => RemoteError::ServerError {
            status: status.as_u16(),
            message: message(),
        },
    }
}

/// Sonarr: `{"errorMessage":"Sonarr is starting up, …"}`. Plex: `<Response code="503" title="Maintenance" …/>`.
fn is_starting(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    ["starting", "maintenance", "migration"]
        .iter()
        .any(|word| text.contains(word))
}

/// Only seconds are read; servers of this kind send no dates here.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

fn redirected(client: &RemoteClient, headers: &HeaderMap) -> RemoteError {
    let target = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| client.base().join(location).ok())
        .map_or_else(|| "somewhere else".to_owned(), |target| without_secrets(&target));
    RemoteError::not_this_kind(format!(
        "it redirects to {}; enter the final address, with the URL base (the path after the port) where one is set",
        client.presentable(&target)
    ))
}

fn without_secrets(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!(
        "{}://{}{port}{}",
        url.scheme(),
        url.host_str().unwrap_or_default(),
        url.path()
    )
}

/// The server's own words, in the forms that Sonarr, Plex, Tautulli and ASP.NET give them.
fn message(media_type: &str, body: &[u8]) -> Option<String> {
    match media_type {
        "application/json" | "application/problem+json" | "text/json" => {
            json_message(&serde_json::from_slice(body).ok()?)
        }
        "text/xml" | "application/xml" => {
            let text = String::from_utf8_lossy(body);
            let (_, rest) = text.split_once("status=\"")?;
            rest.split_once('"').map(|(status, _)| status.to_owned())
        }
        "text/plain" => first_line(&String::from_utf8_lossy(body)),
        _ => None,
    }
}

fn json_message(body: &Value) -> Option<String> {
    if let Some(failures) = body.as_array() {
        let texts: Vec<_> = failures
            .iter()
            .filter_map(|failure| failure["errorMessage"].as_str())
            .collect();
        return first_line(&texts.join("; "));
    }
    // ErrorModel's `description` is a stack trace and `title` of a ProblemDetails only names the status.
    let named = ["message", "errorMessage", "error"]
        .iter()
        .find_map(|key| body[*key].as_str());
    let validation = || {
        let errors = body["errors"].as_object()?;
        errors.values().find_map(|texts| {
            texts
                .as_str()
                .or_else(|| texts[0].as_str())
                .or_else(|| texts["message"].as_str())
        })
    };
    let listed = || body["errors"][0]["message"].as_str();
    let enveloped = || body["response"]["message"].as_str();
    first_line(
        named
            .or_else(validation)
            .or_else(listed)
            .or_else(enveloped)
            .or_else(|| body["title"].as_str())?,
    )
}

/// "database is locked" comes twice, on two lines.
fn first_line(text: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_servers_words_are_found_in_every_form() {
        let found = |body: Value| json_message(&body);
        assert_eq!(
            found(json!([{"propertyName": "TvdbId", "errorMessage": "This series has already been added"}])).as_deref(),
            Some("This series has already been added")
        );
        assert_eq!(
            found(json!({"message": "database is locked\r\ndatabase is locked", "description": "stack"})).as_deref(),
            Some("database is locked")
        );
        assert_eq!(
            found(json!({"title": "One or more validation errors occurred.", "errors": {"$.a": ["The value"]}}))
                .as_deref(),
            Some("The value")
        );
        assert_eq!(
            found(json!({"title": "Not Found", "status": 404})).as_deref(),
            Some("Not Found")
        );
        assert_eq!(
            found(json!({"errors": [{"code": 1001, "message": "User"}]})).as_deref(),
            Some("User")
        );
        assert_eq!(
            found(json!({"response": {"result": "error", "message": "Unknown command: x.", "data": {}}})).as_deref(),
            Some("Unknown command: x.")
        );
        assert_eq!(found(json!({})), None);
        let xml = br#"<Response code="503" title="Maintenance" status="Migrating."/>"#;
        assert_eq!(message("text/xml", xml).as_deref(), Some("Migrating."));
        assert_eq!(message("text/html", b"<html>"), None);
    }

    #[test]
    fn json_goes_by_several_names() {
        for name in ["", "application/json", "application/problem+json"] {
            assert!(expect_json(name).is_ok());
        }
        assert_eq!(expect_json("text/html").unwrap_err().code(), "notThisKindOfServer");
        assert_eq!(expect_json("text/xml").unwrap_err().code(), "badAnswer");
    }
}
