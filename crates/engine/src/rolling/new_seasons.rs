//! Shows that start with every season's first episode get that of each season that is new, without anybody playing.

use crate::core::Core;
use crate::report::{CheckReport, Failure};
use domain::ids::RollingShowId;
use domain::monitoring::{MonitoringType, RollingShow};
use domain::plan::Subject;
use domain::rolling::season_listed;
use domain::series::SeriesSnapshot;
use domain::wanting::Circumstances;
use std::collections::BTreeSet;
use store::{Origin, StoreError};

/// Under which keys the seasons of shows that are not new any more are kept.
const KNOWN: &str = "seasonsKnown/";

/// Where the seasons of a show that are not new any more are kept.
pub(super) fn key(show: RollingShowId) -> String {
    format!("{KNOWN}{show}")
}

impl Core {
    /// Takes every season that is there for known.
    pub(super) async fn remember_seasons(
        &self,
        show: RollingShowId,
        snapshot: &SeriesSnapshot,
    ) -> Result<(), StoreError> {
        self.save_seasons(show, &listed(snapshot)).await
    }

    async fn save_seasons(&self, show: RollingShowId, seasons: &BTreeSet<i32>) -> Result<(), StoreError> {
        let text = serde_json::to_string(seasons).map_err(|error| StoreError::Other(error.to_string()))?;
        self.store.set_meta(&key(show), Some(&text)).await
    }

    /// Looks for seasons that are new.
    pub(crate) async fn greet_new_seasons(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        let known = self.store.metas_beginning_with(KNOWN).await?;
        for show in self.store.rolling_shows().await? {
            if show.monitoring_type == MonitoringType::AllSeasonPilotRolling && !show.keep_show {
                let known = known
                    .get(&show.id.to_string())
                    .and_then(|text| serde_json::from_str(text).ok());
                self.greet_seasons_of(&show, known, report).await?;
            }
        }
        Ok(())
    }

    async fn greet_seasons_of(
        &self,
        show: &RollingShow,
        known: Option<BTreeSet<i32>>,
        report: &mut CheckReport,
    ) -> Result<(), StoreError> {
        let Some(link) = self.link_of(show.series) else {
            return Ok(());
        };
        let Some((_, client)) = link.sonarr() else {
            return Ok(());
        };
        let lock = self.series_lock(show.series);
        let _one_writer = lock.lock().await;
        let answer = async {
            // Most of the time no season is new, and the series alone tells that.
            let series = client.series(show.series.series).await?;
            let is_new = |season: &i32| *season > 0 && !known.as_ref().is_some_and(|known| known.contains(season));
            match series {
                Some(series) if series.seasons.keys().any(is_new) => {
                    self.snapshot_with_queue(client, show.series).await
                }
                _ => Ok(None),
            }
        }
        .await;
        link.note(&answer, self.now());
        let snapshot = match answer {
            Ok(Some(snapshot)) => snapshot,
            Ok(None) => return Ok(()),
            Err(error) => {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: format!("{}: {error}", show.title),
                });
                return Ok(());
            }
        };
        // An enrollment may have taken them for known meanwhile.
        let known = self.store.meta(&key(show.id)).await?;
        let Some(mut known) = known.and_then(|text| serde_json::from_str::<BTreeSet<i32>>(&text).ok()) else {
            return self.remember_seasons(show.id, &snapshot).await;
        };
        if !snapshot.series.monitored {
            // Somebody took the whole series out of Sonarr's hands.
            return Ok(());
        }
        let now = self.now();
        let new: Vec<i32> = listed(&snapshot).difference(&known).copied().collect();
        for season in new {
            let recent = self.store.recent_searches(show.series, now).await?;
            let around = Circumstances {
                snapshot: &snapshot,
                recent: &recent,
                single_episodes: false,
                viewer: None,
                now,
            };
            let subject = Subject {
                show: show.title.clone(),
                season: Some(season),
                instance: Some(link.connection.name.clone()),
                series: Some(show.series),
                rolling_show: Some(show.id),
                ..Subject::default()
            };
            let decision = season_listed(around, &subject, season, show);
            let done = self.carry_out(&link, Origin::Scheduler, &decision, None).await?;
            report.triggered_searches += done.searches;
            if let Some(failure) = done.failure {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message: failure,
                });
            }
            known.insert(season);
            self.save_seasons(show.id, &known).await?;
        }
        Ok(())
    }
}

/// Seasons that have episodes; specials are none.
fn listed(snapshot: &SeriesSnapshot) -> BTreeSet<i32> {
    let seasons = snapshot.episodes.iter().map(|episode| episode.at.season);
    seasons.filter(|season| *season > 0).collect()
}
