//! Which series on which Sonarr is meant.

use crate::home::Home;
use crate::stage::{codes, minutes, searched};
use simulators::plex::{GuidMode, OWNER, ShowSpec};
use simulators::sonarr::SeriesSpec;

fn two_seasons(title: &str, tvdb: i64) -> SeriesSpec {
    SeriesSpec::new(title, tvdb).season_with_files(1, 10).season(2, 8)
}

/// Has the owner near the end of a show's first season, and looks at it.
async fn searched_for(home: &Home, show: ShowSpec) -> (Vec<&'static str>, Vec<String>) {
    let show = home.plex.add_show(show.season(1, 10));
    home.owner_nears_the_end(show);
    let report = home.check().await;
    assert_eq!(report.errors, []);
    (codes(&report), home.searched())
}

#[tokio::test]
async fn the_tvdb_id_of_the_series_goes_before_every_title() {
    let home = Home::staged().await;
    home.sonarr().add_series(two_seasons("Lights", 10));
    home.sonarr().add_series(two_seasons("Hafenlichter", 20));

    let found = searched_for(&home, ShowSpec::new("Lights", 2015).tvdb(20)).await;

    assert_eq!(found, (vec!["nextSeason"], vec!["Hafenlichter S02".to_owned()]));
    let asked: Vec<String> = home
        .sonarr()
        .log()
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert!(!asked.iter().any(|target| target == "/api/v3/series"), "{asked:?}");
}

#[tokio::test]
async fn the_imdb_id_serves_where_the_tvdb_id_is_not_known() {
    let home = Home::staged().await;
    home.sonarr().add_series(two_seasons("Lights", 10).imdb("tt0000010"));
    home.sonarr()
        .add_series(two_seasons("Hafenlichter", 20).imdb("tt0000020"));

    let found = searched_for(&home, ShowSpec::new("Lights", 2015).imdb("tt0000020")).await;

    assert_eq!(found, (vec!["nextSeason"], vec!["Hafenlichter S02".to_owned()]));
}

#[tokio::test]
async fn ids_of_old_agents_are_read_from_the_guid() {
    for mode in [GuidMode::LegacyThetvdb, GuidMode::Hama] {
        let home = Home::staged().await;
        home.sonarr().add_series(two_seasons("Hafenlichter", 20));

        let found = searched_for(&home, ShowSpec::new("Lights", 2015).tvdb(20).guid_mode(mode)).await;

        assert_eq!(found, (vec!["nextSeason"], vec!["Hafenlichter S02".to_owned()]));
    }
}

#[tokio::test]
async fn titles_match_without_case_year_and_leading_article() {
    for mode in [GuidMode::None, GuidMode::Local] {
        let home = Home::staged().await;
        home.sonarr()
            .add_series(two_seasons("The Night & Day (2015)", 20).year(2015));

        let found = searched_for(&home, ShowSpec::new("night and day", 2015).guid_mode(mode)).await;

        assert_eq!(found.0, ["nextSeason"]);
    }
}

#[tokio::test]
async fn alternate_titles_match_too() {
    let home = Home::staged().await;
    home.sonarr()
        .add_series(two_seasons("Hafenlichter", 20).alternate_title("Harbour Lights"));

    let found = searched_for(&home, ShowSpec::new("Harbour Lights", 2015).guid_mode(GuidMode::Local)).await;

    assert_eq!(found, (vec!["nextSeason"], vec!["Hafenlichter S02".to_owned()]));
}

#[tokio::test]
async fn nothing_is_guessed_between_equal_titles() {
    let home = Home::staged().await;
    home.sonarr().add_series(two_seasons("Lights", 10).year(1990));
    home.sonarr().add_series(two_seasons("The Lights", 20).year(2003));

    let found = searched_for(&home, ShowSpec::new("Lights", 2015).guid_mode(GuidMode::Local)).await;

    assert_eq!(found, (vec!["ambiguousTitle"], vec![]));
    assert_eq!(home.journal_codes().await, ["nothing ambiguousTitle"]);
}

#[tokio::test]
async fn the_year_tells_remakes_apart() {
    let home = Home::staged().await;
    home.sonarr().add_series(two_seasons("Lights", 10).year(1990));
    home.sonarr().add_series(two_seasons("Lights", 20).year(2015));

    let found = searched_for(&home, ShowSpec::new("Lights", 2015).guid_mode(GuidMode::Local)).await;

    assert_eq!(found.0, ["nextSeason"]);
    assert_eq!(
        home.sonarr().searches()[0].series,
        home.sonarr().series_by_tvdb(20).map(|series| series.id)
    );
}

#[tokio::test]
async fn a_remake_is_not_taken_for_the_original() {
    let home = Home::staged().await;
    home.sonarr().add_series(two_seasons("Lights", 10).year(1990));

    let found = searched_for(&home, ShowSpec::new("Lights", 2015).tvdb(20)).await;

    assert_eq!(found, (vec!["notInSonarr"], vec![]));
}

#[tokio::test]
async fn a_series_that_is_added_during_the_play_is_found_within_half_an_hour() {
    let home = Home::staged().await;
    let show = home.plex.add_show(ShowSpec::new("Lights", 2015).tvdb(20).season(1, 10));
    let player = home.owner_nears_the_end(show);
    assert_eq!(codes(&home.engine.poll().await), ["notInSonarr"]);

    home.sonarr().add_series(two_seasons("Lights", 20));
    home.forget_requests();
    home.goes_on(player, minutes(15));
    assert_eq!(codes(&home.engine.poll().await), ["notInSonarr"]);
    assert_eq!(home.asked_of_sonarr(), 0);
    home.goes_on(player, minutes(16));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
}

#[tokio::test]
async fn every_instance_that_has_the_series_acts_for_itself() {
    let home = Home::staged_with_instances(3).await;
    let show = home.harbour_in_plex();
    home.sonarrs[0].add_series(crate::stage::harbour_lights());
    home.sonarrs[2].add_series(
        SeriesSpec::new("Harbour Lights UHD", crate::stage::HARBOUR)
            .season_with_files(1, 10)
            .season(2, 8),
    );
    home.plays(OWNER, show, 1, 9);

    let report = home.check().await;

    assert_eq!(codes(&report), ["nextSeason", "nextSeason"]);
    assert_eq!(report.triggered_searches, 2);
    assert_eq!(searched(&home.sonarrs[0]), ["Harbour Lights S02"]);
    assert_eq!(searched(&home.sonarrs[1]), Vec::<String>::new());
    assert_eq!(searched(&home.sonarrs[2]), ["Harbour Lights UHD S02"]);
    let instances: Vec<_> = report
        .decisions
        .iter()
        .filter_map(|decision| decision.subject.instance.clone())
        .collect();
    assert_eq!(instances, ["Sonarr", "Sonarr 3"]);
}
