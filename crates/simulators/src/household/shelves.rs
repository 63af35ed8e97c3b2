//! What there is to watch: the files that Sonarr has are the items that Plex has.

use super::{Household, What};
use crate::sonarr::SonarrSim;
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

/// One show on the shelf.
#[derive(Debug)]
pub(super) struct Show {
    pub(super) name: &'static str,
    /// The show's item; absent while the library has nothing of it.
    pub(super) plex_key: Option<i64>,
    /// Position of the instance and id of the series there.
    pub(super) series: Vec<(usize, i64)>,
    /// All episodes that are announced, without specials.
    pub(super) known: BTreeSet<(i32, i32)>,
    /// Those that can be watched.
    pub(super) shelf: BTreeSet<(i32, i32)>,
}

impl Show {
    /// The episode after one, or the first.
    pub(super) fn after(&self, episode: Option<(i32, i32)>) -> Option<(i32, i32)> {
        let from = episode.map_or(Bound::Unbounded, Bound::Excluded);
        self.known.range((from, Bound::Unbounded)).next().copied()
    }
}

/// Episodes with their files, as one instance has them.
struct Stock {
    known: Vec<(i32, i32)>,
    /// Episodes by file.
    files: BTreeMap<i64, Vec<(i32, i32)>>,
}

fn stock(sonarr: &SonarrSim, series: i64) -> Stock {
    let mut stock = Stock {
        known: Vec::new(),
        files: BTreeMap::new(),
    };
    for episode in sonarr.episodes(series) {
        let place = (episode.season, episode.number);
        stock.known.push(place);
        if let Some(file) = episode.file {
            stock.files.entry(file).or_default().push(place);
        }
    }
    stock
}

impl Household {
    /// Brings the library in line with the files, and notes what came and went.
    pub(super) fn sync_library(&mut self, now: Timestamp, tell: bool) {
        for position in 0..self.shows.len() {
            self.sync_show(position, now, tell);
        }
    }

    fn sync_show(&mut self, position: usize, now: Timestamp, tell: bool) {
        let show = &self.shows[position];
        let mut files: Vec<Vec<(i32, i32)>> = Vec::new();
        let mut known = BTreeSet::new();
        for (instance, series) in &show.series {
            let Some(sonarr) = self.sonarrs.get(*instance) else {
                continue;
            };
            let stock = stock(sonarr, *series);
            known.extend(stock.known.into_iter().filter(|(season, _)| *season > 0));
            files.extend(stock.files.into_values());
        }
        let wanted: BTreeSet<(i32, i32)> = files.iter().flatten().copied().collect();
        let gone: Vec<(i32, i32)> = show.shelf.difference(&wanted).copied().collect();
        let here = show.shelf.clone();
        self.shows[position].known = known;
        for episode in gone {
            self.take_away(position, episode, now, tell);
        }
        for mut episodes in files {
            episodes.retain(|episode| !here.contains(episode) && !self.shows[position].shelf.contains(episode));
            if !episodes.is_empty() {
                self.put_up(position, &episodes, now, tell);
            }
        }
    }

    fn put_up(&mut self, position: usize, episodes: &[(i32, i32)], now: Timestamp, tell: bool) {
        let key = match self.shows[position].plex_key {
            Some(key) => key,
            None => {
                let key = self.plex.add_show(super::titles::TITLES[position].show());
                self.shows[position].plex_key = Some(key);
                key
            }
        };
        let numbers: Vec<i32> = episodes.iter().map(|(_, number)| *number).collect();
        let season = episodes[0].0;
        self.plex.add_shared_file(key, season, &numbers);
        self.shows[position].shelf.extend(episodes);
        if tell {
            for episode in episodes {
                let text = format!("{} can be watched now", self.label(position, *episode));
                self.note(now, What::Imported, None, Some((position, *episode)), text);
            }
        }
    }

    fn take_away(&mut self, position: usize, episode: (i32, i32), now: Timestamp, tell: bool) {
        let show = &mut self.shows[position];
        show.shelf.remove(&episode);
        if let Some(item) = show
            .plex_key
            .and_then(|key| self.plex.episode_key(key, episode.0, episode.1))
        {
            self.plex.remove_item(item);
        }
        if show.shelf.is_empty() {
            // The last episode takes its season and its show along.
            show.plex_key = None;
        }
        if tell {
            let text = format!("{} is gone", self.label(position, episode));
            self.note(now, What::Removed, None, Some((position, episode)), text);
        }
    }
}
