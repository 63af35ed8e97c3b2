//! Reminders whose time has come.

use super::REMINDER_PAUSE;
use crate::core::Core;
use crate::report::{CheckReport, Failure};
use domain::ids::EpisodeId;
use domain::plan::{Reminder, ReminderAbout, Subject};
use domain::reminders::{Progress, ReminderFacts};
use domain::series::{Episode, SeriesSnapshot};
use domain::wanting::Circumstances;
use jiff::Timestamp;
use sonarr::{HistoryEvent, SonarrClient};
use std::collections::BTreeMap;
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
                .postpone_reminder(id, now + REMINDER_PAUSE, reminder.attempts, now)
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
                    .postpone_reminder(id, now + REMINDER_PAUSE, reminder.attempts, now)
                    .await;
            }
        };
        let show = self.store.rolling_show_of(reminder.series).await?;
        if let ReminderAbout::SearchOutcome { season, episodes, .. } = &reminder.about {
            self.note_arrival(reminder.series, *season, episodes, &snapshot).await?;
        }
        let recent = self.store.recent_searches(reminder.series, now).await?;
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
        let settings = self.settings();
        let progress = self.progress(client, &reminder, &snapshot).await;
        let facts = ReminderFacts {
            show: show.as_ref(),
            settings: &settings,
            progress: &progress,
        };
        let decision = domain::reminders::decide(around, &subject, &reminder, facts);
        let mut decision = self.without_what_is_followed(&decision).await?;
        let (same, others): (Vec<_>, Vec<_>) = decision
            .reminders
            .drain(..)
            .partition(|next| next.about == reminder.about);
        decision.reminders = others;
        let key = format!("reminder/{id}");
        let done = self.carry_out(&link, Origin::Reminder, &decision, Some(&key)).await?;
        report.triggered_searches += done.searches;
        if !decision.actions.is_empty() {
            report.decisions.push(decision);
        }
        if let Some(failure) = done.failure {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: failure,
            });
        }
        match same.into_iter().next() {
            Some(next) => self.store.postpone_reminder(id, next.due_at, next.attempts, now).await,
            None => self.store.remove_reminder(id).await,
        }
    }
    /// How far Sonarr came with a search, by its history. That is asked only where something is missing and not on its way;
    /// without an answer nothing is said of it.
    async fn progress(
        &self,
        client: &SonarrClient,
        reminder: &Reminder,
        snapshot: &SeriesSnapshot,
    ) -> BTreeMap<EpisodeId, Progress> {
        let ReminderAbout::SearchOutcome {
            season,
            episodes,
            sent_at,
            ..
        } = &reminder.about
        else {
            return BTreeMap::new();
        };
        let is_open = |episode: &Episode| {
            episodes.contains(&episode.id) && episode.file.is_none() && !snapshot.is_queued(episode.id)
        };
        if !snapshot.episodes.iter().any(is_open) {
            return BTreeMap::new();
        }
        let history = match client.history(reminder.series.series, *season).await {
            Ok(history) => history,
            Err(error) => {
                tracing::warn!("The history of {} could not be read: {error}", snapshot.series.title);
                return BTreeMap::new();
            }
        };
        let since = self.by_sonarrs_clock(*sent_at, reminder.series) - crate::act::INEXACT;
        let mut latest: BTreeMap<EpisodeId, (Timestamp, Progress)> = BTreeMap::new();
        for record in history.into_iter().filter(|record| record.at >= since) {
            let progress = match record.event {
                HistoryEvent::Grabbed => Progress::Grabbed,
                HistoryEvent::DownloadFailed => Progress::DownloadFailed,
                HistoryEvent::Imported => Progress::Imported,
                HistoryEvent::Other => continue,
            };
            let known = latest.entry(record.episode).or_insert((record.at, progress));
            if known.0 < record.at {
                *known = (record.at, progress);
            }
        }
        latest
            .into_iter()
            .map(|(episode, (_, progress))| (episode, progress))
            .collect()
    }
}
