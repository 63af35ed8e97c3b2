//! Media servers: each one's dialect in, domain types out.
//!
//! It reports what servers say, and keeps apart "nothing is playing" and "it could not be read": a failed or malformed answer is
//! an error, never an empty list, and one unreadable element hides no other. It decides nothing, and keeps no state between
//! calls.
//!
//! Start reading at [`MediaServer`]; [`PlexServer`] is the first of its kinds.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod element;
mod plex;
mod server;

pub use plex::PlexServer;
pub use server::{History, MediaServer, PlaybackHint, ServerIdentity};
