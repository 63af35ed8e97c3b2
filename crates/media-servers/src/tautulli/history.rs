//! `get_history`: what was watched, as far as Tautulli saw it.

use super::session::{account, show_of};
use super::{TautulliServer, command, name_of};
use crate::server::History;
use domain::ids::ServerId;
use domain::session::{HistoryPlay, ShowReference};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use remote::lenient::{flag, id, integer, small_integer, text, timestamp};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: usize = 500;
/// Half a million rows; a Tautulli with more ignores the question.
const MOST_PAGES: usize = 1000;
/// Tautulli selects by the day on which a play began, in its own time zone; a play that is paused takes days.
const LONGEST_PLAY: SignedDuration = SignedDuration::from_hours(8 * 24);

/// Seconds below which nothing counts as watched. Tautulli leaves out what is shorter than it was told.
const SHORTEST_PLAY: i64 = 30;

/// Reads all pages, newest row first. Rows that are added meanwhile move the others back, so some come twice; none is missed.
pub(super) async fn history(tautulli: &TautulliServer, since: Timestamp) -> Result<History, RemoteError> {
    let mut history = History {
        incomplete: not_kept(tautulli).await?,
        ..History::default()
    };
    let after = (since - LONGEST_PLAY).to_zoned(TimeZone::UTC).date();
    let mut seen = BTreeSet::new();
    let mut start = 0_usize;
    for _ in 0..MOST_PAGES {
        let call = command("get_history")
            // One row for each sitting: a group tells of its last one only.
            .query("grouping", 0)
            // What is still going on is told by the sessions.
            .query("include_activity", 0)
            .query("media_type", "episode")
            .query("after", after)
            .query("order_column", "date")
            .query("order_dir", "desc")
            .query("start", start)
            .query("length", PAGE);
        let page = tautulli.ask(call).await?;
        let (rows, total) = rows_of(&page)?;
        let mut news = 0_usize;
        for (position, row) in rows.iter().enumerate() {
            let identity = ["row_id", "id"].iter().find_map(|field| id(&row[*field]));
            if !seen.insert(identity.unwrap_or_else(|| format!("at {}", start + position))) {
                continue;
            }
            news += 1;
            match play(tautulli.server, row, since) {
                Ok(play) => history.plays.extend(play),
                Err(reason) => history
                    .unreadable
                    .push(format!("history row {}: {reason}", start + position + 1)),
            }
        }
        start += rows.len();
        if start >= total {
            history.plays.sort_by_key(|play| std::cmp::Reverse(play.viewed_at));
            return Ok(history);
        }
        if rows.is_empty() {
            return Err(RemoteError::bad_answer("the history ends before its announced end"));
        }
        if news == 0 {
            return Err(RemoteError::bad_answer("the history repeats itself"));
        }
    }
    Err(RemoteError::bad_answer("the history has no end"))
}

/// The rows of a table's page, and how many there are on all pages.
///
/// # Errors
/// When it is no table. A database that fails looks like an empty one, but for `draw`, which counts the drawings of the table.
fn rows_of(page: &Value) -> Result<(&[Value], usize), RemoteError> {
    let rows = page["data"].as_array();
    let total = integer(&page["recordsFiltered"]).and_then(|total| usize::try_from(total).ok());
    match (rows, total) {
        (Some(_), Some(0)) if integer(&page["draw"]) == Some(0) => {
            Err(RemoteError::bad_answer("Tautulli could not read its own database"))
        }
        (Some(rows), Some(total)) => Ok((rows, total)),
        _ => Err(RemoteError::bad_answer("it is no table of the history")),
    }
}

/// Why Tautulli does not write down all that is watched, if it was told not to.
async fn not_kept(tautulli: &TautulliServer) -> Result<Option<String>, RemoteError> {
    let is_kept = |row: &Value| flag(&row["keep_history"]) != Some(false);
    let people = tautulli.people().await?;
    if let Some(person) = people.iter().find(|row| !is_kept(row)) {
        let name = name_of(person).unwrap_or_else(|| "somebody".to_owned());
        return Ok(Some(format!("Tautulli is set to keep no history of {name}.")));
    }
    let call = command("get_libraries_table").query("length", PAGE);
    let page = tautulli.ask(call).await?;
    let (libraries, _) = rows_of(&page)?;
    let shows = |row: &&Value| row["section_type"].as_str().is_none_or(|kind| kind == "show");
    let left_out = libraries.iter().filter(shows).find(|row| !is_kept(row));
    Ok(left_out.map(|library| {
        let name = text(&library["section_name"]).unwrap_or_else(|| "a library".to_owned());
        format!("Tautulli is set to keep no history of {name}.")
    }))
}

/// A row that is a play of an episode since a time; `None` for everything else, and for what is going on. Where it has no
/// number or nobody whom Tautulli knows, the show was watched all the same.
fn play(server: ServerId, row: &Value, since: Timestamp) -> Result<Option<HistoryPlay>, String> {
    let kind = row["media_type"].as_str();
    if kind.is_some_and(|kind| kind != "episode") || flag(&row["live"]) == Some(true) || text(&row["state"]).is_some() {
        return Ok(None);
    }
    let ended = ["stopped", "date", "started"]
        .iter()
        .find_map(|field| timestamp(&row[*field]).filter(|at| at.as_second() > 0));
    let played = ["play_duration", "duration"]
        .iter()
        .find_map(|field| integer(&row[*field]));
    if ended.is_some_and(|ended| ended < since) || played.is_some_and(|seconds| seconds < SHORTEST_PLAY) {
        return Ok(None);
    }
    if kind.is_none() {
        return Err("it has no type".to_owned());
    }
    let missing = |what: &str| {
        let item = id(&row["rating_key"]).unwrap_or_else(|| "of a deleted item".to_owned());
        format!("episode {item} has no {what}")
    };
    let show = show_of(row);
    if show == ShowReference::default() {
        return Err(missing("show"));
    }
    let number = |field: &str| small_integer(&row[field]).filter(|number| *number >= 0);
    Ok(Some(HistoryPlay {
        viewer: account(server, row),
        show,
        season: number("parent_media_index"),
        episode: number("media_index"),
        viewed_at: ended.ok_or_else(|| missing("time"))?,
    }))
}
