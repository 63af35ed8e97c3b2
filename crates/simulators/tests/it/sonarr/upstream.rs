use super::{NOW, Stage, at};
use cliffhangarr_simulators::sonarr::{EpisodeSpec, SeasonSpec, SeriesSpec};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn a_refresh_keeps_flags_and_gives_new_episodes_their_seasons() {
    let stage = Stage::new();
    let spec = SeriesSpec::new("Alpha", 10)
        .with(SeasonSpec::new(1, 2).only_monitored([2]))
        .with(SeasonSpec::new(2, 1).monitored(false));
    let id = stage.sim.add_series(spec);
    stage.sim.add_episode(id, EpisodeSpec::new(1, 3));
    stage.sim.add_episode(id, EpisodeSpec::new(2, 2));
    stage.sim.add_episode(id, EpisodeSpec::new(2, 0));
    assert_eq!((stage.monitored(id, 1), stage.monitored(id, 2)), (vec![2, 3], vec![]));
}

#[tokio::test]
async fn a_new_season_follows_monitor_new_items_and_specials_never() {
    let cases = [
        ("4.0.19.2979", true, true, true),
        ("4.0.19.2979", false, true, false),
        ("4.0.19.2979", true, false, true),
        ("3.0.10.1567", true, false, false),
        ("3.0.10.1567", true, true, true),
    ];
    for (version, new_items, series, expected) in cases {
        let stage = Stage::new();
        stage.sim.set_version(version.parse().unwrap());
        let spec = SeriesSpec::new("Alpha", 10)
            .monitor_new_items(new_items)
            .monitored(series)
            .season(1, 1);
        let id = stage.sim.add_series(spec);
        stage.sim.add_season(id, SeasonSpec::new(2, 2));
        stage.sim.add_season(id, SeasonSpec::new(0, 1));
        let flags = stage.sim.series(id).unwrap().seasons;
        assert_eq!(
            (flags[&2], flags[&0]),
            (expected, false),
            "{version} {new_items} {series}"
        );
        assert_eq!(stage.monitored(id, 2).len(), if expected { 2 } else { 0 });
    }
}

#[tokio::test]
async fn before_version_4_0_11_new_episodes_minded_monitor_new_items() {
    for (version, expected) in [("4.0.0.700", vec![1]), ("4.0.19.2979", vec![1, 2])] {
        let stage = Stage::new();
        stage.sim.set_version(version.parse().unwrap());
        let id = stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
        let mut body = stage.get("/series/1").await;
        body["monitorNewItems"] = json!("none");
        stage.put("/series/1", body).await;
        stage.sim.add_episode(id, EpisodeSpec::new(1, 2));
        assert_eq!(stage.monitored(id, 1), expected, "{version}");
    }
}

#[tokio::test]
async fn vanished_episodes_go_and_renumbered_ones_get_new_ids() {
    let stage = Stage::new();
    let id = stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 3));
    let (kept, old) = (stage.id(id, 1, 1), stage.id(id, 1, 3));
    stage.sim.remove_episode(id, 1, 2);
    assert!(stage.sim.episode(id, 1, 2).is_none());
    stage.sim.renumber_episode(id, 1, 3, 4);
    let renumbered = stage.sim.episode(id, 1, 4).unwrap();
    assert!(renumbered.id > old && renumbered.file.is_none());
    assert_eq!(stage.id(id, 1, 1), kept);
    assert_eq!(
        stage.sim.files(id).len(),
        1,
        "files without episodes lose their rows at the scan"
    );
}

#[tokio::test]
async fn a_change_of_metadata_waits_for_the_refresh() {
    let stage = Stage::new();
    let id = stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    stage.sim.announce_episode(id, EpisodeSpec::new(1, 2));
    assert_eq!(stage.sim.episodes(id).len(), 1);
    stage
        .post("/command", json!({"name": "RefreshSeries", "seriesIds": [id]}))
        .await;
    assert_eq!(stage.get("/command/1").await["status"], "completed");
    assert_eq!(stage.sim.episodes(id).len(), 2);
    stage.sim.set_status(id, "deleted");
    let series = stage.get("/series/1").await;
    assert_eq!(
        (&series["status"], &series["ended"]),
        (&json!("deleted"), &json!(false))
    );
}

#[tokio::test]
async fn a_refresh_searches_what_has_just_aired() {
    let stage = Stage::new();
    let id = stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    stage.sim.add_episode(
        id,
        EpisodeSpec::new(1, 2).airs(at(NOW) - SignedDuration::from_hours(30)),
    );
    stage.sim.add_episode(
        id,
        EpisodeSpec::new(1, 3).airs(at(NOW) + SignedDuration::from_hours(300)),
    );
    let commands = stage.sim.commands();
    assert_eq!(commands.len(), 1);
    assert_eq!(
        (commands[0].name.as_str(), commands[0].episodes.as_slice()),
        ("EpisodeSearch", &[stage.id(id, 1, 2)][..])
    );
    assert!(stage.sim.searches().is_empty(), "nobody sent it");
}

#[tokio::test]
async fn tags_are_lower_case_and_vanish_when_unused() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).tag("Keep"));
    let created = stage.post("/tag", json!({"label": "Other"})).await;
    assert_eq!(
        (created.status, created.json()),
        (201, json!({"label": "other", "id": 2}))
    );
    assert_eq!(stage.post("/tag", json!({"label": "keep"})).await.json()["id"], 1);
    assert_eq!(stage.post("/tag", json!({"label": "Keep"})).await.status, 409);
    assert_eq!(stage.post("/tag", json!({})).await.status, 500);
    assert_eq!(stage.delete("/tag/1").await.status, 409);
    assert_eq!(stage.get("/tag/detail/1").await["seriesIds"], json!([1]));
    stage.pass(25 * 3600);
    assert_eq!(stage.get("/tag").await, json!([{"label": "keep", "id": 1}]));
    assert_eq!(
        stage.post("/tag", json!({"label": "other"})).await.json()["id"],
        3,
        "an id is never used again"
    );
}
