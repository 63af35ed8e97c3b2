//! Commands over HTTP.

use super::super::call::Call;
use super::super::commands::kind_named;
use super::super::reply::{Failures, Reply};
use super::super::rows::CommandStatus;
use super::super::search::own_fields;
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};

pub(super) fn post(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let name = fields.text("name")?.unwrap_or_default();
    if name.is_empty() {
        let mut failures = Failures::default();
        failures.add("Name", "'Name' must not be empty.", &json!(name), "NotEmptyValidator");
        failures.check()?;
    }
    let Some(kind) = kind_named(&name) else {
        return Err(Reply::invalid_operation(
            call.version,
            "Sequence contains no matching element",
        ));
    };
    // A field of another type fails here; a target that does not exist fails later.
    for field in ["seriesId", "seasonNumber"] {
        fields.int(field)?;
    }
    for field in ["episodeIds", "seriesIds"] {
        fields.ints(field)?;
    }
    let id = world.queue_command(kind.name, own_fields(kind, &fields), "manual");
    let command = world.commands.get(&id).ok_or_else(|| Reply::no_such("Command", id))?;
    let location = format!("{}/api/v3/command/{id}", world.settings.url_base);
    Ok(Reply::created(location, world.command_json(command)).into())
}

/// What is in memory: running ones first.
pub(super) fn list(world: &mut World, _call: &Call) -> Answer {
    let mut commands: Vec<_> = world
        .commands
        .values()
        .filter(|command| command.in_memory(world.now))
        .collect();
    commands.sort_by_key(|command| match command.status {
        CommandStatus::Started => 0,
        CommandStatus::Queued => 1,
        CommandStatus::Completed | CommandStatus::Failed => 2,
    });
    let list = commands
        .into_iter()
        .map(|command| world.command_json(command))
        .collect();
    Ok(Reply::ok(Value::Array(list)).into())
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let command = world
        .commands
        .get(&call.id())
        .filter(|command| !command.is_forgotten(world.now));
    let command = command.ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(world.command_json(command)).into())
}

/// Only a queued command can be cancelled; its row stays queued for ever.
pub(super) fn cancel(world: &mut World, call: &Call) -> Answer {
    let id = call.id();
    let command = world
        .commands
        .get_mut(&id)
        .ok_or_else(|| Reply::no_such("Command", id))?;
    let Some(at) = world.waiting.iter().position(|waiting| *waiting == id) else {
        let kind = "NzbDrone.Core.Exceptions.NzbDroneClientException";
        return Err(Reply::exception(409, "Unable to cancel task", kind));
    };
    world.waiting.remove(at);
    command.cancelled = true;
    Ok(Reply::deleted(call.version).into())
}
