//! From one watched episode to decisions on a Sonarr that has it, and their execution.

use super::{Mode, Trouble, journal_key};
use crate::core::Core;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use crate::rolling::Viewing;
use crate::runner::queued;
use domain::ids::SeriesKey;
use domain::monitoring::RollingShow;
use domain::plan::{Decision, Reason, Subject};
use domain::series::{Series, SeriesSnapshot};
use domain::settings::Settings;
use domain::tracker::PlayKey;
use domain::wanting::Circumstances;
use domain::watching::{RecentSearches, Sighting};
use domain::{rolling, standard};
use remote::RemoteError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Origin, StoreError};

impl Core {
    /// Decides about a watched episode of one series, under its lock.
    #[expect(clippy::too_many_arguments, reason = "all of it is one look at one series")]
    pub(super) async fn on_series(
        &self,
        link: &Arc<Link>,
        subject: &Subject,
        series: Series,
        sighting: &Sighting,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Result<Vec<Decision>, Trouble> {
        let series_key = series.key;
        let lock = self.series_lock(series_key);
        let _one_writer = lock.lock().await;
        let mut subject = subject.clone();
        let show = if self.has_rolling_shows.load(Ordering::Relaxed) {
            self.store.rolling_show_of(series_key).await?
        } else {
            None
        };
        subject.rolling_show = show.as_ref().map(|show| show.id);
        let settings = self.settings();
        let seen_at = mode.seen_at.unwrap_or_else(|| self.now());
        if show
            .as_ref()
            .is_some_and(|show| show.was_reset_since(seen_at, self.now()))
        {
            let decision = Decision::nothing(subject, Reason::Moot, "The show was reset since it was watched.");
            self.journal_session(&decision, key, mode).await?;
            return Ok(vec![decision]);
        }
        if let Some(show) = &show
            && self.writes_down_in(mode)
        {
            self.note_viewings(show, &[Viewing::new(&sighting.watched, seen_at)])
                .await?;
        }
        let refusal = if !self.is_allowed(&sighting.watched.viewer) {
            let name = sighting.watched.viewer.display_name();
            let tracked = if show.is_some() {
                "; the viewing is tracked only"
            } else {
                ""
            };
            Some((
                Reason::ViewerNotInFilter,
                format!("{name} is not in the viewer filter{tracked}."),
            ))
        } else if show.is_none() && !settings.standard_monitoring {
            Some((
                Reason::NotEnrolled,
                "The show is not enrolled, and standard monitoring is switched off.".to_owned(),
            ))
        } else {
            None
        };
        if let Some((reason, detail)) = refusal {
            let decision = Decision::nothing(subject, reason, detail);
            self.journal_session(&decision, key, mode).await?;
            return Ok(vec![decision]);
        }
        if !mode.dry_run {
            self.resume_series(link, series_key, report).await?;
        }
        let decisions = self
            .decide(link, &subject, series, sighting, show.as_ref(), &settings, mode, report)
            .await?;
        for decision in &decisions {
            self.execute(link, decision, key, mode, report).await?;
        }
        if self.writes_down_in(mode) {
            self.settle(link, sighting).await?;
        }
        Ok(decisions)
    }

    /// What was owed to this Sonarr about the viewer and the show is decided now.
    async fn settle(&self, link: &Link, sighting: &Sighting) -> Result<(), StoreError> {
        match link.connection.instance() {
            Some(instance) => self.store.settle_sighting(instance, sighting).await,
            None => Ok(()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is known only here")]
    async fn decide(
        &self,
        link: &Link,
        subject: &Subject,
        series: Series,
        sighting: &Sighting,
        show: Option<&RollingShow>,
        settings: &Settings,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Result<Vec<Decision>, Trouble> {
        let Some((_, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized.into());
        };
        let series_key = series.key;
        let now = self.now();
        let listing = client.episodes(series_key.series).await;
        link.note(&listing, now);
        let listing = listing?;
        let mut snapshot = SeriesSnapshot::new(series, listing.items);
        if let Some(reason) = listing.skipped.first() {
            snapshot.has_holes = true;
            let (count, show) = (listing.skipped.len(), &subject.show);
            let message = format!("{count} episodes of {show} could not be read: {reason}");
            tracing::warn!(instance = link.connection.name, "{message}");
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message,
            });
        }
        let watched = sighting.watched.with_file_mates(&snapshot);
        if show.is_some() && self.writes_down_in(mode) {
            self.note_need(&watched, &snapshot).await?;
        }
        if let Some(show) = show
            && watched != sighting.watched
            && self.writes_down_in(mode)
        {
            self.note_viewings(show, &[Viewing::new(&watched, mode.seen_at.unwrap_or(now))])
                .await?;
        }
        let ahead = match show {
            Some(show) => self.wants_more(show, &watched, &snapshot, settings).await?,
            None => false,
        };
        let mut recent = RecentSearches::default();
        let mut single_episodes = false;
        loop {
            let around = Circumstances {
                snapshot: &snapshot,
                recent: &recent,
                single_episodes,
                viewer: Some(sighting.watched.viewer.display_name()),
                now,
            };
            let decisions = match show {
                Some(show) => rolling::decide(around, subject, &watched, show, settings, ahead),
                None => standard::decide(around, subject, watched.at, settings),
            };
            // What can only make a search needless is asked only when something would be searched.
            if snapshot.queued.is_some() || decisions.iter().all(|decision| decision.searches() == 0) {
                return Ok(decisions);
            }
            let queue = queued(client, series_key).await;
            link.note(&queue, now);
            snapshot.queued = Some(queue?);
            recent = self.store.recent_searches(series_key, now).await?;
            single_episodes = self.is_short_of_space(link, &snapshot.series).await;
        }
    }

    async fn execute(
        &self,
        link: &Link,
        decision: &Decision,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        if mode.dry_run {
            report.triggered_searches += u32::try_from(decision.searches()).unwrap_or(u32::MAX);
            return Ok(());
        }
        let subject_key = journal_key(key, decision);
        let done = self
            .carry_out(link, Origin::Session, decision, Some(&subject_key))
            .await?;
        report.triggered_searches += done.searches;
        if let Some(failure) = done.failure {
            report.errors.push(Failure {
                source: link.connection.name.clone(),
                message: failure,
            });
        }
        Ok(())
    }

    /// Carries on what is owed for a series before anything new is decided about it.
    async fn resume_series(&self, link: &Link, series: SeriesKey, report: &mut CheckReport) -> Result<(), StoreError> {
        for intent in self.store.open_intents_for(series).await? {
            if intent.state == store::IntentState::Open && !self.settings().dry_run {
                report.decisions.push(intent.decision.clone());
                let done = self.run_intent(link, intent).await?;
                report.triggered_searches += done.searches;
                if let Some(failure) = done.failure {
                    report.errors.push(Failure {
                        source: link.connection.name.clone(),
                        message: failure,
                    });
                }
            }
        }
        Ok(())
    }
}
