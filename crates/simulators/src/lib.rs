//! Plex, plex.tv, Jellyfin, Emby, Tautulli and Sonarr as they really behave, and a household that watches: for tests as a library, for the
//! demo as a program.
//!
//! Semantics, not canned answers. Every simulator is a `World` (state behind a mutex, time from a [`clock::SimClock`]) with an
//! `axum::Router` around it; the router is served on loopback or called in process.

#![recursion_limit = "256"]
#![allow(
    clippy::disallowed_methods,
    reason = "they are a world of their own, with its clock and its tasks"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod clock;
pub mod faults;
pub mod household;
pub mod jellyfin;
pub mod plex;
pub mod plextv;
pub mod server;
pub mod sonarr;
pub mod tautulli;
