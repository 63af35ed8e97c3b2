//! What the user does with rolling shows: reset, remove, confirm.

use super::pass::Proposal;
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::ResetReport;
use domain::ids::RollingShowId;
use domain::plan::{Decision, Reason, Subject};
use std::sync::Arc;
use store::{Intent, IntentState, Origin, Outcome};

impl Core {
    /// Resets one show on request.
    pub(crate) async fn reset_show(
        &self,
        id: i64,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<ResetReport, RequestError> {
        let proposal = self.propose_reset(id).await?;
        if !approve(std::slice::from_ref(&proposal.decision)) {
            return Err(changed_meanwhile());
        }
        self.apply(vec![proposal], ResetReport::default()).await
    }

    /// Resets every inactive show on request.
    pub(crate) async fn reset_inactive(
        &self,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<ResetReport, RequestError> {
        let (proposals, report) = self.propose_resets(false, true).await?;
        let decisions: Vec<Decision> = proposals.iter().map(|proposal| proposal.decision.clone()).collect();
        if !approve(&decisions) {
            return Err(changed_meanwhile());
        }
        self.apply(proposals, report).await
    }

    async fn apply(&self, proposals: Vec<Proposal>, mut report: ResetReport) -> Result<ResetReport, RequestError> {
        let (doing, leaving): (Vec<Proposal>, Vec<Proposal>) = proposals
            .into_iter()
            .partition(|proposal| !proposal.decision.actions.is_empty() || !proposal.decision.afterwards.is_empty());
        for proposal in leaving {
            report.skipped.push(crate::report::LeftAlone {
                id: Some(proposal.facts.show.id.0),
                title: proposal.facts.show.title.clone(),
                reason: proposal.decision.detail,
            });
        }
        report.absorb(self.act_on(doing, Origin::Manual, false).await?);
        self.publisher.shows_changed();
        Ok(report)
    }

    /// Takes a show out of monitoring; Sonarr stays as it is.
    pub(crate) async fn remove_show(&self, id: i64) -> Result<String, RequestError> {
        let Some(show) = self.store.rolling_show(RollingShowId(id)).await? else {
            return Err(RequestError::invalid(
                "notFound",
                format!("There is no rolling show {id}."),
            ));
        };
        let lock = self.series_lock(show.series);
        let _one_writer = lock.lock().await;
        let subject = Subject {
            show: show.title.clone(),
            series: Some(show.series),
            rolling_show: Some(show.id),
            instance: self.link_of(show.series).map(|link| link.connection.name.clone()),
            ..Subject::default()
        };
        let detail = format!("{} was removed from monitoring. Sonarr stays as it is.", show.title);
        for intent in self.store.open_intents_for(show.series).await? {
            if intent.decision.subject.rolling_show == Some(show.id) {
                self.store
                    .drop_intent(
                        intent.id,
                        self.now(),
                        Outcome::Nothing,
                        "The show was removed from monitoring.",
                    )
                    .await?;
            }
        }
        self.forget_series(show.series).await?;
        self.forget_seasons(show.id).await?;
        self.forget_refusals(show.id).await?;
        self.store.remove_rolling_show(show.id).await?;
        self.journal(
            Origin::Manual,
            Outcome::Done,
            &Decision::nothing(subject, Reason::Removed, detail.clone()),
            None,
        )
        .await?;
        self.count_rolling_shows().await?;
        self.publisher.shows_changed();
        self.publisher.confirmations_changed();
        self.rules_changed();
        Ok(detail)
    }

    /// Carries out what was waiting for the user's word: exactly that.
    pub(crate) async fn confirm(&self, batch: i64) -> Result<(), RequestError> {
        let asked = self.store.intents_of_batch(batch).await?;
        if self.store.confirm_batch(batch, self.now()).await? == 0 {
            return Err(RequestError::invalid(
                "notFound",
                "There is nothing to confirm anymore.",
            ));
        }
        for intent in asked.iter().filter(|intent| is_waiting(intent)) {
            self.forget_refusal(&intent.decision).await?;
        }
        self.publisher.confirmations_changed();
        self.work.notify_one();
        Ok(())
    }

    /// Drops what was waiting for the user's word, and remembers that it was not wanted.
    pub(crate) async fn dismiss(&self, batch: i64) -> Result<(), RequestError> {
        let mut waiting = self.store.intents_of_batch(batch).await?;
        waiting.retain(is_waiting);
        if waiting.is_empty() {
            return Err(RequestError::invalid(
                "notFound",
                "There is nothing to decide about anymore.",
            ));
        }
        for intent in waiting {
            self.remember_refusal(&intent.decision).await?;
            self.store
                .drop_intent(intent.id, self.now(), Outcome::Nothing, "You decided against it.")
                .await?;
        }
        self.publisher.confirmations_changed();
        self.publisher.journal_changed();
        Ok(())
    }

    /// The Sonarr of a name.
    pub(crate) fn instance_named(&self, name: &str) -> Result<Arc<Link>, RequestError> {
        match self.links.named(name) {
            Some(link) if !link.connection.kind.is_media_server() => Ok(link),
            Some(_) => Err(RequestError::invalid(
                "invalidValue",
                format!("{name} is not a Sonarr."),
            )),
            None => Err(RequestError::invalid(
                "notFound",
                format!("There is no connection named {name}."),
            )),
        }
    }
}

fn is_waiting(intent: &Intent) -> bool {
    intent.state == IntentState::WaitingConfirmation
}

/// What was shown is not what would be done now.
pub(super) fn changed_meanwhile() -> RequestError {
    RequestError::invalid(
        "changedMeanwhile",
        "Something changed meanwhile, and nothing was done. Look at it again.",
    )
}
