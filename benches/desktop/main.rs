//! Measures the real application on a virtual desktop against its budgets: how soon it is in the tray, how soon its window is
//! painted, and what it holds once the window is closed. Prints a table, and fails when a budget is broken.
//!
//! Meant for a release build (`./dev bench`). Needs what `./dev test` installs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    missing_docs,
    reason = "a harness made of the desktop tests' parts: whatever fails here shall end it, and not all of each part is used"
)]

#[path = "../../tests/desktop/application.rs"]
mod application;
#[path = "../../tests/desktop/desktop.rs"]
mod desktop;
#[path = "../../tests/desktop/processes.rs"]
mod processes;
mod screen;
#[path = "../budgets/table.rs"]
mod table;
#[path = "../../tests/desktop/tray_host.rs"]
mod tray_host;
#[path = "../../tests/desktop/waiting.rs"]
mod waiting;

use application::{Application, TITLE};
use desktop::{Desktop, Keyring};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use table::Table;
use tray_host::TrayHost;

/// How often each time is taken; the middle one counts.
const TIMES: usize = 5;
/// After a start, or when a window was closed.
const SETTLED: Duration = Duration::from_secs(3);
const MEGABYTE: f64 = 1024.0;

fn main() -> ExitCode {
    if cfg!(debug_assertions) {
        println!("Not a release build: run `./dev bench`.");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let table = runtime.block_on(measure());
    table.print();
    if table.is_kept() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn measure() -> Table {
    let mut table = Table::default();
    let desktop = Desktop::start(Keyring::Unlocked).await;
    // The first start makes the database and fills the system's caches.
    drop(started(&desktop).await);

    let mut to_tray = Vec::new();
    for _ in 0..TIMES {
        to_tray.push(started(&desktop).await.0);
    }
    table.below("start to tray", median(&mut to_tray), 0.5, "s");

    let (_, application, tray) = started(&desktop).await;
    let icon = tray.icon().await;
    tokio::time::sleep(SETTLED).await;
    let (before, _) = memory_kb(application.id());
    table.below(
        "desktop without a window so far, its share of memory",
        before as f64 / MEGABYTE,
        95.0,
        "MB",
    );
    let mut to_paint = Vec::new();
    for _ in 0..TIMES {
        let asked = Instant::now();
        icon.choose("Open Cliffhangarr").await;
        to_paint.push(screen::painted_after(&desktop, asked).await);
        desktop.ask("wmctrl", &["-c", TITLE]);
        waiting::until_true("the window to close", || desktop.windows().is_empty()).await;
        waiting::until_true("the web process to end", || !application.has_web_process()).await;
    }
    table.below("window to first paint", median(&mut to_paint), 1.0, "s");

    tokio::time::sleep(SETTLED).await;
    let (proportional, resident) = memory_kb(application.id());
    table.below(
        "desktop with its window closed again, its share of memory",
        proportional as f64 / MEGABYTE,
        95.0,
        "MB",
    );
    table.told(
        "the same, with all that it shares with others",
        resident as f64 / MEGABYTE,
        "MB",
    );
    table.at_most(
        "web processes alive then",
        f64::from(u8::from(application.has_web_process())),
        0.0,
        "",
    );
    table
}

/// Starts the application into the tray, and tells how long that took in seconds.
async fn started(desktop: &Desktop) -> (f64, Application, TrayHost) {
    let tray = TrayHost::start(desktop);
    let start = Instant::now();
    let application = Application::start(desktop, &["--autostart"]);
    while tray.registrations() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (start.elapsed().as_secs_f64(), application, tray)
}

/// Its share of the memory in kB, where what several processes hold counts in parts, and all of it.
fn memory_kb(process: u32) -> (u64, u64) {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let kb = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    };
    (kb("Pss:"), kb("Rss:"))
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
