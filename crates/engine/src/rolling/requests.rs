//! What people ask of rolling shows.

use super::grace::Change;
use super::{EnrollmentDraft, Recycling, StorageFloor, StorageState};
use crate::engine::Engine;
use crate::error::RequestError;
use crate::options::LibraryRow;
use crate::report::{Batch, Outlook, ResetReport, ShowRow, ViewerForecast};
use domain::ids::RollingShowId;
use domain::plan::Decision;
use domain::rules::{DryRunRow, RuleSet};
use jiff::{SignedDuration, Timestamp};
use store::Readiness;

impl Engine {
    /// The rolling shows, each master record before its tracking entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shows(&self, inactive_only: bool) -> Result<Vec<ShowRow>, RequestError> {
        self.core.show_rows(inactive_only).await
    }

    /// The series of an instance.
    ///
    /// # Errors
    /// When there is no such instance, or it does not answer.
    pub async fn library(&self, instance: &str) -> Result<Vec<LibraryRow>, RequestError> {
        self.core.library(instance).await
    }

    /// What enrolling would do.
    ///
    /// # Errors
    /// When a series is not there, or its Sonarr does not answer.
    pub async fn preview_enroll(&self, draft: &EnrollmentDraft) -> Result<Vec<Decision>, RequestError> {
        self.core.plan_enrollment(draft).await
    }

    /// Enrolls series, if `approve` accepts what will be done.
    ///
    /// # Errors
    /// As [`Engine::preview_enroll`]; `changedMeanwhile` when it was not approved.
    pub async fn enroll(
        &self,
        draft: &EnrollmentDraft,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<Batch, RequestError> {
        let batch = self.core.enroll(draft, approve).await;
        self.core.publish().await;
        batch
    }

    /// Sonarr's id of the series with a TVDB id.
    ///
    /// # Errors
    /// When there is none, or the instance does not answer.
    pub async fn series_with_tvdb(&self, instance: &str, tvdb: i64) -> Result<i64, RequestError> {
        let link = self.core.instance_named(instance)?;
        let Some((_, client)) = link.sonarr() else {
            return Err(RequestError::failed(
                "unauthorized",
                format!("{instance} is not ready: its API key is missing."),
            ));
        };
        let found = client.find_by_tvdb(domain::ids::TvdbId(tvdb)).await;
        link.note(&found, self.core.now());
        match found? {
            Some(series) => Ok(series.key.series.0),
            None => Err(RequestError::invalid(
                "notFound",
                format!("{instance} has no series with TVDB id {tvdb}."),
            )),
        }
    }

    /// What resetting a show would do.
    ///
    /// # Errors
    /// When there is no such show, or its Sonarr does not answer.
    pub async fn preview_reset(&self, id: i64) -> Result<Vec<Decision>, RequestError> {
        Ok(vec![self.core.propose_reset(id).await?.decision])
    }

    /// Resets a show, if `approve` accepts what will be done.
    ///
    /// # Errors
    /// As [`Engine::preview_reset`]; `changedMeanwhile` when it was not approved.
    pub async fn reset(
        &self,
        id: i64,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<ResetReport, RequestError> {
        self.core.reset_show(id, approve).await
    }

    /// What resetting all inactive shows would do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_reset_inactive(&self) -> Result<Vec<Decision>, RequestError> {
        let (proposals, _) = self.core.propose_resets(false, true).await?;
        Ok(proposals.into_iter().map(|proposal| proposal.decision).collect())
    }

    /// The automatic reset's pass now; a dry run only says what it would do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reset_inactive(
        &self,
        dry_run: bool,
        approve: impl FnOnce(&[Decision]) -> bool + Send,
    ) -> Result<ResetReport, RequestError> {
        if dry_run || self.core.settings().dry_run {
            return Ok(self.core.reset_inactive_pass(true).await?);
        }
        self.core.reset_inactive(approve).await
    }

    /// Takes a show out of monitoring; Sonarr stays as it is.
    ///
    /// # Errors
    /// When there is no such show.
    pub async fn remove(&self, id: i64) -> Result<String, RequestError> {
        self.core.remove_show(id).await
    }

    /// "Keep": nothing of a show, or of one of its seasons, is cleaned up or reset.
    ///
    /// # Errors
    /// When there is no such show.
    pub async fn keep(&self, show: i64, season: Option<i32>, keep: bool) -> Result<(), RequestError> {
        let id = RollingShowId(show);
        if self.core.store.rolling_show(id).await?.is_none() {
            return Err(RequestError::invalid(
                "notFound",
                format!("There is no rolling show {show}."),
            ));
        }
        if !keep {
            self.core.begin_grace(Change::Rules).await?;
        }
        match season {
            Some(season) => self.core.store.keep_season(id, season, keep).await?,
            None => self.core.store.keep_show(id, keep).await?,
        }
        self.core.publisher.shows_changed();
        Ok(())
    }

    /// Carries out a deletion that waits for the user's word.
    ///
    /// # Errors
    /// When there is nothing to confirm.
    pub async fn confirm(&self, id: i64) -> Result<(), RequestError> {
        self.core.confirm(id).await
    }

    /// Drops a deletion that waits for the user's word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dismiss(&self, id: i64) -> Result<(), RequestError> {
        self.core.dismiss(id).await
    }

    /// What will go when if nobody watches anything more, and what is kept and why: of all rolling shows, or of one. A Sonarr
    /// that does not answer has rows that say so. Sonarr's word may be two minutes old.
    ///
    /// # Errors
    /// When the database fails, there is no such show, or, for one show, its Sonarr does not answer.
    pub async fn outlook(&self, show: Option<i64>) -> Result<Outlook, RequestError> {
        self.core.outlook(show).await
    }

    /// When the space of files that are deleted in a Sonarr is free.
    ///
    /// # Errors
    /// When there is no such instance, or it does not answer.
    pub async fn recycling(&self, instance: &str) -> Result<Recycling, RequestError> {
        self.core.recycling(instance).await
    }

    /// How fast each viewer of a rolling show watches, and when they run out of episodes.
    ///
    /// # Errors
    /// When there is no such show, or its Sonarr does not answer.
    pub async fn forecasts(&self, show: i64) -> Result<Vec<ViewerForecast>, RequestError> {
        self.core.forecasts(show).await
    }

    /// The rules by which new series become rolling shows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&self) -> Result<RuleSet, RequestError> {
        Ok(self.core.rules().await?)
    }

    /// Replaces the rules. New and changed ones hold for series that are added to Sonarr from now on; their times are set here.
    ///
    /// # Errors
    /// What is wrong with them; nothing was changed then.
    pub async fn set_rules(&self, rules: RuleSet) -> Result<RuleSet, RequestError> {
        self.core.set_rules(rules).await
    }

    /// What rules would match in the libraries as they are.
    ///
    /// # Errors
    /// What is wrong with them, or when a Sonarr does not answer.
    pub async fn dry_run_rules(&self, rules: &RuleSet) -> Result<Vec<DryRunRow>, RequestError> {
        self.core.dry_run_rules(rules).await
    }

    /// The free space that shall be left in root folders.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn storage_floors(&self) -> Result<Vec<StorageFloor>, RequestError> {
        Ok(self.core.storage_floors().await?)
    }

    /// Sets the free space that shall be left in root folders. Nothing is deleted by it.
    ///
    /// # Errors
    /// What is wrong with a floor; nothing was changed then.
    pub async fn set_storage_floors(&self, floors: &[StorageFloor]) -> Result<(), RequestError> {
        self.core.set_storage_floors(floors).await
    }

    /// How the root folders with a floor are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn storage(&self) -> Result<Vec<StorageState>, RequestError> {
        Ok(self.core.storage().await?)
    }

    /// How many of the expansions of the last so many days were there before their viewers were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readiness(&self, days: u32) -> Result<Readiness, RequestError> {
        let now = self.core.now();
        let since = now
            .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
            .unwrap_or(Timestamp::MIN);
        Ok(self.core.store.readiness(since, now).await?)
    }
}
