//! Which series the enrollment rules are about: those that are new, until the rules were applied to them.

use crate::core::Core;
use crate::links::Link;
use domain::ids::{InstanceId, SeriesId};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::StoreError;

const HANDLED: &str = "enrollmentRulesDone";
const UNMATCHED: &str = "enrollmentRulesUnmatched";

/// How long a series that no rule matches is looked at again: genres and tags may come a little later than the series, but a
/// change months later must not enroll it.
const MATCHED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// How long a library is waited for while somebody waits for the rules to be saved.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// What became of the new series of one Sonarr.
pub(super) struct Seen {
    instance: InstanceId,
    /// Ids of series that the rules were applied to: what the user takes out of monitoring afterwards stays out.
    handled: BTreeSet<i64>,
    /// When series that match nothing were first seen, by id.
    unmatched: BTreeMap<i64, Timestamp>,
    changed: bool,
}

impl Seen {
    pub(super) async fn of(core: &Core, instance: InstanceId) -> Result<Self, StoreError> {
        Ok(Self {
            instance,
            handled: core.read_json(&format!("{HANDLED}/{instance}")).await?,
            unmatched: core.read_json(&format!("{UNMATCHED}/{instance}")).await?,
            changed: false,
        })
    }

    /// Whether the rules are done with a series.
    pub(super) fn is_handled(&self, series: SeriesId) -> bool {
        self.handled.contains(&series.0)
    }

    pub(super) fn handled(&mut self, series: SeriesId) {
        self.unmatched.remove(&series.0);
        self.changed |= self.handled.insert(series.0);
    }

    pub(super) fn matched_nothing(&mut self, series: SeriesId, now: Timestamp) {
        let first = match self.unmatched.get(&series.0) {
            // By a clock that has been set back since, it may lie ahead.
            Some(first) if *first <= now => *first,
            _ => {
                self.unmatched.insert(series.0, now);
                self.changed = true;
                now
            }
        };
        if now.duration_since(first) >= MATCHED_WITHIN {
            self.handled(series);
        }
    }

    /// Writes down what has changed.
    pub(super) async fn save(&mut self, core: &Core) -> Result<(), StoreError> {
        if std::mem::take(&mut self.changed) {
            let instance = self.instance;
            core.store_as_json(&format!("{HANDLED}/{instance}"), &self.handled)
                .await?;
            core.store_as_json(&format!("{UNMATCHED}/{instance}"), &self.unmatched)
                .await?;
        }
        Ok(())
    }
}

/// The newest series of each Sonarr, asked for once.
#[derive(Default)]
pub(super) struct Newest(BTreeMap<InstanceId, Option<SeriesId>>);

impl Newest {
    /// Those of the Sonarrs that are meant and answer.
    pub(super) async fn of_all(
        &mut self,
        core: &Core,
        is_meant: impl Fn(InstanceId) -> bool,
    ) -> BTreeMap<InstanceId, SeriesId> {
        let mut newest = BTreeMap::new();
        for link in core.links.instances() {
            let Some(instance) = link.connection.instance().filter(|instance| is_meant(*instance)) else {
                continue;
            };
            let known = match self.0.entry(instance) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => *unknown.insert(core.newest_series(&link).await),
            };
            if let Some(series) = known {
                newest.insert(instance, series);
            }
        }
        newest
    }
}

impl Core {
    /// The highest id in a library, 0 where that is empty; `None` without an answer.
    async fn newest_series(&self, link: &Link) -> Option<SeriesId> {
        let (_, client) = link.sonarr()?;
        let library = tokio::time::timeout(ANSWERED_WITHIN, client.all_series()).await.ok()?;
        link.note(&library, self.now());
        let library = library.ok()?;
        let ids = library.items.iter().map(|series| series.key.series);
        // One that could not be read may be the newest.
        library.skipped.is_empty().then(|| ids.max().unwrap_or(SeriesId(0)))
    }

    async fn read_json<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, StoreError> {
        let text = self.store.meta(key).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }
}
