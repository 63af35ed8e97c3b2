//! Asking the user before much is deleted.

use super::pass::Proposal;
use crate::core::Core;
use crate::report::{LeftAlone, ResetReport};
use domain::ids::{EpisodeFileId, RollingShowId, SeriesKey};
use domain::plan::Reason;
use domain::reset::{Amount, needs_confirmation};
use domain::series::EpisodeFile;
use domain::state::{Notification, Topic};
use std::collections::{BTreeMap, BTreeSet};
use store::{IntentState, NewIntent, Origin, Outcome, StoreError};

/// With fewer shows than this, every reset is a large share of them, and nothing is asked.
pub(super) const SHOWS_THAT_ASK: usize = 3;

impl Core {
    /// Whether a run would delete so much that it asks first.
    pub(super) async fn is_too_big(&self, proposals: &[Proposal]) -> Result<bool, StoreError> {
        let shows = self.store.rolling_shows().await?;
        if shows.len() < SHOWS_THAT_ASK {
            return Ok(false);
        }
        let percent = self.settings().confirm_above_percent;
        let doomed = Amount::doomed(proposals.iter().map(|proposal| &proposal.decision));
        let (counted, mut all) = files_at_hand(proposals);
        for show in shows.iter().filter(|show| !counted.contains(&show.id)) {
            // More files only make the share smaller.
            if !needs_confirmation(all, doomed, percent) {
                return Ok(false);
            }
            let Some(link) = self.link_of(show.series) else {
                continue;
            };
            let Some((_, client)) = link.sonarr() else { continue };
            match client.files(show.series.series).await {
                Ok(files) => add(&mut all, &files),
                // What cannot be counted makes the share look bigger, which is the careful side.
                Err(error) => tracing::warn!(show = show.title, "its files could not be counted: {error}"),
            }
        }
        Ok(needs_confirmation(all, doomed, percent))
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
                    "{} would lose files. Nothing is deleted before you say so.",
                    shows_of(&intents)
                ),
                topic: Topic::Confirmation,
            });
        }
        for proposal in proposals {
            report.skipped.push(LeftAlone {
                id: Some(proposal.facts.show.id.0),
                title: proposal.facts.show.title.clone(),
                reason: "It waits for your confirmation.".to_owned(),
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

/// The files of the shows that a run is about, which are known already.
fn files_at_hand(proposals: &[Proposal]) -> (BTreeSet<RollingShowId>, Amount) {
    let mut counted = BTreeSet::new();
    let mut all = Amount::default();
    for proposal in proposals {
        if counted.insert(proposal.facts.show.id)
            && let Some(files) = &proposal.facts.snapshot.files
        {
            add(&mut all, files);
        }
    }
    (counted, all)
}

fn add(all: &mut Amount, files: &BTreeMap<EpisodeFileId, EpisodeFile>) {
    all.files += files.len() as u64;
    all.bytes += files.values().map(|file| file.size).sum::<i64>();
}

/// "Slow Show" or "3 shows".
fn shows_of(intents: &[NewIntent<'_>]) -> String {
    let shows: BTreeSet<&str> = intents
        .iter()
        .map(|intent| intent.decision.subject.show.as_str())
        .collect();
    match shows.first() {
        Some(only) if shows.len() == 1 => (*only).to_owned(),
        _ => format!("{} shows", shows.len()),
    }
}
