//! What is measured.

use crate::child::Speaking;
use crate::process::{own_kb, resident_kb};
use crate::table::Table;
use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A story fills some rows of the table.
type Story = fn(&mut Table) -> anyhow::Result<()>;

/// Every story.
pub const ALL: &[Story] = &[
    new_episode_100,
    new_episode_5000,
    new_episode_20000,
    many_sessions,
    latency,
    headless,
];

#[derive(Deserialize)]
struct Server {
    kind: String,
    url: String,
    secret: String,
}

#[derive(Deserialize)]
struct Asked {
    plex: u64,
    sonarr: u64,
    bytes: u64,
}

#[derive(Deserialize)]
struct Polled {
    processed: u64,
    triggered: u64,
}

/// Servers, and an engine that is connected to them.
struct Scene {
    servers: Speaking,
    subject: Speaking,
}

impl Scene {
    fn new(plexes: usize, sonarrs: usize, shows: usize, filler: usize) -> anyhow::Result<Self> {
        let (servers, connections) = build(plexes, sonarrs, shows, filler)?;
        let mut subject = Speaking::start("subject")?;
        for (index, server) in connections.iter().enumerate() {
            let _: Value = subject.ask(&json!({
                "do": "connect", "name": format!("{} {index}", server.kind),
                "kind": server.kind, "url": server.url, "secret": server.secret,
            }))?;
        }
        let _: Value = subject.ask(&json!({"do": "set", "patch": {"enabled": true}}))?;
        Ok(Self { servers, subject })
    }

    fn poll(&mut self) -> anyhow::Result<Polled> {
        self.subject.ask(&json!({"do": "poll"}))
    }

    fn resident(&mut self) -> anyhow::Result<u64> {
        self.subject.ask(&json!({"do": "resident"}))
    }

    fn processor(&mut self) -> anyhow::Result<u64> {
        self.subject.ask(&json!({"do": "processor"}))
    }

    fn asked(&mut self) -> anyhow::Result<Asked> {
        self.servers.ask(&json!({"do": "asked"}))
    }

    fn tell_servers(&mut self, request: &Value) -> anyhow::Result<()> {
        self.servers.ask::<Value>(request).map(|_| ())
    }
}

fn build(plexes: usize, sonarrs: usize, shows: usize, filler: usize) -> anyhow::Result<(Speaking, Vec<Server>)> {
    let mut servers = Speaking::start("servers")?;
    let request = json!({"do": "build", "plexes": plexes, "sonarrs": sonarrs, "shows": shows, "filler": filler});
    let connections = servers.ask(&request)?;
    Ok((servers, connections))
}

fn new_episode_100(table: &mut Table) -> anyhow::Result<()> {
    new_episode(table, 100)
}

fn new_episode_5000(table: &mut Table) -> anyhow::Result<()> {
    new_episode(table, 5000)
}

fn new_episode_20000(table: &mut Table) -> anyhow::Result<()> {
    new_episode(table, 20_000)
}

/// One new episode, and the same polled again, next to a library of some size.
fn new_episode(table: &mut Table, library: usize) -> anyhow::Result<()> {
    let mut scene = Scene::new(1, 1, 3, library)?;
    scene.poll()?;
    scene.tell_servers(&json!({"do": "forget"}))?;
    let before = scene.resident()?;
    scene.tell_servers(&json!({"do": "play", "show": 0, "episode": 2}))?;
    let polled = scene.poll()?;
    let after = scene.resident()?;
    anyhow::ensure!(
        (polled.processed, polled.triggered) == (1, 0),
        "the new episode was not looked at as meant"
    );
    let asked = scene.asked()?;
    let row = |what: &str| format!("{what}, {library} series");
    table.at_most(
        &row("one new episode: requests"),
        (asked.plex + asked.sonarr) as f64,
        4.0,
        "",
    );
    table.below(
        &row("one new episode: received"),
        asked.bytes as f64 / 1000.0,
        300.0,
        "kB",
    );
    table.below(
        &row("one new episode: memory growth"),
        grown_mb(before, after),
        5.0,
        "MB",
    );

    scene.tell_servers(&json!({"do": "forget"}))?;
    scene.poll()?;
    let asked = scene.asked()?;
    table.at_most(&row("an unchanged poll: requests to Plex"), asked.plex as f64, 1.0, "");
    table.at_most(
        &row("an unchanged poll: requests to Sonarr"),
        asked.sonarr as f64,
        0.0,
        "",
    );
    Ok(())
}

fn grown_mb(before: u64, after: u64) -> f64 {
    after.saturating_sub(before) as f64 / 1000.0
}

/// A cycle over a thousand sessions, all new, and the same once more.
fn many_sessions(table: &mut Table) -> anyhow::Result<()> {
    const SHOWS: usize = 250;
    let mut scene = Scene::new(10, 4, SHOWS, 100)?;
    scene.tell_servers(&json!({"do": "play", "show": 0, "sessions": 1000, "shows": SHOWS}))?;
    for what in ["all new", "unchanged"] {
        scene.tell_servers(&json!({"do": "forget"}))?;
        let before = scene.processor()?;
        let polled = scene.poll()?;
        let spent = scene.processor()? - before;
        anyhow::ensure!(
            polled.processed == 1000,
            "{} sessions instead of 1000",
            polled.processed
        );
        let asked = scene.asked()?;
        let row = |thing: &str| format!("1000 sessions, 10 servers, 4 instances, {what}: {thing}");
        table.told(&row("requests"), (asked.plex + asked.sonarr) as f64, "");
        let (thing, seconds) = (row("own processor time"), spent as f64 / 1000.0);
        if cfg!(debug_assertions) {
            table.told(&format!("{thing} (debug build)"), seconds, "s");
        } else {
            table.below(&thing, seconds, 1.0, "s");
        }
    }
    let resident = scene.resident()?;
    table.told("resident memory after 1000 sessions", resident as f64 / 1000.0, "MB");
    Ok(())
}

/// From the beginning of a play to the search, with the event stream up.
fn latency(table: &mut Table) -> anyhow::Result<()> {
    let mut scene = Scene::new(1, 1, 6, 1000)?;
    let _: Value = scene.subject.ask(&json!({"do": "start"}))?;
    let deadline = Instant::now() + Duration::from_secs(20);
    while !scene.subject.ask::<bool>(&json!({"do": "listening"}))? {
        anyhow::ensure!(Instant::now() < deadline, "the event stream does not come up");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut worst = 0_u64;
    for show in 0..5 {
        // Two plays in one breath would be one poll.
        std::thread::sleep(Duration::from_secs(1));
        worst = worst.max(scene.servers.ask(&json!({"do": "time the search", "show": show}))?);
    }
    table.below(
        "play begins -> search command, worst of 5",
        worst as f64 / 1000.0,
        2.0,
        "s",
    );
    Ok(())
}

/// Resident memory of the command line program as it monitors.
fn headless(table: &mut Table) -> anyhow::Result<()> {
    const WHAT: &str = "headless `run`: resident memory";
    let Some((program, kind)) = command_line() else {
        table.skipped(
            WHAT,
            "cliffhangarr-cli is not built (cargo build --release -p cliffhangarr-cli)",
        );
        return Ok(());
    };
    let (mut servers, connections) = build(1, 1, 50, 1000)?;
    let folder = tempfile::tempdir()?;
    let command = || {
        let mut command = Command::new(&program);
        command
            .arg("--data-dir")
            .arg(folder.path())
            .args(["--secret-store", "env", "--log-level", "warn"])
            .env_remove("plexSessionMonitoring")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        for server in &connections {
            command.env(
                format!("CLIFFHANGARR_SECRET_{}", server.kind.to_uppercase()),
                &server.secret,
            );
        }
        command
    };
    for server in &connections {
        let done = command()
            .args(["connect", &server.kind, "--name", &server.kind, "--url", &server.url])
            .status()?;
        anyhow::ensure!(done.success(), "connect {}: {done}", server.kind);
    }
    let done = command()
        .args(["settings", "set", "enabled=true", "pollingIntervalMinutes=1"])
        .status()?;
    anyhow::ensure!(done.success(), "settings set: {done}");
    let mut running = command().arg("run").spawn()?;
    std::thread::sleep(Duration::from_secs(2));
    for show in 0..50 {
        let _: Value = servers.ask(&json!({"do": "play", "show": show, "episode": 2 + show % 3}))?;
    }
    std::thread::sleep(Duration::from_secs(6));
    let pid = running.id().to_string();
    let (resident, own) = (resident_kb(&pid), own_kb(&pid));
    running.kill().context("the program ended by itself")?;
    running.wait()?;
    let asked: Asked = servers.ask(&json!({"do": "asked"}))?;
    anyhow::ensure!(asked.sonarr > 50, "it did not monitor");
    let resident = resident? as f64 / 1000.0;
    let what = format!("{WHAT} ({kind} build)");
    if kind == "release" {
        table.below(&what, resident, 15.0, "MB");
    } else {
        table.told(&what, resident, "MB");
    }
    table.told("headless `run`: of it heap and stacks", own? as f64 / 1000.0, "MB");
    Ok(())
}

/// The newest build of the command line program, and of which kind it is.
fn command_line() -> Option<(PathBuf, &'static str)> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        PathBuf::from,
    );
    let name = format!("cliffhangarr-cli{}", std::env::consts::EXE_SUFFIX);
    ["release", "debug"]
        .into_iter()
        .map(|kind| (target.join(kind).join(&name), kind))
        .find(|(program, _)| program.exists())
}
