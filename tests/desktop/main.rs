//! The real application on a real desktop: a display, a session bus, a keyring, a notification daemon, a window manager, a
//! tray host, and a driven window. Everything is private to a test, and gone after it.
//!
//! Needs what `./dev test` installs. With `CLIFFHANGARR_SCREENSHOTS=1` pictures are left in `target/screenshots`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod application;
mod autostart;
mod connections;
mod desktop;
mod ending;
mod household;
mod keyring;
mod notifications;
mod page;
mod processes;
mod scenarios;
mod story;
mod tray_host;
mod waiting;
