//! Items as the interface shows them.

use super::{
    library::{Item, Kind},
    wire::{midnight, pruned, stamp},
    world::World,
};
use serde_json::{Map, Value, json};

/// Which properties of an item are shown, besides those that always are.
#[derive(Debug, Clone)]
pub(crate) enum Fields {
    All,
    Named(Vec<String>),
}

impl Fields {
    pub(crate) fn show(&self, name: &str, value: impl Into<Value>) -> Value {
        match self {
            Self::All => value.into(),
            Self::Named(names) if names.iter().any(|asked| asked.eq_ignore_ascii_case(name)) => value.into(),
            Self::Named(_) => Value::Null,
        }
    }
}

impl World {
    /// An item, with what a user has seen of it.
    pub(crate) fn item_json(&self, item: &Item, fields: &Fields, user: Option<i64>) -> Value {
        let series = self.nearest(item, Kind::Series).filter(|series| series.key != item.key);
        let season = self.nearest(item, Kind::Season).filter(|season| season.key != item.key);
        let season = season.filter(|_| !item.hides_season);
        let is_file = !item.kind.is_folder() && item.kind != Kind::Channel;
        let provider_ids: Map<String, Value> = item
            .provider_ids
            .iter()
            .map(|(name, id)| (name.clone(), json!(id)))
            .collect();
        let streams = if is_file { streams() } else { Value::Null };
        // Emby holds back what Jellyfin tells unasked.
        let emby = self.settings.dialect.is_emby();
        let volunteered = |name: &str, value: Value| if emby { fields.show(name, value) } else { value };
        pruned(json!({
            "Name": item.name,
            "ServerId": self.settings.server_id,
            "Id": item.id,
            "DateCreated": fields.show("DateCreated", stamp(item.created)),
            "HasSubtitles": is_file.then_some(true),
            "Container": is_file.then_some("mkv"),
            "SortName": fields.show("SortName", item.name.to_lowercase()),
            "PremiereDate": volunteered("PremiereDate", json!(item.premiered.map(midnight))),
            "ExternalUrls": fields.show("ExternalUrls", json!([])),
            "MediaSources": fields.show("MediaSources", self.media_sources(item, is_file)),
            "Path": fields.show("Path", item.path.clone()),
            "Overview": fields.show("Overview", format!("All about {}.", item.name)),
            "Genres": fields.show("Genres", json!([])),
            "RunTimeTicks": item.runtime_ticks.filter(|_| item.kind != Kind::Series),
            "ProductionYear": volunteered("ProductionYear", json!(item.year)),
            "IndexNumber": item.index,
            "IndexNumberEnd": item.index_end,
            "ParentIndexNumber": season.and_then(|season| season.index),
            "ProviderIds": fields.show("ProviderIds", provider_ids),
            "IsFolder": item.kind.is_folder(),
            "ParentId": fields.show("ParentId", self.parent_of(item).map(|parent| parent.id.clone())),
            "Type": item.kind.as_str(),
            "CollectionType": item.collection,
            "UserData": user.map(|user| self.user_data_json(user, item, fields)),
            "ChildCount": fields.show("ChildCount", self.child_count(item)),
            "SeriesName": series.map(|series| series.name.clone()),
            "SeriesId": series.map(|series| series.id.clone()),
            "SeasonId": season.map(|season| season.id.clone()),
            "SeasonName": season.map(|season| season.name.clone()),
            "VideoType": (is_file && item.kind != Kind::Track).then_some("VideoFile"),
            "ImageTags": {},
            "BackdropImageTags": [],
            "LocationType": "FileSystem",
            "MediaType": item.kind.media_type(),
            "MediaStreams": fields.show("MediaStreams", streams),
        }))
    }

    /// An item as a session shows it: with its own ids, without what a user has seen.
    pub(crate) fn now_playing_json(&self, item: &Item) -> Value {
        let names = [
            "DateCreated",
            "ExternalUrls",
            "Path",
            "Overview",
            "Genres",
            "PremiereDate",
            "ProductionYear",
            "ProviderIds",
            "ParentId",
            "MediaStreams",
        ];
        let fields = Fields::Named(names.map(str::to_owned).to_vec());
        self.item_json(item, &fields, None)
    }

    fn child_count(&self, item: &Item) -> Option<usize> {
        item.kind.is_folder().then(|| self.children_of(item.key).count())
    }

    fn media_sources(&self, item: &Item, is_file: bool) -> Value {
        if !is_file {
            return Value::Null;
        }
        json!([{
            "Protocol": "File",
            "Id": self.settings.dialect.media_source(&item.id),
            "Path": item.path,
            "Type": "Default",
            "Container": "mkv",
            "Name": item.name,
            "RunTimeTicks": item.runtime_ticks,
            "MediaStreams": streams(),
        }])
    }
}

fn streams() -> Value {
    json!([
        { "Codec": "hevc", "Type": "Video", "Index": 0, "Height": 1080, "Width": 1920, "BitRate": 6_000_000 },
        { "Codec": "eac3", "Type": "Audio", "Index": 1, "Language": "eng", "Channels": 6 },
    ])
}
