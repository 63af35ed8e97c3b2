//! The last look before something is taken away.

use super::ShowFacts;
use crate::act::ActError;
use crate::core::Core;
use crate::links::Link;
use domain::baseline::Baseline;
use domain::cleanup::{SeasonOutlook, Verdict};
use domain::ids::EpisodeRef;
use domain::plan::{Action, Decision, DoomedFile, Reason};
use std::collections::BTreeSet;
use store::Intent;

impl Core {
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
        if let Some(sentence) = self.wrong_clock() {
            return Err(ActError::NotNow(sentence));
        }
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
        if let Some(at) = held_by_baseline(&facts, &files) {
            return Err(ActError::NotNow(format!("{at} belongs to the baseline now.")));
        }
        if let Some(sentence) = marked_keep(&facts, &files) {
            return Err(ActError::NotNow(sentence));
        }
        match intent.decision.reason {
            Reason::ProgressiveCleanup => {
                let wanted = facts.settings.enable_progressive_cleanup
                    || self.is_short_of_space(link, &facts.snapshot.series).await;
                if !wanted {
                    return Err(ActError::NotNow(
                        "Progressive cleanup was switched off since.".to_owned(),
                    ));
                }
                still_free(facts, &files)
            }
            _ if facts.show.last_watched_at.is_some_and(|at| at > intent.created_at) => Err(ActError::NotNow(
                "Somebody has watched it since; it is kept.".to_owned(),
            )),
            Reason::InactiveReset => still_inactive(&facts),
            _ => Ok(()),
        }
    }
}

/// What was planned by a wrong clock, or before a history told more, is not done.
fn still_inactive(facts: &ShowFacts) -> Result<(), ActError> {
    let decision = facts.inactivity();
    match decision.reason {
        // Where a part of it is done already, nothing may be left beyond the baseline.
        Reason::InactiveReset | Reason::AtBaseline | Reason::NeverExpanded => Ok(()),
        _ => Err(ActError::NotNow(decision.detail)),
    }
}

/// The monitoring type may have changed since it was planned.
fn held_by_baseline(facts: &ShowFacts, files: &[&DoomedFile]) -> Option<EpisodeRef> {
    let baseline = Baseline::of(facts.show.monitoring_type, &facts.snapshot);
    let mut episodes = files.iter().flat_map(|file| &file.episodes);
    episodes.find(|at| baseline.contains(**at)).copied()
}

/// "Keep" may have been set since it was planned.
fn marked_keep(facts: &ShowFacts, files: &[&DoomedFile]) -> Option<String> {
    if facts.show.keep_show {
        return Some("The show is marked \"keep\".".to_owned());
    }
    let mut seasons = files.iter().flat_map(|file| &file.episodes).map(|at| at.season);
    seasons
        .find(|season| facts.show.keep_seasons.contains(season))
        .map(|season| format!("Season {season} is marked \"keep\"."))
}

/// While a season's removal was on its way its viewers may have come back.
fn still_free(mut facts: ShowFacts, files: &[&DoomedFile]) -> Result<(), ActError> {
    facts.settings.enable_progressive_cleanup = true;
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
