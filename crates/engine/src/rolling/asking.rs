//! Asking the user before much is deleted.

use super::pass::Proposal;
use crate::core::Core;
use crate::report::{LeftAlone, ResetReport};
use domain::ids::{RollingShowId, SeriesKey};
use domain::plan::Reason;
use domain::reset::{Amount, needs_confirmation};
use domain::state::{Notification, Topic};
use std::collections::BTreeSet;
use store::{IntentState, NewIntent, Origin, Outcome, StoreError};

/// A run over fewer shows than this is everyday life and is not asked about.
const SHOWS_THAT_ASK: usize = 3;

impl Core {
    /// Whether a run would delete so much that it asks first.
    pub(super) async fn is_too_big(&self, proposals: &[Proposal]) -> Result<bool, StoreError> {
        let shows: BTreeSet<RollingShowId> = proposals.iter().map(|proposal| proposal.facts.show.id).collect();
        if shows.len() < SHOWS_THAT_ASK {
            return Ok(false);
        }
        let doomed = Amount::doomed(proposals.iter().map(|proposal| &proposal.decision));
        let mut all = Amount::default();
        for show in self.store.rolling_shows().await? {
            let Some(link) = self.link_of(show.series) else {
                continue;
            };
            let Some((_, client)) = link.sonarr() else { continue };
            match client.files(show.series.series).await {
                Ok(files) => {
                    all.files += files.len() as u64;
                    all.bytes += files.values().map(|file| file.size).sum::<i64>();
                }
                // What cannot be counted makes the share look bigger, which is the careful side.
                Err(error) => tracing::warn!(show = show.title, "its files could not be counted: {error}"),
            }
        }
        Ok(needs_confirmation(all, doomed, self.settings().confirm_above_percent))
    }

    /// Leaves everything of a run to the user's word.
    pub(super) async fn ask_first(&self, proposals: &[Proposal], origin: Origin) -> Result<ResetReport, StoreError> {
        let mut intents = Vec::new();
        for proposal in proposals {
            let waiting = self
                .store
                .open_intents_for(proposal.facts.show.series)
                .await?
                .iter()
                .any(|open| open.decision.actions == proposal.decision.actions);
            if !waiting {
                intents.push(NewIntent {
                    series: proposal.facts.show.series,
                    origin,
                    decision: &proposal.decision,
                    needs_confirmation: true,
                    subject_key: None,
                });
            }
        }
        let mut report = ResetReport::default();
        if !intents.is_empty() {
            self.store.create_intents(&intents, self.now()).await?;
            self.publisher.journal_changed();
            self.publisher.confirmations_changed();
            self.notifier.tell(Notification {
                title: "Confirm a big cleanup".to_owned(),
                body: format!(
                    "{} shows would lose files. Nothing is deleted before you say so.",
                    proposals.len()
                ),
                topic: Topic::Confirmation,
            });
        }
        for proposal in proposals {
            report.skipped.push(LeftAlone {
                id: Some(proposal.facts.show.id.0),
                title: proposal.facts.show.title.clone(),
                reason: "It waits for your confirmation: the run would delete a large share of the files.".to_owned(),
            });
        }
        Ok(report)
    }

    /// Takes questions back that life has answered: what a pass no longer proposes as it was asked is not waited for.
    pub(super) async fn withdraw_questions(
        &self,
        reason: Reason,
        concerns: &(dyn Fn(SeriesKey) -> bool + Sync),
        proposals: &[Proposal],
    ) -> Result<(), StoreError> {
        for open in self.store.all_open_intents().await? {
            let still_proposed = proposals.iter().any(|proposal| {
                proposal.facts.show.series == open.series && proposal.decision.actions == open.decision.actions
            });
            let is_concerned = open.state == IntentState::WaitingConfirmation
                && open.decision.reason == reason
                && concerns(open.series);
            if is_concerned && !still_proposed {
                let note = "Things changed before it was confirmed.";
                self.store
                    .drop_intent(open.id, self.now(), Outcome::Nothing, note)
                    .await?;
                self.publisher.journal_changed();
                self.publisher.confirmations_changed();
            }
        }
        Ok(())
    }
}
