//! The passes over rolling shows: what they do when they are due, and what they would do.

use super::{AUTOMATIC_RESET, CLEANUP_PAUSE, due};
use crate::core::{Core, lock};
use crate::report::CheckReport;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use store::{IntentState, ScheduledTask, StoreError};

const CLEANUP: &str = "cleanup";

impl Core {
    /// Resets shows that nobody watches, and removes seasons that are free, where it is time for that.
    pub(super) async fn run_passes(
        &self,
        now: Timestamp,
        tasks: &BTreeMap<String, ScheduledTask>,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        if !self.has_rolling_shows.load(Ordering::Relaxed) {
            return Ok(());
        }
        let settings = self.settings();
        let interval = self.reset_interval();
        if !self.is_in_grace().await?
            && settings.enable_auto_reset
            && self.is_due(tasks, AUTOMATIC_RESET, now, interval).await?
        {
            let done = self.reset_inactive_pass(false).await?;
            tracing::info!(
                "Automatic reset: {} shows reset, {} left alone",
                done.reset.len(),
                done.skipped.len()
            );
            report.errors.extend(done.errors);
            report.decisions.extend(done.decisions);
            self.publisher.shows_changed();
            self.did(AUTOMATIC_RESET, now, interval).await?;
        }
        let shows_revision = self.publisher.shows_revision();
        let changed = lock(&self.cleaned_at_revision).replace(shows_revision) != Some(shows_revision);
        let due = self.is_due(tasks, CLEANUP, now, CLEANUP_PAUSE).await?;
        if settings.enable_progressive_cleanup && (changed || due) {
            let (look_again, done) = self.clean_up(due).await?;
            report.errors.extend(done.errors);
            report.decisions.extend(done.decisions);
            let pause = look_again.map_or(CLEANUP_PAUSE, |at| {
                at.duration_since(now)
                    .clamp(SignedDuration::from_mins(5), CLEANUP_PAUSE)
            });
            let planned = tasks.get(CLEANUP).map(|task| task.due_at);
            if due || planned.is_none_or(|planned| now + pause < planned) {
                self.did(CLEANUP, now, pause).await?;
            }
        }
        Ok(())
    }

    /// What is owed and what the passes would do at this moment by themselves. Writes nothing.
    pub(crate) async fn foretell_due_work(&self) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        for intent in self.store.all_open_intents().await? {
            if intent.state == IntentState::Open {
                let mut rest = intent.decision;
                rest.actions.drain(..rest.actions.len().min(intent.next_step as usize));
                report.triggered_searches += u32::try_from(rest.searches()).unwrap_or(u32::MAX);
                report.decisions.push(rest);
            }
        }
        if !self.has_rolling_shows.load(Ordering::Relaxed) {
            return Ok(report);
        }
        let (now, settings, tasks) = (self.now(), self.settings(), self.store.scheduled_tasks().await?);
        let reset_due = due(&tasks, AUTOMATIC_RESET, now, self.reset_interval()) == Some(true);
        if !self.is_in_grace().await? && settings.enable_auto_reset && reset_due {
            let (proposals, found) = self.propose_resets(true, false).await?;
            report.errors.extend(found.errors);
            report.decisions.extend(self.would_go(proposals).await?);
        }
        let cleanup_due = due(&tasks, CLEANUP, now, CLEANUP_PAUSE) == Some(true);
        report.decisions.extend(self.would_clean_up(cleanup_due).await?);
        Ok(report)
    }

    fn reset_interval(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.settings().auto_reset_interval_hours))
    }
}
