//! What people ask of rolling shows beyond enrolling and resetting.

use super::{Recycling, StorageFloor, StorageState, ViewerForecast};
use crate::engine::Engine;
use crate::error::RequestError;
use domain::cleanup::SeasonOutlook;
use domain::rules::{DryRunRow, RuleSet};
use jiff::{SignedDuration, Timestamp};
use store::Readiness;

impl Engine {
    /// What is to become of each season of a rolling show that has more than its baseline, and when. Empty while progressive
    /// cleanup is switched off.
    ///
    /// # Errors
    /// When there is no such show, or its Sonarr does not answer.
    pub async fn outlook(&self, show: i64) -> Result<Vec<SeasonOutlook>, RequestError> {
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
