use super::{NOW, Stage, at};
use cliffhangarr_simulators::sonarr::{ReleasePolicy, SeasonSpec, SeriesSpec, SeriesType, Timing};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Sends a command and gives its message once it is over.
async fn run(stage: &Stage, body: Value) -> String {
    let posted = stage.post("/command", body).await;
    assert_eq!(
        (posted.status, posted.json()["status"].as_str()),
        (201, Some("queued")),
        "{}",
        posted.text
    );
    let command = stage.get(&format!("/command/{}", posted.json()["id"])).await;
    assert_eq!(
        (command["status"].as_str(), command["result"].as_str()),
        (Some("completed"), Some("successful"))
    );
    command["message"].as_str().unwrap().to_owned()
}

fn season_search(season: i32) -> Value {
    json!({"name": "SeasonSearch", "seriesId": 1, "seasonNumber": season})
}

#[tokio::test]
async fn a_command_moves_from_queued_over_started_to_completed() {
    let stage = Stage::new();
    stage.sim.set_timing(Timing::default());
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    let posted = stage.post("/command", season_search(1)).await.json();
    assert_eq!(
        (&posted["status"], &posted["result"]),
        (&json!("queued"), &json!("unknown"))
    );
    assert_eq!(posted["body"]["seasonNumber"], 1);
    assert!(posted.get("message").is_none() && posted.get("ended").is_none());
    assert_eq!(stage.get("/command/1").await["status"], "started");
    stage.pass(3);
    let done = stage.get("/command/1").await;
    assert_eq!(
        (&done["status"], &done["result"]),
        (&json!("completed"), &json!("successful"))
    );
    assert_eq!(
        (&done["duration"], &done["commandName"]),
        (&json!("00:00:03"), &json!("Season Search"))
    );
}

#[tokio::test]
async fn equal_open_commands_are_one() {
    let stage = Stage::new();
    stage.sim.set_timing(Timing::default());
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
    let id = async |body: Value| stage.post("/command", body).await.json()["id"].as_i64().unwrap();
    assert_eq!(id(json!({"name": "EpisodeSearch", "episodeIds": [1, 2]})).await, 1);
    assert_eq!(
        id(json!({"name": "episodesearch", "episodeIds": [2, 1]})).await,
        1,
        "lists are sets"
    );
    assert_eq!(id(json!({"name": "EpisodeSearch", "episodeIds": [2]})).await, 2);
    assert_eq!(id(json!({"name": "MissingEpisodeSearch", "monitored": true})).await, 3);
    assert_eq!(
        id(json!({"name": "MissingEpisodeSearch", "monitored": false})).await,
        3,
        "two nulls end the comparison"
    );
    stage.pass(10);
    assert_eq!(
        id(json!({"name": "EpisodeSearch", "episodeIds": [2]})).await,
        4,
        "a finished one is not shared"
    );
}

#[tokio::test]
async fn three_run_at_once_and_only_a_waiting_one_can_be_cancelled() {
    let stage = Stage::new();
    stage.sim.set_timing(Timing::default());
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 5));
    for episode in 1..=4 {
        stage
            .post("/command", json!({"name": "EpisodeSearch", "episodeIds": [episode]}))
            .await;
    }
    let list = stage.get("/command").await;
    let states: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|command| command["status"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["started", "started", "started", "queued"]);
    let running = stage.delete("/command/1").await;
    assert_eq!(
        (running.status, running.json()["message"].as_str()),
        (409, Some("Unable to cancel task"))
    );
    assert_eq!(stage.delete("/command/4").await.status, 200);
    stage.pass(60);
    assert_eq!(
        stage.get("/command/4").await["status"],
        "queued",
        "its row stays queued for ever"
    );
    assert_eq!(stage.get("/command").await.as_array().unwrap().len(), 3);
    assert_eq!(stage.sim.queue().len(), 3);
}

#[tokio::test]
async fn what_is_wrong_with_a_command_shows_early_or_late() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 2));
    assert_eq!(stage.post("/command", json!({"name": "NoSuch"})).await.status, 500);
    assert_eq!(
        stage.post("/command", json!({"name": ""})).await.json()[0]["propertyName"],
        "Name"
    );
    for body in [
        json!({"name": "SeasonSearch", "seriesId": 9, "seasonNumber": 1}),
        json!({"name": "EpisodeSearch", "episodeIds": [1, 99, 2]}),
        json!({"name": "EpisodeSearch"}),
        json!({"name": "RefreshSeries", "seriesId": 9}),
    ] {
        let posted = stage.post("/command", body.clone()).await;
        assert_eq!(posted.status, 201, "{body}");
        let command = stage.get(&format!("/command/{}", posted.json()["id"])).await;
        assert_eq!(
            (&command["status"], &command["message"]),
            (&json!("failed"), &json!("Failed")),
            "{body}"
        );
        assert!(command["exception"].is_string());
    }
    assert_eq!(
        stage.sim.queue().len(),
        1,
        "ids before the unknown one were searched, later ones were not"
    );
    assert_eq!(
        run(&stage, season_search(7)).await,
        "Season search completed. 0 reports downloaded."
    );
}

#[tokio::test]
async fn a_finished_command_loses_its_message_and_then_is_gone() {
    let stage = Stage::new();
    stage.sim.set_indexers(0);
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 2));
    assert_eq!(
        run(&stage, season_search(1)).await,
        "Season search completed. 0 reports downloaded."
    );
    assert!(
        stage.sim.episode(1, 1, 1).unwrap().last_search.is_none(),
        "nobody was asked"
    );
    stage.pass(301);
    let later = stage.get("/command/1").await;
    assert_eq!((later.get("message"), &later["result"]), (None, &json!("unknown")));
    assert_eq!(later["status"], "completed");
    assert_eq!(stage.get("/command").await, json!([]));
    stage.pass(24 * 3600);
    assert_eq!(stage.call("GET", "/command/1", None).await.status, 404);
}

#[tokio::test]
async fn a_season_search_takes_a_pack_only_when_all_of_it_is_wanted_and_aired() {
    let tomorrow = at(NOW) + SignedDuration::from_hours(48);
    let aired = || SeasonSpec::new(1, 3);
    let airing = SeasonSpec::new(1, 3).weekly_from(tomorrow - SignedDuration::from_hours(24 * 15));
    let cases: Vec<(&str, SeriesSpec, usize, usize)> = vec![
        ("whole season wanted", SeriesSpec::new("A", 1).with(aired()), 1, 3),
        (
            "season flag off",
            SeriesSpec::new("A", 1).with(aired().flag(false)),
            1,
            3,
        ),
        (
            "series off",
            SeriesSpec::new("A", 1).monitored(false).with(aired()),
            0,
            0,
        ),
        (
            "one unmonitored",
            SeriesSpec::new("A", 1).with(aired().unmonitored([2])),
            2,
            2,
        ),
        ("one has a file", SeriesSpec::new("A", 1).with(aired().files([1])), 2, 2),
        ("one is to air", SeriesSpec::new("A", 1).with(airing), 2, 2),
        ("one is undated", SeriesSpec::new("A", 1).with(aired().undated()), 0, 0),
        ("only one episode", SeriesSpec::new("A", 1).season(1, 1), 1, 1),
        (
            "daily",
            SeriesSpec::new("A", 1).series_type(SeriesType::Daily).with(aired()),
            3,
            3,
        ),
    ];
    for (name, spec, reports, episodes) in cases {
        let stage = Stage::new();
        stage.sim.add_series(spec);
        let message = run(&stage, season_search(1)).await;
        assert_eq!(
            message,
            format!("Season search completed. {reports} reports downloaded."),
            "{name}"
        );
        assert_eq!(stage.sim.queue().len(), episodes, "{name}");
    }
}

#[tokio::test]
async fn what_the_indexers_have_decides_what_is_found() {
    let cases = [
        (ReleasePolicy::EVERYTHING, 1, 3),
        (ReleasePolicy::ONLY_PACKS, 1, 3),
        (ReleasePolicy::ONLY_SINGLES, 3, 3),
        (ReleasePolicy::NOTHING, 0, 0),
    ];
    for (policy, reports, episodes) in cases {
        let stage = Stage::new();
        stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 3));
        stage.sim.set_releases(1, Some(1), policy);
        assert!(
            run(&stage, season_search(1))
                .await
                .contains(&format!(" {reports} reports")),
            "{policy:?}"
        );
        assert_eq!(stage.sim.queue().len(), episodes, "{policy:?}");
        assert!(stage.sim.episode(1, 1, 1).unwrap().last_search.is_some());
    }
}

#[tokio::test]
async fn an_episode_search_ignores_flags_and_takes_no_packs() {
    let stage = Stage::new();
    let season = SeasonSpec::new(1, 3).monitored(false);
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).monitored(false).with(season));
    let search = json!({"name": "EpisodeSearch", "episodeIds": [1, 2]});
    assert_eq!(
        run(&stage, search.clone()).await,
        "Episode search completed. 2 reports downloaded."
    );
    assert_eq!(
        run(&stage, search).await,
        "Episode search completed. 0 reports downloaded.",
        "they are in the queue"
    );
    stage.sim.set_releases(1, None, ReleasePolicy::ONLY_PACKS);
    let third = json!({"name": "EpisodeSearch", "episodeIds": [3]});
    assert_eq!(
        run(&stage, third).await,
        "Episode search completed. 0 reports downloaded."
    );
}

#[tokio::test]
async fn a_missing_search_skips_what_is_queued_undated_or_unaired() {
    let stage = Stage::new();
    let later = at(NOW) + SignedDuration::from_hours(100);
    let spec = SeriesSpec::new("Alpha", 10)
        .with(SeasonSpec::new(1, 3).files([1]))
        .with(SeasonSpec::new(2, 2).undated())
        .with(SeasonSpec::new(3, 2).all_at(later))
        .with(SeasonSpec::new(4, 1).monitored(false));
    stage.sim.add_series(spec);
    run(&stage, json!({"name": "EpisodeSearch", "episodeIds": [2]})).await;
    run(&stage, json!({"name": "MissingEpisodeSearch", "seriesId": 1})).await;
    let queued: Vec<_> = stage.sim.queue().into_iter().map(|row| row.episode).collect();
    assert_eq!(queued, [2, 3]);
}

#[tokio::test]
async fn a_series_search_goes_by_the_seasons_flags() {
    let stage = Stage::new();
    let spec = SeriesSpec::new("Alpha", 10)
        .season(1, 2)
        .with(SeasonSpec::new(2, 2).flag(false));
    stage.sim.add_series(spec);
    let search = json!({"name": "SeriesSearch", "seriesId": 1});
    assert_eq!(
        run(&stage, search.clone()).await,
        "Series search completed. 1 reports downloaded."
    );
    assert_eq!(stage.sim.queue().len(), 2);
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).with(SeasonSpec::new(1, 3).flag(false).unmonitored([2])));
    assert_eq!(
        run(&stage, search).await,
        "Series search completed. 2 reports downloaded."
    );
}
