//! From "these episodes are wanted" to flags, searches and reminders. Shared by every rule that fetches something.

use crate::ids::{EpisodeId, EpisodeRef};
use crate::plan::{Action, Decision, MonitoringChange, Reason, Reminder, ReminderAbout};
use crate::series::{Episode, SeriesSnapshot};
use crate::watching::{RecentSearches, SEARCH_MEMORY};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long after the air date an episode is searched: releases need a while, and clocks differ.
const AFTER_AIRING: SignedDuration = SignedDuration::from_hours(1);

/// What stands around a wish.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The series; its queue should be known, or searches may repeat what is being downloaded.
    pub snapshot: &'a SeriesSnapshot,
    /// What was searched lately.
    pub recent: &'a RecentSearches,
    /// Whether packs are to be avoided because space is short.
    pub single_episodes: bool,
    /// For whom, by name.
    pub viewer: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

/// How far a wish goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole season, future episodes included: its flag is wanted as well.
    WholeSeason,
    /// Just the episodes named. Other flags stay as they are.
    Episodes,
    /// Just the episodes named, and only those that are monitored: no episode is re-monitored.
    MonitoredOnly,
}

/// What a wish comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// [`Reason::NothingMissing`], [`Reason::AlreadyQueued`], [`Reason::SearchedRecently`], [`Reason::NotAired`], or `None`
    /// when there is something to search.
    pub obstacle: Option<Reason>,
    /// Flags, then searches.
    pub actions: Vec<Action>,
    /// Episodes to be searched when they have aired, or when their last search is a week ago.
    pub reminders: Vec<Reminder>,
    /// What is searched now.
    pub searched: Vec<EpisodeRef>,
    /// Whether it is a season search.
    pub whole_season: bool,
}

/// Works out what must be done so that `wanted` (all of one season) gets there.
pub fn wish(around: Circumstances<'_>, season: i32, wanted: &[&Episode], extent: Extent) -> Wish {
    let missing: Vec<&Episode> = wanted
        .iter()
        .copied()
        .filter(|episode| episode.file.is_none())
        .filter(|episode| extent != Extent::MonitoredOnly || episode.monitored)
        .collect();
    if missing.is_empty() {
        return Wish {
            obstacle: Some(Reason::NothingMissing),
            actions: vec![],
            reminders: vec![],
            searched: vec![],
            whole_season: false,
        };
    }
    let (aired, unaired): (Vec<&Episode>, Vec<&Episode>) =
        missing.iter().partition(|episode| episode.has_aired(around.now));
    let not_queued: Vec<&Episode> = aired
        .iter()
        .copied()
        .filter(|episode| !around.snapshot.is_queued(episode.id))
        .collect();
    let (searched_lately, search): (Vec<&Episode>, Vec<&Episode>) = not_queued
        .iter()
        .partition(|episode| around.recent.covers(episode, around.now));

    let season_size = around.snapshot.season_episodes(season).count();
    let whole_season = extent == Extent::WholeSeason
        && !around.single_episodes
        && !around.snapshot.has_holes
        && search.len() == season_size
        && season_size > 1;

    let mut actions = Vec::new();
    let flags = flags(around, season, &missing, extent);
    if !flags.is_empty() {
        actions.push(Action::SetMonitoring(flags));
    }
    if whole_season {
        actions.push(Action::SearchSeason {
            season,
            episodes: search.iter().map(|episode| episode.id).collect(),
        });
    } else if !search.is_empty() {
        actions.push(Action::SearchEpisodes {
            episodes: search.iter().map(|episode| episode.id).collect(),
            positions: search.iter().map(|episode| episode.at).collect(),
        });
    }
    let obstacle = if !search.is_empty() {
        None
    } else if !not_queued.is_empty() {
        Some(Reason::SearchedRecently)
    } else if !aired.is_empty() {
        Some(Reason::AlreadyQueued)
    } else {
        Some(Reason::NotAired)
    };
    let mut reminders: Vec<Reminder> = unaired.iter().map(|episode| airing_reminder(around, episode)).collect();
    reminders.extend(search_allowed_reminders(around, season, &searched_lately));
    Wish {
        obstacle,
        actions,
        reminders,
        searched: search.iter().map(|episode| episode.at).collect(),
        whole_season,
    }
}

fn flags(around: Circumstances<'_>, season: i32, missing: &[&Episode], extent: Extent) -> MonitoringChange {
    let series = &around.snapshot.series;
    let mut change = MonitoringChange {
        series: (!series.monitored).then_some(true),
        episodes_on: missing
            .iter()
            .filter(|episode| !episode.monitored)
            .map(|episode| episode.id)
            .collect(),
        ..MonitoringChange::default()
    };
    if extent == Extent::WholeSeason && !around.snapshot.has_holes && series.seasons.get(&season) == Some(&false) {
        // Sonarr will set every episode of the season, so the ones that are not missing are named with what they have.
        change.seasons.insert(season, true);
        let is_missing = |episode: &Episode| missing.iter().any(|other| other.id == episode.id);
        change.episodes_on = around
            .snapshot
            .season_episodes(season)
            .filter(|episode| episode.monitored || is_missing(episode))
            .map(|episode| episode.id)
            .collect();
        change.episodes_off = around
            .snapshot
            .season_episodes(season)
            .filter(|episode| !episode.monitored && !is_missing(episode))
            .map(|episode| episode.id)
            .collect();
    }
    change
}

/// The reminder for an episode that has not aired.
fn airing_reminder(around: Circumstances<'_>, episode: &Episode) -> Reminder {
    Reminder {
        series: around.snapshot.series.key,
        about: ReminderAbout::EpisodesAired {
            season: episode.at.season,
            episodes: vec![episode.id],
        },
        due_at: airing_look(around, episode),
        attempts: 0,
        viewer: around.viewer.map(str::to_owned),
    }
}

/// When an episode that has not aired is looked at again.
pub(crate) fn airing_look(around: Circumstances<'_>, episode: &Episode) -> Timestamp {
    match episode.airs {
        Some(airs) => later(airs, AFTER_AIRING),
        None => later(around.now, listing_pause(0)),
    }
}

/// Reminders for episodes that may not be searched yet because they were lately: one for each time at which they may.
fn search_allowed_reminders(around: Circumstances<'_>, season: i32, searched_lately: &[&Episode]) -> Vec<Reminder> {
    let mut by_time: BTreeMap<Timestamp, Vec<EpisodeId>> = BTreeMap::new();
    for episode in searched_lately {
        if let Some(sent) = around.recent.last_sent(episode, around.now) {
            by_time.entry(later(sent, SEARCH_MEMORY)).or_default().push(episode.id);
        }
    }
    by_time
        .into_iter()
        .map(|(due_at, episodes)| Reminder {
            series: around.snapshot.series.key,
            about: ReminderAbout::EpisodesAired { season, episodes },
            due_at,
            attempts: 0,
            viewer: around.viewer.map(str::to_owned),
        })
        .collect()
}

/// A time after another. Sonarr may know dates at the very end of time, so this stops there.
pub(crate) fn later(time: Timestamp, pause: SignedDuration) -> Timestamp {
    time.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

/// Makes the decisions of one plan agree: all of them were taken from the same snapshot, so a later one may name an
/// episode with the flag that an earlier one is about to change. What somebody wants on stays on.
pub(crate) fn agree(decisions: &mut [Decision]) {
    let changes = || decisions.iter().flat_map(|decision| &decision.actions);
    let wanted: BTreeSet<EpisodeId> = changes()
        .filter_map(|action| match action {
            Action::SetMonitoring(change) => Some(&change.episodes_on),
            Action::SearchSeason { .. } | Action::SearchEpisodes { .. } | Action::DeleteFiles { .. } => None,
        })
        .flatten()
        .copied()
        .collect();
    for action in decisions.iter_mut().flat_map(|decision| &mut decision.actions) {
        if let Action::SetMonitoring(change) = action {
            let (on, off) = change.episodes_off.iter().partition(|id| wanted.contains(id));
            change.episodes_off = off;
            let on: Vec<EpisodeId> = on;
            change.episodes_on.extend(on);
        }
    }
}

/// The pause before looking again at something that was looked at `attempts` times: a day, doubling up to a week.
pub fn listing_pause(attempts: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * (1_i64 << attempts.min(3)).min(7))
}

/// Positions as people write them: "S02E03", "S02E03–E05", "S02E03, E07".
pub fn spell(positions: &[EpisodeRef]) -> String {
    let mut text = String::new();
    let mut season = None;
    let mut index = 0;
    while index < positions.len() {
        let start = positions[index];
        let mut end = start;
        while index + 1 < positions.len()
            && positions[index + 1].season == end.season
            && positions[index + 1].episode == end.episode + 1
        {
            index += 1;
            end = positions[index];
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        if season == Some(start.season) {
            text.push_str(&format!("E{:02}", start.episode));
        } else {
            text.push_str(&start.to_string());
            season = Some(start.season);
        }
        if end.episode > start.episode {
            text.push_str(&format!("–E{:02}", end.episode));
        }
        index += 1;
    }
    text
}
