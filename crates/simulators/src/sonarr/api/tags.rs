//! Tags: stored in lower case, and gone after a day when nothing uses them.

use super::super::call::Call;
use super::super::reply::{Failures, Reply};
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};

fn shown(id: i64, label: &str) -> Value {
    json!({"label": label, "id": id})
}

pub(super) fn list(world: &mut World, _call: &Call) -> Answer {
    let mut tags: Vec<_> = world.tags.iter().collect();
    tags.sort_by_key(|(_, label)| label.as_str());
    Ok(Reply::ok(tags.into_iter().map(|(id, label)| shown(*id, label)).collect()).into())
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let label = world
        .tags
        .get(&call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(shown(call.id(), label)).into())
}

fn users(world: &World, id: i64) -> (Vec<i64>, Vec<i64>) {
    let series = world
        .series
        .values()
        .filter(|series| series.tags().contains(&id))
        .map(|series| series.id);
    let connections = world
        .connections
        .values()
        .filter(|c| c.tags().contains(&id))
        .map(|c| c.id);
    (series.collect(), connections.collect())
}

fn with_users(world: &World, id: i64, label: &str) -> Value {
    let (series, connections) = users(world, id);
    json!({
        "label": label, "delayProfileIds": [], "importListIds": [], "notificationIds": connections, "restrictionIds": [],
        "indexerIds": [], "downloadClientIds": [], "autoTagIds": [], "seriesIds": series, "id": id,
    })
}

pub(super) fn details(world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(
        world
            .tags
            .iter()
            .map(|(id, label)| with_users(world, *id, label))
            .collect(),
    )
    .into())
}

pub(super) fn detail(world: &mut World, call: &Call) -> Answer {
    let label = world
        .tags
        .get(&call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(with_users(world, call.id(), label)).into())
}

/// The test for an existing label minds the case, the stored label does not: "Keep" beside "keep" is a conflict.
pub(super) fn add(world: &mut World, call: &Call) -> Answer {
    let Some(label) = call.fields()?.text("label")? else {
        let message = "Object reference not set to an instance of an object.";
        return Err(Reply::exception(500, message, "System.NullReferenceException"));
    };
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if call.version.is_v5() && (label.is_empty() || !label.chars().all(allowed)) {
        let mut failures = Failures::default();
        failures.add(
            "Label",
            "'Label' is not in the correct format.",
            &json!(label),
            "RegularExpressionValidator",
        );
        failures.check()?;
    }
    let known = world
        .tags
        .iter()
        .find(|(_, known)| **known == label.to_lowercase())
        .map(|(id, _)| *id);
    if known.is_some() && label != label.to_lowercase() {
        return Err(super::update::constraint("Tags.Label"));
    }
    let id = world.tag_id(&label);
    let stored = world.tags.get(&id).cloned().unwrap_or_default();
    let location = format!("{}/api/v3/tag/{id}", world.settings.url_base);
    Ok(Reply::created(location, shown(id, &stored)).into())
}

pub(super) fn rename(world: &mut World, call: &Call) -> Answer {
    let label = call.fields()?.text("label")?.unwrap_or_default().to_lowercase();
    let id = call.id();
    let stored = world.tags.get_mut(&id).ok_or_else(|| Reply::no_such("Tag", id))?;
    stored.clone_from(&label);
    Ok(Reply::accepted(shown(id, &label)).into())
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let id = call.id();
    let label = world.tags.get(&id).cloned().ok_or_else(|| Reply::no_such("Tag", id))?;
    let (series, connections) = users(world, id);
    if !series.is_empty() || !connections.is_empty() {
        let message = format!("'[{label}]' cannot be deleted since it's still in use");
        return Err(Reply::exception(
            409,
            &message,
            "NzbDrone.Core.Datastore.ModelConflictException",
        ));
    }
    world.tags.remove(&id);
    Ok(Reply::deleted(call.version).into())
}
