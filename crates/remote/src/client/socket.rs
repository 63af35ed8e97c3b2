//! Web sockets (RFC 6455).

use crate::error::RemoteError;
use crate::transport::Duplex;
use futures::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, header};
use std::fmt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// As much as any other answer may weigh.
const BIGGEST_MESSAGE: usize = 32 * 1024 * 1024;
/// The buffer stays for as long as the socket is open, which is for days.
const BUFFER: usize = 8 * 1024;

/// What comes over a web socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// A text message.
    Text(String),
    /// The answer to [`WebSocket::ping`].
    Pong,
}

/// An open web socket. It is closed when it is dropped.
pub struct WebSocket {
    stream: WebSocketStream<Box<dyn Duplex>>,
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebSocket").finish_non_exhaustive()
    }
}

/// Adds the headers that ask for a web socket, and gives the key that the answer has to know.
pub(super) fn ask(headers: &mut HeaderMap) -> Result<String, RemoteError> {
    let key = generate_key();
    let value = HeaderValue::from_str(&key).map_err(|_| RemoteError::bad_answer("the request cannot be written"))?;
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(header::SEC_WEBSOCKET_KEY, value);
    Ok(key)
}

impl WebSocket {
    /// Takes over a connection whose server said that it speaks web sockets from now on.
    pub(super) async fn over(connection: Box<dyn Duplex>, headers: &HeaderMap, key: &str) -> Result<Self, RemoteError> {
        let expected = derive_accept_key(key.as_bytes());
        let accepted = headers.get(header::SEC_WEBSOCKET_ACCEPT);
        if accepted.is_none_or(|accepted| accepted.as_bytes() != expected.as_bytes()) {
            return Err(RemoteError::bad_answer("it is no web socket"));
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(BIGGEST_MESSAGE))
            .max_frame_size(Some(BIGGEST_MESSAGE));
        Ok(Self {
            stream: WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await,
        })
    }

    /// The next event; `None` at the end. Pings are answered without being told. It may be dropped while it waits.
    ///
    /// # Errors
    /// When the connection failed or brought something that is no web socket's. Nothing follows.
    pub async fn next(&mut self) -> Option<Result<SocketEvent, RemoteError>> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Text(text)) => return Some(Ok(SocketEvent::Text(text.as_str().to_owned()))),
                Ok(Message::Pong(_)) => return Some(Ok(SocketEvent::Pong)),
                Ok(Message::Close(_)) => return None,
                Ok(Message::Binary(_) | Message::Ping(_) | Message::Frame(_)) => {}
                Err(error) => return failure(&error).map(Err),
            }
        }
    }

    /// Sends a text message.
    ///
    /// # Errors
    /// When the connection failed.
    pub async fn send(&mut self, text: &str) -> Result<(), RemoteError> {
        self.write(Message::text(text)).await
    }

    /// Asks for a sign of life. Every web socket answers it with a pong.
    ///
    /// # Errors
    /// When the connection failed.
    pub async fn ping(&mut self) -> Result<(), RemoteError> {
        self.write(Message::Ping(bytes::Bytes::new())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), RemoteError> {
        self.stream.send(message).await.map_err(|error| {
            failure(&error).unwrap_or_else(|| RemoteError::Unreachable {
                detail: "the connection was closed".to_owned(),
            })
        })
    }
}

/// What an error means; `None` for an end of the connection.
fn failure(error: &Error) -> Option<RemoteError> {
    match error {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::SendAfterClosing) => None,
        Error::Io(error) => Some(RemoteError::Unreachable {
            detail: error.to_string(),
        }),
        Error::Capacity(_) => Some(RemoteError::bad_answer("a message is too big")),
        _ => Some(RemoteError::bad_answer("it breaks the rules of web sockets")),
    }
}
