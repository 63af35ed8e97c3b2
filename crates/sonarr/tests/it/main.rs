//! The client against a scripted Sonarr inside the process.

#![allow(clippy::unwrap_used, clippy::panic)]

extern crate cliffhangarr_sonarr as sonarr;

mod captures;
mod reads;
mod script;
mod writes;
