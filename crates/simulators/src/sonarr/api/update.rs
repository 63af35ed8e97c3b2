//! PUT of a series: nine fields are taken as they come, all others are ignored.

use super::super::call::{Call, Fields};
use super::super::disk::is_under;
use super::super::reply::{Failures, Reply};
use super::super::rows::{Season, Series, SeriesType};
use super::super::shapes::Detail;
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let in_body = fields.int("id")?.unwrap_or(0);
    let id = if call.version.is_v3() || in_body == 0 {
        call.id()
    } else {
        in_body
    };
    let moves = call.flag("moveFiles", false)?;
    validate(world, id, &fields)?;
    if id <= 0 {
        return Err(Reply::bad_request("Invalid ID"));
    }
    let stored = world
        .series
        .get(&id)
        .cloned()
        .ok_or_else(|| Reply::no_such("Series", id))?;
    let changed = changed(&stored, &fields, call)?;
    let target = changed.path.clone();
    let type_changed = changed.series_type != stored.series_type;
    match world.update_series(changed) {
        Ok(()) => {}
        Err(409) => return Err(constraint("Series.TvdbId")),
        Err(_) => return Err(Reply::no_such("Series", id)),
    }
    if target != stored.path {
        relocate(world, id, &stored.path, &target, moves);
    }
    if type_changed {
        let fields = json!({"seriesIds": [id], "isNewSeries": false})
            .as_object()
            .cloned()
            .unwrap_or_default();
        world.queue_command("RefreshSeries", fields, "unspecified");
    }
    let series = world.series.get(&id).ok_or_else(|| Reply::no_such("Series", id))?;
    Ok(Reply::accepted(world.series_json(series, Detail::Single, false)).into())
}

pub(super) fn constraint(column: &str) -> Reply {
    let message = format!("constraint failed\r\nUNIQUE constraint failed: {column}");
    Reply::exception(409, &message, "System.Data.SQLite.SQLiteException")
}

/// Where the files are after the path changed: moved along, or left behind and so missing at the next scan.
pub(super) fn relocate(world: &mut World, id: i64, from: &str, to: &str, moves: bool) {
    if moves {
        let fields = json!({"seriesId": id, "sourcePath": from, "destinationPath": to});
        world.queue_command(
            "MoveSeries",
            fields.as_object().cloned().unwrap_or_default(),
            "unspecified",
        );
    }
    let Some(series) = world.series.get_mut(&id) else {
        return;
    };
    let size: i64 = series
        .files
        .iter()
        .filter(|file| file.on_disk)
        .map(|file| file.size)
        .sum();
    if moves {
        world.disks.give_space(from, size);
        world.disks.take_space(to, size);
        return;
    }
    series.folder_exists = false;
    series.files.iter_mut().for_each(|file| file.on_disk = false);
}

fn changed(stored: &Series, fields: &Fields, call: &Call) -> Result<Series, Reply> {
    let mut seasons = Vec::new();
    for season in fields.list("seasons")?.unwrap_or_default() {
        seasons.push(Season {
            number: season
                .int("seasonNumber")?
                .and_then(|number| i32::try_from(number).ok())
                .unwrap_or(0),
            monitored: season.flag("monitored")?.unwrap_or(false),
        });
    }
    for (at, season) in stored.seasons.iter().enumerate() {
        // Doubled season numbers are stored, and make every later update fail.
        if stored.seasons[..at].iter().any(|other| other.number == season.number) {
            let message = "Sequence contains more than one matching element";
            return Err(Reply::invalid_operation(call.version, message));
        }
    }
    Ok(Series {
        tvdb: fields.int("tvdbId")?.unwrap_or(0),
        seasons,
        path: fields
            .text("path")?
            .unwrap_or_default()
            .trim_end_matches('/')
            .to_owned(),
        profile: fields.int("qualityProfileId")?.unwrap_or(0),
        season_folder: fields.flag("seasonFolder")?.unwrap_or(false),
        monitored: fields.flag("monitored")?.unwrap_or(false),
        monitor_new_items: fields.choice("monitorNewItems", &["all", "none"])? != Some(1),
        series_type: SeriesType::from_index(fields.choice("seriesType", &SeriesType::NAMES)?.unwrap_or(0)),
        tags: fields.ints("tags")?,
        ..stored.clone()
    })
}

fn validate(world: &World, id: i64, fields: &Fields) -> Result<(), Reply> {
    let mut failures = Failures::default();
    let path = fields.text("path")?.unwrap_or_default();
    check_path(world, id, &path, &mut failures);
    check_profile(world, fields.int("qualityProfileId")?.unwrap_or(0), &mut failures);
    failures.check()
}

pub(super) fn check_profile(_world: &World, profile: i64, failures: &mut Failures) {
    if profile <= 0 {
        let message = "'Quality Profile Id' must be greater than '0'.";
        failures.add("QualityProfileId", message, &json!(profile), "GreaterThanValidator");
    } else if !super::small::PROFILES.iter().any(|(id, _)| *id == profile) {
        failures.add(
            "QualityProfileId",
            "Quality Profile does not exist",
            &json!(profile),
            "QualityProfileExistsValidator",
        );
    }
}

pub(super) fn check_path(world: &World, id: i64, path: &str, failures: &mut Failures) {
    let attempted: Value = json!(path);
    let trimmed = path.trim_end_matches('/');
    let mut fail = |message: String, code| failures.add("Path", &message, &attempted, code);
    if trimmed.is_empty() {
        fail("'Path' must not be empty.".into(), "NotEmptyValidator");
    } else if !path.starts_with('/') {
        fail("Invalid Path".into(), "PathValidator");
    } else if world
        .disks
        .roots
        .iter()
        .any(|root| root.path.trim_end_matches('/') == trimmed)
    {
        fail(
            format!("Path '{path}' is already configured as a root folder"),
            "RootFolderValidator",
        );
    } else if ["/bin", "/boot", "/dev", "/etc", "/proc", "/sys", "/usr"]
        .iter()
        .any(|system| is_under(trimmed, system))
    {
        fail(format!("Is a system folder: {path}"), "SystemFolderValidator");
    } else {
        let others = || world.series.values().filter(|series| series.id != id);
        if others().any(|series| series.path == trimmed) {
            fail(
                format!("Path '{path}' is already configured for an existing series"),
                "SeriesPathValidator",
            );
        } else if others().any(|series| is_under(&series.path, trimmed)) {
            fail(
                format!("Path '{path}' is an ancestor of an existing series"),
                "SeriesAncestorValidator",
            );
        }
    }
}
