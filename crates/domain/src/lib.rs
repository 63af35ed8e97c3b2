//! What Cliffhangarr knows and how it decides, with nothing around it.
//!
//! Everything here is a value or a function from values (and `now`) to values: no I/O, no clock, no randomness, no async.
//! Odd facts are never errors; they become decisions with a [`plan::Reason`].
//!
//! Start reading at [`session`] (what a media server reports), [`series`] (what Sonarr knows), [`plan`] (what comes out).

#![warn(clippy::wildcard_enum_match_arm)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod baseline;
pub mod cleanup;
pub mod enrollment;
pub mod ids;
pub mod monitoring;
pub mod observed;
pub mod outlook;
pub mod pace;
pub mod plan;
pub mod pressure;
pub mod protection;
pub mod reminders;
pub mod reset;
pub mod resolve;
pub mod rolling;
pub mod rules;
pub mod series;
pub mod session;
pub mod settings;
pub mod standard;
pub mod state;
pub mod tracker;
pub mod wanting;
pub mod watching;
mod wording;
