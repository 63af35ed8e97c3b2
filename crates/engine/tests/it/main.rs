//! The engine against the simulators, by a clock that is moved by hand.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, missing_docs)]

extern crate cliffhangarr_engine as engine;

mod clocks;
mod connections;
mod control;
mod counting;
mod faults;
mod hanging;
mod holes;
mod home;
mod kills;
mod kinds;
mod logs;
mod memory;
mod owed;
mod resolving;
mod rolling;
mod seasons;
mod stage;
mod standard;
mod telling;
mod variants;
