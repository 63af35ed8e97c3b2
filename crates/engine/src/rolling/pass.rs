//! Passes over the rolling shows: seasons that have become free, shows that nobody watches, and the check right before a
//! deletion.

use super::ShowFacts;
use super::facts::Playing;
use crate::act::ActError;
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{Failure, LeftAlone, ResetReport, ResetRow};
use domain::cleanup::{SeasonOutlook, Verdict, next_due};
use domain::ids::RollingShowId;
use domain::monitoring::RollingShow;
use domain::plan::{Action, Decision, DoomedFile, Reason};
use domain::reset::{Amount, activity, needs_confirmation};
use domain::state::{Notification, Topic};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Intent, NewIntent, Origin, Outcome, StoreError};

/// A run over fewer shows than this is everyday life and is not asked about.
const SHOWS_THAT_ASK: usize = 3;

/// A decision of a pass, with what it is about.
pub(crate) struct Proposal {
    pub link: Arc<Link>,
    pub facts: ShowFacts,
    pub decision: Decision,
}

impl Core {
    /// Removes the seasons that have become free. Tells when to look again at the latest.
    pub(crate) async fn clean_up(&self) -> Result<Option<Timestamp>, StoreError> {
        if !self.settings().enable_progressive_cleanup {
            return Ok(None);
        }
        self.catch_up().await;
        let playing = self.everything_playing().await;
        let mut proposals = Vec::new();
        let mut look_again: Option<Timestamp> = None;
        for show in self.store.rolling_shows().await? {
            let Some(link) = self.link_of(show.series) else {
                continue;
            };
            let Ok(Some(facts)) = self.show_facts(&link, show, &playing).await else {
                continue;
            };
            let outlooks = facts.cleanup();
            look_again = [look_again, next_due(&outlooks)].into_iter().flatten().min();
            let decisions: Vec<Decision> = outlooks.into_iter().filter_map(|outlook| outlook.decision).collect();
            if decisions.is_empty() {
                continue;
            }
            let seasons: Vec<String> = decisions
                .iter()
                .filter_map(|decision| decision.subject.season)
                .map(|season| season.to_string())
                .collect();
            tracing::info!(
                "Progressive cleanup for {}: removing seasons {}",
                facts.show.title,
                seasons.join(", ")
            );
            for decision in decisions {
                let facts = facts.clone();
                proposals.push(Proposal {
                    link: Arc::clone(&link),
                    facts,
                    decision,
                });
            }
        }
        self.act_on(proposals, Origin::Scheduler, true).await?;
        Ok(look_again)
    }

    /// Brings shows that nobody watches back to their baseline.
    pub(crate) async fn reset_inactive_pass(&self, dry_run: bool) -> Result<ResetReport, StoreError> {
        let (proposals, mut report) = self.propose_resets(dry_run).await?;
        if dry_run {
            report
                .reset
                .extend(proposals.iter().map(|proposal| planned_row(proposal)));
            return Ok(report);
        }
        let done = self.act_on(proposals, Origin::Scheduler, true).await?;
        report.reset.extend(done.reset);
        report.skipped.extend(done.skipped);
        report.errors.extend(done.errors);
        Ok(report)
    }

    /// Which shows would be reset for want of viewers, and why the others would not.
    pub(crate) async fn propose_resets(&self, dry_run: bool) -> Result<(Vec<Proposal>, ResetReport), StoreError> {
        let mut report = ResetReport::default();
        let mut proposals = Vec::new();
        if dry_run {
            // What the histories tell must not be written, so it is only asked whether they can be read at all.
        } else {
            for failure in self.catch_up().await {
                report.errors.push(Failure {
                    source: "history".to_owned(),
                    message: failure,
                });
            }
        }
        let settings = self.settings();
        let playing = self.everything_playing().await;
        let now = self.now();
        let observed = self.observed_time(&settings, now).await?;
        for show in self.store.rolling_shows().await? {
            let entries = self.store.entries_of(show.id).await?;
            if !activity(&show, &entries, &settings, &observed, now).is_inactive() {
                let reason = self.why_not_inactive(&show, &playing).await;
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
        if may_ask && !self.settings().dry_run && self.is_too_big(&proposals).await? {
            return self.ask_first(&proposals, origin).await;
        }
        for proposal in proposals {
            let series = proposal.facts.show.series;
            let lock = self.series_lock(series);
            let _one_writer = lock.lock().await;
            let done = self.carry_out(&proposal.link, origin, &proposal.decision, None).await?;
            match done.outcome {
                Outcome::Done | Outcome::DryRun => report.reset.push(ResetRow {
                    id: proposal.facts.show.id.0,
                    title: proposal.facts.show.title.clone(),
                    files_deleted: done.deleted.files,
                    bytes_freed: done.deleted.bytes,
                }),
                Outcome::Owed | Outcome::Failed => report.errors.push(Failure {
                    source: proposal.link.connection.name.clone(),
                    message: format!("{}: {}", proposal.facts.show.title, done.failure.unwrap_or_default()),
                }),
                Outcome::Nothing | Outcome::Planned | Outcome::Waiting => report.skipped.push(LeftAlone {
                    id: Some(proposal.facts.show.id.0),
                    title: proposal.facts.show.title.clone(),
                    reason: "It waits for your confirmation.".to_owned(),
                }),
            }
        }
        Ok(report)
    }

    async fn is_too_big(&self, proposals: &[Proposal]) -> Result<bool, StoreError> {
        let shows: BTreeSet<RollingShowId> = proposals.iter().map(|proposal| proposal.facts.show.id).collect();
        if shows.len() < SHOWS_THAT_ASK {
            return Ok(false);
        }
        let doomed = Amount::doomed(proposals.iter().map(|proposal| &proposal.decision));
        let mut all = Amount::default();
        for show in self.store.rolling_shows().await? {
            let Some(link) = self.link_of(show.series) else {
                continue;
            };
            let Some((_, client)) = link.sonarr() else { continue };
            match client.files(show.series.series).await {
                Ok(files) => {
                    all.files += files.len() as u64;
                    all.bytes += files.values().map(|file| file.size).sum::<i64>();
                }
                // What cannot be counted makes the share look bigger, which is the careful side.
                Err(error) => tracing::warn!(show = show.title, "its files could not be counted: {error}"),
            }
        }
        Ok(needs_confirmation(all, doomed, self.settings().confirm_above_percent))
    }

    async fn ask_first(&self, proposals: &[Proposal], origin: Origin) -> Result<ResetReport, StoreError> {
        let mut intents = Vec::new();
        for proposal in proposals {
            let waiting = self
                .store
                .open_intents_for(proposal.facts.show.series)
                .await?
                .iter()
                .any(|open| open.decision.actions == proposal.decision.actions);
            if !waiting {
                intents.push(NewIntent {
                    series: proposal.facts.show.series,
                    origin,
                    decision: &proposal.decision,
                    needs_confirmation: true,
                    subject_key: None,
                });
            }
        }
        let mut report = ResetReport::default();
        if !intents.is_empty() {
            self.store.create_intents(&intents, self.now()).await?;
            self.publisher.journal_changed();
            self.publisher.confirmations_changed();
            self.notifier.tell(Notification {
                title: "Confirm a big cleanup".to_owned(),
                body: format!(
                    "{} shows would lose files. Nothing is deleted before you say so.",
                    proposals.len()
                ),
                topic: Topic::Confirmation,
            });
        }
        for proposal in proposals {
            report.skipped.push(LeftAlone {
                id: Some(proposal.facts.show.id.0),
                title: proposal.facts.show.title.clone(),
                reason: "It waits for your confirmation: the run would delete a large share of the files.".to_owned(),
            });
        }
        Ok(report)
    }

    /// The last look before files go: everything is asked anew, and only what is still to go may go.
    pub(crate) async fn may_delete(&self, link: &Link, intent: &Intent) -> Result<(), ActError> {
        let Some(id) = intent.decision.subject.rolling_show else {
            return Ok(());
        };
        let show = self
            .store
            .rolling_show(id)
            .await
            .map_err(|error| ActError::NotNow(error.to_string()))?;
        let Some(show) = show else {
            return Err(ActError::NotNow(
                "The show was removed from monitoring meanwhile; its files stay.".to_owned(),
            ));
        };
        let failures = self.catch_up().await;
        if let Some(failure) = failures.first() {
            return Err(ActError::NotNow(format!(
                "It is not known what was watched lately. {failure}"
            )));
        }
        let playing = self.everything_playing().await;
        let Some(facts) = self.show_facts(link, show, &playing).await? else {
            return Err(ActError::NotNow("Sonarr does not have the series anymore.".to_owned()));
        };
        let files = doomed(&intent.decision);
        if let Some(playing) = facts.playing.iter().find(|playing| holds(&files, playing)) {
            let who = playing.viewer.as_deref().unwrap_or("Somebody");
            return Err(ActError::NotNow(format!(
                "{who} is playing it right now; it is kept for the time being."
            )));
        }
        if let Some(sentence) = facts.protection.sentence() {
            return Err(ActError::NotNow(sentence));
        }
        if facts.observed.open_gap().is_some() {
            return Err(ActError::NotNow("It is not known what is being watched.".to_owned()));
        }
        match intent.decision.reason {
            Reason::ProgressiveCleanup => still_free(&facts, &files),
            Reason::InactiveReset if facts.show.last_watched_at.is_some_and(|at| at > intent.created_at) => Err(
                ActError::NotNow("Somebody has watched it since; it is kept.".to_owned()),
            ),
            _ => Ok(()),
        }
    }

    /// What would be done to a show on request.
    pub(crate) async fn propose_reset(&self, id: i64) -> Result<Proposal, RequestError> {
        let show = self.store.rolling_show(RollingShowId(id)).await?;
        let Some(show) = show else {
            return Err(RequestError::invalid(
                "notFound",
                format!("There is no rolling show {id}."),
            ));
        };
        let Some(link) = self.link_of(show.series) else {
            return Err(RequestError::failed("unreachable", "Its Sonarr is not connected."));
        };
        let failures = self.catch_up().await;
        for failure in failures {
            tracing::warn!("{failure}");
        }
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

/// While a season's removal was on its way its viewers may have come back.
fn still_free(facts: &ShowFacts, files: &[&DoomedFile]) -> Result<(), ActError> {
    let seasons: BTreeSet<i32> = files
        .iter()
        .flat_map(|file| &file.episodes)
        .map(|at| at.season)
        .collect();
    let kept =
        |outlook: &SeasonOutlook| seasons.contains(&outlook.season) && !matches!(outlook.verdict, Verdict::Free { .. });
    match facts.cleanup().into_iter().find(kept) {
        Some(outlook) => Err(ActError::NotNow(outlook.sentence)),
        None => Ok(()),
    }
}

fn doomed(decision: &Decision) -> Vec<&DoomedFile> {
    decision
        .actions
        .iter()
        .flat_map(|action| match action {
            Action::DeleteFiles { files } => files.as_slice(),
            Action::SetMonitoring(_) | Action::SearchSeason { .. } | Action::SearchEpisodes { .. } => &[],
        })
        .collect()
}

fn holds(files: &[&DoomedFile], playing: &domain::protection::PlayingNow) -> bool {
    let Some(season) = playing.season else { return true };
    files
        .iter()
        .any(|file| file.episodes.iter().any(|at| at.season == season))
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
