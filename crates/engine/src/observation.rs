//! What was seen of every media server, and what of the rest its history can still tell.

use crate::core::{Core, lock};
use crate::links::Link;
use crate::rolling::Viewing;
use domain::ids::{EpisodeRef, RollingShowId, ServerId};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::observed::{Gap, ObservedTime};
use domain::plan::Subject;
use domain::session::{ShowReference, Viewer};
use domain::settings::Settings;
use domain::watching::{Sighting, Watched};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use store::StoreError;

/// How far back a history is read the first time, at least.
const FIRST_LOOK_BACK: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Histories are read with some overlap: rows appear when a play ends, with the time it was counted.
const OVERLAP: SignedDuration = SignedDuration::from_hours(6);

/// The scheduled task of reading histories back.
pub(crate) const HISTORY: &str = "history";

/// Stands where a time would, while a server that only looks on does not answer.
const AWAY: &str = "away";

/// Where it is kept since when a server that only looks on has not been away. Nothing is kept while it never was.
fn steady_since_key(server: ServerId) -> String {
    format!("steady since/{server}")
}

impl Core {
    /// How far apart two looks at a server may be and still count as watching it.
    fn tolerance(&self) -> SignedDuration {
        let interval = i64::from(self.settings().polling_interval_minutes);
        SignedDuration::from_mins((2 * interval).max(10))
    }

    /// Notes that a server was just read. What was missed since the last time is to be read back soon.
    pub(crate) async fn note_observed(&self, server: ServerId, now: Timestamp) {
        let noted = async {
            if !self.store.note_observed(server, now, now, self.tolerance()).await? {
                self.store.set_scheduled_task(HISTORY, now, None).await?;
                self.work.notify_one();
            }
            Ok::<(), StoreError>(())
        };
        if let Err(error) = noted.await {
            self.publisher.store_trouble(Some(&error.to_string()));
        }
    }

    /// Notes whether a server answered that only looks on at another one. One that did not may have been off, and what was
    /// played meanwhile is in no history.
    pub(crate) async fn note_onlooker(&self, server: ServerId, answers: bool, now: Timestamp) {
        let key = steady_since_key(server);
        let noted = async {
            let is_away = self.store.meta(&key).await?.is_some_and(|kept| kept == AWAY);
            match (answers, is_away) {
                (true, true) => self.store.set_meta(&key, Some(&now.to_string())).await,
                (false, false) => self.store.set_meta(&key, Some(AWAY)).await,
                (true, false) | (false, true) => Ok(()),
            }
        };
        if let Err(error) = noted.await {
            self.publisher.store_trouble(Some(&error.to_string()));
        }
    }

    /// Forgets what was noted of a server that only looks on.
    pub(crate) async fn forget_onlooker(&self, server: ServerId) -> Result<(), StoreError> {
        self.store.set_meta(&steady_since_key(server), None).await
    }

    /// From when on a server's history has everything, as far as that can be told; `None` from its beginning on.
    async fn steady_since(&self, server: ServerId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let kept = self.store.meta(&steady_since_key(server)).await?;
        // While it is away, it has nothing of the present.
        Ok(kept.map(|kept| kept.parse().unwrap_or(now)))
    }

    /// The times of which everything is known, on all media servers together.
    pub(crate) async fn observed_time(&self, settings: &Settings, now: Timestamp) -> Result<ObservedTime, StoreError> {
        let servers = self.links.media_servers();
        if servers.is_empty() {
            return Ok(ObservedTime::nothing());
        }
        let window = SignedDuration::from_hours(24 * i64::from(settings.inactivity_reset_days));
        let began = now - (window * 2).max(FIRST_LOOK_BACK);
        let tolerance = self.tolerance();
        let mut gaps = Vec::new();
        for link in servers {
            let server = ServerId(link.connection.id);
            let seen = self.store.observed_until(server, now).await?;
            let is_away = seen.is_none_or(|seen| now.duration_since(seen) > tolerance);
            for (from, until) in self.store.gaps(server, began, now, tolerance).await? {
                let is_open = is_away && now.duration_since(until) < SignedDuration::from_secs(1);
                gaps.push(Gap {
                    from,
                    until: (!is_open).then_some(until),
                    server: link.connection.name.clone(),
                });
            }
        }
        Ok(ObservedTime::new(began, gaps))
    }

    /// Reads back what was watched on every media server since it was last read. Says which could not be read.
    pub(crate) async fn catch_up(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if !self.has_rolling_shows.load(std::sync::atomic::Ordering::Relaxed) {
            return failures;
        }
        for link in self.links.media_servers() {
            if let Err(failure) = self.catch_up_with(&link).await {
                tracing::warn!(
                    server = link.connection.name,
                    "The watch history could not be read back: {failure}"
                );
                failures.push(format!("{}: {failure}", link.connection.name));
            }
        }
        failures
    }

    async fn catch_up_with(&self, link: &Link) -> Result<(), String> {
        let Some((server, _)) = link.media() else {
            return Err(lock(&link.condition)
                .trouble()
                .unwrap_or("it is not connected")
                .to_owned());
        };
        let now = self.now();
        let look_back = FIRST_LOOK_BACK.max(SignedDuration::from_hours(
            24 * i64::from(self.settings().inactivity_reset_days) * 2,
        ));
        let known_until = self
            .store
            .history_read_until(server)
            .await
            .map_err(|error| error.to_string())?;
        // A time ahead comes from a clock that was wrong; what was read with it counts for nothing.
        let known_until = known_until.filter(|until| *until <= now + SignedDuration::from_mins(5));
        let mut since = known_until.map_or(now - look_back, |until| until.min(now) - OVERLAP);
        // What was watched of a show before it was enrolled was not kept, and protects all the same.
        let enrolled = match known_until {
            Some(until) => self
                .store
                .first_enrolled_since(until)
                .await
                .map_err(|error| error.to_string())?,
            None => None,
        };
        if let Some(enrolled) = enrolled {
            since = since.min(enrolled - look_back);
        }
        let since = since.max(now - look_back);
        let incomplete = self.read_history(link, since).await?;
        let steady_since = self
            .steady_since(server, now)
            .await
            .map_err(|error| error.to_string())?;
        // What it has counts in any case. That there was nothing else is believed only where it would be there.
        let known_since = match incomplete {
            Some(reason) => {
                tracing::info!(
                    server = link.connection.name,
                    "The watch history is not complete, and closes no gap: {reason}"
                );
                now
            }
            None => steady_since.map_or(since, |steady| steady.max(since)),
        };
        self.store
            .note_history_read(server, known_since, now)
            .await
            .map_err(|error| error.to_string())
    }

    /// Reads one server's history since a time into the tracking entries. Says why it is not complete, where it is not.
    async fn read_history(&self, link: &Link, since: Timestamp) -> Result<Option<String>, String> {
        let Some((server, client)) = link.media() else {
            return Err(lock(&link.condition)
                .trouble()
                .unwrap_or("it is not connected")
                .to_owned());
        };
        let answer = client.history(since).await;
        link.note(&answer, self.now());
        let history = answer.map_err(|error| error.to_string())?;
        if let Some(reason) = history.unreadable.first() {
            return Err(format!(
                "{} rows of the history could not be read: {reason}",
                history.unreadable.len()
            ));
        }
        let mut plays = history.plays;
        plays.sort_by_key(|play| play.viewed_at);
        plays.retain(|play| play.season > 0);
        if plays.is_empty() {
            return Ok(history.incomplete);
        }
        let shows = self.store.rolling_shows().await.map_err(|error| error.to_string())?;
        let names = self.accounts(link).await;
        let mut viewings: BTreeMap<RollingShowId, Vec<Viewing>> = BTreeMap::new();
        for play in plays {
            let known = self
                .identify_show(link, &play.show)
                .await
                .map_err(|error| error.to_string())?;
            let name = names
                .iter()
                .find(|viewer| viewer.key == play.viewer)
                .and_then(|viewer| viewer.name.clone());
            let at = EpisodeRef {
                season: play.season,
                episode: play.episode,
            };
            let viewing = Viewing {
                watched: Watched {
                    viewer: Viewer { key: play.viewer, name },
                    at,
                    episodes: vec![at],
                },
                at: play.viewed_at,
            };
            for show in &shows {
                let is_it = self.is_of_show(show, &known).await.map_err(|error| error.to_string())?;
                if is_it && !show.was_reset_since(viewing.at, self.now()) {
                    viewings.entry(show.id).or_default().push(viewing.clone());
                }
            }
        }
        let concerned: Vec<RollingShowId> = viewings.keys().copied().collect();
        let entries = self.store.entries_of_shows(&concerned).await;
        let entries = entries.map_err(|error| error.to_string())?;
        for show in &shows {
            if let Some(viewings) = viewings.get(&show.id) {
                let before = entries.iter().filter(|entry| entry.show == show.id).cloned().collect();
                self.note_missed(show, before, viewings)
                    .await
                    .map_err(|error| error.to_string())?;
            }
        }
        tracing::debug!(%server, %since, "the watch history was read back");
        Ok(history.incomplete)
    }

    /// Records what a history tells. Where a viewer came somewhere unseen, what they want next is decided about as if it had
    /// been seen: it is not there for them to play, so nothing else would ever ask for it.
    async fn note_missed(
        &self,
        show: &RollingShow,
        before: Vec<TrackingEntry>,
        viewings: &[Viewing],
    ) -> Result<(), StoreError> {
        for (before, entry) in self.note_viewings_after(show, before, viewings).await? {
            let (Some(at), seen_at) = (entry.last_watched, entry.last_watched_at) else {
                continue;
            };
            let was_known = before.is_some_and(|before| before.plays.iter().any(|(known, _)| *known == at));
            let viewer = Viewer {
                key: entry.viewer,
                name: entry.viewer_name,
            };
            if was_known || seen_at <= show.enrolled_at || !self.is_allowed(&viewer) || self.settings().dry_run {
                continue;
            }
            let subject = Subject {
                show: show.title.clone(),
                season: Some(at.season),
                episode: Some(at.episode),
                viewer: Some(viewer.display_name().to_owned()),
                viewer_key: Some(viewer.key.clone()),
                ..Subject::default()
            };
            let sighting = Sighting {
                show: ShowReference {
                    key: None,
                    title: Some(show.title.clone()),
                    year: None,
                    tvdb: show.tvdb,
                    imdb: show.imdb.clone(),
                },
                watched: Watched {
                    viewer,
                    at,
                    episodes: vec![at],
                },
                subject,
            };
            self.store
                .owe_sighting(show.series.instance, &sighting, seen_at, self.now())
                .await?;
        }
        Ok(())
    }
}
