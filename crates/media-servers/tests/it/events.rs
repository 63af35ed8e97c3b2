//! The stream of events, over a real connection.

use crate::script::plex;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::session::PlayerState;
use futures::{StreamExt as _, stream};
use media_servers::{Hints, MediaServer as _, PlaybackHint};
use remote::{RemoteError, ReqwestTransport};
use std::sync::Arc;

/// Serves pieces of an event stream, and then leaves the connection open or closes it.
async fn serve(status: u16, media_type: &'static str, pieces: &'static [&'static str], stays_open: bool) -> String {
    let handler = move |request: Request| async move {
        assert_eq!(request.headers()["accept"], "text/event-stream");
        assert_eq!(request.uri(), "/:/eventsource/notifications?filters=playing");
        let pieces = stream::iter(pieces.iter().map(|piece| Ok::<_, std::io::Error>(*piece)));
        let body = if stays_open {
            Body::from_stream(pieces.chain(stream::pending()))
        } else {
            Body::from_stream(pieces)
        };
        let response: Response = (
            StatusCode::from_u16(status).unwrap(),
            [(header::CONTENT_TYPE, media_type)],
            body,
        )
            .into_response();
        response
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await.unwrap() });
    format!("http://{address}")
}

async fn open(base: &str) -> Result<Hints, RemoteError> {
    let hints = plex(base, Arc::new(ReqwestTransport::new().unwrap())).hints().await?;
    Ok(hints.unwrap())
}

fn playing(session: Option<&str>, item: Option<&str>, state: PlayerState) -> PlaybackHint {
    PlaybackHint::Playing {
        session_key: session.map(str::to_owned),
        item_key: item.map(str::to_owned),
        state,
    }
}

#[tokio::test]
async fn events_become_hints_however_they_are_cut() {
    let base = serve(200, "text/event-stream", &[
        "event: ping\ndata: {}\n\nevent: playing\nda",
        "ta: {\"PlaySessionStateNotification\":{\"sessionKey\":\"61\",\"ratingKey\":\"48123\",\"state\":\"playing\",\"viewOffset\":1}}\n\n",
        "event: playing\r\ndata: {\"PlaySessionStateNotification\":{\"sessionKey\":62,\"ratingKey\":\"\",\"state\":\"stopped\"}}\r\n\r\n",
        "event: activity\ndata: {\"ActivityNotification\":{}}\n\n",
        "event: playing\ndata: {\"NotificationContainer\":{\"PlaySessionStateNotification\":[{\"sessionKey\":\"7\",\"ratingKey\":9,\"state\":\"paused\"}]}}\n\n",
        "event: playing\ndata: {nonsense\n\n",
    ], true).await;
    let hints: Vec<_> = open(&base).await.unwrap().take(7).map(Result::unwrap).collect().await;
    assert_eq!(
        hints,
        [
            PlaybackHint::Subscribed,
            PlaybackHint::Ping,
            playing(Some("61"), Some("48123"), PlayerState::Playing),
            playing(Some("62"), None, PlayerState::Other("stopped".to_owned())),
            PlaybackHint::Ping,
            playing(Some("7"), Some("9"), PlayerState::Paused),
            playing(None, None, PlayerState::Other(String::new())),
        ]
    );
}

#[tokio::test]
async fn the_end_of_the_connection_ends_the_hints() {
    let base = serve(200, "text/event-stream", &["event: ping\ndata: {}\n\n"], false).await;
    let hints: Vec<_> = open(&base).await.unwrap().collect().await;
    assert_eq!(hints, [Ok(PlaybackHint::Subscribed), Ok(PlaybackHint::Ping)]);
}

#[tokio::test]
async fn a_line_without_end_is_an_error_and_the_last_thing() {
    static LINE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "x".repeat(100_000));
    static PIECES: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| vec![LINE.as_str(); 20]);
    let base = serve(200, "text/event-stream", &PIECES, true).await;
    let hints: Vec<_> = open(&base).await.unwrap().collect().await;
    assert_eq!(hints.len(), 2);
    assert_eq!(hints[1].as_ref().unwrap_err().code(), "badAnswer");
}

#[tokio::test]
async fn what_is_no_event_stream_is_refused() {
    let code = async |status, media_type| match open(&serve(status, media_type, &["x"], false).await).await {
        Ok(_) => "opened",
        Err(error) => error.code(),
    };
    assert_eq!(code(401, "text/html").await, "unauthorized");
    assert_eq!(code(200, "text/html").await, "notThisKindOfServer");
    assert_eq!(code(200, "application/json").await, "badAnswer");
    assert_eq!(code(404, "text/html").await, "notFound");
}
