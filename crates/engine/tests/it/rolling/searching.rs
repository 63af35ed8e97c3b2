//! What is searched, when it is searched again, and what is made of the downloads.

use super::ruling::{GIGABYTE, short_of_space};
use super::scenarios::first_season_only;
use super::story::Story;
use domain::ids::{EpisodeId, InstanceId};
use jiff::SignedDuration;
use remote::{SecretString, Transport};
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::{ReleasePolicy, SeasonSpec};
use sonarr::SonarrClient;
use std::sync::Arc;

/// Sonarr refuses so many searches.
fn refuse_searches(story: &Story, times: u32) {
    let refusal = FaultRule::new("/command", Fault::status(500)).method(http::Method::POST);
    story.home.sonarr().faults().push(refusal.times(times));
}

/// Season 1 of a show is there, and four episodes of a second one are wanted.
async fn with_four_more(title: &str) -> (Story, i64) {
    let mut story = Story::new().await;
    let series = story.show(title, &[10, 4], |spec| {
        spec.season_with_files(1, 10)
            .with(SeasonSpec::new(2, 4).monitored(false))
            .monitor_new_items(false)
    });
    story.set(json!({"inactivityResetDays": 30})).await;
    story.enroll(title, "firstSeasonRolling").await;
    (story, series)
}

#[tokio::test]
async fn what_was_reset_and_is_wanted_again_is_searched_when_its_seven_days_are_over() {
    let mut story = Story::new().await;
    story.show("Again", &[10, 8, 6], first_season_only);
    story.enroll("Again", "firstSeasonRolling").await;
    story.watches("Alice", "Again", 1, 8).await;
    story.days(3).await;
    assert_eq!(story.files("Again"), "S01E01–E10, S02E01–E08");
    story.reset("Again").await.unwrap();
    assert_eq!(story.files("Again"), "S01E01–E10");
    for episode in 8..=10 {
        story.hours(24).await;
        story.watches("Bob", "Again", 1, episode).await;
    }
    assert_eq!(story.searches(), ["Again season 2"], "within the seven days");
    assert_eq!(story.monitored("Again"), "S01E01–E10, S02E01–E08");
    story.days(2).await;
    assert_eq!(story.searches(), ["Again season 2", "Again season 2"]);
    assert_eq!(story.files("Again"), "S01E01–E10, S02E01–E08");
    story.days(3).await;
    assert_eq!(story.searches().len(), 2);
}

#[tokio::test]
async fn a_search_that_is_being_followed_up_is_not_remembered_twice() {
    let mut story = Story::new().await;
    let series = story.show("Scarce", &[10, 8, 6], first_season_only);
    story.set(json!({"inactivityResetDays": 60})).await;
    story.enroll("Scarce", "firstSeasonRolling").await;
    story.home.sonarr().set_releases(series, None, ReleasePolicy::NOTHING);
    for episode in 8..=10 {
        story.watches("Alice", "Scarce", 1, episode).await;
    }
    story.days(20).await;
    assert_eq!(story.searches(), ["Scarce season 2", "Scarce S02E01–E08"]);
}

#[tokio::test]
async fn only_what_was_sent_is_remembered_as_searched() {
    let (story, series) = with_four_more("Partly").await;
    refuse_searches(&story, 1);
    let player = story.starts("Alice", "Partly", 1, 8);
    story.home.engine.poll().await;
    story.home.plex.stop(player);
    let mine = story.home.sonarr().add_file(series, 2, &[1, 2], 1_000);
    story.hours(3).await;
    assert_eq!(story.searches(), ["Partly S02E03–E04"]);
    // The file of the two that were not searched goes.
    story.home.sonarr().delete_file(mine);
    story.watches("Alice", "Partly", 1, 9).await;
    assert_eq!(story.searches(), ["Partly S02E03–E04", "Partly S02E01–E02"]);
}

#[tokio::test]
async fn a_search_that_is_owed_is_not_sent_for_what_was_unmonitored_meanwhile() {
    for whole_series in [false, true] {
        let (story, series) = with_four_more("Unwanted").await;
        refuse_searches(&story, 1);
        let player = story.starts("Alice", "Unwanted", 1, 8);
        story.home.engine.poll().await;
        story.home.plex.stop(player);
        assert_eq!(story.monitored("Unwanted"), "S01E01–E10, S02E01–E04");
        if whole_series {
            story.home.sonarr().set_monitored(series, false);
        } else {
            story.home.sonarr().set_season_monitored(series, 2, false);
        }
        story.days(2).await;
        assert_eq!(story.searches(), [""; 0]);
        story
            .told("nothing", "expansion", "Unwanted: Season 2 comes next")
            .await;
    }
}

#[tokio::test]
async fn a_repeated_search_that_is_owed_is_moot_once_the_season_was_searched() {
    let (story, series) = with_four_more("Twice").await;
    story.home.sonarr().set_releases(series, None, ReleasePolicy::NOTHING);
    story.watches("Alice", "Twice", 1, 8).await;
    story.days(6).await;
    assert_eq!(story.searches(), ["Twice season 2"]);
    refuse_searches(&story, 2);
    while story.journal("owed", "searchAgain").await.is_empty() {
        story.hours(3).await;
    }
    // The second refusal: what is owed is tried first. Then the season is searched.
    story.watches("Alice", "Twice", 1, 9).await;
    story.days(3).await;
    assert_eq!(story.searches(), ["Twice season 2", "Twice season 2"]);
}

#[tokio::test]
async fn a_download_that_made_a_search_needless_and_then_fails_is_searched_for() {
    let (story, series) = with_four_more("Grabbed").await;
    // It does not tell when it searched what.
    story.home.sonarr().set_version("3.0.10.1567".parse().unwrap());
    story.home.sonarr().set_download_delay(SignedDuration::from_hours(48));
    refuse_searches(&story, 1);
    let player = story.starts("Alice", "Grabbed", 1, 8);
    story.home.engine.poll().await;
    story.home.plex.stop(player);
    // Somebody else has them searched, one by one.
    let client = SonarrClient::new(
        InstanceId(2),
        "http://sonarr1.test:8989",
        SecretString::from(story.home.sonarr().api_key()),
        Arc::clone(&story.home.network) as Arc<dyn Transport>,
    )
    .unwrap();
    for episode in 1..=4 {
        let id = story.home.sonarr().episode(series, 2, episode).unwrap().id;
        client.search_episodes(&[EpisodeId(id)]).await.unwrap();
    }
    story.home.later(SignedDuration::from_mins(5));
    story.home.forget_requests();
    story.look().await;
    assert_eq!(story.searches(), [""; 0]);
    story.told("nothing", "expansion", "Grabbed: Season 2 comes next").await;
    story.home.sonarr().fail_downloads(series);
    story.hours(3).await;
    assert_eq!(story.searches(), ["Grabbed season 2"]);
    story.days(3).await;
    assert_eq!(story.files("Grabbed"), "S01E01–E10, S02E01–E04");
    assert_eq!(story.searches().len(), 1);
}

#[tokio::test]
async fn a_download_that_fails_is_told_from_a_search_that_found_nothing() {
    let (story, series) = with_four_more("Failing").await;
    story.home.sonarr().set_download_delay(SignedDuration::from_hours(48));
    story.watches("Alice", "Failing", 1, 8).await;
    story.hours(3).await;
    story.told("nothing", "alreadyQueued", "Failing").await;
    story.home.sonarr().fail_downloads(series);
    story.hours(12).await;
    story
        .told(
            "nothing",
            "searchedRecently",
            "Failing: S02E01–E04 was grabbed, but the download failed; it is searched again later.",
        )
        .await;
    story.days(7).await;
    assert_eq!(story.searches(), ["Failing season 2", "Failing S02E01–E04"]);
}

#[tokio::test]
async fn a_download_that_is_stuck_is_looked_at_less_and_less_and_told_of_after_three_days() {
    let (story, _) = with_four_more("Stuck").await;
    story.home.sonarr().stick_downloads(true);
    story.watches("Alice", "Stuck", 1, 8).await;
    story
        .home
        .ticks_over(SignedDuration::from_hours(48), SignedDuration::from_mins(30))
        .await;
    assert!(
        !story
            .journal("nothing", "alreadyQueued")
            .await
            .iter()
            .any(|row| row.contains("may be stuck")),
        "it is no more than two days"
    );
    story.home.forget_requests();
    story
        .home
        .ticks_over(SignedDuration::from_hours(48), SignedDuration::from_mins(30))
        .await;
    let looks = story.home.sonarr().log().requests();
    let looks = looks.iter().filter(|request| request.path().contains("/queue")).count();
    assert!((3..=5).contains(&looks), "{looks} looks in two days");
    story
        .told(
            "nothing",
            "alreadyQueued",
            "has been downloading for three days; it may be stuck",
        )
        .await;
}

#[tokio::test]
async fn what_nobody_watches_any_more_is_not_searched_again_but_what_comes_with_the_calendar_is() {
    let mut story = Story::new().await;
    let watched = story.show("Dropped", &[10, 8, 6], first_season_only);
    let announced = story.show("Calendar", &[4], |spec| {
        spec.with(SeasonSpec::new(1, 4).flag(false).only_monitored([1]).files([1]))
            .monitor_new_items(false)
    });
    story.set(json!({"enableAutoReset": false})).await;
    story.enroll("Dropped", "firstSeasonRolling").await;
    story.enroll("Calendar", "allSeasonPilotRolling").await;
    story.home.sonarr().set_release_policy(ReleasePolicy::NOTHING);
    for series in [watched, announced] {
        story.home.sonarr().set_releases(series, None, ReleasePolicy::NOTHING);
    }
    story.watches("Alice", "Dropped", 1, 8).await;
    story.home.sonarr().add_season(announced, SeasonSpec::new(2, 6));
    story.days(10).await;
    assert_eq!(
        story.searches(),
        ["Dropped season 2", "Calendar S02E01", "Calendar S02E01"]
    );
    story
        .told(
            "nothing",
            "moot",
            "Dropped: Nobody is watching it any more: S02E01–E08 is not searched again.",
        )
        .await;
}

#[tokio::test]
async fn two_who_advance_at_the_same_moment_on_two_instances_cause_one_search_on_each() {
    let mut story = Story::with_instances(2).await;
    story.show("Both", &[10, 8, 6], first_season_only);
    story.also_on(1, "Both", first_season_only);
    story.enroll("Both", "firstSeasonRolling").await;
    story.enroll_on(1, "Both", "firstSeasonRolling").await;
    story.starts("Alice", "Both", 1, 8);
    story.starts("Bob", "Both", 1, 9);
    let engine = &story.home.engine;
    let (polled, checked, ticked) = tokio::join!(engine.poll(), engine.check(false), engine.tick());
    assert_eq!((polled.errors, checked.unwrap().errors, ticked), (vec![], vec![], ()));
    for instance in 0..2 {
        assert_eq!(story.searches_on(instance), ["Both season 2"]);
    }
    assert_eq!(story.viewers("Both").await, ["Alice at S01E08", "Bob at S01E09"]);
    story.days(2).await;
    for instance in 0..2 {
        assert_eq!(story.searches_on(instance), ["Both season 2"]);
    }
}

#[tokio::test]
async fn under_pressure_expansions_fetch_episodes_instead_of_packs() {
    let mut story = Story::new().await;
    story.show("Tight", &[10, 8], first_season_only);
    story.enroll("Tight", "firstSeasonRolling").await;
    short_of_space(&story, 10 * GIGABYTE).await;
    story.watches("Alice", "Tight", 1, 8).await;
    assert_eq!(story.searches(), ["Tight S02E01–E08"]);
    assert_eq!(story.deletions(), 0, "what is needed stays, however short the space");
}
