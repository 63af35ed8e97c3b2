//! What will become of rolling shows: what goes when, what is kept and why, and when viewers run out.

mod looking_up;
mod notes;
mod rows;
mod share;

pub(crate) use looking_up::LookedUp;

use self::looking_up::{Found, Missing};
use self::rows::{Around, in_order, is_at_baseline, not_known};
use super::ShowFacts;
use super::facts::Moment;
use crate::core::{Core, lock};
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{Outlook, ViewerForecast};
use crate::scheduler::HISTORY_RETRY;
use domain::ids::{RollingShowId, SeriesKey};
use domain::monitoring::{RollingShow, TrackingEntry};
use domain::outlook::Passes;
use domain::pace::{self, Forecast};
use domain::reset::Amount;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Intent, StoreError};

/// How often a disk that is short of space is looked at.
const RELIEF_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What keeps things from going besides what is known of each.
#[derive(Default)]
struct Held {
    /// Why it is not known what is being watched.
    playing_unknown: Option<String>,
    /// Sonarrs and their folders that are short of space.
    short_of_space: BTreeSet<(String, String)>,
}

impl Core {
    /// What becomes of all rolling shows, or of one of them.
    pub(crate) async fn outlook(&self, show: Option<i64>) -> Result<Outlook, RequestError> {
        let shows = match show {
            Some(id) => vec![self.show_with(id).await?],
            None => self.store.rolling_shows().await?,
        };
        let playing = self.everything_playing().await;
        let moment = self.moment_caught_up().await?;
        let (shows, left_out) = match show {
            Some(_) => (shows, Vec::new()),
            None => self.without_baselines(shows).await?,
        };
        let mut at_baseline = left_out.len();
        let whole = shows.len() + at_baseline;
        let found = self.look_up_all(shows).await;
        if let (Some(_), Some((show, _, Err(missing)))) = (show, found.first()) {
            return Err(missing.as_request_error(&show.title));
        }
        let around = self.around().await?;
        let passes = self.reset_passes(&moment).await?;
        let mut held = Held {
            playing_unknown: playing.as_ref().err().cloned(),
            ..Held::default()
        };
        let mut rows = Vec::new();
        let mut files = Amount::default();
        let mut missing = Vec::new();
        for (show_record, link, known) in found {
            let known = match known {
                Ok(known) => known,
                Err(why) => {
                    missing.push((show_record, link, why));
                    continue;
                }
            };
            let Some(link) = link else { continue };
            let facts = self
                .put_together(&link, show_record, known, &playing, moment.clone())
                .await?;
            add(&mut files, &facts);
            let (facts, passes) = self.under_pressure(&link, facts, passes, &mut held).await?;
            let word = around.word_on(&facts.show);
            let of_show = rows::rows(&facts, facts.outlook(&word, passes), &around);
            if show.is_none() && is_at_baseline(&of_show) {
                at_baseline += 1;
                continue;
            }
            rows.push(of_show);
        }
        // More files would make a share smaller, and fewer shows than three ask nothing.
        if show.is_none() && missing.is_empty() && whole >= super::asking::SHOWS_THAT_ASK {
            let percent = moment.settings.confirm_above_percent;
            self.tell_large_shares(&mut rows, files, &left_out, percent).await;
        }
        rows.extend(not_known(missing).into_iter().map(|row| vec![row]));
        Ok(Outlook {
            notes: self.outlook_notes(&moment, &held).await?,
            rows: in_order(rows),
            at_baseline,
        })
    }

    /// How fast each viewer of a show watches, and when they run out.
    pub(crate) async fn forecasts(&self, id: i64) -> Result<Vec<ViewerForecast>, RequestError> {
        let show = self.show_with(id).await?;
        let (show, link, known) = self.look_up_all(vec![show]).await.remove(0);
        let known = known.map_err(|missing| missing.as_request_error(&show.title))?;
        let Some(link) = link else {
            return Err(RequestError::failed("unreachable", NOT_CONNECTED));
        };
        let (playing, moment) = (Ok(Vec::new()), self.moment().await?);
        let facts = self.put_together(&link, show, known, &playing, moment).await?;
        let zone = TimeZone::system();
        let forecasts = facts.entries.iter().map(|entry| {
            let viewer = name_of(entry).to_owned();
            let forecast = pace::forecast(entry, &facts.snapshot, facts.now);
            ViewerForecast {
                pace: forecast.as_ref().map(Forecast::rhythm),
                sentence: forecast
                    .as_ref()
                    .map(|forecast| forecast.sentence(&viewer, facts.now, &zone)),
                viewer,
                viewer_key: entry.viewer.clone(),
                forecast,
            }
        });
        Ok(forecasts.collect())
    }

    async fn show_with(&self, id: i64) -> Result<RollingShow, RequestError> {
        let show = self.store.rolling_show(RollingShowId(id)).await?;
        show.ok_or_else(|| RequestError::invalid("notFound", format!("There is no rolling show {id}.")))
    }

    /// What is known of the past, once the histories were read where it has gaps, as a pass does before it decides. A list that
    /// is looked at is made again and again, so what could not be closed is left for a while to whoever tries again anyway.
    async fn moment_caught_up(&self) -> Result<Moment, StoreError> {
        let moment = self.moment().await?;
        let is_known = |moment: &Moment| {
            let window = SignedDuration::from_hours(24 * i64::from(moment.settings.inactivity_reset_days));
            let since = moment.now.checked_sub(window).unwrap_or(Timestamp::MIN);
            moment.observed.past_known(since, moment.now)
        };
        if is_known(&moment) || !self.may_read_back(moment.now) {
            return Ok(moment);
        }
        self.catch_up().await;
        let moment = self.moment().await?;
        if is_known(&moment) {
            *lock(&self.looked_up.read_back_in_vain) = None;
        }
        Ok(moment)
    }

    /// Whether the histories were not read back in vain just now. Whoever asks reads them.
    fn may_read_back(&self, now: Timestamp) -> bool {
        let mut in_vain = lock(&self.looked_up.read_back_in_vain);
        let may = in_vain.is_none_or(|at| now.duration_since(at).abs() >= HISTORY_RETRY);
        if may {
            *in_vain = Some(now);
        }
        may
    }

    /// Parts with shows that were found at their baseline lately: those to be asked about, and those.
    async fn without_baselines(
        &self,
        shows: Vec<RollingShow>,
    ) -> Result<(Vec<RollingShow>, Vec<RollingShow>), StoreError> {
        let entries = self.store.entries_active_since(Timestamp::MIN).await?;
        Ok(shows
            .into_iter()
            .partition(|show| !self.is_known_at_baseline(show, &entries)))
    }

    /// Asks every Sonarr about its shows, all of them side by side.
    async fn look_up_all(
        &self,
        shows: Vec<RollingShow>,
    ) -> Vec<(
        RollingShow,
        Option<Arc<Link>>,
        Result<super::facts::SonarrFacts, Missing>,
    )> {
        let mut by_instance: BTreeMap<_, Vec<RollingShow>> = BTreeMap::new();
        for show in shows {
            by_instance.entry(show.series.instance).or_default().push(show);
        }
        let asked = by_instance.into_iter().map(|(instance, shows)| async move {
            let link = self.links.instance(instance);
            let found: Vec<Found> = match &link {
                Some(link) => self.look_up(link, shows).await,
                None => {
                    let missing = |show| (show, Err(Missing::Unavailable(NOT_CONNECTED.to_owned())));
                    shows.into_iter().map(missing).collect()
                }
            };
            found
                .into_iter()
                .map(|(show, known)| (show, link.clone(), known))
                .collect::<Vec<_>>()
        });
        futures::future::join_all(asked).await.into_iter().flatten().collect()
    }

    async fn around(&self) -> Result<Around, StoreError> {
        let mut intents: BTreeMap<SeriesKey, Vec<Intent>> = BTreeMap::new();
        for intent in self.store.all_open_intents().await? {
            intents.entry(intent.series).or_default().push(intent);
        }
        let refusals = self.refusals().await?;
        Ok(Around { refusals, intents })
    }

    /// On a disk that is short of space, seasons and shows go by the same rules also where those passes are switched off.
    async fn under_pressure(
        &self,
        link: &Link,
        mut facts: ShowFacts,
        passes: Passes,
        held: &mut Held,
    ) -> Result<(ShowFacts, Passes), StoreError> {
        let series = &facts.snapshot.series;
        if self.place_under_pressure(link, series).await?.is_none() {
            return Ok((facts, passes));
        }
        let folder = series.root_folder.clone().unwrap_or_default();
        held.short_of_space.insert((link.connection.name.clone(), folder));
        facts.settings.enable_progressive_cleanup = true;
        facts.settings.enable_auto_reset = true;
        let next = self.grace_until().await?.unwrap_or(facts.now);
        let every = RELIEF_EVERY;
        Ok((facts, Passes { next, every }))
    }
}

const NOT_CONNECTED: &str = "Its Sonarr is not connected.";

fn name_of(entry: &TrackingEntry) -> &str {
    let name = entry.viewer_name.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or(&entry.viewer.account)
}

fn add(all: &mut Amount, facts: &ShowFacts) {
    for file in facts.snapshot.files.iter().flatten().map(|(_, file)| file) {
        all.files += 1;
        all.bytes = all.bytes.saturating_add(file.size);
    }
}
