//! Episodes: reading them, and their monitored flags.

use super::super::call::Call;
use super::super::reply::Reply;
use super::super::rows::{Episode, Series};
use super::super::shapes::Detail;
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) fn list(world: &mut World, call: &Call) -> Answer {
    let (with_series, with_file) = (
        call.flag("includeSeries", false)?,
        call.flag("includeEpisodeFile", false)?,
    );
    let ids = call.ints("episodeIds")?;
    let mut rows: Vec<(&Series, &Episode)> = if let Some(series) = call.int("seriesId")? {
        let season = call.int("seasonNumber")?;
        let series = world.series.get(&series).into_iter();
        let all = series.flat_map(|series| series.episodes.iter().map(move |episode| (series, episode)));
        all.filter(|(_, episode)| season.is_none_or(|season| season == i64::from(episode.season)))
            .collect()
    } else if !ids.is_empty() {
        super::editor::all_known(&ids, |id| world.episode(id).is_some())?;
        ids.iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|id| world.episode(*id))
            .collect()
    } else if let Some(file) = call.int("episodeFileId")? {
        let series = world.file(file).map(|(series, _)| series).into_iter();
        series
            .flat_map(|series| series.of_file(file).map(move |episode| (series, episode)))
            .collect()
    } else {
        return Err(Reply::bad_request("seriesId or episodeIds must be provided"));
    };
    if world.settings.quirks.shuffle_episodes {
        rows.sort_by_key(|(_, episode)| {
            let mut hasher = DefaultHasher::new();
            episode.id.hash(&mut hasher);
            hasher.finish()
        });
    }
    let included = !call.version.is_v3();
    let shown = rows.into_iter().map(|(series, episode)| {
        let mut shown = world.episode_json(series, episode);
        include(
            world,
            series,
            episode,
            &mut shown,
            (with_series && included, with_file && included),
        );
        shown
    });
    Ok(Reply::ok(Value::Array(shown.collect())).into())
}

fn include(
    world: &World,
    series: &Series,
    episode: &Episode,
    shown: &mut Value,
    (with_series, with_file): (bool, bool),
) {
    let Some(fields) = shown.as_object_mut() else { return };
    let id = fields.shift_remove("id");
    if let Some(file) = series.file(episode.file).filter(|_| with_file) {
        fields.insert("episodeFile".into(), world.file_json(series, file));
    }
    if with_series {
        fields.insert("series".into(), world.series_json(series, Detail::Bare, false));
    }
    // The id comes last in every object.
    fields.extend(id.map(|id| ("id".to_owned(), id)));
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let (series, episode) = world
        .episode(call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    let mut shown = world.episode_json(series, episode);
    include(world, series, episode, &mut shown, (true, true));
    Ok(Reply::ok(shown).into())
}

/// Only `monitored` is read, and its absence is false.
pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let monitored = call.fields()?.flag("monitored")?.unwrap_or(false);
    let id = call.id();
    let row = world.episode_mut(id).ok_or_else(|| Reply::no_such("Episode", id))?;
    row.monitored = monitored;
    let (series, episode) = world.episode(id).ok_or_else(|| Reply::no_such("Episode", id))?;
    Ok(Reply::accepted(world.episode_json(series, episode)).into())
}

/// Several episodes at once: row by row, and only then it shows that an id was unknown or doubled.
pub(super) fn monitor(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let monitored = fields.flag("monitored")?.unwrap_or(false);
    let Some(ids) = fields.ints("episodeIds")? else {
        let message = "Value cannot be null. (Parameter 'source')";
        return Err(Reply::exception(500, message, "System.ArgumentNullException"));
    };
    if let [only] = ids.as_slice()
        && world.episode(*only).is_none()
    {
        return Err(Reply::no_such("Episode", *only));
    }
    let lock_after = world.settings.quirks.bulk_lock_after.take();
    for (at, id) in ids.iter().enumerate() {
        if lock_after.is_some_and(|rows| at >= rows) {
            return Err(Reply::database_locked());
        }
        if let Some(row) = world.episode_mut(*id) {
            row.monitored = monitored;
        }
    }
    super::editor::all_known(&ids, |id| world.episode(id).is_some())?;
    let rows = ids
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|id| world.episode(*id));
    let shown: Vec<_> = rows
        .map(|(series, episode)| world.episode_json(series, episode))
        .collect();
    Ok(Reply::accepted(json!(shown)).into())
}
