//! Descriptions of shows, for tests and demos: what TheTVDB knows of them, and what Sonarr is to have of them.

use super::rows::SeriesType;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// A show, and how Sonarr has it.
#[derive(Debug, Clone)]
pub struct SeriesSpec {
    pub(crate) title: String,
    pub(crate) alternate_titles: Vec<String>,
    pub(crate) tvdb: i64,
    pub(crate) imdb: Option<String>,
    pub(crate) tmdb: i64,
    pub(crate) year: i32,
    pub(crate) status: String,
    pub(crate) network: Option<String>,
    pub(crate) language: String,
    pub(crate) genres: Vec<String>,
    pub(crate) runtime: i32,
    pub(crate) series_type: SeriesType,
    pub(crate) monitored: bool,
    pub(crate) monitor_new_items: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) profile: i64,
    pub(crate) root: Option<String>,
    pub(crate) added: Option<Timestamp>,
    pub(crate) seasons: Vec<SeasonSpec>,
}

/// A season of a show.
#[derive(Debug, Clone)]
pub struct SeasonSpec {
    pub(crate) number: i32,
    pub(crate) episodes: i32,
    pub(crate) airing: Airing,
    pub(crate) monitored: bool,
    pub(crate) unmonitored_episodes: BTreeSet<i32>,
    pub(crate) files: Vec<RangeInclusive<i32>>,
    pub(crate) size: i64,
    pub(crate) pack: bool,
    pub(crate) untitled: bool,
}

/// When a season's episodes air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Airing {
    Past,
    Weekly(Timestamp),
    AllAt(Timestamp),
    Unknown,
}

/// One episode that TheTVDB announces.
#[derive(Debug, Clone)]
pub struct EpisodeSpec {
    pub(crate) season: i32,
    pub(crate) number: i32,
    pub(crate) title: Option<String>,
    pub(crate) airs: Option<Timestamp>,
    pub(crate) finale: Option<String>,
}

impl SeriesSpec {
    /// A monitored, continuing standard series without seasons.
    pub fn new(title: impl Into<String>, tvdb: i64) -> Self {
        Self {
            title: title.into(),
            alternate_titles: Vec::new(),
            tvdb,
            imdb: None,
            tmdb: 0,
            year: 2015,
            status: "continuing".into(),
            network: Some("HBO".into()),
            language: "English".into(),
            genres: vec!["Drama".into()],
            runtime: 45,
            series_type: SeriesType::Standard,
            monitored: true,
            monitor_new_items: true,
            tags: Vec::new(),
            profile: 4,
            root: None,
            added: None,
            seasons: Vec::new(),
        }
    }

    /// Adds a season whose episodes have all aired, all monitored, none with a file.
    #[must_use]
    pub fn season(self, number: i32, episodes: i32) -> Self {
        self.with(SeasonSpec::new(number, episodes))
    }

    /// Adds a season whose episodes have all aired and have a file each.
    #[must_use]
    pub fn season_with_files(self, number: i32, episodes: i32) -> Self {
        self.with(SeasonSpec::new(number, episodes).all_files())
    }

    /// Adds a season.
    #[must_use]
    pub fn with(mut self, season: SeasonSpec) -> Self {
        self.seasons.push(season);
        self
    }

    /// Sets the year of the start; 0 is unknown.
    #[must_use]
    pub fn year(mut self, year: i32) -> Self {
        self.year = year;
        self
    }

    /// Sets the IMDb id.
    #[must_use]
    pub fn imdb(mut self, id: impl Into<String>) -> Self {
        self.imdb = Some(id.into());
        self
    }

    /// Sets the TMDB id.
    #[must_use]
    pub fn tmdb(mut self, id: i64) -> Self {
        self.tmdb = id;
        self
    }

    /// Adds another title.
    #[must_use]
    pub fn alternate_title(mut self, title: impl Into<String>) -> Self {
        self.alternate_titles.push(title.into());
        self
    }

    /// Sets the status: `continuing`, `ended`, `upcoming` or `deleted`.
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// Sets the network; empty for none.
    #[must_use]
    pub fn network(mut self, network: impl Into<String>) -> Self {
        self.network = Some(network.into()).filter(|name: &String| !name.is_empty());
        self
    }

    /// Sets the original language by name.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// Sets the genres.
    #[must_use]
    pub fn genres<T: Into<String>>(mut self, genres: impl IntoIterator<Item = T>) -> Self {
        self.genres = genres.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the length of an episode in minutes.
    #[must_use]
    pub fn runtime(mut self, minutes: i32) -> Self {
        self.runtime = minutes;
        self
    }

    /// Sets how Sonarr orders and searches it.
    #[must_use]
    pub fn series_type(mut self, series_type: SeriesType) -> Self {
        self.series_type = series_type;
        self
    }

    /// Sets the series' own flag.
    #[must_use]
    pub fn monitored(mut self, monitored: bool) -> Self {
        self.monitored = monitored;
        self
    }

    /// Sets whether new seasons are monitored.
    #[must_use]
    pub fn monitor_new_items(mut self, all: bool) -> Self {
        self.monitor_new_items = all;
        self
    }

    /// Adds a tag by its label.
    #[must_use]
    pub fn tag(mut self, label: impl Into<String>) -> Self {
        self.tags.push(label.into().to_lowercase());
        self
    }

    /// Sets the quality profile.
    #[must_use]
    pub fn profile(mut self, id: i64) -> Self {
        self.profile = id;
        self
    }

    /// Sets the root folder; the first configured one otherwise.
    #[must_use]
    pub fn root(mut self, path: impl Into<String>) -> Self {
        self.root = Some(path.into());
        self
    }

    /// Sets when it was added to Sonarr; now otherwise.
    #[must_use]
    pub fn added(mut self, at: Timestamp) -> Self {
        self.added = Some(at);
        self
    }
}

impl SeasonSpec {
    /// A monitored season whose episodes have all aired and have no files.
    pub fn new(number: i32, episodes: i32) -> Self {
        Self {
            number,
            episodes,
            airing: Airing::Past,
            monitored: true,
            unmonitored_episodes: BTreeSet::new(),
            files: Vec::new(),
            size: 2_000_000_000,
            pack: false,
            untitled: false,
        }
    }

    /// Airs one episode a week from then on.
    #[must_use]
    pub fn weekly_from(mut self, first: Timestamp) -> Self {
        self.airing = Airing::Weekly(first);
        self
    }

    /// Airs all episodes at once.
    #[must_use]
    pub fn all_at(mut self, at: Timestamp) -> Self {
        self.airing = Airing::AllAt(at);
        self
    }

    /// Leaves the episodes without air dates.
    #[must_use]
    pub fn undated(mut self) -> Self {
        self.airing = Airing::Unknown;
        self
    }

    /// Leaves the episodes without titles, which Sonarr shows as TBA.
    #[must_use]
    pub fn untitled(mut self) -> Self {
        self.untitled = true;
        self
    }

    /// Gives each of these episodes a file.
    #[must_use]
    pub fn files(mut self, episodes: impl IntoIterator<Item = i32>) -> Self {
        self.files.extend(episodes.into_iter().map(|number| number..=number));
        self
    }

    /// Gives every episode a file.
    #[must_use]
    pub fn all_files(self) -> Self {
        let last = self.episodes;
        self.files(1..=last)
    }

    /// Gives these episodes one file together.
    #[must_use]
    pub fn file_over(mut self, episodes: RangeInclusive<i32>) -> Self {
        self.files.push(episodes);
        self
    }

    /// Sets the size of each file in bytes.
    #[must_use]
    pub fn size(mut self, bytes: i64) -> Self {
        self.size = bytes;
        self
    }

    /// Marks the files as coming from a season pack.
    #[must_use]
    pub fn from_pack(mut self) -> Self {
        self.pack = true;
        self
    }

    /// Sets the season's flag and that of its episodes.
    #[must_use]
    pub fn monitored(mut self, monitored: bool) -> Self {
        self.monitored = monitored;
        if monitored {
            self.unmonitored_episodes.clear();
        } else {
            self.unmonitored_episodes = (1..=self.episodes).collect();
        }
        self
    }

    /// Sets the season's flag alone.
    #[must_use]
    pub fn flag(mut self, monitored: bool) -> Self {
        self.monitored = monitored;
        self
    }

    /// Sets exactly which episodes are monitored.
    #[must_use]
    pub fn only_monitored(mut self, episodes: impl IntoIterator<Item = i32>) -> Self {
        let monitored: BTreeSet<_> = episodes.into_iter().collect();
        self.unmonitored_episodes = (1..=self.episodes)
            .filter(|number| !monitored.contains(number))
            .collect();
        self
    }

    /// Unmonitors some episodes.
    #[must_use]
    pub fn unmonitored(mut self, episodes: impl IntoIterator<Item = i32>) -> Self {
        self.unmonitored_episodes.extend(episodes);
        self
    }

    /// When an episode airs. Seasons of the past end a month before `now`, two years apart.
    pub(crate) fn airs(&self, number: i32, seasons_after: usize, now: Timestamp) -> Option<Timestamp> {
        const DAY: i64 = 86_400;
        let start = match self.airing {
            Airing::Unknown => return None,
            Airing::AllAt(at) => return Some(at),
            Airing::Weekly(first) => first.as_second(),
            Airing::Past => {
                let years = i64::try_from(seasons_after).unwrap_or(0) * 2;
                let end = now.as_second() / DAY * DAY + 2 * 3600 - 30 * DAY - years * 365 * DAY;
                end - i64::from(self.episodes) * 7 * DAY
            }
        };
        Timestamp::from_second(start + i64::from(number - 1) * 7 * DAY).ok()
    }
}

impl EpisodeSpec {
    /// An episode with a title and without an air date.
    pub fn new(season: i32, number: i32) -> Self {
        Self {
            season,
            number,
            title: Some(format!("Episode {number}")),
            airs: None,
            finale: None,
        }
    }

    /// Sets when it airs.
    #[must_use]
    pub fn airs(mut self, at: Timestamp) -> Self {
        self.airs = Some(at);
        self
    }

    /// Sets the title; without one Sonarr shows TBA.
    #[must_use]
    pub fn title(mut self, title: Option<&str>) -> Self {
        self.title = title.map(str::to_owned);
        self
    }

    /// Marks it as a finale: `season`, `midseason` or `series`.
    #[must_use]
    pub fn finale(mut self, kind: impl Into<String>) -> Self {
        self.finale = Some(kind.into());
        self
    }
}
