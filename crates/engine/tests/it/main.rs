//! The engine against the simulators, by a clock that is moved by hand.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

extern crate cliffhangarr_engine as engine;

mod home;
mod standard;
