//! The simulators behave as the systems they stand for.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

mod faults;
mod household;
mod jellyfin;
mod plex;
mod plextv;
mod python;
mod sonarr;
mod tautulli;
