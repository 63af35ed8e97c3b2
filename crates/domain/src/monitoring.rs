//! Rolling shows: master records, and the viewers' tracking entries.

use crate::ids::{EpisodeRef, RollingShowId, SeriesKey, TvdbId, ViewerKey};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a rolling show starts and grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MonitoringType {
    /// Starts with S01E01.
    PilotRolling,
    /// Starts with season 1.
    FirstSeasonRolling,
    /// Starts with every season's first episode.
    AllSeasonPilotRolling,
}

impl MonitoringType {
    /// Every type, in the order shown to people.
    pub const ALL: [Self; 3] = [
        Self::PilotRolling,
        Self::FirstSeasonRolling,
        Self::AllSeasonPilotRolling,
    ];

    /// The name used in settings, on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::PilotRolling => "pilotRolling",
            Self::FirstSeasonRolling => "firstSeasonRolling",
            Self::AllSeasonPilotRolling => "allSeasonPilotRolling",
        }
    }

    /// Reads [`MonitoringType::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|monitoring_type| monitoring_type.name() == name)
    }

    /// The highest season the baseline monitors: 0 where it is only single episodes of every season.
    pub fn baseline_season(self) -> i32 {
        match self {
            Self::PilotRolling | Self::FirstSeasonRolling => 1,
            Self::AllSeasonPilotRolling => 0,
        }
    }
}

/// The master record: a series of one instance, enrolled with a monitoring type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollingShow {
    /// Identity here.
    pub id: RollingShowId,
    /// The series in its Sonarr. Unique among rolling shows.
    pub series: SeriesKey,
    /// Title at enrollment, kept up to date.
    pub title: String,
    /// TheTVDB id where known.
    pub tvdb: Option<TvdbId>,
    /// IMDB id where known.
    pub imdb: Option<String>,
    /// How it rolls.
    pub monitoring_type: MonitoringType,
    /// Highest season an expansion has reached; the type's baseline after a reset.
    pub current_monitored_season: i32,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When anybody, filtered or not, last watched it; `None` before the first time since enrollment or reset.
    pub last_watched_at: Option<Timestamp>,
    /// When an expansion of ours last monitored more than the baseline; `None` while there was none since the last reset.
    pub expanded_at: Option<Timestamp>,
    /// When it was last reset.
    pub reset_at: Option<Timestamp>,
    /// The user agreed that files from before the enrollment go as well.
    pub prior_files_may_go: bool,
    /// "Keep" on the whole show: nothing of it is cleaned up or reset.
    pub keep_show: bool,
    /// "Keep" on single seasons.
    pub keep_seasons: BTreeSet<i32>,
}

/// A reset further ahead than this comes from a clock that was wrong.
const WRONG_CLOCK: SignedDuration = SignedDuration::from_mins(5);

impl RollingShow {
    /// Whether what was watched at a time is over and done with, because the show was reset since.
    pub fn was_reset_since(&self, watched_at: Timestamp, now: Timestamp) -> bool {
        self.reset_at
            .filter(|reset| reset.duration_since(now) <= WRONG_CLOCK)
            .is_some_and(|reset| watched_at <= reset)
    }
}

/// One viewer's progress in a rolling show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingEntry {
    /// Row id here.
    pub id: i64,
    /// The show.
    pub show: RollingShowId,
    /// Who.
    pub viewer: ViewerKey,
    /// Name when last seen, for display and the viewer filter.
    pub viewer_name: Option<String>,
    /// Highest season that was expanded for this viewer. Never goes down.
    pub current_monitored_season: i32,
    /// The position last watched; `None` while the viewer is only tracked because of the filter.
    pub last_watched: Option<EpisodeRef>,
    /// When the viewer last watched anything of the show, filtered or not.
    pub last_watched_at: Timestamp,
    /// When each season was last watched by this viewer, filtered or not. Specials are never in here.
    pub seasons_watched: BTreeMap<i32, Timestamp>,
    /// Recent viewings of different episodes, oldest first, for the viewer's pace; at most [`TrackingEntry::MAX_PLAYS`].
    pub plays: Vec<(EpisodeRef, Timestamp)>,
}

impl TrackingEntry {
    /// How many viewings are kept for the pace.
    pub const MAX_PLAYS: usize = 30;

    /// A new entry for a viewer who was not seen in this show before.
    pub fn new(show: &RollingShow, viewer: ViewerKey, viewer_name: Option<String>, now: Timestamp) -> Self {
        Self {
            id: 0,
            show: show.id,
            viewer,
            viewer_name,
            current_monitored_season: show.monitoring_type.baseline_season(),
            last_watched: None,
            last_watched_at: now,
            seasons_watched: BTreeMap::new(),
            plays: Vec::new(),
        }
    }

    /// Records that the viewer watched something of the show of which nobody says which episode it is.
    pub fn record_somewhere(&mut self, watched_at: Timestamp) {
        self.last_watched_at = self.last_watched_at.max(watched_at);
    }

    /// Whether what the viewer watched last is an episode of which nobody says which it is, so that they may be anywhere.
    pub fn is_somewhere(&self) -> bool {
        let known = self.seasons_watched.values().max();
        known.is_some_and(|known| *known < self.last_watched_at)
    }

    /// Records that the viewer watched `at`. With `moves_progress` false (not in the viewer filter) only times move.
    /// Specials and times that lie before what is known change nothing that they should not.
    pub fn record(&mut self, at: EpisodeRef, watched_at: Timestamp, moves_progress: bool) {
        if at.season == 0 {
            return;
        }
        let newest = watched_at >= self.last_watched_at || self.seasons_watched.is_empty();
        self.last_watched_at = self.last_watched_at.max(watched_at);
        let season = self.seasons_watched.entry(at.season).or_insert(watched_at);
        *season = (*season).max(watched_at);
        if !moves_progress {
            return;
        }
        if newest || self.last_watched.is_none() {
            self.last_watched = Some(at);
        }
        if !self.plays.iter().any(|(played, _)| *played == at) {
            let place = self.plays.partition_point(|(_, played_at)| *played_at <= watched_at);
            self.plays.insert(place, (at, watched_at));
            if self.plays.len() > Self::MAX_PLAYS {
                self.plays.remove(0);
            }
        }
    }
}
