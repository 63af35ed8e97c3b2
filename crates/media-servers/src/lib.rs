//! Media servers: each one's dialect in, domain types out.
//!
//! It reports what servers say, and keeps apart "nothing is playing" and "it could not be read": a failed or malformed answer is
//! an error, never an empty list, and one unreadable element hides no other. It decides nothing, and keeps no state between
//! calls.
//!
//! Start reading at [`MediaServer`]; [`PlexServer`] is the first of its kinds, and [`JellyfinServer`] and [`EmbyServer`] are two
//! dialects of one.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod element;
mod emby;
mod jellyfin;
mod media_browser;
mod plex;
mod server;
mod tautulli;

pub use emby::EmbyServer;
pub use jellyfin::JellyfinServer;
pub use plex::PlexServer;
pub use server::{Hints, History, MediaServer, PlaybackHint, ServerIdentity};
pub use tautulli::TautulliServer;
