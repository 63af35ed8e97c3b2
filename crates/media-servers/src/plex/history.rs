//! `/status/sessions/history/all`: what was watched.

use super::PlexServer;
use super::session::{key, show_of};
use crate::element::Element;
use crate::server::History;
use domain::ids::{ServerId, ViewerKey};
use domain::session::{HistoryPlay, ShowReference};
use jiff::Timestamp;
use remote::{Call, RemoteError};
use std::collections::BTreeSet;

const PAGE: usize = 500;
/// Half a million rows; a server with more ignores the question.
const MOST_PAGES: usize = 1000;

/// Reads all pages, newest row first. Rows that are added meanwhile move the others back, so some come twice; none is missed.
pub(super) async fn history(plex: &PlexServer, since: Timestamp) -> Result<History, RemoteError> {
    let mut history = History::default();
    let mut seen = BTreeSet::new();
    let mut start = 0_usize;
    for _ in 0..MOST_PAGES {
        let call = Call::get("status/sessions/history/all")
            .query("sort", "viewedAt:desc")
            // The operator is part of the name.
            .query("viewedAt>", since.as_second())
            .header("X-Plex-Container-Start", start)
            .header("X-Plex-Container-Size", PAGE);
        let page = plex.container(call).await?;
        let rows: Vec<&Element> = page.items().collect();
        if page
            .integer("offset")
            .is_some_and(|offset| usize::try_from(offset) != Ok(start))
        {
            return Err(RemoteError::bad_answer(
                "the history came from another place than asked for",
            ));
        }
        let mut news = 0_usize;
        for (position, row) in rows.iter().enumerate() {
            let identity = row
                .text("historyKey")
                .map_or_else(|| format!("{}", start + position), str::to_owned);
            if !seen.insert(identity) {
                continue;
            }
            news += 1;
            match play(plex.server, row, since) {
                Ok(play) => history.plays.extend(play),
                Err(reason) => history
                    .unreadable
                    .push(format!("history row {}: {reason}", start + position + 1)),
            }
        }
        start += rows.len();
        // Without a total the server did not page at all, unless it sent exactly what was asked for.
        let is_complete = match page.integer("totalSize") {
            Some(total) => usize::try_from(total).is_ok_and(|total| start >= total),
            None => rows.len() != PAGE,
        };
        match (rows.is_empty(), is_complete) {
            (_, true) => return Ok(history),
            (true, false) => return Err(RemoteError::bad_answer("the history ends before its announced end")),
            (false, false) if news == 0 => return Err(RemoteError::bad_answer("the history repeats itself")),
            (false, false) => {}
        }
    }
    Err(RemoteError::bad_answer("the history has no end"))
}

/// A row that is a play of an episode since a time; `None` for films, music and live television. Where it has no number or
/// nobody, the show was watched all the same.
fn play(server: ServerId, row: &Element, since: Timestamp) -> Result<Option<HistoryPlay>, String> {
    let kind = row.text("type");
    let is_live = row.flag("live") || row.text("key").is_some_and(|key| key.starts_with("/livetv/"));
    if kind.is_some_and(|kind| kind != "episode") || is_live {
        return Ok(None);
    }
    let viewed_at = row.integer("viewedAt");
    let viewed_at = viewed_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    if viewed_at.is_some_and(|viewed_at| viewed_at < since) {
        return Ok(None);
    }
    if kind.is_none() {
        return Err("it has no type".to_owned());
    }
    let missing = |what: &str| {
        let item = key(row, "ratingKey", "key").unwrap_or_else(|| "of a deleted item".to_owned());
        format!("episode {item} has no {what}")
    };
    let show = show_of(row);
    if show == ShowReference::default() {
        return Err(missing("show"));
    }
    let account = row.text("accountID").filter(|account| *account != "0");
    Ok(Some(HistoryPlay {
        viewer: account.map(|account| ViewerKey {
            server,
            account: account.to_owned(),
        }),
        show,
        season: row.number("parentIndex"),
        episode: row.number("index"),
        viewed_at: viewed_at.ok_or_else(|| missing("time"))?,
    }))
}
