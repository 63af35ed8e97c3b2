//! The one value that tray, window and notifications are views of.

use crate::ids::ViewerKey;
use crate::plan::Reason;
use jiff::Timestamp;

/// Everything that is shown while nothing is asked for. Surfaces render it, and only on difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AppState {
    /// Grows with every change.
    pub revision: u64,
    /// What the icon says.
    pub activity: Activity,
    /// The status line of tray and window, one short sentence.
    pub status_line: String,
    /// Whether sessions are watched.
    pub monitoring: Monitoring,
    /// Every connection, media servers first, by name.
    pub connections: Vec<ConnectionState>,
    /// What is playing, as far as the last good answers told.
    pub now_playing: Vec<NowPlaying>,
    /// The place where secrets are kept.
    pub secrets: SecretStoreState,
    /// Deletions that wait for the user's word.
    pub confirmations: Vec<PendingConfirmation>,
    /// Conditions the user should know of, most urgent first.
    pub warnings: Vec<Warning>,
    /// The end of the last cycle.
    pub last_cycle: Option<CycleSummary>,
    /// Grows whenever the journal got a row.
    pub journal_revision: u64,
    /// Grows whenever a rolling show or tracking entry changed.
    pub shows_revision: u64,
}

/// What the tray icon says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Activity {
    /// Watching, nothing to do.
    #[default]
    Idle,
    /// A cycle or an action is running.
    Working,
    /// Held by the user, or switched off.
    Paused,
    /// Something needs the user.
    Attention,
}

/// Whether sessions are watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Monitoring {
    /// Switched off in the settings.
    #[default]
    Off,
    /// On.
    On,
    /// Held until a time, or until resumed (`None`).
    Paused {
        /// When it goes on by itself.
        until: Option<Timestamp>,
    },
}

/// A connection as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionState {
    /// Row id.
    pub id: i64,
    /// The user's name for it, unique.
    pub name: String,
    /// Which program.
    pub kind: ConnectionKind,
    /// Address without secrets.
    pub url: String,
    /// How it is.
    pub health: Health,
    /// A sentence when it is not well: what is wrong and what to do.
    pub trouble: Option<String>,
    /// The program's own name for itself, when known.
    pub server_name: Option<String>,
    /// The program's version, when known.
    pub version: Option<String>,
    /// Whether its event stream is up (media servers only).
    pub events_up: bool,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
}

/// Which program a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConnectionKind {
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

impl ConnectionKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Plex, Self::Jellyfin, Self::Emby, Self::Tautulli, Self::Sonarr];

    /// The name on the command line and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plex => "plex",
            Self::Jellyfin => "jellyfin",
            Self::Emby => "emby",
            Self::Tautulli => "tautulli",
            Self::Sonarr => "sonarr",
        }
    }

    /// The program's own spelling.
    pub fn title(self) -> &'static str {
        match self {
            Self::Plex => "Plex",
            Self::Jellyfin => "Jellyfin",
            Self::Emby => "Emby",
            Self::Tautulli => "Tautulli",
            Self::Sonarr => "Sonarr",
        }
    }

    /// Reads [`ConnectionKind::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it reports playback sessions.
    pub fn is_media_server(self) -> bool {
        self != Self::Sonarr
    }
}

/// How a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
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

impl Health {
    /// The word used in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Unauthorized => "unauthorized",
            Self::Unreachable => "unreachable",
            Self::Degraded => "degraded",
        }
    }
}

/// A playback session as shown, with what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NowPlaying {
    /// The media server's name.
    pub server: String,
    /// Who.
    pub viewer: Option<ViewerKey>,
    /// Their name.
    pub viewer_name: String,
    /// Show or item title.
    pub title: String,
    /// "S02E08" for episodes.
    pub position: Option<String>,
    /// Title of the episode.
    pub episode_title: Option<String>,
    /// Player name.
    pub device: Option<String>,
    /// Whether it is held.
    pub paused: bool,
    /// Milliseconds seen.
    pub view_offset_ms: Option<i64>,
    /// Milliseconds in all.
    pub duration_ms: Option<i64>,
    /// What came of it.
    pub verdict: Option<Verdict>,
}

/// The last decision about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Why.
    pub reason: Reason,
    /// Why, for people.
    pub detail: String,
}

/// Where secrets are kept, and whether that works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SecretStoreState {
    /// Not asked yet.
    #[default]
    Unknown,
    /// Works.
    Ready {
        /// "the system keyring", "environment variables".
        place: String,
    },
    /// Exists but is locked.
    Locked {
        /// What to do.
        advice: String,
    },
    /// Missing or broken.
    Unavailable {
        /// What to do.
        advice: String,
    },
}

/// A deletion that is too big to do without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingConfirmation {
    /// Identity; confirms exactly this set.
    pub id: i64,
    /// What would be done, as a sentence.
    pub summary: String,
    /// How many files.
    pub files: u32,
    /// How many bytes.
    pub bytes: i64,
    /// Titles of the shows concerned.
    pub shows: Vec<String>,
    /// Names of the Sonarrs they are in.
    pub instances: Vec<String>,
    /// Since when it waits.
    pub asked_at: Timestamp,
}

/// A condition the user should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// What and what to do.
    pub message: String,
}

/// What a monitoring cycle came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleSummary {
    /// When it ended.
    pub at: Timestamp,
    /// Sessions that were processed.
    pub processed: u32,
    /// Searches that were sent.
    pub triggered: u32,
    /// Things that failed.
    pub errors: u32,
}

/// A message for the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Short heading.
    pub title: String,
    /// One or two sentences.
    pub body: String,
    /// Sort of message.
    pub topic: Topic,
}

/// Sorts of notifications, each with a switch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Something was searched.
    Search,
    /// Something was deleted or reset.
    Deletion,
    /// Something needs a confirmation.
    Confirmation,
    /// Something is broken for a while.
    Trouble,
}
