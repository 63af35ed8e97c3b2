//! Failures, typed by what the user can do about them.

use crate::{InvalidUrl, TransportError};
use std::time::Duration;
use thiserror::Error;

/// Why a client could not be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The address is unusable.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// A key, token or other header value is empty or contains characters that no header can carry.
    #[error("the key or token is empty or contains characters that cannot be right; copy it again")]
    Header,
}

/// Why a request brought nothing. `Display` is a sentence for the user and never contains a token or a query.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RemoteError {
    /// No connection, or it was closed without an answer.
    #[error("The server cannot be reached ({detail}). Check that it is running, and its address.")]
    Unreachable {
        /// What the network said.
        detail: String,
    },
    /// No answer, or no more of it, in time.
    #[error("The server did not answer within {} s. It may be busy or asleep.", after.as_secs_f32().ceil())]
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// No secure connection.
    #[error("No secure connection to the server is possible ({detail}). Check its certificate, or http against https.")]
    Tls {
        /// What is wrong with the certificate or the protocol.
        detail: String,
    },
    /// 401.
    #[error("The server refuses the key or token. Enter a valid one.")]
    Unauthorized,
    /// 403.
    #[error("The key or token is valid but may not do this. Use the one of the server's owner.")]
    Forbidden,
    /// Something answers at the address, but not the right kind of server.
    #[error("This does not look like the right server or address: {detail}.")]
    NotThisKindOfServer {
        /// What gave it away, and a hint.
        detail: String,
    },
    /// 503 while the server starts, migrates its database or is maintained.
    #[error("The server is starting up or under maintenance. This passes by itself.")]
    StartingUp,
    /// 429.
    #[error("The server asks for fewer requests. This passes by itself.")]
    RateLimited {
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// 404.
    #[error("The server does not have what was asked for.")]
    NotFound,
    /// 409.
    #[error("The server refuses because of its state: {message}")]
    Conflict {
        /// The server's own words, or a stand-in.
        message: String,
    },
    /// Any other status that is no success.
    #[error("The server reports an error ({status}): {message}")]
    ServerError {
        /// HTTP status.
        status: u16,
        /// The server's own words, or a stand-in.
        message: String,
    },
    /// A success that cannot be read: malformed, of the wrong shape, truncated or too big.
    #[error("The server's answer cannot be read ({detail}).")]
    BadAnswer {
        /// What is wrong with it.
        detail: String,
    },
}

impl RemoteError {
    /// A stable name for logs, the page and the documents of the command line.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotThisKindOfServer { .. } => "notThisKindOfServer",
            Self::StartingUp => "startingUp",
            Self::RateLimited { .. } => "rateLimited",
            Self::NotFound => "notFound",
            Self::Conflict { .. } => "conflict",
            Self::ServerError { .. } => "serverError",
            Self::BadAnswer { .. } => "badAnswer",
        }
    }

    /// An answer that cannot be read.
    pub fn bad_answer(detail: impl Into<String>) -> Self {
        Self::BadAnswer { detail: detail.into() }
    }

    /// Something else answers at the address.
    pub fn not_this_kind(detail: impl Into<String>) -> Self {
        Self::NotThisKindOfServer { detail: detail.into() }
    }
}

impl From<TransportError> for RemoteError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Connect { detail } | TransportError::Closed { detail } => Self::Unreachable { detail },
            TransportError::Timeout { after } => Self::Timeout { after },
            TransportError::Tls { detail } => Self::Tls { detail },
            TransportError::Body { detail } => Self::BadAnswer { detail },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_what_to_do() {
        let error = RemoteError::Timeout {
            after: Duration::from_millis(15_000),
        };
        assert_eq!(
            error.to_string(),
            "The server did not answer within 15 s. It may be busy or asleep."
        );
        assert_eq!(RemoteError::Unauthorized.code(), "unauthorized");
    }
}
