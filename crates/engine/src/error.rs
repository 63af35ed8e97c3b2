//! Errors that people meet: a stable code, and a sentence that says what to do.

use std::fmt;

/// Why a request to the engine was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    /// Stable, camelCase.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Whether the request itself was wrong, so that nothing was tried.
    pub invalid: bool,
}

impl RequestError {
    /// The request is wrong: nothing was changed.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            invalid: true,
        }
    }

    /// The request was right, and something failed.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            invalid: false,
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for RequestError {}

impl From<remote::RemoteError> for RequestError {
    fn from(error: remote::RemoteError) -> Self {
        Self::failed(error.code(), error.to_string())
    }
}

impl From<store::StoreError> for RequestError {
    fn from(error: store::StoreError) -> Self {
        Self::failed("store", format!("{error}. {}", error.advice()))
    }
}

impl From<config::SettingsError> for RequestError {
    fn from(error: config::SettingsError) -> Self {
        Self::invalid("invalidSettings", error.to_string())
    }
}

impl From<config::SecretError> for RequestError {
    fn from(error: config::SecretError) -> Self {
        Self::failed("secretStore", error.to_string())
    }
}

/// Why the engine could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process works on the data folder.
    #[error(transparent)]
    DataDir(#[from] config::DataDirError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

impl OpenError {
    /// Whether another process owns the data folder.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::DataDir(config::DataDirError::InUse { .. }))
    }
}
