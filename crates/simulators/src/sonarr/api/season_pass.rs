//! The season pass: flags of many seasons at once.

use super::super::call::Call;
use super::super::library::MONITOR_TYPES;
use super::super::reply::Reply;
use super::super::world::World;
use super::Answer;
use serde_json::json;

pub(super) fn apply(world: &mut World, call: &Call) -> Answer {
    let fields = call.fields()?;
    let options = fields.object("monitoringOptions")?;
    let rule = match &options {
        None => None,
        Some(options) => Some(MONITOR_TYPES[options.choice("monitor", &MONITOR_TYPES)?.unwrap_or(0)]),
    };
    let flag = |name: &str| match &options {
        Some(options) => options.flag(name).map(|flag| flag.unwrap_or(false)),
        None => Ok(false),
    };
    let (ignore_with, ignore_without) = (flag("ignoreEpisodesWithFiles")?, flag("ignoreEpisodesWithoutFiles")?);
    let listed = fields.list("series")?.unwrap_or_default();
    let mut ids = Vec::new();
    for series in &listed {
        ids.push(series.int("id")?.unwrap_or(0));
    }
    super::editor::all_known(&ids, |id| world.series.contains_key(&id))?;
    // "skip" saves nothing at all, not even what was listed.
    if rule == Some("skip") {
        return Ok(Reply::accepted(json!({})).into());
    }
    for (id, sent) in ids.into_iter().zip(&listed) {
        let monitored = sent.flag("monitored")?;
        let seasons = sent.list("seasons")?.unwrap_or_default();
        let Some(series) = world.series.get_mut(&id) else {
            continue;
        };
        series.monitored = monitored.unwrap_or(series.monitored);
        for season in seasons {
            let number = season.int("seasonNumber")?.unwrap_or(-1);
            let monitored = season.flag("monitored")?.unwrap_or(false);
            for stored in series
                .seasons
                .iter_mut()
                .filter(|stored| i64::from(stored.number) == number)
            {
                stored.monitored = monitored;
            }
        }
        if let Some(rule) = rule {
            world.apply_monitoring(id, rule, ignore_with, ignore_without);
        }
    }
    Ok(Reply::accepted(json!({})).into())
}
