//! Adding and removing series, and the rules by which flags move.

use super::rows::{Season, Series};
use super::spec::SeriesSpec;
use super::upstream::Show;
use super::world::World;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Values of `addOptions.monitor`, in Sonarr's order.
pub(crate) const MONITOR_TYPES: [&str; 14] = [
    "unknown",
    "all",
    "future",
    "missing",
    "existing",
    "firstSeason",
    "lastSeason",
    "latestSeason",
    "pilot",
    "recent",
    "monitorSpecials",
    "unmonitorSpecials",
    "none",
    "skip",
];

impl World {
    /// A row for a show, without episodes yet.
    pub(crate) fn new_series(&mut self, show: &Show, path: Option<String>) -> Series {
        let spec = &show.spec;
        let root = spec
            .root
            .clone()
            .or_else(|| self.disks.roots.first().map(|root| root.path.clone()));
        let id = self.next_series;
        self.next_series += 1;
        let safe_title: String = spec
            .title
            .chars()
            .filter(|letter| !r#"/\:*?"<>|"#.contains(*letter))
            .collect();
        let tags: Vec<_> = spec.tags.iter().map(|label| self.tag_id(label)).collect();
        let mut path = path.unwrap_or_else(|| format!("{}/{safe_title}", root.unwrap_or_default()));
        if self.used_paths.contains(&path) && self.series.values().any(|other| other.path == path) {
            path = format!("{path} ({})", spec.year);
        }
        self.used_paths.insert(path.clone());
        Series {
            id,
            tvdb: spec.tvdb,
            imdb: spec.imdb.clone(),
            tmdb: spec.tmdb,
            tv_maze: 0,
            title: spec.title.clone(),
            alternate_titles: spec.alternate_titles.clone(),
            year: spec.year,
            status: spec.status.clone(),
            overview: Some(format!("All about {}.", spec.title)),
            network: spec.network.clone(),
            genres: spec.genres.clone(),
            certification: Some("TV-14".into()),
            runtime: spec.runtime,
            language: spec.language.clone(),
            first_aired: show
                .episodes
                .iter()
                .filter(|e| e.season > 0)
                .filter_map(|e| e.airs)
                .min(),
            path,
            profile: spec.profile,
            season_folder: true,
            monitored: spec.monitored,
            monitor_new_items: spec.monitor_new_items,
            series_type: spec.series_type,
            tags: Some(tags),
            added: spec.added.unwrap_or(self.now),
            seasons: show
                .seasons
                .iter()
                .map(|number| Season {
                    number: *number,
                    monitored: *number > 0,
                })
                .collect(),
            add_options: None,
            episodes: Vec::new(),
            files: Vec::new(),
            folder_exists: true,
        }
    }

    /// Puts a show into the library as its description says, files included.
    pub(crate) fn insert_spec(&mut self, spec: &SeriesSpec) -> i64 {
        let show = Show::of_spec(spec, self.now);
        let mut series = self.new_series(&show, None);
        let id = series.id;
        for season in &mut series.seasons {
            let described = spec.seasons.iter().find(|described| described.number == season.number);
            season.monitored = described.is_some_and(|described| described.monitored);
        }
        self.by_tvdb.insert(series.tvdb, id);
        self.series.insert(id, series);
        self.merge_episodes_of(id, &show);
        for season in &spec.seasons {
            if let Some(series) = self.series.get_mut(&id) {
                for episode in series
                    .episodes
                    .iter_mut()
                    .filter(|episode| episode.season == season.number)
                {
                    episode.monitored = !season.unmonitored_episodes.contains(&episode.number);
                }
            }
            for numbers in &season.files {
                let numbers: Vec<_> = numbers.clone().collect();
                self.place_file(id, season.number, &numbers, season.size, season.pack);
            }
        }
        id
    }

    fn merge_episodes_of(&mut self, id: i64, show: &Show) {
        let tvdb = show.spec.tvdb;
        self.shows.insert(tvdb, show.clone());
        self.apply_upstream(id);
        // What the library has is what TheTVDB has, so the copy would only cost memory.
        self.shows.remove(&tvdb);
    }

    pub(crate) fn remove_series(&mut self, id: i64, delete_files: bool) {
        let Some(series) = self.series.remove(&id) else { return };
        self.by_tvdb.remove(&series.tvdb);
        // TheTVDB still knows the show, so it can be added again.
        self.shows
            .entry(series.tvdb)
            .or_insert_with(|| Show::of_series(&series));
        self.history.retain(|row| row.series != id);
        self.downloads.retain(|download| download.series != id);
        if delete_files {
            for file in series.files.iter().filter(|file| file.on_disk) {
                self.erase(&format!("{}/{}", series.path, file.relative_path), file.size);
            }
        }
        let payload = json!({"series": self.hook_series(&series), "deletedFiles": delete_files});
        self.emit("SeriesDelete", "onSeriesDelete", &series, payload);
    }

    /// Takes the fields that a write may change. A season's episodes follow its flag only if that changes.
    pub(crate) fn update_series(&mut self, changed: Series) -> Result<(), u16> {
        let id = changed.id;
        let Some(stored) = self.series.get_mut(&id) else {
            return Err(404);
        };
        let toggled: HashMap<_, _> = changed
            .seasons
            .iter()
            .filter(|season| {
                stored
                    .season(season.number)
                    .is_some_and(|old| old.monitored != season.monitored)
            })
            .map(|season| (season.number, season.monitored))
            .collect();
        // Episodes are written first, in a statement of their own: they stay toggled when the row then cannot be written.
        for episode in &mut stored.episodes {
            if let Some(monitored) = toggled.get(&episode.season) {
                episode.monitored = *monitored;
            }
        }
        if self.by_tvdb.get(&changed.tvdb).is_some_and(|owner| *owner != id) {
            return Err(409);
        }
        self.by_tvdb.remove(&stored.tvdb);
        self.by_tvdb.insert(changed.tvdb, id);
        self.used_paths.insert(changed.path.clone());
        stored.tvdb = changed.tvdb;
        stored.seasons = changed.seasons;
        stored.path = changed.path;
        stored.profile = changed.profile;
        stored.season_folder = changed.season_folder;
        stored.monitored = changed.monitored;
        stored.monitor_new_items = changed.monitor_new_items;
        stored.series_type = changed.series_type;
        stored.tags = changed.tags;
        Ok(())
    }

    /// Rewrites the episodes' flags by a rule, then the seasons' flags by the episodes'.
    pub(crate) fn apply_monitoring(&mut self, id: i64, rule: &str, ignore_with: bool, ignore_without: bool) {
        let now = self.now;
        let Some(series) = self.series.get_mut(&id) else { return };
        let numbered = || {
            series
                .seasons
                .iter()
                .map(|season| season.number)
                .filter(|number| *number > 0)
        };
        let first = numbered().min().unwrap_or(1);
        let last = numbered().max().unwrap_or(1);
        let recent = now - SignedDuration::from_hours(90 * 24);
        if rule == "none" {
            series.monitored = false;
        }
        let unmonitored_seasons: Vec<_> = series
            .seasons
            .iter()
            .filter(|season| !season.monitored)
            .map(|season| season.number)
            .collect();
        for episode in &mut series.episodes {
            let regular = episode.season > 0;
            let has_file = episode.file > 0;
            episode.monitored = match rule {
                "all" => regular,
                "future" => regular && episode.airs.is_none_or(|airs| airs >= now),
                "missing" => regular && !has_file,
                "existing" => regular && has_file,
                "firstSeason" => episode.season == first,
                "lastSeason" | "latestSeason" => episode.season == last,
                "pilot" => episode.season == first && episode.number == 1,
                "recent" => regular && episode.airs.is_none_or(|airs| airs >= recent),
                "monitorSpecials" => episode.monitored || !regular,
                "unmonitorSpecials" => episode.monitored && regular,
                "none" => false,
                _ => {
                    let wanted = (has_file && !ignore_with)
                        || (!has_file && episode.has_aired(now) && !ignore_without)
                        || episode.monitored;
                    wanted && !unmonitored_seasons.contains(&episode.season)
                }
            };
        }
        let running = matches!(series.status.as_str(), "continuing" | "upcoming");
        for season in &mut series.seasons {
            let any = series.episodes.iter().any(|e| e.season == season.number && e.monitored);
            season.monitored = match rule {
                "all" if season.number == last => true,
                "future" if season.number == last && running => true,
                "pilot" if season.number == first => false,
                _ => any,
            };
        }
    }

    /// What happens once a new series has its episodes and was scanned.
    pub(crate) fn finish_adding(&mut self, id: i64) {
        let options = self.series.get_mut(&id).and_then(|series| series.add_options.take());
        let Some(options) = options else {
            self.unmonitor_old(id);
            return;
        };
        let flag = |name: &str| options.get(name).and_then(Value::as_bool).unwrap_or(false);
        let rule = options.get("monitor").and_then(Value::as_str).unwrap_or("unknown");
        if rule != "skip" {
            self.apply_monitoring(
                id,
                rule,
                flag("ignoreEpisodesWithFiles"),
                flag("ignoreEpisodesWithoutFiles"),
            );
        }
        if let Some(series) = self.series.get(&id).cloned() {
            let payload = json!({"series": self.hook_series(&series)});
            self.emit("SeriesAdd", "onSeriesAdd", &series, payload);
        }
        let target = || json!({"seriesId": id}).as_object().cloned().unwrap_or_default();
        if flag("searchForMissingEpisodes") {
            self.queue_command("MissingEpisodeSearch", target(), "unspecified");
        }
        if flag("searchForCutoffUnmetEpisodes") {
            self.queue_command("CutoffUnmetEpisodeSearch", target(), "unspecified");
        }
    }

    fn unmonitor_old(&mut self, id: i64) {
        let (day, fortnight) = (SignedDuration::from_hours(24), SignedDuration::from_hours(14 * 24));
        let now = self.now;
        let Some(series) = self.series.get_mut(&id) else { return };
        if !series
            .episodes
            .iter()
            .any(|episode| episode.airs.is_some_and(|airs| airs < now - fortnight))
        {
            return;
        }
        for episode in series
            .episodes
            .iter_mut()
            .filter(|e| e.airs.is_some_and(|airs| airs < now - day))
        {
            episode.monitored = false;
        }
    }
}
