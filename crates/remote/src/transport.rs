//! Where requests leave the process, or stay inside it.

mod network;
mod router;

pub use network::ReqwestTransport;
pub use router::RouterTransport;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

/// The body of an answer as it arrives, decompressed.
pub type BodyStream = BoxStream<'static, Result<Bytes, TransportError>>;

/// A connection that carries bytes both ways.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What became of a request for another protocol.
pub enum Upgrade {
    /// The server switched to it.
    Switched {
        /// The headers of its answer.
        headers: http::HeaderMap,
        /// The connection, for the other protocol to use.
        connection: Box<dyn Duplex>,
    },
    /// The server answered as it answers any other request.
    Refused(http::Response<BodyStream>),
}

/// Carries one request to its server and brings the beginning of the answer back.
///
/// It follows no redirects and repeats nothing. Time limits are the caller's, but for the one of making a connection.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request with an absolute URI.
    ///
    /// # Errors
    /// When no answer began.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError>;

    /// Sends a request that asks for another protocol on its connection, such as web sockets. A transport whose connections
    /// cannot be handed over sends it like any other.
    ///
    /// # Errors
    /// When no answer began.
    async fn upgrade(&self, request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        self.send(request).await.map(Upgrade::Refused)
    }
}

/// Why an answer did not begin, or broke off. Texts contain no URL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TransportError {
    /// No connection was made.
    #[error("no connection: {detail}")]
    Connect {
        /// What the network said.
        detail: String,
    },
    /// A connection was made and closed before an answer began.
    #[error("connection closed: {detail}")]
    Closed {
        /// What the network said.
        detail: String,
    },
    /// The connection took too long.
    #[error("no connection within {after:?}")]
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// The other side's certificate or protocol is not acceptable.
    #[error("no secure connection: {detail}")]
    Tls {
        /// What is wrong.
        detail: String,
    },
    /// The answer broke off or could not be decompressed.
    #[error("the answer broke off: {detail}")]
    Body {
        /// What went wrong.
        detail: String,
    },
}
