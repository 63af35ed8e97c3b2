//! Shows that nobody watches and that were found at their baseline: they are not asked about again and again.

use crate::core::{Core, lock};
use domain::ids::RollingShowId;
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::plan::{Decision, Reason};
use domain::reset::Amount;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Mutex;

/// What Sonarr does by itself with such a show is looked at after so long.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When each show was found at its baseline, and a hash of how it stood here then.
#[derive(Default)]
pub(crate) struct AtBaseline(Mutex<BTreeMap<RollingShowId, Found>>);

#[derive(Clone, Copy)]
struct Found {
    at: Timestamp,
    stood: u64,
    /// Whether there is nothing beyond the baseline at all, not even what was there before.
    bare: bool,
    /// Its files, once somebody wanted to know.
    files: Option<Amount>,
}

impl Core {
    /// Whether a show was found at its baseline lately, and nothing happened here since.
    pub(super) fn was_found_at_baseline(&self, show: &RollingShow, entries: &[TrackingEntry]) -> bool {
        self.found_lately(show, entries).is_some()
    }

    /// The same where also nothing is there that was there before.
    pub(super) fn is_known_at_baseline(&self, show: &RollingShow, entries: &[TrackingEntry]) -> bool {
        self.found_lately(show, entries).is_some_and(|found| found.bare)
    }

    /// The files of a show that is known at its baseline, as far as they were counted.
    pub(super) fn counted_at_baseline(&self, show: RollingShowId) -> Option<Amount> {
        lock(&self.at_baseline.0).get(&show)?.files
    }

    /// Remembers the files of a show for as long as it is known at its baseline.
    pub(super) fn note_counted_at_baseline(&self, show: RollingShowId, files: Amount) {
        if let Some(found) = lock(&self.at_baseline.0).get_mut(&show) {
            found.files = Some(files);
        }
    }

    fn found_lately(&self, show: &RollingShow, entries: &[TrackingEntry]) -> Option<Found> {
        let found = lock(&self.at_baseline.0).get(&show.id).copied();
        found.filter(|found| {
            self.now().duration_since(found.at).abs() < LOOKED_AT_AGAIN && found.stood == stands(show, entries)
        })
    }

    /// Remembers what was found out about a show that nobody watches.
    pub(super) fn note_found(&self, show: &RollingShow, entries: &[TrackingEntry], decision: &Decision) {
        let mut found = lock(&self.at_baseline.0);
        if matches!(decision.reason, Reason::AtBaseline | Reason::NeverExpanded) {
            let (at, stood) = (self.now(), stands(show, entries));
            let bare = decision.reason == Reason::AtBaseline;
            let files = None;
            found.insert(show.id, Found { at, stood, bare, files });
        } else {
            found.remove(&show.id);
        }
    }

    /// Forgets shows that are gone.
    pub(super) fn keep_found_of(&self, shows: &[RollingShow]) {
        let known: BTreeSet<RollingShowId> = shows.iter().map(|show| show.id).collect();
        lock(&self.at_baseline.0).retain(|show, _| known.contains(show));
    }
}

fn stands(show: &RollingShow, entries: &[TrackingEntry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (show.monitoring_type, show.current_monitored_season).hash(&mut hasher);
    (show.keep_show, &show.keep_seasons, show.prior_files_may_go).hash(&mut hasher);
    (show.last_watched_at, show.expanded_at, show.reset_at).hash(&mut hasher);
    for entry in entries.iter().filter(|entry| entry.show == show.id) {
        (&entry.viewer, entry.last_watched_at).hash(&mut hasher);
    }
    hasher.finish()
}
