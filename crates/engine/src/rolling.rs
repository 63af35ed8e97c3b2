//! Rolling shows in the engine: who watched what, what is known about a show, and what is done about it.

mod asking;
mod auto_enroll;
mod changes;
mod choices;
mod cleaning;
mod deleting;
mod enrolling;
mod facts;
mod forgetting;
mod listing;
mod new_seasons;
mod outlook;
mod pass;
mod readiness;
mod recycling;
mod requests;
mod storage;

pub use choices::{Choices, FolderSpace};
pub use enrolling::EnrollmentDraft;
pub(crate) use facts::ShowFacts;
pub use outlook::ViewerForecast;
pub use recycling::Recycling;
pub(crate) use storage::Storage;
pub use storage::{StorageFloor, StorageState};

use crate::core::Core;
use crate::cycle::Trouble;
use crate::links::Link;
use crate::playing::ShowIdentity;
use domain::ids::SeriesKey;
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::pace;
use domain::series::SeriesSnapshot;
use domain::settings::Settings;
use domain::watching::{Sighting, Watched};
use jiff::Timestamp;
use std::sync::atomic::Ordering;
use store::StoreError;

impl Core {
    /// Records that somebody watched a show that is enrolled on a Sonarr that does not answer: what the show is called tells
    /// enough.
    pub(crate) async fn note_viewing_without_sonarr(&self, link: &Link, sighting: &Sighting) -> Result<(), StoreError> {
        let allowed = self.is_allowed(&sighting.watched.viewer);
        for show in self.store.rolling_shows().await? {
            let is_here = link.connection.instance() == Some(show.series.instance);
            if is_here && ShowIdentity::of(&show).is(&sighting.show) {
                self.note_viewing_at(&show, &sighting.watched, allowed, self.now())
                    .await?;
            }
        }
        Ok(())
    }

    /// Records that somebody watched an enrolled show at a time, which may lie in the past. Who is not in the filter moves
    /// times only.
    pub async fn note_viewing_at(
        &self,
        show: &RollingShow,
        watched: &Watched,
        allowed: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let known = self
            .store
            .entries_of(show.id)
            .await?
            .into_iter()
            .find(|entry| entry.viewer == watched.viewer.key);
        let is_new = known.is_none();
        let before = known.clone();
        let mut entry = known
            .unwrap_or_else(|| TrackingEntry::new(show, watched.viewer.key.clone(), watched.viewer.name.clone(), at));
        if watched.viewer.name.is_some() {
            entry.viewer_name.clone_from(&watched.viewer.name);
        }
        for position in &watched.episodes {
            entry.record(*position, at, allowed);
        }
        if before.as_ref() == Some(&entry) {
            return Ok(());
        }
        if is_new {
            tracing::info!(
                "Creating a tracking entry in {} for {}",
                show.title,
                watched.viewer.display_name()
            );
        }
        self.store.save_viewings(&[entry]).await?;
        self.publisher.shows_changed();
        // A season may have become free, or needed.
        self.work.notify_one();
        Ok(())
    }

    /// Whether a viewer's pace asks for the next season although more episodes are left than the threshold.
    pub(crate) async fn wants_more(
        &self,
        show: &RollingShow,
        watched: &Watched,
        snapshot: &SeriesSnapshot,
        settings: &Settings,
    ) -> Result<bool, Trouble> {
        if settings.evenings_ahead == 0 {
            return Ok(false);
        }
        let entries = self.store.entries_of(show.id).await?;
        let forecast = entries
            .iter()
            .find(|entry| entry.viewer == watched.viewer.key)
            .and_then(|entry| pace::forecast(entry, snapshot, self.now()));
        Ok(forecast.is_some_and(|forecast| pace::wants_more(&forecast, settings.evenings_ahead)))
    }

    /// Looks again whether there are rolling shows at all.
    pub async fn count_rolling_shows(&self) -> Result<(), StoreError> {
        let any = self.store.has_rolling_shows().await?;
        self.has_rolling_shows.store(any, Ordering::Relaxed);
        Ok(())
    }

    /// The link of a series' Sonarr.
    pub(crate) fn link_of(&self, series: SeriesKey) -> Option<std::sync::Arc<Link>> {
        self.links.instance(series.instance)
    }
}
