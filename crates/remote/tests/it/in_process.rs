//! Requests answered inside the process.

use crate::servers::get_json;
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use axum::{Json, Router};
use futures::StreamExt as _;
use remote::{Call, Headers, RemoteClient, RemoteError, RouterTransport};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn a_router_stands_in_for_a_server() {
    let echo = get(|headers: HeaderMap, uri: Uri| async move {
        Json(json!([headers["host"].to_str().unwrap(), uri.path(), uri.query()]))
    });
    let router = Router::new()
        .route("/base/x", echo)
        .route("/base/stream", get(|| async { "data: 1\n\n" }));
    let transport = Arc::new(RouterTransport::new(router));
    let client = RemoteClient::new("nas:8989/base", transport, Headers::new()).unwrap();
    assert_eq!(
        get_json(&client, Call::get("x").query("a", 1)).await.unwrap(),
        json!(["nas:8989", "/base/x", "a=1"])
    );
    assert_eq!(
        get_json(&client, Call::get("y")).await.unwrap_err(),
        RemoteError::NotFound
    );
    let mut stream = client.get_stream(Call::get("stream")).await.unwrap();
    assert_eq!(stream.media_type, "text/plain");
    assert_eq!(stream.body.next().await.unwrap().unwrap(), "data: 1\n\n");
    assert_eq!(client.requests(), 3);
}
