//! What the user said about seasons: those do not go by themselves.

use crate::reset::{AfterRefusal, ResetFacts, after_refusal};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What the user said, or is asked, about the seasons of one show that a cleanup would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsersWord {
    /// When the user last decided against the cleanup of each season.
    pub refused: BTreeMap<i32, Timestamp>,
    /// The seasons about which the user is asked at present.
    pub awaited: BTreeSet<i32>,
}

impl UsersWord {
    /// Whether no cleanup takes a season without the user's word, neither now nor later.
    pub(super) fn concerns(&self, season: i32) -> bool {
        self.refused.contains_key(&season) || self.awaited.contains(&season)
    }

    /// What a cleanup may do that finds a season free at a time; `None` where the user has said nothing about it.
    pub(super) fn at(&self, facts: &ResetFacts<'_>, season: i32, at: Timestamp) -> Option<AfterRefusal> {
        if self.awaited.contains(&season) {
            return Some(AfterRefusal::AskedFirst);
        }
        let refused_at = *self.refused.get(&season)?;
        Some(after_refusal(refused_at, facts.settings, at, facts.zone))
    }
}
