//! Building shows and finding their episodes.

use super::{
    PlexSim,
    guids::{ExternalIds, GuidMode, Level, show_guid},
    library::{Item, Kind},
    world::World,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use std::collections::BTreeMap;

/// A show to put into the library.
#[derive(Debug, Clone)]
pub struct ShowSpec {
    title: String,
    year: i16,
    ids: ExternalIds,
    seasons: BTreeMap<i32, Vec<Vec<i32>>>,
    minutes: i64,
    guid_mode: GuidMode,
    section: i64,
    first_aired: Option<Date>,
}

impl ShowSpec {
    /// A show without ids and episodes, matched by the current agent, in the section "TV Shows".
    pub fn new(title: &str, year: i16) -> Self {
        Self {
            title: title.to_owned(),
            year,
            ids: ExternalIds::default(),
            seasons: BTreeMap::new(),
            minutes: 45,
            guid_mode: GuidMode::Modern,
            section: 2,
            first_aired: Date::new(year, 1, 12).ok(),
        }
    }

    /// Sets the TVDB id.
    #[must_use]
    pub fn tvdb(mut self, id: i64) -> Self {
        self.ids.tvdb = Some(id);
        self
    }

    /// Sets the TMDB id.
    #[must_use]
    pub fn tmdb(mut self, id: i64) -> Self {
        self.ids.tmdb = Some(id);
        self
    }

    /// Sets the IMDB id, `tt…`.
    #[must_use]
    pub fn imdb(mut self, id: &str) -> Self {
        self.ids.imdb = Some(id.to_owned());
        self
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

    /// Adds episodes that share one file.
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

    /// Sets the agent that matched the show.
    #[must_use]
    pub fn guid_mode(mut self, mode: GuidMode) -> Self {
        self.guid_mode = mode;
        self
    }

    /// Sets the library section.
    #[must_use]
    pub fn section(mut self, section: i64) -> Self {
        self.section = section;
        self
    }
}

/// The number of a new episode's item and the file it is in.
struct NewEpisode {
    show: i64,
    season: i32,
    number: i32,
    part: i64,
    now: Timestamp,
}

impl World {
    fn agent_of(&self, show: &Item) -> GuidMode {
        let guid = show.guid.as_str();
        match guid {
            _ if guid.starts_with("com.plexapp.agents.thetvdb") => GuidMode::LegacyThetvdb,
            _ if guid.starts_with("com.plexapp.agents.hama") => GuidMode::Hama,
            _ if guid.starts_with("com.plexapp.agents.none") => GuidMode::None,
            _ if guid.starts_with("local://") => GuidMode::Local,
            _ => GuidMode::Modern,
        }
    }

    pub(crate) fn season_key(&self, show: i64, number: i32) -> Option<i64> {
        self.children_of(show)
            .iter()
            .find(|season| season.index == Some(number))
            .map(|season| season.key)
    }

    pub(crate) fn episode_key(&self, show: i64, season: i32, episode: i32) -> Option<i64> {
        let season = self.season_key(show, season)?;
        self.children_of(season)
            .iter()
            .find(|item| item.index == Some(episode))
            .map(|item| item.key)
    }

    fn season_for(&mut self, show: i64, number: i32, now: Timestamp) -> i64 {
        if let Some(key) = self.season_key(show, number) {
            return key;
        }
        let key = self.new_key();
        let Some(owner) = self.items.get(&show) else { return key };
        let guid = show_guid(self.agent_of(owner), Level::Season(number), owner.ids.tvdb, key);
        let title = if number == 0 {
            String::from("Specials")
        } else {
            format!("Season {number}")
        };
        let (section, lists_guids) = (owner.section, owner.lists_guids);
        let ids = ExternalIds {
            tvdb: Some(1_900_000 + key),
            ..ExternalIds::default()
        };
        let season = Item::new(key, Kind::Season, section, &title, now);
        self.insert(Item {
            parent: Some(show),
            index: Some(number),
            guid,
            ids,
            lists_guids,
            ..season
        });
        key
    }

    fn insert_episode(&mut self, new: &NewEpisode) -> i64 {
        let parent = self.season_for(new.show, new.season, new.now);
        let key = self.new_key();
        let Some(show) = self.items.get(&new.show) else {
            return key;
        };
        let guid = show_guid(
            self.agent_of(show),
            Level::Episode(new.season, new.number),
            show.ids.tvdb,
            key,
        );
        let weeks = i64::from((new.season - 1).max(0)) * 52 + i64::from(new.number);
        let aired = show.aired.and_then(|first| first.checked_add((weeks - 1).weeks()).ok());
        let (section, duration_ms, lists_guids) = (show.section, show.duration_ms, show.lists_guids);
        let title = episode_title(key);
        self.insert(Item {
            parent: Some(parent),
            index: Some(new.number),
            year: aired.map(Date::year),
            guid,
            ids: ExternalIds::of_episode(key),
            lists_guids,
            duration_ms,
            aired,
            part: Some(new.part),
            ..Item::new(key, Kind::Episode, section, &title, new.now)
        });
        key
    }

    /// Adds a file with these episodes; episodes that exist already are left alone.
    pub(crate) fn add_file(&mut self, show: i64, season: i32, numbers: &[i32], now: Timestamp) -> Vec<i64> {
        let Some(item) = self.items.get(&show) else {
            return Vec::new();
        };
        let name = &item.title;
        let folder = item.folder.clone().unwrap_or_default();
        let span = match numbers {
            [first, .., last] => format!("E{first:02}-E{last:02}"),
            [only] => format!("E{only:02}"),
            [] => return Vec::new(),
        };
        let file = format!("{folder}/Season {season:02}/{name} - S{season:02}{span}.mkv");
        let duration_ms = item.duration_ms * numbers.len() as i64;
        let part = self.new_part(file, duration_ms);
        let mut keys = Vec::new();
        for number in numbers.iter().copied() {
            keys.push(match self.episode_key(show, season, number) {
                Some(key) => key,
                None => self.insert_episode(&NewEpisode {
                    show,
                    season,
                    number,
                    part,
                    now,
                }),
            });
        }
        keys
    }
}

impl PlexSim {
    /// Puts a show with its episodes into the library and says its rating key.
    pub fn add_show(&self, spec: ShowSpec) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            let key = world.new_key();
            let root = world
                .sections
                .get(&spec.section)
                .map(|section| section.root.clone())
                .unwrap_or_default();
            world.insert(Item {
                year: Some(spec.year),
                index: Some(1),
                guid: show_guid(spec.guid_mode, Level::Show, spec.ids.tvdb, key),
                lists_guids: spec.guid_mode == GuidMode::Modern,
                ids: spec.ids,
                duration_ms: spec.minutes * 60_000,
                aired: spec.first_aired,
                folder: Some(format!("{root}/{} ({})", spec.title, spec.year)),
                ..Item::new(key, Kind::Show, spec.section, &spec.title, now)
            });
            for (season, files) in spec.seasons {
                for numbers in files {
                    world.add_file(key, season, &numbers, now);
                }
            }
            key
        })
    }

    /// Adds one episode, as a scan after an import does, and says its rating key.
    pub fn add_episode(&self, show: i64, season: i32, episode: i32) -> Option<i64> {
        let now = self.clock().now();
        self.with(|world| world.add_file(show, season, &[episode], now).first().copied())
    }

    /// Adds several episodes that share one file, and says their rating keys.
    pub fn add_shared_file(&self, show: i64, season: i32, episodes: &[i32]) -> Vec<i64> {
        let now = self.clock().now();
        self.with(|world| world.add_file(show, season, episodes, now))
    }

    /// Adds an episode that no agent could match: no season, a `local://` guid.
    pub fn add_unmatched_episode(&self, show: i64, number: i32) -> Option<i64> {
        let key = self.add_episode(show, 1, number)?;
        self.with(|world| {
            let item = world.items.get_mut(&key)?;
            item.guid = format!("local://{key}");
            item.title = format!("Episode {number}");
            item.skip_parent = true;
            item.lists_guids = false;
            Some(key)
        })
    }

    /// Shows a show's episodes without their seasons, or with them again.
    pub fn hide_seasons(&self, show: i64, hidden: bool) {
        self.with(|world| {
            let keys: Vec<i64> = world.leaves_of(show).iter().map(|item| item.key).collect();
            for key in keys {
                if let Some(item) = world.items.get_mut(&key) {
                    item.skip_parent = hidden;
                }
            }
        });
    }

    /// The rating key of a show with this title.
    pub fn show_key(&self, title: &str) -> Option<i64> {
        self.with(|world| {
            world
                .items
                .values()
                .find(|item| item.kind == Kind::Show && item.title == title)
                .map(|item| item.key)
        })
    }

    /// The rating key of a season.
    pub fn season_key(&self, show: i64, season: i32) -> Option<i64> {
        self.with(|world| world.season_key(show, season))
    }

    /// The rating key of an episode.
    pub fn episode_key(&self, show: i64, season: i32, episode: i32) -> Option<i64> {
        self.with(|world| world.episode_key(show, season, episode))
    }

    /// Season and number of all episodes of a show that the library has, in order.
    pub fn episodes(&self, show: i64) -> Vec<(i32, i32)> {
        self.with(|world| {
            let seasons = world
                .children_of(show)
                .into_iter()
                .filter_map(|season| Some((season.key, season.index?)));
            seasons
                .flat_map(|(key, season)| {
                    world
                        .children_of(key)
                        .into_iter()
                        .filter_map(move |item| Some((season, item.index?)))
                })
                .collect()
        })
    }
}

/// An invented title, the same for the same item.
fn episode_title(key: i64) -> String {
    const FIRST: [&str; 16] = [
        "The Long",
        "A Quiet",
        "The Last",
        "Another",
        "The Wrong",
        "An Honest",
        "The Borrowed",
        "A Distant",
        "The Broken",
        "Every",
        "The Second",
        "A Narrow",
        "The Silent",
        "No More",
        "The Hollow",
        "A Brief",
    ];
    const SECOND: [&str; 17] = [
        "Tide", "Morning", "Ledger", "Stranger", "Harbor", "Winter", "Promise", "Signal", "Door", "Mile", "Witness",
        "Letter", "Orchard", "Ferry", "Lantern", "Verdict", "Map",
    ];
    let n = key.unsigned_abs() as usize;
    format!("{} {}", FIRST[n * 7 % FIRST.len()], SECOND[n * 5 % SECOND.len()])
}
