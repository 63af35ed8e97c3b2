//! What was watched, from what the server keeps of every item for every user.
//!
//! There is no list of plays: the last one of each item is all that is known, with the time at which it began. Jellyfin keeps no
//! position below 5 % of an item's length, so of what was only begun nothing is told.

use super::item::{episodes, is_harmless, milliseconds, plain_id, season, show_of, show_reference};
use super::{Dialect, MediaBrowser};
use crate::server::History;
use domain::ids::ViewerKey;
use domain::session::{HistoryPlay, ShowReference};
use jiff::Timestamp;
use remote::{RemoteError, lenient};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: usize = 200;
/// Every page begins with some rows of the one before: rows that go meanwhile move the others forward, and none may slip through.
const OVERLAP: usize = 20;
/// More episodes than any library has; a server with more ignores the question.
const MOST_PAGES: usize = 2000;
/// Items are asked for by their ids, which have to fit into an address.
const ITEMS_AT_ONCE: usize = 50;
/// What counts as a play that was not finished.
const SHORTEST_PLAY_MS: i64 = 30_000;

/// A row that tells of a play.
struct Row {
    viewer: ViewerKey,
    item: String,
    show: ShowReference,
    season: Option<i32>,
    season_key: Option<String>,
    episodes: Vec<i32>,
    viewed_at: Timestamp,
}

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
        for row in rows {
            match plays(&row, &known) {
                Ok(plays) => history.plays.extend(plays),
                Err(reason) => history.unreadable.push(reason),
            }
        }
        history.plays.sort_by_key(|play| std::cmp::Reverse(play.viewed_at));
        Ok(history)
    }

    /// Reads one user's episodes, last played first, until a page has none that was played since.
    async fn read_rows(
        &self,
        viewer: &ViewerKey,
        since: Timestamp,
        found: &mut Vec<Row>,
        unreadable: &mut Vec<String>,
    ) -> Result<(), RemoteError> {
        let mut seen = BTreeSet::new();
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
            let mut has_dates = false;
            let mut has_plays_without_date = false;
            for (row, _) in rows.iter().zip(&is_new).filter(|(_, is_new)| **is_new) {
                match self.row(viewer, since, row) {
                    Ok(Told::Play(play)) => {
                        is_recent = true;
                        found.push(*play);
                    }
                    Ok(Told::Recent) => is_recent = true,
                    Ok(Told::Old) => has_dates = true,
                    Ok(Told::Undated { was_played }) => has_plays_without_date |= was_played,
                    Err(reason) => unreadable.push(reason),
                }
            }
            if start == 0 && has_plays_without_date && !has_dates && !is_recent {
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
            if !is_recent {
                return Ok(());
            }
            overlap = OVERLAP.min(rows.len() / 2);
            start = end - overlap;
        }
        Err(RemoteError::bad_answer("the history has no end"))
    }

    async fn page(&self, viewer: &ViewerKey, start: usize) -> Result<Value, RemoteError> {
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
            .query("limit", PAGE);
        let call = match self.dialect {
            Dialect::Jellyfin => call,
            // It leaves out the date where it is not asked for.
            Dialect::Emby => call.query("fields", "UserDataLastPlayedDate"),
        };
        self.json(call).await
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

    /// Judges one row.
    fn row(&self, viewer: &ViewerKey, since: Timestamp, row: &Value) -> Result<Told, String> {
        match row["Type"].as_str() {
            Some("Episode") => {}
            Some(_) => return Ok(Told::Undated { was_played: false }),
            None => return Err("a row without a type".to_owned()),
        }
        let item = lenient::id(&row["Id"]).ok_or("an episode without an id")?;
        let data = &row["UserData"];
        if !data.is_object() {
            return Err(format!("it does not say whether episode {item} was played"));
        }
        let played = lenient::flag(&data["Played"]) == Some(true);
        let position = milliseconds(&data["PlaybackPositionTicks"]).unwrap_or(0);
        let was_played = played || position >= SHORTEST_PLAY_MS;
        let date = &data["LastPlayedDate"];
        if date.as_str().unwrap_or_default().starts_with("0001-") || date.is_null() {
            return Ok(Told::Undated { was_played });
        }
        let viewed_at = lenient::timestamp(date).ok_or_else(|| format!("episode {item} was played at no time"))?;
        if viewed_at < since {
            return Ok(Told::Old);
        }
        if !was_played {
            return Ok(Told::Recent);
        }
        Ok(Told::Play(Box::new(Row {
            viewer: viewer.clone(),
            item,
            show: show_of(row),
            season: season(row),
            season_key: lenient::id(&row["SeasonId"]),
            episodes: episodes(row),
            viewed_at,
        })))
    }
}

/// What a row tells.
enum Told {
    /// A play.
    Play(Box<Row>),
    /// Something that is recent and no play: it was only begun.
    Recent,
    /// Something from before the time that is asked for.
    Old,
    /// No time at all.
    Undated { was_played: bool },
}

/// The plays of a row, one for every episode in the file.
fn plays(row: &Row, known: &BTreeMap<String, Value>) -> Result<Vec<HistoryPlay>, String> {
    let missing = |what: &str| format!("episode {} has no {what}", row.item);
    if row.show.key.is_none() && row.show.title.is_none() {
        return Err(missing("show"));
    }
    if row.episodes.is_empty() {
        return Err(missing("number"));
    }
    let season_of = |key: &String| {
        let season = known.get(&plain_id(key))?;
        lenient::small_integer(&season["IndexNumber"]).filter(|number| *number >= 0)
    };
    let season = row.season.or_else(|| row.season_key.as_ref().and_then(season_of));
    let season = season.ok_or_else(|| missing("season number"))?;
    let in_library = row
        .show
        .key
        .as_ref()
        .and_then(|key| Some((key, known.get(&plain_id(key))?)));
    let mut show = row.show.clone();
    if let Some((key, item)) = in_library {
        let title = show.title.take();
        show = show_reference(item, key);
        show.title = show.title.or(title);
    }
    let play = |episode: i32| HistoryPlay {
        viewer: row.viewer.clone(),
        show: show.clone(),
        season,
        episode,
        viewed_at: row.viewed_at,
    };
    Ok(row.episodes.iter().map(|episode| play(*episode)).collect())
}
