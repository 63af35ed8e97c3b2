use super::{NOW, Stage, at};
use cliffhangarr_simulators::sonarr::{HistoryEvent, SeasonSpec, SeriesSpec, Timing};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn search(stage: &Stage, season: i32) {
    let body = json!({"name": "SeasonSearch", "seriesId": 1, "seasonNumber": season});
    assert_eq!(stage.post("/command", body).await.status, 201);
    stage.sim.tick();
}

#[tokio::test]
async fn a_grab_shows_after_a_poll_and_becomes_a_file() {
    let stage = Stage::new();
    stage.sim.set_timing(Timing {
        search: SignedDuration::ZERO,
        ..Timing::default()
    });
    let id = stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
    let free = stage.sim.free_space("/tv");
    search(&stage, 1).await;
    assert_eq!(
        stage.get("/queue/details?seriesId=1").await,
        json!([]),
        "not polled yet"
    );
    stage.pass(5);
    let rows = stage.get("/queue/details?seriesId=1").await;
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let of = |key: &str| rows.iter().map(|row| row[key].to_string()).collect::<BTreeSet<_>>();
    assert_eq!(
        (
            of("downloadId").len(),
            of("size").len(),
            of("episodeId").len(),
            of("id").len()
        ),
        (1, 1, 3, 3)
    );
    assert_eq!(
        (&rows[0]["status"], &rows[0]["episodeHasFile"]),
        (&json!("downloading"), &json!(false))
    );
    let (first, before) = (rows[0].clone(), rows[0]["sizeleft"].as_i64().unwrap());
    stage.pass(300);
    let later = stage.get("/queue/details?seriesId=1").await[0].clone();
    assert_eq!(later["id"], first["id"]);
    assert!(later["sizeleft"].as_i64().unwrap() < before / 2 + before / 10);
    stage.pass(400);
    assert_eq!(stage.get("/queue").await["totalRecords"], 0);
    assert!(stage.sim.episodes(id).iter().all(|episode| episode.file.is_some()));
    assert!(stage.sim.free_space("/tv") < free);
    let imported = stage
        .sim
        .history()
        .into_iter()
        .filter(|row| row.event == HistoryEvent::DownloadFolderImported);
    assert_eq!(imported.count(), 3);
    assert_eq!(
        stage.get("/episodefile?seriesId=1").await[0]["releaseType"],
        "seasonPack"
    );
}

#[tokio::test]
async fn the_queue_has_pages_of_ten_and_its_details_have_none() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 12));
    search(&stage, 1).await;
    let page = stage.get("/queue").await;
    assert_eq!(
        (page["pageSize"].as_i64(), page["totalRecords"].as_i64()),
        (Some(10), Some(12))
    );
    assert_eq!(
        (&page["sortKey"], &page["sortDirection"]),
        (&json!("timeleft"), &json!("descending"))
    );
    assert_eq!(page["records"].as_array().unwrap().len(), 10);
    let past = stage.get("/queue?page=9&sortKey=nonsense").await;
    assert_eq!(
        (past["page"].as_i64(), past["records"].as_array().unwrap().len()),
        (Some(2), 2)
    );
    assert_eq!(stage.get("/queue/details").await.as_array().unwrap().len(), 12);
    assert_eq!(
        stage
            .get("/queue/details?episodeIds=3&episodeIds=4")
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(stage.get("/queue/status").await["totalCount"], 12);
    let included = stage.get("/queue?includeSeries=true&includeEpisode=true").await;
    assert_eq!(included["records"][0]["series"]["id"], 1);
}

#[tokio::test]
async fn removing_one_record_removes_its_download() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
    search(&stage, 1).await;
    let id = stage.get("/queue/details").await[1]["id"].clone();
    assert_eq!(stage.delete(&format!("/queue/{id}")).await.status, 200);
    assert_eq!(stage.get("/queue/details").await, json!([]));
    let unknown = stage.delete(&format!("/queue/{id}")).await;
    assert_eq!((unknown.status, unknown.json()), (404, json!({"message": "NotFound"})));
}

#[tokio::test]
async fn a_stuck_download_warns_and_stays() {
    let stage = Stage::new();
    stage.sim.stick_downloads(true);
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    search(&stage, 1).await;
    stage.pass(24 * 3600);
    let record: Value = stage.get("/queue/details").await[0].clone();
    assert_eq!(
        (&record["trackedDownloadState"], &record["status"]),
        (&json!("importBlocked"), &json!("completed"))
    );
    assert_eq!(record["trackedDownloadStatus"], "warning");
    assert!(record["statusMessages"][0]["messages"][0].is_string());
    assert_eq!(stage.get("/queue/status").await["warnings"], true);
}

#[tokio::test]
async fn calendar_and_wanted_mind_flags_and_time() {
    let stage = Stage::new();
    let soon = at(NOW) + SignedDuration::from_hours(24);
    let spec = SeriesSpec::new("Alpha", 10)
        .with(SeasonSpec::new(1, 3).unmonitored([2]).files([3]))
        .with(SeasonSpec::new(2, 2).all_at(soon).unmonitored([2]));
    stage.sim.add_series(spec);
    stage.sim.add_series(
        SeriesSpec::new("Beta", 20)
            .monitored(false)
            .season(1, 1)
            .with(SeasonSpec::new(2, 1).all_at(soon)),
    );
    let ids = async |path: &str| {
        let list = stage.get(path).await;
        let list = list.get("records").unwrap_or(&list).as_array().unwrap().clone();
        list.iter()
            .map(|episode| episode["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("/calendar").await, [4]);
    assert_eq!(ids("/calendar?unmonitored=true").await, [4, 5, 7]);
    assert_eq!(ids("/wanted/missing").await, [1]);
    stage.pass(24 * 3600 + 60);
    assert_eq!(ids("/wanted/missing").await, [1], "not over yet");
    stage.pass(46 * 60);
    assert_eq!(ids("/wanted/missing").await, [4, 1]);
}

#[tokio::test]
async fn left_to_itself_it_fetches_what_airs_and_learns_of_new_episodes() {
    for background in [false, true] {
        let stage = Stage::new();
        stage.sim.set_background_tasks(background);
        let soon = at(NOW) + SignedDuration::from_hours(2);
        let season = SeasonSpec::new(1, 4).all_at(soon).unmonitored([2]).files([3]);
        let id = stage
            .sim
            .add_series(SeriesSpec::new("Alpha", 10).with(season).with(SeasonSpec::new(2, 1)));
        stage
            .sim
            .announce_episode(id, cliffhangarr_simulators::sonarr::EpisodeSpec::new(3, 1));
        stage.pass(3 * 3600);
        let with_files: Vec<_> = stage
            .sim
            .episodes(id)
            .iter()
            .filter(|e| e.file.is_some())
            .map(|e| e.number)
            .collect();
        assert_eq!(with_files, if background { vec![1, 3, 4] } else { vec![3] });
        stage.pass(10 * 3600);
        assert_eq!(stage.sim.episode(id, 3, 1).is_some(), background);
        assert!(stage.sim.searches().is_empty());
    }
}
