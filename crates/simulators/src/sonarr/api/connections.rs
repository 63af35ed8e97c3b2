//! Notification connections. Storing one calls it first, inside of the request.

use super::super::call::{Call, Fields};
use super::super::hooks::Connection;
use super::super::reply::{Failures, Reply};
use super::super::world::World;
use super::{Answer, Outcome};
use serde_json::{Map, Value, json};

/// What a password is shown as, and what keeps the stored one when it is sent back.
const MASK: &str = "********";

const EVENTS: [&str; 13] = [
    "onGrab",
    "onDownload",
    "onUpgrade",
    "onImportComplete",
    "onRename",
    "onSeriesAdd",
    "onSeriesDelete",
    "onEpisodeFileDelete",
    "onEpisodeFileDeleteForUpgrade",
    "onHealthIssue",
    "onHealthRestored",
    "onApplicationUpdate",
    "onManualInteractionRequired",
];

const FIELDS: [(&str, &str, &str); 5] = [
    ("url", "Webhook URL", "url"),
    ("method", "Method", "select"),
    ("username", "Username", "textbox"),
    ("password", "Password", "password"),
    ("headers", "Headers", "keyValueList"),
];

fn shown(connection: &Connection) -> Value {
    let fields: Vec<_> = FIELDS
        .iter()
        .enumerate()
        .map(|(order, (name, label, kind))| {
            let value = match connection.field(name) {
                Some(value) if *kind == "password" && value != "" => json!(MASK),
                Some(value) => value.clone(),
                None => Value::Null,
            };
            json!({
                "order": order, "name": name, "label": label, "value": value, "type": kind, "advanced": *name == "headers",
                "privacy": match *name { "password" => "password", "username" => "userName", _ => "normal" }, "isFloat": false,
            })
        })
        .collect();
    let mut out = Map::new();
    for event in EVENTS {
        out.insert(event.into(), json!(connection.wants(event)));
    }
    for event in EVENTS {
        out.insert(format!("supportsO{}", &event[1..]), json!(true));
    }
    out.insert(
        "includeHealthWarnings".into(),
        json!(connection.wants("includeHealthWarnings")),
    );
    out.insert(
        "name".into(),
        connection.resource.get("name").cloned().unwrap_or_default(),
    );
    out.insert("fields".into(), json!(fields));
    out.insert("implementationName".into(), json!("Webhook"));
    out.insert("implementation".into(), json!("Webhook"));
    out.insert("configContract".into(), json!("WebhookSettings"));
    out.insert(
        "infoLink".into(),
        json!("https://wiki.servarr.com/sonarr/supported#webhook"),
    );
    out.insert("tags".into(), json!(connection.tags()));
    out.insert("id".into(), json!(connection.id));
    if connection.id == 0 {
        out.shift_remove("id");
    }
    Value::Object(out)
}

pub(super) fn list(world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(world.connections.values().map(shown).collect()).into())
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let connection = world
        .connections
        .get(&call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(shown(connection)).into())
}

pub(super) fn schema(_world: &mut World, _call: &Call) -> Answer {
    let resource = json!({"name": "", "fields": [{"name": "method", "value": 1}], "tags": []});
    Ok(Reply::ok(json!([shown(&built(
        0,
        resource.as_object().cloned().unwrap_or_default()
    ))]))
    .into())
}

fn built(id: i64, resource: Map<String, Value>) -> Connection {
    Connection {
        id,
        resource,
        failing_since: None,
        level: 0,
        silent_until: None,
    }
}

/// The connection that a body describes, with a masked password replaced by the stored one.
fn described(world: &World, id: i64, fields: Fields) -> Result<Connection, Reply> {
    let mut failures = Failures::default();
    let name = fields.text("name")?.unwrap_or_default();
    if name.trim().is_empty() {
        failures.add("Name", "'Name' must not be empty.", &json!(name), "NotEmptyValidator");
    }
    let others = || world.connections.values().filter(|other| other.id != id);
    if others().any(|other| other.resource.get("name").and_then(Value::as_str) == Some(&name)) {
        failures.add("Name", "Should be unique", &json!(name), "PredicateValidator");
    }
    let mut connection = built(id, fields.0);
    let url = connection.field("url").and_then(Value::as_str).unwrap_or_default();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        failures.add("Url", "Invalid Url", &json!(url), "PredicateValidator");
    }
    failures.check()?;
    let old = world
        .connections
        .get(&id)
        .and_then(|old| old.field("password"))
        .cloned();
    if let Some(fields) = connection.resource.get_mut("fields").and_then(Value::as_array_mut) {
        for field in fields
            .iter_mut()
            .filter(|field| field["name"] == "password" && field["value"] == MASK)
        {
            field["value"] = old.clone().unwrap_or_default();
        }
    }
    Ok(connection)
}

fn tried(
    world: &World,
    connection: Connection,
    then: impl FnOnce(&mut World, Connection) -> Reply + Send + 'static,
) -> Outcome {
    let mut hook = connection.hook(world.test_payload(), world.agent(), world.settings.hook_timeout);
    hook.connection = None;
    Outcome::Probe(
        Box::new(hook),
        Box::new(move |world, result| match result {
            Ok(status) if status < 400 => then(world, connection),
            Ok(status) => {
                let message = format!("Unable to send test message: HTTP request failed: [{status}]");
                Failures::provider("Url", &message)
            }
            Err(reason) => Reply::exception(500, &reason, "System.Net.Http.HttpRequestException"),
        }),
    )
}

pub(super) fn add(world: &mut World, call: &Call) -> Answer {
    let connection = described(world, 0, call.fields()?)?;
    let store = |world: &mut World, mut connection: Connection| {
        connection.id = world.next_connection;
        world.next_connection += 1;
        let location = format!("{}/api/v3/notification/{}", world.settings.url_base, connection.id);
        let reply = Reply::created(location, shown(&connection));
        world.connections.insert(connection.id, connection);
        reply
    };
    if connection.wants_any() {
        return Ok(tried(world, connection, store));
    }
    Ok(store(world, connection).into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let id = call.id();
    if !world.connections.contains_key(&id) {
        return Err(Reply::no_such("Notification", id));
    }
    let connection = described(world, id, call.fields()?)?;
    let store = |world: &mut World, connection: Connection| {
        let reply = Reply::accepted(shown(&connection));
        world.connections.insert(connection.id, connection);
        reply
    };
    if connection.wants_any() {
        return Ok(tried(world, connection, store));
    }
    Ok(store(world, connection).into())
}

pub(super) fn test(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let id = fields.int("id")?.unwrap_or(0);
    let connection = described(world, id, fields)?;
    Ok(tried(world, connection, |_, _| Reply::ok(json!({}))))
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    world.connections.remove(&call.id());
    Ok(Reply::ok(json!({})).into())
}
