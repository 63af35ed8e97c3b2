//! The simulators behave as the systems they stand for.
#![allow(clippy::unwrap_used, clippy::panic)]

mod faults;
mod household;
mod plex;
mod python;
mod sonarr;
