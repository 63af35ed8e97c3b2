//! The program as it is used: the real binary, over real HTTP, with a data folder of its own in every test.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, missing_docs)]

mod connecting;
mod daemon;
mod dry_run;
mod enrolling;
mod extras;
mod faults;
mod house;
mod keyring;
mod kill;
mod outlook;
mod process;
mod rolling;
#[cfg(target_os = "linux")]
mod scenarios;
mod secrets;
mod settings;
mod storage;
mod story;
mod usage;
