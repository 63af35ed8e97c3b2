//! Two scenarios of the user's guide in the window: a show that is watched season by season, and one that is abandoned.
//!
//! The servers and the application share a time that the test moves while the application runs, as if the machine slept
//! between the evenings.

#[path = "../../crates/cli/tests/it/scenarios/faked_time.rs"]
mod faked_time;
#[path = "../../crates/cli/tests/it/scenarios/world.rs"]
mod world;

use crate::application::Application;
use crate::desktop::{Desktop, Keyring};
use crate::notifications::Recorder;
use crate::page::Page;
use crate::tray_host::TrayHost;
use crate::waiting::{PATIENCE, until_true};
use faked_time::FakedTime;
use jiff::SignedDuration;
use simulators::plex::PlexSim;
use simulators::server::Running;
use simulators::sonarr::SonarrSim;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};
use world::{World, beginning, first_season_only, pilot_only};

/// The servers, the time of day, and the window.
struct Story {
    world: World,
    time: FakedTime,
    page: Page,
    _running: (Running, Running),
}

/// What libfaketime leaves of a process that was killed.
struct Leftovers(u32);

impl Drop for Leftovers {
    fn drop(&mut self) {
        for name in ["faketime_shm_", "sem.faketime_sem_"] {
            // It is gone already where the process ended by itself.
            let _ = std::fs::remove_file(format!("/dev/shm/{name}{}", self.0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_show_rolls_on_and_an_abandoned_one_returns_to_its_pilot() {
    let desktop = Desktop::start(Keyring::Unlocked).await;
    let tray = TrayHost::start(&desktop);
    let notifications = Recorder::start(&desktop);
    let clock = beginning();
    let (plex, sonarr) = (PlexSim::new(clock.clone()), SonarrSim::new(clock.clone()));
    let running = (plex.serve_dated().await.unwrap(), sonarr.serve_dated().await.unwrap());
    let time = FakedTime::of(&clock, desktop.root().join("time"));
    let mut application = Application::start_in(&desktop, &["--show"], &time.environment());
    let _leftovers = Leftovers(application.id());
    let page = Page::of(&desktop, &mut application).await;
    let icon = tray.icon().await;
    let mut story = Story {
        world: World::of(plex, sonarr, clock),
        time,
        page,
        _running: running,
    };
    story.world.show("Show A", &[10, 8, 6], first_season_only);
    story.world.show("Show B", &[10, 8, 6], pilot_only);

    story.connects_and_switches_on().await;
    story.enrolls("Show A", "firstSeasonRolling").await;
    story.enrolls("Show B", "pilotRolling").await;
    assert_eq!(story.world.writes(), 0, "enrolling alone changes nothing");
    story
        .until_shows(&[
            "Show A nobody yet First season Season 1",
            "Show B nobody yet Pilot Season 1",
        ])
        .await;

    // Monday: Bob tries Show B, and Alice comes to the end of the first season of Show A.
    story.watches("Bob", "Show B", 1, 1..=1).await;
    assert_eq!(story.world.searches(), ["Show B S01E02–E10"]);
    story.watches("Alice", "Show A", 1, 7..=7).await;
    assert_eq!(story.world.searches().len(), 1, "three episodes are left");
    story.watches("Alice", "Show A", 1, 8..=8).await;
    assert_eq!(story.world.searches(), ["Show B S01E02–E10", "Show A season 2"]);
    notifications.wait_for("Show A").await;
    story.watches("Alice", "Show A", 1, 9..=10).await;
    assert_eq!(story.world.files("Show A"), "S01E01–E10, S02E01–E08");
    assert_eq!(story.world.files("Show B"), "S01E01–E10");
    story
        .until_shows(&[
            "Show A 1 viewer First season Season 2",
            "Show B 1 viewer Pilot Season 1",
        ])
        .await;
    desktop.take_picture("scenario-1-expanded");

    // Alice goes on, and is in the third season on Thursday.
    story.sleeps(1).await;
    story.watches("Alice", "Show A", 2, 1..=5).await;
    story.sleeps(1).await;
    story.watches("Alice", "Show A", 2, 6..=8).await;
    assert_eq!(story.world.searches().last().unwrap(), "Show A season 3");
    story.sleeps(1).await;
    story.watches("Alice", "Show A", 3, 1..=1).await;
    story.sleeps(3).await;
    story.watches("Alice", "Show A", 3, 2..=2).await;
    assert_eq!(story.world.files("Show A"), "S01E01–E10, S02E01–E08, S03E01–E06");
    assert_eq!(story.world.files("Show B"), "S01E01–E10", "six days are not seven");

    // The window foretells what comes.
    story.click("nav-shows").await;
    story.click("tab-outlook").await;
    let foretold = [("Show B", "9 files"), ("Show A", "8 files"), ("Show A", "6 files")];
    story
        .until_lines(
            "[data-testid=outlook-row][data-standing=freeAt]",
            &foretold,
            |row, (title, files)| row.starts_with(title) && row.contains(files),
        )
        .await;
    desktop.take_picture("scenario-2-what-will-go");
    story.click("tab-all").await;

    // Nobody has watched Show B for more than a week. It is noticed without a hand.
    story.sleeps(2).await;
    until_true("the reset of Show B", || story.world.files("Show B") == "S01E01").await;
    assert_eq!(story.world.monitored("Show B"), "S01E01");
    notifications.wait_for("back to the pilot").await;

    // And the second season of Show A is free.
    story.sleeps(2).await;
    until_true("the second season of Show A to go", || {
        story.world.files("Show A") == "S01E01–E10, S03E01–E06"
    })
    .await;
    assert_eq!(story.world.monitored("Show A"), "S01E01–E10, S03E01–E06");
    notifications.wait_for("Season 2 goes").await;

    // The window tells the same.
    story
        .until_shows(&[
            "Show A 1 viewer First season Season 3",
            "Show B nobody yet Pilot Season 1",
        ])
        .await;
    story
        .page
        .click("[data-testid=show-row][aria-label='Show A'] [data-testid=show-toggle]")
        .await;
    story
        .until_lines("[data-testid=viewer-row]", &["Alice S03E02"], |row, wanted| {
            row.starts_with(*wanted)
        })
        .await;
    desktop.take_picture("scenario-2-shows");
    story
        .until_journal(&[
            ("Show A", "Season 2 goes, 8 files"),
            ("Show B", "back to the pilot, 9 files"),
            ("Show A", "Season 3 comes next: searching for season 3."),
            ("Show A", "Season 2 comes next: searching for season 2."),
            ("Show B", "S01E02–E10"),
        ])
        .await;
    desktop.take_picture("scenario-3-journal");
    assert_eq!(story.world.searches().len(), 3, "nothing was searched twice");

    drop(story.page);
    icon.choose("Quit").await;
    assert!(application.end().await.success());
}

impl Story {
    /// Everything a user does before the first evening.
    async fn connects_and_switches_on(&self) {
        let (plex, sonarr) = &self._running;
        for (step, name, address, secret) in [
            ("start-plex", "Attic", &plex.url, self.world.plex.token()),
            ("start-sonarr", "Sonarr", &sonarr.url, self.world.sonarr.api_key()),
        ] {
            self.click("nav-now").await;
            self.click(step).await;
            self.page.fill("[data-testid=connection-name]", name).await;
            self.page.fill("[data-testid=connection-url]", address).await;
            self.page.fill("[data-testid=connection-secret]", &secret).await;
            self.click("connection-save").await;
            self.page.wait_for_text(name).await;
        }
        self.click("nav-now").await;
        self.click("start-on").await;
        self.page.find("[data-testid=check-now]").await;
        self.click("nav-settings").await;
        self.click("setting-enableProgressiveCleanup").await;
        self.click("settings-save").await;
        self.page.wait_until_gone("[data-testid=settings-bar]").await;
    }

    async fn enrolls(&self, title: &str, kind: &str) {
        self.click("nav-shows").await;
        self.click("enroll").await;
        self.page.fill("[data-testid=enroll-filter]", title).await;
        self.click("enroll-series").await;
        self.click(&format!("enroll-type-{kind}")).await;
        self.click("enroll-preview").await;
        self.click("enroll-yes").await;
        self.page.wait_until_gone("[data-testid=enroll-dialog]").await;
    }

    /// Somebody watches episodes one after the other, with a check in the middle of each and after it.
    async fn watches(&self, viewer: &str, title: &str, season: i32, episodes: RangeInclusive<i32>) {
        for episode in episodes {
            let play = self.world.starts(viewer, title, season, episode);
            self.checks().await;
            self.world.finishes(play);
            self.checks().await;
        }
    }

    /// "Check sessions now", with the application at the time of the servers.
    async fn checks(&self) {
        self.time.follow(&self.world.clock);
        self.click("nav-now").await;
        self.click("check-now").await;
        self.page.find("[data-testid=check-now][aria-busy=false]").await;
    }

    /// The machine sleeps for days.
    async fn sleeps(&self, days: i64) {
        self.world.pass(SignedDuration::from_hours(24 * days));
        self.time.follow(&self.world.clock);
    }

    async fn click(&self, testid: &str) {
        self.page.click(&format!("[data-testid={testid}]")).await;
    }

    /// The table of shows says this, from the left on.
    async fn until_shows(&self, wanted: &[&str]) {
        self.click("nav-shows").await;
        self.until_lines("[data-testid=show-row] .cells", wanted, |row, wanted| {
            row.starts_with(*wanted)
        })
        .await;
    }

    /// The journal tells of these actions, newest first, and of no other.
    async fn until_journal(&self, wanted: &[(&str, &str)]) {
        self.click("nav-journal").await;
        self.click("journal-only-actions").await;
        self.until_lines("[data-testid=journal-row]", wanted, |row, (title, words)| {
            row.starts_with(title) && row.contains(words) && row.contains(" done ")
        })
        .await;
    }

    async fn until_lines<W: Debug>(&self, css: &str, wanted: &[W], fits: impl Fn(&str, &W) -> bool) {
        let start = Instant::now();
        loop {
            let lines = self.page.lines(css).await;
            if lines.len() == wanted.len() && lines.iter().zip(wanted).all(|(line, wanted)| fits(line, wanted)) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{wanted:#?} is not what is there: {lines:#?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
