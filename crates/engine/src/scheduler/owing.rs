//! What is owed: on each Sonarr one thing after the other, on all of them side by side.

use super::{OwedWork, SIGHTING_KEPT};
use crate::core::Core;
use crate::report::{CheckReport, Failure};
use domain::ids::InstanceId;
use domain::plan::Reason;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use store::{Intent, OwedSighting, StoreError, StoredReminder};

/// What is to be done on one Sonarr.
#[derive(Default)]
struct Errands {
    intents: Vec<Intent>,
    sightings: Vec<OwedSighting>,
    reminders: Vec<StoredReminder>,
}

impl Core {
    /// Does what is owed and due; with `owed` also that, although its pause is not over, unless it was tried since.
    pub(super) async fn do_owed(&self, owed: Option<&OwedWork>) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        let errands = self.errands(owed).await?;
        let running = errands.into_iter().map(|(instance, errands)| async move {
            let mut part = CheckReport::default();
            self.run_errands(instance, errands, owed, &mut part)
                .await
                .map(|()| part)
        });
        for part in futures::future::join_all(running).await {
            report.absorb(part?);
        }
        Ok(report)
    }

    async fn errands(&self, owed: Option<&OwedWork>) -> Result<BTreeMap<InstanceId, Errands>, StoreError> {
        let now = self.now();
        let mut errands: BTreeMap<InstanceId, Errands> = BTreeMap::new();
        let intents = match owed {
            Some(_) => self.store.all_open_intents().await?,
            None => self.store.due_intents(now).await?,
        };
        for intent in intents {
            errands.entry(intent.series.instance).or_default().intents.push(intent);
        }
        let until = if owed.is_some() { now + SIGHTING_KEPT } else { now };
        for sighting in self.store.due_sightings(until).await? {
            if owed.is_none_or(|owed| owed.sightings.contains(&(sighting.id, sighting.seen_at))) {
                errands.entry(sighting.instance).or_default().sightings.push(sighting);
            }
        }
        for stored in self.store.due_reminders(now).await? {
            let instance = stored.reminder.series.instance;
            errands.entry(instance).or_default().reminders.push(stored);
        }
        Ok(errands)
    }

    async fn run_errands(
        &self,
        instance: InstanceId,
        errands: Errands,
        owed: Option<&OwedWork>,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        let asked_for = owed.is_some();
        for intent in errands.intents {
            if self.may_run_errands(instance, asked_for) {
                self.carry_on(intent, owed, report).await?;
            }
        }
        for sighting in errands.sightings {
            let server = InstanceId(sighting.sighting.watched.viewer.key.server.0);
            if self.may_run_errands(instance, asked_for) && self.may_run_errands(server, asked_for) {
                self.revisit_owed(sighting, report).await?;
            }
        }
        for stored in errands.reminders {
            if self.may_run_errands(instance, asked_for) {
                self.look_at_reminder(stored, report).await?;
            }
        }
        Ok(())
    }

    /// Whether a connection may be asked now. One that is gone, or cannot be asked at all, costs no waiting.
    fn may_run_errands(&self, instance: InstanceId, asked_for: bool) -> bool {
        let Some(link) = self.links.get(instance.0) else {
            return true;
        };
        let now = self.now();
        let refused = if asked_for {
            link.not_waited_for(now)
        } else {
            link.not_asked(now)
        };
        refused.is_none()
    }

    async fn carry_on(
        &self,
        intent: Intent,
        owed: Option<&OwedWork>,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        let Some(link) = self.link_of(intent.series) else {
            return Ok(());
        };
        let now = self.now();
        let lock = self.series_lock(intent.series);
        let _one_writer = lock.lock().await;
        // It may have been carried on by a session meanwhile.
        let Some(intent) = self.store.intent(intent.id).await? else {
            return Ok(());
        };
        let wanted = match owed {
            Some(owed) => owed.intents.contains(&(intent.id, intent.attempts)),
            None => intent.is_due(now),
        };
        if intent.state != store::IntentState::Open || !wanted {
            return Ok(());
        }
        let _working = self.publisher.working();
        tracing::info!(
            show = intent.decision.subject.show,
            "Carrying on owed work: {}",
            intent.decision.detail
        );
        report.decisions.push(intent.decision.clone());
        if self.rehearsal.is_some() {
            let left = intent.decision.actions.iter().skip(intent.next_step as usize);
            let searches = left.filter(|action| action.is_search()).count();
            report.triggered_searches += u32::try_from(searches).unwrap_or(u32::MAX);
            return Ok(());
        }
        let done = self.run_intent(&link, intent).await?;
        report.triggered_searches += done.searches;
        if let Some(failure) = done.failure {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: failure,
            });
        }
        Ok(())
    }

    async fn revisit_owed(&self, owed: OwedSighting, report: &mut CheckReport) -> Result<(), StoreError> {
        let now = self.now();
        if now.duration_since(owed.seen_at) > SIGHTING_KEPT || self.links.instance(owed.instance).is_none() {
            return self.store.remove_sighting(owed.id).await;
        }
        let mut part = CheckReport::default();
        self.revisit(&owed.sighting, owed.seen_at, owed.instance.0, &mut part)
            .await;
        let unanswered = part.decisions.iter().any(|decision| is_unanswered(decision.reason));
        if unanswered {
            let pause = SignedDuration::from_secs(30 * (1_i64 << owed.attempts.min(7)));
            self.store.postpone_sighting(owed.id, now + pause).await?;
        } else {
            self.store.remove_sighting(owed.id).await?;
        }
        report.absorb(CheckReport {
            processed_sessions: 0,
            ..part
        });
        Ok(())
    }
}

/// Whether a decision was not taken for want of an answer.
fn is_unanswered(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::InstanceUnavailable | Reason::ShowUnavailable | Reason::Failed
    )
}
