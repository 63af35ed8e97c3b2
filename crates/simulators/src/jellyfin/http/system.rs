//! What the server says of itself and its libraries.

use super::{Asked, Refusal, Reply};
use crate::jellyfin::{
    JellyfinSim,
    library::Kind,
    wire::pruned,
    world::{Settings, World},
};
use http::Method;
use serde_json::{Value, json};

pub(super) fn answer(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    let settings = sim.settings();
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "info", "public"] => Ok(Reply::Json(public_info(&settings))),
        [_, "ping"] if matches!(asked.method, Method::GET | Method::POST) => {
            let product = settings.dialect.product();
            Ok(if settings.dialect.is_emby() {
                Reply::Text(product.to_owned())
            } else {
                Reply::Json(json!(product))
            })
        }
        [_, "info"] => {
            asked.signed_in()?;
            Ok(Reply::Json(info(&settings)))
        }
        [_, "endpoint"] => {
            asked.signed_in()?;
            Ok(Reply::Json(json!({ "IsLocal": true, "IsInNetwork": true })))
        }
        _ => Err(Refusal::NotFound("")),
    }
}

pub(super) fn library(sim: &JellyfinSim, asked: &Asked) -> Result<Reply, Refusal> {
    let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "virtualfolders"] => sim.with(|world| {
            asked.administrator(world)?;
            Ok(Reply::Json(folders(world)))
        }),
        _ => Err(Refusal::NotFound("")),
    }
}

fn public_info(settings: &Settings) -> Value {
    let emby = settings.dialect.is_emby();
    pruned(json!({
        "LocalAddress": "http://192.168.1.11:8096",
        "LocalAddresses": emby.then_some(["http://192.168.1.11:8096"]),
        "WanAddress": emby.then_some("http://203.0.113.20:8096"),
        "RemoteAddresses": emby.then_some(["http://203.0.113.20:8096"]),
        "ServerName": settings.server_name,
        "Version": settings.dialect.version(),
        "ProductName": (!emby).then(|| settings.dialect.product()),
        "OperatingSystem": (!emby).then_some(""),
        "Id": settings.server_id,
        // Before everything is there, the start-up server does not know better.
        "StartupWizardCompleted": (!emby).then_some(!settings.starting),
    }))
}

fn info(settings: &Settings) -> Value {
    let mut info = public_info(settings);
    let more = json!({
        "HasPendingRestart": false,
        "IsShuttingDown": false,
        "SupportsLibraryMonitor": true,
        "WebSocketPortNumber": 8096,
        "CompletedInstallations": [],
        "CanSelfRestart": true,
        "OperatingSystemDisplayName": "",
        "SystemArchitecture": "X64",
    });
    if let (Some(info), Value::Object(more)) = (info.as_object_mut(), more) {
        info.extend(more);
    }
    info
}

fn folders(world: &World) -> Value {
    let libraries = world.items.values().filter(|item| item.kind == Kind::Library);
    let folder = |item: &crate::jellyfin::library::Item| {
        json!({
            "Name": item.name,
            "Locations": [item.path],
            "CollectionType": item.collection,
            "ItemId": item.id,
            "LibraryOptions": { "Enabled": true },
        })
    };
    Value::Array(libraries.map(folder).collect())
}
