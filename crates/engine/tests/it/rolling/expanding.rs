//! How rolling shows grow.

use super::scenarios::{first_season_only, pilot_only};
use super::story::Story;
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::{EpisodeSpec, ReleasePolicy, SeasonSpec};

#[tokio::test]
async fn whatever_of_season_1_is_played_first_brings_the_rest_of_it() {
    let mut story = Story::new().await;
    story.show("Pilot", &[10, 8], pilot_only);
    story.enroll("Pilot", "pilotRolling").await;
    story.watches("Alice", "Pilot", 1, 3).await;
    assert_eq!(story.searches(), ["Pilot S01E02–E10"]);
    assert_eq!(story.monitored("Pilot"), "S01E01–E10");
}

#[tokio::test]
async fn the_first_episode_of_any_season_brings_that_season() {
    let mut story = Story::new().await;
    story.show("Pilots", &[6, 6, 6], |spec| {
        spec.with(SeasonSpec::new(1, 6).flag(false).only_monitored([1]).files([1]))
            .with(SeasonSpec::new(2, 6).flag(false).only_monitored([1]).files([1]))
            .with(SeasonSpec::new(3, 6).flag(false).only_monitored([1]).files([1]))
            .monitor_new_items(false)
    });
    story.enroll("Pilots", "allSeasonPilotRolling").await;
    story.watches("Alice", "Pilots", 2, 1).await;
    assert_eq!(story.searches(), ["Pilots S02E02–E06"]);
    assert_eq!(story.monitored("Pilots"), "S01E01, S02E01–E06, S03E01");
    story.binges("Alice", "Pilots", 2, 2..=6).await;
    assert_eq!(
        story.searches(),
        ["Pilots S02E02–E06"],
        "the next season's first episode is there"
    );
}

#[tokio::test]
async fn a_season_that_is_new_gets_its_first_episode_without_anybody_playing() {
    let mut story = Story::new().await;
    let series = story.show("Pilots", &[6], |spec| {
        spec.with(SeasonSpec::new(1, 6).flag(false).only_monitored([1]).files([1]))
            .monitor_new_items(false)
    });
    story.enroll("Pilots", "allSeasonPilotRolling").await;
    story.days(2).await;
    assert_eq!(story.searches(), [""; 0]);
    story.home.sonarr().add_season(series, SeasonSpec::new(2, 6));
    story.days(2).await;
    assert_eq!(story.searches(), ["Pilots S02E01"]);
    assert_eq!(story.monitored("Pilots"), "S01E01, S02E01");
    assert_eq!(story.files("Pilots"), "S01E01, S02E01");
}

#[tokio::test]
async fn the_next_season_is_the_next_one_that_sonarr_lists() {
    let mut story = Story::new().await;
    let series = story.show("Gaps", &[1, 8], |spec| {
        spec.season_with_files(2, 8)
            .with(SeasonSpec::new(4, 5).monitored(false))
            .with(SeasonSpec::new(5, 5).monitored(false))
    });
    story.enroll("Gaps", "firstSeasonRolling").await;
    story.watches("Alice", "Gaps", 2, 7).await;
    assert_eq!(story.searches(), ["Gaps season 4"]);
    assert!(story.home.sonarr().series(series).unwrap().seasons[&4]);
    assert_eq!(story.monitored("Gaps"), "S02E01–E08, S04E01–E05");
}

#[tokio::test]
async fn a_season_without_episodes_is_remembered_and_done_when_it_has_some() {
    let mut story = Story::new().await;
    let series = story.show("Later", &[4], |spec| {
        spec.season_with_files(1, 4).with(SeasonSpec::new(2, 0))
    });
    story.set(json!({"inactivityResetDays": 30})).await;
    story.enroll("Later", "firstSeasonRolling").await;
    story.watches("Alice", "Later", 1, 4).await;
    assert_eq!(story.searches(), [""; 0]);
    story
        .told("nothing", "notListed", "Later: Season 2 has no episodes yet")
        .await;
    story.days(3).await;
    story.home.sonarr().add_season(series, SeasonSpec::new(2, 3));
    let story = story.restart().await;
    story.days(5).await;
    assert_eq!(story.searches(), ["Later season 2"]);
    assert_eq!(story.files("Later"), "S01E01–E04, S02E01–E03");
}

#[tokio::test]
async fn unaired_episodes_are_monitored_and_searched_once_when_they_have_aired() {
    let mut story = Story::new().await;
    let next_week = story.home.clock.now() + jiff::SignedDuration::from_hours(7 * 24);
    story.show("Weekly", &[4], |spec| {
        spec.season_with_files(1, 4)
            .with(SeasonSpec::new(2, 2).weekly_from(next_week).monitored(false))
    });
    story.set(json!({"inactivityResetDays": 60})).await;
    story.enroll("Weekly", "firstSeasonRolling").await;
    story.watches("Alice", "Weekly", 1, 4).await;
    assert_eq!(story.searches(), [""; 0]);
    assert_eq!(story.monitored("Weekly"), "S01E01–E04, S02E01–E02");
    story.days(8).await;
    assert_eq!(story.searches(), ["Weekly S02E01"]);
    story.days(7).await;
    assert_eq!(story.searches(), ["Weekly S02E01", "Weekly S02E02"]);
    story.days(20).await;
    assert_eq!(story.searches().len(), 2);
    assert_eq!(story.files("Weekly"), "S01E01–E04, S02E01–E02");
}

#[tokio::test]
async fn near_the_end_of_the_last_season_all_future_content_is_monitored_and_the_show_stays() {
    let mut story = Story::new().await;
    let series = story.show("Last", &[4], |spec| {
        spec.season_with_files(1, 4).monitor_new_items(false)
    });
    story.enroll("Last", "firstSeasonRolling").await;
    story.watches("Alice", "Last", 1, 3).await;
    assert!(story.home.sonarr().series(series).unwrap().monitor_new_items);
    story.told("done", "monitorNew", "Last: This is the last season").await;
    assert_eq!(story.master("Last").await.monitoring_type.name(), "firstSeasonRolling");
}

#[tokio::test]
async fn every_enrolled_instance_grows_by_itself_and_from_the_season_that_is_watched() {
    let mut story = Story::with_instances(3).await;
    story.show("Everywhere", &[10, 8, 6], first_season_only);
    story.also_on(1, "Everywhere", |spec| {
        spec.season_with_files(1, 10)
            .season_with_files(2, 8)
            .with(SeasonSpec::new(3, 6).monitored(false))
    });
    story.also_on(2, "Everywhere", first_season_only);
    story.set(json!({"standardMonitoring": false})).await;
    story.enroll("Everywhere", "firstSeasonRolling").await;
    story.enroll_on(1, "Everywhere", "firstSeasonRolling").await;
    story.watches("Alice", "Everywhere", 1, 9).await;
    assert_eq!(story.searches_on(0), ["Everywhere season 2"]);
    assert_eq!(story.searches_on(1), [""; 0]);
    story.watches("Alice", "Everywhere", 2, 7).await;
    assert_eq!(story.searches_on(0), ["Everywhere season 2", "Everywhere season 3"]);
    assert_eq!(story.searches_on(1), ["Everywhere season 3"]);
    assert_eq!(story.home.sonarrs[2].log().writes(), [], "it is not enrolled there");
}

#[tokio::test]
async fn a_search_that_fails_after_the_flags_is_owed_and_sent_once() {
    let mut story = Story::new().await;
    story.show("Owed", &[10, 8], first_season_only);
    story.enroll("Owed", "firstSeasonRolling").await;
    story
        .home
        .sonarr()
        .faults()
        .push(FaultRule::new("/command", Fault::status(500)).method(http::Method::POST));
    story.watches("Alice", "Owed", 1, 8).await;
    assert_eq!(story.monitored("Owed"), "S01E01–E10, S02E01–E08");
    assert_eq!(story.searches(), [""; 0]);
    story.told("owed", "expansion", "Owed: Season 2").await;
    let story = story.restart().await;
    story.home.sonarr().faults().clear();
    story.hours(6).await;
    assert_eq!(story.searches(), ["Owed season 2"]);
    story.told("done", "expansion", "Owed: Season 2").await;
    story.days(2).await;
    assert_eq!(story.searches(), ["Owed season 2"]);
}

#[tokio::test]
async fn a_sonarr_that_was_away_is_told_what_was_watched_when_it_is_back() {
    let mut story = Story::with_instances(2).await;
    story.show("Away", &[10, 8], first_season_only);
    story.also_on(1, "Away", first_season_only);
    story.enroll("Away", "firstSeasonRolling").await;
    story.enroll_on(1, "Away", "firstSeasonRolling").await;
    story.home.network.unplug("sonarr2.test");
    story.watches("Alice", "Away", 1, 8).await;
    assert_eq!(story.searches_on(0), ["Away season 2"]);
    assert_eq!(story.searches_on(1), [""; 0]);
    story.hours(9).await;
    story.home.network.plug_in("sonarr2.test");
    story.hours(12).await;
    assert_eq!(story.searches_on(1), ["Away season 2"]);
    assert_eq!(story.searches_on(0), ["Away season 2"]);
}

#[tokio::test]
async fn a_pack_that_nobody_has_becomes_a_search_for_episodes() {
    let mut story = Story::new().await;
    let series = story.show("Scarce", &[10, 8], first_season_only);
    story.set(json!({"inactivityResetDays": 60})).await;
    story.enroll("Scarce", "firstSeasonRolling").await;
    story
        .home
        .sonarr()
        .set_releases(series, Some(2), ReleasePolicy::NOTHING);
    story.watches("Alice", "Scarce", 1, 8).await;
    assert_eq!(story.searches(), ["Scarce season 2"]);
    story.days(6).await;
    assert_eq!(story.searches().len(), 1, "nothing is searched twice within seven days");
    story
        .home
        .sonarr()
        .set_releases(series, Some(2), ReleasePolicy::ONLY_SINGLES);
    story.days(2).await;
    assert_eq!(story.searches(), ["Scarce season 2", "Scarce S02E01–E08"]);
    assert_eq!(story.files("Scarce"), "S01E01–E10, S02E01–E08");
    story.days(1).await;
    story.told("nothing", "searchSucceeded", "Scarce").await;
}

#[tokio::test]
async fn after_a_bounded_number_of_tries_it_is_given_up_and_said() {
    let mut story = Story::new().await;
    let series = story.show("Lost", &[10, 8], first_season_only);
    story
        .set(json!({"enableAutoReset": false, "inactivityResetDays": 60}))
        .await;
    story.enroll("Lost", "firstSeasonRolling").await;
    story.home.sonarr().set_releases(series, None, ReleasePolicy::NOTHING);
    story.watches("Alice", "Lost", 1, 8).await;
    story.days(80).await;
    assert_eq!(story.searches().len(), 4);
    story
        .told("nothing", "gaveUp", "Lost: S02E01–E08 was not found in 4 searches")
        .await;
}

#[tokio::test]
async fn a_binge_that_is_faster_than_the_downloads_searches_everything_once() {
    let mut story = Story::new().await;
    story
        .home
        .sonarr()
        .set_download_delay(jiff::SignedDuration::from_hours(48));
    story.show("Binge", &[3, 3, 3, 3], |spec| {
        spec.season_with_files(1, 3)
            .season(2, 3)
            .with(SeasonSpec::new(3, 3).monitored(false))
            .with(SeasonSpec::new(4, 3).monitored(false))
    });
    story.enroll("Binge", "firstSeasonRolling").await;
    for season in 1..=3 {
        story.binges("Alice", "Binge", season, 1..=3).await;
        story.binges("Bob", "Binge", season, 1..=3).await;
    }
    assert_eq!(story.searches(), ["Binge season 2", "Binge season 3", "Binge season 4"]);
}

#[tokio::test]
async fn what_was_watched_and_removed_is_not_fetched_again() {
    let mut story = Story::new().await;
    story.show("Removed", &[8, 8], |spec| {
        spec.with(SeasonSpec::new(1, 8).files([8]).only_monitored([8]))
            .with(SeasonSpec::new(2, 8).files([5, 6, 7, 8]).only_monitored([5, 6, 7, 8]))
    });
    story.enroll("Removed", "firstSeasonRolling").await;
    story.watches("Alice", "Removed", 2, 7).await;
    assert_eq!(story.searches(), [""; 0]);
    assert_eq!(story.monitored("Removed"), "S01E08, S02E05–E08");
}

#[tokio::test]
async fn specials_neither_trigger_nor_move_progress() {
    let mut story = Story::with_cleanup().await;
    let series = story.show("Special", &[4, 4], |spec| {
        spec.with(SeasonSpec::new(0, 2).files([1, 2]))
            .season_with_files(1, 4)
            .with(SeasonSpec::new(2, 4).monitored(false))
    });
    let show = story.plex_key("Special");
    story.home.plex.add_episode(show, 0, 1);
    story.enroll("Special", "allSeasonPilotRolling").await;
    story.home.forget_requests();
    let report = story.watches("Alice", "Special", 0, 1).await;
    assert_eq!(report.decisions[0].reason.code(), "special");
    assert_eq!(story.viewers("Special").await, [""; 0]);
    assert_eq!(story.home.sonarr().log().writes(), []);
    assert!(story.home.sonarr().series(series).unwrap().seasons.contains_key(&0));
}

#[tokio::test]
async fn an_announced_episode_of_the_running_season_is_searched_when_it_has_aired() {
    let mut story = Story::new().await;
    let now = story.home.clock.now();
    let series = story.show("Running", &[4], |spec| spec.season_with_files(1, 4));
    story.set(json!({"inactivityResetDays": 60})).await;
    let airs = now + jiff::SignedDuration::from_hours(50);
    story
        .home
        .sonarr()
        .add_episode(series, EpisodeSpec::new(1, 5).airs(airs));
    story.enroll("Running", "firstSeasonRolling").await;
    story.watches("Alice", "Running", 1, 4).await;
    assert_eq!(story.searches(), [""; 0]);
    story.days(4).await;
    assert_eq!(story.searches(), ["Running S01E05"]);
}

#[tokio::test]
async fn evenings_ahead_ask_for_the_next_season_before_the_threshold_does() {
    let mut story = Story::new().await;
    story.show("Fast", &[10, 8], first_season_only);
    story.set(json!({"remainingEpisodes": 1, "eveningsAhead": 2})).await;
    story.enroll("Fast", "firstSeasonRolling").await;
    story.binges("Alice", "Fast", 1, 1..=3).await;
    story.hours(21).await;
    story.watches("Alice", "Fast", 1, 4).await;
    assert_eq!(
        story.searches(),
        [""; 0],
        "six are left, and an evening takes two or three"
    );
    story.binges("Alice", "Fast", 1, 5..=6).await;
    assert_eq!(story.searches(), ["Fast season 2"]);
}
