//! A year in the life of a household of 8 viewers and 200 rolling shows, in process and by a clock that is moved by hand.
//!
//! Prints what it came to: searches, what was there before its viewer was, bytes saved against keeping everything, and wrong
//! deletions. Fails when there is one, when something is left owed, when less than four of five next seasons were there in time,
//! or when it takes longer than a minute.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a harness: whatever fails here shall end it"
)]

extern crate cliffhangarr_engine as engine;

mod home;
mod household;
mod report;

use household::Household;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const DAYS: u32 = 365;
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let began = Instant::now();
    let report = runtime.block_on(async {
        let mut household = Household::new(200).await;
        household.live(DAYS).await;
        Box::pin(household.report()).await
    });
    let took = began.elapsed();
    report.print(took);
    if report.is_good() && took <= LIMIT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
