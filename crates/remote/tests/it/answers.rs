//! What goes well.

use crate::servers::{KEY, client, get_json, serve};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{any, delete, get};
use axum::{Json, Router};
use flate2::{Compression, write::GzEncoder};
use remote::{Call, Headers, RemoteClient, ReqwestTransport, SecretString, SetupError};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

#[tokio::test]
async fn paths_join_the_base_with_and_without_slashes() {
    let echo = any(|uri: Uri| async move { Json(json!(uri.to_string())) });
    let server = serve(Router::new().fallback(echo)).await;
    let cases = [
        ("", "/api/v3/series?a=1&b=x+y"),
        ("/sonarr", "/sonarr/api/v3/series?a=1&b=x+y"),
        ("/sonarr/", "/sonarr/api/v3/series?a=1&b=x+y"),
    ];
    for (base, expected) in cases {
        for path in ["api/v3/series", "/api/v3/series"] {
            let answer = get_json(
                &client(&format!("{server}{base}")),
                Call::get(path).query("a", 1).query("b", "x y"),
            )
            .await
            .unwrap();
            assert_eq!(answer, json!(expected));
        }
    }
    // Plex has paths that begin with a colon.
    let answer = get_json(&client(&server), Call::get(":/eventsource/x")).await.unwrap();
    assert_eq!(answer, json!("/:/eventsource/x"));
}

#[tokio::test]
async fn the_key_is_sent_and_never_shown() {
    let echo = get(|headers: HeaderMap| async move {
        Json(json!([
            headers["x-api-key"].to_str().unwrap(),
            headers["accept"].to_str().unwrap()
        ]))
    });
    let client = client(&serve(Router::new().route("/", echo)).await);
    assert_eq!(
        get_json(&client, Call::get("")).await.unwrap(),
        json!([KEY, "application/json"])
    );
    assert!(!format!("{client:?}").contains(KEY));
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_refused_at_once() {
    for key in ["", "  ", "two\nlines"] {
        let headers = Headers::new().secret("X-Api-Key", SecretString::from(key));
        let transport = Arc::new(ReqwestTransport::new().unwrap());
        assert_eq!(
            RemoteClient::new("http://nas", transport, headers).unwrap_err(),
            SetupError::Header
        );
    }
}

#[tokio::test]
async fn json_goes_there_and_back_and_nothing_is_nothing() {
    let router = Router::new()
        .route(
            "/echo",
            any(|method: Method, Json(body): Json<Value>| async move { Json(json!([method.as_str(), body])) }),
        )
        .route(
            "/gone",
            delete(|| async { ([(header::CONTENT_TYPE, "text/html")], "") }),
        );
    let client = client(&serve(router).await);
    let answer = client
        .answer(Call::new(Method::PUT, "echo").json(&json!({"a": 1})))
        .await
        .unwrap();
    assert_eq!(answer.optional_json().unwrap(), Some(json!(["PUT", {"a": 1}])));
    let answer = client.answer(Call::new(Method::DELETE, "gone")).await.unwrap();
    assert_eq!(answer.optional_json().unwrap(), None);
}

#[tokio::test]
async fn compressed_answers_are_read_and_counted_in_full() {
    let zip = get(|headers: HeaderMap| async move {
        assert!(headers["accept-encoding"].to_str().unwrap().contains("gzip"));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder
            .write_all(json!(["x".repeat(10_000)]).to_string().as_bytes())
            .unwrap();
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CONTENT_ENCODING, "gzip"),
        ];
        (headers, encoder.finish().unwrap()).into_response()
    });
    let client = client(&serve(Router::new().route("/", zip)).await);
    let answer = get_json(&client, Call::get("")).await.unwrap();
    assert_eq!(answer[0].as_str().unwrap().len(), 10_000);
    assert_eq!((client.requests(), client.bytes_received()), (1, 10_004));
}

#[tokio::test]
async fn connections_are_kept() {
    let port = get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { Json(json!(peer.port())) });
    let client = client(&serve(Router::new().route("/", port)).await);
    let first = get_json(&client, Call::get("")).await.unwrap();
    assert_eq!(get_json(&client, Call::get("")).await.unwrap(), first);
}
