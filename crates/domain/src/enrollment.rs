//! Making a series a rolling show, and changing how it rolls. Neither deletes anything by itself.

use crate::baseline::{Baseline, ChangeToBaseline, change_to_baseline};
use crate::ids::RollingShowId;
use crate::monitoring::{MonitoringType, RollingShow};
use crate::observed::ObservedTime;
use crate::plan::{Action, Decision, Reason, Reminder, Subject};
use crate::protection::{PlayingNow, Protection};
use crate::reset::{ResetFacts, refusal};
use crate::series::{Episode, Series, SeriesSnapshot};
use crate::settings::Settings;
use crate::wanting::{Circumstances, Extent, spell, wish};
use crate::watching::RecentSearches;
use crate::wording;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// What a show has beyond its baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beyond {
    /// Episodes beyond it that are monitored.
    pub monitored: usize,
    /// Files of which every episode is beyond it.
    pub files: usize,
    /// Size of those files in bytes.
    pub bytes: i64,
}

impl Beyond {
    fn of(snapshot: &SeriesSnapshot, baseline: &Baseline, change: &ChangeToBaseline) -> Self {
        let beyond = |at: crate::ids::EpisodeRef| at.season > 0 && !baseline.contains(at);
        Self {
            monitored: snapshot
                .episodes
                .iter()
                .filter(|episode| episode.monitored && beyond(episode.at))
                .count(),
            files: change.files.len(),
            bytes: change.bytes(),
        }
    }
}

/// A new master record, not stored yet.
pub fn master_record(series: &Series, monitoring_type: MonitoringType, now: Timestamp) -> RollingShow {
    RollingShow {
        id: RollingShowId(0),
        series: series.key,
        title: series.title.clone(),
        tvdb: series.tvdb,
        imdb: series.imdb.clone(),
        monitoring_type,
        current_monitored_season: monitoring_type.baseline_season(),
        enrolled_at: now,
        last_watched_at: None,
        expanded_at: None,
        reset_at: None,
        prior_files_may_go: false,
        keep_show: false,
        keep_seasons: BTreeSet::new(),
    }
}

/// What is known when a series is to be enrolled.
#[derive(Debug, Clone, Copy)]
pub struct EnrollmentFacts<'a> {
    /// What the decision is about.
    pub subject: &'a Subject,
    /// The series with its episodes and files.
    pub snapshot: &'a SeriesSnapshot,
    /// How it shall roll.
    pub monitoring_type: MonitoringType,
    /// Whether Sonarr is brought to the baseline as well. That is the explicit consent to delete files from before.
    pub with_baseline: bool,
    /// The settings.
    pub settings: &'a Settings,
    /// Everything of the series that is being played, filtered or not.
    pub playing: &'a [PlayingNow],
    /// What Sonarr's tags say.
    pub protection: &'a Protection,
    /// Which times are known.
    pub observed: &'a ObservedTime,
    /// What was searched lately.
    pub recent: &'a RecentSearches,
    /// Whether packs are to be avoided because space is short.
    pub single_episodes: bool,
    /// The present moment.
    pub now: Timestamp,
    /// Where people count their days.
    pub zone: &'a TimeZone,
}

/// What enrolling a series comes to: shown before, and carried out as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    /// The master record to store.
    pub show: RollingShow,
    /// What to do in Sonarr; nothing without the baseline.
    pub decision: Decision,
    /// What is there beyond the baseline. It goes with the baseline, and stays without.
    pub beyond: Beyond,
    /// Why Sonarr cannot be brought to the baseline now although that was asked for.
    pub refused: Option<Reason>,
}

/// Works out what enrolling a series comes to. A refused baseline does not stop the enrollment.
pub fn preview(facts: &EnrollmentFacts<'_>) -> Enrollment {
    let show = master_record(&facts.snapshot.series, facts.monitoring_type, facts.now);
    let baseline = Baseline::of(facts.monitoring_type, facts.snapshot);
    let mut change = change_to_baseline(&show, facts.snapshot);
    let beyond = Beyond::of(facts.snapshot, &baseline, &change);
    if !facts.snapshot.series.monitored {
        change.monitoring.series = Some(true);
    }
    let refused = if facts.with_baseline {
        refusal(&as_reset(facts, &show), &change)
    } else {
        None
    };
    let (detail, actions, reminders) = match &refused {
        Some((_, why)) => (
            format!("Enrolled as {}, but Sonarr stays as it is: {why}", name(&show)),
            Vec::new(),
            Vec::new(),
        ),
        None if facts.with_baseline => {
            let gone = match beyond.files {
                0 => "no file is deleted".to_owned(),
                1 => format!("{} is deleted", wording::files_and_bytes(1, beyond.bytes)),
                files => format!("{} are deleted", wording::files_and_bytes(files, beyond.bytes)),
            };
            let fetched = fetch_baseline(facts, &baseline);
            let detail = format!(
                "Enrolled as {} and brought to {}: {gone}{}.",
                name(&show),
                baseline.name(),
                fetched.words
            );
            let mut actions = change.into_actions();
            // After the flags, and before any deletion: that may have to wait.
            let flags = actions
                .iter()
                .take_while(|action| matches!(action, Action::SetMonitoring(_)))
                .count();
            actions.splice(flags..flags, fetched.search);
            (detail, actions, fetched.reminders)
        }
        None => {
            let until = until_when(&beyond, facts.settings);
            let detail = format!("Enrolled as {}; {}{until}.", name(&show), stays(&beyond, &baseline));
            (detail, Vec::new(), Vec::new())
        }
    };
    let decision = Decision {
        subject: facts.subject.clone(),
        reason: Reason::Enrolled,
        detail,
        actions,
        afterwards: Vec::new(),
        reminders,
    };
    Enrollment {
        show,
        decision,
        beyond,
        refused: refused.map(|(reason, _)| reason),
    }
}

/// What has to be fetched for a baseline to be there.
struct Fetched {
    search: Option<Action>,
    reminders: Vec<Reminder>,
    /// Goes on in a sentence; empty where nothing is searched.
    words: String,
}

/// What is missing of the baseline. Its flags are part of the change to the baseline.
fn fetch_baseline(facts: &EnrollmentFacts<'_>, baseline: &Baseline) -> Fetched {
    let around = Circumstances {
        snapshot: facts.snapshot,
        recent: facts.recent,
        single_episodes: facts.single_episodes,
        viewer: None,
        now: facts.now,
    };
    let mut by_season: BTreeMap<i32, Vec<&Episode>> = BTreeMap::new();
    for episode in &facts.snapshot.episodes {
        if baseline.contains(episode.at) {
            by_season.entry(episode.at.season).or_default().push(episode);
        }
    }
    let (mut whole_season, mut episodes, mut positions, mut reminders) = (None, Vec::new(), Vec::new(), Vec::new());
    for (season, wanted) in by_season {
        let extent = if baseline.holds_season(season) {
            Extent::WholeSeason
        } else {
            Extent::Episodes
        };
        let outcome = wish(around, season, &wanted, extent);
        reminders.extend(outcome.reminders);
        for action in outcome.actions {
            match action {
                Action::SearchSeason { .. } => whole_season = Some((season, action)),
                Action::SearchEpisodes {
                    episodes: more,
                    positions: at,
                } => {
                    episodes.extend(more);
                    positions.extend(at);
                }
                Action::SetMonitoring(_) | Action::DeleteFiles { .. } => {}
            }
        }
    }
    // Only the first season is ever wanted as a whole, and then nothing else is.
    let (search, words) = match whole_season {
        Some((season, search)) => (Some(search), format!("; season {season} is searched")),
        None if episodes.is_empty() => (None, String::new()),
        None => {
            let words = format!("; {} is searched", spell(&positions));
            (Some(Action::SearchEpisodes { episodes, positions }), words)
        }
    };
    Fetched {
        search,
        reminders,
        words,
    }
}

/// What changing a show's monitoring type comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChange {
    /// The master record to store.
    pub show: RollingShow,
    /// The change, for the journal. It never has actions.
    pub decision: Decision,
    /// What is there beyond the new baseline. It stays until a cleanup or reset takes it.
    pub beyond: Beyond,
}

/// Works out what changing the monitoring type comes to: everybody's progress stays, and nothing is deleted.
pub fn change_type(
    subject: &Subject,
    show: &RollingShow,
    snapshot: &SeriesSnapshot,
    monitoring_type: MonitoringType,
) -> TypeChange {
    let changed = RollingShow {
        monitoring_type,
        current_monitored_season: show.current_monitored_season.max(monitoring_type.baseline_season()),
        ..show.clone()
    };
    let baseline = Baseline::of(monitoring_type, snapshot);
    let beyond = Beyond::of(snapshot, &baseline, &change_to_baseline(&changed, snapshot));
    let detail = if show.monitoring_type == monitoring_type {
        format!("It is {} already.", name(show))
    } else {
        format!(
            "Changed from {} to {}; {}.",
            name(show),
            name(&changed),
            stays(&beyond, &baseline)
        )
    };
    TypeChange {
        show: changed,
        decision: Decision::nothing(subject.clone(), Reason::Changed, detail),
        beyond,
    }
}

fn as_reset<'a>(facts: &EnrollmentFacts<'a>, show: &'a RollingShow) -> ResetFacts<'a> {
    ResetFacts {
        subject: facts.subject,
        show,
        entries: &[],
        snapshot: facts.snapshot,
        settings: facts.settings,
        playing: facts.playing,
        protection: facts.protection,
        observed: facts.observed,
        now: facts.now,
        zone: facts.zone,
    }
}

fn name(show: &RollingShow) -> &'static str {
    show.monitoring_type.name()
}

fn stays(beyond: &Beyond, baseline: &Baseline) -> String {
    if beyond.files == 0 {
        return "nothing is deleted".to_owned();
    }
    let verb = if beyond.files == 1 { "stays" } else { "stay" };
    let files = wording::files_and_bytes(beyond.files, beyond.bytes);
    format!("{files} beyond {} {verb}", baseline.name())
}

/// How long files from before stay. Nobody shall be surprised when an automatic reset takes them after all.
fn until_when(beyond: &Beyond, settings: &Settings) -> String {
    if beyond.files == 0 || !settings.enable_auto_reset {
        return String::new();
    }
    let days = wording::counted(i64::from(settings.inactivity_reset_days), "day");
    format!(" until the show was watched and then nobody has watched it for {days}")
}
