//! `get_metadata`: what the server has of an item, in Tautulli's words.

use super::upstream::{Upstream, number, rows, text};
use serde_json::{Map, Value, json};

/// An item with what is above it; empty where the server has none, or does not answer.
pub(super) async fn details(plex: &Upstream, key: &str) -> Map<String, Value> {
    let Some(item) = plex.item(key).await else {
        return Map::new();
    };
    let kind = text(&item["type"]);
    let (parent, grandparent) = match kind.as_str() {
        "episode" | "track" => (
            plex.item(&text(&item["parentRatingKey"])).await,
            plex.item(&text(&item["grandparentRatingKey"])).await,
        ),
        "season" | "album" => (plex.item(&text(&item["parentRatingKey"])).await, None),
        _ => (None, None),
    };
    let missing = Value::Null;
    let (parent, grandparent) = (
        parent.as_ref().unwrap_or(&missing),
        grandparent.as_ref().unwrap_or(&missing),
    );
    let title = text(&item["title"]);
    let full_title = match text(&item["grandparentTitle"]) {
        above if above.is_empty() => title.clone(),
        above => format!("{above} - {title}"),
    };
    let details = json!({
        "media_type": kind,
        "section_id": text(&item["librarySectionID"]),
        "library_name": text(&item["librarySectionTitle"]),
        "rating_key": text(&item["ratingKey"]),
        "parent_rating_key": text(&item["parentRatingKey"]),
        "grandparent_rating_key": text(&item["grandparentRatingKey"]),
        "title": title,
        "parent_title": text(&item["parentTitle"]),
        "grandparent_title": text(&item["grandparentTitle"]),
        "full_title": full_title,
        "original_title": text(&item["originalTitle"]),
        "media_index": text(&item["index"]),
        "parent_media_index": text(&item["parentIndex"]),
        "summary": text(&item["summary"]),
        "duration": text(&item["duration"]),
        "year": text(&item["year"]),
        "parent_year": text(&parent["year"]),
        "grandparent_year": text(&grandparent["year"]),
        "originally_available_at": text(&item["originallyAvailableAt"]),
        "added_at": text(&item["addedAt"]),
        "updated_at": text(&item["updatedAt"]),
        "last_viewed_at": text(&item["lastViewedAt"]),
        "guid": text(&item["guid"]),
        "parent_guid": text(&item["parentGuid"]),
        "grandparent_guid": text(&item["grandparentGuid"]),
        "guids": guids(&item),
        "parent_guids": guids(parent),
        "grandparent_guids": guids(grandparent),
        "actors": [],
        "genres": [],
        "labels": [],
        "markers": [],
        "children_count": number(&item["leafCount"]),
        "extra_type": text(&item["extraType"]),
        "sub_type": text(&item["subtype"]),
        "live": number(&item["live"]),
        "media_info": [{"id": text(&item["Media"][0]["id"]), "parts": [{"file": file(&item)}]}],
    });
    match details {
        Value::Object(details) => details,
        _ => Map::new(),
    }
}

fn guids(item: &Value) -> Vec<String> {
    rows(&item["Guid"]).iter().map(|guid| text(&guid["id"])).collect()
}

/// Where the item's file is.
pub(super) fn file(item: &Value) -> String {
    text(&item["Media"][0]["Part"][0]["file"])
}
