//! The pass over shows that nobody watches, and how the decisions of any pass are carried out.

use super::ShowFacts;
use super::facts::Playing;
use super::refusals::Run;
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{Failure, LeftAlone, ResetReport, ResetRow};
use domain::ids::RollingShowId;
use domain::monitoring::RollingShow;
use domain::plan::{Decision, Reason};
use domain::reset::{Amount, activity};
use jiff::Timestamp;
use std::sync::Arc;
use store::{IntentState, Origin, Outcome, StoreError};

/// A decision of a pass, with what it is about.
pub(crate) struct Proposal {
    pub link: Arc<Link>,
    pub facts: ShowFacts,
    pub decision: Decision,
}

impl Core {
    /// Brings shows that nobody watches back to their baseline.
    pub(crate) async fn reset_inactive_pass(&self, dry_run: bool) -> Result<ResetReport, StoreError> {
        let (proposals, mut report) = self.propose_resets(dry_run, dry_run).await?;
        if dry_run {
            let run = self.heed_refusals(proposals, &mut report).await?;
            report
                .reset
                .extend(run.free.iter().chain(&run.asked_first).map(planned_row));
            return Ok(report);
        }
        let shows = self.store.rolling_shows().await?;
        let looked_at: Vec<_> = shows
            .iter()
            .filter(|show| report.skipped.iter().any(|left| left.id == Some(show.id.0)))
            .map(|show| show.series)
            .chain(proposals.iter().map(|proposal| proposal.facts.show.series))
            .collect();
        self.withdraw_questions(Reason::InactiveReset, &|series| looked_at.contains(&series), &proposals)
            .await?;
        report.absorb(self.act_on(proposals, Origin::Scheduler, true).await?);
        Ok(report)
    }

    /// Which shows would be reset for want of viewers, and why the others would not. To `explain` that costs some requests for
    /// each show, so it is left out where nobody reads it.
    pub(crate) async fn propose_resets(
        &self,
        dry_run: bool,
        explain: bool,
    ) -> Result<(Vec<Proposal>, ResetReport), StoreError> {
        let mut report = ResetReport::default();
        let mut proposals = Vec::new();
        for failure in self.catch_up().await {
            report.errors.push(Failure {
                source: "history".to_owned(),
                message: failure,
            });
        }
        let settings = self.settings();
        let playing = self.everything_playing().await;
        let now = self.now();
        let observed = self.observed_time(&settings, now).await?;
        let entries = self.store.entries_active_since(Timestamp::MIN).await?;
        let shows = self.store.rolling_shows().await?;
        self.keep_found_of(&shows);
        for show in shows {
            if !explain && self.was_found_at_baseline(&show, &entries) {
                report.skipped.push(LeftAlone {
                    id: Some(show.id.0),
                    title: show.title,
                    reason: "It was found at its baseline lately.".to_owned(),
                });
                continue;
            }
            if !activity(&show, &entries, &settings, &observed, now).is_inactive() {
                let reason = if explain {
                    self.why_not_inactive(&show, &playing).await
                } else {
                    "It is not inactive.".to_owned()
                };
                report.skipped.push(LeftAlone {
                    id: Some(show.id.0),
                    title: show.title.clone(),
                    reason,
                });
                continue;
            }
            let Some(link) = self.link_of(show.series) else {
                continue;
            };
            let title = show.title.clone();
            let id = show.id.0;
            match self.show_facts(&link, show, &playing).await {
                Ok(Some(facts)) => {
                    let decision = facts.inactivity();
                    self.note_found(&facts.show, &facts.entries, &decision);
                    if decision.reason == Reason::InactiveReset {
                        proposals.push(Proposal { link, facts, decision });
                    } else {
                        if !dry_run {
                            let key = format!("reset/{id}");
                            self.journal(Origin::Scheduler, Outcome::Nothing, &decision, Some(&key))
                                .await?;
                        }
                        report.skipped.push(LeftAlone {
                            id: Some(id),
                            title,
                            reason: decision.detail,
                        });
                    }
                }
                Ok(None) => report.skipped.push(LeftAlone {
                    id: Some(id),
                    title,
                    reason: "Sonarr does not have the series anymore.".to_owned(),
                }),
                Err(error) => report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: format!("{title}: {error}"),
                }),
            }
        }
        Ok((proposals, report))
    }

    async fn why_not_inactive(&self, show: &RollingShow, playing: &Playing) -> String {
        let Some(link) = self.link_of(show.series) else {
            return "Its Sonarr is not connected.".to_owned();
        };
        match self.show_facts(&link, show.clone(), playing).await {
            Ok(Some(facts)) => facts.inactivity().detail,
            Ok(None) => "Sonarr does not have the series anymore.".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    /// Carries proposals out, or asks first when they are too big.
    pub(crate) async fn act_on(
        &self,
        proposals: Vec<Proposal>,
        origin: Origin,
        may_ask: bool,
    ) -> Result<ResetReport, StoreError> {
        let mut report = ResetReport::default();
        if proposals.is_empty() {
            return Ok(report);
        }
        let mut doing = proposals;
        if may_ask {
            let run = self.heed_refusals(doing, &mut report).await?;
            (doing, report) = self.ask_where_needed(run, origin, report).await?;
        }
        for proposal in doing {
            let series = proposal.facts.show.series;
            let lock = self.series_lock(series);
            let _one_writer = lock.lock().await;
            if let Some(reason) = self.owed_already(&proposal, origin).await? {
                report.skipped.push(LeftAlone {
                    id: Some(proposal.facts.show.id.0),
                    title: proposal.facts.show.title.clone(),
                    reason,
                });
                continue;
            }
            let done = self.carry_out(&proposal.link, origin, &proposal.decision, None).await?;
            if !matches!(done.outcome, Outcome::Nothing | Outcome::Planned | Outcome::Waiting) {
                report.decisions.push(proposal.decision.clone());
            }
            match done.outcome {
                Outcome::Done => report.reset.push(ResetRow {
                    files_deleted: done.deleted.files,
                    bytes_freed: done.deleted.bytes,
                    ..planned_row(&proposal)
                }),
                Outcome::DryRun => report.reset.push(planned_row(&proposal)),
                Outcome::Owed | Outcome::Failed => {
                    report
                        .errors
                        .push(failure_of(&proposal, &done.failure.unwrap_or_default()));
                }
                Outcome::Nothing | Outcome::Planned | Outcome::Waiting => report.skipped.push(LeftAlone {
                    id: Some(proposal.facts.show.id.0),
                    title: proposal.facts.show.title.clone(),
                    reason: match done.outcome {
                        Outcome::Waiting => "It waits for your confirmation.".to_owned(),
                        _ => done.failure.unwrap_or(proposal.decision.detail),
                    },
                }),
            }
        }
        Ok(report)
    }

    /// Asks about what may not be done without the user's word, and gives the rest.
    async fn ask_where_needed(
        &self,
        run: Run,
        origin: Origin,
        mut report: ResetReport,
    ) -> Result<(Vec<Proposal>, ResetReport), StoreError> {
        let Run { free, asked_first } = run;
        let mut all = free;
        let free = all.len();
        all.extend(asked_first);
        if self.settings().dry_run {
            return Ok((all, report));
        }
        let asking = if self.is_too_big(&all).await? {
            std::mem::take(&mut all)
        } else {
            all.split_off(free)
        };
        report.skipped.extend(self.ask_first(&asking, origin).await?.skipped);
        Ok((all, report))
    }

    /// Work of the same sort that is under way: a pass leaves it to its own pauses, and a request by the user takes its place.
    /// Gives why it is not done yet.
    async fn owed_already(&self, proposal: &Proposal, origin: Origin) -> Result<Option<String>, StoreError> {
        let decision = &proposal.decision;
        for open in self.store.open_intents_for(proposal.facts.show.series).await? {
            let same_sort = match decision.reason {
                Reason::ProgressiveCleanup => {
                    open.decision.reason == Reason::ProgressiveCleanup
                        && open.decision.subject.season == decision.subject.season
                }
                _ => matches!(open.decision.reason, Reason::InactiveReset | Reason::ManualReset),
            };
            if !same_sort {
                continue;
            }
            if open.state == IntentState::WaitingConfirmation && origin != Origin::Manual {
                if open.decision.actions == decision.actions {
                    return Ok(Some("It waits for your confirmation.".to_owned()));
                }
                continue;
            }
            if origin != Origin::Manual {
                return Ok(Some(open.last_error.unwrap_or_else(|| "It is under way.".to_owned())));
            }
            if open.decision.actions != decision.actions || open.state == IntentState::WaitingConfirmation {
                self.store
                    .drop_intent(open.id, self.now(), Outcome::Nothing, "It was asked for anew.")
                    .await?;
                self.publisher.confirmations_changed();
            }
        }
        Ok(None)
    }

    /// What would be done to a show on request.
    pub(crate) async fn propose_reset(&self, id: i64) -> Result<Proposal, RequestError> {
        let unknown = || RequestError::invalid("notFound", format!("There is no rolling show {id}."));
        let key = RollingShowId(id);
        let known = self.store.rolling_show(key).await?.ok_or_else(unknown)?;
        let Some(link) = self.link_of(known.series) else {
            return Err(RequestError::failed("unreachable", "Its Sonarr is not connected."));
        };
        let failures = self.catch_up().await;
        for failure in failures {
            tracing::warn!("{failure}");
        }
        // The history may have told of it.
        let show = self.store.rolling_show(key).await?.ok_or_else(unknown)?;
        let playing = self.everything_playing().await;
        let title = show.title.clone();
        match self.show_facts(&link, show, &playing).await? {
            Some(facts) => {
                let decision = facts.reset();
                Ok(Proposal { link, facts, decision })
            }
            None => Err(RequestError::failed(
                "notFound",
                format!("Sonarr does not have {title} anymore."),
            )),
        }
    }
}

fn failure_of(proposal: &Proposal, message: &str) -> Failure {
    Failure {
        source: proposal.link.connection.name.clone(),
        message: format!("{}: {message}", proposal.facts.show.title),
    }
}

fn planned_row(proposal: &Proposal) -> ResetRow {
    let amount = Amount::doomed([&proposal.decision]);
    ResetRow {
        id: proposal.facts.show.id.0,
        title: proposal.facts.show.title.clone(),
        files_deleted: amount.files,
        bytes_freed: amount.bytes,
    }
}
