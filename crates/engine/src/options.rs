//! What the engine is given, and what it is asked with.

use crate::clock::{Clock, SystemClock};
use crate::error::RequestError;
use config::SecretStore;
use domain::monitoring::MonitoringType;
use domain::series::Series;
use domain::state::ConnectionKind;
use remote::{ReqwestTransport, SecretString, Transport};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the engine gets its surroundings from.
pub struct EngineOptions {
    /// The data folder; `None` for the platform's.
    pub data_dir: Option<PathBuf>,
    /// Where secrets are.
    pub secrets: SecretStore,
    /// The value of [`config::ENVIRONMENT_VARIABLE`].
    pub environment_settings: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The way to the servers.
    pub transport: Arc<dyn Transport>,
}

impl EngineOptions {
    /// The real clock and the real network.
    ///
    /// # Errors
    /// When the platform's TLS cannot be set up.
    pub fn real(data_dir: Option<PathBuf>, secrets: SecretStore) -> Result<Self, RequestError> {
        let transport = ReqwestTransport::new().map_err(|error| RequestError::failed("tls", error.to_string()))?;
        Ok(Self {
            data_dir,
            secrets,
            environment_settings: std::env::var(config::ENVIRONMENT_VARIABLE).ok(),
            clock: SystemClock::shared(),
            transport: Arc::new(transport),
        })
    }
}

/// A connection as the user describes it.
#[derive(Debug, Clone)]
pub struct ConnectionDraft {
    /// Which program.
    pub kind: ConnectionKind,
    /// The user's name for it.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Its token or API key; `None` keeps a stored one.
    pub secret: Option<SecretString>,
    /// Whether it must answer before it is kept.
    pub verify: bool,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Its own name.
    pub server_name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// What removing a connection left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnected {
    /// Why its secret is still where it was kept; `None` when it is gone, or was not ours to remove.
    pub secret_stays: Option<String>,
}

/// How long to hold monitoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseFor {
    /// An hour.
    OneHour,
    /// Until the coming morning at six.
    UntilTomorrow,
    /// Until resumed.
    UntilResumed,
}

/// A series that may be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryRow {
    /// The series.
    pub series: Series,
    /// How it rolls, if it does.
    pub enrolled: Option<MonitoringType>,
}
