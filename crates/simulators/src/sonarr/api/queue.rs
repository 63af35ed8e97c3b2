//! The download queue: one record for each episode of each download.

use super::super::call::Call;
use super::super::reply::Reply;
use super::super::rows::Download;
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};
use std::cmp::Ordering;

fn visible(world: &World) -> Vec<(&Download, i64)> {
    let shown = world.downloads.iter().filter(|download| download.is_visible(world.now));
    shown
        .flat_map(|download| download.episodes.iter().map(move |episode| (download, *episode)))
        .collect()
}

const SORT_KEYS: [&str; 9] = [
    "timeleft",
    "added",
    "estimatedCompletionTime",
    "size",
    "status",
    "title",
    "progress",
    "episode",
    "series.sortTitle",
];

pub(super) fn page(world: &mut World, call: &Call) -> Answer {
    let (with_series, with_episode) = (call.flag("includeSeries", false)?, call.flag("includeEpisode", false)?);
    let series = call.ints("seriesIds")?;
    let mut rows = visible(world);
    rows.retain(|(download, _)| series.is_empty() || series.contains(&download.series));
    let asked = call.text("sortKey").unwrap_or_default();
    let key = SORT_KEYS
        .iter()
        .find(|key| key.eq_ignore_ascii_case(asked))
        .copied()
        .unwrap_or("timeleft");
    let descending = direction(call)?;
    rows.sort_by(|left, right| {
        let order = compare(world, key, left, right);
        if descending { order.reverse() } else { order }
    });
    let paging = Paging::read(call)?;
    let page = paging.within(rows.len());
    let records: Vec<_> = paging
        .slice(page, rows.iter())
        .map(|(download, episode)| world.queue_json(download, *episode, with_series, with_episode))
        .collect();
    Ok(Reply::ok(paging.envelope(page, key, descending, rows.len(), &records)).into())
}

fn compare(world: &World, key: &str, left: &(&Download, i64), right: &(&Download, i64)) -> Ordering {
    let now = world.now;
    match key {
        "added" => left.0.grabbed.cmp(&right.0.grabbed),
        "size" => left.0.size.cmp(&right.0.size),
        "title" => left.0.title.cmp(&right.0.title),
        "status" => (left.0.downloaded <= now).cmp(&(right.0.downloaded <= now)),
        "progress" => right.0.left(now).cmp(&left.0.left(now)),
        "episode" => left.1.cmp(&right.1),
        "series.sortTitle" => left.0.series.cmp(&right.0.series),
        _ => left.0.downloaded.cmp(&right.0.downloaded),
    }
}

/// Whether a list is descending, which is what Sonarr does unless told otherwise.
pub(super) fn direction(call: &Call) -> Result<bool, Reply> {
    match call.text("sortDirection").map(str::to_ascii_lowercase).as_deref() {
        None | Some("descending" | "default" | "0" | "2") => Ok(true),
        Some("ascending" | "1") => Ok(false),
        Some(other) => Err(Reply::unbindable(
            "sortDirection",
            &format!("The value '{other}' is not valid."),
        )),
    }
}

/// A page of a longer list.
pub(super) struct Paging {
    page: usize,
    size: usize,
}

impl Paging {
    pub(super) fn read(call: &Call) -> Result<Self, Reply> {
        let number =
            |value: Option<i64>, default: usize| value.and_then(|v| usize::try_from(v).ok()).unwrap_or(default);
        Ok(Self {
            page: number(call.int("page")?, 1).max(1),
            size: number(call.int("pageSize")?, 10).max(1),
        })
    }

    /// A page past the end is pulled back to the last one.
    pub(super) fn within(&self, total: usize) -> usize {
        self.page.min(total.div_ceil(self.size).max(1))
    }

    pub(super) fn as_asked(&self) -> usize {
        self.page
    }

    pub(super) fn slice<T>(&self, page: usize, rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        rows.skip((page - 1).saturating_mul(self.size)).take(self.size)
    }

    pub(super) fn envelope(&self, page: usize, key: &str, descending: bool, total: usize, records: &[Value]) -> Value {
        json!({
            "page": page,
            "pageSize": self.size,
            "sortKey": key,
            "sortDirection": if descending { "descending" } else { "ascending" },
            "totalRecords": total,
            "records": records,
        })
    }
}

pub(super) fn details(world: &mut World, call: &Call) -> Answer {
    let (with_series, with_episode) = (call.flag("includeSeries", false)?, call.flag("includeEpisode", false)?);
    let (series, episodes) = (call.int("seriesId")?, call.ints("episodeIds")?);
    let rows = visible(world).into_iter().filter(|(download, episode)| match series {
        Some(series) => download.series == series,
        None => episodes.is_empty() || episodes.contains(episode),
    });
    let shown = rows.map(|(download, episode)| world.queue_json(download, episode, with_series, with_episode));
    Ok(Reply::ok(Value::Array(shown.collect())).into())
}

pub(super) fn status(world: &mut World, _call: &Call) -> Answer {
    let rows = visible(world);
    let warnings = rows
        .iter()
        .any(|(download, _)| download.stuck && download.downloaded <= world.now);
    Ok(Reply::ok(json!({
        "totalCount": rows.len(), "count": rows.len(), "unknownCount": 0, "errors": false, "warnings": warnings,
        "unknownErrors": false, "unknownWarnings": false,
    }))
    .into())
}

/// Removing one episode's record removes the whole download.
pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    if !take(world, call.id()) {
        return Err(Reply::json(404, json!({"message": "NotFound"})));
    }
    Ok(Reply::deleted(call.version).into())
}

pub(super) fn remove_many(world: &mut World, call: &Call) -> Answer {
    for id in call.fields()?.ints("ids")?.unwrap_or_default() {
        // A record that went with another one of its download is no error.
        take(world, id);
    }
    Ok(Reply::ok(json!({})).into())
}

fn take(world: &mut World, record: i64) -> bool {
    let before = world.downloads.len();
    world.downloads.retain(|download| {
        !download
            .episodes
            .iter()
            .any(|episode| download.record_id(*episode) == record)
    });
    world.downloads.len() < before
}
