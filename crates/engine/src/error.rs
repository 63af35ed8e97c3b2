//! Errors that people meet: a stable code, and a sentence that says what to do.

use config::{SecretError, SettingsError};
use std::fmt;
use store::StoreError;

/// Every code that a [`RequestError`] has.
pub const ERROR_CODES: &[&str] = &[
    "unreachable",
    "timeout",
    "tls",
    "unauthorized",
    "forbidden",
    "notThisKindOfServer",
    "startingUp",
    "rateLimited",
    "notFound",
    "conflict",
    "serverError",
    "badAnswer",
    "invalidUrl",
    "invalidValue",
    "heldByEnvironment",
    "secretStoreLocked",
    "secretStoreUnavailable",
    "monitoringDisabled",
    "changedMeanwhile",
    "owed",
    "storeUnwritable",
    "busy",
    "internal",
];

/// Why a request to the engine was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    /// One of [`ERROR_CODES`].
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Whether the request itself was wrong, so that nothing was tried.
    pub invalid: bool,
}

impl RequestError {
    /// The request is wrong: nothing was changed.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, message.into(), true)
    }

    /// The request was right, and something failed.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, message.into(), false)
    }

    fn new(code: &'static str, message: String, invalid: bool) -> Self {
        debug_assert!(
            ERROR_CODES.contains(&code),
            "BUG: {code} is missing from the list of codes"
        );
        Self { code, message, invalid }
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

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::DiskFull | StoreError::ReadOnly(_) | StoreError::Disk(_) | StoreError::CannotOpen { .. } => {
                "storeUnwritable"
            }
            StoreError::Busy => "busy",
            StoreError::NotFound(_) => "notFound",
            StoreError::Conflict(_) => "conflict",
            StoreError::Corrupt(_) | StoreError::TooNew { .. } | StoreError::Other(_) => "internal",
        };
        Self::failed(code, format!("{error}. {}", error.advice()))
    }
}

impl From<SettingsError> for RequestError {
    fn from(error: SettingsError) -> Self {
        let code = match error {
            SettingsError::HeldByEnvironment { .. } => "heldByEnvironment",
            SettingsError::UnknownKey { .. }
            | SettingsError::WrongType { .. }
            | SettingsError::OutOfRange { .. }
            | SettingsError::Unreadable(_)
            | SettingsError::NotAnAssignment(_)
            | SettingsError::Environment(_)
            | SettingsError::Stored(_) => "invalidValue",
        };
        Self::invalid(code, error.to_string())
    }
}

impl From<SecretError> for RequestError {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::NotFound => "unauthorized",
            SecretError::Locked => "secretStoreLocked",
            SecretError::Unavailable(_) | SecretError::Denied(_) | SecretError::Timeout => "secretStoreUnavailable",
            SecretError::ReadOnly { .. } => "invalidValue",
        };
        // The advice names the reason again.
        let sentence = match error {
            SecretError::Unavailable(_) => "The keyring is not available".to_owned(),
            SecretError::NotFound
            | SecretError::Locked
            | SecretError::Denied(_)
            | SecretError::ReadOnly { .. }
            | SecretError::Timeout => error.to_string(),
        };
        Self::failed(code, format!("{sentence}. {}", error.advice()))
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
    Store(#[from] StoreError),
}

impl OpenError {
    /// What to do about it, where the error's own sentence does not say so.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::DataDir(_) => None,
            Self::Store(error) => Some(error.advice()),
        }
    }

    /// Whether another process owns the data folder.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::DataDir(config::DataDirError::InUse { .. }))
    }
}
