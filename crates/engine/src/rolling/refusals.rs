//! What the user decided against: for a while it is left alone, and then it is asked about again, never done silently.

use super::pass::Proposal;
use crate::core::Core;
use crate::report::{LeftAlone, ResetReport};
use domain::ids::RollingShowId;
use domain::plan::{Decision, Reason};
use domain::reset::{AfterRefusal, after_refusal};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use store::StoreError;

/// The proposals of a run, by what the user said to the same before.
pub(super) struct Run {
    /// Nothing was said.
    pub free: Vec<Proposal>,
    /// It was refused long ago: only the user's word lets it go.
    pub asked_first: Vec<Proposal>,
}

impl Core {
    /// Remembers that the user decided against something.
    pub(super) async fn remember_refusal(&self, decision: &Decision) -> Result<(), StoreError> {
        let Some(key) = key_of(decision) else { return Ok(()) };
        self.store.set_meta(&key, Some(&self.now().to_string())).await
    }

    /// Forgets a refusal: the user decided for the same.
    pub(super) async fn forget_refusal(&self, decision: &Decision) -> Result<(), StoreError> {
        let Some(key) = key_of(decision) else { return Ok(()) };
        self.store.set_meta(&key, None).await
    }

    /// Forgets everything that was refused of a show.
    pub(super) async fn forget_refusals(&self, show: RollingShowId) -> Result<(), StoreError> {
        let start = start_of(show);
        for rest in self.store.metas_beginning_with(&start).await?.into_keys() {
            self.store.set_meta(&format!("{start}{rest}"), None).await?;
        }
        Ok(())
    }

    /// When the user last decided against the same.
    async fn refused_at(&self, decision: &Decision) -> Result<Option<Timestamp>, StoreError> {
        let Some(key) = key_of(decision) else { return Ok(None) };
        let text = self.store.meta(&key).await?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// Whether something is to be left alone for now, because the user decided against it.
    pub(super) async fn is_refused(&self, decision: &Decision) -> Result<bool, StoreError> {
        let refused = self.refused_at(decision).await?;
        let answer = refused.map(|at| after_refusal(at, &self.settings(), self.now(), &TimeZone::system()));
        Ok(matches!(answer, Some(AfterRefusal::Stays { .. })))
    }

    /// Everything that was decided against.
    pub(super) async fn refusals(&self) -> Result<Refusals, StoreError> {
        Ok(Refusals(self.store.metas_beginning_with(START).await?))
    }

    /// Puts aside what was refused lately, and tells what may go only after another question.
    pub(super) async fn heed_refusals(
        &self,
        proposals: Vec<Proposal>,
        report: &mut ResetReport,
    ) -> Result<Run, StoreError> {
        let mut run = Run {
            free: Vec::new(),
            asked_first: Vec::new(),
        };
        for proposal in proposals {
            let refused = self.refused_at(&proposal.decision).await?;
            let answer = refused.map(|at| after_refusal(at, &proposal.facts.settings, self.now(), &TimeZone::system()));
            match answer {
                None => run.free.push(proposal),
                Some(AfterRefusal::AskedFirst) => run.asked_first.push(proposal),
                Some(AfterRefusal::Stays { since }) => report.skipped.push(LeftAlone {
                    id: Some(proposal.facts.show.id.0),
                    title: proposal.facts.show.title,
                    reason: format!("You decided against it on {since}."),
                }),
            }
        }
        Ok(run)
    }
}

/// What the user decided against, and when.
pub(super) struct Refusals(BTreeMap<String, String>);

impl Refusals {
    /// When the user last decided against each season of a show.
    pub fn of_seasons(&self, show: RollingShowId) -> BTreeMap<i32, Timestamp> {
        let key = format!("{}/", key(show, Reason::ProgressiveCleanup, None));
        let Some(start) = key.strip_prefix(START) else {
            return BTreeMap::new();
        };
        let seasons = self.0.iter().filter_map(|(rest, text)| {
            let season = rest.strip_prefix(start)?.parse().ok()?;
            Some((season, text.parse().ok()?))
        });
        seasons.collect()
    }

    /// When the user last decided against something of a show.
    pub fn at(&self, show: RollingShowId, reason: Reason, season: Option<i32>) -> Option<Timestamp> {
        let key = key(show, reason, season);
        self.0.get(key.strip_prefix(START)?)?.parse().ok()
    }
}

const START: &str = "refused/";

fn start_of(show: RollingShowId) -> String {
    format!("{START}{}/", show.0)
}

fn key(show: RollingShowId, reason: Reason, season: Option<i32>) -> String {
    let season = season.map(|season| format!("/{season}")).unwrap_or_default();
    format!("{}{}{season}", start_of(show), reason.code())
}

fn key_of(decision: &Decision) -> Option<String> {
    let subject = &decision.subject;
    Some(key(subject.rolling_show?, decision.reason, subject.season))
}
