//! What crosses, as it crosses.

#![allow(clippy::unwrap_used, clippy::panic)]

mod bindings;
mod commands;
mod conversions;
