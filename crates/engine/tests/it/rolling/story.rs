//! The words the stories are told in: shows, viewers, evenings and days, and what Sonarr has afterwards.

use crate::home::Home;
use domain::ids::EpisodeRef;
use domain::monitoring::MonitoringType;
use domain::plan::Decision;
use domain::wanting::spell;
use engine::{Batch, CheckReport, Engine, EnrollmentDraft, OutlookRow, RequestError, ShowRow};
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::plex::{AccountKind, Device, OWNER, PlayState, SessionHandle, ShowSpec};
use simulators::sonarr::SeriesSpec;
use std::collections::BTreeMap;

/// Length of every episode.
const LENGTH_MS: i64 = 45 * 60_000;
/// How often the passing of time is looked at. The polls are set to this, so that nothing is missed.
const STEP: SignedDuration = SignedDuration::from_hours(3);

/// A home with people in it. Alice owns the server; Bob and Carol have accounts of their own.
pub struct Story {
    pub home: Home,
    shows: BTreeMap<String, Shown>,
}

#[derive(Clone)]
struct Shown {
    plex: i64,
    /// Id on each instance, by the instance's index.
    series: BTreeMap<usize, i64>,
}

impl Story {
    pub async fn new() -> Self {
        Self::with_instances(1).await
    }

    pub async fn with_instances(count: usize) -> Self {
        let home = Home::with_instances(count).await;
        home.set(json!({"pollingIntervalMinutes": 180})).await;
        home.plex.rename_account(OWNER, "Alice");
        home.plex.add_account(20, "Bob", AccountKind::Shared);
        home.plex.add_account(30, "Carol", AccountKind::Managed);
        Self {
            home,
            shows: BTreeMap::new(),
        }
    }

    /// The same with progressive cleanup switched on.
    pub async fn with_cleanup() -> Self {
        let story = Self::new().await;
        story.set(json!({"enableProgressiveCleanup": true})).await;
        story
    }

    pub async fn set(&self, patch: Value) {
        self.home.set(patch).await;
    }

    /// A show on the first instance; `seasons` is what the media server lists, from season 1 on.
    pub fn show(&mut self, title: &str, seasons: &[i32], describe: impl FnOnce(SeriesSpec) -> SeriesSpec) -> i64 {
        let tvdb = 4000 + i64::try_from(self.shows.len()).unwrap();
        self.show_on_plex(title, ShowSpec::new(title, 2015).tvdb(tvdb), seasons, describe)
    }

    /// The same, with the media server's own word on it.
    pub fn show_on_plex(
        &mut self,
        title: &str,
        spec: ShowSpec,
        seasons: &[i32],
        describe: impl FnOnce(SeriesSpec) -> SeriesSpec,
    ) -> i64 {
        let tvdb = 4000 + i64::try_from(self.shows.len()).unwrap();
        let mut spec = spec.minutes(LENGTH_MS / 60_000);
        for (season, episodes) in (1..).zip(seasons) {
            spec = spec.season(season, *episodes);
        }
        let plex = self.home.plex.add_show(spec);
        let series = self.home.sonarr().add_series(describe(SeriesSpec::new(title, tvdb)));
        let shown = Shown {
            plex,
            series: BTreeMap::from([(0, series)]),
        };
        self.shows.insert(title.to_owned(), shown);
        series
    }

    /// The same show on another instance.
    pub fn also_on(&mut self, instance: usize, title: &str, describe: impl FnOnce(SeriesSpec) -> SeriesSpec) -> i64 {
        let tvdb = self.home.sonarr().series(self.id(title)).unwrap().tvdb;
        let spec = describe(SeriesSpec::new(title, tvdb));
        let series = self.home.sonarrs[instance].add_series(spec);
        self.shows.get_mut(title).unwrap().series.insert(instance, series);
        series
    }

    /// Sonarr's id on the first instance.
    pub fn id(&self, title: &str) -> i64 {
        self.shows[title].series[&0]
    }

    /// The media server's key of the show.
    pub fn plex_key(&self, title: &str) -> i64 {
        self.shows[title].plex
    }

    pub fn draft(&self, titles: &[&str], monitoring_type: &str, reset: bool) -> EnrollmentDraft {
        self.draft_on(0, titles, monitoring_type, reset)
    }

    fn draft_on(&self, instance: usize, titles: &[&str], monitoring_type: &str, reset: bool) -> EnrollmentDraft {
        EnrollmentDraft {
            instance: instance_name(instance),
            series: titles
                .iter()
                .map(|title| self.shows[*title].series[&instance])
                .collect(),
            monitoring_type: MonitoringType::from_name(monitoring_type).unwrap(),
            reset,
        }
    }

    /// Enrolls and leaves Sonarr as it is.
    pub async fn enroll(&self, title: &str, monitoring_type: &str) -> Batch {
        self.enroll_on(0, title, monitoring_type).await
    }

    pub async fn enroll_on(&self, instance: usize, title: &str, monitoring_type: &str) -> Batch {
        let draft = self.draft_on(instance, &[title], monitoring_type, false);
        self.home.engine.enroll(&draft, |_| true).await.unwrap()
    }

    /// Enrolls and brings Sonarr to the baseline; gives what was approved.
    pub async fn enroll_to_baseline(&self, title: &str, monitoring_type: &str) -> (Batch, Vec<Decision>) {
        let draft = self.draft(&[title], monitoring_type, true);
        let mut approved = Vec::new();
        let approve = |decisions: &[Decision]| {
            approved = decisions.to_vec();
            true
        };
        let batch = self.home.engine.enroll(&draft, approve).await.unwrap();
        (batch, approved)
    }

    /// The master record of a show on the first instance.
    pub async fn master(&self, title: &str) -> ShowRow {
        let rows = self.home.engine.shows(false).await.unwrap();
        rows.into_iter()
            .find(|row| row.title == title && row.viewer.is_none() && row.instance == "Sonarr")
            .unwrap()
    }

    /// The tracking entries of a show on the first instance as "Alice at S01E08".
    pub async fn viewers(&self, title: &str) -> Vec<String> {
        let rows = self.home.engine.shows(false).await.unwrap();
        let mine = rows
            .into_iter()
            .filter(|row| row.title == title && row.instance == "Sonarr");
        mine.filter_map(|row| {
            let at = EpisodeRef {
                season: row.last_watched_season,
                episode: row.last_watched_episode,
            };
            Some(format!("{} at {at}", row.viewer?))
        })
        .collect()
    }

    /// What will become of the show and its seasons, in words; the show first.
    pub async fn outlook(&self, title: &str) -> Vec<String> {
        let id = self.master(title).await.id;
        let outlook = self.home.engine.outlook(Some(id)).await.unwrap();
        let mut rows = outlook.rows;
        rows.sort_by_key(|row| row.season);
        rows.into_iter().map(|row| row.sentence).collect()
    }

    /// What will become of all shows: "date title: sentence".
    pub async fn list(&self) -> Vec<String> {
        let outlook = self.home.engine.outlook(None).await.unwrap();
        let line = |row: &OutlookRow| {
            let at = row
                .at
                .map_or_else(|| "–".to_owned(), |at| at.strftime("%m-%d").to_string());
            format!("{at} {}: {}", row.title, row.sentence)
        };
        outlook.rows.iter().map(line).collect()
    }

    /// Resets a show as the user does from the window.
    pub async fn reset(&self, title: &str) -> Result<engine::ResetReport, RequestError> {
        let id = self.master(title).await.id;
        self.home.engine.reset(id, |_| true).await
    }

    pub async fn remove(&self, title: &str) -> String {
        let id = self.master(title).await.id;
        self.home.engine.remove(id).await.unwrap()
    }

    /// Somebody begins to watch, and is ten minutes in.
    pub fn starts(&self, viewer: &str, title: &str, season: i32, episode: i32) -> SessionHandle {
        let account = account(viewer);
        let item = self
            .home
            .plex
            .episode_key(self.shows[title].plex, season, episode)
            .unwrap();
        let device = Device::television(&format!("tv-{account}"), &format!("{viewer}'s television"));
        self.home.plex.play_from(account, &device, item, 600_000)
    }

    /// An evening's play from its start to its end, an hour in all; the session monitor looks at it twice. Gives the
    /// decisions of the first look.
    pub async fn watches(&self, viewer: &str, title: &str, season: i32, episode: i32) -> CheckReport {
        let handle = self.starts(viewer, title, season, episode);
        let report = self.home.engine.poll().await;
        self.home.later(SignedDuration::from_mins(2));
        self.home.plex.report(handle, PlayState::Playing, LENGTH_MS * 95 / 100);
        self.home.engine.poll().await;
        self.home.plex.stop(handle);
        self.home.later(SignedDuration::from_mins(58));
        self.look().await;
        report
    }

    /// Several episodes one after the other.
    pub async fn binges(&self, viewer: &str, title: &str, season: i32, episodes: std::ops::RangeInclusive<i32>) {
        for episode in episodes {
            self.watches(viewer, title, season, episode).await;
        }
    }

    /// One look of the session monitor, and one of the scheduler.
    pub async fn look(&self) {
        self.home.engine.poll().await;
        self.home.engine.tick().await;
    }

    pub async fn hours(&self, hours: i64) {
        let mut left = SignedDuration::from_hours(hours);
        while left > SignedDuration::ZERO {
            let step = left.min(STEP);
            self.home.later(step);
            self.look().await;
            left -= step;
        }
    }

    pub async fn days(&self, days: i64) {
        self.hours(24 * days).await;
    }

    /// Days with nobody looking: the machine is asleep.
    pub fn sleeps(&self, days: i64) {
        self.home.later(SignedDuration::from_hours(24 * days));
    }

    /// Which episodes have files, as "S01E01–E10, S02E01".
    pub fn files(&self, title: &str) -> String {
        self.files_on(0, title)
    }

    pub fn files_on(&self, instance: usize, title: &str) -> String {
        self.positions(instance, title, |episode| episode.file.is_some())
    }

    /// Which episodes are monitored.
    pub fn monitored(&self, title: &str) -> String {
        self.monitored_on(0, title)
    }

    pub fn monitored_on(&self, instance: usize, title: &str) -> String {
        self.positions(instance, title, |episode| episode.monitored)
    }

    fn positions(
        &self,
        instance: usize,
        title: &str,
        fits: impl Fn(&simulators::sonarr::EpisodeView) -> bool,
    ) -> String {
        let episodes = self.home.sonarrs[instance].episodes(self.shows[title].series[&instance]);
        let positions: Vec<EpisodeRef> = episodes.iter().filter(|episode| fits(episode)).map(position).collect();
        spell(&positions)
    }

    /// Every search that was sent since the logs were emptied, as "Show A season 2" or "Show A S01E02–E10".
    pub fn searches(&self) -> Vec<String> {
        self.searches_on(0)
    }

    pub fn searches_on(&self, instance: usize) -> Vec<String> {
        let sonarr = &self.home.sonarrs[instance];
        let writes = sonarr.log().writes();
        let commands = writes.iter().filter(|request| request.path().ends_with("/command"));
        let accepted = commands.filter(|request| request.status.is_some_and(|status| status < 300));
        accepted
            .filter_map(|request| {
                let body: Value = serde_json::from_str(&request.body).unwrap();
                match body["name"].as_str().unwrap() {
                    "SeasonSearch" => {
                        let title = self.title_of(instance, body["seriesId"].as_i64().unwrap());
                        Some(format!("{title} season {}", body["seasonNumber"]))
                    }
                    "EpisodeSearch" => {
                        let ids: Vec<i64> = serde_json::from_value(body["episodeIds"].clone()).unwrap();
                        Some(self.spelled(instance, &ids))
                    }
                    _ => None,
                }
            })
            .collect()
    }

    fn title_of(&self, instance: usize, series: i64) -> String {
        let known = self
            .shows
            .iter()
            .find(|(_, shown)| shown.series.get(&instance) == Some(&series));
        known.unwrap().0.clone()
    }

    fn spelled(&self, instance: usize, ids: &[i64]) -> String {
        for (title, shown) in &self.shows {
            let Some(series) = shown.series.get(&instance) else {
                continue;
            };
            let episodes = self.home.sonarrs[instance].episodes(*series);
            let mine: Vec<EpisodeRef> = episodes
                .iter()
                .filter(|episode| ids.contains(&episode.id))
                .map(position)
                .collect();
            if !mine.is_empty() {
                return format!("{title} {}", spell(&mine));
            }
        }
        panic!("searched for unknown episodes {ids:?}");
    }

    /// How often a file was deleted at Sonarr, whatever came of it.
    pub fn deletions(&self) -> usize {
        let requests = self.home.sonarr().log().writes();
        requests
            .iter()
            .filter(|request| request.method == http::Method::DELETE)
            .count()
    }

    /// The rows of the journal with a reason and outcome, as "Show A: sentence", oldest first.
    pub async fn journal(&self, outcome: &str, reason: &str) -> Vec<String> {
        let start = format!("{outcome} {reason}: ");
        let rows = self.home.journal().await;
        rows.iter()
            .filter_map(|row| row.strip_prefix(&start))
            .map(|row| row.replace(" – ", ": "))
            .collect()
    }

    /// Asserts that the journal has such a row with these words.
    pub async fn told(&self, outcome: &str, reason: &str, words: &str) {
        let rows = self.journal(outcome, reason).await;
        assert!(
            rows.iter().any(|row| row.contains(words)),
            "no \"{outcome} {reason}\" with \"{words}\" in {:#?}",
            self.home.journal().await
        );
    }

    /// What another engine says that works on a copy of the data folder.
    pub async fn rehearsing<T>(self, what: impl AsyncFnOnce(&Engine) -> T) -> (Self, T) {
        let (home, outcome) = self.home.rehearsing(what).await;
        let shows = self.shows;
        (Self { home, shows }, outcome)
    }

    pub async fn restart(self) -> Self {
        Self {
            home: self.home.restart().await,
            shows: self.shows,
        }
    }
}

pub fn account(viewer: &str) -> i64 {
    match viewer {
        "Alice" => OWNER,
        "Bob" => 20,
        "Carol" => 30,
        _ => panic!("nobody is called {viewer}"),
    }
}

fn instance_name(index: usize) -> String {
    if index == 0 {
        "Sonarr".to_owned()
    } else {
        format!("Sonarr {}", index + 1)
    }
}

fn position(episode: &simulators::sonarr::EpisodeView) -> EpisodeRef {
    EpisodeRef {
        season: episode.season,
        episode: episode.number,
    }
}
