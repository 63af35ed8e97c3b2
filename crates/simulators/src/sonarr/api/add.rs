//! POST of a series. It answers before the episodes exist.

use super::super::call::{Call, Fields};
use super::super::library::MONITOR_TYPES;
use super::super::reply::{Failures, Reply};
use super::super::rows::{Season, Series, SeriesType};
use super::super::shapes::Detail;
use super::super::upstream::Show;
use super::super::world::World;
use super::Answer;
use super::update::{check_path, check_profile};
use serde_json::{Value, json};

pub(super) fn add(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let tvdb = fields.int("tvdbId")?.unwrap_or(0);
    validate(world, tvdb, &fields)?;
    if world.settings.quirks.skyhook_down {
        let message = "Failed to get series info from SkyHook";
        return Err(Reply::exception(500, message, "NzbDrone.Common.Http.HttpException"));
    }
    let Some(show) = world.shows.get(&tvdb).cloned() else {
        let mut failures = Failures::default();
        let path = fields.text("path")?.unwrap_or_default();
        let message = format!("A series with this ID was not found. Path: {path}");
        failures.add("TvdbId", &message, &json!(tvdb), "");
        failures.check()?;
        return Err(Reply::empty(500));
    };
    let series = built(world, &show, &fields)?;
    let id = series.id;
    let location = format!("{}/api/v3/series/{id}", world.settings.url_base);
    let shown = world.series_json(&series, Detail::Single, false);
    world.by_tvdb.insert(tvdb, id);
    world.series.insert(id, series);
    let refresh = json!({"seriesIds": [id], "isNewSeries": true})
        .as_object()
        .cloned()
        .unwrap_or_default();
    world.queue_command("RefreshSeries", refresh, "unspecified");
    Ok(Reply::created(location, shown).into())
}

fn validate(world: &World, tvdb: i64, fields: &Fields) -> Result<(), Reply> {
    let mut failures = Failures::default();
    if tvdb <= 0 {
        failures.add(
            "TvdbId",
            "'Tvdb Id' must be greater than '0'.",
            &json!(tvdb),
            "GreaterThanValidator",
        );
    } else if world.by_tvdb.contains_key(&tvdb) {
        failures.add(
            "TvdbId",
            "This series has already been added",
            &json!(tvdb),
            "SeriesExistsValidator",
        );
    }
    if fields.text("title")?.unwrap_or_default().trim().is_empty() {
        failures.add("Title", "'Title' must not be empty.", &json!(""), "NotEmptyValidator");
    }
    check_profile(world, fields.int("qualityProfileId")?.unwrap_or(0), &mut failures);
    match (fields.text("rootFolderPath")?, fields.text("path")?) {
        (Some(root), _) if !root.is_empty() => {
            let wanted = root.trim_end_matches('/');
            if !world
                .disks
                .roots
                .iter()
                .any(|known| known.path.trim_end_matches('/') == wanted)
            {
                let message = format!("Root folder '{root}' does not exist");
                failures.add("RootFolderPath", &message, &json!(root), "RootFolderExistsValidator");
            }
        }
        (_, path) => check_path(world, 0, &path.unwrap_or_default(), &mut failures),
    }
    failures.check()
}

fn built(world: &mut World, show: &Show, fields: &Fields) -> Result<Series, Reply> {
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
    let options = add_options(fields)?;
    let season_folder = fields.flag("seasonFolder")?.unwrap_or(false);
    let monitored = fields.flag("monitored")?.unwrap_or(false);
    let monitor_new_items = fields.choice("monitorNewItems", &["all", "none"])? != Some(1);
    let series_type = SeriesType::from_index(fields.choice("seriesType", &SeriesType::NAMES)?.unwrap_or(0));
    let profile = fields.int("qualityProfileId")?.unwrap_or(0);
    let tags = fields.ints("tags")?;
    let path = match fields.text("rootFolderPath")?.filter(|root| !root.is_empty()) {
        Some(root) => Some(format!("{}/{}", root.trim_end_matches('/'), show.spec.title)),
        None => fields.text("path")?,
    };
    let mut series = world.new_series(show, path);
    if !seasons.is_empty() {
        series.seasons = seasons;
    }
    series.season_folder = season_folder;
    series.monitored = monitored;
    series.monitor_new_items = monitor_new_items;
    series.series_type = series_type;
    series.profile = profile;
    series.tags = Some(tags.unwrap_or_default());
    series.added = world.now;
    series.add_options = options;
    Ok(series)
}

fn add_options(fields: &Fields) -> Result<Option<Value>, Reply> {
    let Some(options) = fields.object("addOptions")? else {
        return Ok(None);
    };
    let flag = |name: &str| options.flag(name).map(|flag| flag.unwrap_or(false));
    Ok(Some(json!({
        "ignoreEpisodesWithFiles": flag("ignoreEpisodesWithFiles")?,
        "ignoreEpisodesWithoutFiles": flag("ignoreEpisodesWithoutFiles")?,
        "monitor": MONITOR_TYPES[options.choice("monitor", &MONITOR_TYPES)?.unwrap_or(0)],
        "searchForMissingEpisodes": flag("searchForMissingEpisodes")?,
        "searchForCutoffUnmetEpisodes": flag("searchForCutoffUnmetEpisodes")?,
    })))
}
