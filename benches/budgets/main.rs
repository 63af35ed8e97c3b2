//! Measures the product against its budgets, prints a table, and fails when one is broken.
//!
//! The simulated servers run in one child process and the engine in another, both this same binary, so that memory and processor time
//! are the engine's own. The parent speaks to both in lines: see `servers` and `subject`.

mod child;
mod household;
mod process;
mod servers;
mod stories;
mod subject;
mod table;

use std::process::ExitCode;

/// Says which child this process is; absent in the parent.
const ROLE: &str = "CLIFFHANGARR_BENCH_ROLE";

fn main() -> ExitCode {
    match std::env::var(ROLE).as_deref() {
        Ok("servers") => servers::main(),
        Ok("subject") => subject::main(),
        _ => measure(),
    }
}

fn measure() -> ExitCode {
    let mut table = table::Table::default();
    for story in stories::ALL {
        if let Err(error) = story(&mut table) {
            table.failed(&error);
        }
    }
    table.print();
    if table.is_kept() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
