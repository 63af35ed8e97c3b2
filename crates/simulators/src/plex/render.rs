//! Library items as the server writes them.

use super::{
    guids::scramble,
    library::{Item, Kind, SectionKind},
    node::{Node, Scalar},
    world::World,
};

/// How much of an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// A row of a listing, with `Guid[]` if it was asked for.
    Row { guids: bool },
    /// The item's own page.
    Page,
    /// Inside of a session.
    Session,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Movie => "movie",
            Self::Show => "show",
            Self::Season => "season",
            Self::Episode => "episode",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Track => "track",
            Self::Clip(_) => "clip",
        }
    }

    /// The number by which a listing's `type` argument names the kind.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Movie => 1,
            Self::Show => 2,
            Self::Season => 3,
            Self::Episode => 4,
            Self::Artist => 8,
            Self::Album => 9,
            Self::Track => 10,
            Self::Clip(_) => 12,
        }
    }

    fn element(self) -> &'static str {
        match self {
            Self::Movie | Self::Episode | Self::Clip(_) => "Video",
            Self::Track => "Track",
            Self::Show | Self::Season | Self::Artist | Self::Album => "Directory",
        }
    }

    fn has_children(self) -> bool {
        matches!(self, Self::Show | Self::Season | Self::Artist | Self::Album)
    }
}

pub(crate) fn path(key: i64) -> String {
    format!("/library/metadata/{key}")
}

fn slug(title: &str) -> String {
    title
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

impl World {
    /// An item with the watch state of `viewer`.
    pub(crate) fn item_node(&self, item: &Item, viewer: i64, detail: Detail) -> Node {
        let session = detail == Detail::Session;
        let own = path(item.key);
        let key_path = if item.kind.has_children() {
            format!("{own}/children")
        } else {
            own.clone()
        };
        let mut node = Node::new(item.kind.element())
            .int("addedAt", item.added.as_second())
            .text("art", format!("{own}/art/1780000000"))
            .key("ratingKey", item.key)
            .text("key", key_path)
            .text("guid", item.guid.as_str())
            .text("type", item.kind.as_str())
            .text("title", item.title.as_str())
            .text("summary", "");
        if let Kind::Clip(super::ClipKind::Trailer) = item.kind {
            node = node.text("subtype", "trailer").text("extraType", "1");
        }
        if item.kind == Kind::Show {
            node = node.text("slug", slug(&item.title));
        }
        node = self.ancestors(node, item);
        node = node
            .opt_int("index", item.index.map(i64::from))
            .opt_int("year", item.year.map(i64::from))
            .opt_text("originallyAvailableAt", item.aired.map(|date| date.to_string()))
            .text("thumb", format!("{own}/thumb/1780000000"))
            .int("updatedAt", item.added.as_second());
        if item.duration_ms > 0 {
            node = node.int("duration", item.duration_ms);
        }
        node = self.section_of(node, item);
        node = self.watch_state(node, item, viewer, session);
        if !session {
            node = node.list("Media", self.media(item));
        }
        let guids = match detail {
            Detail::Row { guids } => guids,
            Detail::Page => true,
            Detail::Session => self.settings.guids_in_sessions,
        };
        if guids && item.lists_guids && !matches!(item.kind, Kind::Clip(_) | Kind::Track) {
            let rows = item
                .ids
                .guids()
                .into_iter()
                .map(|id| Node::new("Guid").text("id", id))
                .collect();
            node = node.list("Guid", rows);
        }
        if detail == Detail::Page && item.kind == Kind::Show {
            node = node.list("Genre", vec![Node::new("Genre").text("tag", "Drama")]);
            if let Some(folder) = &item.folder {
                node = node.list("Location", vec![Node::new("Location").text("path", folder.as_str())]);
            }
        }
        node
    }

    fn ancestors(&self, mut node: Node, item: &Item) -> Node {
        let Some(parent) = self.parent_of(item) else {
            return node;
        };
        if item.skip_parent {
            node = node.flag("skipParent", true);
        } else {
            node = node
                .key("parentRatingKey", parent.key)
                .text("parentKey", path(parent.key))
                .text("parentGuid", parent.guid.as_str())
                .text("parentTitle", parent.title.as_str())
                .opt_int("parentIndex", parent.index.map(i64::from));
        }
        let Some(grandparent) = self.parent_of(parent) else {
            return node;
        };
        node = node
            .key("grandparentRatingKey", grandparent.key)
            .text("grandparentKey", path(grandparent.key))
            .text("grandparentGuid", grandparent.guid.as_str())
            .text("grandparentTitle", grandparent.title.as_str());
        if item.kind == Kind::Episode {
            node = node.text("grandparentSlug", slug(&grandparent.title));
        }
        node
    }

    fn section_of(&self, node: Node, item: &Item) -> Node {
        let node = node.with("librarySectionID", Scalar::Id(item.section));
        match self.sections.get(&item.section) {
            Some(section) => node
                .text("librarySectionKey", format!("/library/sections/{}", item.section))
                .text("librarySectionTitle", section.title.as_str()),
            None => node,
        }
    }

    fn watch_state(&self, mut node: Node, item: &Item, viewer: i64, session: bool) -> Node {
        if item.kind.has_children() {
            let leaves = self.leaves_of(item.key);
            let viewed = leaves.iter().filter(|leaf| leaf.view_count(viewer) > 0).count();
            let children = self.children.get(&item.key).map_or(0, Vec::len);
            return node
                .int("childCount", children as i64)
                .int("leafCount", leaves.len() as i64)
                .int("viewedLeafCount", viewed as i64);
        }
        let Some(view) = item.views.get(&viewer) else {
            return node;
        };
        if view.count > 0 {
            node = node.int("viewCount", view.count);
        }
        if view.offset_ms > 0 && !session {
            node = node.int("viewOffset", view.offset_ms);
        }
        node.opt_int("lastViewedAt", view.last.map(jiff::Timestamp::as_second))
    }

    /// The file an item is in, as it lies on the disk.
    pub(crate) fn media(&self, item: &Item) -> Vec<Node> {
        let Some((id, part)) = item.part.and_then(|id| self.parts.get(&id).map(|part| (id, part))) else {
            return Vec::new();
        };
        let container = part.file.rsplit('.').next().unwrap_or("mkv");
        let part_node = Node::new("Part")
            .id("id", id)
            .text("key", format!("/library/parts/{id}/1503889207/file.{container}"))
            .int("duration", item.duration_ms)
            .text("file", part.file.as_str())
            .int("size", part.size)
            .text("container", container);
        let mut media = Node::new("Media")
            .id("id", id - 40_000)
            .int("duration", item.duration_ms)
            .text("container", container);
        media = if item.kind == Kind::Track {
            media
                .int("bitrate", 1023)
                .text("audioCodec", "flac")
                .int("audioChannels", 2)
        } else {
            media
                .int("bitrate", 8000)
                .int("width", 1920)
                .int("height", 1080)
                .text("videoResolution", "1080")
                .text("videoCodec", "hevc")
                .text("audioCodec", "eac3")
                .int("audioChannels", 6)
        };
        vec![media.list("Part", vec![part_node])]
    }

    /// A listing's container; `scope` is the section it belongs to, if it is one's.
    pub(crate) fn library_container(&self, rows: Vec<Node>, section: Option<i64>) -> Node {
        let mut node = Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .flag("allowSync", true)
            .text("identifier", "com.plexapp.plugins.library");
        if let Some((id, found)) = section.and_then(|id| self.sections.get(&id).map(|found| (id, found))) {
            node = node
                .id("librarySectionID", id)
                .text("librarySectionTitle", found.title.as_str())
                .text("librarySectionUUID", section_uuid(id));
        }
        node.list("Metadata", rows)
    }

    pub(crate) fn sections_node(&self) -> Node {
        let rows: Vec<Node> = self
            .sections
            .iter()
            .map(|(id, section)| {
                let (kind, agent, scanner) = match section.kind {
                    SectionKind::Movies => ("movie", "tv.plex.agents.movie", "Plex Movie"),
                    SectionKind::Shows => ("show", "tv.plex.agents.series", "Plex TV Series"),
                    SectionKind::Music => ("artist", "tv.plex.agents.music", "Plex Music"),
                };
                let location = Node::new("Location").int("id", *id).text("path", section.root.as_str());
                Node::new("Directory")
                    .flag("allowSync", true)
                    .text("key", id.to_string())
                    .text("type", kind)
                    .text("title", section.title.as_str())
                    .text("agent", agent)
                    .text("scanner", scanner)
                    .text("language", "en-US")
                    .text("uuid", section_uuid(*id))
                    .flag("refreshing", false)
                    .flag("filters", true)
                    .list("Location", vec![location])
            })
            .collect();
        Node::new("MediaContainer")
            .int("size", rows.len() as i64)
            .flag("allowSync", false)
            .text("title1", "Plex Library")
            .list("Directory", rows)
    }
}

fn section_uuid(id: i64) -> String {
    let (a, b) = (scramble(id.unsigned_abs()), scramble(id.unsigned_abs() + 99));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}
