//! Episode files: reading and deleting them.

use super::super::call::Call;
use super::super::disk::Stray;
use super::super::reply::Reply;
use super::super::rows::{DeleteReason, File};
use super::super::world::World;
use super::editor::all_known;
use super::{Answer, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn list(world: &mut World, call: &Call) -> Answer {
    let ids = call.ints("episodeFileIds")?;
    let shown: Vec<Value> = if let Some(id) = call.int("seriesId")? {
        let series = world.series.get(&id).ok_or_else(|| Reply::no_such("Series", id))?;
        series.files.iter().map(|file| world.file_json(series, file)).collect()
    } else if ids.is_empty() {
        return Err(Reply::bad_request("seriesId or episodeFileIds must be provided"));
    } else {
        all_known(&ids, |id| world.file(id).is_some())?;
        let rows = ids
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|id| world.file(*id));
        rows.map(|(series, file)| world.file_json(series, file)).collect()
    };
    Ok(Reply::ok(Value::Array(shown)).into())
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let (series, file) = world
        .file(call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(world.file_json(series, file)).into())
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let id = call.id();
    let home = world
        .file(id)
        .map(|(series, _)| series.id)
        .ok_or_else(|| Reply::no_such("EpisodeFile", id))?;
    let (series, file, bin) = take(world, id, home)?;
    world.tell_of_deletion(series, &file, DeleteReason::Manual, bin.as_deref());
    let version = call.version;
    if world.settings.quirks.hook_before_unlink {
        return Ok(Outcome::AfterHooks(Box::new(move |world| {
            world.unlink(series, &file, DeleteReason::Manual);
            Reply::deleted(version)
        })));
    }
    world.unlink(series, &file, DeleteReason::Manual);
    Ok(Reply::deleted(version).into())
}

/// Checks the root, removes the file from the disk if it is there, and its row. `home` is the series whose folder is looked into.
fn take(world: &mut World, id: i64, home: i64) -> Result<(i64, File, Option<String>), Reply> {
    let unknown = || Reply::no_such("EpisodeFile", id);
    let folder_of = world.series.get(&home).ok_or_else(unknown)?;
    if let Some(trouble) = world.root_trouble(folder_of) {
        return Err(Reply::exception(
            409,
            &trouble,
            "NzbDrone.Core.Exceptions.NzbDroneClientException",
        ));
    }
    let (series, file) = world.file(id).ok_or_else(unknown)?;
    let path = format!("{}/{}", series.path, file.relative_path);
    let (is_home, here, size) = (
        series.id == home,
        file.on_disk && world.folder_present(series),
        file.size,
    );
    let mut bin = None;
    if is_home && here {
        if world.settings.quirks.deletions_left == Some(0) {
            let kind = "NzbDrone.Core.Exceptions.NzbDroneClientException";
            return Err(Reply::exception(500, "Unable to delete episode file", kind));
        }
        if let Some(left) = &mut world.settings.quirks.deletions_left {
            *left -= 1;
        }
        bin = world.erase(&path, size);
    } else if here {
        // The path was built from another series' folder, where nothing is: the file stays and a scan finds it again.
        let numbers = series.of_file(id).map(|episode| episode.number).collect();
        let stray = Stray {
            season: file.season,
            numbers,
            size,
        };
        world.disks.strays.insert(path, stray);
    }
    let (series, file) = world.drop_file_row(id).ok_or_else(unknown)?;
    Ok((series, file, bin))
}

/// Several files, one after the other. All paths are built from the series of the first.
pub(super) fn remove_many(world: &mut World, call: &Call) -> Answer {
    let ids = call.fields()?.ints("episodeFileIds")?.unwrap_or_default();
    all_known(&ids, |id| world.file(id).is_some())?;
    let ids: BTreeSet<_> = ids.into_iter().collect();
    let first = ids.first().and_then(|id| world.file(*id)).map(|(series, _)| series.id);
    let Some(home) = first else {
        return Err(Reply::invalid_operation(call.version, "Sequence contains no elements"));
    };
    for id in ids {
        let (series, file, bin) = take(world, id, home)?;
        world.file_deleted(series, &file, DeleteReason::Manual, bin.as_deref());
    }
    Ok(Reply::ok(json!({})).into())
}
