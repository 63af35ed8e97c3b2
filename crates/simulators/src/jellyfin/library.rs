//! Libraries, items and where their files are.

use super::{
    JellyfinSim,
    events::Event,
    user_data::View,
    wire::{TICKS_PER_MS, TICKS_PER_SECOND},
    world::World,
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// The library of shows.
pub(crate) const SHOWS: i64 = 2;

const MOVIES: i64 = 1;
const MUSIC: i64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Library,
    Movie,
    Series,
    Season,
    Episode,
    Track,
    Trailer,
    Channel,
}

impl Kind {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Library => "CollectionFolder",
            Self::Movie => "Movie",
            Self::Series => "Series",
            Self::Season => "Season",
            Self::Episode => "Episode",
            Self::Track => "Audio",
            Self::Trailer => "Trailer",
            Self::Channel => "TvChannel",
        }
    }

    pub(crate) fn is_folder(self) -> bool {
        matches!(self, Self::Library | Self::Series | Self::Season)
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Library | Self::Series | Self::Season => "Unknown",
            Self::Track => "Audio",
            Self::Movie | Self::Episode | Self::Trailer | Self::Channel => "Video",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) key: i64,
    /// The name on the wire.
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) parent: Option<i64>,
    pub(crate) name: String,
    /// The file, or the folder of what has items below it.
    pub(crate) path: String,
    pub(crate) index: Option<i32>,
    /// The last number of a file with several episodes.
    pub(crate) index_end: Option<i32>,
    /// Whether the number of the season is not told.
    pub(crate) hides_season: bool,
    /// Names of databases with the item's id there, as the plugin that found them spells both.
    pub(crate) provider_ids: Vec<(String, String)>,
    pub(crate) year: Option<i16>,
    pub(crate) premiered: Option<Date>,
    pub(crate) runtime_ticks: Option<i64>,
    pub(crate) created: Timestamp,
    /// What a library holds.
    pub(crate) collection: Option<&'static str>,
    pub(crate) views: BTreeMap<i64, View>,
}

/// What is remembered of an item that was taken away: its file may come back.
#[derive(Debug)]
pub(crate) struct Departed {
    key: i64,
    views: BTreeMap<i64, View>,
}

impl Item {
    /// An item with nothing but a name and a place.
    pub(crate) fn new(kind: Kind, parent: Option<i64>, name: &str, path: &str, created: Timestamp) -> Self {
        Self {
            key: 0,
            id: String::new(),
            kind,
            parent,
            name: name.to_owned(),
            path: path.to_owned(),
            index: None,
            index_end: None,
            hides_season: false,
            provider_ids: Vec::new(),
            year: None,
            premiered: None,
            runtime_ticks: None,
            created,
            collection: None,
            views: BTreeMap::new(),
        }
    }

    /// Whether an episode's file has a number in it.
    pub(crate) fn covers(&self, number: i32) -> bool {
        let Some(first) = self.index else { return false };
        (first..=self.index_end.unwrap_or(first)).contains(&number)
    }
}

impl World {
    pub(crate) fn add_libraries(&mut self, now: Timestamp) {
        for (name, path, collection) in [
            ("Movies", "/media/movies", "movies"),
            ("Shows", "/media/tv", "tvshows"),
            ("Music", "/media/music", "music"),
        ] {
            self.add_item(Item {
                collection: Some(collection),
                ..Item::new(Kind::Library, None, name, path, now)
            });
        }
    }

    /// Puts an item into the library. One whose file was here before has what viewers saw of it, and on Jellyfin its old id.
    pub(crate) fn add_item(&mut self, mut item: Item) -> i64 {
        let dialect = self.settings.dialect;
        let word = item.kind.as_str();
        // Two folders of one path cannot be; a second one is somewhere else.
        while !dialect.is_emby() && self.keys.contains_key(&dialect.item_id(0, word, &item.path)) {
            item.path.push('_');
        }
        let departed = self.departed.remove(&place(&item));
        item.key = match &departed {
            Some(departed) if !dialect.is_emby() => departed.key,
            _ => {
                self.last_key += 1;
                self.last_key
            }
        };
        item.views = departed.map(|departed| departed.views).unwrap_or_default();
        item.id = dialect.item_id(item.key, word, &item.path);
        let (key, id) = (item.key, item.id.clone());
        if let Some(parent) = item.parent {
            let position = {
                let siblings = self.children.get(&parent).map_or(&[][..], Vec::as_slice);
                siblings
                    .partition_point(|sibling| self.items.get(sibling).is_some_and(|other| other.index <= item.index))
            };
            self.children.entry(parent).or_default().insert(position, key);
        }
        self.keys.insert(id.clone(), key);
        self.items.insert(key, item);
        self.tell(Event::Library {
            added: vec![id],
            removed: Vec::new(),
        });
        key
    }

    /// Takes an item and what is below it away; seasons and series that become empty go, too.
    pub(crate) fn remove_item(&mut self, key: i64) {
        let mut removed = Vec::new();
        self.remove_below(key, &mut removed);
        let mut next = self.items.get(&key).and_then(|item| item.parent);
        self.forget(key, &mut removed);
        while let Some(parent) = next {
            let is_empty = self.children.get(&parent).is_none_or(Vec::is_empty);
            let Some(item) = self
                .items
                .get(&parent)
                .filter(|item| item.kind != Kind::Library && is_empty)
            else {
                break;
            };
            next = item.parent;
            self.forget(parent, &mut removed);
        }
        self.tell(Event::Library {
            added: Vec::new(),
            removed,
        });
    }

    fn remove_below(&mut self, key: i64, removed: &mut Vec<String>) {
        for child in self.children.get(&key).cloned().unwrap_or_default() {
            self.remove_below(child, removed);
            self.forget(child, removed);
        }
    }

    fn forget(&mut self, key: i64, removed: &mut Vec<String>) {
        self.children.remove(&key);
        let Some(item) = self.items.remove(&key) else { return };
        if let Some(siblings) = item.parent.and_then(|parent| self.children.get_mut(&parent)) {
            siblings.retain(|sibling| *sibling != key);
        }
        self.keys.remove(&item.id);
        let place = place(&item);
        removed.push(item.id);
        self.departed.insert(place, Departed { key, views: item.views });
    }

    /// The item that a request names, if it is there.
    pub(crate) fn item_with_id(&self, text: &str) -> Option<&Item> {
        let id = self.settings.dialect.read_item_id(text)?;
        self.items.get(self.keys.get(&id)?)
    }

    pub(crate) fn children_of(&self, key: i64) -> impl Iterator<Item = &Item> {
        self.children
            .get(&key)
            .into_iter()
            .flatten()
            .filter_map(|child| self.items.get(child))
    }

    /// What can be played below an item, in order; what can be played itself is its own.
    pub(crate) fn leaves_of(&self, key: i64) -> Vec<&Item> {
        match self.items.get(&key) {
            Some(item) if !item.kind.is_folder() => vec![item],
            _ => self
                .children_of(key)
                .flat_map(|child| self.leaves_of(child.key))
                .collect(),
        }
    }

    /// Everything below an item.
    pub(crate) fn descendants_of<'a>(&'a self, key: i64) -> Vec<&'a Item> {
        let below = |child: &'a Item| std::iter::once(child).chain(self.descendants_of(child.key));
        self.children_of(key).flat_map(below).collect()
    }

    pub(crate) fn parent_of(&self, item: &Item) -> Option<&Item> {
        item.parent.and_then(|key| self.items.get(&key))
    }

    /// The nearest item of a kind above an item, or the item itself.
    pub(crate) fn nearest<'a>(&'a self, item: &'a Item, kind: Kind) -> Option<&'a Item> {
        let mut at = Some(item);
        while let Some(item) = at {
            if item.kind == kind {
                return Some(item);
            }
            at = self.parent_of(item);
        }
        None
    }
}

fn place(item: &Item) -> String {
    format!("{} {}", item.kind.as_str(), item.path)
}

impl JellyfinSim {
    /// Adds a movie and says its key.
    pub fn add_movie(&self, title: &str, year: i16, minutes: i64) -> i64 {
        let path = format!("/media/movies/{title} ({year})/{title}.mkv");
        self.add_single(Kind::Movie, MOVIES, (title, &path), Some(minutes * 60), Some(year))
    }

    /// Adds a trailer, as the ones that play before a movie, and says its key.
    pub fn add_trailer(&self, title: &str, seconds: i64) -> i64 {
        let path = format!("/media/movies/{title}-trailer.mkv");
        self.add_single(Kind::Trailer, MOVIES, (title, &path), Some(seconds), None)
    }

    /// Adds a piece of music and says its key.
    pub fn add_track(&self, title: &str, seconds: i64) -> i64 {
        let path = format!("/media/music/{title}.flac");
        self.add_single(Kind::Track, MUSIC, (title, &path), Some(seconds), None)
    }

    /// Adds a live channel, which has no length, and says its key.
    pub fn add_channel(&self, name: &str) -> i64 {
        let now = self.clock().now();
        self.with(|world| world.add_item(Item::new(Kind::Channel, None, name, &format!("channel:{name}"), now)))
    }

    fn add_single(
        &self,
        kind: Kind,
        library: i64,
        (name, path): (&str, &str),
        seconds: Option<i64>,
        year: Option<i16>,
    ) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            world.add_item(Item {
                runtime_ticks: seconds.map(|seconds| seconds * TICKS_PER_SECOND),
                year,
                ..Item::new(kind, Some(library), name, path, now)
            })
        })
    }

    /// Takes an item away, with everything below it; a play of it goes on.
    pub fn remove_item(&self, key: i64) {
        self.with(|world| world.remove_item(key));
    }

    /// Changes an item's name.
    pub fn rename_item(&self, key: i64, name: &str) {
        self.with(|world| {
            if let Some(item) = world.items.get_mut(&key) {
                name.clone_into(&mut item.name);
            }
        });
    }

    /// An item's id on the wire; the empty text if there is no such item.
    pub fn item_id(&self, key: i64) -> String {
        self.with(|world| world.items.get(&key).map(|item| item.id.clone()).unwrap_or_default())
    }

    /// Length of an item in milliseconds; zero if it has none.
    pub fn duration_ms(&self, key: i64) -> i64 {
        self.with(|world| {
            let ticks = world.items.get(&key).and_then(|item| item.runtime_ticks);
            ticks.unwrap_or(0) / TICKS_PER_MS
        })
    }
}
