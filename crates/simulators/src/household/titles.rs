//! The invented shows that the household has, as Plex and Sonarr are told of them.

use crate::{
    plex::{GuidMode, ShowSpec},
    sonarr::{SeasonSpec, SeriesSpec, SeriesType},
};
use jiff::{SignedDuration, Timestamp};

/// One season of a title.
struct Batch {
    season: i32,
    episodes: i32,
    /// How many episodes have a file, from the first on.
    files: i32,
    /// Whether one episode a week airs, the last file's a few days ago.
    airing: bool,
}

const fn batch(season: i32, episodes: i32, files: i32) -> Batch {
    Batch {
        season,
        episodes,
        files,
        airing: false,
    }
}

const fn airing(season: i32, episodes: i32, files: i32) -> Batch {
    Batch {
        season,
        episodes,
        files,
        airing: true,
    }
}

/// One show.
pub(super) struct Title {
    pub(super) name: &'static str,
    year: i16,
    tvdb: i64,
    minutes: i64,
    ended: bool,
    kind: SeriesType,
    guid_mode: GuidMode,
    /// Whether the first two episodes are one file.
    double_pilot: bool,
    seasons: &'static [Batch],
}

const PLAIN: Title = Title {
    name: "",
    year: 2020,
    tvdb: 0,
    minutes: 45,
    ended: false,
    kind: SeriesType::Standard,
    guid_mode: GuidMode::Modern,
    double_pilot: false,
    seasons: &[],
};

/// The library; viewers name their shows by position.
pub(super) const TITLES: [Title; 12] = [
    Title {
        name: "The Saltmarsh Ledger",
        year: 2019,
        tvdb: 990_101,
        ended: true,
        seasons: &[batch(0, 2, 1), batch(1, 10, 10), batch(2, 10, 0), batch(3, 8, 0)],
        ..PLAIN
    },
    Title {
        name: "Copper Meridian",
        year: 2023,
        tvdb: 990_102,
        minutes: 52,
        seasons: &[batch(1, 8, 1), batch(2, 8, 0)],
        ..PLAIN
    },
    Title {
        name: "Tidewrack",
        year: 2021,
        tvdb: 990_103,
        seasons: &[batch(1, 8, 8), airing(2, 10, 6)],
        ..PLAIN
    },
    Title {
        name: "Nine Quiet Rooms",
        year: 2017,
        tvdb: 990_104,
        minutes: 58,
        ended: true,
        seasons: &[
            batch(1, 6, 6),
            batch(2, 6, 6),
            batch(3, 6, 0),
            batch(4, 6, 0),
            batch(5, 6, 0),
        ],
        ..PLAIN
    },
    Title {
        name: "Lantern Street Dispatch",
        year: 2020,
        tvdb: 990_105,
        minutes: 22,
        seasons: &[batch(1, 13, 13), batch(2, 13, 13), batch(3, 13, 0), batch(4, 13, 0)],
        ..PLAIN
    },
    Title {
        name: "Oddfellow County",
        year: 2014,
        tvdb: 990_106,
        minutes: 42,
        ended: true,
        seasons: &[batch(1, 6, 6), batch(2, 6, 0), batch(4, 6, 0)],
        ..PLAIN
    },
    Title {
        name: "The Great Pudding Contest",
        year: 2021,
        tvdb: 990_107,
        minutes: 60,
        seasons: &[batch(2021, 8, 8), batch(2022, 8, 0), batch(2024, 8, 0)],
        ..PLAIN
    },
    Title {
        name: "Late with Ferrant",
        year: 2025,
        tvdb: 990_108,
        minutes: 30,
        kind: SeriesType::Daily,
        seasons: &[batch(2025, 30, 30), airing(2026, 40, 12)],
        ..PLAIN
    },
    Title {
        name: "Hoshizora Relay",
        year: 2022,
        tvdb: 990_109,
        minutes: 24,
        kind: SeriesType::Anime,
        guid_mode: GuidMode::Hama,
        seasons: &[batch(1, 24, 12), batch(2, 12, 0)],
        ..PLAIN
    },
    Title {
        name: "Winterfold",
        year: 2012,
        tvdb: 990_110,
        ended: true,
        guid_mode: GuidMode::LegacyThetvdb,
        double_pilot: true,
        seasons: &[batch(1, 6, 6), batch(2, 6, 0)],
        ..PLAIN
    },
    Title {
        name: "Glass Apiary",
        year: 2018,
        tvdb: 990_111,
        minutes: 55,
        ended: true,
        seasons: &[batch(1, 4, 4)],
        ..PLAIN
    },
    Title {
        name: "Under Brass Skies",
        year: 2016,
        tvdb: 990_112,
        ended: true,
        seasons: &[batch(1, 10, 1), batch(2, 10, 1), batch(3, 10, 1)],
        ..PLAIN
    },
];

impl Title {
    /// The show as the media server's agent knows it, without episodes; these come with the files.
    pub(super) fn show(&self) -> ShowSpec {
        ShowSpec::new(self.name, self.year)
            .tvdb(self.tvdb)
            .tmdb(self.tvdb + 1_000_000)
            .imdb(&self.imdb())
            .minutes(self.minutes)
            .guid_mode(self.guid_mode)
    }

    /// The show as Sonarr has it: seasons with files are monitored, the others are not.
    pub(super) fn series(&self, now: Timestamp) -> SeriesSpec {
        let spec = SeriesSpec::new(self.name, self.tvdb)
            .year(i32::from(self.year))
            .imdb(self.imdb())
            .tmdb(self.tvdb + 1_000_000)
            .status(if self.ended { "ended" } else { "continuing" })
            .runtime(i32::try_from(self.minutes).unwrap_or(45))
            .series_type(self.kind);
        self.seasons
            .iter()
            .fold(spec, |spec, batch| spec.with(self.season(batch, now)))
    }

    fn season(&self, batch: &Batch, now: Timestamp) -> SeasonSpec {
        let mut season = SeasonSpec::new(batch.season, batch.episodes);
        if batch.airing {
            let days = i64::from(batch.files - 1) * 7 + 3;
            season = season.weekly_from(now - SignedDuration::from_hours(24 * days));
        }
        // A lone pilot was asked for by itself.
        season = match batch.files {
            0 => season.monitored(false),
            1 => season.only_monitored([1]).flag(false),
            _ => season,
        };
        if self.double_pilot && batch.season == 1 && batch.files >= 2 {
            season.file_over(1..=2).files(3..=batch.files)
        } else {
            season.files(1..=batch.files)
        }
    }

    fn imdb(&self) -> String {
        format!("tt{}", 20_000_000 + self.tvdb)
    }
}
