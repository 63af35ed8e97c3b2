//! The clients of media servers against scripted servers inside the process, and over the loopback interface.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

extern crate cliffhangarr_media_servers as media_servers;

mod captures;
mod events;
mod history;
mod library;
mod media_browser;
mod script;
mod sessions;
mod tautulli;
