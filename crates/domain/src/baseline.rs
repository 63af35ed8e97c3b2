//! What a rolling show is reset to, and what has to change in Sonarr to get there.
//!
//! Specials never appear in here: nothing of season 0 is monitored, unmonitored or deleted, and a file that also holds a
//! special stays.

use crate::ids::{EpisodeFileId, EpisodeId, EpisodeRef};
use crate::monitoring::{MonitoringType, RollingShow};
use crate::plan::{Action, DoomedFile, MonitoringChange};
use crate::series::{Episode, NewItems, SeriesSnapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a position belongs to the baseline of a series that is numbered as usual: from season 1 and episode 1 on.
/// Where the series' list is at hand, [`Baseline`] also knows what comes first in series that start elsewhere.
pub fn is_in_baseline(monitoring_type: MonitoringType, at: EpisodeRef) -> bool {
    match monitoring_type {
        MonitoringType::PilotRolling => at == EpisodeRef { season: 1, episode: 1 },
        MonitoringType::FirstSeasonRolling => at.season == 1,
        MonitoringType::AllSeasonPilotRolling => at.season > 0 && at.episode == 1,
    }
}

/// The baseline of one series: what comes first in *its* list.
///
/// The first season is season 1, or the lowest one above 0 where there is none ("2019"). The first episode of a season is
/// E01, or the lowest number where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    monitoring_type: MonitoringType,
    first_season: Option<i32>,
    first_episodes: BTreeMap<i32, i32>,
}

impl Baseline {
    /// Finds what comes first.
    pub fn of(monitoring_type: MonitoringType, snapshot: &SeriesSnapshot) -> Self {
        let mut numbers: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
        for at in snapshot
            .episodes
            .iter()
            .map(|episode| episode.at)
            .filter(|at| at.season > 0)
        {
            numbers.entry(at.season).or_default().insert(at.episode);
        }
        let first_episodes: BTreeMap<i32, i32> = numbers
            .into_iter()
            .filter_map(|(season, numbers)| {
                let first = numbers.range(1..).next().or_else(|| numbers.first()).copied();
                first.map(|first| (season, first))
            })
            .collect();
        Self {
            monitoring_type,
            first_season: first_episodes.keys().next().copied(),
            first_episodes,
        }
    }

    /// Whether a position belongs to it.
    pub fn contains(&self, at: EpisodeRef) -> bool {
        let is_first_of_season = self.first_episodes.get(&at.season) == Some(&at.episode);
        match self.monitoring_type {
            MonitoringType::PilotRolling => self.first_season == Some(at.season) && is_first_of_season,
            MonitoringType::FirstSeasonRolling => self.first_season == Some(at.season),
            MonitoringType::AllSeasonPilotRolling => is_first_of_season,
        }
    }

    /// Whether the whole season belongs to it, also what is going to be added to the season.
    pub fn holds_season(&self, season: i32) -> bool {
        self.monitoring_type == MonitoringType::FirstSeasonRolling && self.first_season == Some(season)
    }

    /// In words: "the pilot".
    pub fn name(&self) -> &'static str {
        match self.monitoring_type {
            MonitoringType::PilotRolling => "the pilot",
            MonitoringType::FirstSeasonRolling => "the first season",
            MonitoringType::AllSeasonPilotRolling => "the first episode of every season",
        }
    }
}

/// What has to change for a show, or one season of it, to be at its baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeToBaseline {
    /// Flags.
    pub monitoring: MonitoringChange,
    /// Files that go, each once, ascending by first episode.
    pub files: Vec<DoomedFile>,
    /// Whether any episode beyond the baseline is monitored or has a file that can go. Without, only switches for the
    /// future differ, or the baseline itself is not complete.
    pub has_excess: bool,
}

impl ChangeToBaseline {
    /// Whether nothing at all differs.
    pub fn is_empty(&self) -> bool {
        self.monitoring.is_empty() && self.files.is_empty()
    }

    /// Size of the files in bytes.
    pub fn bytes(&self) -> i64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// As actions: flags first, so that Sonarr does not fetch again what is deleted.
    pub fn into_actions(self) -> Vec<Action> {
        let flags = (!self.monitoring.is_empty()).then_some(Action::SetMonitoring(self.monitoring));
        let files = (!self.files.is_empty()).then_some(Action::DeleteFiles { files: self.files });
        flags.into_iter().chain(files).collect()
    }
}

/// What brings a whole show to its baseline. Seasons marked "keep" stay exactly as they are; of a show marked "keep",
/// everything does. Tags and what is being played are the callers' matter.
///
/// Season flags: Sonarr gives an episode that is added to a season later the season's flag. So the flag is on only where
/// the whole season is baseline, and off where single episodes of it are. New seasons are switched off, as they would
/// come whole and past the rolling; an expansion switches them on again when somebody gets to the end.
pub fn change_to_baseline(show: &RollingShow, snapshot: &SeriesSnapshot) -> ChangeToBaseline {
    if show.keep_show {
        return ChangeToBaseline::default();
    }
    let baseline = Baseline::of(show.monitoring_type, snapshot);
    let in_scope = |season: i32| season > 0 && !show.keep_seasons.contains(&season);
    let mut change = excess(&baseline, snapshot, &in_scope);
    let (mut on, mut off) = (BTreeSet::new(), BTreeSet::new());
    let listed = snapshot.episodes.iter().map(|episode| episode.at.season);
    let seasons: BTreeSet<i32> = snapshot.series.seasons.keys().copied().chain(listed).collect();
    for season in seasons.into_iter().filter(|season| in_scope(*season)) {
        let flag = baseline.holds_season(season);
        let flips = snapshot
            .series
            .seasons
            .get(&season)
            .is_some_and(|present| *present != flag);
        if flips {
            change.monitoring.seasons.insert(season, flag);
        }
        for episode in snapshot.season_episodes(season) {
            let wanted = baseline.contains(episode.at);
            if flips || episode.monitored != wanted {
                if wanted {
                    on.insert(episode.id)
                } else {
                    off.insert(episode.id)
                };
            }
        }
    }
    if snapshot.series.new_items == Some(NewItems::All) {
        change.monitoring.new_items = Some(NewItems::None);
    }
    set_episodes(&mut change.monitoring, on, off);
    change
}

/// What takes one season back to its part of the baseline. Empty where the season has nothing beyond it.
///
/// The baseline's episodes keep the flags they have: a cleanup takes, it never asks for more. The season's flag goes off,
/// because nobody is in the season any more who would want what is added to it. "Keep" is the caller's matter.
pub(crate) fn change_of_season(baseline: &Baseline, snapshot: &SeriesSnapshot, season: i32) -> ChangeToBaseline {
    if season <= 0 {
        return ChangeToBaseline::default();
    }
    let mut change = excess(baseline, snapshot, &|other| other == season);
    if !change.has_excess {
        return change;
    }
    let flips = snapshot.series.seasons.get(&season) == Some(&true);
    if flips {
        change.monitoring.seasons.insert(season, false);
    }
    let (mut on, mut off) = (BTreeSet::new(), BTreeSet::new());
    for episode in snapshot.season_episodes(season) {
        let stays = baseline.contains(episode.at);
        if stays && episode.monitored && flips {
            on.insert(episode.id);
        } else if (!stays && episode.monitored) || flips {
            off.insert(episode.id);
        }
    }
    set_episodes(&mut change.monitoring, on, off);
    change
}

fn set_episodes(monitoring: &mut MonitoringChange, on: BTreeSet<EpisodeId>, off: BTreeSet<EpisodeId>) {
    monitoring.episodes_on = on.into_iter().collect();
    monitoring.episodes_off = off.into_iter().collect();
}

/// The files of which every episode goes, and whether anything goes at all. Flags are left to the caller.
fn excess(baseline: &Baseline, snapshot: &SeriesSnapshot, in_scope: &dyn Fn(i32) -> bool) -> ChangeToBaseline {
    let goes = |episode: &Episode| in_scope(episode.at.season) && !baseline.contains(episode.at);
    let mut holdings: BTreeMap<EpisodeFileId, Vec<&Episode>> = BTreeMap::new();
    for episode in &snapshot.episodes {
        if let Some(file) = episode.file {
            holdings.entry(file).or_default().push(episode);
        }
    }
    let mut files: Vec<DoomedFile> = holdings
        .into_iter()
        .filter(|(_, episodes)| episodes.iter().all(|episode| goes(episode)))
        .map(|(id, episodes)| {
            let file = snapshot.files.as_ref().and_then(|files| files.get(&id));
            let positions: BTreeSet<EpisodeRef> = episodes.iter().map(|episode| episode.at).collect();
            DoomedFile {
                id,
                size: file.map_or(0, |file| file.size),
                path: file.and_then(|file| file.relative_path.clone().or_else(|| file.path.clone())),
                episodes: positions.into_iter().collect(),
            }
        })
        .collect();
    files.sort_by(|one, other| (&one.episodes, one.id).cmp(&(&other.episodes, other.id)));
    let has_excess = !files.is_empty()
        || snapshot
            .episodes
            .iter()
            .any(|episode| episode.monitored && goes(episode));
    ChangeToBaseline {
        monitoring: MonitoringChange::default(),
        files,
        has_excess,
    }
}
