//! Shows, viewers and a Sonarr that takes plans, for the other tests.

use cliffhangarr_domain::cleanup::{CleanupFacts, SeasonOutlook, Verdict, plan_cleanup};
use cliffhangarr_domain::enrollment::master_record;
use cliffhangarr_domain::ids::{
    EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, RollingShowId, SeriesId, SeriesKey, ServerId, ViewerKey,
};
use cliffhangarr_domain::monitoring::{MonitoringType, RollingShow, TrackingEntry};
use cliffhangarr_domain::observed::{Gap, ObservedTime};
use cliffhangarr_domain::outlook::{Fate, Passes, UsersWord, foresee};
use cliffhangarr_domain::plan::{Action, Bookkeeping, Decision, Subject};
use cliffhangarr_domain::protection::{PlayingNow, Protection};
use cliffhangarr_domain::reset::{ResetFacts, inactivity, plan_reset};
use cliffhangarr_domain::series::{Episode, EpisodeFile, NewItems, Series, SeriesSnapshot};
use cliffhangarr_domain::settings::Settings;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

static UTC: TimeZone = TimeZone::UTC;

pub const GIGABYTE: i64 = 1_000_000_000;

/// Eight in the evening of a day of November 2026; the 31st is the first of December, and so on.
pub fn evening(day: i64) -> Timestamp {
    let first: Timestamp = "2026-11-01T20:00:00Z".parse().unwrap();
    first + jiff::SignedDuration::from_hours(24 * (day - 1))
}

/// Reads "S02E10".
pub fn at(position: &str) -> EpisodeRef {
    let (season, episode) = position.trim_start_matches('S').split_once('E').unwrap();
    EpisodeRef {
        season: season.parse().unwrap(),
        episode: episode.parse().unwrap(),
    }
}

pub fn episode_id(at: EpisodeRef) -> EpisodeId {
    EpisodeId(i64::from(at.season) * 1000 + i64::from(at.episode))
}

pub fn series() -> Series {
    Series {
        key: SeriesKey {
            instance: InstanceId(1),
            series: SeriesId(7),
        },
        title: "Show".to_owned(),
        alternate_titles: Vec::new(),
        year: Some(2015),
        tvdb: None,
        imdb: None,
        monitored: true,
        new_items: Some(NewItems::None),
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
    }
}

/// A show and its household at one moment. Everything is monitored and there; one gigabyte an episode.
#[derive(Debug, Clone)]
pub struct Household {
    pub show: RollingShow,
    pub snapshot: SeriesSnapshot,
    pub entries: Vec<TrackingEntry>,
    pub filtered_out: BTreeSet<String>,
    pub playing: Vec<PlayingNow>,
    pub protection: Protection,
    pub settings: Settings,
    pub observed: ObservedTime,
    pub past_known: bool,
    pub now: Timestamp,
}

impl Household {
    /// With so many episodes in the given seasons, looked at on the evening of the given day.
    pub fn new(monitoring_type: MonitoringType, seasons: &[(i32, i32)], day: i64) -> Self {
        let mut series = series();
        let mut episodes = Vec::new();
        for (season, count) in seasons {
            series.seasons.insert(*season, true);
            for episode in 1..=*count {
                let at = EpisodeRef {
                    season: *season,
                    episode,
                };
                let id = episode_id(at);
                episodes.push(Episode {
                    id,
                    at,
                    title: None,
                    airs: Some(evening(-1000)),
                    runtime_minutes: Some(45),
                    monitored: true,
                    file: Some(EpisodeFileId(id.0 + 100_000)),
                    last_searched: None,
                });
            }
        }
        let mut show = master_record(&series, monitoring_type, evening(-300));
        show.id = RollingShowId(3);
        let mut snapshot = SeriesSnapshot::new(series, episodes);
        snapshot.files = Some(files(&snapshot));
        let settings = Settings {
            enable_progressive_cleanup: true,
            ..Settings::default()
        };
        Self {
            show,
            snapshot,
            entries: Vec::new(),
            filtered_out: BTreeSet::new(),
            playing: Vec::new(),
            protection: Protection::Unprotected,
            settings,
            observed: ObservedTime::new(evening(-300), Vec::new()),
            past_known: true,
            now: evening(day),
        }
    }

    pub fn on(mut self, day: i64) -> Self {
        self.now = evening(day);
        self
    }

    /// Somebody watched an episode on the evening of a day.
    pub fn watched(mut self, name: &str, position: &str, day: i64) -> Self {
        let allowed = !self.filtered_out.contains(name);
        self.record(name, at(position), evening(day), allowed);
        self
    }

    pub fn record(&mut self, name: &str, position: EpisodeRef, watched_at: Timestamp, allowed: bool) {
        let viewer = ViewerKey {
            server: ServerId(1),
            account: name.to_lowercase(),
        };
        if !self.entries.iter().any(|entry| entry.viewer == viewer) {
            let entry = TrackingEntry::new(&self.show, viewer.clone(), Some(name.to_owned()), watched_at);
            self.entries.push(entry);
        }
        let entry = self.entries.iter_mut().find(|entry| entry.viewer == viewer).unwrap();
        entry.record(position, watched_at, allowed);
        self.show.last_watched_at = self.show.last_watched_at.max(Some(watched_at));
    }

    pub fn filtered_out(mut self, name: &str) -> Self {
        self.filtered_out.insert(name.to_owned());
        self
    }

    pub fn playing(mut self, name: &str, position: &str) -> Self {
        let at = at(position);
        self.playing.push(PlayingNow {
            season: Some(at.season),
            episodes: vec![at.episode],
            viewer: Some(name.to_owned()),
        });
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn episode(&mut self, position: &str) -> &mut Episode {
        let at = at(position);
        self.snapshot
            .episodes
            .iter_mut()
            .find(|episode| episode.at == at)
            .unwrap()
    }

    /// Puts several episodes into the file of the first.
    pub fn one_file(mut self, positions: &[&str]) -> Self {
        let file = self.episode(positions[0]).file;
        for position in positions {
            self.episode(position).file = file;
        }
        self.snapshot.files = Some(files(&self.snapshot));
        self
    }

    fn is_allowed(&self, entry: &TrackingEntry) -> bool {
        !self
            .filtered_out
            .contains(entry.viewer_name.as_deref().unwrap_or_default())
    }

    /// What is known of the past; where it is not known, it never will be.
    fn known(&self) -> ObservedTime {
        if self.past_known {
            return self.observed.clone();
        }
        let gap = Gap {
            from: self.now - jiff::SignedDuration::from_secs(1),
            until: None,
            server: "Plex".to_owned(),
        };
        ObservedTime::new(evening(-300), vec![gap])
    }

    pub fn cleanup(&self) -> Vec<SeasonOutlook> {
        let allowed = |entry: &TrackingEntry| self.is_allowed(entry);
        plan_cleanup(&CleanupFacts {
            subject: &Subject::default(),
            show: &self.show,
            entries: &self.entries,
            snapshot: &self.snapshot,
            settings: &self.settings,
            allowed: &allowed,
            playing: &self.playing,
            protection: &self.protection,
            observed: &self.known(),
            now: self.now,
            zone: &UTC,
        })
    }

    /// What will become of the show and its seasons, if the user has said nothing about them.
    pub fn outlook(&self, passes: Passes) -> Vec<Fate> {
        self.outlook_after(&UsersWord::default(), passes)
    }

    /// What will become of the show and its seasons, after what the user said about them.
    pub fn outlook_after(&self, word: &UsersWord, passes: Passes) -> Vec<Fate> {
        let allowed = |entry: &TrackingEntry| self.is_allowed(entry);
        let (subject, observed) = (Subject::default(), self.known());
        let facts = ResetFacts {
            observed: &observed,
            ..self.reset_facts(&subject)
        };
        foresee(&facts, &allowed, word, passes)
    }

    /// The verdicts in short: "1 seasonNeeded, 2 free, 3 on 33".
    pub fn verdicts(&self) -> String {
        let short = |outlook: &SeasonOutlook| {
            let verdict = match &outlook.verdict {
                Verdict::Free { .. } => "free".to_owned(),
                Verdict::FreeAt { at, .. } => {
                    format!("on {}", at.duration_since(evening(0)).as_hours() / 24)
                }
                Verdict::Kept { reason, .. } => reason.code().to_owned(),
            };
            format!("{} {verdict}", outlook.season)
        };
        self.cleanup().iter().map(short).collect::<Vec<_>>().join(", ")
    }

    fn reset_facts<'a>(&'a self, subject: &'a Subject) -> ResetFacts<'a> {
        ResetFacts {
            subject,
            show: &self.show,
            entries: &self.entries,
            snapshot: &self.snapshot,
            settings: &self.settings,
            playing: &self.playing,
            protection: &self.protection,
            observed: &self.observed,
            now: self.now,
            zone: &UTC,
        }
    }

    pub fn inactivity(&self) -> Decision {
        inactivity(&self.reset_facts(&Subject::default()))
    }

    /// The same where nothing of the past is known if it is not known of a cleanup.
    pub fn inactivity_as_known(&self) -> Decision {
        let (subject, observed) = (Subject::default(), self.known());
        inactivity(&ResetFacts {
            observed: &observed,
            ..self.reset_facts(&subject)
        })
    }

    pub fn manual_reset(&self) -> Decision {
        plan_reset(&self.reset_facts(&Subject::default()))
    }

    /// Carries a decision out as Sonarr and the store would.
    pub fn apply(&mut self, decision: &Decision) {
        for action in &decision.actions {
            self.apply_action(action);
        }
        for note in &decision.afterwards {
            if let Bookkeeping::Reset { show, coming } = note {
                assert_eq!(*show, self.show.id);
                self.entries.clear();
                let baseline = self.show.monitoring_type.baseline_season();
                self.show.current_monitored_season = coming.unwrap_or(baseline).max(baseline);
                self.show.last_watched_at = None;
                self.show.expanded_at = coming.map(|_| self.now);
                self.show.reset_at = Some(self.now);
            }
        }
    }

    fn apply_action(&mut self, action: &Action) {
        match action {
            Action::SetMonitoring(change) => {
                let named: BTreeSet<EpisodeId> =
                    change.episodes_on.iter().chain(&change.episodes_off).copied().collect();
                assert_eq!(
                    named.len(),
                    change.episodes_on.len() + change.episodes_off.len(),
                    "each episode once"
                );
                for (season, flag) in &change.seasons {
                    self.snapshot.series.seasons.insert(*season, *flag);
                    for episode in self
                        .snapshot
                        .episodes
                        .iter_mut()
                        .filter(|episode| episode.at.season == *season)
                    {
                        assert!(
                            named.contains(&episode.id),
                            "{} is not named although its season flips",
                            episode.at
                        );
                        episode.monitored = *flag;
                    }
                }
                for episode in &mut self.snapshot.episodes {
                    if named.contains(&episode.id) {
                        episode.monitored = change.episodes_on.contains(&episode.id);
                    }
                }
                self.snapshot.series.new_items = change.new_items.or(self.snapshot.series.new_items);
                self.snapshot.series.monitored = change.series.unwrap_or(self.snapshot.series.monitored);
            }
            Action::DeleteFiles { files } => {
                for file in files {
                    assert!(
                        self.snapshot.files.as_mut().unwrap().remove(&file.id).is_some(),
                        "deleted twice"
                    );
                    for episode in self
                        .snapshot
                        .episodes
                        .iter_mut()
                        .filter(|episode| episode.file == Some(file.id))
                    {
                        assert!(!episode.monitored, "{} would be fetched again", episode.at);
                        episode.file = None;
                    }
                }
            }
            Action::SearchSeason { .. } | Action::SearchEpisodes { .. } => panic!("a rule that takes never searches"),
        }
    }

    /// Positions with a file, as "S01E01 S01E02".
    pub fn there(&self) -> String {
        spell(self.snapshot.episodes.iter().filter(|episode| episode.file.is_some()))
    }

    pub fn monitored(&self) -> String {
        spell(self.snapshot.episodes.iter().filter(|episode| episode.monitored))
    }
}

fn spell<'a>(episodes: impl Iterator<Item = &'a Episode>) -> String {
    episodes
        .map(|episode| episode.at.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

pub fn files(snapshot: &SeriesSnapshot) -> BTreeMap<EpisodeFileId, EpisodeFile> {
    let ids = snapshot.episodes.iter().filter_map(|episode| episode.file);
    ids.map(|id| {
        (
            id,
            EpisodeFile {
                id,
                size: GIGABYTE,
                relative_path: None,
                path: None,
            },
        )
    })
    .collect()
}
