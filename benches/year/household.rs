//! The household: what is in the libraries, who watches, and what was really needed.

use super::home::Home;
use super::report::Report;
use domain::monitoring::MonitoringType;
use domain::plan::Reason;
use engine::EnrollmentDraft;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use simulators::plex::{AccountKind, Device, OWNER, PlayState, ShowSpec};
use simulators::sonarr::{SeasonSpec, SeriesSpec};
use std::collections::{BTreeMap, BTreeSet};

const SIZE: i64 = 2_000_000_000;
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);
const MINUTES: i64 = 45;

struct Show {
    plex: i64,
    series: i64,
    rolls: MonitoringType,
}

struct Viewer {
    account: i64,
    name: String,
    /// Shows that are on, and the last episode watched of each.
    on: BTreeMap<usize, (i32, i32)>,
    /// Chance that an evening is spent watching.
    evenings: f64,
    /// Chance that another one follows.
    binge: f64,
}

pub struct Household {
    home: Home,
    rng: StdRng,
    shows: Vec<Show>,
    viewers: Vec<Viewer>,
    /// When each season was last watched, by anybody.
    watched: BTreeMap<(usize, i32), Timestamp>,
    files: BTreeMap<i64, (usize, i32, i32)>,
    searches: BTreeSet<i64>,
    /// What each viewer has come to already.
    wanted: BTreeSet<(usize, usize, (i32, i32))>,
    /// Episodes whose files were deleted.
    taken: BTreeSet<(usize, i32, i32)>,
    report: Report,
}

impl Household {
    pub async fn new(count: usize) -> Self {
        let home = Home::new().await;
        home.set(json!({"enabled": true, "pollingIntervalMinutes": 360, "enableProgressiveCleanup": true}))
            .await;
        let mut rng = StdRng::seed_from_u64(2026);
        let now = home.clock.now();
        home.sonarr.set_background_tasks(false);
        home.sonarr.set_download_delay(SignedDuration::from_mins(90));
        let mut shows = Vec::new();
        for index in 0..count {
            let rolls = MonitoringType::ALL[[0, 0, 0, 1, 1, 2][index % 6]];
            let title = format!("Show {index}");
            let tvdb = 10_000 + i64::try_from(index).unwrap();
            let seasons: Vec<i32> = (0..rng.random_range(1..7)).map(|_| rng.random_range(6..13)).collect();
            let airing = rng.random_bool(0.25);
            let mut plex = ShowSpec::new(&title, 2015).tvdb(tvdb).minutes(MINUTES);
            let mut spec = SeriesSpec::new(&title, tvdb).monitor_new_items(false);
            for (number, episodes) in (1..).zip(&seasons) {
                plex = plex.season(number, *episodes);
                let mut season = SeasonSpec::new(number, *episodes).size(SIZE).monitored(false);
                if airing && usize::try_from(number).unwrap() == seasons.len() && number > 1 {
                    let first = now + SignedDuration::from_hours(24 * rng.random_range(10..300));
                    season = season.weekly_from(first);
                } else {
                    season = match rolls {
                        MonitoringType::PilotRolling if number == 1 => season.only_monitored([1]).files([1]),
                        MonitoringType::FirstSeasonRolling if number == 1 => season.monitored(true).all_files(),
                        MonitoringType::AllSeasonPilotRolling => season.only_monitored([1]).files([1]),
                        _ => season,
                    };
                }
                spec = spec.with(season);
            }
            shows.push(Show {
                plex: home.plex.add_show(plex),
                series: home.sonarr.add_series(spec),
                rolls,
            });
        }
        for rolls in MonitoringType::ALL {
            let draft = EnrollmentDraft {
                instance: "Sonarr".to_owned(),
                series: shows
                    .iter()
                    .filter(|show| show.rolls == rolls)
                    .map(|show| show.series)
                    .collect(),
                monitoring_type: rolls,
                reset: false,
            };
            let batch = home.engine.enroll(&draft, |_| true).await.unwrap();
            assert!(batch.errors.is_empty(), "{:?}", batch.errors);
        }
        let viewers = (0..8).map(|index| {
            let account = if index == 0 { OWNER } else { 100 + index };
            let name = format!("Viewer {index}");
            if index == 0 {
                home.plex.rename_account(OWNER, &name);
            } else {
                home.plex.add_account(account, &name, AccountKind::Shared);
            }
            Viewer {
                account,
                name,
                on: BTreeMap::new(),
                evenings: rng.random_range(0.3..0.9),
                binge: rng.random_range(0.3..0.8),
            }
        });
        let viewers = viewers.collect();
        let mut household = Self {
            home,
            rng,
            shows,
            viewers,
            watched: BTreeMap::new(),
            files: BTreeMap::new(),
            searches: BTreeSet::new(),
            wanted: BTreeSet::new(),
            taken: BTreeSet::new(),
            report: Report::default(),
        };
        household.files = household.all_files();
        household
    }

    fn now(&self) -> Timestamp {
        self.home.clock.now()
    }

    fn all_files(&self) -> BTreeMap<i64, (usize, i32, i32)> {
        let mut files = BTreeMap::new();
        for (index, show) in self.shows.iter().enumerate() {
            for episode in self.home.sonarr.episodes(show.series) {
                if let Some(file) = episode.file {
                    files.insert(file, (index, episode.season, episode.number));
                }
            }
        }
        files
    }

    /// So many days: mornings pass, and in the evenings people watch.
    pub async fn live(&mut self, days: u32) {
        for _ in 0..days {
            for _ in 0..4 {
                self.pass(SignedDuration::from_hours(5)).await;
            }
            for viewer in 0..self.viewers.len() {
                self.evening(viewer).await;
            }
            // What is left of the day, so that every evening begins at about the same time.
            let seconds = self.now().as_second().rem_euclid(86_400);
            let left = (19 * 3600 - seconds).rem_euclid(86_400) - 20 * 3600;
            self.pass(SignedDuration::from_secs(left.max(60))).await;
            self.judge().await;
        }
    }

    async fn pass(&mut self, span: SignedDuration) {
        self.home.later(span);
        self.home.engine.poll().await;
        self.home.engine.tick().await;
    }

    async fn evening(&mut self, viewer: usize) {
        if !self.rng.random_bool(self.viewers[viewer].evenings) {
            return;
        }
        if self.viewers[viewer].on.len() < 2 || self.rng.random_bool(0.04) {
            let show = self.rng.random_range(0..self.shows.len());
            self.viewers[viewer].on.entry(show).or_insert((1, 0));
        }
        let on: Vec<usize> = self.viewers[viewer].on.keys().copied().collect();
        let Some(mut show) = on.choose(&mut self.rng).copied() else {
            return;
        };
        for _ in 0..6 {
            if !self.watch(viewer, show).await {
                // Something else then, if there is anything.
                let others: Vec<usize> = self.viewers[viewer].on.keys().copied().collect();
                let others: Vec<usize> = others.into_iter().filter(|other| *other != show).collect();
                match others.choose(&mut self.rng) {
                    Some(other) => show = *other,
                    None => break,
                }
                continue;
            }
            if self.rng.random_bool(0.015) {
                // Enough of it.
                self.viewers[viewer].on.remove(&show);
                break;
            }
            if !self.rng.random_bool(self.viewers[viewer].binge) {
                break;
            }
        }
    }

    /// Watches the next episode of a show, if it is there.
    async fn watch(&mut self, viewer: usize, show: usize) -> bool {
        let last = self.viewers[viewer].on[&show];
        let episodes = self.home.sonarr.episodes(self.shows[show].series);
        let now = self.now();
        let next = episodes
            .iter()
            .find(|episode| episode.season > 0 && (episode.season, episode.number) > last);
        let Some(next) = next else {
            // Watched to the end.
            self.viewers[viewer].on.remove(&show);
            return false;
        };
        if next.airs.is_none_or(|airs| airs + SignedDuration::from_hours(12) > now) {
            return false;
        }
        let at = (next.season, next.number);
        let is_there = next.file.is_some();
        // Only the first time that somebody comes to an episode tells whether it was in time.
        if self.wanted.insert((viewer, show, at)) {
            let is_next_season =
                at.1 == 1 && at.0 > 1 && self.shows[show].rolls != MonitoringType::AllSeasonPilotRolling;
            if !is_there && self.taken.contains(&(show, at.0, at.1)) {
                self.report.gone += 1;
            } else if is_next_season {
                self.report.in_time += u64::from(is_there);
                self.report.late += u64::from(!is_there);
            } else if at.1 == 2 && self.shows[show].rolls != MonitoringType::FirstSeasonRolling {
                self.report.after_pilot.0 += u64::from(is_there);
                self.report.after_pilot.1 += u64::from(!is_there);
            }
        }
        if !is_there {
            if self.taken.contains(&(show, at.0, at.1)) {
                // They begin something else.
                self.viewers[viewer].on.remove(&show);
            }
            return false;
        }
        self.viewers[viewer].on.insert(show, at);
        self.report.plays += 1;
        let item = self.home.plex.episode_key(self.shows[show].plex, at.0, at.1).unwrap();
        let (account, name) = (self.viewers[viewer].account, self.viewers[viewer].name.clone());
        let device = Device::television(&format!("tv-{account}"), &name);
        let handle = self.home.plex.play_from(account, &device, item, 60_000);
        self.watched.insert((show, at.0), self.now());
        self.home.engine.poll().await;
        self.home.engine.tick().await;
        self.home.later(SignedDuration::from_mins(2));
        self.home
            .plex
            .report(handle, PlayState::Playing, MINUTES * 60_000 * 95 / 100);
        self.home.plex.stop(handle);
        self.home.later(SignedDuration::from_mins(MINUTES / 2));
        true
    }

    /// Looks at what was done in a day.
    async fn judge(&mut self) {
        let sonarr = self.home.sonarr.clone();
        let logs = [sonarr.log(), self.home.plex.log()];
        for (log, asked) in logs.iter().zip(&mut self.report.requests) {
            *asked += log.requests().len() as u64;
            log.clear();
        }
        for command in sonarr.searches() {
            if self.searches.insert(command.id) {
                match command.name.as_str() {
                    "SeasonSearch" => self.report.season_searches += 1,
                    _ => self.report.episode_searches += 1,
                }
            }
        }
        let after = self.all_files();
        let gone: Vec<_> = self
            .files
            .iter()
            .filter(|(id, _)| !after.contains_key(id))
            .map(|(id, at)| (*id, *at))
            .collect();
        self.report.most_bytes = self.report.most_bytes.max(i64::try_from(after.len()).unwrap() * SIZE);
        self.files = after;
        if gone.is_empty() {
            return;
        }
        let journal = self.home.engine.journal(300, None).await.unwrap();
        let mut told = BTreeSet::new();
        for (id, (show, season, episode)) in gone {
            self.taken.insert((show, season, episode));
            self.report.deleted_files += 1;
            self.report.deleted_bytes += SIZE;
            let entry = journal
                .iter()
                .find(|entry| entry.decision.doomed_files().any(|file| file.id.0 == id));
            let Some(entry) = entry else {
                self.report
                    .wrong
                    .push(format!("show {show} S{season:02}E{episode:02} went without a word"));
                continue;
            };
            let (reason, at) = (entry.decision.reason, entry.at);
            if told.insert(entry.id) {
                match reason {
                    Reason::InactiveReset => self.report.resets += 1,
                    _ => self.report.cleanups += 1,
                }
            }
            let lately = |season: i32| {
                self.watched
                    .get(&(show, season))
                    .is_some_and(|last| *last <= at && *last + WINDOW > at)
            };
            let needed = match reason {
                Reason::InactiveReset => (1..10).any(lately),
                _ => lately(season),
            };
            let in_baseline = match self.shows[show].rolls {
                MonitoringType::PilotRolling => (season, episode) == (1, 1),
                MonitoringType::FirstSeasonRolling => season == 1,
                MonitoringType::AllSeasonPilotRolling => episode == 1,
            };
            if needed || in_baseline {
                self.report.wrong.push(format!(
                    "show {show} S{season:02}E{episode:02} by {} on {at}",
                    reason.code()
                ));
            }
        }
    }

    /// What the year came to.
    pub async fn report(mut self) -> Report {
        for _ in 0..8 {
            self.pass(SignedDuration::from_hours(5)).await;
        }
        self.judge().await;
        let now = self.now();
        let journal = self.home.engine.journal(2000, None).await.unwrap();
        let is_owed = |outcome| matches!(outcome, store::Outcome::Owed | store::Outcome::Planned);
        self.report.unfinished = journal.iter().filter(|entry| is_owed(entry.outcome)).count() as u64;
        self.report.measured = self.home.engine.readiness(400).await.unwrap();
        self.report.bytes_at_end = i64::try_from(self.files.len()).unwrap() * SIZE;
        let aired = self
            .shows
            .iter()
            .flat_map(|show| self.home.sonarr.episodes(show.series));
        let aired = aired
            .filter(|episode| episode.airs.is_some_and(|airs| airs <= now))
            .count();
        self.report.everything = i64::try_from(aired).unwrap() * SIZE;
        self.report
    }
}
