//! The servers of a scenario and the people who watch, at a time that the scenario moves.

use domain::ids::EpisodeRef;
use domain::wanting::spell;
use jiff::SignedDuration;
use serde_json::Value;
use simulators::clock::SimClock;
use simulators::plex::{AccountKind, Device, OWNER, PlexSim, SessionHandle, ShowSpec};
use simulators::sonarr::{EpisodeView, SeasonSpec, SeriesSpec, SonarrSim};
use std::collections::BTreeMap;

/// Where every scenario begins: a Monday evening.
const BEGINNING: &str = "2026-03-02T19:00:00Z";
/// Length of every episode, in minutes.
const LENGTH: i64 = 45;

/// A Plex that Alice owns and Bob and Carol have accounts on, and a Sonarr.
pub struct World {
    pub plex: PlexSim,
    pub sonarr: SonarrSim,
    pub clock: SimClock,
    shows: BTreeMap<&'static str, Shown>,
}

struct Shown {
    plex: i64,
    series: i64,
}

/// The time of a scenario: it runs as the machine's does, and can be moved.
pub fn beginning() -> SimClock {
    SimClock::scaled(BEGINNING.parse().unwrap(), 1.0)
}

/// Season 1 is there; two more are listed, unmonitored.
pub fn first_season_only(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 10)
        .with(SeasonSpec::new(2, 8).monitored(false))
        .with(SeasonSpec::new(3, 6).monitored(false))
        .monitor_new_items(false)
}

/// The pilot is there; nothing else is even monitored.
pub fn pilot_only(spec: SeriesSpec) -> SeriesSpec {
    spec.with(SeasonSpec::new(1, 10).flag(false).only_monitored([1]).files([1]))
        .with(SeasonSpec::new(2, 8).monitored(false))
        .with(SeasonSpec::new(3, 6).monitored(false))
        .monitor_new_items(false)
}

impl World {
    /// These servers, which live by this clock.
    pub fn of(plex: PlexSim, sonarr: SonarrSim, clock: SimClock) -> Self {
        plex.rename_account(OWNER, "Alice");
        plex.add_account(20, "Bob", AccountKind::Shared);
        plex.add_account(30, "Carol", AccountKind::Managed);
        Self {
            plex,
            sonarr,
            clock,
            shows: BTreeMap::new(),
        }
    }

    /// A show in Plex and Sonarr; `seasons` is how many episodes each has, from season 1 on.
    pub fn show(&mut self, title: &'static str, seasons: &[i32], describe: impl FnOnce(SeriesSpec) -> SeriesSpec) {
        let tvdb = 4000 + i64::try_from(self.shows.len()).unwrap();
        let mut spec = ShowSpec::new(title, 2015).tvdb(tvdb).minutes(LENGTH);
        for (season, episodes) in (1..).zip(seasons) {
            spec = spec.season(season, *episodes);
        }
        let plex = self.plex.add_show(spec);
        let series = self.sonarr.add_series(describe(SeriesSpec::new(title, tvdb)));
        self.shows.insert(title, Shown { plex, series });
    }

    /// Sonarr's id of a show.
    pub fn series(&self, title: &str) -> i64 {
        self.shows[title].series
    }

    /// Somebody begins an episode, which Sonarr must have by now, and is ten minutes in.
    pub fn starts(&self, viewer: &str, title: &str, season: i32, episode: i32) -> SessionHandle {
        let shown = &self.shows[title];
        let there = self.sonarr.episode(shown.series, season, episode).unwrap();
        assert!(
            there.file.is_some(),
            "{viewer} wants to watch {title} S{season:02}E{episode:02}, and it is not there"
        );
        let item = self.plex.episode_key(shown.plex, season, episode).unwrap();
        let device = Device::television(&format!("tv-{viewer}"), &format!("{viewer}'s television"));
        let play = self.plex.play(account(viewer), &device, item);
        self.plex.watch(play, SignedDuration::from_mins(10));
        play
    }

    /// Watches the rest, and leaves a quarter of an hour for what Sonarr has to do.
    pub fn finishes(&self, play: SessionHandle) {
        self.plex.watch(play, SignedDuration::from_mins(LENGTH - 11));
        self.plex.stop(play);
        self.pass(SignedDuration::from_mins(16));
    }

    /// Lets time pass.
    pub fn pass(&self, span: SignedDuration) {
        self.clock.advance(span);
        self.sonarr.tick();
    }

    /// Which episodes have files, as "S01E01–E10, S02E01".
    pub fn files(&self, title: &str) -> String {
        self.positions(title, |episode| episode.file.is_some())
    }

    /// Which episodes are monitored.
    pub fn monitored(&self, title: &str) -> String {
        self.positions(title, |episode| episode.monitored)
    }

    fn positions(&self, title: &str, fits: impl Fn(&EpisodeView) -> bool) -> String {
        let episodes = self.sonarr.episodes(self.series(title));
        let fitting: Vec<EpisodeRef> = episodes.iter().filter(|episode| fits(episode)).map(position).collect();
        spell(&fitting)
    }

    /// Every search that Sonarr took so far, as "Show A season 2" or "Show B S01E02–E10".
    pub fn searches(&self) -> Vec<String> {
        let writes = self.sonarr.log().writes();
        let commands = writes.iter().filter(|request| request.path().ends_with("/command"));
        let taken = commands.filter(|request| request.status.is_some_and(|status| status < 300));
        taken.filter_map(|request| self.search(&request.body)).collect()
    }

    fn search(&self, body: &str) -> Option<String> {
        let body: Value = serde_json::from_str(body).unwrap();
        if body["name"] == "SeasonSearch" {
            let (title, _) = self.shows.iter().find(|(_, shown)| shown.series == body["seriesId"])?;
            return Some(format!("{title} season {}", body["seasonNumber"]));
        }
        let ids: Vec<i64> = serde_json::from_value(body["episodeIds"].clone()).ok()?;
        self.shows.iter().find_map(|(title, shown)| {
            let episodes = self.sonarr.episodes(shown.series);
            let mine = episodes.iter().filter(|episode| ids.contains(&episode.id));
            let mine: Vec<EpisodeRef> = mine.map(position).collect();
            (!mine.is_empty()).then(|| format!("{title} {}", spell(&mine)))
        })
    }

    /// How many requests were sent that may have changed something.
    pub fn writes(&self) -> usize {
        self.sonarr.log().writes().len() + self.plex.log().writes().len()
    }
}

fn account(viewer: &str) -> i64 {
    match viewer {
        "Alice" => OWNER,
        "Bob" => 20,
        "Carol" => 30,
        _ => panic!("nobody is called {viewer}"),
    }
}

fn position(episode: &EpisodeView) -> EpisodeRef {
    EpisodeRef {
        season: episode.season,
        episode: episode.number,
    }
}
