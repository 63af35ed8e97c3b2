//! Web sockets, over real connections.

use crate::servers::{KEY, Manner, client, serve_by_hand};
use futures::{SinkExt as _, StreamExt as _};
use remote::{Call, Limits, RemoteError, SecretString, SocketEvent, WebSocket};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// Opens a web socket to a server, and gives both its ends and what the server was asked.
async fn both_ends(call: Call) -> (WebSocket, WebSocketStream<TcpStream>, Request) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(&format!("http://{}/base", listener.local_addr().unwrap()));
    let accept = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut asked = None;
        #[expect(clippy::result_large_err, reason = "its type is not ours")]
        let note = |request: &Request, response: Response| {
            asked = Some(request.clone());
            Ok(response)
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, note).await.unwrap();
        (socket, asked.unwrap())
    };
    let (ours, (theirs, asked)) = tokio::join!(client.open_socket(call), accept);
    (ours.unwrap(), theirs, asked)
}

async fn refusal(answer: &'static str) -> RemoteError {
    let (base, count) = serve_by_hand(Manner::SayAndClose(answer)).await;
    let refused = client(&base).open_socket(Call::get("socket")).await;
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1);
    refused.err().unwrap()
}

fn text(text: &str) -> SocketEvent {
    SocketEvent::Text(text.to_owned())
}

#[tokio::test]
async fn messages_go_both_ways() {
    let call = Call::get("socket")
        .query("deviceId", "d")
        .secret_query("api_key", SecretString::from(KEY));
    let shown = format!("{call:?}");
    assert!(!shown.contains(KEY), "{shown}");
    let (mut ours, mut theirs, asked) = both_ends(call).await;
    assert_eq!(
        asked.uri().to_string(),
        format!("/base/socket?deviceId=d&api_key={KEY}")
    );
    assert_eq!(asked.headers()["x-api-key"], KEY);
    ours.send("how are you?").await.unwrap();
    assert_eq!(theirs.next().await.unwrap().unwrap(), Message::text("how are you?"));
    let long = "x".repeat(100_000);
    // What is no text is passed over.
    theirs.send(Message::binary(vec![1, 2])).await.unwrap();
    for message in ["well", "", &long] {
        let (sent, heard) = tokio::join!(theirs.send(Message::text(message)), ours.next());
        sent.unwrap();
        assert_eq!(heard.unwrap().unwrap(), text(message));
    }
}

#[tokio::test]
async fn pings_are_answered_in_both_directions() {
    let (mut ours, mut theirs, _) = both_ends(Call::get("socket")).await;
    ours.ping().await.unwrap();
    assert_eq!(theirs.next().await.unwrap().unwrap(), Message::Ping(vec![].into()));
    theirs.flush().await.unwrap();
    assert_eq!(ours.next().await.unwrap().unwrap(), SocketEvent::Pong);
    theirs.send(Message::Ping(vec![7].into())).await.unwrap();
    tokio::select! {
        event = ours.next() => panic!("{event:?}"),
        pong = theirs.next() => assert_eq!(pong.unwrap().unwrap(), Message::Pong(vec![7].into())),
    }
}

#[tokio::test]
async fn the_end_is_the_end_and_nothing_can_be_sent_after_it() {
    let (mut ours, mut theirs, _) = both_ends(Call::get("socket")).await;
    theirs.send(Message::text("bye")).await.unwrap();
    theirs.close(None).await.unwrap();
    assert_eq!(ours.next().await.unwrap().unwrap(), text("bye"));
    assert_eq!(ours.next().await, None);
    assert_eq!(ours.send("still there?").await.unwrap_err().code(), "unreachable");
    // So is a connection that just goes.
    let (mut ours, theirs, _) = both_ends(Call::get("socket")).await;
    drop(theirs);
    assert_eq!(ours.next().await, None);
}

#[tokio::test]
async fn what_breaks_the_rules_is_an_error() {
    let (mut ours, theirs, _) = both_ends(Call::get("socket")).await;
    let mut stream = theirs.into_inner();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &[0xff; 64])
        .await
        .unwrap();
    assert_eq!(ours.next().await.unwrap().unwrap_err().code(), "badAnswer");
}

#[tokio::test]
async fn refusals_keep_their_meaning() {
    let cases = [
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "unauthorized"),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "forbidden"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "notFound"),
        (
            "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\nstill starting",
            "startingUp",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
            "notThisKindOfServer",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "badAnswer"),
        // Switched, but not by somebody who read the question.
        (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "badAnswer",
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: c2FtZSBmb3IgZXZlcnlib2R5IQ==\r\n\r\n",
            "badAnswer",
        ),
        ("", "unreachable"),
    ];
    for (answer, code) in cases {
        assert_eq!(refusal(answer).await.code(), code, "{answer}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let limits = Limits::within(Duration::from_millis(150));
    let (base, _) = serve_by_hand(Manner::SayAndHang("")).await;
    let refused = client(&base).open_socket(Call::get("socket").limits(limits)).await;
    assert_eq!(refused.err().unwrap(), RemoteError::Timeout { after: limits.idle });
}
