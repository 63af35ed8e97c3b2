//! The store on real files.

#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic)]

// The name under which the other crates know it.
extern crate cliffhangarr_store as store;

mod connections;
mod faults;
mod intents;
mod journal;
mod model;
mod opening;
mod recovery;
mod remembering;
mod shows;
mod support;
