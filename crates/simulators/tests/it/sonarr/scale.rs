use super::Stage;
use cliffhangarr_simulators::sonarr::{SeasonSpec, SeriesSpec};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_large_library_is_searched_by_index() {
    let stage = Stage::new();
    for tvdb in 1..=2_000 {
        let seasons = (1..=3).map(|number| SeasonSpec::new(number, 20).files(1..=10));
        let spec = seasons.fold(SeriesSpec::new(format!("Show {tvdb}"), tvdb), SeriesSpec::with);
        stage.sim.add_series(spec);
    }
    let started = Instant::now();
    for tvdb in (1..=2_000).step_by(20) {
        let found = stage.get(&format!("/series?tvdbId={tvdb}")).await;
        assert_eq!(found[0]["statistics"]["totalEpisodeCount"], 60);
    }
    // A hundred look-ups; without an index they would compute statistics of 120,000 episodes each.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(stage.get("/episode?seriesId=1999").await.as_array().unwrap().len(), 60);
}
