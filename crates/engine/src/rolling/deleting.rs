//! The last look before something is taken away.

use super::ShowFacts;
use crate::act::{ActError, Deleted, delete_files};
use crate::core::Core;
use crate::links::Link;
use domain::baseline::Baseline;
use domain::cleanup::{SeasonOutlook, Verdict};
use domain::ids::EpisodeRef;
use domain::monitoring::RollingShow;
use domain::plan::{Action, Decision, DoomedFile, Reason};
use domain::protection::PlayingNow;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::collections::BTreeSet;
use store::Intent;

/// How old a look at what is playing may be while files are deleted. On a slow disk many of them take minutes.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Looks at what is playing of a show while its files are deleted.
pub(crate) struct PlayWatch<'a> {
    core: &'a Core,
    /// The show; `None` for a series that is not enrolled, which nobody looks after.
    show: Option<RollingShow>,
    looked_at: Timestamp,
}

impl PlayWatch<'_> {
    /// Asks anew what is playing where the last look is too old, and stops where that concerns one of the files that are left.
    pub async fn look(&mut self, left: &[DoomedFile]) -> Result<(), ActError> {
        let now = self.core.now();
        let Some(show) = &self.show else { return Ok(()) };
        if now.duration_since(self.looked_at).abs() < LOOK_AGAIN_AFTER {
            return Ok(());
        }
        let playing = match self.core.everything_playing().await {
            Ok(sessions) => self.core.playing_of(show, &sessions).await,
            Err(reason) => Err(reason),
        };
        let playing =
            playing.map_err(|reason| ActError::NotNow(format!("It is not known what is being watched. {reason}")))?;
        self.looked_at = now;
        let left: Vec<&DoomedFile> = left.iter().collect();
        being_played(&left, &playing).map_or(Ok(()), |sentence| Err(ActError::NotNow(sentence)))
    }
}

impl Core {
    /// Deletes files of an intent: everything is asked anew before, and what is playing again and again meanwhile.
    pub(crate) async fn delete_safely(
        &self,
        link: &Link,
        intent: &Intent,
        files: &[DoomedFile],
    ) -> Result<Deleted, ActError> {
        let Some((_, client)) = link.sonarr() else {
            return Err(ActError::Remote(RemoteError::Unauthorized));
        };
        let looked_at = self.now();
        let facts = self.may_delete(link, intent).await?;
        let mut watch = PlayWatch {
            core: self,
            show: facts.as_ref().map(|facts| facts.show.clone()),
            looked_at,
        };
        let mut deleted = Deleted::default();
        let ended = delete_files(client, intent.series.series, files, &mut watch, &mut deleted).await;
        if let Some(facts) = &facts {
            self.note_recycled(link, &facts.snapshot.series, deleted.bytes)
                .await
                .map_err(|error| ActError::NotNow(error.to_string()))?;
        }
        ended.map(|()| deleted)
    }

    /// The last look before files go: everything is asked anew, and only what is still to go may go. Gives what was found
    /// out; nothing for a series that is not enrolled.
    pub(crate) async fn may_delete(&self, link: &Link, intent: &Intent) -> Result<Option<ShowFacts>, ActError> {
        let Some(id) = intent.decision.subject.rolling_show else {
            return Ok(None);
        };
        let held_back = self.is_held_back(intent).await;
        if held_back.map_err(|error| ActError::NotNow(error.to_string()))? {
            return Err(ActError::NotNow(
                "Something was changed within the last hour; until then nothing goes by itself.".to_owned(),
            ));
        }
        // Before the show is looked at: a history may tell that somebody has watched it.
        let failures = self.catch_up().await;
        if let Some(failure) = failures.first() {
            return Err(ActError::NotNow(format!(
                "It is not known what was watched lately. {failure}"
            )));
        }
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
        let playing = self.everything_playing().await;
        let Some(facts) = self.show_facts(link, show, &playing).await? else {
            return Err(ActError::NotNow("Sonarr does not have the series anymore.".to_owned()));
        };
        if let Some(sentence) = self.wrong_clock() {
            return Err(ActError::NotNow(sentence));
        }
        let files = doomed(&intent.decision);
        if let Some(sentence) = being_played(&files, &facts.playing) {
            return Err(ActError::NotNow(sentence));
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
                still_free(facts.clone(), &files)?;
            }
            _ if facts.show.last_watched_at.is_some_and(|at| at > intent.created_at) => {
                return Err(ActError::NotNow(
                    "Somebody has watched it since; it is kept.".to_owned(),
                ));
            }
            Reason::InactiveReset => still_inactive(&facts)?,
            _ => {}
        }
        Ok(Some(facts))
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

/// Why files stay for the time being: somebody plays something of their seasons.
fn being_played(files: &[&DoomedFile], playing: &[PlayingNow]) -> Option<String> {
    let playing = playing.iter().find(|playing| holds(files, playing))?;
    let who = playing.viewer.as_deref().unwrap_or("Somebody");
    Some(format!("{who} is playing it right now; it is kept for the time being."))
}

fn holds(files: &[&DoomedFile], playing: &PlayingNow) -> bool {
    let Some(season) = playing.season else { return true };
    files
        .iter()
        .any(|file| file.episodes.iter().any(|at| at.season == season))
}
