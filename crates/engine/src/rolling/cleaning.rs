//! The pass over seasons that have become free.

use super::pass::Proposal;
use crate::core::{Core, lock};
use crate::report::ResetReport;
use domain::cleanup::{next_due, seasons_of_viewers};
use domain::ids::{RollingShowId, SeriesKey};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::plan::Reason;
use domain::reset::was_watched_since_enrollment;
use domain::watching::is_allowed;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use store::{Origin, StoreError};

impl Core {
    /// Removes the seasons that have become free: of all shows, or only of those whose viewers went to another season since
    /// the last time. Tells when to look again at the latest, and what was done.
    pub(crate) async fn clean_up(&self, all: bool) -> Result<(Option<Timestamp>, ResetReport), StoreError> {
        if !self.settings().enable_progressive_cleanup {
            return Ok((None, ResetReport::default()));
        }
        let Found {
            proposals,
            not_known,
            look_again,
            stands,
        } = self.find_free(all).await?;
        *lock(&self.cleaned) = stands;
        for of_show in proposals.chunk_by(|one, other| one.facts.show.id == other.facts.show.id) {
            let seasons: Vec<String> = of_show
                .iter()
                .filter_map(|proposal| proposal.decision.subject.season)
                .map(|season| season.to_string())
                .collect();
            if let Some(first) = of_show.first() {
                tracing::info!(
                    "Progressive cleanup for {}: removing seasons {}",
                    first.facts.show.title,
                    seasons.join(", ")
                );
            }
        }
        let concerns = |series: SeriesKey| !not_known.contains(&series);
        self.withdraw_questions(Reason::ProgressiveCleanup, &concerns, &proposals)
            .await?;
        let done = self.act_on(proposals, Origin::Scheduler, true).await?;
        Ok((look_again, done))
    }

    /// The seasons that are free, of all shows or of those that changed.
    async fn find_free(&self, all: bool) -> Result<Found, StoreError> {
        let mut survey = self.shows_to_clean(all).await?;
        if !survey.candidates.is_empty() {
            // Nothing goes before the past is known, and that may tell of viewers who are elsewhere.
            self.catch_up().await;
            survey = self.shows_to_clean(all).await?;
        }
        let Survey {
            candidates,
            unchanged: mut not_known,
            stands,
        } = survey;
        let playing = if candidates.is_empty() {
            Ok(Vec::new())
        } else {
            self.everything_playing().await
        };
        let mut proposals = Vec::new();
        let mut look_again: Option<Timestamp> = None;
        for show in candidates {
            let series = show.series;
            let facts = match self.link_of(series) {
                Some(link) => self
                    .show_facts(&link, show, &playing)
                    .await
                    .map(|facts| facts.map(|facts| (link, facts))),
                None => Ok(None),
            };
            let Ok(Some((link, facts))) = facts else {
                not_known.insert(series);
                continue;
            };
            let outlooks = facts.cleanup();
            look_again = [look_again, next_due(&outlooks)].into_iter().flatten().min();
            for decision in outlooks.into_iter().filter_map(|outlook| outlook.decision) {
                if self.is_held(&decision).await? {
                    not_known.insert(series);
                    continue;
                }
                proposals.push(Proposal {
                    link: Arc::clone(&link),
                    facts: facts.clone(),
                    decision,
                });
            }
        }
        Ok(Found {
            proposals,
            not_known,
            look_again,
            stands,
        })
    }

    /// Looks at the viewers' progress alone: with many shows, asking Sonarr for each whenever somebody watches would be too
    /// much.
    async fn shows_to_clean(&self, all: bool) -> Result<Survey, StoreError> {
        let settings = self.settings();
        let now = self.now();
        let window = SignedDuration::from_hours(24 * i64::from(settings.inactivity_reset_days));
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let entries = self.store.entries_active_since(since).await?;
        let allowed = |entry: &TrackingEntry| {
            is_allowed(
                &settings.filter_users,
                &entry.viewer.account,
                entry.viewer_name.as_deref(),
            )
        };
        let shows: BTreeSet<RollingShowId> = entries.iter().map(|entry| entry.show).collect();
        let mut survey = Survey::default();
        let mut known = self.store.rolling_shows().await?;
        known.retain(|show| shows.contains(&show.id));
        for show in known {
            let viewers = seasons_of_viewers(&show, &entries, &allowed, &settings, now);
            if viewers.is_empty() || viewers.iter().any(|(_, season)| *season <= 1) {
                continue;
            }
            let mut hasher = DefaultHasher::new();
            viewers.hash(&mut hasher);
            (show.monitoring_type, show.keep_show, &show.keep_seasons).hash(&mut hasher);
            was_watched_since_enrollment(&show, &entries).hash(&mut hasher);
            (settings.inactivity_reset_days, settings.progressive_cleanup_at_once).hash(&mut hasher);
            let stands = hasher.finish();
            survey.stands.insert(show.id, stands);
            if all || lock(&self.cleaned).get(&show.id) != Some(&stands) {
                survey.candidates.push(show);
            } else {
                survey.unchanged.insert(show.series);
            }
        }
        Ok(survey)
    }
}

/// What a look at the shows found.
struct Found {
    /// The seasons that are free.
    proposals: Vec<Proposal>,
    /// Nothing was found out about these series this time.
    not_known: BTreeSet<SeriesKey>,
    /// When to look again at the latest.
    look_again: Option<Timestamp>,
    /// How the shows stood.
    stands: BTreeMap<RollingShowId, u64>,
}

/// Shows by what their viewers' progress tells. Of those that are in neither list, nothing is free.
#[derive(Default)]
struct Survey {
    /// Something may be free.
    candidates: Vec<RollingShow>,
    /// They are as they were when they were last looked at.
    unchanged: BTreeSet<SeriesKey>,
    /// How each of them stands.
    stands: BTreeMap<RollingShowId, u64>,
}
