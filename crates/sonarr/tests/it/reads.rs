//! Questions and what is made of the answers.

use crate::script::Script;
use domain::ids::{EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, SeriesId, SeriesKey, TvdbId};
use domain::series::NewItems;
use remote::RemoteError;
use serde_json::{Value, json};
use sonarr::{CommandId, HistoryEvent, MediaManagement};
use std::collections::BTreeMap;

const SERIES_V4: &str = include_str!("../fixtures/series-v4.json");
const SERIES_V3: &str = include_str!("../fixtures/series-v3.json");
const QUEUE: &str = include_str!("../fixtures/queue-season-pack.json");

#[tokio::test]
async fn sonarr_is_told_from_everything_else() {
    let status = |status: u16, body: Value| Script::new().on("GET /api/v3/system/status", status, body).start();
    let sonarr = status(
        200,
        json!({"appName": "Sonarr", "instanceName": "Anime", "version": "4.0.19.2979"}),
    );
    let found = sonarr.client.status().await.unwrap();
    assert_eq!((found.major, found.instance_name.as_str()), (4, "Anime"));
    let old = status(200, json!({"appName": "Sonarr", "version": "3.0.10.1567"}));
    assert_eq!(old.client.status().await.unwrap().instance_name, "Sonarr");

    let wrong = [
        (
            json!({"appName": "Radarr", "version": "5.2.0.1"}),
            "Radarr answers instead",
        ),
        (json!({"version": "2.0.0.1121", "authentication": false}), "version 2"),
        (json!({"appName": "Sonarr", "version": "2.0.0.5344"}), "version 2"),
        (json!({"version": "4.0.0.1"}), "does not say"),
        (json!({"appName": "Sonarr"}), "no version"),
        (json!([]), "no version"),
    ];
    for (body, hint) in wrong {
        let error = status(200, body).client.status().await.unwrap_err();
        assert_eq!(error.code(), "notThisKindOfServer");
        assert!(error.to_string().contains(hint), "{error}");
    }
    assert_eq!(
        status(401, json!("")).client.status().await.unwrap_err(),
        RemoteError::Unauthorized
    );
    assert_eq!(
        Script::new().start().client.status().await.unwrap_err().code(),
        "notThisKindOfServer"
    );
}

#[tokio::test]
async fn a_page_or_a_redirect_points_at_the_url_base() {
    let page = Script::new()
        .on("GET /api/v3/system/status", 200, "<!doctype html>")
        .start();
    assert!(page.client.status().await.unwrap_err().to_string().contains("URL base"));
    let moved = Script::new().on("GET /api/v3/series/7", 307, "").start();
    let error = moved.client.series(SeriesId(7)).await.unwrap_err();
    assert_eq!(error.code(), "notThisKindOfServer");
    assert!(error.to_string().contains("URL base"));
}

#[tokio::test]
async fn a_series_is_read_with_all_that_decisions_need() {
    let sonarr = Script::new().on("GET /api/v3/series/7", 200, SERIES_V4).start();
    let series = sonarr.client.series(SeriesId(7)).await.unwrap().unwrap();
    assert_eq!(
        series.key,
        SeriesKey {
            instance: InstanceId(1),
            series: SeriesId(7)
        }
    );
    assert_eq!(
        (series.tvdb, series.imdb.as_deref(), series.year),
        (Some(TvdbId(880_001)), Some("tt9999999"), Some(2024))
    );
    assert_eq!(series.seasons, BTreeMap::from([(0, false), (1, true), (2019, false)]));
    assert_eq!((series.monitored, series.new_items), (true, Some(NewItems::All)));
    assert_eq!(
        (
            series.tags.as_slice(),
            series.genres.len(),
            series.alternate_titles.len()
        ),
        ([3, 5].as_slice(), 2, 1)
    );
    assert_eq!(series.original_language.as_deref(), Some("English"));
    assert_eq!(
        (series.quality_profile, series.root_folder.as_deref()),
        (Some(4), Some("/tv"))
    );
    assert_eq!(series.added.unwrap().to_string(), "2024-01-10T15:22:11Z");
}

#[tokio::test]
async fn zeros_and_empty_texts_of_old_versions_are_unknown() {
    let sonarr = Script::new().on("GET /api/v3/series", 200, SERIES_V3).start();
    let listing = sonarr.client.all_series().await.unwrap();
    let series = &listing.items[0];
    assert_eq!(
        (series.tvdb, series.imdb.as_ref(), series.year, series.new_items),
        (None, None, None, None)
    );
    assert_eq!(series.series_type, "anime");
    assert_eq!(listing.items.len(), 1);
    assert_eq!(listing.skipped.len(), 3, "{:?}", listing.skipped);
}

#[tokio::test]
async fn a_series_is_found_by_its_id_and_not_by_its_place() {
    let other = SERIES_V4.replace("880001", "880002");
    let sonarr = Script::new()
        .on(
            "GET /api/v3/series?tvdbId=880001",
            200,
            format!("[{other},{SERIES_V4}]"),
        )
        .on("GET /api/v3/series?tvdbId=5", 200, "[]")
        .on("GET /api/v3/series?tvdbId=6", 200, format!("[{other}]"))
        .on("GET /api/v3/series?tvdbId=7", 200, r#"[{"title": "unreadable"}]"#)
        .start();
    let found = sonarr.client.find_by_tvdb(TvdbId(880_001)).await.unwrap().unwrap();
    assert_eq!(found.tvdb, Some(TvdbId(880_001)));
    assert_eq!(sonarr.client.find_by_tvdb(TvdbId(5)).await.unwrap(), None);
    assert_eq!(sonarr.client.find_by_tvdb(TvdbId(6)).await.unwrap(), None);
    assert_eq!(
        sonarr.client.find_by_tvdb(TvdbId(7)).await.unwrap_err().code(),
        "badAnswer"
    );
}

#[tokio::test]
async fn what_does_not_exist_is_told_from_what_could_not_be_read() {
    let sonarr = Script::new()
        .on(
            "GET /api/v3/series/2",
            404,
            json!({"title": "Not Found", "status": 404}),
        )
        .on("GET /api/v3/series/3", 404, "<h1>404 Not Found</h1><p>nginx</p>")
        .on("GET /api/v3/series/4", 500, json!({"message": "database is locked"}))
        .start();
    assert_eq!(sonarr.client.series(SeriesId(1)).await.unwrap(), None);
    assert_eq!(sonarr.client.series(SeriesId(2)).await.unwrap(), None);
    assert_eq!(
        sonarr.client.series(SeriesId(3)).await.unwrap_err().code(),
        "notThisKindOfServer"
    );
    assert_eq!(
        sonarr.client.series(SeriesId(4)).await.unwrap_err().code(),
        "serverError"
    );
    assert_eq!(sonarr.client.command(CommandId(9)).await.unwrap(), None);
    assert_eq!(
        sonarr.client.files(SeriesId(1)).await.unwrap_err(),
        RemoteError::NotFound
    );
}

#[tokio::test]
async fn episodes_and_files_are_read() {
    let episodes = json!([
        {"seriesId": 7, "episodeFileId": 812, "seasonNumber": 1, "episodeNumber": 2, "title": "TBA", "airDateUtc": "2024-01-12T02:00:00Z",
         "lastSearchTime": "2024-11-02T06:10:21Z", "runtime": 0, "hasFile": true, "monitored": false, "id": 102},
        {"seriesId": 7, "episodeFileId": 0, "seasonNumber": 0, "episodeNumber": 1, "runtime": 44, "monitored": true, "id": 90},
        {"seriesId": 7, "seasonNumber": 1, "monitored": true, "id": 103},
    ]);
    let files = json!([
        {"seriesId": 7, "relativePath": "Season 01/a.mkv", "path": "/tv/H/Season 01/a.mkv", "size": 4693211045_i64, "id": 812},
        {"relativePath": "without id"},
    ]);
    let sonarr = Script::new()
        .on("GET /api/v3/episode?seriesId=7", 200, episodes)
        .on("GET /api/v3/episodefile?seriesId=7", 200, files)
        .start();
    let listing = sonarr.client.episodes(SeriesId(7)).await.unwrap();
    assert_eq!(listing.skipped, ["element 3: episode 103 has no number"]);
    let [aired, special] = listing.items.as_slice() else {
        panic!("two episodes")
    };
    assert_eq!(
        (aired.file, aired.runtime_minutes, aired.monitored),
        (Some(EpisodeFileId(812)), None, false)
    );
    assert_eq!(aired.last_searched.unwrap().to_string(), "2024-11-02T06:10:21Z");
    assert_eq!(
        (special.at, special.file, special.airs),
        (EpisodeRef { season: 0, episode: 1 }, None, None)
    );
    let files = sonarr.client.files(SeriesId(7)).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[&EpisodeFileId(812)].size, 4_693_211_045);
}

#[tokio::test]
async fn the_queue_is_read_with_one_record_per_episode() {
    let sonarr = Script::new()
        .on("GET /api/v3/queue/details?seriesId=7", 200, QUEUE)
        .start();
    let queue = sonarr.client.queue(SeriesId(7)).await.unwrap();
    assert_eq!(
        queue.iter().map(|record| record.episode).collect::<Vec<_>>(),
        [Some(EpisodeId(102)), Some(EpisodeId(103)), None]
    );
    assert_eq!((queue[0].size, queue[0].size_left), (84_429_221_268, 42_214_610_634));
    assert_eq!(queue[0].error.as_deref(), Some("No files found are eligible"));
    assert_eq!(
        (queue[1].status.as_str(), queue[1].tracked_status.as_deref()),
        ("paused", Some("ok"))
    );
    assert_eq!((queue[2].series, queue[2].download_id.as_ref()), (None, None));
}

#[tokio::test]
async fn the_history_of_a_season_tells_how_far_downloads_came() {
    let row = |episode: Value, event: &str| json!({"id": 1, "episodeId": episode, "seriesId": 7, "date": "2026-07-01T11:00:00Z", "eventType": event});
    let rows = json!([
        row(json!(3), "downloadFailed"),
        row(json!(2), "downloadFolderImported"),
        row(json!(2), "grabbed"),
        row(json!(1), "downloadIgnored"),
        row(json!(null), "grabbed"),
    ]);
    let sonarr = Script::new()
        .on("GET /api/v3/history/series?seriesId=7&seasonNumber=2", 200, rows)
        .start();
    let history = sonarr.client.history(SeriesId(7), 2).await.unwrap();
    let told: Vec<_> = history.iter().map(|record| (record.episode.0, record.event)).collect();
    assert_eq!(
        told,
        [
            (3, HistoryEvent::DownloadFailed),
            (2, HistoryEvent::Imported),
            (2, HistoryEvent::Grabbed),
            (1, HistoryEvent::Other)
        ]
    );
    assert_eq!(history[0].at, "2026-07-01T11:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn a_queue_with_an_unreadable_row_is_no_answer() {
    for row in [json!({"title": "no id"}), json!({"id": 1, "episodeId": {"id": 102}})] {
        let sonarr = Script::new()
            .on(
                "GET /api/v3/queue/details?seriesId=7",
                200,
                json!([{"id": 2, "episodeId": 103}, row]),
            )
            .start();
        let error = sonarr.client.queue(SeriesId(7)).await.unwrap_err();
        assert_eq!(error.code(), "badAnswer");
        assert!(error.to_string().contains("a download could not be read"), "{error}");
    }
}

#[tokio::test]
async fn commands_are_read_also_when_nearly_everything_is_missing() {
    let running = json!({"name": "SeasonSearch", "body": {"seriesId": 7, "seasonNumber": 2}, "status": "started", "result": "unknown",
        "queued": "2026-07-01T10:00:00Z", "id": 4711});
    let episodes = json!({"body": {"name": "EpisodeSearch", "episodeIds": [1, 2]}, "status": "completed", "id": 4712});
    let sonarr = Script::new()
        .on("GET /api/v3/command", 200, json!([running, episodes]))
        .on("GET /api/v3/command/4711", 200, running)
        .start();
    let commands = sonarr.client.commands().await.unwrap();
    assert_eq!(
        (commands[0].series, commands[0].season, commands[0].is_pending()),
        (Some(SeriesId(7)), Some(2), true)
    );
    assert_eq!(
        (commands[1].name.as_str(), commands[1].episodes.len()),
        ("EpisodeSearch", 2)
    );
    assert!(!commands[1].is_pending());
    assert_eq!(
        sonarr.client.command(CommandId(4711)).await.unwrap().as_ref(),
        Some(&commands[0])
    );
}

#[tokio::test]
async fn small_resources_are_read() {
    let sonarr = Script::new()
        .on("GET /api/v3/tag", 200, json!([{"label": "keep", "id": 3}]))
        .on(
            "GET /api/v3/qualityprofile",
            200,
            json!([{"name": "HD-1080p", "id": 4}]),
        )
        .on(
            "GET /api/v3/rootfolder",
            200,
            json!([{"path": "/tv", "accessible": true, "freeSpace": 5}, {"path": "/x", "accessible": false}]),
        )
        .on(
            "GET /api/v3/config/mediamanagement",
            200,
            json!({"recycleBin": "", "recycleBinCleanupDays": 7, "deleteEmptyFolders": true}),
        )
        .start();
    let client = &sonarr.client;
    assert_eq!(client.tags().await.unwrap(), BTreeMap::from([(3, "keep".to_owned())]));
    assert_eq!(client.quality_profiles().await.unwrap()[0].id, 4);
    let folders = client.root_folders().await.unwrap();
    assert_eq!(
        (folders[0].free_space, folders[1].free_space, folders[1].accessible),
        (Some(5), None, false)
    );
    let expected = MediaManagement {
        auto_unmonitor: false,
        recycle_bin: None,
        recycle_days: 7,
        delete_empty_folders: true,
    };
    assert_eq!(client.media_management().await.unwrap(), expected);
}

#[tokio::test]
async fn whether_deleting_is_permanent_is_never_guessed() {
    let sonarr = Script::new()
        .on("GET /api/v3/config/mediamanagement", 200, json!({"id": 1}))
        .start();
    assert_eq!(sonarr.client.media_management().await.unwrap_err().code(), "badAnswer");
}
