//! Disks that run full: what goes first, and how expansions become smaller. Nothing goes that is not free to go anyway.

use crate::cleanup::{SeasonOutlook, Verdict};
use crate::ids::RollingShowId;
use serde::{Deserialize, Serialize};

/// How much of a root folder's disk shall stay free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Floor {
    /// The root folder as Sonarr has it.
    pub root_folder: String,
    /// Pressure begins when fewer bytes are free.
    pub begins_below: i64,
    /// Pressure ends when at least as many bytes are free. At least `begins_below`; lower values count as that.
    pub ends_at: i64,
}

/// Whether a root folder's disk is short of space. Kept from one look to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pressure {
    /// There is enough.
    #[default]
    Ample,
    /// There is too little.
    Low,
}

impl Pressure {
    /// What the free space, in bytes, makes of it. Between the two limits, and where the space is not known, it stays.
    #[must_use]
    pub fn after(self, free: Option<i64>, floor: &Floor) -> Self {
        match free {
            Some(free) if free < floor.begins_below => Self::Low,
            Some(free) if free >= floor.ends_at.max(floor.begins_below) => Self::Ample,
            Some(_) | None => self,
        }
    }

    /// Whether expansions fetch single episodes instead of whole seasons.
    pub fn asks_for_single_episodes(self) -> bool {
        self == Self::Low
    }

    /// How many bytes have to go until there is enough. 0 without pressure, and where the free space is not known.
    pub fn shortage(self, free: Option<i64>, floor: &Floor) -> i64 {
        match (self, free) {
            (Self::Low, Some(free)) => floor.ends_at.max(floor.begins_below).saturating_sub(free).max(0),
            (Self::Low, None) | (Self::Ample, _) => 0,
        }
    }
}

/// A season of a show on the disk in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The show.
    pub show: RollingShowId,
    /// What was found out about the season.
    pub outlook: SeasonOutlook,
}

/// Picks what goes to make room for `shortage` bytes: of the seasons that are free now and take space, those that were
/// viewed longest ago first (never viewed ones before all), until it is enough.
///
/// Deleting may free less than the files' size: recycle bins and hard links keep it. So look again after each.
pub fn relief(candidates: &[Candidate], shortage: i64) -> Vec<&Candidate> {
    let mut free: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| matches!(candidate.outlook.verdict, Verdict::Free { .. }) && candidate.outlook.bytes > 0)
        .collect();
    free.sort_by_key(|candidate| (candidate.outlook.last_viewed, candidate.show, candidate.outlook.season));
    let mut freed: i64 = 0;
    let enough = |candidate: &&Candidate| {
        let wanted = freed < shortage;
        freed = freed.saturating_add(candidate.outlook.bytes);
        wanted
    };
    free.into_iter().take_while(enough).collect()
}
