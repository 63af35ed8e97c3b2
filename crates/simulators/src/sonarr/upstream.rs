//! What TheTVDB knows, and how a refresh brings it into the library.

use super::rows::{Episode, Season, Series};
use super::spec::{EpisodeSpec, SeasonSpec, SeriesSpec};
use super::world::World;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// A show as TheTVDB lists it.
#[derive(Debug, Clone)]
pub(crate) struct Show {
    pub spec: SeriesSpec,
    /// Listed seasons, also those without episodes yet.
    pub seasons: BTreeSet<i32>,
    pub episodes: Vec<EpisodeSpec>,
}

impl Show {
    pub(crate) fn of_spec(spec: &SeriesSpec, now: Timestamp) -> Self {
        let seasons = spec.seasons.iter().map(|season| season.number).collect();
        let mut show = Self {
            spec: spec.clone(),
            seasons,
            episodes: Vec::new(),
        };
        for season in &spec.seasons {
            let after = spec.seasons.iter().filter(|other| other.number > season.number).count();
            show.add_season(season, after, now);
        }
        show
    }

    pub(crate) fn add_season(&mut self, season: &SeasonSpec, after: usize, now: Timestamp) {
        self.seasons.insert(season.number);
        for number in 1..=season.episodes {
            self.episodes.push(EpisodeSpec {
                season: season.number,
                number,
                title: (!season.untitled).then(|| format!("Episode {number}")),
                airs: season.airs(number, after, now),
                finale: None,
            });
        }
    }

    /// What TheTVDB must know for the library to be as it is.
    pub(crate) fn of_series(series: &Series) -> Self {
        let mut spec = SeriesSpec::new(series.title.clone(), series.tvdb)
            .year(series.year)
            .tmdb(series.tmdb)
            .status(series.status.clone())
            .language(series.language.clone())
            .genres(series.genres.clone())
            .runtime(series.runtime)
            .network(series.network.clone().unwrap_or_default());
        spec.imdb.clone_from(&series.imdb);
        spec.alternate_titles.clone_from(&series.alternate_titles);
        let episodes = series.episodes.iter().map(|episode| EpisodeSpec {
            season: episode.season,
            number: episode.number,
            title: episode.title.as_deref().map(str::to_owned),
            airs: episode.airs,
            finale: episode.finale.as_deref().map(str::to_owned),
        });
        Self {
            spec,
            seasons: series.seasons.iter().map(|season| season.number).collect(),
            episodes: episodes.collect(),
        }
    }

    pub(crate) fn put(&mut self, episode: EpisodeSpec) {
        self.seasons.insert(episode.season);
        let known = self
            .episodes
            .iter_mut()
            .find(|old| old.season == episode.season && old.number == episode.number);
        match known {
            Some(old) => *old = episode,
            None => self.episodes.push(episode),
        }
    }
}

impl World {
    /// TheTVDB's record of a series, to be changed. Until it is first changed, it is what the library has.
    pub(crate) fn show_mut(&mut self, series: i64) -> Option<&mut Show> {
        let series = self.series.get(&series)?;
        Some(self.shows.entry(series.tvdb).or_insert_with(|| Show::of_series(series)))
    }

    /// Brings TheTVDB's record into the library. Flags of known episodes stay as they are.
    pub(crate) fn apply_upstream(&mut self, id: i64) -> Vec<i64> {
        let Some(tvdb) = self.series.get(&id).map(|series| series.tvdb) else {
            return Vec::new();
        };
        let Some(show) = self.shows.get(&tvdb).cloned() else {
            return Vec::new();
        };
        self.apply_metadata(id, &show);
        self.drop_vanished(id, &show);
        self.merge_episodes(id, &show)
    }

    fn apply_metadata(&mut self, id: i64, show: &Show) {
        let v3 = self.settings.version.is_v3();
        let Some(series) = self.series.get_mut(&id) else { return };
        series.title.clone_from(&show.spec.title);
        series.status.clone_from(&show.spec.status);
        series.year = show.spec.year;
        series.imdb.clone_from(&show.spec.imdb);
        series.network.clone_from(&show.spec.network);
        series.genres.clone_from(&show.spec.genres);
        let monitors_new = if v3 { series.monitored } else { series.monitor_new_items };
        let known = std::mem::take(&mut series.seasons);
        series.seasons = show
            .seasons
            .iter()
            .map(|number| {
                known
                    .iter()
                    .find(|season| season.number == *number)
                    .cloned()
                    .unwrap_or(Season {
                        number: *number,
                        monitored: *number > 0 && monitors_new,
                    })
            })
            .collect();
        series.first_aired = show
            .episodes
            .iter()
            .filter(|episode| episode.season > 0)
            .filter_map(|e| e.airs)
            .min();
    }

    fn drop_vanished(&mut self, id: i64, show: &Show) {
        let listed: BTreeSet<_> = show
            .episodes
            .iter()
            .map(|episode| (episode.season, episode.number))
            .collect();
        let Some(series) = self.series.get_mut(&id) else { return };
        series
            .episodes
            .retain(|episode| listed.contains(&(episode.season, episode.number)));
    }

    /// Returns the ids of episodes that are new.
    fn merge_episodes(&mut self, id: i64, show: &Show) -> Vec<i64> {
        let follows_season = self.settings.version.new_episodes_follow_season();
        let Some(series) = self.series.get_mut(&id) else {
            return Vec::new();
        };
        let rows = series.episodes.iter().enumerate();
        let known: HashMap<_, _> = rows
            .map(|(at, episode)| ((episode.season, episode.number), at))
            .collect();
        let (new_items, runtime) = (series.monitor_new_items, series.runtime);
        let flags: HashMap<_, _> = series
            .seasons
            .iter()
            .map(|season| (season.number, season.monitored))
            .collect();
        let mut new = Vec::new();
        for listed in &show.episodes {
            if let Some(at) = known.get(&(listed.season, listed.number)) {
                let episode = &mut series.episodes[*at];
                episode.airs = listed.airs;
                episode.title = listed.title.clone().map(Into::into);
                episode.finale = listed.finale.clone().map(Into::into);
                continue;
            }
            let monitored = match (listed.season, listed.number) {
                (season, 0) if season != 1 => false,
                _ if !follows_season && !new_items => false,
                (season, _) => flags.get(&season).copied().unwrap_or(true),
            };
            new.push(Episode {
                id: 0,
                season: listed.season,
                number: listed.number,
                title: listed.title.clone().map(Into::into),
                airs: listed.airs,
                runtime,
                finale: listed.finale.clone().map(Into::into),
                monitored,
                file: 0,
                last_search: None,
            });
        }
        for episode in &mut new {
            episode.id = self.new_episode_id(id);
        }
        let added = new.iter().map(|episode| episode.id).collect();
        if let Some(series) = self.series.get_mut(&id) {
            series.episodes.append(&mut new);
        }
        added
    }

    /// New, monitored episodes that aired around now, which a refresh searches by itself.
    pub(crate) fn just_aired(&self, id: i64, added: &[i64]) -> Vec<i64> {
        let Some(series) = self.series.get(&id).filter(|series| series.monitored) else {
            return Vec::new();
        };
        let (from, to) = (
            self.now - SignedDuration::from_hours(14 * 24),
            self.now + SignedDuration::from_hours(24),
        );
        let recent = |airs: Timestamp| airs >= from && airs <= to;
        added
            .iter()
            .copied()
            .filter(|id| {
                series
                    .episode(*id)
                    .is_some_and(|e| e.monitored && e.file == 0 && e.airs.is_some_and(recent))
            })
            .collect()
    }
}
