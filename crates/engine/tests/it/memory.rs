//! What was done already is not done again, and costs nothing.

use crate::home::Home;
use crate::stage::{ALICE, HARBOUR, codes, days, hours, minutes, seconds};
use simulators::plex::{OWNER, ShowSpec};
use simulators::sonarr::{ReleasePolicy, SeasonSpec, SeriesSpec};

/// How often a season search was sent since requests were last forgotten.
fn searches_sent(home: &Home) -> usize {
    home.sonarr()
        .log()
        .writes()
        .iter()
        .filter(|request| request.body.contains("Search"))
        .count()
}

#[tokio::test]
async fn a_sent_search_is_remembered_for_seven_days_over_restarts() {
    let mut home = Home::staged().await;
    let (show, _) = home.harbour();
    home.owner_nears_the_end(show);
    home.check().await;
    assert_eq!(searches_sent(&home), 1);

    for day in 1..=6 {
        home.later(days(1));
        home = home.restart().await;
        home.owner_nears_the_end(show);
        let report = home.check().await;
        assert_eq!(codes(&report), ["searchedRecently"], "day {day}");
    }
    assert_eq!(searches_sent(&home), 1);

    home.later(days(1) + minutes(1));
    home = home.restart().await;
    home.owner_nears_the_end(show);
    home.check().await;
    assert_eq!(searches_sent(&home), 2);
}

#[tokio::test]
async fn a_failed_search_is_not_remembered_as_sent() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr().faults().push(simulators::faults::FaultRule::new(
        "/api/v3/command",
        simulators::faults::Fault::DatabaseLocked,
    ));
    let report = home.check().await;
    assert_eq!(report.triggered_searches, 0);
    assert_eq!(report.errors.len(), 1);

    home.sonarr().faults().clear();
    home.goes_on(player, seconds(20));
    assert_eq!(home.check().await.triggered_searches, 1);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn what_is_in_the_queue_is_not_searched() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let series = home.sonarr().add_series(
        SeriesSpec::new("Harbour Lights", HARBOUR)
            .season_with_files(1, 10)
            .season(2, 8),
    );
    home.sonarr().set_release_policy(ReleasePolicy::EVERYTHING);
    home.sonarr().set_download_delay(hours(10));
    // A person searches in Sonarr's own page.
    home.sonarr().run_command("SeriesSearch", Some(series));
    home.later(seconds(30));
    assert_eq!(home.sonarr().queue().len(), 8);
    home.forget_requests();

    home.owner_nears_the_end(show);
    assert_eq!(codes(&home.check().await), ["alreadyQueued"]);
    assert_eq!(home.sonarr().log().writes().len(), 0);
}

#[tokio::test]
async fn an_unchanged_poll_asks_plex_once_and_sonarr_nothing() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let other = home
        .plex
        .add_show(ShowSpec::new("Elsewhere", 2015).tvdb(99).season(1, 10));
    home.sonarr()
        .add_series(SeriesSpec::new("Elsewhere", 99).season_with_files(1, 10));
    let players = [home.owner_nears_the_end(show), home.plays(ALICE, other, 1, 4)];
    let first = home.engine.poll().await;
    assert_eq!(first.triggered_searches, 1);

    for _ in 0..10 {
        home.forget_requests();
        home.later(minutes(2));
        for player in players {
            home.plex.report_again(player);
        }
        let again = home.engine.poll().await;
        home.engine.tick().await;
        assert_eq!(codes(&again), codes(&first));
        let asked: Vec<String> = home
            .plex
            .log()
            .requests()
            .into_iter()
            .map(|request| request.target)
            .collect();
        assert_eq!(asked, ["/status/sessions"]);
        // What became of the search is looked at once, after ten minutes.
        let questions = home.sonarr().log().requests();
        assert!(
            questions.is_empty() || home.journal_codes().await.len() > 2,
            "{questions:?}"
        );
    }
}

#[tokio::test]
async fn one_new_episode_costs_four_requests() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.plays(OWNER, show, 1, 3);

    home.engine.poll().await;

    let plex: Vec<String> = home
        .plex
        .log()
        .requests()
        .into_iter()
        .map(|request| request.path().to_owned())
        .collect();
    let sonarr: Vec<String> = home
        .sonarr()
        .log()
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(
        plex,
        ["/status/sessions".to_owned(), format!("/library/metadata/{show}")]
    );
    assert_eq!(sonarr.len(), 2, "{sonarr:?}");
}

#[tokio::test]
async fn a_search_that_found_nothing_is_repeated_ever_more_rarely_and_then_given_up() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.owner_nears_the_end(show);
    home.check().await;
    assert_eq!(searches_sent(&home), 1);

    let mut sent_on = Vec::new();
    for day in 1..=90 {
        let before = searches_sent(&home);
        home.ticks_over(days(1), hours(8)).await;
        if searches_sent(&home) > before {
            sent_on.push(day);
        }
    }

    assert_eq!(searches_sent(&home), 4, "{sent_on:?}");
    let pauses: Vec<i64> = sent_on.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]), "{sent_on:?}");
    assert_eq!(
        home.journal_codes().await.last().map(String::as_str),
        Some("nothing gaveUp")
    );
}

#[tokio::test]
async fn a_search_that_brought_everything_is_noted_as_a_success() {
    let home = Home::staged().await;
    home.sonarr().set_release_policy(ReleasePolicy::EVERYTHING);
    let (show, series) = home.harbour();
    home.owner_nears_the_end(show);
    home.check().await;

    home.ticks_over(hours(2), minutes(5)).await;

    assert!(
        home.sonarr()
            .episodes(series)
            .iter()
            .all(|episode| episode.file.is_some())
    );
    assert_eq!(
        home.journal_codes().await.last().map(String::as_str),
        Some("nothing searchSucceeded")
    );
    assert_eq!(searches_sent(&home), 1);
}

#[tokio::test]
async fn episodes_that_a_season_search_did_not_bring_are_searched_one_by_one_later() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let series = home.sonarr().add_series(
        SeriesSpec::new("Harbour Lights", HARBOUR)
            .season_with_files(1, 10)
            .with(SeasonSpec::new(2, 4).monitored(false)),
    );
    home.owner_nears_the_end(show);
    home.check().await;
    home.later(minutes(5));
    home.sonarr().add_file(series, 2, &[1], 1_000);
    home.sonarr().add_file(series, 2, &[2], 1_000);
    home.forget_requests();

    home.ticks_over(days(8), hours(6)).await;

    let bodies: Vec<String> = home
        .sonarr()
        .log()
        .writes()
        .into_iter()
        .map(|request| request.body)
        .collect();
    let ids: Vec<i64> = (3..=4)
        .map(|number| home.sonarr().episode(series, 2, number).unwrap().id)
        .collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(
        bodies[0].contains("EpisodeSearch") && ids.iter().all(|id| bodies[0].contains(&id.to_string())),
        "{bodies:?}"
    );
}
