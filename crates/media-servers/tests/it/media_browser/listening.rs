//! The web socket, over a connection inside the process and with a clock that jumps.

mod pace;

use super::{BOTH, DEVICE, Kind, TOKEN};
use async_trait::async_trait;
use bytes::Bytes;
use domain::session::PlayerState;
use futures::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, header};
use media_servers::{Hints, PlaybackHint};
use remote::{BodyStream, RemoteError, Transport, TransportError, Upgrade};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Switches every connection, or answers as it is told to.
struct Line {
    refusal: Option<(u16, &'static str)>,
    is_honest: bool,
    asked: Mutex<Option<http::Request<Bytes>>>,
    other_end: Mutex<Option<DuplexStream>>,
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let detail = "only sockets are expected".to_owned();
        Err(TransportError::Closed { detail })
    }

    async fn upgrade(&self, request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        let key = derive_accept_key(request.headers()[header::SEC_WEBSOCKET_KEY].as_bytes());
        *self.asked.lock().unwrap() = Some(request);
        if let Some((status, body)) = self.refusal {
            let body = futures::stream::iter([Ok(Bytes::from(body))]).boxed();
            let mut response = http::Response::new(body);
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            return Ok(Upgrade::Refused(response));
        }
        let mut headers = HeaderMap::new();
        if self.is_honest {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&key).unwrap());
        }
        let (ours, theirs) = tokio::io::duplex(1024);
        *self.other_end.lock().unwrap() = Some(theirs);
        Ok(Upgrade::Switched {
            headers,
            connection: Box::new(ours),
        })
    }
}

fn line(refusal: Option<(u16, &'static str)>, is_honest: bool) -> Arc<Line> {
    Arc::new(Line {
        refusal,
        is_honest,
        asked: Mutex::default(),
        other_end: Mutex::default(),
    })
}

/// The server's end.
struct Server(WebSocketStream<DuplexStream>);

impl Server {
    async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn sessions(&mut self, sessions: Value) {
        self.say(&json!({"MessageType": "Sessions", "Data": sessions})).await;
    }

    /// The next message but for pings, which are answered.
    async fn hear(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(text.as_str()).unwrap()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other}"),
            }
        }
    }
}

/// How a client asks for the sessions.
fn subscription(kind: Kind) -> Value {
    match kind {
        Kind::Jellyfin => every(5000),
        Kind::Emby => every(1000),
    }
}

fn every(milliseconds: u32) -> Value {
    json!({"MessageType": "SessionsStart", "Data": format!("0,{milliseconds}")})
}

async fn open(kind: Kind) -> (Hints, Server) {
    let line = line(None, true);
    let hints = kind
        .client("http://nas:8096", Arc::clone(&line) as _)
        .unwrap()
        .hints()
        .await;
    let other_end = line.other_end.lock().unwrap().take().unwrap();
    let mut server = Server(WebSocketStream::from_raw_socket(other_end, Role::Server, None).await);
    assert_eq!(server.hear().await.unwrap(), subscription(kind));
    (hints.unwrap().unwrap(), server)
}

async fn refusal(kind: Kind, refusal: Option<(u16, &'static str)>) -> RemoteError {
    let client = kind.client("http://nas:8096", line(refusal, false)).unwrap();
    client.hints().await.err().unwrap()
}

fn session(user: &str, item: &str, is_paused: bool, ticks: i64) -> Value {
    json!({"Id": "s", "UserId": user, "DeviceId": "d", "PlayState": {"IsPaused": is_paused, "PositionTicks": ticks},
        "NowPlayingItem": {"Id": item, "Type": "Episode"}})
}

fn playing(user: &str, item: &str, state: PlayerState) -> PlaybackHint {
    PlaybackHint::Playing {
        session_key: Some(format!("{user}:d:{item}")),
        item_key: Some(item.to_owned()),
        state,
    }
}

fn something() -> PlaybackHint {
    PlaybackHint::Playing {
        session_key: None,
        item_key: None,
        state: PlayerState::Other(String::new()),
    }
}

fn stopped() -> PlayerState {
    PlayerState::Other("stopped".to_owned())
}

async fn next(hints: &mut Hints) -> PlaybackHint {
    timeout(Duration::from_secs(60), hints.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn the_socket_is_asked_for_where_and_as_each_kind_takes_it() {
    for kind in BOTH {
        let line = line(None, true);
        let _hints = kind
            .client("http://nas:8096/base", Arc::clone(&line) as _)
            .unwrap()
            .hints()
            .await;
        let asked = line.asked.lock().unwrap().take().unwrap();
        let headers = asked.headers();
        let expected = match kind {
            Kind::Jellyfin => format!("http://nas:8096/base/socket?deviceId={DEVICE}"),
            Kind::Emby => format!("http://nas:8096/base/embywebsocket?deviceId={DEVICE}&api_key={TOKEN}"),
        };
        assert_eq!(asked.uri().to_string(), expected);
        assert_eq!(headers.contains_key("authorization"), kind == Kind::Jellyfin);
        assert_eq!(
            (
                &headers["connection"],
                &headers["upgrade"],
                &headers["sec-websocket-version"]
            ),
            (
                &HeaderValue::from_static("Upgrade"),
                &HeaderValue::from_static("websocket"),
                &HeaderValue::from_static("13")
            )
        );
        assert!(!format!("{headers:?}").contains(TOKEN));
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_change_of_what_plays_is_a_hint() {
    for kind in BOTH {
        let (mut hints, mut server) = open(kind).await;
        server.sessions(json!([])).await;
        assert_eq!(next(&mut hints).await, PlaybackHint::Subscribed);
        server
            .sessions(json!([session("u1", "i1", false, 1), {"DeviceId": "idle"}]))
            .await;
        assert_eq!(next(&mut hints).await, playing("u1", "i1", PlayerState::Playing));
        // The position moves all the time.
        for ticks in 2..5 {
            server.sessions(json!([session("u1", "i1", false, ticks)])).await;
            assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
        }
        server.sessions(json!([session("u1", "i1", true, 9)])).await;
        assert_eq!(next(&mut hints).await, playing("u1", "i1", PlayerState::Paused));
        // The next episode, and somebody else.
        server
            .sessions(json!([session("u1", "i2", false, 0), session("u2", "i1", false, 0)]))
            .await;
        assert_eq!(next(&mut hints).await, playing("u1", "i2", PlayerState::Playing));
        assert_eq!(next(&mut hints).await, playing("u2", "i1", PlayerState::Playing));
        assert_eq!(next(&mut hints).await, playing("u1", "i1", stopped()));
        server.sessions(json!([session("u2", "i1", false, 7)])).await;
        assert_eq!(next(&mut hints).await, playing("u1", "i2", stopped()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_a_reason_to_look_once() {
    let (mut hints, mut server) = open(Kind::Emby).await;
    server.sessions(json!([session("u1", "i1", false, 1)])).await;
    assert_eq!(next(&mut hints).await, PlaybackHint::Subscribed);
    assert_eq!(next(&mut hints).await, playing("u1", "i1", PlayerState::Playing));
    server.sessions(json!({})).await;
    assert_eq!(next(&mut hints).await, something());
    server.sessions(json!("x")).await;
    assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
    // What was playing before still is.
    server.sessions(json!([session("u1", "i1", false, 1)])).await;
    assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
    for expected in [something(), PlaybackHint::Ping] {
        server.sessions(json!([session("u1", "i1", false, 1), null])).await;
        assert_eq!(next(&mut hints).await, expected);
    }
    server.0.send(Message::text("{nonsense")).await.unwrap();
    assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
    server.say(&json!({"MessageType": "LibraryChanged", "Data": {}})).await;
    assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
}

#[tokio::test(start_paused = true)]
async fn a_socket_tells_of_sessions_from_the_first_list_on_that_can_be_read() {
    for kind in BOTH {
        let (mut hints, mut server) = open(kind).await;
        for (message, expected) in [
            (json!({"MessageType": "KeepAlive"}), PlaybackHint::Ping),
            (json!({"MessageType": "LibraryChanged", "Data": {}}), PlaybackHint::Ping),
            (json!({"MessageType": "Sessions", "Data": null}), something()),
            (json!({"MessageType": "Sessions", "Data": []}), PlaybackHint::Subscribed),
            (json!({"MessageType": "Sessions", "Data": []}), PlaybackHint::Ping),
        ] {
            server.say(&message).await;
            assert_eq!(next(&mut hints).await, expected, "{message}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_jellyfin_is_asked_for_signs_of_life() {
    let (mut hints, mut server) = open(Kind::Jellyfin).await;
    let opened = Instant::now();
    let answering = async {
        let mut heard = 0;
        while let Some(message) = server.hear().await {
            assert_eq!(message, json!({"MessageType": "KeepAlive"}));
            heard += 1;
            server.say(&json!({"MessageType": "KeepAlive", "MessageId": "1"})).await;
        }
        heard
    };
    let listening = async {
        for _ in 0..7 {
            assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
        }
        drop(hints);
        opened.elapsed()
    };
    let (heard, took) = tokio::join!(answering, listening);
    assert_eq!((heard, took.as_secs()), (7, 60));
}

#[tokio::test(start_paused = true)]
async fn a_jellyfin_that_is_in_a_hurry_is_answered_in_time() {
    let (mut hints, mut server) = open(Kind::Jellyfin).await;
    let opened = Instant::now();
    server.say(&json!({"MessageType": "ForceKeepAlive", "Data": 6})).await;
    let mut at = Vec::new();
    tokio::select! {
        () = async { loop { next(&mut hints).await; } } => {}
        () = async {
            while at.len() < 4 {
                assert_eq!(server.hear().await.unwrap(), json!({"MessageType": "KeepAlive"}));
                at.push(opened.elapsed().as_secs());
                server.say(&json!({"MessageType": "KeepAlive"})).await;
            }
        } => {}
    }
    assert!(at.ends_with(&[3, 6]) || at.ends_with(&[6, 9]), "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_embys_pongs_are_signs_of_life() {
    let (mut hints, mut server) = open(Kind::Emby).await;
    let opened = Instant::now();
    let listening = async {
        for _ in 0..4 {
            assert_eq!(next(&mut hints).await, PlaybackHint::Ping);
        }
        opened.elapsed().as_secs()
    };
    // It answers no message, only pings.
    let hearing = async { while server.hear().await.is_some() {} };
    tokio::select! {
        seconds = listening => assert_eq!(seconds, 30),
        () = hearing => panic!("the socket was closed"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_emby_that_did_not_hear_is_asked_once_more() {
    let subscribe = subscription(Kind::Emby);
    for hears_at_once in [true, false] {
        let (mut hints, mut server) = open(Kind::Emby).await;
        let opened = Instant::now();
        if hears_at_once {
            server.sessions(json!([])).await;
        }
        let mut asked_again = Vec::new();
        let hearing = async {
            while opened.elapsed() < Duration::from_secs(60) {
                if server.hear().await.unwrap() == subscribe {
                    asked_again.push(opened.elapsed().as_secs());
                }
            }
        };
        tokio::select! {
            () = async { loop { next(&mut hints).await; } } => {}
            () = hearing => {}
        }
        assert_eq!(asked_again, if hears_at_once { vec![] } else { vec![5] });
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_connection_ends_the_hints() {
    let (mut hints, mut server) = open(Kind::Jellyfin).await;
    server.0.close(None).await.unwrap();
    assert_eq!(hints.next().await, None);
    let (mut hints, server) = open(Kind::Jellyfin).await;
    drop(server);
    assert_eq!(hints.next().await.and_then(Result::ok), None);
    assert_eq!(hints.next().await, None);
}

#[tokio::test]
async fn what_is_no_web_socket_is_refused() {
    for kind in BOTH {
        assert_eq!(refusal(kind, Some((401, ""))).await, RemoteError::Unauthorized);
        assert_eq!(refusal(kind, Some((503, "starting"))).await, RemoteError::StartingUp);
        assert_eq!(refusal(kind, Some((500, ""))).await.code(), "serverError");
        assert_eq!(refusal(kind, Some((404, ""))).await, RemoteError::NotFound);
        assert_eq!(refusal(kind, Some((200, "[]"))).await.code(), "badAnswer");
        // It switched without having understood to what.
        assert_eq!(refusal(kind, None).await.code(), "badAnswer");
    }
}
