//! What goes wrong, and what is made of it.

use crate::servers::{KEY, Manner, client, get_json, serve, serve_by_hand};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use flate2::{Compression, write::GzEncoder};
use remote::{Call, Limits, RemoteError};
use serde_json::json;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Time enough on any machine; what matters is the size.
const SMALL: Limits = Limits {
    total: Duration::from_secs(60),
    idle: Duration::from_secs(60),
    max_body: 64 * 1024,
};
/// For servers that say nothing, ever.
const IMPATIENT: Limits = Limits {
    idle: Duration::from_millis(150),
    ..SMALL
};
/// For servers that always say a little more.
const SHORT: Limits = Limits {
    total: Duration::from_millis(400),
    ..SMALL
};

async fn error_of(base: &str) -> RemoteError {
    error_within(SMALL, base).await
}

async fn error_within(limits: Limits, base: &str) -> RemoteError {
    client(base)
        .answer(Call::get("x").limits(limits))
        .await
        .and_then(|answer| answer.json())
        .unwrap_err()
}

async fn error_for(status: u16, content_type: &'static str, body: &'static str) -> RemoteError {
    let status = StatusCode::from_u16(status).unwrap();
    let handler = any(move || async move { (status, [(header::CONTENT_TYPE, content_type)], body) });
    error_of(&serve(Router::new().fallback(handler)).await).await
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let (base, _) = serve_by_hand(Manner::SayAndHang("")).await;
    assert_eq!(
        error_within(IMPATIENT, &base).await,
        RemoteError::Timeout { after: IMPATIENT.idle }
    );
    let (base, _) = serve_by_hand(Manner::SayAndHang(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":",
    ))
    .await;
    assert_eq!(
        error_within(IMPATIENT, &base).await,
        RemoteError::Timeout { after: IMPATIENT.idle }
    );
}

#[tokio::test]
async fn a_trickle_is_a_timeout_too() {
    let trickle = any(|| async {
        let pieces = futures::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, std::io::Error>(" "), ()))
        });
        ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(pieces))
    });
    let base = serve(Router::new().fallback(trickle)).await;
    assert_eq!(
        error_within(SHORT, &base).await,
        RemoteError::Timeout { after: SHORT.total }
    );
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = error_of(&base).await;
    assert_eq!(error.code(), "unreachable");
}

#[tokio::test]
async fn a_closed_connection_is_unreachable_and_nothing_is_sent_twice() {
    let (base, count) = serve_by_hand(Manner::Close).await;
    let error = client(&base)
        .answer(Call::new(Method::POST, "command").json(&json!({"name": "SeasonSearch"})))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(error.to_string().contains("https"));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_truncated_answer_is_a_bad_answer() {
    let truncated = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[1,2",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n",
        // Without a length the end of the connection looks proper, and only the JSON tells.
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[1,2",
    ];
    for text in truncated {
        let (base, _) = serve_by_hand(Manner::SayAndClose(text)).await;
        assert_eq!(error_of(&base).await.code(), "badAnswer", "{text}");
    }
    let (base, _) = serve_by_hand(Manner::SayAndClose("SSH-2.0-OpenSSH_9.2\r\n")).await;
    assert_eq!(error_of(&base).await.code(), "unreachable");
}

#[tokio::test]
async fn a_page_instead_of_data_is_another_kind_of_server() {
    let error = error_for(200, "text/html; charset=utf-8", "<!doctype html><title>Sonarr</title>").await;
    assert_eq!(error.code(), "notThisKindOfServer");
    assert!(error.to_string().contains("URL base"));
    assert_eq!(error_for(200, "text/xml", "<a/>").await.code(), "badAnswer");
    assert_eq!(error_for(200, "application/json", "{]").await.code(), "badAnswer");
}

#[tokio::test]
async fn redirects_are_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let followed = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&followed);
        let target = any(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { "{}" }
        });
        let location = "/sonarr/api/v3/series?apikey=0123456789abcdef0123456789abcdef";
        let redirect =
            any(move || async move { (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, location)]) });
        let base = serve(Router::new().route("/api/v3/series", redirect).fallback(target)).await;
        for method in [Method::GET, Method::PUT, Method::POST, Method::DELETE] {
            let error = client(&base)
                .answer(Call::new(method, "api/v3/series").json(&json!({})))
                .await
                .unwrap_err();
            assert_eq!(error.code(), "notThisKindOfServer");
            assert!(error.to_string().contains("/sonarr/api/v3/series;"), "{error}");
            assert!(
                !error.to_string().contains(KEY) && !error.to_string().contains("apikey"),
                "{error}"
            );
        }
        assert_eq!(followed.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn every_status_says_what_can_be_done() {
    assert_eq!(
        error_for(401, "text/html", "<h1>401</h1>").await,
        RemoteError::Unauthorized
    );
    assert_eq!(error_for(401, "application/json", "").await, RemoteError::Unauthorized);
    assert_eq!(error_for(403, "text/plain", "no").await, RemoteError::Forbidden);
    assert_eq!(
        error_for(404, "application/json", r#"{"message":"NotFound"}"#).await,
        RemoteError::NotFound
    );
    assert_eq!(error_for(405, "text/plain", "").await.code(), "notThisKindOfServer");
    let conflict = error_for(
        409,
        "application/json",
        r#"{"message":"Series' root folder (/tv) is empty."}"#,
    )
    .await;
    assert_eq!(
        conflict,
        RemoteError::Conflict {
            message: "Series' root folder (/tv) is empty.".to_owned()
        }
    );
    let starting = r#"{"errorMessage":"Sonarr is starting up, please try again later"}"#;
    assert_eq!(
        error_for(503, "application/json", starting).await,
        RemoteError::StartingUp
    );
    let migrating = r#"<Response code="503" title="Maintenance" status="Plex Media Server is currently running database migrations."/>"#;
    assert_eq!(error_for(503, "text/xml", migrating).await, RemoteError::StartingUp);
    let proxy = error_for(502, "text/html", "<h1>Bad Gateway</h1>").await;
    assert_eq!(
        proxy,
        RemoteError::ServerError {
            status: 502,
            message: "Bad Gateway".to_owned()
        }
    );
    let locked =
        r#"{"message":"database is locked\r\ndatabase is locked","description":"code = Busy (5)\n at System"}"#;
    let locked = error_for(500, "application/json", locked).await;
    assert_eq!(
        locked,
        RemoteError::ServerError {
            status: 500,
            message: "database is locked".to_owned()
        }
    );
}

#[tokio::test]
async fn a_page_of_not_found_counts_only_from_servers_that_write_such_pages() {
    let page = any(|| async {
        (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "text/html")],
            "<h1>404</h1>",
        )
    });
    let base = serve(Router::new().fallback(page)).await;
    assert_eq!(error_of(&base).await.code(), "notThisKindOfServer");
    let plex = client(&base).with_html_errors();
    assert_eq!(
        get_json(&plex, Call::get("library/metadata/1")).await.unwrap_err(),
        RemoteError::NotFound
    );
}

#[tokio::test]
async fn the_wish_for_fewer_requests_is_understood() {
    let limited = any(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]) });
    let base = serve(Router::new().fallback(limited)).await;
    assert_eq!(
        error_of(&base).await,
        RemoteError::RateLimited {
            retry_after: Some(Duration::from_secs(120))
        }
    );
}

#[tokio::test]
async fn errors_repeat_no_secrets_and_no_novels() {
    let text: &'static str = format!(
        "{{\"message\":\"GET /x?apikey=other failed, key {KEY} {}\"}}",
        "x".repeat(5000)
    )
    .leak();
    let error = error_for(500, "application/json", text).await.to_string();
    assert!(!error.contains(KEY) && !error.contains("other"), "{error}");
    assert!(error.contains("[redacted]") && error.len() < 500, "{error}");
}

#[tokio::test]
async fn answers_are_bounded_in_size_also_when_compressed() {
    let endless = any(|| async {
        let pieces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(10_000)));
        ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(pieces))
    });
    assert_eq!(
        error_of(&serve(Router::new().fallback(endless)).await).await.code(),
        "badAnswer"
    );
    let bomb = any(|| async {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 8 * 1024 * 1024]).unwrap();
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CONTENT_ENCODING, "gzip"),
        ];
        let response: Response = (headers, encoder.finish().unwrap()).into_response();
        response
    });
    let base = serve(Router::new().fallback(bomb)).await;
    let client = client(&base);
    let error = client.answer(Call::get("x").limits(SMALL)).await.unwrap_err();
    assert_eq!(error.code(), "badAnswer");
    assert!(client.bytes_received() < 1024 * 1024);
}

#[tokio::test]
async fn an_error_page_without_end_does_not_hide_the_status() {
    let endless = any(|| async {
        let pieces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(10_000)));
        (StatusCode::UNAUTHORIZED, Body::from_stream(pieces))
    });
    assert_eq!(
        error_of(&serve(Router::new().fallback(endless)).await).await,
        RemoteError::Unauthorized
    );
}
