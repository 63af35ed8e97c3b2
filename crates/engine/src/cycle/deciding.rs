//! From one watched episode to decisions on every Sonarr that has it, and their execution.

use super::{Mode, PLAY_NOTED_EVERY, Trouble, Verdicts, journal_key};
use crate::core::{Core, lock};
use crate::identify::Located;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use crate::runner::queued;
use domain::ids::SeriesKey;
use domain::monitoring::RollingShow;
use domain::plan::{Decision, Reason, Subject};
use domain::series::{Series, SeriesSnapshot};
use domain::settings::Settings;
use domain::tracker::PlayKey;
use domain::wanting::Circumstances;
use domain::watching::{SEARCH_MEMORY, Sighting};
use domain::{rolling, standard};
use jiff::SignedDuration;
use remote::RemoteError;
use std::sync::Arc;
use store::{Origin, StoreError};

impl Core {
    /// Looks a watched episode up on every Sonarr, and decides on each that has it.
    pub(super) async fn on_all_instances(
        &self,
        sighting: &Sighting,
        key: &PlayKey,
        mode: Mode,
        report: &mut CheckReport,
        only: Option<i64>,
    ) -> Verdicts {
        let instances = self.links.instances();
        let mut decisions = Vec::new();
        let mut valid_until = None;
        let mut found = false;
        let locating = instances
            .iter()
            .filter(|link| only.is_none_or(|id| link.connection.id == id))
            .map(|link| async move {
                let may_ask = mode.fresh || lock(&link.condition).may_be_asked(self.now());
                let located = if may_ask {
                    self.locate(link, &sighting.show).await
                } else {
                    Err(RemoteError::Unreachable {
                        detail: lock(&link.condition)
                            .trouble()
                            .unwrap_or("it failed just now")
                            .to_owned(),
                    })
                };
                (link, located)
            });
        for (link, located) in futures::future::join_all(locating).await {
            let mut subject = sighting.subject.clone();
            subject.instance = Some(link.connection.name.clone());
            match located {
                Ok(Located::Series(series)) => {
                    found = true;
                    subject.series = Some(series.key);
                    match self
                        .on_series(link, &subject, *series, sighting, key, mode, report)
                        .await
                    {
                        Ok(made) => decisions.extend(made),
                        Err(Trouble::Remote(error)) => {
                            valid_until = Some(self.now());
                            decisions.push(
                                self.unavailable(link, subject, &error, sighting, key, mode, report)
                                    .await,
                            );
                        }
                        Err(Trouble::Store(error)) => {
                            valid_until = Some(self.now());
                            decisions.push(self.store_failed(subject, &error, report));
                        }
                    }
                }
                Ok(Located::Ambiguous) => {
                    found = true;
                    let detail = format!(
                        "Several series of {} have this title; nothing is guessed.",
                        link.connection.name
                    );
                    let nothing = self
                        .nothing(subject, Reason::AmbiguousTitle, detail, key, mode, None, report)
                        .await;
                    decisions.extend(nothing.decisions);
                }
                Ok(Located::Nowhere) => {}
                Err(error) => {
                    found = true;
                    valid_until = Some(self.now());
                    decisions.push(
                        self.unavailable(link, subject, &error, sighting, key, mode, report)
                            .await,
                    );
                }
            }
        }
        if !found {
            let detail = if instances.is_empty() {
                "No Sonarr is connected."
            } else {
                "No Sonarr has this series."
            };
            // It may be added while the play goes on.
            let again = Some(self.now() + SignedDuration::from_mins(30));
            let nothing = self
                .nothing(
                    sighting.subject.clone(),
                    Reason::NotInSonarr,
                    detail.to_owned(),
                    key,
                    mode,
                    again,
                    report,
                )
                .await;
            decisions.extend(nothing.decisions);
            valid_until = nothing.valid_until;
        }
        if decisions.iter().any(|decision| decision.subject.rolling_show.is_some()) {
            let noted_again = self.now() + PLAY_NOTED_EVERY;
            valid_until = Some(valid_until.map_or(noted_again, |until| until.min(noted_again)));
        }
        Verdicts { decisions, valid_until }
    }

    /// Decides about a watched episode of one series, under its lock.
    #[expect(clippy::too_many_arguments, reason = "all of it is one look at one series")]
    async fn on_series(
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
        let show = self.store.rolling_show_of(series_key).await?;
        subject.rolling_show = show.as_ref().map(|show| show.id);
        let settings = self.settings();
        let seen_at = mode.seen_at.unwrap_or_else(|| self.now());
        if show
            .as_ref()
            .and_then(|show| show.reset_at)
            .is_some_and(|reset| seen_at <= reset)
        {
            let detail = "The show was reset since it was watched.";
            return Ok(vec![Decision::nothing(subject, Reason::Moot, detail)]);
        }
        if let Some(show) = &show
            && !mode.dry_run
        {
            let allowed = self.is_allowed(&sighting.watched.viewer);
            self.note_viewing_at(show, &sighting.watched, allowed, seen_at).await?;
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
            .decide(link, &subject, series, sighting, show.as_ref(), &settings, mode)
            .await?;
        for decision in &decisions {
            self.execute(link, decision, key, mode, report).await?;
        }
        if !mode.dry_run {
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
    ) -> Result<Vec<Decision>, Trouble> {
        let Some((_, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized.into());
        };
        let series_key = series.key;
        let now = self.now();
        let listing = client.episodes(series_key.series).await;
        link.note(&listing, now);
        let mut snapshot = SeriesSnapshot::new(series, listing?.items);
        let watched = sighting.watched.with_file_mates(&snapshot);
        if show.is_some() && !mode.dry_run {
            self.note_need(&watched, &snapshot).await?;
        }
        if let Some(show) = show
            && watched != sighting.watched
            && !mode.dry_run
        {
            self.note_viewing_at(show, &watched, true, mode.seen_at.unwrap_or(now))
                .await?;
        }
        let recent = self.store.recent_searches(series_key, now - SEARCH_MEMORY).await?;
        let single_episodes = self.is_short_of_space(link, &snapshot.series).await;
        let ahead = match show {
            Some(show) => self.wants_more(show, &watched, &snapshot, settings).await?,
            None => false,
        };
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
            // The queue is asked only when something would be searched.
            if snapshot.queued.is_some() || decisions.iter().all(|decision| decision.searches() == 0) {
                return Ok(decisions);
            }
            let queue = queued(client, series_key).await;
            link.note(&queue, now);
            snapshot.queued = Some(queue?);
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
        if mode.dry_run || self.settings().dry_run {
            report.triggered_searches += u32::try_from(decision.searches()).unwrap_or(u32::MAX);
        }
        if mode.dry_run {
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
