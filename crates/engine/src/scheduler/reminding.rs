//! Reminders whose time has come.

use super::REMINDER_PAUSE;
use crate::core::Core;
use crate::report::{CheckReport, Failure};
use domain::plan::{ReminderAbout, Subject};
use domain::wanting::Circumstances;
use domain::watching::SEARCH_MEMORY;
use store::{Origin, StoreError, StoredReminder};

impl Core {
    /// Looks at what is remembered, with the series as it is now.
    pub(super) async fn look_at_reminder(
        &self,
        stored: StoredReminder,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        let StoredReminder { id, reminder } = stored;
        let Some(link) = self.link_of(reminder.series) else {
            return self.store.remove_reminder(id).await;
        };
        let now = self.now();
        let lock = self.series_lock(reminder.series);
        let _one_writer = lock.lock().await;
        let Some((_, client)) = link.sonarr() else {
            return self
                .store
                .postpone_reminder(id, now + REMINDER_PAUSE, reminder.attempts)
                .await;
        };
        let snapshot = self.snapshot_with_queue(client, reminder.series).await;
        link.note(&snapshot, now);
        let snapshot = match snapshot {
            Ok(Some(snapshot)) => snapshot,
            Ok(None) => return self.store.remove_reminder(id).await,
            Err(error) => {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: error.to_string(),
                });
                return self
                    .store
                    .postpone_reminder(id, now + REMINDER_PAUSE, reminder.attempts)
                    .await;
            }
        };
        let show = self.store.rolling_show_of(reminder.series).await?;
        if let ReminderAbout::SearchOutcome { season, episodes, .. } = &reminder.about {
            self.note_arrival(reminder.series, *season, episodes, &snapshot).await?;
        }
        let recent = self.store.recent_searches(reminder.series, now - SEARCH_MEMORY).await?;
        let subject = Subject {
            show: snapshot.series.title.clone(),
            viewer: reminder.viewer.clone(),
            instance: Some(link.connection.name.clone()),
            series: Some(reminder.series),
            rolling_show: show.as_ref().map(|show| show.id),
            ..Subject::default()
        };
        let around = Circumstances {
            snapshot: &snapshot,
            recent: &recent,
            single_episodes: self.is_short_of_space(&link, &snapshot.series).await,
            viewer: reminder.viewer.as_deref(),
            now,
        };
        let standard = self.settings().standard_monitoring;
        let mut decision = domain::reminders::decide(around, &subject, &reminder, show.as_ref(), standard);
        let (same, others): (Vec<_>, Vec<_>) = decision
            .reminders
            .drain(..)
            .partition(|next| next.about == reminder.about);
        decision.reminders = others;
        let key = format!("reminder/{id}");
        let done = self.carry_out(&link, Origin::Reminder, &decision, Some(&key)).await?;
        report.triggered_searches += done.searches;
        if let Some(failure) = done.failure {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: failure,
            });
        }
        match same.into_iter().next() {
            Some(next) => self.store.postpone_reminder(id, next.due_at, next.attempts).await,
            None => self.store.remove_reminder(id).await,
        }
    }
}
