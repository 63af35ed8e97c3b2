//! `get_history`: what Tautulli saw of what was watched.

use super::upstream::{number, rows, text};
use super::{TautulliSim, metadata};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Percent of an episode that count as watched.
const WATCHED: i64 = 85;

/// One viewing, from its start to its end, which need not be the item's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    /// The account, by its id at the server.
    pub account: i64,
    /// The item's rating key.
    pub item: i64,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Timestamp,
    /// How far the viewer came.
    pub percent: i64,
}

/// A sitting on its way into the table.
struct Row {
    id: i64,
    reference: i64,
    sitting: Sitting,
}

impl TautulliSim {
    /// Writes down a viewing that the server's own history has not, because it was not to the end.
    pub fn record(&self, sitting: Sitting) {
        self.with(|world| world.sittings.push(sitting));
    }

    /// The table that the arguments select: the newest first, one page of it.
    pub(super) async fn history(&self, arguments: &BTreeMap<String, String>) -> Value {
        if !self.settings().reads_database {
            return unreadable_table();
        }
        let argument = |name: &str| {
            arguments
                .get(name)
                .map(String::as_str)
                .filter(|value| !value.is_empty())
        };
        let flag = |name: &str| match argument(name) {
            Some(value) => matches!(value, "1" | "true"),
            None => self.settings().tables_as_shown,
        };
        let mut rows = Vec::new();
        let sittings = self.sittings().await;
        let total = sittings.len();
        for row in sittings {
            rows.push(self.row(&row).await);
        }
        rows.retain(|row| self.is_selected(row, &argument));
        if flag("grouping") {
            rows = grouped(rows);
        }
        if flag("include_activity") {
            rows.extend(self.going_on().await);
        }
        rows.sort_by_key(|row| (number(&row["date"]), number(&row["row_id"])));
        if argument("order_dir") != Some("asc") {
            rows.reverse();
        }
        let place = |name: &str, usual: usize| argument(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
        let filtered = rows.len();
        let page: Vec<Value> = rows
            .into_iter()
            .skip(place("start", 0))
            .take(place("length", 25))
            .collect();
        json!({"draw": 1, "recordsTotal": total, "recordsFiltered": filtered, "data": page,
            "total_duration": "", "filter_duration": ""})
    }

    /// What it saw and was to keep, with groups: somebody who goes on where they stopped belongs to what was before.
    async fn sittings(&self) -> Vec<Row> {
        let mut sittings = self.with(|world| world.sittings.clone());
        for play in self.plex.finished_plays() {
            let length = SignedDuration::from_millis(self.plex.duration_ms(play.rating_key));
            sittings.push(Sitting {
                account: play.account,
                item: play.rating_key,
                started: play.viewed_at - length,
                stopped: play.viewed_at,
                percent: 100,
            });
        }
        let unkept = self.unkept_items().await;
        self.with(|world| {
            sittings.retain(|sitting| {
                world.was_on(sitting.stopped)
                    && !world.unkept.contains(&sitting.account)
                    && !unkept.contains(&sitting.item)
            });
        });
        sittings.sort_by_key(|sitting| (sitting.started, sitting.account, sitting.item));
        let mut last: BTreeMap<(i64, i64), (i64, i64)> = BTreeMap::new();
        let mut rows = Vec::new();
        for (position, sitting) in sittings.into_iter().enumerate() {
            let id = 1001 + position as i64;
            let before = last.get(&(sitting.account, sitting.item));
            let reference = match before {
                Some((reference, percent)) if *percent < WATCHED && *percent <= sitting.percent => *reference,
                _ => id,
            };
            last.insert((sitting.account, sitting.item), (reference, sitting.percent));
            rows.push(Row { id, reference, sitting });
        }
        rows
    }

    async fn unkept_items(&self) -> BTreeSet<i64> {
        let sections = self.with(|world| world.unkept_sections.clone());
        let mut items = BTreeSet::new();
        for section in sections {
            let path = format!("/library/sections/{section}/all?type=4");
            let listed = self.container(&path).await.unwrap_or_default();
            items.extend(rows(&listed["Metadata"]).iter().map(|item| number(&item["ratingKey"])));
        }
        items
    }

    async fn row(&self, row: &Row) -> Value {
        let Sitting {
            account,
            item,
            started,
            stopped,
            percent,
        } = row.sitting;
        let details = metadata::details(&self.upstream, &item.to_string()).await;
        let accounts = self.plex.accounts();
        let name = accounts.iter().find(|known| known.id == account);
        let name = name.map_or("", |known| known.name.as_str());
        let (user_id, user, friendly_name) = self.with(|world| world.names_of(account, name));
        let span = stopped.duration_since(started).as_secs();
        let mut table = json!({
            "row_id": row.id, "id": row.id, "reference_id": row.reference, "group_count": 1, "group_ids": row.id.to_string(),
            "date": started.as_second(), "started": started.as_second(), "stopped": stopped.as_second(),
            "play_duration": span, "duration": span, "paused_counter": 0,
            "user_id": user_id, "user": user, "friendly_name": friendly_name,
            "percent_complete": percent, "watched_status": i64::from(percent >= WATCHED),
            "transcode_decision": "direct play", "state": null, "session_key": null,
        });
        describe(&mut table, &details, item);
        table
    }

    fn is_selected<'a>(&self, row: &Value, argument: &impl Fn(&str) -> Option<&'a str>) -> bool {
        let hours = self.settings().hours_ahead;
        let zone = TimeZone::fixed(Offset::from_hours(hours).unwrap_or(Offset::UTC));
        let started = Timestamp::from_second(number(&row["started"])).unwrap_or_default();
        let day = started.to_zoned(zone).date().to_string();
        let kind = if number(&row["live"]) == 1 {
            "live".to_owned()
        } else {
            text(&row["media_type"])
        };
        argument("after").is_none_or(|after| day.as_str() >= after)
            && argument("before").is_none_or(|before| day.as_str() <= before)
            && argument("start_date").is_none_or(|date| day == date)
            && argument("media_type").is_none_or(|kinds| kinds.split(',').any(|wanted| wanted == kind))
            && ["user_id", "rating_key", "grandparent_rating_key"]
                .iter()
                .all(|field| argument(field).is_none_or(|value| text(&row[*field]) == value))
    }

    /// Rows for what is playing; their ids are missing.
    async fn going_on(&self) -> Vec<Value> {
        let now = self.clock().now().as_second();
        let activity = self.activity(None).await;
        let mut going_on = Vec::new();
        for session in rows(&activity["sessions"]) {
            let mut row = json!({"row_id": null, "id": null, "reference_id": null, "group_count": null, "group_ids": null,
                "date": now, "started": now, "stopped": 0, "play_duration": 0, "percent_complete": 0, "watched_status": 0});
            for field in [
                "session_key",
                "state",
                "user_id",
                "user",
                "friendly_name",
                "media_type",
                "live",
                "rating_key",
                "title",
                "grandparent_title",
                "media_index",
                "parent_media_index",
                "guid",
            ] {
                row[field] = session[field].clone();
            }
            going_on.push(row);
        }
        going_on
    }
}

/// What the library says of an item; numbers are numbers here. Of an item that is gone, Tautulli kept what it was.
fn describe(row: &mut Value, details: &Map<String, Value>, item: i64) {
    let of = |field: &str| details.get(field).map(text).unwrap_or_default();
    let as_number = |field: &str| match of(field).parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) => json!(""),
    };
    row["rating_key"] = json!(item);
    for field in [
        "parent_rating_key",
        "grandparent_rating_key",
        "media_index",
        "parent_media_index",
        "year",
    ] {
        row[field] = as_number(field);
    }
    for field in [
        "media_type",
        "title",
        "parent_title",
        "grandparent_title",
        "full_title",
        "original_title",
        "guid",
        "originally_available_at",
    ] {
        row[field] = json!(of(field));
    }
    row["live"] = json!(0);
}

/// One row for each group: its last one, from the first one's start on.
fn grouped(rows: Vec<Value>) -> Vec<Value> {
    let mut groups: BTreeMap<i64, Value> = BTreeMap::new();
    for row in rows {
        let reference = number(&row["reference_id"]);
        match groups.get_mut(&reference) {
            None => {
                groups.insert(reference, row);
            }
            Some(group) => {
                let (started, count) = (group["started"].clone(), number(&group["group_count"]) + 1);
                let ids = format!("{},{}", text(&group["group_ids"]), text(&row["row_id"]));
                *group = row;
                group["started"] = started;
                group["group_count"] = json!(count);
                group["group_ids"] = json!(ids);
            }
        }
    }
    groups.into_values().collect()
}

/// What Tautulli gives when its database fails: success, and an empty table that was never drawn.
pub(super) fn unreadable_table() -> Value {
    json!({"draw": 0, "recordsTotal": 0, "recordsFiltered": 0, "data": [], "filter_duration": "0", "total_duration": "0"})
}
