//! What is fetched, and what is left as it is.

use crate::home::{Home, start};
use crate::stage::{ALICE, BOB, HARBOUR, codes, days, hours, minutes, monitored, with_reason};
use simulators::plex::{OWNER, ShowSpec};
use simulators::sonarr::{EpisodeSpec, SeasonSpec, SeriesSpec};

/// The owner is in an episode of "Harbour Lights" as given; what was decided, and what was searched.
async fn at(home: &Home, spec: SeriesSpec, season: i32, episode: i32) -> (i64, Vec<&'static str>, Vec<String>) {
    let show = home.harbour_in_plex();
    let series = home.sonarr().add_series(spec);
    home.plays(OWNER, show, season, episode);
    let report = home.check().await;
    assert_eq!(report.errors, []);
    (series, codes(&report), home.searched())
}

fn harbour() -> SeriesSpec {
    SeriesSpec::new("Harbour Lights", HARBOUR)
}

#[tokio::test]
async fn a_season_that_nobody_wanted_is_monitored_and_searched_as_a_whole() {
    let home = Home::staged().await;
    let spec = crate::stage::harbour_lights().monitored(false);
    let (series, codes, searched) = at(&home, spec, 1, 8).await;

    assert_eq!(
        (codes, searched),
        (vec!["nextSeason"], vec!["Harbour Lights S02".to_owned()])
    );
    let view = home.sonarr().series(series).unwrap();
    assert!(view.monitored && view.seasons[&2]);
    assert_eq!(monitored(home.sonarr(), series, 2), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(home.journal_codes().await, ["done nextSeason"]);
}

#[tokio::test]
async fn the_seventh_of_ten_is_not_near_the_end_unless_the_setting_says_so() {
    let home = Home::staged().await;
    let (_, codes, _) = at(&home, crate::stage::harbour_lights(), 1, 7).await;
    assert_eq!(codes, ["notNearEnd"]);

    home.set(serde_json::json!({"remainingEpisodes": 3})).await;
    home.engine.poll().await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn only_what_is_missing_of_a_started_season_is_searched() {
    let home = Home::staged().await;
    let spec = harbour()
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 8).files([1, 2, 5]));
    let (_, codes, searched) = at(&home, spec, 1, 10).await;

    assert_eq!(codes, ["nextSeason"]);
    assert_eq!(searched, ["Harbour Lights S02E03 S02E04 S02E06 S02E07 S02E08"]);
}

#[tokio::test]
async fn seasons_may_skip_numbers() {
    let home = Home::staged().await;
    let spec = harbour().season_with_files(2, 8).season(4, 6).season(5, 6);
    let (_, _, searched) = at(&home, spec, 2, 7).await;

    assert_eq!(searched, ["Harbour Lights S04"]);
}

#[tokio::test]
async fn nothing_is_written_when_nothing_is_missing() {
    let home = Home::staged().await;
    let spec = harbour()
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 8).all_files().monitored(false));
    let (_, codes, _) = at(&home, spec, 1, 9).await;

    assert_eq!(codes, ["nothingMissing"]);
    assert_eq!(home.sonarr().log().writes().len(), 0);
}

#[tokio::test]
async fn what_was_watched_and_removed_is_not_fetched_again() {
    let home = Home::staged().await;
    let spec = harbour()
        .with(SeasonSpec::new(1, 10).files(5..=10).unmonitored(1..=4))
        .with(SeasonSpec::new(2, 8).monitored(false));
    let (series, _, searched) = at(&home, spec, 1, 8).await;

    assert_eq!(searched, ["Harbour Lights S02"]);
    assert_eq!(monitored(home.sonarr(), series, 1), [5, 6, 7, 8, 9, 10]);
}

#[tokio::test]
async fn the_rest_of_the_first_season_follows_a_lone_pilot() {
    let home = Home::staged().await;
    let spec = harbour()
        .with(SeasonSpec::new(1, 10).files([1]).only_monitored([1]).flag(false))
        .season(2, 8);
    let (series, codes, searched) = at(&home, spec, 1, 1).await;

    assert_eq!(codes, ["lonePilot"]);
    assert_eq!(
        searched,
        ["Harbour Lights S01E02 S01E03 S01E04 S01E05 S01E06 S01E07 S01E08 S01E09 S01E10"]
    );
    assert_eq!(monitored(home.sonarr(), series, 1).len(), 10);
}

#[tokio::test]
async fn missing_episodes_right_ahead_are_searched_too() {
    let home = Home::staged().await;
    let spec = harbour()
        .with(
            SeasonSpec::new(1, 10)
                .files([1, 2, 3, 5])
                .only_monitored([1, 2, 3, 5])
                .flag(true),
        )
        .season(2, 8);
    let (series, codes, searched) = at(&home, spec, 1, 3).await;

    assert_eq!(
        (codes, searched),
        (vec!["upcomingEpisodes"], vec!["Harbour Lights S01E04".to_owned()])
    );
    assert_eq!(monitored(home.sonarr(), series, 1), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn the_last_season_has_new_ones_monitored() {
    let home = Home::staged().await;
    let spec = harbour()
        .with(SeasonSpec::new(1, 10).all_files().monitored(false))
        .monitored(false)
        .monitor_new_items(false);
    let (series, codes, searched) = at(&home, spec, 1, 9).await;

    assert_eq!((codes, searched), (vec!["monitorNew"], vec![]));
    let view = home.sonarr().series(series).unwrap();
    assert!(view.monitored && view.monitor_new_items && view.seasons[&1]);
    assert_eq!(monitored(home.sonarr(), series, 1), Vec::<i32>::new());

    home.forget_requests();
    assert_eq!(crate::stage::codes(&home.check().await), ["monitorsNewAlready"]);
    assert_eq!(home.sonarr().log().writes().len(), 0);
}

#[tokio::test]
async fn unaired_episodes_are_monitored_now_and_searched_once_each_when_they_have_aired() {
    let home = Home::staged().await;
    let weekly = SeasonSpec::new(2, 4).weekly_from(start() + days(2)).monitored(false);
    let (series, codes, searched) = at(&home, harbour().season_with_files(1, 10).with(weekly), 1, 9).await;
    assert_eq!((codes, searched), (vec!["notAired"], vec![]));
    assert_eq!(monitored(home.sonarr(), series, 2), [1, 2, 3, 4]);

    // Nobody plays anything from here on.
    home.ticks_over(days(2), hours(6)).await;
    assert_eq!(home.searched(), Vec::<String>::new());
    home.ticks_over(hours(6), hours(6)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02E01"]);
    // Sonarr keeps its list of commands for a day only, so that each search is met before it is forgotten.
    for episode in 2..=4 {
        home.ticks_over(days(6), hours(12)).await;
        home.forget_requests();
        home.ticks_over(days(1), hours(6)).await;
        let sent: Vec<String> = home
            .sonarr()
            .log()
            .writes()
            .into_iter()
            .map(|request| request.body)
            .collect();
        let id = home.sonarr().episode(series, 2, episode).unwrap().id;
        let own = sent.iter().filter(|body| body.contains(&format!("[{id}]"))).count();
        assert_eq!(own, 1, "episode {episode}: {sent:?}");
    }
}

#[tokio::test]
async fn an_episode_that_came_by_itself_is_not_searched_when_it_has_aired() {
    let home = Home::staged().await;
    let weekly = SeasonSpec::new(2, 2).weekly_from(start() + days(1));
    let (series, ..) = at(&home, harbour().season_with_files(1, 10).with(weekly), 1, 9).await;

    home.later(hours(23));
    home.sonarr().add_file(series, 2, &[1], 1_000);
    home.ticks_over(days(2), hours(2)).await;

    assert_eq!(home.searched(), Vec::<String>::new());
    assert!(home.journal_codes().await.contains(&"nothing moot".to_owned()));
}

#[tokio::test]
async fn a_season_that_is_only_announced_is_fetched_when_its_episodes_are_listed() {
    let home = Home::staged().await;
    let spec = harbour()
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 0).monitored(false));
    let (series, codes, _) = at(&home, spec, 1, 9).await;
    assert_eq!(codes, ["notListed"]);

    home.ticks_over(days(3), hours(12)).await;
    assert_eq!(home.searched(), Vec::<String>::new());
    for number in 1..=3 {
        home.sonarr()
            .add_episode(series, EpisodeSpec::new(2, number).airs(start() - days(10)));
    }
    home.forget_requests();
    home.ticks_over(days(8), hours(12)).await;

    let bodies: Vec<String> = home
        .sonarr()
        .log()
        .writes()
        .into_iter()
        .map(|request| request.body)
        .collect();
    let searches: Vec<&String> = bodies.iter().filter(|body| body.contains("Search")).collect();
    assert_eq!(searches.len(), 1, "{bodies:?}");
    assert!(searches[0].contains("SeasonSearch"));
    assert!(home.journal_codes().await.contains(&"done nowListed".to_owned()));
}

#[tokio::test]
async fn undated_episodes_are_looked_at_until_they_have_a_date() {
    let home = Home::staged().await;
    let spec = harbour()
        .season_with_files(1, 10)
        .with(SeasonSpec::new(2, 3).undated().untitled());
    let (series, codes, searched) = at(&home, spec, 1, 9).await;
    assert_eq!((codes, searched), (vec!["notAired"], vec![]));

    home.ticks_over(days(2), hours(12)).await;
    home.sonarr()
        .set_air_date(series, 2, 1, Some(home.clock.now() + hours(10)));
    home.forget_requests();
    home.ticks_over(days(3), hours(6)).await;

    let sent = home.sonarr().log().writes();
    let id = home.sonarr().episode(series, 2, 1).unwrap().id;
    assert_eq!(
        sent.iter()
            .filter(|request| request.body.contains(&format!("[{id}]")))
            .count(),
        1,
        "{sent:?}"
    );
    assert_eq!(sent.len(), 1, "{sent:?}");
}

#[tokio::test]
async fn every_episode_of_a_shared_file_counts_as_watched() {
    let home = Home::staged().await;
    let spec = harbour()
        .with(SeasonSpec::new(1, 10).files(1..=6).file_over(7..=8).files(9..=10))
        .with(SeasonSpec::new(2, 8).monitored(false));
    // Plex names the first of the two.
    let (_, codes, searched) = at(&home, spec, 1, 7).await;

    assert_eq!(
        (codes, searched),
        (vec!["nextSeason"], vec!["Harbour Lights S02".to_owned()])
    );
}

#[tokio::test]
async fn a_binge_searches_each_season_once() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let series = home.sonarr().add_series(
        harbour()
            .season_with_files(1, 10)
            .with(SeasonSpec::new(2, 8).monitored(false))
            .with(SeasonSpec::new(3, 8).monitored(false)),
    );
    let player = home.plays(OWNER, show, 1, 5);
    let mut seen = Vec::new();
    for (season, episode) in (6..=10)
        .map(|episode| (1, episode))
        .chain((1..=8).map(|episode| (2, episode)))
    {
        if (season, episode) == (2, 1) {
            for number in 1..=8 {
                home.sonarr().add_file(series, 2, &[number], 1_000);
            }
        }
        home.plex
            .next_item(player, home.plex.episode_key(show, season, episode).unwrap(), true);
        home.engine.poll().await;
        for _ in 0..3 {
            home.plex.watch(player, minutes(15));
            home.engine.poll().await;
            home.engine.tick().await;
        }
        seen = home.searched();
    }
    assert_eq!(seen, ["Harbour Lights S02", "Harbour Lights S03"]);
}

#[tokio::test]
async fn two_viewers_of_one_episode_cause_one_search() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.plays(ALICE, show, 1, 8);
    home.plays(BOB, show, 1, 8);

    let report = home.check().await;

    assert_eq!((report.processed_sessions, report.triggered_searches), (2, 1));
    let mut codes = codes(&report);
    codes.sort_unstable();
    assert_eq!(codes, ["nextSeason", "searchedRecently"]);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
    assert!(with_reason(&report, "nextSeason").subject.viewer.is_some());
}

#[tokio::test]
async fn specials_are_neither_next_nor_searched() {
    let home = Home::staged().await;
    let show = home.plex.add_show(
        ShowSpec::new("Harbour Lights", 2015)
            .tvdb(HARBOUR)
            .season(0, 3)
            .season(1, 10),
    );
    let series = home.sonarr().add_series(
        harbour()
            .with(SeasonSpec::new(0, 3).monitored(false))
            .season_with_files(1, 10),
    );
    home.plays(OWNER, show, 1, 10);
    home.plays(ALICE, show, 0, 3);

    let report = home.check().await;

    assert_eq!(report.triggered_searches, 0);
    assert_eq!(with_reason(&report, "special").subject.season, Some(0));
    assert_eq!(monitored(home.sonarr(), series, 0), Vec::<i32>::new());
}
