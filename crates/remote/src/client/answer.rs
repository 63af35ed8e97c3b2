//! What comes back with a successful status.

use super::{malformed, outcome};
use crate::error::RemoteError;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::HeaderMap;
use serde_json::Value;

/// A complete answer with a successful status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The content type in lower case without parameters; empty where there was none.
    pub media_type: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Reads the body as JSON, if the content type says that it is.
    ///
    /// # Errors
    /// [`RemoteError::NotThisKindOfServer`] for a page, [`RemoteError::BadAnswer`] for anything else that is no JSON.
    pub fn json(&self) -> Result<Value, RemoteError> {
        outcome::expect_json(&self.media_type)?;
        serde_json::from_slice(&self.body).map_err(|error| RemoteError::bad_answer(malformed(&error)))
    }

    /// Reads the body as JSON if there is any.
    ///
    /// # Errors
    /// As [`Answer::json`].
    pub fn optional_json(&self) -> Result<Option<Value>, RemoteError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            Ok(None)
        } else {
            self.json().map(Some)
        }
    }

    /// Reads the body as text.
    ///
    /// # Errors
    /// [`RemoteError::BadAnswer`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str, RemoteError> {
        std::str::from_utf8(&self.body).map_err(|_| RemoteError::bad_answer("it is no valid text"))
    }
}

/// An answer with a successful status whose body is still arriving.
pub struct StreamedAnswer {
    /// The content type in lower case without parameters; empty where there was none.
    pub media_type: String,
    /// The body.
    pub body: BoxStream<'static, Result<Bytes, RemoteError>>,
}
