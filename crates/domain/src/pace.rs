//! How fast a viewer watches a show, and when they run out of episodes.

use crate::ids::EpisodeRef;
use crate::monitoring::TrackingEntry;
use crate::series::SeriesSnapshot;
use crate::wording;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Viewings that are needed before anything is foretold.
const PLAYS_NEEDED: usize = 3;
/// Viewings that follow each other faster were marked as watched, not watched: they count as one.
const SHORTEST_VIEWING: SignedDuration = SignedDuration::from_mins(3);
/// A pause that ends an evening. Long enough for dinner, short enough for two viewings on following nights.
const PAUSE_BETWEEN_EVENINGS: SignedDuration = SignedDuration::from_hours(6);
/// Evenings are at least this far apart in what is foretold, however they were.
const SHORTEST_RHYTHM: SignedDuration = SignedDuration::from_hours(24);

/// A viewer's rhythm and where it leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Episodes after the viewer's position that are there, up to the first that is not.
    pub episodes_ahead: usize,
    /// Episodes in an evening of viewing: the median.
    pub per_evening: f64,
    /// Episodes a day, over the days without viewing too.
    pub per_day: f64,
    /// When the viewer will want an episode that is not there.
    pub runs_out_at: Timestamp,
}

/// Foretells when a viewer runs out of episodes, from their own latest viewings. `None` where fewer than three tell
/// nothing, or where the viewer has no position.
pub fn forecast(entry: &TrackingEntry, snapshot: &SeriesSnapshot, now: Timestamp) -> Option<Forecast> {
    let position = entry.last_watched?;
    let evenings = evenings(&entry.plays)?;
    let per_evening = median(evenings.iter().map(|evening| evening.episodes).collect())?;
    let starts: Vec<i64> = evenings
        .windows(2)
        .map(|pair| pair[1].began.duration_since(pair[0].began).as_secs())
        .collect();
    let rhythm = median(starts).unwrap_or(0.0).max(SHORTEST_RHYTHM.as_secs_f64());
    let episodes_ahead = episodes_ahead(snapshot, position);
    let latest = evenings.last()?;
    let step = SignedDuration::try_from_secs_f64(rhythm).ok()?;
    let next = latest.began.checked_add(step).unwrap_or(Timestamp::MAX).max(now);
    let covered = SignedDuration::try_from_secs_f64((episodes_ahead as f64 / per_evening).floor() * rhythm).ok();
    let runs_out_at = covered
        .and_then(|covered| next.checked_add(covered).ok())
        .unwrap_or(Timestamp::MAX);
    let per_day = per_evening * SHORTEST_RHYTHM.as_secs_f64() / rhythm;
    Some(Forecast {
        episodes_ahead,
        per_evening,
        per_day,
        runs_out_at,
    })
}

/// Whether fewer episodes are ahead than the viewer watches in so many evenings. Never with 0 evenings: switched off.
pub fn wants_more(forecast: &Forecast, evenings_ahead: u32) -> bool {
    (forecast.episodes_ahead as f64) < forecast.per_evening * f64::from(evenings_ahead)
}

/// Episodes after a position that have a file, over the ends of seasons, up to the first that has none. Specials do not
/// count, nor do missing episodes numbered 0: Sonarr does not want those by itself.
pub fn episodes_ahead(snapshot: &SeriesSnapshot, at: EpisodeRef) -> usize {
    let after = snapshot
        .episodes
        .iter()
        .filter(|episode| episode.at.season > 0 && episode.at > at);
    let wanted = after.filter(|episode| episode.at.episode > 0 || episode.file.is_some());
    wanted.take_while(|episode| episode.file.is_some()).count()
}

impl Forecast {
    /// The rhythm in words: "two episodes an evening, every three days".
    pub fn rhythm(&self) -> String {
        let days = (self.per_evening / self.per_day).round().max(1.0);
        let often = if days < 2.0 {
            "every day".to_owned()
        } else {
            // Rounded, and no longer than the times of the viewings are apart.
            format!("every {}", wording::counted(days as i64, "day"))
        };
        let episodes = if self.per_evening.fract() == 0.0 {
            wording::counted(self.per_evening as i64, "episode")
        } else {
            format!("{:.1} episodes", self.per_evening)
        };
        format!("{episodes} an evening, {often}")
    }

    /// Where it leads, in words: "Alice has four episodes left and runs out on 6 July".
    pub fn sentence(&self, viewer: &str, now: Timestamp, zone: &TimeZone) -> String {
        let ahead = i64::try_from(self.episodes_ahead).unwrap_or(i64::MAX);
        let left = wording::counted(ahead, "episode");
        if self.episodes_ahead == 0 {
            format!("{viewer} has watched all that is there")
        } else if self.runs_out_at == Timestamp::MAX {
            format!("{viewer} has {left} left")
        } else {
            let date = wording::date(self.runs_out_at, now, zone);
            format!("{viewer} has {left} left and runs out on {date}")
        }
    }
}

struct Evening {
    began: Timestamp,
    latest: Timestamp,
    episodes: i64,
}

fn evenings(plays: &[(EpisodeRef, Timestamp)]) -> Option<Vec<Evening>> {
    let mut evenings: Vec<Evening> = Vec::new();
    let mut viewings = 0;
    for (_, at) in plays {
        match evenings.last_mut() {
            Some(evening) if at.duration_since(evening.latest) < SHORTEST_VIEWING => {}
            Some(evening) if at.duration_since(evening.latest) < PAUSE_BETWEEN_EVENINGS => {
                evening.latest = *at;
                evening.episodes += 1;
                viewings += 1;
            }
            _ => {
                evenings.push(Evening {
                    began: *at,
                    latest: *at,
                    episodes: 1,
                });
                viewings += 1;
            }
        }
    }
    (viewings >= PLAYS_NEEDED).then_some(evenings)
}

fn median(mut numbers: Vec<i64>) -> Option<f64> {
    numbers.sort_unstable();
    let (low, high) = (
        numbers.get(numbers.len().checked_sub(1)? / 2)?,
        numbers.get(numbers.len() / 2)?,
    );
    Some((*low as f64 + *high as f64) / 2.0)
}
