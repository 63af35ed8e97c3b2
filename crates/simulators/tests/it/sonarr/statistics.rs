use super::{NOW, Stage, at};
use cliffhangarr_simulators::sonarr::{SeasonSpec, SeriesSpec};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn statistics_move_with_the_clock() {
    let stage = Stage::new();
    let first = at(NOW) + SignedDuration::from_hours(1);
    let season = SeasonSpec::new(1, 2).weekly_from(first);
    let id = stage.sim.add_series(SeriesSpec::new("Alpha", 10).with(season));
    let count = async || stage.get(&format!("/series/{id}")).await["statistics"]["episodeCount"].clone();
    assert_eq!(count().await, 0);
    let series = stage.get("/series/1").await;
    assert_eq!(series["nextAiring"], "2026-07-01T13:00:00Z");
    assert!(series.get("previousAiring").is_none());
    stage.pass(3600);
    assert_eq!(count().await, 1);
    stage.pass(1);
    let series = stage.get("/series/1").await;
    assert_eq!(series["previousAiring"], "2026-07-01T13:00:00Z");
    assert_eq!(series["nextAiring"], "2026-07-08T13:00:00Z");
    assert!(stage.sim.log().writes().is_empty());
}

#[tokio::test]
async fn a_file_of_two_episodes_counts_twice_and_weighs_once() {
    let stage = Stage::new();
    let season = SeasonSpec::new(1, 4).file_over(1..=2).size(1000).unmonitored([3]);
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).with(season));
    let statistics = &stage.get("/series/1").await["statistics"];
    assert_eq!(statistics["episodeFileCount"], 2);
    assert_eq!(statistics["episodeCount"], 3);
    assert_eq!(statistics["totalEpisodeCount"], 4);
    assert_eq!(statistics["sizeOnDisk"], 1000);
    assert!(statistics["percentOfEpisodes"].to_string().starts_with("66.666"));
}

#[tokio::test]
async fn an_unmonitored_missing_episode_is_not_counted_and_one_with_a_file_is() {
    let stage = Stage::new();
    let season = SeasonSpec::new(1, 3).files([1]).only_monitored([]);
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).with(season));
    let statistics = &stage.get("/series/1").await["seasons"][0]["statistics"];
    assert_eq!(statistics["episodeCount"], 1);
    assert_eq!(statistics["percentOfEpisodes"], json!(100));
}

#[tokio::test]
async fn seasons_and_series_without_rows_have_no_statistics_or_zeros() {
    let stage = Stage::new();
    let spec = SeriesSpec::new("Alpha", 10).season(1, 1).with(SeasonSpec::new(2, 0));
    stage.sim.add_series(spec);
    stage.sim.add_series(SeriesSpec::new("Beta", 11));
    let list = stage.get("/series").await;
    assert!(list[0]["seasons"][0].get("statistics").is_some());
    assert!(list[0]["seasons"][1].get("statistics").is_none());
    assert!(list[1].get("statistics").is_none());
    let single = stage.get("/series/2").await;
    assert_eq!(single["statistics"]["totalEpisodeCount"], 0);
    assert!(single["statistics"].get("releaseGroups").is_none());
}

#[tokio::test]
async fn specials_are_in_the_totals_and_not_in_the_season_count() {
    let stage = Stage::new();
    stage.sim.add_series(
        SeriesSpec::new("Alpha", 10)
            .season_with_files(0, 2)
            .season_with_files(1, 3)
            .season(2, 1),
    );
    let statistics = &stage.get("/series/1").await["statistics"];
    assert_eq!(statistics["episodeFileCount"], 5);
    assert_eq!(statistics["totalEpisodeCount"], 6);
    assert_eq!(statistics["seasonCount"], 2);
}

#[tokio::test]
async fn undated_episodes_count_only_in_the_total() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).with(SeasonSpec::new(1, 2).undated().untitled()));
    let statistics = &stage.get("/series/1").await["statistics"];
    assert_eq!(
        (
            statistics["episodeCount"].as_i64(),
            statistics["totalEpisodeCount"].as_i64()
        ),
        (Some(0), Some(2))
    );
    let episode = &stage.get("/episode?seriesId=1").await[0];
    assert!(episode.get("airDate").is_none() && episode.get("airDateUtc").is_none());
    assert_eq!(episode["title"], "TBA");
    assert_eq!(stage.get("/wanted/missing").await["totalRecords"], 0);
    let calendar = "/calendar?start=2000-01-01T00:00:00Z&end=2100-01-01T00:00:00Z";
    assert_eq!(stage.get(calendar).await, json!([]));
}
