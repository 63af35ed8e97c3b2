//! Building series and finding their episodes.

use super::{
    JellyfinSim,
    library::{Item, Kind, SHOWS},
    wire::TICKS_PER_MS,
    world::World,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use std::collections::BTreeMap;

/// A series to put into the library.
#[derive(Debug, Clone)]
pub struct ShowSpec {
    title: String,
    year: i16,
    provider_ids: Vec<(String, String)>,
    seasons: BTreeMap<i32, Vec<Vec<i32>>>,
    minutes: i64,
    folder: String,
}

impl ShowSpec {
    /// A series without ids and episodes.
    pub fn new(title: &str, year: i16) -> Self {
        Self {
            title: title.to_owned(),
            year,
            provider_ids: Vec::new(),
            seasons: BTreeMap::new(),
            minutes: 45,
            folder: format!("/media/tv/{title} ({year})"),
        }
    }

    /// Sets the series' id in a database. Plugins spell the names in many ways, and some write empty ids or zeros.
    #[must_use]
    pub fn provider_id(mut self, name: &str, id: &str) -> Self {
        self.provider_ids.push((name.to_owned(), id.to_owned()));
        self
    }

    /// Sets the TVDB id.
    #[must_use]
    pub fn tvdb(self, id: i64) -> Self {
        self.provider_id("Tvdb", &id.to_string())
    }

    /// Sets the TMDB id.
    #[must_use]
    pub fn tmdb(self, id: i64) -> Self {
        self.provider_id("Tmdb", &id.to_string())
    }

    /// Sets the IMDB id, `tt…`.
    #[must_use]
    pub fn imdb(self, id: &str) -> Self {
        self.provider_id("Imdb", id)
    }

    /// Adds a season with episodes 1 to `episodes`.
    #[must_use]
    pub fn season(self, number: i32, episodes: i32) -> Self {
        self.episodes(number, &(1..=episodes).collect::<Vec<_>>())
    }

    /// Adds episodes with these numbers to a season, one file each.
    #[must_use]
    pub fn episodes(mut self, season: i32, numbers: &[i32]) -> Self {
        self.seasons
            .entry(season)
            .or_default()
            .extend(numbers.iter().map(|number| vec![*number]));
        self
    }

    /// Adds episodes that share one file, and so are one item.
    #[must_use]
    pub fn shared_file(mut self, season: i32, numbers: &[i32]) -> Self {
        self.seasons.entry(season).or_default().push(numbers.to_vec());
        self
    }

    /// Sets the length of an episode.
    #[must_use]
    pub fn minutes(mut self, minutes: i64) -> Self {
        self.minutes = minutes;
        self
    }

    /// Sets the series' folder.
    #[must_use]
    pub fn folder(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }
}

impl World {
    pub(crate) fn season_key(&self, show: i64, number: i32) -> Option<i64> {
        self.children_of(show)
            .find(|season| season.index == Some(number))
            .map(|season| season.key)
    }

    pub(crate) fn episode_key(&self, show: i64, season: i32, number: i32) -> Option<i64> {
        let season = self.season_key(show, season)?;
        self.children_of(season)
            .find(|item| item.covers(number))
            .map(|item| item.key)
    }

    fn season_for(&mut self, show: &Item, number: i32, now: Timestamp) -> i64 {
        if let Some(key) = self.season_key(show.key, number) {
            return key;
        }
        let name = if number == 0 {
            String::from("Specials")
        } else {
            format!("Season {number}")
        };
        let path = format!("{}/Season {number:02}", show.path);
        self.add_item(Item {
            index: Some(number),
            ..Item::new(Kind::Season, Some(show.key), &name, &path, now)
        })
    }

    /// Adds a file with these episodes, which is one item; nothing if one of them is there already.
    pub(crate) fn add_file(&mut self, show: i64, season: i32, numbers: &[i32], now: Timestamp) -> Option<i64> {
        let show = self.items.get(&show)?.clone();
        let (first, last) = (*numbers.first()?, *numbers.last()?);
        if numbers
            .iter()
            .any(|number| self.episode_key(show.key, season, *number).is_some())
        {
            return None;
        }
        let span = if first == last {
            format!("E{first:02}")
        } else {
            format!("E{first:02}-E{last:02}")
        };
        let parent = self.season_for(&show, season, now);
        let path = format!(
            "{}/Season {season:02}/{} - S{season:02}{span}.mkv",
            show.path, show.name
        );
        let weeks = i64::from((season - 1).max(0)) * 52 + i64::from(first);
        let premiered = show.premiered.and_then(|at| at.checked_add((weeks - 1).weeks()).ok());
        let per_episode = show.runtime_ticks.unwrap_or(0);
        let key = self.add_item(Item {
            index: Some(first),
            index_end: (last != first).then_some(last),
            year: premiered.map(Date::year),
            premiered,
            runtime_ticks: Some(per_episode * i64::try_from(numbers.len()).unwrap_or(1)),
            ..Item::new(Kind::Episode, Some(parent), &format!("Part {first}"), &path, now)
        });
        // An episode's ids are its own, never the series'.
        if let Some(item) = self.items.get_mut(&key) {
            item.provider_ids = vec![
                (String::from("Tvdb"), (5_600_000 + key).to_string()),
                (String::from("Imdb"), format!("tt{}", 18_000_000 + key)),
            ];
        }
        Some(key)
    }
}

impl JellyfinSim {
    /// Puts a series with its episodes into the library and says its key.
    pub fn add_show(&self, spec: ShowSpec) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            let key = world.add_item(Item {
                provider_ids: spec.provider_ids,
                year: Some(spec.year),
                premiered: Date::new(spec.year, 1, 12).ok(),
                // What an episode takes; the series itself is not played.
                runtime_ticks: Some(spec.minutes * 60_000 * TICKS_PER_MS),
                ..Item::new(Kind::Series, Some(SHOWS), &spec.title, &spec.folder, now)
            });
            for (season, files) in spec.seasons {
                for numbers in files {
                    world.add_file(key, season, &numbers, now);
                }
            }
            key
        })
    }

    /// Adds one episode, as a scan after an import does, and says its key; nothing if it is there.
    pub fn add_episode(&self, show: i64, season: i32, episode: i32) -> Option<i64> {
        self.add_shared_file(show, season, &[episode])
    }

    /// Adds several episodes that share one file, and so are one item; nothing if one of them is there.
    pub fn add_shared_file(&self, show: i64, season: i32, episodes: &[i32]) -> Option<i64> {
        let now = self.clock().now();
        self.with(|world| world.add_file(show, season, episodes, now))
    }

    /// Shows an episode without the number of its season, or with it again.
    pub fn hide_season_number(&self, episode: i64, hidden: bool) {
        self.with(|world| {
            if let Some(item) = world.items.get_mut(&episode) {
                item.hides_season = hidden;
            }
        });
    }

    /// The key of a series with this title.
    pub fn show_key(&self, title: &str) -> Option<i64> {
        self.with(|world| {
            let mut items = world.items.values();
            items
                .find(|item| item.kind == Kind::Series && item.name == title)
                .map(|item| item.key)
        })
    }

    /// The key of a season.
    pub fn season_key(&self, show: i64, season: i32) -> Option<i64> {
        self.with(|world| world.season_key(show, season))
    }

    /// The key of the item that has an episode in it.
    pub fn episode_key(&self, show: i64, season: i32, episode: i32) -> Option<i64> {
        self.with(|world| world.episode_key(show, season, episode))
    }

    /// Season and number of all episodes of a series that the library has, in order.
    pub fn episodes(&self, show: i64) -> Vec<(i32, i32)> {
        self.with(|world| {
            let mut found = Vec::new();
            for season in world.children_of(show) {
                for item in world.children_of(season.key) {
                    let first = item.index.unwrap_or(0);
                    let numbers = first..=item.index_end.unwrap_or(first);
                    found.extend(numbers.map(|number| (season.index.unwrap_or(0), number)));
                }
            }
            found
        })
    }
}
