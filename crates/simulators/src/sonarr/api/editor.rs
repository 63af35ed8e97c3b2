//! Changing or removing several series at once. Seasons and episodes are never touched.

use super::super::call::{Call, Fields};
use super::super::reply::{Failures, Reply};
use super::super::rows::SeriesType;
use super::super::shapes::Detail;
use super::super::world::World;
use super::Answer;
use super::update::{check_profile, relocate};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The ids of a list that must all exist, each once.
pub(super) fn all_known(ids: &[i64], known: impl Fn(i64) -> bool) -> Result<(), Reply> {
    let found: BTreeSet<_> = ids.iter().copied().filter(|id| known(*id)).collect();
    if found.len() == ids.len() {
        Ok(())
    } else {
        Err(Reply::row_count(ids.len(), found.len()))
    }
}

pub(super) fn edit(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let ids = fields.ints("seriesIds")?.unwrap_or_default();
    all_known(&ids, |id| world.series.contains_key(&id))?;
    let profile = fields.int("qualityProfileId")?;
    let root = fields.text("rootFolderPath")?.filter(|root| !root.is_empty());
    validate(world, profile, root.as_deref())?;
    let monitored = fields.flag("monitored")?;
    let new_items = fields.choice("monitorNewItems", &["all", "none"])?;
    let series_type = fields.choice("seriesType", &SeriesType::NAMES)?;
    let season_folder = fields.flag("seasonFolder")?;
    let moves = fields.flag("moveFiles")?.unwrap_or(false);
    let tags = new_tags(&fields)?;
    for id in &ids {
        let Some(series) = world.series.get_mut(id) else {
            continue;
        };
        series.monitored = monitored.unwrap_or(series.monitored);
        series.monitor_new_items = new_items.map_or(series.monitor_new_items, |choice| choice == 0);
        series.profile = profile.unwrap_or(series.profile);
        series.series_type = series_type.map_or(series.series_type, SeriesType::from_index);
        series.season_folder = season_folder.unwrap_or(series.season_folder);
        if let Some((tags, how)) = &tags {
            series.tags = Some(merged(series.tags(), tags, *how));
        }
        if let Some(root) = &root {
            let from = series.path.clone();
            let to = format!("{}/{}", root.trim_end_matches('/'), series.folder());
            series.path.clone_from(&to);
            world.used_paths.insert(to.clone());
            if from != to {
                relocate(world, *id, &from, &to, moves);
            }
        }
    }
    let shown: Vec<_> = ids
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|id| world.series.get(id))
        .collect();
    let shown = shown
        .into_iter()
        .map(|series| world.series_json(series, Detail::Bare, false))
        .collect();
    Ok(Reply::accepted(Value::Array(shown)).into())
}

fn validate(world: &World, profile: Option<i64>, root: Option<&str>) -> Result<(), Reply> {
    let mut failures = Failures::default();
    if let Some(profile) = profile {
        check_profile(world, profile, &mut failures);
    }
    if let Some(root) = root.filter(|root| {
        !world
            .disks
            .roots
            .iter()
            .any(|known| known.path == root.trim_end_matches('/'))
    }) {
        let message = format!("Root folder '{root}' does not exist");
        failures.add("RootFolderPath", &message, &json!(root), "RootFolderExistsValidator");
    }
    failures.check()
}

fn new_tags(fields: &Fields) -> Result<Option<(Vec<i64>, usize)>, Reply> {
    let how = fields.choice("applyTags", &["add", "remove", "replace"])?.unwrap_or(0);
    Ok(fields.ints("tags")?.map(|tags| (tags, how)))
}

fn merged(old: &[i64], new: &[i64], how: usize) -> Vec<i64> {
    let old: BTreeSet<_> = old.iter().copied().collect();
    let new: BTreeSet<_> = new.iter().copied().collect();
    match how {
        0 => old.union(&new).copied().collect(),
        1 => old.difference(&new).copied().collect(),
        _ => new.into_iter().collect(),
    }
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let ids = fields.ints("seriesIds")?.unwrap_or_default();
    let delete_files = fields.flag("deleteFiles")?.unwrap_or(false);
    all_known(&ids, |id| world.series.contains_key(&id))?;
    for id in ids {
        world.remove_series(id, delete_files);
    }
    Ok(Reply::ok(json!({})).into())
}
