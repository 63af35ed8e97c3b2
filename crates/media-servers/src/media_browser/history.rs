//! What was watched, from what the server keeps of every item for every user.
//!
//! There is no list of plays: the last one of each item is all that is known, with the time at which it began. Jellyfin keeps no
//! position below 5 % of an item's length, and takes "played" away when an item begins anew. So of what was only begun nobody
//! knows whether it was watched before: it keeps the show, and moves nobody.

mod order;
mod row;

use super::item::{is_harmless, plain_id};
use super::{Dialect, MediaBrowser};
use crate::server::History;
use domain::ids::ViewerKey;
use jiff::Timestamp;
use order::Order;
use remote::{Call, RemoteError, lenient};
use row::{Row, Told};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: usize = 200;
/// Every page begins with some rows of the one before: rows that go meanwhile move the others forward, and none may slip through.
const OVERLAP: usize = 20;
/// More episodes than any library has; a server with more ignores the question.
const MOST_PAGES: usize = 2000;
/// Items are asked for by their ids, which have to fit into an address.
const ITEMS_AT_ONCE: usize = 50;
/// So many rows hardly keep an order that nobody keeps.
const ROWS_OF_A_SAMPLE: usize = 20;

impl MediaBrowser {
    pub(crate) async fn history(&self, since: Timestamp) -> Result<History, RemoteError> {
        let (people, mut unreadable) = self.people().await?;
        if people.is_empty() && unreadable.is_empty() {
            return Err(RemoteError::bad_answer("it lists no users"));
        }
        let mut rows = Vec::new();
        for person in people {
            self.read_rows(&person.key, since, &mut rows, &mut unreadable).await?;
        }
        let known = self.items_named_by(&rows).await?;
        let mut history = History {
            unreadable,
            ..History::default()
        };
        for row in &rows {
            match row.plays(&known) {
                Ok(plays) => history.plays.extend(plays),
                Err(reason) => history.unreadable.push(reason),
            }
        }
        history.plays.sort_by_key(|play| std::cmp::Reverse(play.viewed_at));
        Ok(history)
    }

    /// Reads one user's episodes, last played first, until a page has none that was played since. To the end where they do
    /// not come in that order.
    async fn read_rows(
        &self,
        viewer: &ViewerKey,
        since: Timestamp,
        found: &mut Vec<Row>,
        unreadable: &mut Vec<String>,
    ) -> Result<(), RemoteError> {
        let mut seen = BTreeSet::new();
        let mut order = Order::default();
        let (mut start, mut overlap) = (0_usize, 0_usize);
        for _ in 0..MOST_PAGES {
            let page = self.page(viewer, start).await?;
            let rows = page["Items"].as_array();
            let rows = rows.ok_or_else(|| RemoteError::bad_answer("it has no list of items"))?;
            if lenient::integer(&page["StartIndex"]).is_some_and(|at| usize::try_from(at) != Ok(start)) {
                return Err(RemoteError::bad_answer(
                    "the history came from another place than asked for",
                ));
            }
            let identities = rows.iter().enumerate();
            let identities = identities
                .map(|(position, row)| lenient::id(&row["Id"]).unwrap_or_else(|| format!("{}", start + position)));
            let is_new: Vec<bool> = identities.map(|identity| seen.insert(identity)).collect();
            if overlap > 0 && !rows.is_empty() && !is_new.contains(&false) {
                return Err(RemoteError::bad_answer("the history changed while it was read"));
            }
            let mut is_recent = false;
            let mut has_plays_without_date = false;
            for (row, _) in rows.iter().zip(&is_new).filter(|(_, is_new)| **is_new) {
                match row::judge(viewer, since, row) {
                    Ok(Told::Recent(row)) => {
                        is_recent = true;
                        order.note(Some(row.viewed_at));
                        found.push(*row);
                    }
                    Ok(Told::Old(at)) => order.note(Some(at)),
                    Ok(Told::Undated { was_played }) => {
                        has_plays_without_date |= was_played;
                        order.note(None);
                    }
                    Ok(Told::NoEpisode) => {}
                    Err(reason) => unreadable.push(reason),
                }
            }
            if start == 0 && has_plays_without_date && order.newest().is_none() {
                return Err(RemoteError::bad_answer("it does not say when anything was played"));
            }
            let end = start + rows.len();
            let total = lenient::integer(&page["TotalRecordCount"]).and_then(|total| usize::try_from(total).ok());
            // A total that is less than what came is none.
            let is_complete = match total.filter(|total| *total >= end) {
                Some(total) => end == total,
                None => rows.len() < PAGE,
            };
            if is_complete {
                return Ok(());
            }
            if rows.is_empty() {
                return Err(RemoteError::bad_answer("the history ends before its announced end"));
            }
            if !is_new.contains(&true) {
                return Err(RemoteError::bad_answer("the history repeats itself"));
            }
            if !is_recent && order.is_kept() {
                if order.has_reached_a_date() || self.has_nothing_newer(viewer, &order).await? {
                    return Ok(());
                }
                order.lacks_rows();
            }
            overlap = OVERLAP.min(rows.len() / 2);
            start = end - overlap;
        }
        Err(RemoteError::bad_answer("the history has no end"))
    }

    /// Whether the rest of a list may be taken for never played, because what was played is not found in another way either.
    /// A server that ignores the order, or puts first what has no date, begins with rows that say nothing of the others.
    async fn has_nothing_newer(&self, viewer: &ViewerKey, order: &Order) -> Result<bool, RemoteError> {
        for filter in ["IsPlayed", "IsResumable"] {
            let call = self.episodes_of(viewer, 0, ROWS_OF_A_SAMPLE).query("filters", filter);
            let page = self.json(call).await?;
            let rows = page["Items"].as_array();
            let rows = rows.ok_or_else(|| RemoteError::bad_answer("it has no list of items"))?;
            let mut sample = Order::default();
            for row in rows {
                sample.note(row::last_played(&row["UserData"]).unwrap_or_default());
            }
            if !sample.is_kept() || sample.newest() > order.newest() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn page(&self, viewer: &ViewerKey, start: usize) -> Result<Value, RemoteError> {
        self.json(self.episodes_of(viewer, start, PAGE)).await
    }

    /// Asks for episodes, those first that a user played last.
    fn episodes_of(&self, viewer: &ViewerKey, start: usize, limit: usize) -> Call {
        let call = self
            .get("Items")
            .query("userId", &viewer.account)
            .query("recursive", true)
            .query("includeItemTypes", "Episode")
            .query("sortBy", "DatePlayed")
            .query("sortOrder", "Descending")
            .query("enableUserData", true)
            .query("enableImages", false)
            .query("startIndex", start)
            .query("limit", limit);
        match self.dialect {
            Dialect::Jellyfin => call,
            // It leaves out the date and the count where it is not asked for them.
            Dialect::Emby => call.query("fields", "UserDataLastPlayedDate,UserDataPlayCount"),
        }
    }

    /// The shows of plays, and the seasons of those without a number, by their plain ids. What is gone is missing.
    async fn items_named_by(&self, rows: &[Row]) -> Result<BTreeMap<String, Value>, RemoteError> {
        let seasons = rows.iter().filter(|row| row.season.is_none());
        let keys: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| row.show.key.clone())
            .chain(seasons.filter_map(|row| row.season_key.clone()))
            .collect();
        let keys: Vec<String> = keys.into_iter().filter(|key| is_harmless(key)).collect();
        let mut known = BTreeMap::new();
        for some in keys.chunks(ITEMS_AT_ONCE) {
            for item in self.items(some).await? {
                if let Some(key) = lenient::id(&item["Id"]) {
                    known.insert(plain_id(&key), item);
                }
            }
        }
        Ok(known)
    }
}
