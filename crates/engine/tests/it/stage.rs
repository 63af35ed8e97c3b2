//! What the stories share: people, shows in Plex and Sonarr, and short words for what came of it.

use crate::home::Home;
use domain::plan::Decision;
use engine::CheckReport;
use jiff::SignedDuration;
use simulators::plex::{AccountKind, Device, OWNER, PlayState, SessionHandle, ShowSpec};
use simulators::sonarr::{EpisodeView, ReleasePolicy, SeasonSpec, SeriesSpec, SonarrSim};
use std::collections::BTreeMap;
use std::time::Duration;

/// Two people besides the owner.
pub const ALICE: i64 = 501;
pub const BOB: i64 = 502;

/// The TVDB id of the show of most stories.
pub const HARBOUR: i64 = 5678;

/// Far enough into an episode to count.
pub const TEN_MINUTES: i64 = 600_000;

pub fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

pub fn days(count: i64) -> SignedDuration {
    hours(24 * count)
}

/// "Harbour Lights" as Sonarr has it: a first season on disk, a second one that nobody wanted so far.
pub fn harbour_lights() -> SeriesSpec {
    SeriesSpec::new("Harbour Lights", HARBOUR)
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 8).monitored(false))
}

impl Home {
    /// Alice and Bob may watch, and nothing is found by any search.
    pub async fn staged() -> Self {
        Self::new().await.with_people()
    }

    /// The same with several Sonarr instances.
    pub async fn staged_with_instances(count: usize) -> Self {
        Self::with_instances(count).await.with_people()
    }

    fn with_people(self) -> Self {
        self.plex.add_account(ALICE, "Alice", AccountKind::Shared);
        self.plex.add_account(BOB, "Bob", AccountKind::Shared);
        for sonarr in &self.sonarrs {
            sonarr.set_release_policy(ReleasePolicy::NOTHING);
        }
        self
    }

    /// Puts "Harbour Lights" into Plex, with one and a bit seasons.
    pub fn harbour_in_plex(&self) -> i64 {
        self.plex.add_show(
            ShowSpec::new("Harbour Lights", 2015)
                .tvdb(HARBOUR)
                .season(1, 10)
                .season(2, 8)
                .season(3, 8),
        )
    }

    /// The usual scene: [`harbour_lights`] in Plex and the first Sonarr. Returns the keys of both.
    pub fn harbour(&self) -> (i64, i64) {
        (self.harbour_in_plex(), self.sonarr().add_series(harbour_lights()))
    }

    /// Somebody is ten minutes into an episode.
    pub fn plays(&self, who: i64, show: i64, season: i32, episode: i32) -> SessionHandle {
        self.plays_from(who, show, season, episode, TEN_MINUTES)
    }

    /// Somebody is somewhere in an episode, on a device of their own.
    pub fn plays_from(&self, who: i64, show: i64, season: i32, episode: i32, offset_ms: i64) -> SessionHandle {
        let key = self.plex.episode_key(show, season, episode).unwrap();
        self.plex.play_from(who, &device_of(who), key, offset_ms)
    }

    /// The owner watches the eighth of ten episodes, which wants the next season.
    pub fn owner_nears_the_end(&self, show: i64) -> SessionHandle {
        self.plays(OWNER, show, 1, 8)
    }

    /// Lets time pass while a player goes on reporting, however long that is.
    pub fn goes_on(&self, player: SessionHandle, by: SignedDuration) {
        self.later(by);
        self.plex.report_again(player);
    }

    /// The same with a paused player.
    pub fn stays_paused(&self, player: SessionHandle, by: SignedDuration) {
        self.later(by);
        self.plex.report(player, PlayState::Paused, self.plex.offset_ms(player));
    }

    /// What the first Sonarr was told to search.
    pub fn searched(&self) -> Vec<String> {
        searched(self.sonarr())
    }

    /// Requests to all Sonarr instances since they were last forgotten.
    pub fn asked_of_sonarr(&self) -> usize {
        self.sonarrs.iter().map(|sonarr| sonarr.log().requests().len()).sum()
    }

    /// Lets the engine tick in steps of `step` over a span.
    pub async fn ticks_over(&self, span: SignedDuration, step: SignedDuration) {
        let mut passed = SignedDuration::ZERO;
        while passed < span {
            self.later(step);
            passed += step;
            self.engine.tick().await;
        }
    }

    /// The journal's reason codes with outcomes, oldest first, without what the settings and connections left.
    pub async fn journal_codes(&self) -> Vec<String> {
        let mut entries = self.engine.journal(500, None).await.unwrap();
        entries.reverse();
        entries
            .iter()
            .filter(|entry| entry.decision.reason.code() != "changed")
            .map(|entry| format!("{} {}", entry.outcome.name(), entry.decision.reason.code()))
            .collect()
    }
}

/// The player of a person.
pub fn device_of(who: i64) -> Device {
    Device::television(&format!("tv-{who}"), "Living Room")
}

/// The searches that a Sonarr was told to do: "Title S02" for a season, "Title S02E01 S02E02" for episodes.
pub fn searched(sonarr: &SonarrSim) -> Vec<String> {
    let mut names: BTreeMap<i64, (String, EpisodeView)> = BTreeMap::new();
    for series in sonarr.all_series() {
        for episode in sonarr.episodes(series.id) {
            names.insert(episode.id, (series.title.clone(), episode));
        }
    }
    let mut sent = Vec::new();
    for command in sonarr.searches() {
        if let Some(season) = command.season {
            let title = command
                .series
                .and_then(|id| sonarr.series(id))
                .map(|series| series.title);
            sent.push(format!("{} S{season:02}", title.unwrap_or_default()));
            continue;
        }
        let mut text = String::new();
        let mut episodes: Vec<&(String, EpisodeView)> = command.episodes.iter().map(|id| &names[id]).collect();
        episodes.sort_by_key(|(title, episode)| (title.clone(), episode.season, episode.number));
        for (title, episode) in episodes {
            if text.is_empty() {
                text.clone_from(title);
            }
            text.push_str(&format!(" S{:02}E{:02}", episode.season, episode.number));
        }
        sent.push(text);
    }
    sent
}

/// The reason codes of a report's decisions.
pub fn codes(report: &CheckReport) -> Vec<&'static str> {
    report.decisions.iter().map(|decision| decision.reason.code()).collect()
}

/// The decision with a reason.
pub fn with_reason<'a>(report: &'a CheckReport, code: &str) -> &'a Decision {
    report
        .decisions
        .iter()
        .find(|decision| decision.reason.code() == code)
        .unwrap_or_else(|| panic!("no {code} in {:?}", codes(report)))
}

/// Numbers of a season's monitored episodes.
pub fn monitored(sonarr: &SonarrSim, series: i64, season: i32) -> Vec<i32> {
    sonarr
        .episodes(series)
        .into_iter()
        .filter(|episode| episode.season == season && episode.monitored)
        .map(|episode| episode.number)
        .collect()
}

/// Waits in real time until something is so, for what a started engine does by itself.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    // Nothing waits so long when all is well; a slow machine may.
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to this: {what}");
}
