//! What happens to a library without a request: shows get episodes, disks lose files, people click.

use super::SonarrSim;
use super::disk::Stray;
use super::files::file_name;
use super::rows::DeleteReason;
use super::spec::{EpisodeSpec, SeasonSpec, SeriesSpec};
use super::upstream::Show;
use jiff::Timestamp;
use serde_json::json;

impl SonarrSim {
    /// Puts a series into the library as described, at once. Returns its id.
    #[expect(clippy::needless_pass_by_value, reason = "a description is built where it is used")]
    pub fn add_series(&self, spec: SeriesSpec) -> i64 {
        self.current().insert_spec(&spec)
    }

    /// Makes a show known to TheTVDB without putting it into the library, so that a client can add it.
    #[expect(clippy::needless_pass_by_value, reason = "a description is built where it is used")]
    pub fn announce(&self, spec: SeriesSpec) {
        let mut world = self.current();
        let show = Show::of_spec(&spec, world.now);
        world.shows.insert(spec.tvdb, show);
    }

    /// Removes a series from the library, and its files if asked.
    pub fn remove_series(&self, series: i64, delete_files: bool) {
        self.current().remove_series(series, delete_files);
    }

    /// Lists an episode at TheTVDB and refreshes the series. Returns its id; 0 when there is no such series.
    pub fn add_episode(&self, series: i64, episode: EpisodeSpec) -> i64 {
        let (season, number) = (episode.season, episode.number);
        self.change_show(series, |show, _| show.put(episode));
        self.episode(series, season, number).map_or(0, |episode| episode.id)
    }

    /// Lists a season at TheTVDB and refreshes the series. Its flags follow Sonarr's rules for new seasons, not the description.
    #[expect(clippy::needless_pass_by_value, reason = "a description is built where it is used")]
    pub fn add_season(&self, series: i64, season: SeasonSpec) {
        self.change_show(series, |show, now| {
            show.seasons.insert(season.number);
            for number in 1..=season.episodes {
                let title = format!("Episode {number}");
                let episode = EpisodeSpec::new(season.number, number);
                let airs = season.airs(number, 0, now);
                let title = (!season.untitled).then_some(title.as_str());
                show.put(EpisodeSpec {
                    airs,
                    ..episode.title(title)
                });
            }
        });
    }

    /// Changes an episode's air date at TheTVDB and refreshes the series.
    pub fn set_air_date(&self, series: i64, season: i32, number: i32, airs: Option<Timestamp>) {
        self.change_show(series, |show, _| {
            show.episodes
                .iter_mut()
                .filter(|e| e.season == season && e.number == number)
                .for_each(|e| e.airs = airs);
        });
    }

    /// Removes an episode from TheTVDB and refreshes the series.
    pub fn remove_episode(&self, series: i64, season: i32, number: i32) {
        self.change_show(series, |show, _| {
            show.episodes.retain(|e| e.season != season || e.number != number);
        });
    }

    /// Gives an episode another number at TheTVDB and refreshes the series: it gets a new id and loses its file.
    pub fn renumber_episode(&self, series: i64, season: i32, number: i32, to: i32) {
        self.change_show(series, |show, _| {
            show.episodes
                .iter_mut()
                .filter(|e| e.season == season && e.number == number)
                .for_each(|e| e.number = to);
        });
    }

    /// Changes the status at TheTVDB, `deleted` included, and refreshes the series.
    pub fn set_status(&self, series: i64, status: &str) {
        self.change_show(series, |show, _| status.clone_into(&mut show.spec.status));
    }

    /// Lists an episode at TheTVDB; the library learns of it at its next refresh.
    pub fn announce_episode(&self, series: i64, episode: EpisodeSpec) {
        let mut world = self.current();
        if let Some(show) = world.show_mut(series) {
            show.put(episode);
        }
    }

    fn change_show(&self, series: i64, change: impl FnOnce(&mut Show, Timestamp)) {
        {
            let mut world = self.current();
            let now = world.now;
            let Some(show) = world.show_mut(series) else { return };
            change(show, now);
        }
        self.refresh(series);
    }

    /// Refreshes a series at once, as the twelve-hourly task does.
    pub fn refresh(&self, series: i64) {
        self.current().refresh_series(series, false);
        self.tick();
    }

    /// Compares a series with its folder at once.
    pub fn rescan(&self, series: i64) {
        self.current().scan(series);
        self.tick();
    }

    /// Runs the daily cleaning at once.
    pub fn housekeep(&self) {
        self.current().housekeep();
    }

    /// Queues a command, as a person in the web page would. Returns its id; 0 for an unknown command.
    pub fn run_command(&self, name: &str, series: Option<i64>) -> i64 {
        let mut world = self.current();
        let Some(kind) = super::commands::kind_named(name) else {
            return 0;
        };
        let sent = json!({"seriesId": series}).as_object().cloned().unwrap_or_default();
        let fields = super::search::own_fields(kind, &super::call::Fields(sent));
        world.queue_command(kind.name, fields, "manual")
    }

    /// Places a file for some episodes of a season, as an import outside of the download client does. Returns its id; 0 when there is no
    /// such series.
    pub fn add_file(&self, series: i64, season: i32, numbers: &[i32], size: i64) -> i64 {
        self.current()
            .place_file(series, season, numbers, size, false)
            .unwrap_or(0)
    }

    /// Puts a video file into a series' folder without telling Sonarr, which finds it at its next scan.
    pub fn drop_file_on_disk(&self, series: i64, season: i32, numbers: &[i32], size: i64) {
        let mut world = self.current();
        let Some(row) = world.series.get(&series) else { return };
        let path = format!("{}/{}", row.path, file_name(row, season, numbers));
        world.disks.take_space(&path, size);
        world.disks.strays.insert(
            path,
            Stray {
                season,
                numbers: numbers.to_vec(),
                size,
            },
        );
    }

    /// Removes a file from the disk without telling Sonarr, which finds it missing at its next scan.
    pub fn remove_file_from_disk(&self, file: i64) {
        let mut world = self.current();
        let Some((series, row)) = world.file(file) else { return };
        let (series, path, size) = (series.id, format!("{}/{}", series.path, row.relative_path), row.size);
        world.disks.give_space(&path, size);
        let row = world
            .series
            .get_mut(&series)
            .and_then(|series| series.files.iter_mut().find(|row| row.id == file));
        if let Some(row) = row {
            row.on_disk = false;
        }
    }

    /// Removes the whole folder of a series from the disk without telling Sonarr.
    pub fn remove_folder_from_disk(&self, series: i64) {
        if let Some(series) = self.current().series.get_mut(&series) {
            series.folder_exists = false;
        }
    }

    /// Deletes a file as a person in the web page would.
    pub fn delete_file(&self, file: i64) {
        {
            let mut world = self.current();
            let Some((series, row)) = world.file(file) else { return };
            let (path, size) = (format!("{}/{}", series.path, row.relative_path), row.size);
            let bin = world.erase(&path, size);
            if let Some((series, row)) = world.drop_file_row(file) {
                world.file_deleted(series, &row, DeleteReason::Manual, bin.as_deref());
            }
        }
        self.tick();
    }

    /// Lets the downloads of a series fail. Sonarr does not search anew by itself.
    pub fn fail_downloads(&self, series: i64) {
        self.current().fail_downloads(series);
    }

    /// Sets the series' own flag.
    pub fn set_monitored(&self, series: i64, monitored: bool) {
        if let Some(series) = self.current().series.get_mut(&series) {
            series.monitored = monitored;
        }
    }

    /// Sets a season's flag, and its episodes' with it if it changes.
    pub fn set_season_monitored(&self, series: i64, season: i32, monitored: bool) {
        let mut world = self.current();
        let Some(mut changed) = world.series.get(&series).cloned() else {
            return;
        };
        changed
            .seasons
            .iter_mut()
            .filter(|known| known.number == season)
            .for_each(|known| known.monitored = monitored);
        // It was read from the same world just now, so nothing can be in the way.
        world.update_series(changed).ok();
    }

    /// Sets an episode's flag.
    pub fn set_episode_monitored(&self, episode: i64, monitored: bool) {
        if let Some(episode) = self.current().episode_mut(episode) {
            episode.monitored = monitored;
        }
    }

    /// Tags a series.
    pub fn tag(&self, series: i64, label: &str) {
        let mut world = self.current();
        let tag = world.tag_id(label);
        if let Some(series) = world.series.get_mut(&series) {
            let tags = series.tags.get_or_insert_default();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }

    /// Takes a tag from a series.
    pub fn untag(&self, series: i64, label: &str) {
        let mut world = self.current();
        let tag = world.tag_id(label);
        if let Some(series) = world.series.get_mut(&series) {
            series.tags.get_or_insert_default().retain(|known| *known != tag);
        }
    }

    /// Moves a series to another folder without telling anybody else.
    pub fn set_path(&self, series: i64, path: &str) {
        let mut world = self.current();
        world.used_paths.insert(path.to_owned());
        if let Some(series) = world.series.get_mut(&series) {
            path.clone_into(&mut series.path);
        }
    }

    /// Creates a tag, used or not. Returns its id.
    pub fn create_tag(&self, label: &str) -> i64 {
        self.current().tag_id(label)
    }
}
