//! The child that simulates all servers.

use crate::child::answer_lines;
use crate::household::World;
use anyhow::Context as _;
use serde_json::{Value, json};
use simulators::server::Running;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long a search is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves until standard input ends.
pub fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        let mut servers = Servers::default();
        answer_lines(async |request| servers.answer(&request).await).await;
    });
    ExitCode::SUCCESS
}

#[derive(Default)]
struct Servers {
    world: Option<World>,
    running: Vec<Running>,
}

impl Servers {
    async fn answer(&mut self, request: &Value) -> anyhow::Result<Value> {
        let number = |name: &str| request[name].as_u64().unwrap_or(0) as usize;
        match request["do"].as_str().unwrap_or_default() {
            "build" => {
                self.build([number("plexes"), number("sonarrs"), number("shows"), number("filler")])
                    .await
            }
            "play" => {
                let world = self.world.as_ref().context("nothing is built")?;
                for index in 0..number("sessions").max(1) {
                    let episode =
                        1 + i32::try_from(number("episode") + index / number("shows").max(1)).unwrap_or(0) % 10;
                    world.play(number("show") + index, episode, &format!("device-{index}"));
                }
                Ok(Value::Null)
            }
            "forget" => {
                self.world.as_ref().context("nothing is built")?.forget();
                Ok(Value::Null)
            }
            "asked" => {
                let world = self.world.as_ref().context("nothing is built")?;
                let count = |logs: Vec<&simulators::faults::RequestLog>| {
                    let requests: usize = logs.iter().map(|log| log.requests().len()).sum();
                    let bytes: u64 = logs.iter().map(|log| log.bytes()).sum();
                    (requests, bytes)
                };
                let plex = count(world.plexes.iter().map(simulators::plex::PlexSim::log).collect());
                let sonarr = count(world.sonarrs.iter().map(simulators::sonarr::SonarrSim::log).collect());
                Ok(json!({"plex": plex.0, "sonarr": sonarr.0, "bytes": plex.1 + sonarr.1}))
            }
            "time the search" => self.time_the_search(number("show")).await,
            other => anyhow::bail!("{other} is not known"),
        }
    }

    async fn build(&mut self, [plexes, sonarrs, shows, filler]: [usize; 4]) -> anyhow::Result<Value> {
        let world = World::new(plexes, sonarrs, shows, filler);
        let mut connections = Vec::new();
        for plex in &world.plexes {
            let running = plex.serve().await?;
            connections.push(json!({"kind": "plex", "url": running.url, "secret": plex.token()}));
            self.running.push(running);
        }
        for sonarr in &world.sonarrs {
            let running = sonarr.serve().await?;
            connections.push(json!({"kind": "sonarr", "url": running.url, "secret": sonarr.api_key()}));
            self.running.push(running);
        }
        self.world = Some(world);
        Ok(Value::Array(connections))
    }

    /// Milliseconds from the beginning of a play to the search for what comes next.
    async fn time_the_search(&self, show: usize) -> anyhow::Result<Value> {
        let world = self.world.as_ref().context("nothing is built")?;
        let searches = || {
            world
                .sonarrs
                .iter()
                .map(|sonarr| sonarr.searches().len())
                .sum::<usize>()
        };
        let before = searches();
        let began = Instant::now();
        world.play(show, 9, &format!("timed-{show}"));
        while began.elapsed() < PATIENCE {
            if searches() > before {
                return Ok(json!(began.elapsed().as_millis()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        anyhow::bail!("no search came within {PATIENCE:?}")
    }
}
