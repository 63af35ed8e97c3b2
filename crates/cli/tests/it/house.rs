//! A house for tests: a Plex and a Sonarr on loopback, a data folder, and the program.

use crate::process::{Answered, Daemon, answer_of};
use serde_json::Value;
use simulators::clock::SimClock;
use simulators::plex::{Device, OWNER, PlexSim, SessionHandle, ShowSpec};
use simulators::server::Running;
use simulators::sonarr::{SeasonSpec, SeriesSpec, SonarrSim};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::Command;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_cliffhangarr-cli");
/// The TVDB id of [`House::harbour_lights`].
pub const TVDB: i64 = 5678;

/// A Plex, a Sonarr, and a data folder.
pub struct House {
    pub plex: PlexSim,
    pub sonarr: SonarrSim,
    plex_served: Option<Running>,
    sonarr_served: Option<Running>,
    pub plex_url: String,
    pub sonarr_url: String,
    /// What the environment holds as the token and the key, whatever the servers think of them by now.
    token: String,
    key: String,
    folder: TempDir,
}

impl House {
    /// Servers that nobody is connected to yet.
    pub async fn new() -> Self {
        Self::living_by(SimClock::system()).await
    }

    /// [`House::new`] with servers that live by this clock, and say so. The program does only if it is made to.
    pub async fn living_by(clock: SimClock) -> Self {
        let plex = PlexSim::new(clock.clone());
        let sonarr = SonarrSim::new(clock);
        let (plex_served, sonarr_served) = (plex.serve_dated().await.unwrap(), sonarr.serve_dated().await.unwrap());
        Self {
            plex_url: plex_served.url.clone(),
            sonarr_url: sonarr_served.url.clone(),
            token: plex.token(),
            key: sonarr.api_key(),
            plex,
            sonarr,
            plex_served: Some(plex_served),
            sonarr_served: Some(sonarr_served),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// "Attic" and "Sonarr" are connected, and monitoring is switched on.
    pub async fn connected() -> Self {
        let house = Self::new().await;
        house.connect_both().await;
        house.done(&["settings", "set", "enabled=true"]).await;
        house.forget_requests();
        house
    }

    /// Connects "Attic" and "Sonarr".
    pub async fn connect_both(&self) {
        self.done(&["connect", "plex", "--name", "Attic", "--url", &self.plex_url])
            .await;
        self.done(&["connect", "sonarr", "--name", "Sonarr", "--url", &self.sonarr_url])
            .await;
    }

    /// A show whose second season is missing: the first one's ten episodes are on disk. Gives Plex' key and Sonarr's id.
    pub fn harbour_lights(&self) -> Show {
        self.harbour_lights_with(SeasonSpec::new(2, 8))
    }

    /// [`House::harbour_lights`] with another second season.
    pub fn harbour_lights_with(&self, second: SeasonSpec) -> Show {
        let key = self
            .plex
            .add_show(ShowSpec::new("Harbour Lights", 2015).tvdb(TVDB).season(1, 10));
        let spec = SeriesSpec::new("Harbour Lights", TVDB)
            .season_with_files(1, 10)
            .with(second);
        Show {
            key,
            series: self.sonarr.add_series(spec),
        }
    }

    /// The owner watches an episode of season 1, and is in the middle of it.
    pub fn play(&self, show: Show, episode: i32) -> SessionHandle {
        self.play_from(show, episode, 600_000)
    }

    /// The owner watches an episode of season 1 from somewhere on.
    pub fn play_from(&self, show: Show, episode: i32, offset_ms: i64) -> SessionHandle {
        let item = self.plex.episode_key(show.key, 1, episode).unwrap();
        let device = Device::television("tv", "Living Room");
        self.plex.play_from(OWNER, &device, item, offset_ms)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder beside the data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The environment in which the program runs: nothing of the one in which the tests do.
    pub fn environment(&self) -> Vec<(String, String)> {
        let here = |name: &str| self.folder.path().join(name).display().to_string();
        let pair = |name: &str, value: String| (name.to_owned(), value);
        vec![
            pair("PATH", std::env::var("PATH").unwrap()),
            pair("HOME", here("home")),
            pair("XDG_DATA_HOME", here("home/share")),
            pair("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".to_owned()),
            pair("CLIFFHANGARR_DATA_DIR", here("data")),
            pair("CLIFFHANGARR_SECRET_STORE", "env".to_owned()),
            pair("CLIFFHANGARR_SECRET_ATTIC", self.token.clone()),
            pair("CLIFFHANGARR_SECRET_SONARR", self.key.clone()),
        ]
    }

    /// The program with arguments, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program.
    pub async fn run(&self, arguments: &[&str]) -> Answered {
        answer_of(self.command(arguments)).await
    }

    /// Runs the program with `--json`.
    pub async fn json(&self, arguments: &[&str]) -> Answered {
        self.run(&[arguments, &["--json"]].concat()).await
    }

    /// Runs the program with `--json`; it must succeed.
    pub async fn done(&self, arguments: &[&str]) -> Value {
        let answered = self.json(arguments).await;
        assert_eq!(answered.code, 0, "{arguments:?}: {answered:?}");
        answered.document()
    }

    /// Starts the program and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Daemon {
        Daemon::start(self.command(arguments))
    }

    /// Takes Plex from the network.
    pub async fn stop_plex(&mut self) {
        self.plex_served.take().unwrap().stop().await;
    }

    /// Brings Plex back to where it was.
    pub async fn start_plex(&mut self) {
        let addr = self.plex_url.trim_start_matches("http://").parse().unwrap();
        self.plex_served = Some(self.plex.serve_at(addr).await.unwrap());
    }

    /// Takes Sonarr from the network.
    pub async fn stop_sonarr(&mut self) {
        self.sonarr_served.take().unwrap().stop().await;
    }

    /// Brings Sonarr back to where it was.
    pub async fn start_sonarr(&mut self) {
        let addr = self.sonarr_url.trim_start_matches("http://").parse().unwrap();
        self.sonarr_served = Some(self.sonarr.serve_at(addr).await.unwrap());
    }

    /// Empties both request logs.
    pub fn forget_requests(&self) {
        self.plex.log().clear();
        self.sonarr.log().clear();
    }

    /// Everything that was sent to either server and may have changed something.
    pub fn writes(&self) -> String {
        let writes = [self.plex.log().writes(), self.sonarr.log().writes()].concat();
        let lines = writes
            .iter()
            .map(|request| format!("{} {}", request.method, request.target));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The searches that arrived at Sonarr, as "name series season episodes".
    pub fn searches(&self) -> Vec<(String, Option<i64>, Option<i32>)> {
        let searches = self.sonarr.searches();
        searches
            .into_iter()
            .map(|search| (search.name, search.series, search.season))
            .collect()
    }

    /// Exactly one search arrived: for the whole second season, all of which is monitored.
    pub fn second_season_was_searched_once(&self, show: Show, story: &str) {
        assert_eq!(
            self.searches(),
            [("SeasonSearch".to_owned(), Some(show.series), Some(2))],
            "{story}"
        );
        let series = self.sonarr.series(show.series).unwrap();
        assert!(series.monitored && series.seasons[&2], "{story}: {series:?}");
        let episodes = self.sonarr.episodes(show.series);
        assert!(
            episodes.iter().all(|episode| episode.season != 2 || episode.monitored),
            "{story}: {episodes:?}"
        );
    }
}

/// A show in Plex and Sonarr.
#[derive(Debug, Clone, Copy)]
pub struct Show {
    pub key: i64,
    pub series: i64,
}

/// Waits until something is so; false if it is not in time.
pub async fn eventually(limit: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    true
}

/// The keys of an object, sorted.
pub fn keys(object: &Value) -> Vec<String> {
    let mut keys: Vec<String> = object
        .as_object()
        .unwrap_or_else(|| panic!("{object}"))
        .keys()
        .cloned()
        .collect();
    keys.sort();
    keys
}
