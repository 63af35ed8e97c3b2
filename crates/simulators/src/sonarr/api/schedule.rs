//! What airs, and what is missing.

use super::super::call::Call;
use super::super::reply::Reply;
use super::super::rows::{Episode, Series};
use super::super::shapes::Detail;
use super::super::world::World;
use super::Answer;
use super::queue::{Paging, direction};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn all(world: &World) -> impl Iterator<Item = (&Series, &Episode)> {
    world
        .series
        .values()
        .flat_map(|series| series.episodes.iter().map(move |episode| (series, episode)))
}

fn shown(world: &World, series: &Series, episode: &Episode, with_series: bool) -> Value {
    let mut shown = world.episode_json(series, episode);
    if let Some(fields) = shown.as_object_mut().filter(|_| with_series) {
        let id = fields.shift_remove("id");
        fields.insert("series".into(), world.series_json(series, Detail::Bare, false));
        fields.extend(id.map(|id| ("id".to_owned(), id)));
    }
    shown
}

pub(super) fn calendar(world: &mut World, call: &Call) -> Answer {
    const DAY: i64 = 86_400;
    let midnight = Timestamp::from_second(world.now.as_second().div_euclid(DAY) * DAY).unwrap_or(world.now);
    let start = call.time("start")?.unwrap_or(midnight);
    let end = call
        .time("end")?
        .unwrap_or(midnight + SignedDuration::from_secs(2 * DAY));
    let unmonitored = call.flag("unmonitored", false)?;
    let with_series = call.flag("includeSeries", false)?;
    let tags = tags(world, call.text("tags").unwrap_or_default())?;
    let mut rows: Vec<_> = all(world)
        .filter(|(_, episode)| episode.airs.is_some_and(|airs| airs >= start && airs <= end))
        .filter(|(series, episode)| unmonitored || (series.monitored && episode.monitored))
        .filter(|(series, _)| tags.is_empty() || tags.iter().any(|tag| series.tags().contains(tag)))
        .collect();
    rows.sort_by_key(|(_, episode)| (episode.airs, episode.id));
    let list: Vec<_> = rows
        .into_iter()
        .map(|(series, episode)| shown(world, series, episode, with_series))
        .collect();
    Ok(Reply::ok(json!(list)).into())
}

fn tags(world: &World, list: &str) -> Result<Vec<i64>, Reply> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let by_label = world
                .tags
                .iter()
                .find(|(id, label)| id.to_string() == part || **label == part);
            by_label
                .map(|(id, _)| *id)
                .ok_or_else(|| Reply::exception(500, "Tag not found", "System.Exception"))
        })
        .collect()
}

pub(super) fn missing(world: &mut World, call: &Call) -> Answer {
    let monitored = call.flag("monitored", true)?;
    let with_series = call.flag("includeSeries", false)?;
    let now = world.now;
    let over = |series: &Series, airs: Timestamp| airs + SignedDuration::from_mins(series.runtime.into()) <= now;
    let mut rows: Vec<_> = all(world)
        .filter(|(series, episode)| episode.file == 0 && episode.airs.is_some_and(|airs| over(series, airs)))
        .filter(|(series, episode)| (series.monitored && episode.monitored) == monitored)
        .collect();
    rows.sort_by_key(|(_, episode)| (episode.airs, episode.id));
    let descending = direction(call)?;
    if descending {
        rows.reverse();
    }
    let paging = Paging::read(call)?;
    let page = paging.within(rows.len());
    let records: Vec<_> = paging
        .slice(page, rows.iter())
        .map(|(series, episode)| shown(world, series, episode, with_series))
        .collect();
    Ok(Reply::ok(paging.envelope(page, "episodes.airDateUtc", descending, rows.len(), &records)).into())
}
