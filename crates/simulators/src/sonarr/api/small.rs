//! The small resources: status, folders, disks, profiles, settings.

use super::super::call::Call;
use super::super::disk::Root;
use super::super::json::stamp_text;
use super::super::reply::{Failures, Reply};
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};

/// The quality profiles there are.
pub(super) const PROFILES: [(i64, &str); 3] = [(1, "Any"), (4, "HD-1080p"), (5, "Ultra-HD")];

pub(super) fn status(world: &mut World, call: &Call) -> Answer {
    let (version, settings) = (call.version, &world.settings);
    let v3 = version.is_v3();
    Ok(Reply::ok(json!({
        "appName": "Sonarr",
        "instanceName": (!v3).then_some(&settings.instance_name),
        "version": version.to_string(),
        "buildTime": "2026-06-26T17:10:00Z",
        "isDebug": false, "isProduction": true, "isAdmin": false, "isUserInteractive": false,
        "startupPath": "/app/sonarr/bin", "appData": "/config", "osName": "alpine", "osVersion": "3.20.3",
        "isMonoRuntime": v3.then_some(true), "isMono": v3.then_some(true),
        "isNetCore": (!v3).then_some(true), "isLinux": true, "isOsx": false, "isWindows": false, "isDocker": (!v3).then_some(true),
        "isContainerized": version.is_v5().then_some(true),
        "mode": "console", "branch": if version.is_v5() { "v5-develop" } else { "main" },
        "authentication": settings.ui_auth.name(),
        "sqliteVersion": v3.then_some("3.40.1"),
        "migrationVersion": (!v3).then_some(217),
        "urlBase": settings.url_base,
        "runtimeVersion": if v3 { "6.12.0.182" } else { "6.0.36" },
        "runtimeName": if v3 { "mono" } else { ".NET" },
        "startTime": stamp_text(world.started_at),
        "packageVersion": format!("{version}-ls301"),
        "packageAuthor": "[linuxserver.io](https://linuxserver.io)",
        "packageUpdateMechanism": "docker",
        "databaseVersion": (!v3).then_some("3.48.0"),
        "databaseType": (!v3).then_some("sqLite"),
    }))
    .into())
}

pub(super) fn health(world: &mut World, _call: &Call) -> Answer {
    let mut items = Vec::new();
    let mut item = |source: &str, kind: &str, message: String| {
        items.push(json!({
            "source": source, "type": kind, "message": message,
            "wikiUrl": format!("https://wiki.servarr.com/sonarr/system#{}", source.to_lowercase()),
        }));
    };
    if world.settings.indexers == 0 {
        item(
            "IndexerRssCheck",
            "error",
            "No indexers available with RSS sync enabled, Sonarr will not grab new releases automatically".into(),
        );
    }
    for root in world.disks.roots.iter().filter(|root| !root.mounted) {
        item(
            "RootFolderCheck",
            "error",
            format!("Missing root folder: {}", root.path),
        );
    }
    Ok(Reply::ok(Value::Array(items)).into())
}

pub(super) fn disk_space(world: &mut World, _call: &Call) -> Answer {
    let mounts = world.disks.mounts.iter().filter(|mount| {
        world
            .disks
            .roots
            .iter()
            .all(|root| root.mounted || root.path != mount.path)
    });
    let shown = mounts.map(|mount| {
        json!({"path": mount.path, "label": "", "freeSpace": mount.total - mount.used, "totalSpace": mount.total})
    });
    Ok(Reply::ok(Value::Array(shown.collect())).into())
}

fn root_json(world: &World, root: &Root) -> Value {
    let mount = world.disks.mount(&root.path).filter(|_| root.mounted);
    json!({
        "path": root.path,
        "accessible": root.mounted,
        "freeSpace": mount.map(|mount| mount.total - mount.used),
        "totalSpace": mount.filter(|_| world.settings.version.is_v5()).map(|mount| mount.total),
        "unmappedFolders": [],
        "id": root.id,
    })
}

pub(super) fn root_folders(world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(world.disks.roots.iter().map(|root| root_json(world, root)).collect()).into())
}

pub(super) fn add_root_folder(world: &mut World, call: &Call) -> Answer {
    let path = call
        .fields()?
        .text("path")?
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    let mut failures = Failures::default();
    if !path.starts_with('/') {
        failures.add("Path", "Invalid Path", &json!(path), "PathValidator");
    } else if world.disks.roots.iter().any(|root| root.path == path) {
        failures.add(
            "Path",
            "Path is already configured as a root folder",
            &json!(path),
            "RootFolderValidator",
        );
    }
    failures.check()?;
    let root = world.add_root(&path);
    let location = format!("{}/api/v3/rootfolder/{}", world.settings.url_base, root.id);
    Ok(Reply::created(location, root_json(world, &root)).into())
}

fn profile_json(id: i64, name: &str) -> Value {
    json!({
        "name": name, "upgradeAllowed": false, "cutoff": 3,
        "items": [
            {"quality": {"id": 9, "name": "HDTV-1080p", "source": "television", "resolution": 1080}, "items": [], "allowed": true},
            {"name": "WEB 1080p", "items": [
                {"quality": {"id": 15, "name": "WEBRip-1080p", "source": "webRip", "resolution": 1080}, "items": [], "allowed": true},
                {"quality": {"id": 3, "name": "WEBDL-1080p", "source": "web", "resolution": 1080}, "items": [], "allowed": true},
            ], "allowed": true, "id": 1002},
        ],
        "minFormatScore": 0, "cutoffFormatScore": 0, "minUpgradeFormatScore": 1, "formatItems": [], "id": id,
    })
}

pub(super) fn profiles(_world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(PROFILES.iter().map(|(id, name)| profile_json(*id, name)).collect()).into())
}

pub(super) fn profile(_world: &mut World, call: &Call) -> Answer {
    let (id, name) = PROFILES
        .iter()
        .find(|(id, _)| *id == call.id())
        .ok_or_else(|| Reply::not_found(call.version, false))?;
    Ok(Reply::ok(profile_json(*id, name)).into())
}

/// Version 4 keeps the address for old clients and always has the one profile.
pub(super) fn language_profiles(_world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(json!([{
        "name": "English", "upgradeAllowed": false, "cutoff": {"id": 1, "name": "English"},
        "languages": [{"language": {"id": 1, "name": "English"}, "allowed": true}], "id": 1,
    }]))
    .into())
}

pub(super) fn media_management(world: &mut World, _call: &Call) -> Answer {
    Ok(Reply::ok(management_json(world)).into())
}

fn management_json(world: &World) -> Value {
    let settings = &world.settings;
    json!({
        "autoUnmonitorPreviouslyDownloadedEpisodes": settings.auto_unmonitor_deleted,
        "recycleBin": settings.recycle_bin,
        "recycleBinCleanupDays": settings.recycle_days,
        "downloadPropersAndRepacks": "preferAndUpgrade",
        "createEmptySeriesFolders": false,
        "deleteEmptyFolders": settings.delete_empty_folders,
        "fileDate": "none",
        "rescanAfterRefresh": "always",
        "setPermissionsLinux": false,
        "chmodFolder": "755",
        "chownGroup": "",
        "episodeTitleRequired": "always",
        "skipFreeSpaceCheckWhenImporting": false,
        "minimumFreeSpaceWhenImporting": 100,
        "copyUsingHardlinks": true,
        "useScriptImport": false,
        "scriptImportPath": "",
        "importExtraFiles": false,
        "extraFileExtensions": "srt",
        "enableMediaInfo": true,
        "id": 1,
    })
}

pub(super) fn put_media_management(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let settings = &mut world.settings;
    settings.auto_unmonitor_deleted = fields
        .flag("autoUnmonitorPreviouslyDownloadedEpisodes")?
        .unwrap_or(false);
    settings.recycle_bin = fields.text("recycleBin")?.unwrap_or_default();
    settings.recycle_days = fields.int("recycleBinCleanupDays")?.unwrap_or(0);
    settings.delete_empty_folders = fields.flag("deleteEmptyFolders")?.unwrap_or(false);
    Ok(Reply::accepted(management_json(world)).into())
}
