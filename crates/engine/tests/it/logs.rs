//! What stands in the log, by the wordings that people search for.

use crate::home::Home;
use crate::stage::{ALICE, minutes, seconds};
use std::cell::RefCell;
use std::io;
use std::sync::Once;

thread_local! {
    /// What was logged on this thread, where somebody wants to know.
    static LOGGED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Writes to where [`LOGGED`] is.
struct Page;

impl io::Write for Page {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| {
            if let Some(logged) = logged {
                logged.extend_from_slice(text);
            }
        });
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has everything logged, before anything is: whether a line is wanted is settled when it is met for the first time, and other
/// tests meet it as well.
pub fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter("off,cliffhangarr_engine=debug")
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .with_writer(|| Page)
            .init();
    });
}

/// Keeps the lines that are logged on this thread while it lives.
struct Lines;

impl Drop for Lines {
    fn drop(&mut self) {
        LOGGED.set(None);
    }
}

impl Lines {
    fn new() -> Self {
        LOGGED.set(Some(Vec::new()));
        Self
    }

    /// What was logged since the last call: lines with any of the words.
    fn take(&self, words: &[&str]) -> Vec<String> {
        let text = LOGGED.replace(Some(Vec::new())).unwrap();
        String::from_utf8(text)
            .unwrap()
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| words.iter().any(|word| line.contains(word)))
            .collect()
    }
}

const CYCLE: [&str; 5] = [
    "active sessions",
    "Processing session",
    "viewer filter",
    "triggered search",
    "monitoring complete",
];

#[tokio::test]
async fn a_cycle_that_does_something_is_told_and_a_quiet_one_only_to_those_who_look_closely() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let lines = Lines::new();
    let player = home.plays(ALICE, show, 1, 8);
    home.engine.poll().await;
    assert_eq!(
        lines.take(&CYCLE),
        [
            "INFO Found 1 active sessions server=\"Attic\"",
            "INFO Processing session: Harbour Lights S01E08 watched by Alice",
            "INFO Successfully triggered search for Harbour Lights: Season 2 comes next: searching for season 2. \
             instance=\"Sonarr\"",
            "INFO Session monitoring complete. Processed: 1, Triggered: 1 server=\"Attic\"",
        ]
    );

    home.goes_on(player, seconds(30));
    home.engine.poll().await;
    assert_eq!(
        lines.take(&CYCLE),
        [
            "DEBUG Found 1 active sessions server=\"Attic\"",
            "DEBUG Session monitoring complete. Processed: 1, Triggered: 0 server=\"Attic\"",
        ]
    );

    home.goes_on(player, seconds(30));
    home.check().await;
    let asked = lines.take(&CYCLE);
    assert_eq!(asked[0], "INFO Found 1 active sessions server=\"Attic\"");
    assert_eq!(
        asked.last().unwrap(),
        "INFO Session monitoring complete. Processed: 1, Triggered: 0 server=\"Attic\""
    );
}

#[tokio::test]
async fn it_is_told_that_the_filter_holds_a_viewer_back() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.set(serde_json::json!({"filterUsers": ["Bob"]})).await;
    let lines = Lines::new();
    home.plays(ALICE, show, 1, 8);
    home.engine.poll().await;
    assert_eq!(
        lines.take(&["viewer filter:"]),
        ["INFO Alice is not in the viewer filter: progress is tracked, nothing is triggered"]
    );
}

#[tokio::test]
async fn a_server_that_fails_again_and_again_is_warned_of_once() {
    let home = Home::staged().await;
    let lines = Lines::new();
    home.network.unplug("plex.test");
    for _ in 0..5 {
        home.later(minutes(1));
        home.engine.poll().await;
        home.engine.tick().await;
    }
    let warned = lines.take(&["WARN"]);
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("cannot be reached") && warned[0].contains("connection=\"Attic\""));

    home.network.plug_in("plex.test");
    home.engine.poll().await;
    home.network.unplug("plex.test");
    home.engine.poll().await;
    assert_eq!(lines.take(&["WARN"]).len(), 1, "new trouble is new");
}

#[tokio::test]
async fn owed_work_that_fails_is_warned_of_where_it_is_owed_and_nowhere_else() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.network.unplug("sonarr1.test");
    let player = home.owner_nears_the_end(show);
    home.engine.poll().await;
    home.plex.stop(player);
    let lines = Lines::new();
    home.ticks_over(minutes(30), minutes(1)).await;
    assert_eq!(lines.take(&["WARN"]), Vec::<String>::new());
}
