//! Searches: what the indexers have, what Sonarr accepts of it, and what it then grabs.

use super::rows::{Command, Episode, Series, SeriesType};
use super::world::World;
use jiff::SignedDuration;
use serde_json::Value;
use std::collections::BTreeSet;

/// How releases of a search are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    /// The series and every episode of a release must be monitored.
    MonitoredOnly,
    /// Flags do not matter: the user asked for exactly this.
    Regardless,
}

impl World {
    pub(crate) fn search(&mut self, command: &Command) -> Result<String, String> {
        let monitored = command.flag("monitored", true);
        let (label, count) = match command.name {
            "SeasonSearch" => {
                let series = self.existing(command)?;
                let season = command.int("seasonNumber").unwrap_or(0);
                let season = i32::try_from(season).unwrap_or(-1);
                ("Season search", self.search_season(series, season, None))
            }
            "EpisodeSearch" => ("Episode search", self.search_episodes(command)?),
            "SeriesSearch" => ("Series search", self.search_series(command)?),
            "MissingEpisodeSearch" => ("Missing episode search", self.search_missing(command, monitored)?),
            _ => ("Cutoff unmet search", self.search_below_cutoff(command, monitored)?),
        };
        Ok(format!("{label} completed. {count} reports downloaded."))
    }

    fn existing(&self, command: &Command) -> Result<i64, String> {
        let id = command.int("seriesId").unwrap_or(0);
        if self.series.contains_key(&id) {
            return Ok(id);
        }
        Err(format!(
            "NzbDrone.Core.Datastore.ModelNotFoundException: Series with ID {id} does not exist"
        ))
    }

    /// Searches a season, or only some of its episodes. Returns how many releases were grabbed.
    fn search_season(&mut self, id: i64, season: i32, only: Option<&BTreeSet<i64>>) -> usize {
        let Some(series) = self.series.get(&id) else { return 0 };
        let asked = |episode: &&Episode| only.is_none_or(|only| only.contains(&episode.id));
        let (now, kind) = (self.now, series.series_type);
        let wanted: Vec<_> = series
            .in_season(season)
            .filter(asked)
            .filter(|episode| match kind {
                SeriesType::Daily => episode.monitored && episode.airs.is_some(),
                SeriesType::Anime => episode.monitored && episode.has_aired(now),
                SeriesType::Standard => season > 0 || episode.monitored,
            })
            .map(|episode| episode.id)
            .collect();
        if wanted.is_empty() || self.settings.indexers == 0 {
            return 0;
        }
        self.mark_searched(&wanted);
        let whole = self
            .series
            .get(&id)
            .map_or(0, |series| series.in_season(season).count());
        let packs = kind != SeriesType::Daily && season > 0 && whole > 1;
        if packs && self.grab_pack(id, season) {
            return 1;
        }
        wanted
            .into_iter()
            .filter(|episode| self.grab_single(*episode, Judgement::MonitoredOnly))
            .count()
    }

    fn search_episodes(&mut self, command: &Command) -> Result<usize, String> {
        let ids = command
            .ints("episodeIds")
            .ok_or("System.ArgumentNullException: Value cannot be null. (Parameter 'source')")?;
        let mut count = 0;
        for id in ids {
            let Some((series, episode)) = self.episode(id) else {
                return Err(format!(
                    "NzbDrone.Core.Datastore.ModelNotFoundException: Episode with ID {id} does not exist"
                ));
            };
            if series.series_type == SeriesType::Daily && episode.airs.is_none() {
                return Err("System.InvalidOperationException: Daily episode is missing its air date".into());
            }
            if self.settings.indexers > 0 {
                self.mark_searched(&[id]);
                count += usize::from(self.grab_single(id, Judgement::Regardless));
            }
        }
        Ok(count)
    }

    fn search_series(&mut self, command: &Command) -> Result<usize, String> {
        let id = self.existing(command)?;
        let Some(series) = self.series.get(&id) else {
            return Ok(0);
        };
        let seasons: Vec<_> = series
            .seasons
            .iter()
            .filter(|season| season.monitored)
            .map(|s| s.number)
            .collect();
        if seasons.is_empty() {
            let now = self.now;
            let singles = series
                .episodes
                .iter()
                .filter(|e| e.monitored && e.file == 0 && e.has_aired(now));
            let singles: Vec<_> = singles.map(|episode| episode.id).collect();
            self.mark_searched(&singles);
            return Ok(singles
                .into_iter()
                .filter(|id| self.grab_single(*id, Judgement::MonitoredOnly))
                .count());
        }
        Ok(seasons
            .into_iter()
            .map(|season| self.search_season(id, season, None))
            .sum())
    }

    fn search_missing(&mut self, command: &Command, monitored: bool) -> Result<usize, String> {
        let now = self.now;
        let target = command.int("seriesId");
        if target.is_some() {
            self.existing(command)?;
        }
        let aired = |series: &Series, episode: &Episode| match target {
            Some(_) => episode.has_aired(now),
            None => episode
                .airs
                .is_some_and(|a| a + SignedDuration::from_mins(series.runtime.into()) <= now),
        };
        let flags = |series: &Series| target.is_some() || series.monitored == monitored;
        let mut groups: std::collections::BTreeMap<(i64, i32), BTreeSet<i64>> = std::collections::BTreeMap::new();
        for series in self
            .series
            .values()
            .filter(|s| target.is_none_or(|id| id == s.id))
            .filter(|s| flags(s))
        {
            for episode in &series.episodes {
                let missing = episode.monitored == monitored && episode.file == 0 && aired(series, episode);
                if missing && !self.is_queued(episode.id) {
                    groups
                        .entry((series.id, episode.season))
                        .or_default()
                        .insert(episode.id);
                }
            }
        }
        let mut count = 0;
        for ((series, season), episodes) in groups {
            count += match episodes.first() {
                Some(only) if episodes.len() == 1 => {
                    self.mark_searched(&[*only]);
                    usize::from(self.grab_single(*only, Judgement::Regardless))
                }
                _ => self.search_season(series, season, Some(&episodes)),
            };
        }
        Ok(count)
    }

    fn search_below_cutoff(&mut self, command: &Command, monitored: bool) -> Result<usize, String> {
        let target = command.int("seriesId");
        if target.is_some() {
            self.existing(command)?;
        }
        let series = self
            .series
            .values()
            .filter(|series| target.is_none_or(|id| id == series.id));
        let upgradable = series.flat_map(|series| series.episodes.iter().map(move |episode| (series, episode)));
        let ids: Vec<_> = upgradable
            .filter(|(series, e)| {
                e.file > 0 && e.monitored == monitored && self.release_policy(series.id, e.season).better
            })
            .map(|(_, episode)| episode.id)
            .collect();
        Ok(ids
            .into_iter()
            .filter(|id| self.grab_single(*id, Judgement::MonitoredOnly))
            .count())
    }

    fn mark_searched(&mut self, episodes: &[i64]) {
        let now = self.now;
        for id in episodes {
            if let Some(episode) = self.episode_mut(*id) {
                episode.last_search = Some(now);
            }
        }
    }

    /// Takes a whole season in one release, if the indexers have it and every rule lets it pass.
    fn grab_pack(&mut self, id: i64, season: i32) -> bool {
        let policy = self.release_policy(id, season);
        let Some(series) = self.series.get(&id) else {
            return false;
        };
        let tomorrow = self.now + SignedDuration::from_hours(24);
        let accepted = series.in_season(season).all(|episode| {
            episode.monitored
                && episode.airs.is_some_and(|airs| airs <= tomorrow)
                && (episode.file == 0 || policy.better)
                && !self.is_queued(episode.id)
        });
        // Nobody can have packed what was not broadcast yet.
        let exists = policy.packs && (policy.unaired || series.in_season(season).all(|e| e.has_aired(self.now)));
        if !exists || !accepted || !series.monitored {
            return false;
        }
        let episodes: Vec<_> = series.in_season(season).map(|episode| episode.id).collect();
        self.grab(id, season, episodes, true);
        true
    }

    fn grab_single(&mut self, id: i64, judgement: Judgement) -> bool {
        let Some((series, episode)) = self.episode(id) else {
            return false;
        };
        let policy = self.release_policy(series.id, episode.season);
        let exists = policy.singles && (policy.unaired || episode.has_aired(self.now));
        let wanted = judgement == Judgement::Regardless || (series.monitored && episode.monitored);
        if !exists || !wanted || (episode.file > 0 && !policy.better) || self.is_queued(id) {
            return false;
        }
        let (series, season) = (series.id, episode.season);
        self.grab(series, season, vec![id], false);
        true
    }

    /// Grabs what the indexers' feeds show, which is what aired within a day, if series and episode are monitored and it is missing.
    pub(crate) fn read_feeds(&mut self) {
        let (from, to) = (self.now - SignedDuration::from_hours(24), self.now);
        let fresh = |episode: &&Episode| {
            episode.monitored && episode.file == 0 && episode.airs.is_some_and(|airs| airs > from && airs <= to)
        };
        let series = self.series.values().filter(|series| series.monitored);
        let ids: Vec<_> = series
            .flat_map(|series| series.episodes.iter().filter(fresh))
            .map(|e| e.id)
            .collect();
        if self.settings.indexers > 0 {
            for id in ids {
                self.grab_single(id, Judgement::MonitoredOnly);
            }
        }
    }

    /// Whether a download of the episode is under way, seen in the queue or not yet.
    pub(crate) fn is_queued(&self, episode: i64) -> bool {
        self.downloads
            .iter()
            .any(|download| download.episodes.contains(&episode))
    }
}

/// The own fields of a command from what a client sent.
pub(crate) fn own_fields(kind: &super::commands::Kind, sent: &super::call::Fields) -> serde_json::Map<String, Value> {
    let mut fields = serde_json::Map::new();
    for (name, default) in kind.fields {
        let default = serde_json::from_str(default).unwrap_or(Value::Null);
        fields.insert((*name).to_owned(), sent.value(name).cloned().unwrap_or(default));
    }
    // A refresh takes one id or several.
    if kind.name == "RefreshSeries"
        && let Some(id) = sent.value("seriesId").and_then(Value::as_i64).filter(|id| *id > 0)
    {
        fields.insert("seriesIds".into(), serde_json::json!([id]));
    }
    fields
}
