//! Data folder, settings and secrets as a process meets them.

#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic)]

// The name under which the other crates know it.
extern crate cliffhangarr_config as config;

#[cfg(target_os = "linux")]
mod bus;
mod data_dir;
#[cfg(target_os = "linux")]
mod keyring;
mod secrets;
mod settings;
