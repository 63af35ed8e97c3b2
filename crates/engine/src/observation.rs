//! What was seen of every media server, and what of the rest its history can still tell.

use crate::core::{Core, lock};
use crate::links::Link;
use crate::rolling::Viewing;
use crate::skew::HARMLESS;
use domain::ids::{RollingShowId, ServerId};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::observed::{Gap, ObservedTime};
use domain::plan::Subject;
use domain::session::{HistoryPlay, ShowReference, Viewer};
use domain::settings::Settings;
use domain::watching::{Sighting, Watched};
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::collections::BTreeMap;
use store::StoreError;

/// How far back a history is read the first time, at least.
const FIRST_LOOK_BACK: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Histories are read with some overlap: rows appear when a play ends, with the time it was counted.
const ROWS_COME_LATE: SignedDuration = SignedDuration::from_hours(6);

/// The scheduled task of reading histories back.
pub(crate) const HISTORY: &str = "history";

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
        let Some((server, client)) = link.media() else {
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
        // The server's clock may be behind this one, or was when it was last read.
        let ahead = self.transport.ahead_of(&link.connection.url).unwrap_or_default();
        let overlap = ROWS_COME_LATE + HARMLESS.max(ahead);
        let mut since = known_until.map_or(now - look_back, |until| until.min(now) - overlap);
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
        let incomplete = match self.read_history(link, since).await? {
            Some(reason) => Some(reason),
            None => self.wrong_clock_of(link),
        };
        // What it has counts in any case. That there was nothing else is believed only where it would be there.
        let known_since = match incomplete {
            Some(reason) => {
                tracing::info!(
                    server = link.connection.name,
                    "The watch history is not complete, and closes no gap: {reason}"
                );
                None
            }
            // One that only looks on may have been off whenever nobody looked at it, and on the same computer it was.
            None => client.records_while_away().then_some(since),
        };
        self.store
            .note_history_read(server, known_since, now)
            .await
            .map_err(|error| error.to_string())
    }

    /// Reads one server's history since a time into the tracking entries. Says why it is not complete, where it is not. What
    /// could be read counts, also where the rest could not.
    async fn read_history(&self, link: &Link, since: Timestamp) -> Result<Option<String>, String> {
        let Some((server, client)) = link.media() else {
            return Err(lock(&link.condition)
                .trouble()
                .unwrap_or("it is not connected")
                .to_owned());
        };
        let answer = client.history(since).await;
        link.note(&answer, self.now());
        let mut history = answer.map_err(|error| error.to_string())?;
        let mut plays = std::mem::take(&mut history.plays);
        plays.retain(|play| !play.is_special());
        let ahead = self.transport.ahead_of(&link.connection.url).unwrap_or_default();
        if ahead > HARMLESS {
            // In whole hours: read again, a play has the same time again.
            let ahead = SignedDuration::from_hours(ahead.as_hours());
            for play in &mut plays {
                play.viewed_at = play.viewed_at.saturating_add(ahead).unwrap_or(play.viewed_at);
            }
        }
        plays.sort_by_key(|play| play.viewed_at);
        let unknown = if plays.is_empty() {
            None
        } else {
            self.note_plays(link, plays).await?
        };
        tracing::debug!(%server, %since, "the watch history was read back");
        if let Some(reason) = history.unreadable.first() {
            return Err(format!(
                "{} rows of the history could not be read: {reason}",
                history.unreadable.len()
            ));
        }
        match unknown {
            Some(error) => Err(error.to_string()),
            None => Ok(history.incomplete),
        }
    }

    /// Notes plays, the oldest first. Gives an error because of which it is not known of which show some of them are.
    async fn note_plays(&self, link: &Link, plays: Vec<HistoryPlay>) -> Result<Option<RemoteError>, String> {
        let shows = self.store.rolling_shows().await.map_err(|error| error.to_string())?;
        let names = self.accounts(link).await;
        let mut seen: BTreeMap<RollingShowId, Seen> = BTreeMap::new();
        let mut unknown = None;
        for play in plays {
            let known = match self.identify_show(link, &play.show).await {
                Ok(known) => known,
                Err(error) => {
                    unknown.get_or_insert(error);
                    continue;
                }
            };
            let viewer = play.viewer.clone().map(|key| {
                let named = names.iter().find(|known| known.key == key);
                let name = named.and_then(|known| known.name.clone());
                Viewer { key, name }
            });
            for show in &shows {
                let is_it = self.is_of_show(show, &known).await.map_err(|error| error.to_string())?;
                if is_it && !show.was_reset_since(play.viewed_at, self.now()) {
                    seen.entry(show.id).or_default().add(viewer.clone(), &play);
                }
            }
        }
        let concerned: Vec<RollingShowId> = seen.keys().copied().collect();
        let entries = self.store.entries_of_shows(&concerned).await;
        let entries = entries.map_err(|error| error.to_string())?;
        for show in &shows {
            let Some(seen) = seen.get(&show.id) else {
                continue;
            };
            let before = entries.iter().filter(|entry| entry.show == show.id).cloned().collect();
            let noted = async {
                self.note_missed(show, before, &seen.viewings).await?;
                self.note_somewhere(show, &seen.somewhere).await?;
                match seen.by_somebody {
                    Some(at) => self.store.note_watched(show.id, at).await,
                    None => Ok(()),
                }
            };
            noted.await.map_err(|error: StoreError| error.to_string())?;
        }
        Ok(unknown)
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

/// What a history tells of one show.
#[derive(Default)]
struct Seen {
    /// Who watched which episode.
    viewings: Vec<Viewing>,
    /// Who watched something of which the server does not say which episode it is.
    somewhere: Vec<(Viewer, Timestamp)>,
    /// When anybody last watched of whom the server does not say who it is.
    by_somebody: Option<Timestamp>,
}

impl Seen {
    fn add(&mut self, viewer: Option<Viewer>, play: &HistoryPlay) {
        let at = play.viewed_at;
        match (viewer, play.at()) {
            (Some(viewer), Some(episode)) => {
                let watched = Watched {
                    viewer,
                    at: episode,
                    episodes: vec![episode],
                };
                self.viewings.push(Viewing { watched, at });
            }
            (Some(viewer), None) => self.somewhere.push((viewer, at)),
            (None, _) => self.by_somebody = self.by_somebody.max(Some(at)),
        }
    }
}
