use super::Stage;
use cliffhangarr_simulators::sonarr::{SeasonSpec, SeriesSpec};
use serde_json::{Value, json};

/// Rule, monitored episodes of the first and the second season, flags of the seasons 0 to 2.
type Case = (&'static str, &'static [i32], &'static [i32], [bool; 3]);

fn two_seasons() -> SeriesSpec {
    SeriesSpec::new("Alpha", 10).season(0, 1).season(1, 3).season(2, 3)
}

#[tokio::test]
async fn the_list_ignores_paging_and_is_in_order_of_ids() {
    let stage = Stage::new();
    for (title, tvdb) in [("Zeta", 30), ("Alpha", 10), ("Mu", 20)] {
        stage.sim.add_series(SeriesSpec::new(title, tvdb).season(1, 1));
    }
    let list = stage.get("/series?page=2&pageSize=1&sortKey=title").await;
    let ids: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|series| series["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(stage.get("/series?tvdbId=20").await.as_array().unwrap().len(), 1);
    assert_eq!(stage.get("/series?tvdbId=99").await, json!([]));
}

#[tokio::test]
async fn a_put_takes_nine_fields_and_ignores_the_rest() {
    let stage = Stage::new();
    stage.sim.add_series(two_seasons());
    let tag = stage.sim.create_tag("keep");
    let mut body = stage.get("/series/1").await;
    for (field, value) in [
        ("tvdbId", json!(11)),
        ("path", json!("/tv/Other")),
        ("qualityProfileId", json!(5)),
        ("seasonFolder", json!(false)),
        ("monitored", json!(false)),
        ("monitorNewItems", json!("none")),
        ("seriesType", json!("daily")),
        ("tags", json!([tag])),
        ("title", json!("Ignored")),
        ("status", json!("ended")),
        ("added", json!("2000-01-01T00:00:00Z")),
        ("statistics", json!({"episodeCount": 99})),
        ("addOptions", json!({"monitor": "all"})),
    ] {
        body[field] = value;
    }
    body["seasons"].as_array_mut().unwrap().remove(0);
    let answer = stage.put("/series/1", body).await;
    assert_eq!(answer.status, 202);
    let series = stage.get("/series/1").await;
    assert_eq!(answer.json(), series);
    let taken = [
        "tvdbId",
        "path",
        "qualityProfileId",
        "seasonFolder",
        "monitored",
        "monitorNewItems",
        "seriesType",
        "tags",
    ];
    let expected = json!([11, "/tv/Other", 5, false, false, "none", "daily", [tag]]);
    assert_eq!(json!(taken.map(|field| series[field].clone())), expected);
    assert_eq!(series["seasons"].as_array().unwrap().len(), 2);
    assert_eq!(series["title"], "Alpha");
    assert_eq!(series["status"], "continuing");
    assert_eq!(series["added"], "2026-07-01T12:00:00Z");
    assert!(series.get("addOptions").is_none());
}

#[tokio::test]
async fn a_partial_put_corrupts() {
    let stage = Stage::new();
    stage.sim.add_series(two_seasons());
    stage.sim.add_series(SeriesSpec::new("Beta", 20).season(1, 1));
    let answer = stage
        .put(
            "/series/1",
            json!({"id": 1, "path": "/tv/Alpha", "qualityProfileId": 4}),
        )
        .await;
    assert_eq!(answer.status, 202);
    let series = stage.get("/series/1").await;
    assert_eq!(
        (&series["monitored"], &series["tvdbId"], &series["seasons"]),
        (&json!(false), &json!(0), &json!([]))
    );
    assert!(series.get("tags").is_none());
    assert_eq!(series["monitorNewItems"], "all");
    let second = stage
        .put("/series/2", json!({"id": 2, "path": "/tv/Beta", "qualityProfileId": 4}))
        .await;
    assert_eq!(second.status, 409);
    let invalid = stage.put("/series/2", json!({"id": 2})).await;
    let properties: Vec<_> = invalid
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| failure["propertyName"].clone())
        .collect();
    assert_eq!(
        (invalid.status, properties),
        (400, vec![json!("Path"), json!("QualityProfileId")])
    );
}

#[tokio::test]
async fn the_id_in_the_body_wins_except_in_version_three() {
    for (version, changed) in [("4.0.19.2979", 2), ("3.0.10.1567", 1)] {
        let stage = Stage::new();
        stage.sim.set_version(version.parse().unwrap());
        stage.sim.add_series(two_seasons());
        stage.sim.add_series(SeriesSpec::new("Beta", 20).season(1, 1));
        let mut body = stage.get("/series/2").await;
        body["monitored"] = json!(false);
        body["tvdbId"] = json!(77);
        if version.starts_with('3') {
            body["path"] = json!("/tv/Alpha");
        }
        assert_eq!(stage.put("/series/1", body).await.status, 202);
        assert_eq!(stage.sim.series_by_tvdb(77).unwrap().id, changed, "{version}");
    }
    let stage = Stage::new();
    stage.sim.add_series(two_seasons());
    let mut body = stage.get("/series/1").await;
    body["id"] = json!(99);
    body["path"] = json!("/tv/Unknown");
    assert_eq!(stage.put("/series/1", body).await.status, 404);
}

#[tokio::test]
async fn a_season_toggles_its_episodes_only_when_its_flag_changes() {
    let stage = Stage::new();
    let mixed = SeasonSpec::new(1, 4).only_monitored([2]).files([1]);
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).with(mixed).season(2, 2));
    let send = async |season: i64, monitored: bool, series: bool| {
        let mut body = stage.get("/series/1").await;
        body["monitored"] = json!(series);
        for known in body["seasons"].as_array_mut().unwrap() {
            if known["seasonNumber"] == season {
                known["monitored"] = json!(monitored);
            }
        }
        assert_eq!(stage.put("/series/1", body).await.status, 202);
    };
    send(1, true, true).await;
    assert_eq!(stage.monitored(1, 1), [2], "an equal flag leaves the mix alone");
    send(1, true, false).await;
    assert_eq!(
        (stage.monitored(1, 1), stage.monitored(1, 2)),
        (vec![2], vec![1, 2]),
        "the series' flag does not cascade"
    );
    send(1, false, false).await;
    assert_eq!(stage.monitored(1, 1), [0_i32; 0]);
    send(1, true, false).await;
    assert_eq!(
        stage.monitored(1, 1),
        [1, 2, 3, 4],
        "all episodes, aired or not, with a file or not"
    );
    assert_eq!(stage.monitored(1, 2), [1, 2]);
}

#[tokio::test]
async fn the_last_of_two_writers_wins_and_episodes_are_written_first() {
    let stage = Stage::new();
    stage.sim.add_series(two_seasons());
    stage.sim.add_series(SeriesSpec::new("Beta", 20).season(1, 1));
    let (mut one, mut other) = (stage.get("/series/1").await, stage.get("/series/1").await);
    one["seasons"][2]["monitored"] = json!(false);
    other["qualityProfileId"] = json!(5);
    assert_eq!(stage.put("/series/1", one).await.status, 202);
    assert_eq!(stage.put("/series/1", other).await.status, 202);
    assert_eq!(
        stage.monitored(1, 2),
        [1, 2, 3],
        "the second writer's copy of the flag toggled them back"
    );
    let mut clash = stage.get("/series/1").await;
    clash["tvdbId"] = json!(20);
    clash["seasons"][1]["monitored"] = json!(false);
    assert_eq!(stage.put("/series/1", clash).await.status, 409);
    assert_eq!(
        stage.monitored(1, 1),
        [0_i32; 0],
        "the episodes were written before the row failed"
    );
    assert!(stage.sim.series(1).unwrap().seasons[&1]);
}

#[tokio::test]
async fn a_refresh_under_way_can_undo_a_put() {
    for (races, expected) in [(true, vec![1, 2, 3]), (false, vec![])] {
        let stage = Stage::new();
        stage.sim.set_timing(Default::default());
        stage.sim.race_refreshes(races);
        stage.sim.add_series(two_seasons());
        stage
            .post("/command", json!({"name": "RefreshSeries", "seriesId": 1}))
            .await;
        stage.pass(1);
        let mut body = stage.get("/series/1").await;
        body["seasons"][1]["monitored"] = json!(false);
        body["monitored"] = json!(false);
        assert_eq!(stage.put("/series/1", body).await.status, 202);
        assert_eq!(stage.monitored(1, 1), [0_i32; 0]);
        stage.pass(10);
        assert_eq!(stage.monitored(1, 1), expected);
        assert_eq!(stage.sim.series(1).unwrap().monitored, races);
    }
}

#[tokio::test]
async fn the_editor_changes_only_what_is_there_and_never_seasons() {
    let stage = Stage::new();
    stage.sim.add_series(two_seasons().tag("old"));
    stage.sim.add_series(SeriesSpec::new("Beta", 20).season(1, 1));
    let (old, new) = (stage.sim.create_tag("old"), stage.sim.create_tag("new"));
    let answer = stage
        .put(
            "/series/editor",
            json!({"seriesIds": [1], "monitored": false, "tags": [new]}),
        )
        .await;
    assert_eq!(answer.status, 202);
    let shown = &answer.json()[0];
    assert_eq!(
        (&shown["monitored"], &shown["tags"]),
        (&json!(false), &json!([old, new]))
    );
    for absent in ["statistics", "rootFolderPath", "alternateTitles"] {
        assert!(shown.get(absent).is_none(), "{absent}");
    }
    assert!(shown["images"][0].get("url").is_none());
    let series = stage.sim.series(1).unwrap();
    assert!(series.seasons[&1] && series.seasons[&2] && series.monitor_new_items);
    assert_eq!(stage.monitored(1, 1), [1, 2, 3]);
    for (how, tags, expected) in [("remove", vec![old], vec![new]), ("replace", vec![old], vec![old])] {
        let body = json!({"seriesIds": [1], "tags": tags, "applyTags": how});
        assert_eq!(
            stage.put("/series/editor", body).await.json()[0]["tags"],
            json!(expected)
        );
    }
    for (ids, returned) in [(json!([1, 99]), 1), (json!([1, 1]), 1)] {
        let answer = stage
            .put("/series/editor", json!({"seriesIds": ids, "monitored": true}))
            .await;
        assert_eq!(answer.status, 500);
        assert_eq!(
            answer.json()["message"],
            format!("Expected query to return 2 rows but returned {returned}")
        );
        assert!(!stage.sim.series(1).unwrap().monitored);
    }
    let gone = stage
        .call("DELETE", "/series/editor", Some(json!({"seriesIds": [1, 2]})))
        .await;
    assert_eq!((gone.status, gone.text.as_str()), (200, "{}"));
    assert!(stage.sim.all_series().is_empty());
}

#[tokio::test]
async fn a_new_series_gets_its_episodes_after_the_answer() {
    let stage = Stage::new();
    stage.sim.set_timing(Default::default());
    stage.sim.announce(two_seasons());
    let found: Value = stage.get("/series/lookup?term=tvdb:10").await;
    assert!(found[0].get("id").is_none());
    let body = json!({"tvdbId": 10, "title": "x", "qualityProfileId": 4, "rootFolderPath": "/tv", "monitored": true,
        "addOptions": {"monitor": "firstSeason", "searchForMissingEpisodes": true}});
    let answer = stage.post("/series", body).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/v3/series/1"));
    assert_eq!(answer.json()["title"], "Alpha");
    assert_eq!(answer.json()["addOptions"]["monitor"], "firstSeason");
    assert_eq!(stage.get("/episode?seriesId=1").await, json!([]));
    stage.pass(3);
    let series = stage.get("/series/1").await;
    assert!(series.get("addOptions").is_none());
    assert_eq!(stage.monitored(1, 1), [1, 2, 3]);
    assert_eq!((stage.monitored(1, 0), stage.monitored(1, 2)), (vec![], vec![]));
    let flags = stage.sim.series(1).unwrap().seasons;
    assert_eq!((flags[&0], flags[&1], flags[&2]), (false, true, false));
    stage.pass(10);
    assert_eq!(stage.sim.queue().len(), 3, "the search for missing episodes ran");
    let unknown = json!({"tvdbId": 99, "title": "x", "qualityProfileId": 4, "rootFolderPath": "/tv"});
    let refused = stage.post("/series", unknown).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()[0]["errorMessage"]
            .as_str()
            .unwrap()
            .contains("was not found")
    );
}

#[tokio::test]
async fn monitoring_rules_set_episodes_and_then_seasons() {
    let cases: &[Case] = &[
        ("all", &[1, 2, 3], &[1, 2, 3], [false, true, true]),
        ("missing", &[2, 3], &[1, 2, 3], [false, true, true]),
        ("existing", &[1], &[], [false, true, false]),
        ("firstSeason", &[1, 2, 3], &[], [false, true, false]),
        ("lastSeason", &[], &[1, 2, 3], [false, false, true]),
        ("pilot", &[1], &[], [false, false, false]),
        ("future", &[], &[], [false, false, true]),
        ("none", &[], &[], [false, false, false]),
    ];
    for (rule, first, second, flags) in cases {
        let stage = Stage::new();
        let spec = SeriesSpec::new("Alpha", 10)
            .season(0, 1)
            .with(SeasonSpec::new(1, 3).files([1]))
            .season(2, 3);
        stage.sim.add_series(spec);
        let body = json!({"series": [{"id": 1, "seasons": [{"seasonNumber": 1, "monitored": false}]}],
            "monitoringOptions": {"monitor": rule}});
        let answer = stage.post("/seasonpass", body).await;
        assert_eq!((answer.status, answer.text.as_str()), (202, "{}"));
        assert_eq!(
            (stage.monitored(1, 1), stage.monitored(1, 2)),
            (first.to_vec(), second.to_vec()),
            "{rule}"
        );
        let series = stage.sim.series(1).unwrap();
        assert_eq!([0, 1, 2].map(|season| series.seasons[&season]), *flags, "{rule}");
        assert_eq!(series.monitored, *rule != "none");
    }
}

#[tokio::test]
async fn a_season_pass_without_options_leaves_episodes_alone() {
    let stage = Stage::new();
    stage.sim.add_series(two_seasons());
    let listed = json!([{"id": 1, "monitored": false, "seasons": [{"seasonNumber": 1, "monitored": false}]}]);
    assert_eq!(
        stage
            .post(
                "/seasonpass",
                json!({"series": listed, "monitoringOptions": {"monitor": "skip"}})
            )
            .await
            .status,
        202
    );
    assert!(stage.sim.series(1).unwrap().monitored, "skip saves nothing");
    assert_eq!(stage.post("/seasonpass", json!({"series": listed})).await.status, 202);
    let series = stage.sim.series(1).unwrap();
    assert!(!series.monitored && !series.seasons[&1] && series.seasons[&2]);
    assert_eq!(stage.monitored(1, 1), [1, 2, 3]);
    assert_eq!(
        stage.post("/seasonpass", json!({"series": [{"id": 99}]})).await.status,
        500
    );
}

#[tokio::test]
async fn a_removed_series_takes_its_history_and_files_along() {
    let stage = Stage::new();
    let free = stage.sim.free_space("/tv");
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 2));
    assert!(stage.sim.free_space("/tv") < free);
    assert_eq!(stage.delete("/series/1?deleteFiles=true").await.status, 200);
    assert_eq!(stage.sim.free_space("/tv"), free);
    assert_eq!(stage.call("GET", "/series/1", None).await.status, 404);
    assert_eq!(stage.get("/series?tvdbId=10").await, json!([]));
}
