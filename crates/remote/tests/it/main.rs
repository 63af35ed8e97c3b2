//! The client against servers on the loopback interface, good and bad ones.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

extern crate cliffhangarr_remote as remote;

mod answers;
mod failures;
mod in_process;
mod lists;
mod secret_query;
mod servers;
mod sockets;
mod tls;
