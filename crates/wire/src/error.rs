use serde::Serialize;
use ts_rs::TS;

macro_rules! error_codes {
    ($( $(#[$doc:meta])* $name:ident => $code:literal, )*) => {
        /// What went wrong, by what the user can do about it. The page never reads the message to decide anything.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
        #[ts(export_to = "wire.ts")]
        pub enum ErrorCode { $( $(#[$doc])* #[serde(rename = $code)] $name, )* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            /// The code as it crosses.
            pub fn code(self) -> &'static str {
                match self { $( Self::$name => $code, )* }
            }
        }
    };
}

error_codes! {
    /// The server does not answer at the address.
    Unreachable => "unreachable",
    /// The server did not answer in time.
    Timeout => "timeout",
    /// The server's certificate is not trusted, or is no certificate.
    Tls => "tls",
    /// The token or key was refused, or is missing.
    Unauthorized => "unauthorized",
    /// The token or key is right but may not do this.
    Forbidden => "forbidden",
    /// Something else answers at the address.
    NotThisKindOfServer => "notThisKindOfServer",
    /// The server is still starting.
    StartingUp => "startingUp",
    /// The server asks for a pause.
    RateLimited => "rateLimited",
    /// What was asked for is not there, or no longer.
    NotFound => "notFound",
    /// The server refuses because of its own state.
    Conflict => "conflict",
    /// The server failed.
    ServerError => "serverError",
    /// The server's answer makes no sense.
    BadAnswer => "badAnswer",
    /// The address cannot be one.
    InvalidUrl => "invalidUrl",
    /// A value is out of range, of the wrong type, or unknown.
    InvalidValue => "invalidValue",
    /// The setting is held by the environment.
    HeldByEnvironment => "heldByEnvironment",
    /// The keyring is locked.
    SecretStoreLocked => "secretStoreLocked",
    /// There is no keyring, or it does not work.
    SecretStoreUnavailable => "secretStoreUnavailable",
    /// Monitoring is switched off.
    MonitoringDisabled => "monitoringDisabled",
    /// The situation is not the one that was previewed; nothing was done.
    ChangedMeanwhile => "changedMeanwhile",
    /// Part of it is done, and the rest is tried again.
    Owed => "owed",
    /// The disk is full, or the data folder cannot be written.
    StoreUnwritable => "storeUnwritable",
    /// It is busy, or stopping.
    Busy => "busy",
    /// Anything else; the log says more.
    Internal => "internal",
}

impl ErrorCode {
    /// Reads [`ErrorCode::code`]; a code that is not known here is [`ErrorCode::Internal`].
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.code() == code)
            .unwrap_or(Self::Internal)
    }
}

/// A failed command, as the page gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "HostError", export_to = "wire.ts")]
pub struct ErrorDto {
    /// What the page decides by.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
}

impl ErrorDto {
    /// Puts together a code as the engine spells it and its sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::from_code(code),
            message: message.into(),
        }
    }
}
