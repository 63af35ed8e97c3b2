//! Starts the desktop application.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cliffhangarr_lib::run(&cliffhangarr_lib::args::Args::parse())
}
