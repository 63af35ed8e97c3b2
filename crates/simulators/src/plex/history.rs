//! Rows of plays that were watched to the end.

use super::{PlexSim, accounts::Device, node::Node, world::World};
use jiff::{Timestamp, civil::Date};

#[derive(Debug, Clone)]
pub(crate) struct HistoryRow {
    pub(crate) id: i64,
    pub(crate) account: i64,
    pub(crate) device: Option<i64>,
    pub(crate) viewed_at: Timestamp,
    pub(crate) rating_key: i64,
    parent: Option<i64>,
    grandparent: Option<i64>,
    pub(crate) section: i64,
    kind: &'static str,
    title: String,
    grandparent_title: Option<String>,
    index: Option<i32>,
    parent_index: Option<i32>,
    aired: Option<Date>,
}

/// One finished play, as a test looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedPlay {
    /// The account that watched.
    pub account: i64,
    /// The item's rating key.
    pub rating_key: i64,
    /// When it counted as watched.
    pub viewed_at: Timestamp,
}

impl World {
    /// Counts an item as watched by an account and writes the history row.
    pub(crate) fn count_view(&mut self, account: i64, key: i64, device: Option<&Device>, at: Timestamp) {
        let device = device.map(|device| self.device_number(device));
        let Some(item) = self.items.get_mut(&key) else { return };
        let view = item.views.entry(account).or_default();
        view.count += 1;
        view.last = Some(view.last.map_or(at, |last| last.max(at)));
        view.offset_ms = 0;
        let Some(item) = self.items.get(&key) else { return };
        let parent = self.parent_of(item);
        let grandparent = self.grandparent_of(item);
        let row = HistoryRow {
            id: 88_000 + self.history.len() as i64,
            account,
            device,
            viewed_at: at,
            rating_key: key,
            parent: parent.map(|parent| parent.key).filter(|_| !item.skip_parent),
            grandparent: grandparent.map(|show| show.key),
            section: item.section,
            kind: item.kind.as_str(),
            title: item.title.clone(),
            grandparent_title: grandparent.map(|show| show.title.clone()),
            index: item.index,
            parent_index: parent.and_then(|parent| parent.index).filter(|_| !item.skip_parent),
            aired: item.aired,
        };
        self.history.push(row);
    }

    pub(crate) fn history_node(&self, row: &HistoryRow) -> Node {
        let alive = |key: &i64| self.items.contains_key(key);
        let path = |key: i64| format!("/library/metadata/{key}");
        let exists = alive(&row.rating_key);
        let mut node = Node::new("Video").text("historyKey", format!("/status/sessions/history/{}", row.id));
        if exists {
            node = node.text("key", path(row.rating_key)).key("ratingKey", row.rating_key);
        }
        node = node
            .with("librarySectionID", super::node::Scalar::Key(row.section))
            .opt_text("parentKey", row.parent.filter(|_| exists).map(path))
            .opt_text("grandparentKey", row.grandparent.filter(alive).map(path))
            .text("title", row.title.as_str())
            .opt_text("grandparentTitle", row.grandparent_title.as_deref())
            .text("type", row.kind);
        if exists {
            node = node.text("thumb", format!("{}/thumb/1780000000", path(row.rating_key)));
        }
        node.opt_int("index", row.index.map(i64::from))
            .opt_int("parentIndex", row.parent_index.map(i64::from))
            .opt_text("originallyAvailableAt", row.aired.map(|date| date.to_string()))
            .int("viewedAt", row.viewed_at.as_second())
            .int("accountID", row.account)
            .opt_int("deviceID", row.device)
    }

    /// Whether a row is about an item, its season or its show.
    pub(crate) fn concerns(row: &HistoryRow, key: i64) -> bool {
        row.rating_key == key || row.parent == Some(key) || row.grandparent == Some(key)
    }
}

impl PlexSim {
    /// Counts an item as watched at a time, without a session: a download played offline, or another server's import.
    pub fn record_view(&self, account: i64, item: i64, at: Timestamp) {
        self.with(|world| world.count_view(account, item, None, at));
    }

    /// The history, oldest row first.
    pub fn finished_plays(&self) -> Vec<FinishedPlay> {
        self.with(|world| {
            let plays = world.history.iter().map(|row| FinishedPlay {
                account: row.account,
                rating_key: row.rating_key,
                viewed_at: row.viewed_at,
            });
            plays.collect()
        })
    }

    /// Forgets the history, as a server whose database was replaced.
    pub fn clear_history(&self) {
        self.with(|world| world.history.clear());
    }
}
