//! The passes over rolling shows, when they are due.

use super::{AUTOMATIC_RESET, CLEANUP_PAUSE};
use crate::core::{Core, lock};
use crate::report::CheckReport;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use store::{ScheduledTask, StoreError};

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

    fn reset_interval(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.settings().auto_reset_interval_hours))
    }
}
