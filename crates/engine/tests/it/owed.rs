//! What could not be done is done later: once, also after a restart, also when nobody watches anymore.

use crate::home::Home;
use crate::stage::{ALICE, codes, days, harbour_lights, hours, minutes, monitored, searched, seconds};
use jiff::SignedDuration;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::OWNER;

#[tokio::test]
async fn owed_work_is_retried_with_growing_pauses_until_it_is_done() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::status(502)));
    home.engine.poll().await;
    home.plex.stop(player);

    let tries = || {
        home.sonarr()
            .log()
            .requests()
            .iter()
            .filter(|request| request.path() == "/api/v3/command")
            .count()
    };
    let mut tried_at: Vec<i64> = Vec::new();
    for step in 1..=(6 * 60 * 6) {
        let before = tries();
        home.later(seconds(10));
        home.engine.tick().await;
        if tries() > before {
            tried_at.push(step * 10);
        }
    }
    let pauses: Vec<i64> = tried_at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.len() >= 5 && pauses.len() <= 12, "{tried_at:?}");
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");

    home.sonarr().faults().clear();
    home.ticks_over(hours(13), minutes(30)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
    assert_eq!(monitored(home.sonarr(), series, 2).len(), 8);
    assert_eq!(home.journal_codes().await[0], "done nextSeason");
}

#[tokio::test]
async fn owed_work_survives_restarts() {
    let mut home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::Drop));
    home.engine.poll().await;
    home.plex.stop(player);
    assert_eq!(home.journal_codes().await, ["owed nextSeason"]);

    for _ in 0..3 {
        home.later(hours(1));
        home = home.restart().await;
        home.engine.tick().await;
        assert_eq!(home.searched(), Vec::<String>::new());
    }
    home.sonarr().faults().clear();
    home = home.restart().await;
    home.ticks_over(hours(4), minutes(10)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
    home = home.restart().await;
    home.ticks_over(hours(2), minutes(10)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn what_was_watched_while_sonarr_was_down_is_decided_once_when_it_is_back() {
    let mut home = Home::staged().await;
    let (show, _) = home.harbour();
    home.network.unplug("sonarr1.test");
    let player = home.owner_nears_the_end(show);
    let report = home.engine.poll().await;
    assert_eq!(codes(&report), ["instanceUnavailable"]);
    home.plex.stop(player);
    home.later(minutes(20));
    home.engine.poll().await;
    home.engine.tick().await;
    home = home.restart().await;
    home.later(hours(20));
    home.engine.tick().await;

    home.network.plug_in("sonarr1.test");
    home.ticks_over(hours(3), minutes(5)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
    home.ticks_over(days(1) - hours(4), minutes(30)).await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
    home.check().await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn everything_watched_in_an_outage_is_decided_not_only_the_last() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.network.unplug("sonarr1.test");
    // The end of the first season, then the first episode once more, for a guest.
    let player = home.plays(OWNER, show, 1, 9);
    home.engine.poll().await;
    home.plex.stop(player);
    home.later(hours(1));
    let player = home.plays(OWNER, show, 1, 1);
    home.engine.poll().await;
    home.plex.stop(player);

    home.network.plug_in("sonarr1.test");
    home.later(hours(1));
    let player = home.plays(OWNER, show, 1, 2);
    home.engine.poll().await;
    home.plex.stop(player);
    home.ticks_over(hours(2), minutes(5)).await;

    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn one_instance_that_is_down_does_not_keep_the_other_from_acting() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    for sonarr in &home.sonarrs {
        sonarr.add_series(harbour_lights());
    }
    home.network.unplug("sonarr2.test");
    let player = home.owner_nears_the_end(show);
    let report = home.check().await;
    assert_eq!(codes(&report), ["nextSeason", "instanceUnavailable"]);
    assert_eq!(report.errors.len(), 1);
    assert_eq!(report.errors[0].source, "Sonarr 2");
    assert_eq!(searched(&home.sonarrs[0]), ["Harbour Lights S02"]);
    home.plex.stop(player);

    home.later(minutes(30));
    home.network.plug_in("sonarr2.test");
    home.ticks_over(hours(2), minutes(5)).await;
    assert_eq!(searched(&home.sonarrs[0]), ["Harbour Lights S02"]);
    assert_eq!(searched(&home.sonarrs[1]), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn who_is_not_in_the_filter_leaves_nothing_owed() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.set(serde_json::json!({"filterUsers": ["Bob"]})).await;
    home.network.unplug("sonarr1.test");
    let player = home.plays(ALICE, show, 1, 8);
    home.engine.poll().await;
    home.plex.stop(player);
    home.network.plug_in("sonarr1.test");
    home.ticks_over(hours(2), minutes(5)).await;
    assert_eq!(home.searched(), Vec::<String>::new());
}

#[tokio::test]
async fn an_owed_search_is_moot_when_everything_came_meanwhile() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::DatabaseLocked));
    home.engine.poll().await;
    home.plex.stop(player);
    for number in 1..=8 {
        home.sonarr().add_file(series, 2, &[number], 1_000);
    }
    home.sonarr().faults().clear();
    home.ticks_over(hours(1), minutes(5)).await;

    assert_eq!(home.searched(), Vec::<String>::new());
    let entries = home.engine.journal(10, None).await.unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry.decision.reason.code() == "nextSeason")
        .unwrap();
    assert_eq!(entry.outcome.name(), "nothing");
    assert!(entry.note.is_some());
}

#[tokio::test]
async fn what_was_watched_before_a_reset_is_moot_and_the_journal_says_so() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    let draft = engine::EnrollmentDraft {
        instance: "Sonarr".to_owned(),
        series: vec![series],
        monitoring_type: domain::monitoring::MonitoringType::FirstSeasonRolling,
        reset: false,
    };
    assert_eq!(home.engine.enroll(&draft, |_| true).await.unwrap().errors, []);
    home.network.unplug("sonarr1.test");
    let player = home.owner_nears_the_end(show);
    home.engine.poll().await;
    home.plex.stop(player);
    home.network.plug_in("sonarr1.test");
    home.later(seconds(5));
    let id = home.engine.shows(false).await.unwrap()[0].id;
    let reset = home.engine.reset(id, |_| true).await.unwrap();
    assert_eq!(reset.errors, []);

    home.ticks_over(minutes(5), seconds(30)).await;

    let sentence = "nothing moot: Harbour Lights – The show was reset since it was watched.";
    let journal = home.journal().await;
    assert_eq!(journal.iter().filter(|row| *row == sentence).count(), 1, "{journal:?}");
    assert_eq!(home.searched(), Vec::<String>::new());
}

#[tokio::test]
async fn work_for_a_series_that_was_deleted_is_given_up() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(FaultRule::new("/api/v3/command", Fault::DatabaseLocked));
    home.engine.poll().await;
    home.plex.stop(player);
    home.sonarr().remove_series(series, false);
    home.sonarr().faults().clear();
    home.ticks_over(hours(1), minutes(5)).await;
    home.forget_requests();
    home.ticks_over(hours(20), minutes(30)).await;
    assert_eq!(home.sonarr().log().requests().len(), 0);
}

#[tokio::test]
async fn an_old_sighting_is_forgotten_in_the_end() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.network.unplug("sonarr1.test");
    let player = home.owner_nears_the_end(show);
    home.engine.poll().await;
    home.plex.stop(player);
    home.ticks_over(days(15), SignedDuration::from_hours(6)).await;
    home.network.plug_in("sonarr1.test");
    home.forget_requests();
    home.ticks_over(days(2), hours(6)).await;
    assert_eq!(home.asked_of_sonarr(), 0);
}

#[tokio::test]
async fn what_was_watched_while_plex_did_not_say_which_series_it_is_is_decided_later() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    home.sonarrs[1].add_series(harbour_lights());
    home.plex
        .faults()
        .push(FaultRule::new("/library/metadata/", Fault::status(500)));
    let player = home.owner_nears_the_end(show);
    assert_eq!(codes(&home.engine.poll().await), ["showUnavailable"]);
    home.plex.stop(player);
    home.ticks_over(minutes(20), minutes(5)).await;
    assert_eq!(home.asked_of_sonarr(), 0);

    home.plex.faults().clear();
    home.ticks_over(hours(2), minutes(5)).await;
    assert_eq!(searched(&home.sonarrs[1]), ["Harbour Lights S02"]);
    home.forget_requests();
    home.ticks_over(hours(20), minutes(30)).await;
    assert!(home.sonarrs[0].log().requests().is_empty());
}
