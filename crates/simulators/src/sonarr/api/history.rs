//! History.

use super::super::call::Call;
use super::super::reply::Reply;
use super::super::rows::{History, HistoryEvent};
use super::super::world::World;
use super::Answer;
use super::queue::{Paging, direction};
use serde_json::Value;

const EVENTS: [HistoryEvent; 4] = [
    HistoryEvent::Grabbed,
    HistoryEvent::DownloadFolderImported,
    HistoryEvent::DownloadFailed,
    HistoryEvent::EpisodeFileDeleted,
];

/// An event by its name or number; one that never happens here matches nothing.
fn event(call: &Call) -> Option<Option<HistoryEvent>> {
    let asked = call.text("eventType")?;
    let known = EVENTS
        .iter()
        .find(|e| e.name().eq_ignore_ascii_case(asked) || e.number().to_string() == asked);
    Some(known.copied())
}

pub(super) fn of_series(world: &mut World, call: &Call) -> Answer {
    let id = call.int("seriesId")?.unwrap_or(0);
    let series = world.series.get(&id).ok_or_else(|| Reply::no_such("Series", id))?;
    let season = call.int("seasonNumber")?;
    let with_series = call.flag("includeSeries", false)?;
    let with_episode = call.flag("includeEpisode", false)? && season.is_some();
    let wanted = event(call);
    let in_season = |row: &&History| match season {
        Some(season) => series
            .episode(row.episode)
            .is_some_and(|episode| i64::from(episode.season) == season),
        None => true,
    };
    let rows = world
        .history
        .iter()
        .rev()
        .filter(|row| row.series == id)
        .filter(in_season);
    let rows = rows.filter(|row| wanted.is_none_or(|event| event == Some(row.event)));
    let shown = rows
        .map(|row| world.history_json(row, with_series, with_episode))
        .collect();
    Ok(Reply::ok(Value::Array(shown)).into())
}

pub(super) fn since(world: &mut World, call: &Call) -> Answer {
    let from = call.time("date")?.unwrap_or(jiff::Timestamp::MIN);
    let wanted = event(call);
    let (with_series, with_episode) = (call.flag("includeSeries", false)?, call.flag("includeEpisode", false)?);
    let rows = world.history.iter().filter(|row| row.date >= from);
    let rows = rows.filter(|row| wanted.is_none_or(|event| event == Some(row.event)));
    let shown = rows
        .map(|row| world.history_json(row, with_series, with_episode))
        .collect();
    Ok(Reply::ok(Value::Array(shown)).into())
}

pub(super) fn page(world: &mut World, call: &Call) -> Answer {
    let (with_series, with_episode) = (call.flag("includeSeries", false)?, call.flag("includeEpisode", false)?);
    let (events, series) = (call.ints("eventType")?, call.ints("seriesIds")?);
    let (episode, download) = (call.int("episodeId")?, call.text("downloadId"));
    let mut rows: Vec<_> = world
        .history
        .iter()
        .filter(|row| events.is_empty() || events.contains(&row.event.number()))
        .filter(|row| series.is_empty() || series.contains(&row.series))
        .filter(|row| episode.is_none_or(|id| id == row.episode))
        .filter(|row| download.is_none_or(|id| row.download_id.as_deref() == Some(id)))
        .collect();
    let descending = direction(call)?;
    if descending {
        rows.reverse();
    }
    let paging = Paging::read(call)?;
    let page = paging.as_asked();
    let records: Vec<_> = paging
        .slice(page, rows.iter())
        .map(|row| world.history_json(row, with_series, with_episode))
        .collect();
    Ok(Reply::ok(paging.envelope(page, "date", descending, rows.len(), &records)).into())
}
