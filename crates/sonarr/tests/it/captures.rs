//! Answers of real servers, where a folder of them is at hand.

use crate::script::Script;
use domain::ids::{EpisodeFileId, EpisodeId, EpisodeRef, SeriesId, TvdbId};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Captures that no test reads, and why.
const LEFT_OUT: [(&str, &str); 1] = [(
    "diskspace.json",
    "free space is read from the root folders, which is where series lie; disks are not asked for",
)];

/// The folder of captures of one kind: the one that is set, or the one beside the checkout.
fn folder() -> PathBuf {
    std::env::var_os("CLIFFHANGARR_CAPTURES")
        .map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
            PathBuf::from,
        )
        .join("sonarr")
}

/// One captured answer, or a printed note that there is none.
fn capture(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder().join(name)).ok();
    if text.is_none() {
        println!("not tested: there is no capture {name} (set CLIFFHANGARR_CAPTURES to the folder of captures)");
    }
    text
}

/// The list inside a paged answer, as the unpaged endpoints send it.
fn records(text: &str) -> String {
    let envelope: Value = serde_json::from_str(text).unwrap();
    envelope["records"].to_string()
}

#[tokio::test]
async fn the_captured_library_is_read() {
    let Some(text) = capture("series.json") else { return };
    let sonarr = Script::new().on("GET /api/v3/series", 200, text).start();
    let listing = sonarr.client.all_series().await.unwrap();
    let [series] = listing.items.as_slice() else {
        panic!("one series")
    };
    assert_eq!(
        (series.key.series, series.tvdb, series.year),
        (SeriesId(105), Some(TvdbId(77_754)), Some(1960))
    );
    assert_eq!(
        (series.monitored, series.new_items, series.quality_profile),
        (true, None, Some(2))
    );
    assert_eq!(series.seasons.len(), 9);
    assert_eq!(
        series
            .seasons
            .iter()
            .filter(|(_, monitored)| **monitored)
            .map(|(number, _)| *number)
            .collect::<Vec<_>>(),
        [8]
    );
    assert_eq!(series.path.as_deref(), Some(r"F:\The Andy Griffith Show"));
    assert!(listing.skipped.is_empty());
}

#[tokio::test]
async fn the_captured_episodes_are_read() {
    let Some(text) = capture("episodes.json") else { return };
    let sonarr = Script::new().on("GET /api/v3/episode?seriesId=105", 200, text).start();
    let listing = sonarr.client.episodes(SeriesId(105)).await.unwrap();
    let files: Vec<_> = listing.items.iter().map(|episode| episode.file).collect();
    assert_eq!(files, [None, Some(EpisodeFileId(5001)), None]);
    assert_eq!(listing.items[2].at, EpisodeRef { season: 2, episode: 1 });
    assert!(
        listing
            .items
            .iter()
            .all(|episode| episode.monitored && episode.runtime_minutes == Some(25))
    );
    assert!(listing.skipped.is_empty());
}

#[tokio::test]
async fn the_captured_queues_are_read() {
    let queue = "GET /api/v3/queue/details?seriesId=1";
    if let Some(text) = capture("queue.json") {
        let sonarr = Script::new().on(queue, 200, records(&text)).start();
        let records = sonarr.client.queue(SeriesId(1)).await.unwrap();
        let [record] = records.as_slice() else {
            panic!("one record")
        };
        assert_eq!(
            (record.series, record.episode),
            (Some(SeriesId(17)), Some(EpisodeId(889)))
        );
        assert_eq!(
            (record.status.as_str(), record.tracked_status.as_deref()),
            ("downloading", Some("ok"))
        );
        assert_eq!(
            (record.id, record.size, record.size_left),
            (1_503_378_561, 4_472_186_820, 0)
        );
    }
    if let Some(text) = capture("queue_season_pack.json") {
        let sonarr = Script::new().on(queue, 200, records(&text)).start();
        let records = sonarr.client.queue(SeriesId(1)).await.unwrap();
        let downloads: BTreeSet<_> = records
            .iter()
            .map(|record| (record.download_id.clone(), record.size))
            .collect();
        assert_eq!((records.len(), downloads.len()), (3, 1));
        assert!(
            records
                .iter()
                .all(|record| record.size == 84_429_221_268 && record.status == "paused")
        );
        assert_eq!(records[2].episode, Some(EpisodeId(2326)));
    }
}

/// The calendar and the list of missing episodes have rows of the same shape as a series' episodes.
#[tokio::test]
async fn the_captured_rows_of_other_lists_are_episodes_too() {
    let mut found = Vec::new();
    for (name, is_paged) in [("calendar.json", false), ("wanted-missing.json", true)] {
        let Some(text) = capture(name) else { return };
        let sonarr = Script::new()
            .on(
                "GET /api/v3/episode?seriesId=3",
                200,
                if is_paged { records(&text) } else { text },
            )
            .start();
        let listing = sonarr.client.episodes(SeriesId(3)).await.unwrap();
        assert!(listing.skipped.is_empty());
        found.extend(listing.items);
    }
    let facts: Vec<_> = found
        .iter()
        .map(|episode| (episode.at.to_string(), episode.id.0))
        .collect();
    let at = str::to_owned;
    assert_eq!(
        facts,
        [(at("S04E11"), 14402), (at("S04E11"), 14402), (at("S01E01"), 889)]
    );
    assert_eq!(found[2].airs.unwrap().to_string(), "1960-10-03T01:00:00Z");
}

#[tokio::test]
async fn the_captured_commands_are_read() {
    let Some(text) = capture("command.json") else { return };
    let sonarr = Script::new().on("GET /api/v3/command", 200, text).start();
    let commands = sonarr.client.commands().await.unwrap();
    assert_eq!(
        commands.iter().map(|command| command.id.0).collect::<Vec<_>>(),
        [368_621, 368_629]
    );
    assert!(
        commands
            .iter()
            .all(|command| command.name == "RefreshSeries" && command.is_pending())
    );
    assert_eq!(commands[0].queued.unwrap().to_string(), "2020-04-06T16:54:06.41945Z");
}

#[tokio::test]
async fn the_captured_servers_are_told_apart() {
    let status = "GET /api/v3/system/status";
    if let Some(text) = capture("system-status.json") {
        let found = Script::new()
            .on(status, 200, text)
            .start()
            .client
            .status()
            .await
            .unwrap();
        assert_eq!((found.major, found.version.as_str()), (3, "3.0.6.1451"));
    }
    if let Some(text) = capture("system-status-v2.json") {
        let error = Script::new()
            .on(status, 200, text)
            .start()
            .client
            .status()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("version 2"), "{error}");
    }
}

#[test]
fn every_path_that_is_used_is_described_by_sonarr_itself() {
    let Some(text) = capture("openapi-v3.json") else { return };
    let description: Value = serde_json::from_str(&text).unwrap();
    let used = [
        ("get", "system/status"),
        ("get", "series"),
        ("get", "series/{id}"),
        ("put", "series/{id}"),
        ("get", "episode"),
        ("put", "episode/monitor"),
        ("get", "episodefile"),
        ("delete", "episodefile/{id}"),
        ("get", "queue/details"),
        ("get", "command"),
        ("post", "command"),
        ("get", "command/{id}"),
        ("get", "tag"),
        ("get", "config/mediamanagement"),
        ("get", "rootfolder"),
        ("get", "qualityprofile"),
    ];
    for (method, path) in used {
        assert!(
            description["paths"][format!("/api/v3/{path}")][method].is_object(),
            "{method} {path}"
        );
    }
}

#[test]
fn every_capture_is_read_or_left_out_for_a_reason() {
    let Ok(captures) = std::fs::read_dir(folder()) else {
        return;
    };
    let named = include_str!("captures.rs");
    for capture in captures {
        let name = capture.unwrap().file_name().into_string().unwrap();
        let is_left_out = LEFT_OUT.iter().any(|(left_out, _)| *left_out == name);
        assert!(
            is_left_out || named.contains(&format!("\"{name}\"")),
            "{name} is read by no test and not left out"
        );
    }
}
