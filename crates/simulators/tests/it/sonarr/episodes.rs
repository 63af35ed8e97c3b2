use super::Stage;
use cliffhangarr_simulators::sonarr::{SeasonSpec, SeriesSpec};
use serde_json::{Value, json};

fn numbers(list: &Value) -> Vec<i64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|episode| episode["id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn several_episodes_may_share_a_file_and_the_file_does_not_list_them() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).with(SeasonSpec::new(1, 3).file_over(1..=2)));
    let episodes = stage.get("/episode?seriesId=1").await;
    let files: Vec<_> = episodes
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["episodeFileId"].clone(), e["hasFile"].clone()))
        .collect();
    assert_eq!(
        files,
        [
            (json!(1), json!(true)),
            (json!(1), json!(true)),
            (json!(0), json!(false))
        ]
    );
    let file = stage.get("/episodefile/1").await;
    assert_eq!(file["releaseType"], "multiEpisode");
    assert!(file.as_object().unwrap().keys().all(|key| !key.starts_with("episode")));
    assert_eq!(numbers(&stage.get("/episode?episodeFileId=1").await), [1, 2]);
}

#[tokio::test]
async fn a_put_reads_only_the_flag_and_cascades_nowhere() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 2));
    let answer = stage
        .put("/episode/1", json!({"id": 2, "title": "x", "episodeFileId": 7}))
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        (&answer.json()["id"], &answer.json()["monitored"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(answer.json()["title"], "Episode 1");
    assert!(answer.json().get("series").is_none());
    assert_eq!(stage.put("/episode/2", json!({"monitored": false})).await.status, 202);
    let series = stage.sim.series(1).unwrap();
    assert!(series.monitored && series.seasons[&1]);
    assert_eq!(stage.monitored(1, 1), [0_i32; 0]);
}

#[tokio::test]
async fn a_bulk_change_fails_after_it_took_effect() {
    let cases: &[(Value, u16, &[i32])] = &[
        (json!([1, 2]), 202, &[3]),
        (json!([]), 202, &[1, 2, 3]),
        (json!([99]), 404, &[1, 2, 3]),
        (json!([2, 99]), 500, &[1, 3]),
        (json!([2, 2]), 500, &[1, 3]),
        (Value::Null, 500, &[1, 2, 3]),
    ];
    for (ids, status, left) in cases {
        let stage = Stage::new();
        stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
        let answer = stage
            .put("/episode/monitor", json!({"episodeIds": ids, "monitored": false}))
            .await;
        assert_eq!(answer.status, *status, "{ids}");
        assert_eq!(stage.monitored(1, 1), *left, "{ids}");
    }
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
    let answer = stage
        .put("/episode/monitor", json!({"episodeIds": [3, 1], "monitored": false}))
        .await;
    assert_eq!(numbers(&answer.json()), [1, 3], "in the order of the rows");
    stage.sim.lock_next_bulk_after(1);
    let answer = stage
        .put("/episode/monitor", json!({"episodeIds": [1, 3], "monitored": true}))
        .await;
    assert_eq!(answer.json()["message"], "database is locked\r\ndatabase is locked");
    assert_eq!(stage.monitored(1, 1), [1, 2], "a part of the change stays");
}

#[tokio::test]
async fn the_list_is_chosen_by_the_first_argument_and_has_no_promised_order() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season(1, 9).season(2, 9));
    let all: Vec<_> = (1..=18).collect();
    assert_eq!(numbers(&stage.get("/episode?seriesId=1&episodeIds=3").await), all);
    assert_eq!(numbers(&stage.get("/episode?seriesId=1&seasonNumber=2").await).len(), 9);
    assert_eq!(stage.get("/episode?seriesId=99").await, json!([]));
    assert_eq!(stage.get("/episode?seriesId=1&seasonNumber=7").await, json!([]));
    assert_eq!(numbers(&stage.get("/episode?episodeIds=3&episodeIds=5").await), [3, 5]);
    assert_eq!(
        stage
            .call("GET", "/episode?episodeIds=3&episodeIds=3", None)
            .await
            .status,
        500
    );
    assert_eq!(stage.call("GET", "/episode?episodeIds=3,5", None).await.status, 400);
    stage.sim.shuffle_episodes(true);
    let mut shuffled = numbers(&stage.get("/episode?seriesId=1").await);
    assert_ne!(shuffled, all);
    shuffled.sort_unstable();
    assert_eq!(shuffled, all);
    stage.sim.set_version("3.0.10.1567".parse().unwrap());
    assert_eq!(stage.get("/episode?episodeIds=3,5").await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn one_episode_comes_with_its_series_and_file() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
    let episode = stage.get("/episode/1").await;
    assert_eq!(episode["series"]["title"], "Alpha");
    assert!(episode["series"].get("statistics").is_none());
    assert_eq!(episode["episodeFile"]["id"], 1);
    let listed = stage.get("/episode?seriesId=1&includeEpisodeFile=true").await;
    assert!(listed[0].get("series").is_none());
    assert_eq!(
        listed[0]["episodeFile"]["path"],
        "/tv/Alpha/Season 01/Alpha - S01E01.mkv"
    );
}
