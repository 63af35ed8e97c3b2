//! Disks that run full: what goes first, and how expansions become smaller. Nothing goes that is not free to go anyway.

use crate::cleanup::SeasonOutlook;
use crate::ids::RollingShowId;
use crate::monitoring::RollingShow;
use crate::plan::{Decision, Reason};
use crate::reset::Amount;
use jiff::Timestamp;
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

/// Something on the disk in question that is free to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The show.
    pub show: RollingShowId,
    /// What would be done.
    pub decision: Decision,
    /// When any viewer last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
}

impl Candidate {
    /// A season, if it is free to go.
    pub fn season(show: RollingShowId, outlook: SeasonOutlook) -> Option<Self> {
        Some(Self {
            show,
            decision: outlook.decision?,
            last_viewed: outlook.last_viewed,
        })
    }

    /// A whole show that nobody watches any more, if that is what was decided about it.
    pub fn inactive_show(show: &RollingShow, decision: Decision) -> Option<Self> {
        (decision.reason == Reason::InactiveReset).then_some(Self {
            show: show.id,
            decision,
            last_viewed: show.last_watched_at,
        })
    }

    fn bytes(&self) -> i64 {
        Amount::doomed([&self.decision]).bytes
    }
}

/// Picks what goes to make room for `shortage` bytes: of what is free and takes space, what was viewed longest ago first
/// (never viewed before all), until it is enough.
///
/// Deleting may free less than the files' size: recycle bins and hard links keep it. So look again after each.
pub fn relief(candidates: &[Candidate], shortage: i64) -> Vec<&Candidate> {
    let mut free: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.bytes() > 0).collect();
    free.sort_by_key(|candidate| (candidate.last_viewed, candidate.show, candidate.decision.subject.season));
    let mut freed: i64 = 0;
    let enough = |candidate: &&Candidate| {
        let wanted = freed < shortage;
        freed = freed.saturating_add(candidate.bytes());
        wanted
    };
    free.into_iter().take_while(enough).collect()
}
