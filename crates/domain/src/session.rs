//! What media servers report about playback, in one form for all of them.

use crate::ids::{EpisodeRef, ServerId, TvdbId, ViewerKey};
use serde::{Deserialize, Serialize};

/// One viewer playing one item on one device, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybackSession {
    /// The media server that reports it.
    pub server: ServerId,
    /// The server's key of the session. Not an identity: Plex starts counting anew after a restart.
    pub session_key: String,
    /// Who plays; `None` when the server did not say. Never guessed.
    pub viewer: Option<Viewer>,
    /// The player's name, for display.
    pub device: Option<String>,
    /// The player's stable id.
    pub device_id: Option<String>,
    /// What the player is doing.
    pub state: PlayerState,
    /// Position in milliseconds; absent at the very start.
    pub view_offset_ms: Option<i64>,
    /// Length in milliseconds.
    pub duration_ms: Option<i64>,
    /// What is played.
    pub item: PlayedItem,
}

/// A person (or a shared account) on a media server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Identity.
    pub key: ViewerKey,
    /// Name, for display and for the viewer filter only.
    pub name: Option<String>,
}

impl Viewer {
    /// The name, or the account id where there is none.
    pub fn display_name(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.key.account)
    }
}

/// State of a player as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerState {
    /// Running.
    Playing,
    /// Held by the viewer.
    Paused,
    /// Waiting for data.
    Buffering,
    /// Anything else, as the server spelled it.
    Other(String),
}

/// The item of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedItem {
    /// The server's key of the item (Plex: `ratingKey`).
    pub key: Option<String>,
    /// What sort of item.
    pub kind: ItemKind,
    /// The item's own title.
    pub title: Option<String>,
    /// The show it belongs to.
    pub show: ShowReference,
    /// Season number; `Some(0)` is specials, `None` is unknown.
    pub season: Option<i32>,
    /// Episode numbers, ascending; more than one for a multi-episode item, empty when unknown.
    pub episodes: Vec<i32>,
    /// Path of the file as the media server sees it.
    pub file: Option<String>,
}

/// Sorts of items; only episodes matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// An episode of a series in the library.
    Episode,
    /// A film.
    Movie,
    /// Music.
    Track,
    /// Live television, whatever type the server gives it.
    LiveTv,
    /// Trailers, prerolls, extras.
    Clip,
    /// A file being converted for a download: nobody is watching.
    Download,
    /// Anything else, as the server spelled it.
    Other(String),
}

/// How a media server names a show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowReference {
    /// The server's key of the show (Plex: `grandparentRatingKey`).
    pub key: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Year of the show's start.
    pub year: Option<i32>,
    /// TheTVDB id of the series.
    pub tvdb: Option<TvdbId>,
    /// IMDB id of the series ("tt0903747").
    pub imdb: Option<String>,
}

/// A well-formed answer to "what is playing?". A failed one is an error of the client, never an empty list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionList {
    /// The sessions that could be read.
    pub sessions: Vec<PlaybackSession>,
    /// Elements that could not be read, each with the reason. They never hide the others.
    pub unreadable: Vec<String>,
}

/// One finished (or counted) viewing of a show, from a server's history. What the server does not tell of it is never guessed:
/// that the show was watched counts all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPlay {
    /// Who watched; `None` where the server does not know.
    pub viewer: Option<ViewerKey>,
    /// Which show.
    pub show: ShowReference,
    /// Season number; `Some(0)` is specials, `None` is unknown.
    pub season: Option<i32>,
    /// Episode number; `None` is unknown.
    pub episode: Option<i32>,
    /// When the server counted it.
    pub viewed_at: jiff::Timestamp,
}

impl HistoryPlay {
    /// The episode, where its season and its number are known.
    pub fn at(&self) -> Option<EpisodeRef> {
        let (season, episode) = self.season.zip(self.episode)?;
        Some(EpisodeRef { season, episode })
    }

    /// Whether it is of a special, which never counts.
    pub fn is_special(&self) -> bool {
        self.season == Some(0)
    }
}
