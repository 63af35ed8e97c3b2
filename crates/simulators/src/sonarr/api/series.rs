//! Reading and removing series.

use super::super::call::Call;
use super::super::json::{clean_title, sort_title};
use super::super::reply::Reply;
use super::super::shapes::Detail;
use super::super::world::World;
use super::Answer;
use serde_json::{Value, json};

/// All series by id, or the one with a TVDB id. There is no paging, whatever is asked.
pub(super) fn list(world: &mut World, call: &Call) -> Answer {
    let images = call.flag("includeSeasonImages", false)?;
    let found: Vec<_> = match call.int("tvdbId")? {
        Some(tvdb) => world
            .by_tvdb
            .get(&tvdb)
            .and_then(|id| world.series.get(id))
            .into_iter()
            .collect(),
        None => world.series.values().collect(),
    };
    let list = found
        .into_iter()
        .map(|series| world.series_json(series, Detail::Listed, images))
        .collect();
    Ok(Reply::ok(Value::Array(list)).into())
}

pub(super) fn one(world: &mut World, call: &Call) -> Answer {
    let images = call.flag("includeSeasonImages", false)?;
    let series = world
        .series
        .get(&call.id())
        .ok_or_else(|| Reply::not_found(call.version, true))?;
    Ok(Reply::ok(world.series_json(series, Detail::Single, images)).into())
}

pub(super) fn folder(world: &mut World, call: &Call) -> Answer {
    let series = world
        .series
        .get(&call.id())
        .ok_or_else(|| Reply::no_such("Series", call.id()))?;
    Ok(Reply::ok(json!({"folder": series.folder()})).into())
}

/// An unknown id is an exception here, not a 404.
pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let delete_files = call.flag("deleteFiles", false)?;
    if !world.series.contains_key(&call.id()) {
        return Err(Reply::row_count(1, 0));
    }
    world.remove_series(call.id(), delete_files);
    Ok(Reply::deleted(call.version).into())
}

/// What TheTVDB would find.
pub(super) fn lookup(world: &mut World, call: &Call) -> Answer {
    if world.settings.quirks.skyhook_down {
        let message = "Search for show failed. Unable to communicate with SkyHook.";
        return Err(Reply::exception(
            503,
            message,
            "NzbDrone.Core.MetadataSource.SkyHook.SkyHookException",
        ));
    }
    let term = call.text("term").unwrap_or_default().trim().to_owned();
    let number = |prefix: &str| term.strip_prefix(prefix).map(|id| id.trim().to_owned());
    let (tvdb, imdb, tmdb) = (number("tvdb:"), number("imdb:"), number("tmdb:"));
    let by_id = tvdb.is_some() || imdb.is_some() || tmdb.is_some();
    let wanted = clean_title(&term);
    let fits = |id: i64, imdb_id: Option<&str>, tmdb_id: i64, title: &str| {
        tvdb.as_ref().is_some_and(|asked| *asked == id.to_string())
            || imdb.as_deref().is_some_and(|asked| Some(asked) == imdb_id)
            || tmdb.as_ref().is_some_and(|asked| *asked == tmdb_id.to_string())
            || (!by_id && !wanted.is_empty() && clean_title(title).contains(&wanted))
    };
    let mut results = Vec::new();
    for series in world
        .series
        .values()
        .filter(|s| fits(s.tvdb, s.imdb.as_deref(), s.tmdb, &s.title))
    {
        let mut found = world.series_json(series, Detail::Single, false);
        found["statistics"] = empty_statistics(series.seasons.iter().filter(|season| season.number > 0).count());
        found["folder"] = json!(series.folder());
        results.push(found);
    }
    let unknown: Vec<_> = world
        .shows
        .values()
        .filter(|show| !world.by_tvdb.contains_key(&show.spec.tvdb))
        .filter(|show| {
            fits(
                show.spec.tvdb,
                show.spec.imdb.as_deref(),
                show.spec.tmdb,
                &show.spec.title,
            )
        })
        .cloned()
        .collect();
    for show in unknown {
        let spec = &show.spec;
        let seasons: Vec<_> = show
            .seasons
            .iter()
            .map(|number| json!({"seasonNumber": number, "monitored": *number > 0}))
            .collect();
        results.push(json!({
            "title": spec.title, "sortTitle": sort_title(&spec.title), "status": spec.status,
            "ended": spec.status == "ended", "network": spec.network, "images": [],
            "remotePoster": format!("https://artworks.thetvdb.com/banners/v4/series/{}/poster.jpg", spec.tvdb),
            "seasons": seasons, "year": spec.year, "qualityProfileId": 0, "seasonFolder": true, "monitored": true,
            "monitorNewItems": "all", "useSceneNumbering": false, "runtime": spec.runtime, "tvdbId": spec.tvdb,
            "tvRageId": 0, "tvMazeId": 0, "tmdbId": spec.tmdb, "seriesType": spec.series_type.name(),
            "cleanTitle": clean_title(&spec.title), "imdbId": spec.imdb,
            "titleSlug": super::super::json::slug(&spec.title), "folder": spec.title, "genres": spec.genres, "tags": [],
            "added": "0001-01-01T00:00:00Z", "ratings": {"votes": 0, "value": 0},
            "statistics": empty_statistics(show.seasons.iter().filter(|number| **number > 0).count()),
            "languageProfileId": 1,
        }));
    }
    Ok(Reply::ok(Value::Array(results)).into())
}

fn empty_statistics(seasons: usize) -> Value {
    json!({
        "seasonCount": seasons, "episodeFileCount": 0, "episodeCount": 0, "totalEpisodeCount": 0, "sizeOnDisk": 0,
        "percentOfEpisodes": 0,
    })
}
