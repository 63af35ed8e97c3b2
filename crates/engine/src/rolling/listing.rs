//! Lists for people: the rolling shows with their viewers, and what may be enrolled.

use crate::core::Core;
use crate::error::RequestError;
use crate::options::LibraryRow;
use crate::report::ShowRow;
use domain::ids::SeriesKey;
use domain::reset::activity;
use jiff::Timestamp;

impl Core {
    /// The rolling shows, each master record before its tracking entries.
    pub(crate) async fn show_rows(&self, inactive_only: bool) -> Result<Vec<ShowRow>, RequestError> {
        let mut rows = Vec::new();
        let entries = self.store.entries_active_since(Timestamp::MIN).await?;
        let settings = self.settings();
        let now = self.now();
        let observed = self.observed_time(&settings, now).await?;
        for show in self.store.rolling_shows().await? {
            let inactive = activity(&show, &entries, &settings, &observed, now).is_inactive()
                && !self.was_found_at_baseline(&show, &entries);
            if inactive_only && !inactive {
                continue;
            }
            let instance = self
                .link_of(show.series)
                .map_or_else(|| "?".to_owned(), |link| link.connection.name.clone());
            let mine: Vec<_> = entries.iter().filter(|entry| entry.show == show.id).collect();
            let updated = [
                Some(show.enrolled_at),
                show.last_watched_at,
                show.expanded_at,
                show.reset_at,
            ]
            .into_iter()
            .flatten()
            .max();
            let furthest = mine.iter().filter_map(|entry| entry.last_watched).max();
            let master = ShowRow {
                id: show.id.0,
                master_id: show.id.0,
                title: show.title.clone(),
                instance,
                sonarr_series_id: show.series.series.0,
                tvdb_id: show.tvdb.map(|id| id.0),
                monitoring_type: show.monitoring_type,
                viewer: None,
                viewer_key: None,
                current_monitored_season: show.current_monitored_season,
                last_watched_season: furthest.map_or(0, |at| at.season),
                last_watched_episode: furthest.map_or(0, |at| at.episode),
                last_updated_at: updated.unwrap_or(show.enrolled_at),
                inactive,
                keep_show: show.keep_show,
                keep_seasons: show.keep_seasons.iter().copied().collect(),
            };
            rows.push(master.clone());
            rows.extend(mine.into_iter().map(|entry| {
                ShowRow {
                    id: entry.id,
                    viewer: Some(
                        entry
                            .viewer_name
                            .clone()
                            .unwrap_or_else(|| entry.viewer.account.clone()),
                    ),
                    viewer_key: Some(entry.viewer.clone()),
                    current_monitored_season: entry.current_monitored_season,
                    last_watched_season: entry.last_watched.map_or(0, |at| at.season),
                    last_watched_episode: entry.last_watched.map_or(0, |at| at.episode),
                    last_updated_at: entry.last_watched_at,
                    ..master.clone()
                }
            }));
        }
        Ok(rows)
    }

    /// The series of an instance, and how they roll.
    pub(crate) async fn library(&self, instance: &str) -> Result<Vec<LibraryRow>, RequestError> {
        let link = self.instance_named(instance)?;
        let Some((_, client)) = link.sonarr() else {
            return Err(RequestError::failed(
                "unauthorized",
                format!("{instance} is not ready: its API key is missing."),
            ));
        };
        let listing = client.all_series().await;
        link.note(&listing, self.now());
        let shows = self.store.rolling_shows().await?;
        let enrolled = |key: SeriesKey| {
            shows
                .iter()
                .find(|show| show.series == key)
                .map(|show| show.monitoring_type)
        };
        Ok(listing?
            .items
            .into_iter()
            .map(|series| LibraryRow {
                enrolled: enrolled(series.key),
                series,
            })
            .collect())
    }
}
