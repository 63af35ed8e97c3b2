//! Progressive cleanup: seasons behind everybody go, as soon as they are free and never below the baseline.

use crate::baseline::{Baseline, ChangeToBaseline, change_of_season};
use crate::ids::ViewerKey;
use crate::monitoring::{RollingShow, TrackingEntry};
use crate::observed::ObservedTime;
use crate::outlook::{foreseen, goes_at};
use crate::plan::{Decision, Reason, Subject};
use crate::protection::{PlayingNow, Protection, of_show};
use crate::series::SeriesSnapshot;
use crate::settings::Settings;
use crate::wording;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// What is known of a show when its seasons are looked at.
#[derive(Clone, Copy)]
pub struct CleanupFacts<'a> {
    /// What the decisions are about; the season is filled in.
    pub subject: &'a Subject,
    /// The master record.
    pub show: &'a RollingShow,
    /// The viewers' progress. Entries of other shows are ignored.
    pub entries: &'a [TrackingEntry],
    /// The series with its episodes and files.
    pub snapshot: &'a SeriesSnapshot,
    /// The settings.
    pub settings: &'a Settings,
    /// Whether the viewer filter lets an entry's viewer through.
    pub allowed: &'a dyn Fn(&TrackingEntry) -> bool,
    /// Everything of the show that is being played, filtered or not.
    pub playing: &'a [PlayingNow],
    /// What Sonarr's tags say.
    pub protection: &'a Protection,
    /// Which times are known. A cleanup needs the whole of the last `inactivityResetDays`.
    pub observed: &'a ObservedTime,
    /// The present moment.
    pub now: Timestamp,
    /// Where people count their days.
    pub zone: &'a TimeZone,
}

/// What is to become of a season that has more than its part of the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeasonOutlook {
    /// Its number.
    pub season: i32,
    /// Whether it may go.
    pub verdict: Verdict,
    /// For people: "Season 2 on 3 December: Alice watched S02E10 on 26 November".
    pub sentence: String,
    /// What to do; only where it may go now.
    pub decision: Option<Decision>,
    /// How many files go with it, now or then.
    pub files: usize,
    /// Size of those files in bytes.
    pub bytes: i64,
    /// When any viewer, filtered or not, last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
    /// When it is free if nobody watches anything of the show before and all of that is seen; `None` where it never is. A
    /// season that is kept has a time where whoever keeps it stops counting before the others do.
    pub goes_at: Option<Timestamp>,
}

/// Whether a season, or a whole show, may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Now.
    Free {
        /// Since when, as far as the viewers' records tell.
        since: Option<Timestamp>,
    },
    /// At a time, if nobody watches it before.
    FreeAt {
        /// The time.
        at: Timestamp,
        /// Why not now.
        because: String,
    },
    /// Not as things are.
    Kept {
        /// Why, as a code.
        reason: Reason,
        /// Why, for people.
        detail: String,
    },
}

impl Verdict {
    /// Why it is kept, as a code; `None` where it is not.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Kept { reason, .. } => Some(*reason),
            Self::Free { .. } | Self::FreeAt { .. } => None,
        }
    }
}

/// Days of inactivity as a length of time.
pub(crate) fn window(settings: &Settings) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(settings.inactivity_reset_days))
}

/// The moment a viewing stops to protect.
pub(crate) fn end_of_window(watched_at: Timestamp, settings: &Settings) -> Timestamp {
    watched_at.checked_add(window(settings)).unwrap_or(Timestamp::MAX)
}

/// Looks at every season above 0 that has more than its part of the baseline, ascending. Empty while progressive cleanup
/// is switched off.
///
/// A season is free when every allowed viewer who was active in the show within `inactivityResetDays` is in a later one,
/// none of them has watched any of it within that time, and nobody is playing it. With `progressiveCleanupAtOnce` one
/// viewer's own watching does not count, as that viewer has just moved on; the others' still does. While no allowed viewer
/// is active, nothing is free: that is the reset's business. Nor is anything while none of them has watched the show since it
/// was enrolled: what they watched before protects, and moves nobody on.
pub fn plan_cleanup(facts: &CleanupFacts<'_>) -> Vec<SeasonOutlook> {
    if facts.settings.enable_progressive_cleanup {
        every_season(facts)
    } else {
        Vec::new()
    }
}

/// The same, whether progressive cleanup is switched on or not.
pub(crate) fn every_season(facts: &CleanupFacts<'_>) -> Vec<SeasonOutlook> {
    let baseline = Baseline::of(facts.show.monitoring_type, facts.snapshot);
    let active = active_viewers(facts);
    let seasons: BTreeSet<i32> = facts
        .snapshot
        .episodes
        .iter()
        .map(|episode| episode.at.season)
        .collect();
    seasons
        .into_iter()
        .map(|season| (season, change_of_season(&baseline, facts.snapshot, season)))
        .filter(|(_, change)| change.has_excess)
        .map(|(season, change)| outlook(facts, &baseline, &active, season, change))
        .collect()
}

/// The earliest time at which a season becomes free by itself: when to look again.
pub fn next_due(outlooks: &[SeasonOutlook]) -> Option<Timestamp> {
    let waiting = outlooks.iter().filter(|outlook| outlook.decision.is_none());
    waiting.filter_map(|outlook| outlook.goes_at).min()
}

/// The seasons in which a show's viewers are, of those who count and were active lately: by viewer, ascending. Only seasons
/// before all of them can be free, which can be told without asking Sonarr.
pub fn seasons_of_viewers<'a>(
    show: &RollingShow,
    entries: &'a [TrackingEntry],
    allowed: &dyn Fn(&TrackingEntry) -> bool,
    settings: &Settings,
    now: Timestamp,
) -> Vec<(&'a ViewerKey, i32)> {
    let mut seasons: Vec<(&ViewerKey, i32)> = entries
        .iter()
        .filter(|entry| entry.show == show.id && allowed(entry))
        .filter(|entry| now < end_of_window(entry.last_watched_at, settings))
        .map(|entry| (&entry.viewer, season_of(entry)))
        .collect();
    seasons.sort_unstable();
    seasons
}

/// A viewer who counts, and the season they are in.
struct ActiveViewer<'a> {
    entry: &'a TrackingEntry,
    season: i32,
}

fn active_viewers<'a>(facts: &CleanupFacts<'a>) -> Vec<ActiveViewer<'a>> {
    let mut active: Vec<ActiveViewer<'a>> = facts
        .entries
        .iter()
        .filter(|entry| entry.show == facts.show.id && (facts.allowed)(entry))
        .filter(|entry| facts.now < end_of_window(entry.last_watched_at, facts.settings))
        .map(|entry| ActiveViewer {
            entry,
            season: season_of(entry),
        })
        .collect();
    active.sort_by(|one, other| (one.season, &one.entry.viewer).cmp(&(other.season, &other.entry.viewer)));
    active
}

/// The season a viewer is in. The filter may have held the position while they went on, or back: then it is the earlier one of
/// the position and the season they watched last. Where nothing is known, it is a place before every season.
pub fn season_of(entry: &TrackingEntry) -> i32 {
    if entry.is_somewhere() {
        return 0;
    }
    let watched = &entry.seasons_watched;
    let newest = watched.values().max();
    let position = entry.last_watched.map(|at| at.season);
    if let Some(season) = position.filter(|season| watched.get(season) >= newest) {
        return season;
    }
    let latest = watched
        .iter()
        .find(|(_, at)| Some(*at) == newest)
        .map(|(season, _)| *season);
    position.into_iter().chain(latest).min().unwrap_or(0)
}

fn outlook(
    facts: &CleanupFacts<'_>,
    baseline: &Baseline,
    active: &[ActiveViewer<'_>],
    season: i32,
    change: ChangeToBaseline,
) -> SeasonOutlook {
    let goes_at = goes_at(facts, season);
    let verdict = foreseen(facts, verdict(facts, active, season), season, goes_at);
    let last_viewed = facts.entries.iter().filter(|entry| entry.show == facts.show.id);
    let last_viewed = last_viewed
        .filter_map(|entry| entry.seasons_watched.get(&season))
        .max()
        .copied();
    let (files, bytes) = (change.files.len(), change.bytes());
    let (sentence, decision) = match &verdict {
        Verdict::Free { .. } => {
            let detail = farewell(facts, baseline, active, season, &change);
            let sentence = format!("Season {season} now: {}", past_everybody(active));
            (sentence, Some(decision(facts, season, detail, change)))
        }
        Verdict::FreeAt { at, because } => (
            format!(
                "Season {season} on {}: {because}",
                wording::date(*at, facts.now, facts.zone)
            ),
            None,
        ),
        Verdict::Kept { detail, .. } => (format!("Season {season} kept: {detail}"), None),
    };
    SeasonOutlook {
        season,
        verdict,
        sentence,
        decision,
        files,
        bytes,
        last_viewed,
        goes_at,
    }
}

/// Whether a season may go at the moment of the facts, whatever comes later.
pub(crate) fn verdict_of(facts: &CleanupFacts<'_>, season: i32) -> Verdict {
    verdict(facts, &active_viewers(facts), season)
}

fn verdict(facts: &CleanupFacts<'_>, active: &[ActiveViewer<'_>], season: i32) -> Verdict {
    let kept = |reason, detail: String| Verdict::Kept { reason, detail };
    if let Some(detail) = of_show(facts.show, facts.protection) {
        return kept(Reason::Protected, detail);
    }
    if facts.show.keep_seasons.contains(&season) {
        return kept(Reason::Protected, "the season is marked \"keep\"".to_owned());
    }
    if let Some(playing) = facts.playing.iter().find(|playing| playing.touches(season)) {
        return kept(Reason::BeingPlayed, playing.sentence());
    }
    let Some(hindmost) = active.first() else {
        let detail = "nobody is watching the show at present, so it is left to the reset of inactive shows";
        return kept(Reason::SeasonNeeded, detail.to_owned());
    };
    if hindmost.season <= season {
        return kept(Reason::SeasonNeeded, position(facts, hindmost, season));
    }
    let watched_since = |viewer: &ActiveViewer<'_>| viewer.entry.last_watched_at >= facts.show.enrolled_at;
    if !active.iter().any(watched_since) {
        let detail = "nobody has watched it since it was enrolled".to_owned();
        return kept(Reason::SeasonNeeded, detail);
    }
    let mut protecting: Vec<(Timestamp, &ActiveViewer<'_>)> = active
        .iter()
        .filter_map(|viewer| {
            viewer
                .entry
                .seasons_watched
                .get(&season)
                .map(|watched_at| (*watched_at, viewer))
        })
        .filter(|(watched_at, _)| facts.now < end_of_window(*watched_at, facts.settings))
        .collect();
    protecting.sort_by(|one, other| (other.0, &other.1.entry.viewer).cmp(&(one.0, &one.1.entry.viewer)));
    if facts.settings.progressive_cleanup_at_once && !protecting.is_empty() {
        protecting.remove(0);
    }
    if let Some((watched_at, viewer)) = protecting.first() {
        let because = viewing(facts, viewer.entry, season, *watched_at);
        return Verdict::FreeAt {
            at: end_of_window(*watched_at, facts.settings),
            because,
        };
    }
    let since = facts.now.checked_sub(window(facts.settings)).unwrap_or(Timestamp::MIN);
    if !facts.observed.past_known(since, facts.now) {
        let detail = "not everything that was played lately is known yet".to_owned();
        return kept(Reason::PastUnknown, detail);
    }
    let viewings = facts
        .entries
        .iter()
        .filter(|entry| entry.show == facts.show.id && (facts.allowed)(entry));
    let since = viewings.filter_map(|entry| entry.seasons_watched.get(&season)).max();
    let since = since.map(|watched_at| end_of_window(*watched_at, facts.settings));
    Verdict::Free {
        since: since.filter(|since| *since <= facts.now),
    }
}

/// "Bob watched S01E04 two days ago", of the viewer who is furthest back.
fn position(facts: &CleanupFacts<'_>, viewer: &ActiveViewer<'_>, season: i32) -> String {
    let (name, ago) = (
        wording::viewer(viewer.entry),
        wording::ago(viewer.entry.last_watched_at, facts.now),
    );
    let known = viewer.entry.last_watched.filter(|_| !viewer.entry.is_somewhere());
    match known {
        Some(at) if at.season == season => format!("{name} watched {at} {ago}"),
        Some(at) => format!("{name} watched {at} {ago} and has not got there yet"),
        None => format!("{name} watched something of the show {ago}"),
    }
}

fn viewing(facts: &CleanupFacts<'_>, entry: &TrackingEntry, season: i32, at: Timestamp) -> String {
    let (name, what) = (wording::viewer(entry), wording::last_of_season(entry, season));
    format!("{name} watched {what} on {}", wording::date(at, facts.now, facts.zone))
}

fn past_everybody(active: &[ActiveViewer<'_>]) -> String {
    match active {
        [only] => format!("{} is in season {}", wording::viewer(only.entry), only.season),
        [first, ..] => format!("everybody who is watching is in season {} or later", first.season),
        [] => "nobody is watching the show".to_owned(),
    }
}

fn farewell(
    facts: &CleanupFacts<'_>,
    baseline: &Baseline,
    active: &[ActiveViewer<'_>],
    season: i32,
    change: &ChangeToBaseline,
) -> String {
    let stays: Vec<String> = facts
        .snapshot
        .season_episodes(season)
        .filter(|episode| baseline.contains(episode.at))
        .map(|episode| episode.at.to_string())
        .collect();
    let what = if stays.is_empty() {
        format!("Season {season} goes")
    } else {
        format!("Season {season} goes back to {}", stays.join(", "))
    };
    let freed = match change.files.len() {
        0 => "no file is deleted".to_owned(),
        files => wording::files_and_bytes(files, change.bytes()),
    };
    let viewings = active
        .iter()
        .filter_map(|viewer| Some((viewer.entry.seasons_watched.get(&season)?, viewer.entry)));
    let last = viewings.max_by(|one, other| (one.0, &one.1.viewer).cmp(&(other.0, &other.1.viewer)));
    let last = last
        .map(|(at, entry)| format!("; {}", viewing(facts, entry, season, *at)))
        .unwrap_or_default();
    format!("{what}, {freed}: {}{last}.", past_everybody(active))
}

fn decision(facts: &CleanupFacts<'_>, season: i32, detail: String, change: ChangeToBaseline) -> Decision {
    Decision {
        subject: Subject {
            season: Some(season),
            episode: None,
            ..facts.subject.clone()
        },
        reason: Reason::ProgressiveCleanup,
        detail,
        actions: change.into_actions(),
        afterwards: Vec::new(),
        reminders: Vec::new(),
    }
}
