//! One HTTP client per server, for all kinds of servers.
//!
//! It bounds what a server may cost (time, size, redirects), and turns every failure into a [`RemoteError`] that says what the
//! user can do. It decides nothing: no retries, no schedules, no caching; those belong to the engine.
//!
//! Start reading at [`RemoteClient`]; [`Transport`] is where requests leave the process (or stay inside it, in tests), and
//! [`lenient`] reads values whose types servers do not keep.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod address;
mod client;
mod elements;
mod error;
pub mod lenient;
mod redact;
mod transport;

pub use address::{InvalidUrl, parse_base_url};
pub use client::{Answer, Call, Headers, Limits, RemoteClient, SocketEvent, StreamedAnswer, WebSocket};
pub use error::{RemoteError, SetupError};
pub use secrecy::SecretString;
pub use transport::{BodyStream, Duplex, ReqwestTransport, RouterTransport, Transport, TransportError, Upgrade};
