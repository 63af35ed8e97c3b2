//! Standard monitoring as people live it.

use crate::home::Home;
use simulators::plex::{Device, ShowSpec};
use simulators::sonarr::SeriesSpec;

/// "Harbour Lights" with a whole first season on disk and a missing second one, in Plex and Sonarr.
async fn harbour_lights(home: &Home) -> (i64, i64) {
    let show = home
        .plex
        .add_show(ShowSpec::new("Harbour Lights", 2015).tvdb(5678).season(1, 10));
    let series = home.sonarr().add_series(
        SeriesSpec::new("Harbour Lights", 5678)
            .season_with_files(1, 10)
            .season(2, 8),
    );
    (show, series)
}

#[tokio::test]
async fn the_eighth_of_ten_episodes_searches_the_next_season_once() {
    let home = Home::new().await;
    let (show, series) = harbour_lights(&home).await;
    let episode = home.plex.episode_key(show, 1, 8).unwrap();
    home.plex.play_from(
        simulators::plex::OWNER,
        &Device::television("tv", "Living Room"),
        episode,
        600_000,
    );

    let report = home.check().await;

    assert_eq!(report.errors, []);
    assert_eq!((report.processed_sessions, report.triggered_searches), (1, 1));
    let searches = home.sonarr().searches();
    assert_eq!(searches.len(), 1);
    assert_eq!(
        (searches[0].name.as_str(), searches[0].series, searches[0].season),
        ("SeasonSearch", Some(series), Some(2))
    );

    let again = home.check().await;
    assert_eq!(again.triggered_searches, 0);
    assert_eq!(again.decisions[0].reason.code(), "searchedRecently");
    assert_eq!(home.sonarr().searches().len(), 1);
}
