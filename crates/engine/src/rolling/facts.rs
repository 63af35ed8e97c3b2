//! All that must be known of a rolling show before anything of it may go.

use crate::act::all_episodes;
use crate::core::Core;
use crate::links::Link;
use crate::runner::queued;
use domain::cleanup::{CleanupFacts, SeasonOutlook, plan_cleanup};
use domain::ids::{RollingShowId, SeriesKey};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::observed::{Gap, ObservedTime};
use domain::outlook::{Fate, Passes, UsersWord, foresee};
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
use sonarr::SonarrClient;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::StoreError;

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

/// What Sonarr says of a series, at some moment.
#[derive(Clone)]
pub(crate) struct SonarrFacts {
    /// With its files; with its queue only where that was asked for.
    pub snapshot: SeriesSnapshot,
    /// Labels of tags by id; `None` where none were asked for.
    pub labels: Option<Arc<BTreeMap<i64, String>>>,
}

impl SonarrFacts {
    /// Asks for everything but queue and tags. `None` when Sonarr does not have the series anymore.
    pub async fn ask(client: &SonarrClient, key: SeriesKey) -> Result<Option<Self>, RemoteError> {
        let Some(series) = client.series(key.series).await? else {
            return Ok(None);
        };
        let mut snapshot = SeriesSnapshot::new(series, all_episodes(client, key.series).await?);
        snapshot.files = Some(client.files(key.series).await?);
        let labels = None;
        Ok(Some(Self { snapshot, labels }))
    }
}

/// What is the same for all shows at one moment.
#[derive(Clone)]
pub(crate) struct Moment {
    pub now: Timestamp,
    pub settings: Settings,
    pub observed: ObservedTime,
}

impl ShowFacts {
    fn is_allowed(&self, entry: &TrackingEntry) -> bool {
        is_allowed(
            &self.settings.filter_users,
            &entry.viewer.account,
            entry.viewer_name.as_deref(),
        )
    }

    /// What is to become of each season.
    pub fn cleanup(&self) -> Vec<SeasonOutlook> {
        let allowed = |entry: &TrackingEntry| self.is_allowed(entry);
        plan_cleanup(&CleanupFacts {
            subject: &self.subject,
            show: &self.show,
            entries: &self.entries,
            snapshot: &self.snapshot,
            settings: &self.settings,
            allowed: &allowed,
            playing: &self.playing,
            protection: &self.protection,
            observed: &self.observed,
            now: self.now,
            zone: &self.zone,
        })
    }

    /// What will become of it and of each season.
    pub fn outlook(&self, word: &UsersWord, passes: Passes) -> Vec<Fate> {
        foresee(&self.as_reset(), &|entry| self.is_allowed(entry), word, passes)
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
            let Some(mut known) = SonarrFacts::ask(client, key).await? else {
                return Ok(None);
            };
            known.snapshot.queued = Some(queued(client, key).await?);
            // A tag that cannot be looked up protects, so only tagged series cost the request.
            if !known.snapshot.series.tags.is_empty() {
                known.labels = Some(Arc::new(client.tags().await?));
            }
            Ok(Some(known))
        }
        .await;
        link.note(&gathered, self.now());
        let Some(known) = gathered? else {
            return Ok(None);
        };
        let facts = async {
            let moment = self.moment().await?;
            self.put_together(link, show, known, playing, moment).await
        };
        let facts: Result<ShowFacts, StoreError> = facts.await;
        facts.map(Some).map_err(|error| RemoteError::BadAnswer {
            detail: error.to_string(),
        })
    }

    /// What is the same for all shows now.
    pub(super) async fn moment(&self) -> Result<Moment, StoreError> {
        let (settings, now) = (self.settings(), self.now());
        let observed = self.observed_time(&settings, now).await?;
        Ok(Moment {
            now,
            settings,
            observed,
        })
    }

    /// Adds what is known here to what Sonarr says of a show.
    pub(super) async fn put_together(
        &self,
        link: &Link,
        show: RollingShow,
        known: SonarrFacts,
        playing: &Playing,
        moment: Moment,
    ) -> Result<ShowFacts, StoreError> {
        let SonarrFacts { snapshot, labels } = known;
        let Moment {
            now,
            settings,
            mut observed,
        } = moment;
        let key = show.series;
        let protection = Protection::of(&snapshot.series, labels.as_deref(), &settings.protect_tag);
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
        let entries = self.store.entries_of(show.id).await?;
        Ok(ShowFacts {
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
        })
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
