//! What can be seen on the virtual screen.

use crate::desktop::Desktop;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A screen of one colour has nothing on it, a window with a page has text: so many points of other colours.
const POINTS_OF_A_PAGE: usize = 500;
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until a page can be seen, and tells how many seconds after `asked` that was.
pub async fn painted_after(desktop: &Desktop, asked: Instant) -> f64 {
    loop {
        let looked = asked.elapsed();
        if shows_a_page(desktop) {
            return looked.as_secs_f64();
        }
        assert!(looked < PATIENCE, "no page was painted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn shows_a_page(desktop: &Desktop) -> bool {
    let mut command = Command::new("import");
    command.args([
        "-silent",
        "-window",
        "root",
        "-crop",
        "400x300+300+250",
        "-depth",
        "8",
        "rgb:-",
    ]);
    let output = desktop
        .inside(&mut command, "screen")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let mut colours: BTreeMap<&[u8], usize> = BTreeMap::new();
    for point in output.stdout.chunks_exact(3) {
        *colours.entry(point).or_default() += 1;
    }
    let all: usize = colours.values().sum();
    let background = colours.values().max().copied().unwrap_or(0);
    all - background > POINTS_OF_A_PAGE
}
