//! Sections, items and files.

use super::{
    PlexSim,
    accounts::OWNER,
    guids::{ExternalIds, hex24},
    world::World,
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// What a library section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// Movies.
    Movies,
    /// Shows with seasons and episodes.
    Shows,
    /// Artists, albums and tracks.
    Music,
}

#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) kind: SectionKind,
    pub(crate) root: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Movie,
    Show,
    Season,
    Episode,
    Artist,
    Album,
    Track,
    Clip(ClipKind),
}

/// A short video that is not an item somebody chose to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipKind {
    /// The server's own introduction before a movie.
    Preroll,
    /// A trailer of a movie in the library.
    Trailer,
}

/// What one account has seen of an item.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) count: i64,
    pub(crate) last: Option<Timestamp>,
    pub(crate) offset_ms: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) key: i64,
    pub(crate) kind: Kind,
    pub(crate) section: i64,
    pub(crate) parent: Option<i64>,
    pub(crate) title: String,
    pub(crate) year: Option<i16>,
    pub(crate) index: Option<i32>,
    pub(crate) guid: String,
    pub(crate) ids: ExternalIds,
    /// Whether the agent fills `Guid[]`.
    pub(crate) lists_guids: bool,
    pub(crate) duration_ms: i64,
    pub(crate) added: Timestamp,
    pub(crate) aired: Option<Date>,
    pub(crate) part: Option<i64>,
    pub(crate) folder: Option<String>,
    pub(crate) views: BTreeMap<i64, View>,
    /// Whether the item is shown without its season, as unmatched files and hidden seasons are.
    pub(crate) skip_parent: bool,
}

impl Item {
    /// An item with nothing but a name.
    pub(crate) fn new(key: i64, kind: Kind, section: i64, title: &str, added: Timestamp) -> Self {
        Self {
            key,
            kind,
            section,
            parent: None,
            title: title.to_owned(),
            year: None,
            index: None,
            guid: String::new(),
            ids: ExternalIds::default(),
            lists_guids: true,
            duration_ms: 0,
            added,
            aired: None,
            part: None,
            folder: None,
            views: BTreeMap::new(),
            skip_parent: false,
        }
    }

    /// How often an account has seen it.
    pub(crate) fn view_count(&self, account: i64) -> i64 {
        self.views.get(&account).map_or(0, |view| view.count)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file: String,
    pub(crate) size: i64,
}

impl World {
    pub(crate) fn new_key(&mut self) -> i64 {
        self.last_rating_key += 1;
        self.last_rating_key
    }

    pub(crate) fn new_part(&mut self, file: String, duration_ms: i64) -> i64 {
        self.last_part_id += 1;
        // About 8 Mbit/s.
        self.parts.insert(
            self.last_part_id,
            Part {
                file,
                size: duration_ms * 1000,
            },
        );
        self.last_part_id
    }

    /// Puts an item into the library and under its parent.
    pub(crate) fn insert(&mut self, item: Item) {
        let key = item.key;
        if let Some(parent) = item.parent {
            let position = {
                let siblings = self.children.get(&parent).map_or(&[][..], Vec::as_slice);
                siblings
                    .partition_point(|sibling| self.items.get(sibling).is_some_and(|other| other.index <= item.index))
            };
            self.children.entry(parent).or_default().insert(position, key);
        }
        self.items.insert(key, item);
        if self.announce {
            self.announce_item(key, 0);
            self.announce_item(key, 5);
        }
    }

    pub(crate) fn children_of(&self, key: i64) -> Vec<&Item> {
        self.children
            .get(&key)
            .into_iter()
            .flatten()
            .filter_map(|child| self.items.get(child))
            .collect()
    }

    /// The leaves below an item, in order; an item that has none is its own.
    pub(crate) fn leaves_of(&self, key: i64) -> Vec<&Item> {
        match self.children.get(&key) {
            Some(children) => children.iter().flat_map(|child| self.leaves_of(*child)).collect(),
            None => self
                .items
                .get(&key)
                .filter(|item| item.part.is_some())
                .into_iter()
                .collect(),
        }
    }

    pub(crate) fn parent_of(&self, item: &Item) -> Option<&Item> {
        item.parent.and_then(|key| self.items.get(&key))
    }

    /// The show of an episode, or the artist of a track.
    pub(crate) fn grandparent_of(&self, item: &Item) -> Option<&Item> {
        self.parent_of(item).and_then(|parent| self.parent_of(parent))
    }

    /// Takes an item and what is below it away; parents that become empty go too.
    pub(crate) fn remove(&mut self, key: i64) {
        for child in self.children.remove(&key).unwrap_or_default() {
            self.announce_item(child, 9);
            self.items.remove(&child);
            for leaf in self.children.remove(&child).unwrap_or_default() {
                self.announce_item(leaf, 9);
                self.items.remove(&leaf);
            }
        }
        self.announce_item(key, 9);
        let parent = self.items.remove(&key).and_then(|item| item.parent);
        if let Some(parent) = parent {
            let siblings = self.children.entry(parent).or_default();
            siblings.retain(|sibling| *sibling != key);
            if siblings.is_empty() {
                self.remove(parent);
            }
        }
    }
}

impl PlexSim {
    /// Adds a library section and says its id.
    pub fn add_section(&self, title: &str, kind: SectionKind) -> i64 {
        self.with(|world| {
            let id = world.sections.keys().last().map_or(1, |last| last + 1);
            let root = format!("/media/{}", title.to_lowercase().replace(' ', "-"));
            world.sections.insert(
                id,
                Section {
                    title: title.to_owned(),
                    kind,
                    root,
                },
            );
            id
        })
    }

    /// Adds a movie to the first section and says its rating key.
    pub fn add_movie(&self, title: &str, year: i16, minutes: i64) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            let key = world.new_key();
            let duration_ms = minutes * 60_000;
            let folder = format!("/media/movies/{title} ({year})");
            let part = world.new_part(format!("{folder}/{title}.mkv"), duration_ms);
            let ids = ExternalIds {
                tvdb: None,
                tmdb: Some(700_000 + key),
                imdb: Some(format!("tt{}", 9_000_000 + key)),
            };
            world.insert(Item {
                year: Some(year),
                guid: format!("plex://movie/{}", hex24(key)),
                ids,
                duration_ms,
                part: Some(part),
                folder: Some(folder),
                ..Item::new(key, Kind::Movie, 1, title, now)
            });
            key
        })
    }

    /// Adds a preroll or a trailer and says its rating key.
    pub fn add_clip(&self, kind: ClipKind, title: &str, seconds: i64) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            let key = world.new_key();
            let (guid, section) = match kind {
                ClipKind::Preroll => (
                    format!("analyzed.prerolls://{}{}", hex24(key), &hex24(key + 1)[..16]),
                    -2,
                ),
                ClipKind::Trailer => (format!("iva://api.internetvideoarchive.com/2.0/DataService/{key}"), 1),
            };
            let part = world.new_part(format!("/media/clips/{title}.mp4"), seconds * 1000);
            world.insert(Item {
                guid,
                index: (kind == ClipKind::Preroll).then_some(1),
                duration_ms: seconds * 1000,
                part: Some(part),
                ..Item::new(key, Kind::Clip(kind), section, title, now)
            });
            key
        })
    }

    /// Adds an artist with one album and one track, and says the track's rating key.
    pub fn add_track(&self, artist: &str, album: &str, title: &str, seconds: i64) -> i64 {
        let now = self.clock().now();
        self.with(|world| {
            let (artist_key, album_key, key) = (world.new_key(), world.new_key(), world.new_key());
            let part = world.new_part(format!("/media/music/{artist}/{album}/{title}.flac"), seconds * 1000);
            let guid = |word: &str, key: i64| format!("plex://{word}/{}", hex24(key));
            world.insert(Item {
                guid: guid("artist", artist_key),
                ..Item::new(artist_key, Kind::Artist, 3, artist, now)
            });
            world.insert(Item {
                parent: Some(artist_key),
                index: Some(1),
                guid: guid("album", album_key),
                ..Item::new(album_key, Kind::Album, 3, album, now)
            });
            world.insert(Item {
                parent: Some(album_key),
                index: Some(1),
                guid: guid("track", key),
                duration_ms: seconds * 1000,
                part: Some(part),
                ..Item::new(key, Kind::Track, 3, title, now)
            });
            key
        })
    }

    /// Adds the theme music that applications play while a show's page is open, and says its rating key.
    pub fn add_theme_music(&self, title: &str) -> i64 {
        let key = self.add_track("Themes", "Themes", title, 30);
        self.with(|world| {
            if let Some(item) = world.items.get_mut(&key) {
                item.guid = format!("library://{key}/theme");
            }
        });
        key
    }

    /// Takes an item away, with everything below it; a session of it goes on.
    pub fn remove_item(&self, key: i64) {
        self.with(|world| world.remove(key));
    }

    /// Changes an item's title.
    pub fn rename_item(&self, key: i64, title: &str) {
        self.with(|world| {
            if let Some(item) = world.items.get_mut(&key) {
                title.clone_into(&mut item.title);
            }
        });
    }

    /// How often an account has watched an item to the end.
    pub fn view_count(&self, account: i64, key: i64) -> i64 {
        self.with(|world| world.items.get(&key).map_or(0, |item| item.view_count(account)))
    }

    /// How often the owner has watched an item to the end.
    pub fn owner_view_count(&self, key: i64) -> i64 {
        self.view_count(OWNER, key)
    }

    /// Length of an item in milliseconds; zero if there is no such item.
    pub fn duration_ms(&self, key: i64) -> i64 {
        self.with(|world| world.items.get(&key).map_or(0, |item| item.duration_ms))
    }
}
