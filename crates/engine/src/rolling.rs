//! Rolling shows in the engine: who watched what, what is known about a show, and what is done about it.

mod asking;
mod at_baseline;
mod auto_enroll;
mod changes;
mod choices;
mod cleaning;
mod deleting;
mod enrolling;
mod facts;
mod forgetting;
mod grace;
mod listing;
mod new_seasons;
mod outlook;
mod pass;
mod readiness;
mod recycling;
mod refusals;
mod requests;
mod seen_series;
mod storage;

pub(crate) use at_baseline::AtBaseline;
pub use choices::{Choices, FolderSpace};
pub(crate) use deleting::PlayWatch;
pub use enrolling::EnrollmentDraft;
pub(crate) use facts::ShowFacts;
pub(crate) use grace::what_lets_more_go;
pub(crate) use outlook::LookedUp;
pub use recycling::Recycling;
pub(crate) use storage::{STORAGE, Storage};
pub use storage::{StorageFloor, StorageState};

use crate::core::Core;
use crate::cycle::Trouble;
use crate::links::Link;
use crate::playing::ShowIdentity;
use domain::ids::{SeriesKey, ViewerKey};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::pace;
use domain::series::SeriesSnapshot;
use domain::session::{ShowReference, Viewer};
use domain::settings::Settings;
use domain::watching::{Sighting, Watched};
use jiff::Timestamp;
use std::sync::atomic::Ordering;
use store::StoreError;

/// What somebody watched, and when.
#[derive(Clone)]
pub(crate) struct Viewing {
    pub watched: Watched,
    pub at: Timestamp,
}

impl Viewing {
    pub fn new(watched: &Watched, at: Timestamp) -> Self {
        let watched = watched.clone();
        Self { watched, at }
    }
}

impl Core {
    /// Records that somebody watched a show that is enrolled on a Sonarr that does not answer: what the show is called tells
    /// enough.
    pub(crate) async fn note_viewing_without_sonarr(&self, link: &Link, sighting: &Sighting) -> Result<(), StoreError> {
        for show in self.store.rolling_shows().await? {
            let is_here = link.connection.instance() == Some(show.series.instance);
            if is_here && ShowIdentity::of(&show).is(&sighting.show) {
                let viewing = Viewing::new(&sighting.watched, self.now());
                self.note_viewings(&show, &[viewing]).await?;
            }
        }
        Ok(())
    }

    /// Records what was watched of an enrolled show, each at its time, which may lie in the past. Who is not in the filter
    /// moves times only. Gives the entries that changed, each with how it was before.
    pub(crate) async fn note_viewings(
        &self,
        show: &RollingShow,
        viewings: &[Viewing],
    ) -> Result<Vec<(Option<TrackingEntry>, TrackingEntry)>, StoreError> {
        let before = self.store.entries_of(show.id).await?;
        self.note_viewings_after(show, before, viewings).await
    }

    /// Does what [`Core::note_viewings`] says, where the show's entries are known already.
    pub(crate) async fn note_viewings_after(
        &self,
        show: &RollingShow,
        before: Vec<TrackingEntry>,
        viewings: &[Viewing],
    ) -> Result<Vec<(Option<TrackingEntry>, TrackingEntry)>, StoreError> {
        let mut after = before.clone();
        for Viewing { watched, at } in viewings {
            let viewer = &watched.viewer;
            let known = after.iter().position(|entry| entry.viewer == viewer.key);
            let place = known.unwrap_or_else(|| {
                tracing::info!(
                    "Creating a tracking entry in {} for {}",
                    show.title,
                    viewer.display_name()
                );
                after.push(TrackingEntry::new(show, viewer.key.clone(), viewer.name.clone(), *at));
                after.len() - 1
            });
            let entry = &mut after[place];
            if viewer.name.is_some() {
                entry.viewer_name.clone_from(&viewer.name);
            }
            for position in &watched.episodes {
                entry.record(*position, *at, self.is_allowed(viewer));
            }
        }
        after.retain(|entry| !before.contains(entry));
        if after.is_empty() {
            return Ok(Vec::new());
        }
        self.store.save_viewings(&after).await?;
        self.publisher.shows_changed();
        // A season may have become free, or needed.
        self.work.notify_one();
        let known = |viewer: &ViewerKey| before.iter().find(|entry| entry.viewer == *viewer).cloned();
        Ok(after.into_iter().map(|entry| (known(&entry.viewer), entry)).collect())
    }

    /// Records that viewers watched something of an enrolled show of which the media server does not say which episode it is.
    /// Times move, and nobody's progress.
    pub(crate) async fn note_somewhere(
        &self,
        show: &RollingShow,
        viewings: &[(Viewer, Timestamp)],
    ) -> Result<(), StoreError> {
        if viewings.is_empty() {
            return Ok(());
        }
        let before = self.store.entries_of(show.id).await?;
        let mut after = before.clone();
        for (viewer, at) in viewings {
            match after.iter_mut().find(|entry| entry.viewer == viewer.key) {
                Some(entry) => entry.record_somewhere(*at),
                None => after.push(TrackingEntry::new(show, viewer.key.clone(), viewer.name.clone(), *at)),
            }
        }
        after.retain(|entry| !before.contains(entry));
        if !after.is_empty() {
            self.store.save_viewings(&after).await?;
            self.publisher.shows_changed();
            self.work.notify_one();
        }
        Ok(())
    }

    /// Somebody is watching of whom the media server does not say who it is: nobody's progress, but the show is not left.
    pub(crate) async fn note_somebody(&self, link: &Link, show: &ShowReference) -> Result<(), String> {
        if !self.has_rolling_shows.load(Ordering::Relaxed) {
            return Ok(());
        }
        let known = self
            .identify_show(link, show)
            .await
            .map_err(|error| error.to_string())?;
        for show in self.store.rolling_shows().await.map_err(|error| error.to_string())? {
            if self
                .is_of_show(&show, &known)
                .await
                .map_err(|error| error.to_string())?
            {
                let noted = self.store.note_watched(show.id, self.now()).await;
                noted.map_err(|error| error.to_string())?;
            }
        }
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
