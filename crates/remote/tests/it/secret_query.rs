//! Servers that take their key only in the address.

use crate::servers::{Manner, serve, serve_by_hand};
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use remote::{Call, Headers, Limits, RemoteClient, RemoteError, ReqwestTransport, SecretString, SetupError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Looks another way in an address.
const KEY: &str = "k3y+0123/456789=abcdef";
const ENCODED: &str = "k3y%2B0123%2F456789%3Dabcdef";

/// Makes an answer of a text that has the key in it.
type Answer = fn(String) -> Response;

fn client(base: &str, key: &str) -> Result<RemoteClient, SetupError> {
    let limits = Limits::within(Duration::from_millis(500));
    RemoteClient::new(base, Arc::new(ReqwestTransport::new().unwrap()), Headers::new())?
        .with_limits(limits)
        .with_secret(&SecretString::from(key))
}

fn call(path: &str) -> Call {
    Call::get(path).secret_query("apikey", SecretString::from(KEY))
}

async fn error_of(base: &str) -> RemoteError {
    let client = client(base, KEY).unwrap();
    let answer = client.answer(call("api/v2").query("cmd", "x")).await;
    answer.and_then(|answer| answer.json()).unwrap_err()
}

#[tokio::test]
async fn the_key_goes_with_the_calls_that_bring_it_beside_their_own_arguments() {
    let echo = async |request: Request| axum::Json(json!(request.uri().to_string()));
    let base = serve(Router::new().fallback(echo)).await;
    let client = client(&format!("{base}/tautulli"), KEY).unwrap();
    for (call, expected) in [
        (call("api/v2"), format!("/tautulli/api/v2?apikey={ENCODED}")),
        (
            call("api/v2").query("cmd", "status"),
            format!("/tautulli/api/v2?cmd=status&apikey={ENCODED}"),
        ),
        (
            Call::get("api/v2").secret_query("apikey", SecretString::from(format!(" {KEY}\n"))),
            format!("/tautulli/api/v2?apikey={ENCODED}"),
        ),
        (Call::get("status"), "/tautulli/status".to_owned()),
    ] {
        let shown = format!("{call:?} {client:?} {}", client.base());
        assert!(!shown.contains(KEY) && !shown.contains(ENCODED), "{shown}");
        let asked = client.answer(call).await.unwrap().json().unwrap();
        assert_eq!(asked, json!(expected));
    }
}

#[tokio::test]
async fn no_error_repeats_the_key_in_whatever_form_the_server_does() {
    let whole = |request: &Request| format!("http://nas{} and {KEY}, {ENCODED}", request.uri());
    let answers: [(&str, Answer); 5] = [
        ("serverError", |text| {
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(json!({"message": text}))).into_response()
        }),
        ("conflict", |text| {
            let body = json!({"response": {"result": "error", "message": text, "data": {}}});
            (StatusCode::CONFLICT, axum::Json(body)).into_response()
        }),
        ("notThisKindOfServer", |text| {
            let location = text.split(' ').next().unwrap_or_default().to_owned();
            (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
        }),
        ("badAnswer", |text| {
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }),
        ("serverError", |text| {
            (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/plain")], text).into_response()
        }),
    ];
    for (code, answer) in answers {
        let handler = async move |request: Request| answer(whole(&request));
        let error = error_of(&serve(Router::new().fallback(handler)).await).await;
        let shown = format!("{error} {error:?}");
        assert_eq!(error.code(), code, "{shown}");
        assert!(!shown.contains(KEY) && !shown.contains(ENCODED), "{shown}");
    }
}

#[tokio::test]
async fn no_failure_of_the_network_repeats_the_key() {
    let (closes, _) = serve_by_hand(Manner::Close).await;
    let (hangs, _) = serve_by_hand(Manner::SayAndHang("")).await;
    let (cut, _) = serve_by_hand(Manner::SayAndClose(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ))
    .await;
    let nobody = "http://127.0.0.1:1".to_owned();
    let no_tls = closes.replace("http://", "https://");
    for base in [
        closes,
        hangs,
        cut,
        nobody,
        no_tls,
        "http://no-such-host.invalid".to_owned(),
    ] {
        let error = error_of(&base).await;
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("k3y") && !shown.contains("apikey") && !shown.contains("/api/v2"),
            "{base}: {shown}"
        );
    }
}

#[test]
fn what_cannot_be_a_key_is_refused() {
    for key in ["", "  ", "two words", "a\nb", "schlüssel"] {
        assert_eq!(
            client("http://nas:8181", key).unwrap_err(),
            SetupError::Header,
            "{key:?}"
        );
    }
}
