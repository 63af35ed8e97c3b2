//! Shows drawn as text, Sonarr's way of applying a plan, and plans written as text.

use cliffhangarr_domain as domain;
use domain::ids::{
    EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, RollingShowId, SeriesId, SeriesKey, ServerId, ViewerKey,
};
use domain::monitoring::{MonitoringType, RollingShow};
use domain::plan::{Action, Bookkeeping, Decision, ReminderAbout, Subject};
use domain::series::{Episode, NewItems, Series, SeriesSnapshot};
use domain::session::Viewer;
use domain::wanting::{Circumstances, spell};
use domain::watching::{RecentSearches, Watched};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

pub const KEY: SeriesKey = SeriesKey {
    instance: InstanceId(1),
    series: SeriesId(42),
};

/// The moment at which all these tests happen.
pub fn now() -> Timestamp {
    "2026-03-01T20:00:00Z".parse().unwrap()
}

pub fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

pub fn at(season: i32, episode: i32) -> EpisodeRef {
    EpisodeRef { season, episode }
}

/// Ids follow from positions, so that tests can name them.
pub fn id(season: i32, episode: i32) -> EpisodeId {
    EpisodeId(i64::from(season) * 1000 + i64::from(episode))
}

fn position(id: EpisodeId) -> EpisodeRef {
    EpisodeRef {
        season: (id.0 / 1000) as i32,
        episode: (id.0 % 1000) as i32,
    }
}

/// A show and what was searched of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Show {
    pub snapshot: SeriesSnapshot,
    pub recent: RecentSearches,
}

impl Show {
    /// A monitored, continuing series without seasons that monitors new ones.
    pub fn new() -> Self {
        let series = Series {
            key: KEY,
            title: "The Expanse".to_owned(),
            alternate_titles: Vec::new(),
            year: Some(2015),
            tvdb: None,
            imdb: None,
            monitored: true,
            new_items: Some(NewItems::All),
            status: "continuing".to_owned(),
            series_type: "standard".to_owned(),
            tags: Vec::new(),
            genres: Vec::new(),
            network: None,
            original_language: None,
            quality_profile: None,
            root_folder: None,
            path: None,
            added: None,
            seasons: BTreeMap::new(),
        };
        let mut snapshot = SeriesSnapshot::new(series, Vec::new());
        snapshot.queued = Some(BTreeSet::new());
        Self {
            snapshot,
            recent: RecentSearches::default(),
        }
    }

    /// Adds a monitored season; every letter is an episode, from E01 on:
    ///
    /// | letter | file | aired | monitored |
    /// | --- | --- | --- | --- |
    /// | `F` `f` | own | yes | yes, no |
    /// | `=` | that of the episode before | yes | yes |
    /// | `m` `.` | missing | yes | yes, no |
    /// | `q` | downloading | yes | yes |
    /// | `u` `-` | missing | in a week times its number | yes, no |
    /// | `?` | missing | nobody knows | no |
    /// | space | Sonarr lists no such number | | |
    pub fn season(mut self, season: i32, letters: &str) -> Self {
        self.snapshot.series.seasons.insert(season, true);
        let mut file = None;
        for (number, letter) in (1..).zip(letters.chars()) {
            let position = at(season, number);
            let id = id(season, number);
            file = match letter {
                'F' | 'f' => Some(EpisodeFileId(id.0)),
                '=' => file,
                _ => None,
            };
            let airs = match letter {
                ' ' => continue,
                '?' => None,
                'u' | '-' => Some(now() + days(7 * i64::from(number))),
                _ => Some(now() - days(400) + days(7 * i64::from(number))),
            };
            if letter == 'q' {
                self.snapshot.queued.get_or_insert_default().insert(id);
            }
            let monitored = matches!(letter, 'F' | '=' | 'm' | 'q' | 'u');
            self.snapshot.episodes.push(Episode {
                id,
                at: position,
                title: None,
                airs,
                runtime_minutes: Some(45),
                monitored,
                file,
                last_searched: None,
            });
        }
        self.snapshot.episodes.sort_by_key(|episode| episode.at);
        self
    }

    /// The same with the season's own flag off.
    pub fn unmonitored_season(self, season: i32, letters: &str) -> Self {
        let mut show = self.season(season, letters);
        show.snapshot.series.seasons.insert(season, false);
        show
    }

    pub fn unmonitored(mut self) -> Self {
        self.snapshot.series.monitored = false;
        self
    }

    pub fn new_items(mut self, new_items: Option<NewItems>) -> Self {
        self.snapshot.series.new_items = new_items;
        self
    }

    pub fn status(mut self, status: &str) -> Self {
        self.snapshot.series.status = status.to_owned();
        self
    }

    pub fn searched_season(mut self, season: i32, ago: SignedDuration) -> Self {
        self.recent.seasons.insert(season, now() - ago);
        self
    }

    pub fn searched(mut self, season: i32, episode: i32, ago: SignedDuration) -> Self {
        self.recent.episodes.insert(id(season, episode), now() - ago);
        self
    }

    /// Changes one episode.
    pub fn with(mut self, season: i32, episode: i32, change: impl FnOnce(&mut Episode)) -> Self {
        change(
            self.snapshot
                .episodes
                .iter_mut()
                .find(|other| other.at == at(season, episode))
                .unwrap(),
        );
        self
    }

    pub fn around(&self) -> Circumstances<'_> {
        self.around_at(now())
    }

    pub fn around_at(&self, now: Timestamp) -> Circumstances<'_> {
        Circumstances {
            snapshot: &self.snapshot,
            recent: &self.recent,
            single_episodes: false,
            viewer: Some("Alice"),
            now,
        }
    }

    /// The show as text, for messages of tests.
    pub fn draw(&self) -> String {
        let series = &self.snapshot.series;
        let mut text = format!(
            "[{}, {}, {:?}] ",
            on_or_off(series.monitored),
            series.status,
            series.new_items
        );
        for (&season, &flag) in &series.seasons {
            text.push_str(&format!("S{season} {}:", on_or_off(flag)));
            for episode in self.snapshot.season_episodes(season) {
                let state = match (
                    episode.file,
                    self.snapshot.is_queued(episode.id),
                    episode.has_aired(now()),
                ) {
                    (Some(file), ..) => format!("file{file}"),
                    (None, true, _) => "queued".to_owned(),
                    (None, false, true) => "missing".to_owned(),
                    (None, false, false) => "unaired".to_owned(),
                };
                text.push_str(&format!(
                    " E{} {state} {}",
                    episode.at.episode,
                    on_or_off(episode.monitored)
                ));
            }
            text.push_str("; ");
        }
        format!("{text}searched {:?} {:?}", self.recent.seasons, self.recent.episodes)
    }

    pub fn is_monitored(&self, season: i32, episode: i32) -> bool {
        self.snapshot.episode(at(season, episode)).unwrap().monitored
    }

    /// Does to the show what Sonarr does when a plan is carried out: a season's flag takes the episodes along, but only
    /// where it changes. Searches are remembered and find nothing.
    pub fn carry_out(&mut self, decisions: &[Decision], now: Timestamp) {
        for action in decisions.iter().flat_map(|decision| &decision.actions) {
            match action {
                Action::SetMonitoring(change) => {
                    let series = &mut self.snapshot.series;
                    series.monitored = change.series.unwrap_or(series.monitored);
                    series.new_items = change.new_items.or(series.new_items);
                    for (&season, &flag) in &change.seasons {
                        if series.seasons.insert(season, flag) == Some(flag) {
                            continue;
                        }
                        for episode in self
                            .snapshot
                            .episodes
                            .iter_mut()
                            .filter(|episode| episode.at.season == season)
                        {
                            episode.monitored = flag;
                        }
                    }
                    for episode in &mut self.snapshot.episodes {
                        if change.episodes_on.contains(&episode.id) {
                            episode.monitored = true;
                        }
                        if change.episodes_off.contains(&episode.id) {
                            episode.monitored = false;
                        }
                    }
                }
                Action::SearchSeason { season, .. } => {
                    self.recent.seasons.insert(*season, now);
                }
                Action::SearchEpisodes { episodes, .. } => {
                    self.recent.episodes.extend(episodes.iter().map(|&id| (id, now)));
                }
                Action::DeleteFiles { .. } => panic!("watching deletes nothing"),
            }
        }
    }
}

pub fn subject() -> Subject {
    Subject {
        show: "The Expanse".to_owned(),
        series: Some(KEY),
        ..Subject::default()
    }
}

pub fn viewer(name: &str) -> Viewer {
    Viewer {
        key: ViewerKey {
            server: ServerId(1),
            account: name.to_lowercase(),
        },
        name: Some(name.to_owned()),
    }
}

/// Alice watches an item of these episodes.
pub fn watched(season: i32, episodes: &[i32]) -> Watched {
    Watched {
        viewer: viewer("Alice"),
        at: at(season, *episodes.iter().max().unwrap()),
        episodes: episodes.iter().map(|&episode| at(season, episode)).collect(),
    }
}

pub fn enrolled(monitoring_type: MonitoringType) -> RollingShow {
    RollingShow {
        id: RollingShowId(7),
        series: KEY,
        title: "The Expanse".to_owned(),
        tvdb: None,
        imdb: None,
        monitoring_type,
        current_monitored_season: monitoring_type.baseline_season(),
        enrolled_at: now() - days(100),
        last_watched_at: None,
        expanded_at: None,
        reset_at: None,
        prior_files_may_go: false,
        keep_show: false,
        keep_seasons: BTreeSet::new(),
    }
}

/// A plan as text: one line per decision, "reason: what is done; what is noted; what is remembered".
pub fn told(decisions: &[Decision]) -> Vec<String> {
    decisions.iter().map(tell).collect()
}

fn tell(decision: &Decision) -> String {
    let mut parts = Vec::new();
    let mut part = |text: String| parts.push(text);
    for action in &decision.actions {
        match action {
            Action::SetMonitoring(change) => {
                if let Some(on) = change.series {
                    part(format!("series {}", on_or_off(on)));
                }
                if let Some(new_items) = change.new_items {
                    part(format!(
                        "new items {}",
                        if new_items == NewItems::All { "all" } else { "none" }
                    ));
                }
                for (season, &on) in &change.seasons {
                    part(format!("season {season} {}", on_or_off(on)));
                }
                for (ids, flag) in [(&change.episodes_on, "on"), (&change.episodes_off, "off")] {
                    if !ids.is_empty() {
                        part(format!("{} {flag}", spell_ids(ids)));
                    }
                }
            }
            Action::SearchSeason { season, episodes } => part(format!("search season {season} ({})", episodes.len())),
            Action::SearchEpisodes { episodes, positions } => {
                assert_eq!(positions, &episodes.iter().map(|&id| position(id)).collect::<Vec<_>>());
                part(format!("search {}", spell(positions)));
            }
            Action::DeleteFiles { .. } => panic!("watching deletes nothing"),
        }
    }
    for note in &decision.afterwards {
        match note {
            Bookkeeping::Expanded { season, viewer, .. } => {
                let viewer = viewer.as_ref().map_or("nobody", |viewer| &viewer.account);
                part(format!("expanded to {season} for {viewer}"));
            }
            Bookkeeping::Reset { .. } => panic!("watching resets nothing"),
        }
    }
    for reminder in &decision.reminders {
        let when = (reminder.due_at.duration_since(now()).as_secs_f64() / 3600.0).round();
        match &reminder.about {
            ReminderAbout::SeasonListed { season } => part(format!("remember season {season} in {when} h")),
            ReminderAbout::EpisodesAired { episodes, .. } => {
                part(format!("remember {} in {when} h", spell_ids(episodes)));
            }
            ReminderAbout::SearchOutcome { episodes, .. } => {
                part(format!("look after {} in {when} h", spell_ids(episodes)));
            }
        }
    }
    let reason = decision.reason.code();
    if parts.is_empty() {
        reason.to_owned()
    } else {
        format!("{reason}: {}", parts.join("; "))
    }
}

fn spell_ids(ids: &[EpisodeId]) -> String {
    let mut positions: Vec<EpisodeRef> = ids.iter().map(|&id| position(id)).collect();
    positions.sort_unstable();
    spell(&positions)
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
