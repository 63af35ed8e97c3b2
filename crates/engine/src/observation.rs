//! What was seen of every media server, and what of the rest its history can still tell.

use crate::core::{Core, lock};
use crate::links::Link;
use crate::playing::ShowIdentity;
use domain::ids::{EpisodeRef, ServerId};
use domain::monitoring::RollingShow;
use domain::observed::{Gap, ObservedTime};
use domain::session::Viewer;
use domain::settings::Settings;
use domain::watching::{Watched, is_allowed};
use jiff::{SignedDuration, Timestamp};
use store::StoreError;

/// How far back a history is read the first time, at least.
const FIRST_LOOK_BACK: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Histories are read with some overlap: rows appear when a play ends, with the time it was counted.
const OVERLAP: SignedDuration = SignedDuration::from_hours(6);

impl Core {
    /// How far apart two looks at a server may be and still count as watching it.
    fn tolerance(&self) -> SignedDuration {
        let interval = i64::from(self.settings().polling_interval_minutes);
        SignedDuration::from_mins((2 * interval).max(10))
    }

    /// Notes that a server was just read.
    pub(crate) async fn note_observed(&self, link: &Link, server: ServerId, now: Timestamp) {
        if let Err(error) = self.store.note_observed(server, now, now, self.tolerance()).await {
            self.publisher.store_trouble(Some(&error.to_string()));
            return;
        }
        if let Err(error) = self.store.note_contact(link.connection.id, now).await {
            tracing::warn!("{error}");
        }
    }

    /// The times of which everything is known, on all media servers together.
    pub(crate) async fn observed_time(&self, settings: &Settings, now: Timestamp) -> Result<ObservedTime, StoreError> {
        let servers = self.links.media_servers();
        if servers.is_empty() {
            return Ok(ObservedTime::new(now, Vec::new()));
        }
        let window = SignedDuration::from_hours(24 * i64::from(settings.inactivity_reset_days));
        let began = now - (window * 2).max(FIRST_LOOK_BACK);
        let tolerance = self.tolerance();
        let mut gaps = Vec::new();
        for link in servers {
            let server = ServerId(link.connection.id);
            let seen = self.store.observed_until(server).await?;
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
        self.read_history(link, since).await?;
        self.store
            .close_gap(server, since, now)
            .await
            .map_err(|error| error.to_string())?;
        self.store
            .set_history_read_until(server, Some(now))
            .await
            .map_err(|error| error.to_string())
    }

    /// Reads one server's history since a time into the tracking entries.
    pub(crate) async fn read_history(&self, link: &Link, since: Timestamp) -> Result<(), String> {
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
            return Ok(());
        }
        let shows = self.store.rolling_shows().await.map_err(|error| error.to_string())?;
        let names = self.account_names(link).await;
        let filter = self.settings().filter_users;
        for play in plays {
            let known = self
                .identify_show(link, &play.show)
                .await
                .map_err(|error| error.to_string())?;
            let at = EpisodeRef {
                season: play.season,
                episode: play.episode,
            };
            for show in shows
                .iter()
                .filter(|show| ShowIdentity::of(show).is(&known) && counts_for(show, play.viewed_at))
            {
                let name = names
                    .iter()
                    .find(|viewer| viewer.key == play.viewer)
                    .and_then(|viewer| viewer.name.clone());
                let allowed = is_allowed(&filter, &play.viewer.account, name.as_deref());
                let watched = Watched {
                    viewer: Viewer {
                        key: play.viewer.clone(),
                        name,
                    },
                    at,
                    episodes: vec![at],
                };
                self.note_viewing_at(show, &watched, allowed, play.viewed_at)
                    .await
                    .map_err(|error| error.to_string())?;
            }
        }
        tracing::debug!(%server, %since, "the watch history was read back");
        Ok(())
    }

    /// Names of accounts, for viewers that only the history tells of. Without them the ids serve.
    async fn account_names(&self, link: &Link) -> Vec<Viewer> {
        let Some((_, client)) = link.media() else {
            return Vec::new();
        };
        client.accounts().await.unwrap_or_default()
    }
}

/// What was watched before a reset is over and done with.
fn counts_for(show: &RollingShow, at: Timestamp) -> bool {
    show.reset_at.is_none_or(|reset| at > reset)
}
