//! What the user does with rolling shows: enroll, change, reset, keep, remove, confirm.

use super::ShowFacts;
use super::pass::Proposal;
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{Batch, Failure, ResetReport};
use domain::enrollment::{EnrollmentFacts, change_type, preview};
use domain::ids::{RollingShowId, SeriesId, SeriesKey};
use domain::monitoring::{MonitoringType, RollingShow};
use domain::plan::{Decision, Reason, Subject};
use domain::reset::activity;
use std::sync::Arc;
use store::{NewRollingShow, Origin, Outcome};

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
            match self.enroll_one(&link, candidate, draft).await {
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
        for server in self.links.media_servers() {
            let since =
                self.now() - jiff::SignedDuration::from_hours(24 * i64::from(self.settings().inactivity_reset_days));
            if let Err(failure) = self.read_history(&server, since).await {
                tracing::warn!(
                    server = server.connection.name,
                    "The watch history could not be read back: {failure}"
                );
            }
        }
        Ok(batch)
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
                    self.store
                        .change_monitoring_type(show.id, draft.monitoring_type)
                        .await?;
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
                self.store.enroll(&new, self.now()).await?
            }
        };
        decision.subject.rolling_show = Some(show.id);
        let done = self.carry_out(link, Origin::Manual, &decision, None).await?;
        match done.failure {
            Some(failure) => Err(RequestError::failed(
                "owed",
                format!("Enrolled, but Sonarr is not at the baseline yet: {failure}"),
            )),
            None => Ok(decision.detail),
        }
    }

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
        let (proposals, report) = self.propose_resets(false).await?;
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
        let done = self.act_on(doing, Origin::Manual, false).await?;
        report.reset.extend(done.reset);
        report.skipped.extend(done.skipped);
        report.errors.extend(done.errors);
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
        if self.store.confirm_batch(batch, self.now()).await? == 0 {
            return Err(RequestError::invalid(
                "notFound",
                "There is nothing to confirm anymore.",
            ));
        }
        self.publisher.confirmations_changed();
        self.work.notify_one();
        Ok(())
    }

    /// Drops what was waiting for the user's word.
    pub(crate) async fn dismiss(&self, batch: i64) -> Result<(), RequestError> {
        for intent in self.store.intents_of_batch(batch).await? {
            if intent.state == store::IntentState::WaitingConfirmation {
                self.store
                    .drop_intent(intent.id, self.now(), Outcome::Nothing, "You decided against it.")
                    .await?;
            }
        }
        self.publisher.confirmations_changed();
        self.publisher.journal_changed();
        Ok(())
    }

    /// The ids of shows that the automatic reset would take for inactive.
    pub(crate) async fn is_inactive(&self, show: &RollingShow) -> Result<bool, RequestError> {
        let settings = self.settings();
        let now = self.now();
        let observed = self.observed_time(&settings, now).await?;
        let entries = self.store.entries_of(show.id).await?;
        Ok(activity(show, &entries, &settings, &observed, now).is_inactive())
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

fn changed_meanwhile() -> RequestError {
    RequestError::invalid(
        "changedMeanwhile",
        "Something changed meanwhile, and nothing was done. Look at it again.",
    )
}
