//! What every kind of media server can be asked.

use async_trait::async_trait;
use domain::session::{HistoryPlay, PlayerState, SessionList, ShowReference, Viewer};
use futures::stream::BoxStream;
use jiff::Timestamp;
use remote::RemoteError;

/// Which server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    /// The name its owner gave it.
    pub name: String,
    /// Its version, as it writes it.
    pub version: String,
    /// Its own stable id. When it changes, all item keys mean something else.
    pub machine_id: String,
}

/// What was watched since some moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The plays of episodes, newest first.
    pub plays: Vec<HistoryPlay>,
    /// Reasons of rows that may have been plays of episodes but could not be read.
    pub unreadable: Vec<String>,
    /// Why plays may be missing although every row was read, as a sentence; `None` when it has everything.
    pub incomplete: Option<String>,
}

/// A nudge to look at the sessions. It is never the truth by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaybackHint {
    /// The stream tells what plays: until this came, it is an open connection and no more.
    Subscribed,
    /// A player reported something.
    Playing {
        /// The session, where the server said.
        session_key: Option<String>,
        /// The item, where the server said.
        item_key: Option<String>,
        /// What the player is doing; `Other("stopped")` at the end.
        state: PlayerState,
    },
    /// The connection is alive.
    Ping,
}

/// A server's stream of events. It ends at its first error.
pub type Hints = BoxStream<'static, Result<PlaybackHint, RemoteError>>;

/// A media server.
#[async_trait]
pub trait MediaServer: Send + Sync {
    /// Asks who answers, and proves that the token is its owner's.
    ///
    /// # Errors
    /// [`RemoteError::Forbidden`] for a valid token of somebody else, who sees only part of what is watched.
    async fn identify(&self) -> Result<ServerIdentity, RemoteError>;

    /// What is playing. One request.
    ///
    /// # Errors
    /// As [`RemoteError`] lists. An error says nothing about what is playing.
    async fn sessions(&self) -> Result<SessionList, RemoteError>;

    /// What the server knows of a show, with its external ids.
    ///
    /// # Errors
    /// As [`RemoteError`] lists; [`RemoteError::NotFound`] if there is no such show.
    async fn show(&self, key: &str) -> Result<ShowReference, RemoteError>;

    /// The people who may play something there.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError>;

    /// What was watched at and after a moment: all of it, or an error.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    async fn history(&self, since: Timestamp) -> Result<History, RemoteError>;

    /// Whether its history also has what was played while nobody looked at it. One that only looks on (Tautulli) may have been
    /// off itself, and then nobody wrote anything down.
    fn records_while_away(&self) -> bool {
        true
    }

    /// Opens the server's stream of events; `None`, without a request, where this kind of server has none. A stream replays
    /// nothing, so look at the sessions once it is open. That it fell silent (no [`PlaybackHint::Ping`] for 30 s) is the
    /// caller's to notice.
    ///
    /// # Errors
    /// As [`RemoteError`] lists.
    async fn hints(&self) -> Result<Option<Hints>, RemoteError>;
}
