//! Statistics of seasons and series, computed from the rows at the time of the request and never stored.

use super::json::{percent, stamp};
use super::rows::Series;
use super::version::Version;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default, Clone)]
pub(crate) struct Statistics {
    pub next_airing: Option<Timestamp>,
    pub previous_airing: Option<Timestamp>,
    pub episode_files: i64,
    pub episodes: i64,
    pub total: i64,
    pub size: i64,
    pub groups: BTreeSet<String>,
}

/// Statistics of every season that has episode rows.
pub(crate) fn by_season(series: &Series, now: Timestamp, version: Version) -> BTreeMap<i32, Statistics> {
    let v3 = version.is_v3();
    let mut seasons: BTreeMap<i32, Statistics> = BTreeMap::new();
    for episode in &series.episodes {
        let season = seasons.entry(episode.season).or_default();
        let has_file = episode.file > 0;
        season.total += 1;
        season.episode_files += i64::from(has_file);
        season.episodes += i64::from(has_file || (episode.monitored && episode.has_aired(now)));
        let Some(airs) = episode.airs else { continue };
        if airs >= now && episode.monitored && !(v3 && has_file) {
            season.next_airing = Some(season.next_airing.map_or(airs, |next| next.min(airs)));
        }
        if airs < now && (episode.monitored || (v3 && has_file)) {
            season.previous_airing = Some(season.previous_airing.map_or(airs, |previous| previous.max(airs)));
        }
    }
    for file in &series.files {
        if let Some(season) = seasons.get_mut(&file.season) {
            season.size += file.size;
            if !file.group.is_empty() {
                season.groups.insert(file.group.to_string());
            }
        }
    }
    seasons
}

/// Totals over all seasons, specials included.
pub(crate) fn total(seasons: &BTreeMap<i32, Statistics>) -> Statistics {
    let mut sum = Statistics::default();
    for season in seasons.values() {
        sum.episode_files += season.episode_files;
        sum.episodes += season.episodes;
        sum.total += season.total;
        sum.size += season.size;
        sum.groups.extend(season.groups.iter().cloned());
        sum.next_airing = [sum.next_airing, season.next_airing].into_iter().flatten().min();
        sum.previous_airing = [sum.previous_airing, season.previous_airing]
            .into_iter()
            .flatten()
            .max();
    }
    sum
}

impl Statistics {
    pub(crate) fn of_season(&self, version: Version) -> Value {
        json!({
            "nextAiring": stamp(self.next_airing),
            "previousAiring": stamp(self.previous_airing),
            "episodeFileCount": self.episode_files,
            "episodeCount": self.episodes,
            "totalEpisodeCount": self.total,
            "sizeOnDisk": self.size,
            "releaseGroups": self.groups(version),
            "percentOfEpisodes": percent(self.episode_files, self.episodes, version.is_v3()),
        })
    }

    pub(crate) fn of_series(&self, series: &Series, version: Version) -> Value {
        json!({
            "seasonCount": series.seasons.iter().filter(|season| season.number > 0).count(),
            "episodeFileCount": self.episode_files,
            "episodeCount": self.episodes,
            "totalEpisodeCount": self.total,
            "sizeOnDisk": self.size,
            "releaseGroups": if self.total == 0 { Value::Null } else { self.groups(version) },
            "percentOfEpisodes": percent(self.episode_files, self.episodes, version.is_v3()),
        })
    }

    fn groups(&self, version: Version) -> Value {
        if version.is_v3() {
            Value::Null
        } else {
            json!(self.groups)
        }
    }
}
