//! All that must be known of a rolling show before anything of it may go.

use crate::act::all_episodes;
use crate::core::Core;
use crate::links::Link;
use crate::runner::queued;
use domain::cleanup::{CleanupFacts, SeasonOutlook, plan_cleanup};
use domain::ids::RollingShowId;
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::observed::{Gap, ObservedTime};
use domain::plan::{Decision, Subject};
use domain::protection::{PlayingNow, Protection};
use domain::reset::{ResetFacts, inactivity, plan_reset};
use domain::series::{Series, SeriesSnapshot};
use domain::session::PlaybackSession;
use domain::settings::Settings;
use domain::watching::is_allowed;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use std::sync::Arc;

/// What is playing everywhere, or why that is not known.
pub(crate) type Playing = Result<Vec<(Arc<Link>, PlaybackSession)>, String>;

/// Everything about one rolling show at one moment.
#[derive(Clone)]
pub(crate) struct ShowFacts {
    pub show: RollingShow,
    pub entries: Vec<TrackingEntry>,
    pub snapshot: SeriesSnapshot,
    pub subject: Subject,
    pub playing: Vec<PlayingNow>,
    pub protection: Protection,
    pub observed: ObservedTime,
    pub settings: Settings,
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl ShowFacts {
    /// What is to become of each season.
    pub fn cleanup(&self) -> Vec<SeasonOutlook> {
        let allowed = |entry: &TrackingEntry| {
            is_allowed(
                &self.settings.filter_users,
                &entry.viewer.account,
                entry.viewer_name.as_deref(),
            )
        };
        let window = SignedDuration::from_hours(24 * i64::from(self.settings.inactivity_reset_days));
        plan_cleanup(&CleanupFacts {
            subject: &self.subject,
            show: &self.show,
            entries: &self.entries,
            snapshot: &self.snapshot,
            settings: &self.settings,
            allowed: &allowed,
            playing: &self.playing,
            protection: &self.protection,
            past_known: self.observed.past_known(self.now - window, self.now),
            now: self.now,
            zone: &self.zone,
        })
    }

    /// Whether the automatic reset takes it.
    pub fn inactivity(&self) -> Decision {
        inactivity(&self.as_reset())
    }

    /// What the user's reset does.
    pub fn reset(&self) -> Decision {
        plan_reset(&self.as_reset())
    }

    fn as_reset(&self) -> ResetFacts<'_> {
        ResetFacts {
            subject: &self.subject,
            show: &self.show,
            entries: &self.entries,
            snapshot: &self.snapshot,
            settings: &self.settings,
            playing: &self.playing,
            protection: &self.protection,
            observed: &self.observed,
            now: self.now,
            zone: &self.zone,
        }
    }
}

impl Core {
    /// Gathers everything about a rolling show; `None` when Sonarr does not have the series anymore.
    pub(crate) async fn show_facts(
        &self,
        link: &Link,
        show: RollingShow,
        playing: &Playing,
    ) -> Result<Option<ShowFacts>, RemoteError> {
        let Some((_, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized);
        };
        let key = show.series;
        let gathered = async {
            let Some(series) = client.series(key.series).await? else {
                return Ok(None);
            };
            let mut snapshot = SeriesSnapshot::new(series, all_episodes(client, key.series).await?);
            snapshot.files = Some(client.files(key.series).await?);
            snapshot.queued = Some(queued(client, key).await?);
            // A tag that cannot be looked up protects, so only tagged series cost the request.
            let labels = if snapshot.series.tags.is_empty() {
                None
            } else {
                Some(client.tags().await?)
            };
            Ok(Some((snapshot, labels)))
        }
        .await;
        link.note(&gathered, self.now());
        let Some((snapshot, labels)) = gathered? else {
            return Ok(None);
        };
        let settings = self.settings();
        let now = self.now();
        let protection = Protection::of(&snapshot.series, labels.as_ref(), &settings.protect_tag);
        let mut observed = self
            .observed_time(&settings, now)
            .await
            .map_err(|error| RemoteError::BadAnswer {
                detail: error.to_string(),
            })?;
        let playing = match playing {
            Ok(sessions) => self.playing_of(&show, sessions).await,
            Err(reason) => Err(reason.clone()),
        };
        let playing = playing.unwrap_or_else(|reason| {
            // What is playing is not known, so this very moment is not observed.
            observed = ObservedTime::new(
                now,
                vec![Gap {
                    from: now - SignedDuration::from_secs(1),
                    until: None,
                    server: reason,
                }],
            );
            Vec::new()
        });
        let show = self.described(show, &snapshot.series).await;
        let subject = Subject {
            show: show.title.clone(),
            instance: Some(link.connection.name.clone()),
            series: Some(key),
            rolling_show: Some(show.id),
            ..Subject::default()
        };
        let entries = self
            .store
            .entries_of(show.id)
            .await
            .map_err(|error| RemoteError::BadAnswer {
                detail: error.to_string(),
            })?;
        Ok(Some(ShowFacts {
            show,
            entries,
            snapshot,
            subject,
            playing,
            protection,
            observed,
            settings,
            now,
            zone: TimeZone::system(),
        }))
    }

    /// The show as its Sonarr names it now. A title that cannot be saved is saved another time.
    async fn described(&self, show: RollingShow, series: &Series) -> RollingShow {
        let described = RollingShow {
            title: series.title.clone(),
            tvdb: series.tvdb.or(show.tvdb),
            imdb: series.imdb.clone().or_else(|| show.imdb.clone()),
            ..show.clone()
        };
        if described == show || show.id == RollingShowId(0) {
            return show;
        }
        let saved = self
            .store
            .describe_rolling_show(show.id, &series.title, series.tvdb, series.imdb.as_deref())
            .await;
        match saved {
            Ok(()) => self.publisher.shows_changed(),
            Err(error) => tracing::warn!(show = show.title, "its new title was not saved: {error}"),
        }
        described
    }
}
