//! Making series rolling shows, and changing how they roll.

use super::ShowFacts;
use super::changes::changed_meanwhile;
use super::grace::Change;
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{Batch, Failure};
use domain::enrollment::{EnrollmentFacts, change_type, preview};
use domain::ids::{RollingShowId, SeriesId, SeriesKey};
use domain::monitoring::{MonitoringType, RollingShow};
use domain::plan::Decision;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{NewRollingShow, Origin};

/// What the user wants to enroll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentDraft {
    /// Name of the instance.
    pub instance: String,
    /// Sonarr's ids of the series.
    pub series: Vec<i64>,
    /// How they shall roll.
    pub monitoring_type: MonitoringType,
    /// Whether Sonarr is brought to the baseline.
    pub reset: bool,
}

/// One series that is to be enrolled or changed.
struct Candidate {
    facts: ShowFacts,
    known: Option<RollingShow>,
    decision: Decision,
}

impl Core {
    /// What enrolling would do, series by series.
    pub(crate) async fn plan_enrollment(&self, draft: &EnrollmentDraft) -> Result<Vec<Decision>, RequestError> {
        let link = self.instance_named(&draft.instance)?;
        let mut decisions = Vec::new();
        for series in &draft.series {
            decisions.push(self.candidate(&link, SeriesId(*series), draft).await?.decision);
        }
        Ok(decisions)
    }

    /// Enrolls what the draft says, provided that `approve` accepts exactly what will be done.
    pub(crate) async fn enroll(
        &self,
        draft: &EnrollmentDraft,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<Batch, RequestError> {
        let link = self.instance_named(&draft.instance)?;
        let mut batch = Batch::default();
        let mut candidates = Vec::new();
        for series in &draft.series {
            match self.candidate(&link, SeriesId(*series), draft).await {
                Ok(candidate) => candidates.push(candidate),
                Err(error) if draft.series.len() > 1 => {
                    batch.errors.push(Failure {
                        source: link.connection.name.clone(),
                        message: error.message,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        let decisions: Vec<Decision> = candidates.iter().map(|candidate| candidate.decision.clone()).collect();
        if !approve(&decisions) {
            return Err(changed_meanwhile());
        }
        for candidate in candidates {
            let title = candidate.facts.show.title.clone();
            match self.enroll_one(&link, candidate, draft, Origin::Manual).await {
                Ok(detail) => batch.done.push((title, detail)),
                Err(error) => batch.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: format!("{title}: {}", error.message),
                }),
            }
        }
        self.count_rolling_shows().await?;
        self.publisher.shows_changed();
        self.rules_changed();
        // Who watched lately protects from now on.
        self.catch_up().await;
        Ok(batch)
    }

    /// Enrolls a series that is not enrolled, with the baseline's decision as `shape` leaves it. It is no consent to delete
    /// files from before. False, and nothing done, where Sonarr lists no episodes yet.
    pub(super) async fn enroll_quietly(
        &self,
        link: &Arc<Link>,
        series: SeriesId,
        monitoring_type: MonitoringType,
        shape: impl FnOnce(&mut Decision) + Send,
    ) -> Result<bool, RequestError> {
        let mut draft = EnrollmentDraft {
            instance: link.connection.name.clone(),
            series: vec![series.0],
            monitoring_type,
            reset: true,
        };
        let mut candidate = self.candidate(link, series, &draft).await?;
        if candidate.facts.snapshot.episodes.is_empty() {
            return Ok(false);
        }
        shape(&mut candidate.decision);
        draft.reset = false;
        let done = self.enroll_one(link, candidate, &draft, Origin::Scheduler).await;
        self.count_rolling_shows().await?;
        self.publisher.shows_changed();
        self.rules_changed();
        done.map(|_| true)
    }

    async fn candidate(
        &self,
        link: &Arc<Link>,
        series: SeriesId,
        draft: &EnrollmentDraft,
    ) -> Result<Candidate, RequestError> {
        let Some((instance, _)) = link.sonarr() else {
            return Err(RequestError::failed(
                "unauthorized",
                format!("{} is not ready: its API key is missing.", link.connection.name),
            ));
        };
        let key = SeriesKey { instance, series };
        let known = self.store.rolling_show_of(key).await?;
        let playing = if draft.reset {
            self.everything_playing().await
        } else {
            Ok(Vec::new())
        };
        let stand_in = known.clone().unwrap_or_else(|| RollingShow {
            id: RollingShowId(0),
            series: key,
            title: String::new(),
            tvdb: None,
            imdb: None,
            monitoring_type: draft.monitoring_type,
            current_monitored_season: draft.monitoring_type.baseline_season(),
            enrolled_at: self.now(),
            last_watched_at: None,
            expanded_at: None,
            reset_at: None,
            prior_files_may_go: draft.reset,
            keep_show: false,
            keep_seasons: std::collections::BTreeSet::new(),
        });
        let facts = self.show_facts(link, stand_in, &Ok(Vec::new())).await?;
        let Some(mut facts) = facts else {
            return Err(RequestError::invalid(
                "notFound",
                format!("{} has no series {series}.", link.connection.name),
            ));
        };
        facts.show.title.clone_from(&facts.snapshot.series.title);
        facts.show.tvdb = facts.snapshot.series.tvdb;
        facts.show.imdb.clone_from(&facts.snapshot.series.imdb);
        facts.subject.show.clone_from(&facts.show.title);
        if draft.reset {
            // The title is known only now, and by it who is playing.
            facts = self
                .show_facts(link, facts.show.clone(), &playing)
                .await?
                .unwrap_or(facts);
        }
        let recent = self.store.recent_searches(key, facts.now).await?;
        let single_episodes = self.is_short_of_space(link, &facts.snapshot.series).await;
        let decision = match &known {
            None => {
                preview(&EnrollmentFacts {
                    subject: &facts.subject,
                    snapshot: &facts.snapshot,
                    monitoring_type: draft.monitoring_type,
                    with_baseline: draft.reset,
                    settings: &facts.settings,
                    playing: &facts.playing,
                    protection: &facts.protection,
                    observed: &facts.observed,
                    recent: &recent,
                    single_episodes,
                    now: facts.now,
                    zone: &facts.zone,
                })
                .decision
            }
            Some(show) => {
                let change = change_type(&facts.subject, show, &facts.snapshot, draft.monitoring_type);
                if draft.reset {
                    facts.show = change.show;
                    facts.reset()
                } else {
                    change.decision
                }
            }
        };
        Ok(Candidate { facts, known, decision })
    }

    async fn enroll_one(
        &self,
        link: &Link,
        candidate: Candidate,
        draft: &EnrollmentDraft,
        origin: Origin,
    ) -> Result<String, RequestError> {
        let Candidate {
            facts,
            known,
            mut decision,
        } = candidate;
        let lock = self.series_lock(facts.show.series);
        let _one_writer = lock.lock().await;
        let show = match known {
            Some(show) => {
                if show.monitoring_type != draft.monitoring_type {
                    self.begin_grace(Change::Rules).await?;
                    self.store
                        .change_monitoring_type(show.id, draft.monitoring_type)
                        .await?;
                }
                if draft.reset {
                    self.store.allow_prior_files(show.id, true).await?;
                }
                show
            }
            None => {
                let new = NewRollingShow {
                    series: facts.show.series,
                    title: facts.show.title.clone(),
                    tvdb: facts.show.tvdb,
                    imdb: facts.show.imdb.clone(),
                    monitoring_type: draft.monitoring_type,
                    prior_files_may_go: draft.reset,
                };
                let show = self.store.enroll(&new, self.now()).await?;
                // Before the series' lock is let go: whoever plays it next plays a rolling show.
                self.has_rolling_shows.store(true, Ordering::Relaxed);
                show
            }
        };
        self.remember_seasons(show.id, &facts.snapshot).await?;
        decision.subject.rolling_show = Some(show.id);
        let done = self.carry_out(link, origin, &decision, None).await?;
        match done.failure {
            Some(failure) => Err(RequestError::failed(
                "owed",
                format!("Enrolled, but Sonarr is not at the baseline yet: {failure}"),
            )),
            None => Ok(decision.detail),
        }
    }
}
