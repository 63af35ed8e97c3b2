use super::Stage;
use cliffhangarr_simulators::sonarr::{HistoryEvent, SeasonSpec, SeriesSpec};
use jiff::SignedDuration;
use serde_json::{Value, json};

fn with_files() -> SeriesSpec {
    SeriesSpec::new("Alpha", 10).with(SeasonSpec::new(1, 4).file_over(1..=2).files([3, 4]).size(1000))
}

async fn delete_many(stage: &Stage, ids: Value) -> super::Answer {
    stage
        .call("DELETE", "/episodefile/bulk", Some(json!({"episodeFileIds": ids})))
        .await
}

#[tokio::test]
async fn an_unmounted_disk_refuses_deletion() {
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.sim.set_mounted("/tv", false);
    let missing = stage.delete("/episodefile/1").await;
    assert_eq!(
        (missing.status, missing.json()["message"].as_str()),
        (409, Some("Series' root folder (/tv) doesn't exist."))
    );
    let root = &stage.get("/rootfolder").await[0];
    assert_eq!((&root["accessible"], root.get("freeSpace")), (&json!(false), None));
    stage
        .post("/command", json!({"name": "RescanSeries", "seriesId": id}))
        .await;
    assert_eq!(
        stage.sim.files(id).len(),
        3,
        "a scan of an unmounted disk touches nothing"
    );
    stage.sim.set_mounted("/tv", true);
    stage.sim.set_root_empty("/tv", true);
    let empty = stage.delete("/episodefile/1").await;
    assert_eq!(
        (empty.status, empty.json()["message"].as_str()),
        (409, Some("Series' root folder (/tv) is empty."))
    );
    assert_eq!(stage.sim.files(id).len(), 3);
    stage.sim.set_root_empty("/tv", false);
    stage.sim.set_disk_read_only(true);
    let refused = stage.delete("/episodefile/1").await;
    assert_eq!(
        (refused.status, refused.json()["message"].as_str()),
        (500, Some("Unable to delete episode file"))
    );
    assert_eq!(stage.sim.files(id).len(), 3, "the row is kept");
}

#[tokio::test]
async fn a_file_that_is_already_gone_is_deleted_and_a_second_time_is_unknown() {
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.sim.remove_file_from_disk(1);
    assert_eq!(stage.delete("/episodefile/1").await.status, 200);
    let again = stage.delete("/episodefile/1").await;
    assert_eq!(
        (again.status, again.json()["message"].as_str()),
        (404, Some("EpisodeFile with ID 1 does not exist"))
    );
    assert_eq!(stage.sim.files(id).len(), 2);
}

#[tokio::test]
async fn a_deletion_unlinks_all_episodes_and_tells_the_history_of_each() {
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.delete("/episodefile/1").await;
    let without: Vec<_> = stage
        .sim
        .episodes(id)
        .iter()
        .filter(|e| e.file.is_none())
        .map(|e| e.number)
        .collect();
    assert_eq!(without, [1, 2]);
    let rows = stage
        .get("/history/series?seriesId=1&eventType=episodeFileDeleted")
        .await;
    let episodes: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["episodeId"].as_i64().unwrap())
        .collect();
    assert_eq!(episodes, [2, 1], "newest first");
    assert_eq!(rows[0]["data"]["reason"], "Manual");
    assert_eq!(stage.get("/history/series?seriesId=1&eventType=1").await, json!([]));
    assert_eq!(stage.call("GET", "/history/series?seriesId=9", None).await.status, 404);
    assert_eq!(stage.get("/history").await["totalRecords"], 2);
}

#[tokio::test]
async fn only_the_setting_unmonitors_what_was_deleted() {
    for (setting, expected) in [(false, vec![1, 2, 3, 4]), (true, vec![3, 4])] {
        let stage = Stage::new();
        let id = stage.sim.add_series(with_files());
        let mut config = stage.get("/config/mediamanagement").await;
        config["autoUnmonitorPreviouslyDownloadedEpisodes"] = json!(setting);
        assert_eq!(stage.put("/config/mediamanagement/1", config).await.status, 202);
        stage.delete("/episodefile/1").await;
        assert_eq!(stage.monitored(id, 1), expected);
    }
}

#[tokio::test]
async fn a_missing_file_unmonitors_after_the_scan_unless_it_was_found_again() {
    let stage = Stage::new();
    stage.sim.set_auto_unmonitor_deleted(true);
    let id = stage.sim.add_series(with_files());
    stage.sim.remove_file_from_disk(2);
    stage.sim.remove_file_from_disk(3);
    stage.sim.drop_file_on_disk(id, 1, &[4], 1234);
    assert_eq!(stage.sim.files(id).len(), 3, "nobody looked yet");
    stage.sim.rescan(id);
    assert_eq!(stage.monitored(id, 1), [1, 2, 4]);
    let reasons: Vec<_> = stage.sim.history().into_iter().filter_map(|row| row.reason).collect();
    assert_eq!(reasons, ["MissingFromDisk", "MissingFromDisk"]);
    assert_eq!(stage.sim.files(id).last().unwrap().size, 1234);
}

#[tokio::test]
async fn a_missing_folder_costs_all_rows_only_when_the_root_is_fine() {
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.sim.remove_folder_from_disk(id);
    stage.sim.rescan(id);
    assert_eq!(stage.sim.files(id).len(), 3, "the root looks empty");
    stage.sim.add_series(SeriesSpec::new("Beta", 20).season(1, 1));
    stage.sim.rescan(id);
    assert!(stage.sim.files(id).is_empty());
}

#[tokio::test]
async fn free_space_moves_at_once_without_a_bin_and_at_its_cleaning_with_one() {
    let stage = Stage::new();
    stage.sim.add_series(with_files());
    let free = stage.sim.free_space("/tv");
    stage.delete("/episodefile/1").await;
    assert_eq!(stage.sim.free_space("/tv"), free + 1000);
    assert_eq!(stage.get("/diskspace").await[0]["freeSpace"], free + 1000);
    assert_eq!(stage.get("/rootfolder").await[0]["freeSpace"], free + 1000);
    stage.sim.set_recycle_bin(Some("/tv/.bin"));
    stage.delete("/episodefile/2").await;
    assert_eq!(stage.sim.free_space("/tv"), free + 1000);
    assert_eq!(stage.sim.recycled(), ["/tv/.bin/Alpha/Season 01/Alpha - S01E03.mkv"]);
    stage.pass(9 * 24 * 3600);
    assert_eq!(stage.sim.free_space("/tv"), free + 2000);
    stage.sim.set_recycle_bin(Some("/elsewhere"));
    stage.delete("/episodefile/3").await;
    assert_eq!(
        stage.sim.free_space("/tv"),
        free + 3000,
        "a bin on another disk frees this one"
    );
}

#[tokio::test]
async fn a_bulk_deletion_checks_ids_first_and_rolls_nothing_back() {
    for ids in [json!([1, 99]), json!([1, 1]), json!([])] {
        let stage = Stage::new();
        let id = stage.sim.add_series(with_files());
        assert_eq!(delete_many(&stage, ids.clone()).await.status, 500, "{ids}");
        assert_eq!(stage.sim.files(id).len(), 3, "{ids}");
    }
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.sim.fail_deletions_after(1);
    assert_eq!(delete_many(&stage, json!([1, 2, 3])).await.status, 500);
    assert_eq!(
        stage.sim.files(id).iter().map(|file| file.id).collect::<Vec<_>>(),
        [2, 3]
    );
    stage.sim.set_disk_read_only(false);
    assert_eq!(delete_many(&stage, json!([3, 2])).await.status, 200);
    assert!(stage.sim.files(id).is_empty());
}

#[tokio::test]
async fn files_of_a_second_series_lose_their_row_and_stay_on_disk() {
    let stage = Stage::new();
    stage.sim.add_series(with_files());
    let other = stage
        .sim
        .add_series(SeriesSpec::new("Beta", 20).season_with_files(1, 1));
    let free = stage.sim.free_space("/tv");
    assert_eq!(delete_many(&stage, json!([1, 4])).await.status, 200);
    assert_eq!(stage.sim.free_space("/tv"), free + 1000);
    assert!(stage.sim.files(other).is_empty());
    assert_eq!(stage.sim.unknown_files(), ["/tv/Beta/Season 01/Beta - S01E01.mkv"]);
    stage.sim.rescan(other);
    assert_eq!(stage.sim.files(other).len(), 1, "the next scan imports it again");
    assert!(stage.sim.episode(other, 1, 1).unwrap().file.is_some());
}

#[tokio::test]
async fn a_failing_handler_leaves_a_dangling_link_until_the_rescan() {
    let stage = Stage::new();
    let id = stage.sim.add_series(with_files());
    stage.sim.fail_event_handlers(true);
    assert_eq!(stage.delete("/episodefile/2").await.status, 200);
    let episode = stage.get("/episode?episodeIds=3").await;
    assert_eq!(
        (&episode[0]["hasFile"], &episode[0]["episodeFileId"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(stage.call("GET", "/episodefile/2", None).await.status, 404);
    stage.sim.fail_event_handlers(false);
    stage
        .post("/command", json!({"name": "RescanSeries", "seriesId": id}))
        .await;
    stage.sim.tick();
    assert!(stage.sim.episode(id, 1, 3).unwrap().file.is_none());
}

#[tokio::test]
async fn files_are_listed_by_series_or_by_ids() {
    let stage = Stage::new();
    stage.sim.add_series(with_files());
    assert_eq!(stage.get("/episodefile?seriesId=1").await.as_array().unwrap().len(), 3);
    assert_eq!(
        stage
            .get("/episodefile?episodeFileIds=1&episodeFileIds=3")
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for (path, status) in [("?seriesId=9", 404), ("?episodeFileIds=9", 500), ("", 400), ("/9", 404)] {
        assert_eq!(
            stage.call("GET", &format!("/episodefile{path}"), None).await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_upgrade_never_unmonitors() {
    let stage = Stage::new();
    stage.sim.set_auto_unmonitor_deleted(true);
    stage
        .sim
        .set_release_policy(cliffhangarr_simulators::sonarr::ReleasePolicy {
            better: true,
            ..cliffhangarr_simulators::sonarr::ReleasePolicy::ONLY_SINGLES
        });
    stage.sim.set_download_delay(SignedDuration::ZERO);
    let id = stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
    stage
        .post("/command", json!({"name": "EpisodeSearch", "episodeIds": [1]}))
        .await;
    stage.sim.tick();
    let episode = stage.sim.episode(id, 1, 1).unwrap();
    assert_eq!((episode.file, episode.monitored), (Some(2), true));
    let events: Vec<_> = stage
        .sim
        .history()
        .into_iter()
        .map(|row| (row.event, row.reason))
        .collect();
    let deleted = (HistoryEvent::EpisodeFileDeleted, Some("Upgrade".to_owned()));
    assert_eq!(
        events,
        [
            (HistoryEvent::Grabbed, None),
            deleted,
            (HistoryEvent::DownloadFolderImported, None)
        ]
    );
}

#[tokio::test]
async fn version_three_unmonitors_missing_files_at_once() {
    for (version, expected) in [("3.0.10.1567", vec![1, 2, 3]), ("4.0.19.2979", vec![1, 2, 3, 4])] {
        let stage = Stage::new();
        stage.sim.set_version(version.parse().unwrap());
        stage.sim.set_auto_unmonitor_deleted(true);
        let id = stage.sim.add_series(with_files());
        stage.sim.remove_file_from_disk(3);
        stage.sim.drop_file_on_disk(id, 1, &[4], 1234);
        stage.sim.rescan(id);
        assert_eq!(stage.monitored(id, 1), expected, "{version}");
        assert_eq!(stage.sim.files(id).len(), 3);
    }
}
