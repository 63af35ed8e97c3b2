use domain::state::{ConnectionKind, ConnectionState, Health};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which program a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ConnectionKind", export_to = "wire.ts")]
pub enum ConnectionKindDto {
    /// Plex Media Server.
    Plex,
    /// Jellyfin.
    Jellyfin,
    /// Emby.
    Emby,
    /// Tautulli.
    Tautulli,
    /// Sonarr.
    Sonarr,
}

impl From<ConnectionKind> for ConnectionKindDto {
    fn from(kind: ConnectionKind) -> Self {
        match kind {
            ConnectionKind::Plex => Self::Plex,
            ConnectionKind::Jellyfin => Self::Jellyfin,
            ConnectionKind::Emby => Self::Emby,
            ConnectionKind::Tautulli => Self::Tautulli,
            ConnectionKind::Sonarr => Self::Sonarr,
        }
    }
}

impl From<ConnectionKindDto> for ConnectionKind {
    fn from(kind: ConnectionKindDto) -> Self {
        match kind {
            ConnectionKindDto::Plex => Self::Plex,
            ConnectionKindDto::Jellyfin => Self::Jellyfin,
            ConnectionKindDto::Emby => Self::Emby,
            ConnectionKindDto::Tautulli => Self::Tautulli,
            ConnectionKindDto::Sonarr => Self::Sonarr,
        }
    }
}

/// How a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Health", export_to = "wire.ts")]
pub enum HealthDto {
    /// Not asked yet.
    Unknown,
    /// Answers well.
    Ok,
    /// Refuses the token or key, or has none.
    Unauthorized,
    /// Does not answer.
    Unreachable,
    /// Answers, but not well.
    Degraded,
}

impl From<Health> for HealthDto {
    fn from(health: Health) -> Self {
        match health {
            Health::Unknown => Self::Unknown,
            Health::Ok => Self::Ok,
            Health::Unauthorized => Self::Unauthorized,
            Health::Unreachable => Self::Unreachable,
            Health::Degraded => Self::Degraded,
        }
    }
}

/// A connection as shown; never its secret.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ConnectionState", export_to = "wire.ts")]
pub struct ConnectionStateDto {
    /// Row id.
    pub id: i64,
    /// The user's name for it, unique.
    pub name: String,
    /// Which program.
    pub kind: ConnectionKindDto,
    /// Address without secrets.
    pub url: String,
    /// How it is.
    pub health: HealthDto,
    /// A sentence when it is not well: what is wrong and what to do.
    pub trouble: Option<String>,
    /// The program's own name for itself.
    pub server_name: Option<String>,
    /// The program's version.
    pub version: Option<String>,
    /// Whether its event stream is up (media servers only).
    pub events_up: bool,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
}

impl From<&ConnectionState> for ConnectionStateDto {
    fn from(connection: &ConnectionState) -> Self {
        Self {
            id: connection.id,
            name: connection.name.clone(),
            kind: connection.kind.into(),
            url: connection.url.clone(),
            health: connection.health.into(),
            trouble: connection.trouble.clone(),
            server_name: connection.server_name.clone(),
            version: connection.version.clone(),
            events_up: connection.events_up,
            last_contact: connection.last_contact,
        }
    }
}

/// A token or key on its way in. It cannot be serialized, `Debug` hides it, and it is wiped when dropped.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string", export_to = "wire.ts")]
pub struct InboundSecret(SecretString);

impl InboundSecret {
    /// Takes the secret out, for the engine.
    pub fn into_inner(self) -> SecretString {
        self.0
    }
}

/// A connection to be tried or saved.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export_to = "wire.ts")]
pub struct ConnectionDraft {
    /// Which program.
    pub kind: ConnectionKindDto,
    /// The user's name for it; an existing one is updated.
    pub name: String,
    /// Address.
    pub url: String,
    /// Token or API key; `None` leaves the stored one as it is.
    #[serde(default)]
    pub secret: Option<InboundSecret>,
    /// Whether the server is asked before it is saved.
    pub verify: bool,
}

/// What a server said of itself.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct Connected {
    /// The server's own name; `None` when it was not asked.
    pub server_name: Option<String>,
    /// Its version; `None` when it was not asked.
    pub version: Option<String>,
}
