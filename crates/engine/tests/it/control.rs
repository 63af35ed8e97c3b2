//! What the user switches, and what the journal says of it all.

use crate::home::Home;
use crate::stage::{ALICE, HARBOUR, codes, harbour_lights, hours, minutes, seconds};
use domain::plan::Action;
use domain::state::{Activity, ConnectionKind, Monitoring};
use engine::{ConnectionDraft, PauseFor};
use http::Method;
use remote::SecretString;
use serde_json::json;
use simulators::plex::OWNER;
use simulators::sonarr::SeriesSpec;

/// All requests of the home since they were last forgotten that are no questions.
fn writes(home: &Home) -> Vec<Method> {
    let logs = home
        .sonarrs
        .iter()
        .map(simulators::sonarr::SonarrSim::log)
        .chain([home.plex.log()]);
    logs.flat_map(simulators::faults::RequestLog::writes)
        .map(|request| request.method)
        .collect()
}

#[tokio::test]
async fn a_dry_check_says_what_it_would_do_and_only_asks() {
    let home = Home::staged().await;
    let (show, series) = home.harbour();
    home.owner_nears_the_end(show);

    let report = home.engine.check(true).await.unwrap();

    assert_eq!((report.triggered_searches, codes(&report)), (1, vec!["nextSeason"]));
    assert!(matches!(
        report.decisions[0].actions[..],
        [Action::SetMonitoring(_), Action::SearchSeason { season: 2, .. }]
    ));
    assert_eq!(writes(&home), Vec::<Method>::new());
    assert_eq!(home.journal_codes().await, Vec::<String>::new());
    assert!(!home.sonarr().series(series).unwrap().seasons[&2]);

    assert_eq!(home.check().await.triggered_searches, 1);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn with_the_dry_run_setting_nothing_is_written_on_any_path() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.sonarr()
        .faults()
        .push(simulators::faults::FaultRule::new("/api/v3/command", simulators::faults::Fault::DatabaseLocked).once());
    home.engine.poll().await;
    home.forget_requests();

    // There is owed work, a session and, later, time for everything that comes by itself.
    home.set(json!({"dryRun": true})).await;
    for _ in 0..40 {
        home.goes_on(player, hours(1));
        home.engine.poll().await;
        home.engine.tick().await;
        home.engine.check(false).await.unwrap();
    }
    assert_eq!(writes(&home), Vec::<Method>::new());
    assert!(
        home.journal_codes().await.contains(&"dryRun nextSeason".to_owned()),
        "{:?}",
        home.journal_codes().await
    );

    home.set(json!({"dryRun": false})).await;
    home.goes_on(player, seconds(10));
    home.engine.poll().await;
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn while_monitoring_is_held_nothing_is_asked_and_then_it_goes_on_by_itself() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.owner_nears_the_end(show);
    home.engine.pause(PauseFor::OneHour).await;
    let until = home.clock.now() + hours(1);
    let state = home.engine.state_now().await;
    assert_eq!(
        (state.monitoring, state.activity),
        (Monitoring::Paused { until: Some(until) }, Activity::Paused)
    );

    home.goes_on(player, minutes(59));
    home.engine.poll().await;
    home.engine.tick().await;
    assert_eq!(home.asked_of_sonarr() + home.plex.log().requests().len(), 0);

    home.goes_on(player, minutes(1));
    home.engine.tick().await;
    assert_eq!(home.engine.state_now().await.monitoring, Monitoring::On);
    assert_eq!(home.engine.poll().await.triggered_searches, 1);
}

#[tokio::test]
async fn a_pause_survives_restarts_until_it_is_ended() {
    let mut home = Home::staged().await;
    let (show, _) = home.harbour();
    home.engine.pause(PauseFor::UntilResumed).await;
    home.later(hours(100));
    home = home.restart().await;
    let player = home.owner_nears_the_end(show);
    assert_eq!(home.engine.poll().await.processed_sessions, 0);
    assert_eq!(
        home.engine.state_now().await.monitoring,
        Monitoring::Paused { until: None }
    );

    home.engine.resume().await;
    home.goes_on(player, seconds(10));
    assert_eq!(home.engine.poll().await.triggered_searches, 1);
}

#[tokio::test]
async fn a_check_by_hand_is_refused_while_monitoring_is_switched_off() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.owner_nears_the_end(show);
    home.set(json!({"enabled": false})).await;
    home.forget_requests();

    let refused = home.engine.check(false).await.unwrap_err();

    assert_eq!(refused.code, "monitoringDisabled");
    home.engine.poll().await;
    home.engine.tick().await;
    assert_eq!(home.asked_of_sonarr() + home.plex.log().requests().len(), 0);
}

#[tokio::test]
async fn changed_settings_decide_anew_about_running_sessions() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    let player = home.plays(OWNER, show, 1, 5);
    home.set(json!({"standardMonitoring": false})).await;
    assert_eq!(codes(&home.engine.poll().await), ["notEnrolled"]);

    home.set(json!({"standardMonitoring": true})).await;
    home.goes_on(player, seconds(10));
    assert_eq!(codes(&home.engine.poll().await), ["notNearEnd"]);

    home.set(json!({"remainingEpisodes": 5})).await;
    home.goes_on(player, seconds(10));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    assert_eq!(home.searched(), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn a_wrong_setting_changes_nothing() {
    let home = Home::staged().await;
    let before = home.engine.settings();
    let patch = json!({"remainingEpisodes": 4, "pollingIntervalMinutes": 0});

    let refused = home
        .engine
        .change_settings(patch.as_object().unwrap())
        .await
        .unwrap_err();

    assert!(refused.invalid);
    assert_eq!(home.engine.settings().settings, before.settings);
}

#[tokio::test]
async fn a_new_sonarr_takes_part_in_running_sessions() {
    let home = Home::staged().await;
    let show = home.harbour_in_plex();
    let player = home.plays(OWNER, show, 1, 9);
    assert_eq!(codes(&home.engine.poll().await), ["notInSonarr"]);

    let other = simulators::sonarr::SonarrSim::new(home.clock.clone());
    other.add_series(harbour_lights());
    home.network.put(
        "late.test",
        std::sync::Arc::new(remote::RouterTransport::new(other.router())),
    );
    home.connect(
        ConnectionKind::Sonarr,
        "Late",
        "http://late.test:8989",
        &other.api_key(),
    )
    .await;
    home.goes_on(player, seconds(10));
    assert_eq!(codes(&home.engine.poll().await), ["nextSeason"]);
    assert_eq!(crate::stage::searched(&other), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn a_removed_sonarr_is_asked_nothing_anymore_and_owed_nothing() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    for sonarr in &home.sonarrs {
        sonarr.add_series(harbour_lights());
    }
    home.network.unplug("sonarr2.test");
    let player = home.owner_nears_the_end(show);
    home.engine.poll().await;
    home.network.plug_in("sonarr2.test");
    home.engine.disconnect("Sonarr 2").await.unwrap();
    home.forget_requests();

    home.goes_on(player, minutes(5));
    home.check().await;
    home.ticks_over(hours(5), minutes(30)).await;

    assert_eq!(home.sonarrs[1].log().requests().len(), 0);
    assert_eq!(home.engine.connections().await.len(), 2);
}

#[tokio::test]
async fn a_connection_that_does_not_answer_is_not_kept() {
    let home = Home::staged().await;
    home.network.unplug("sonarr1.test");
    let login = simulators::faults::FaultPlan::new();
    login.push(simulators::faults::FaultRule::new("", simulators::faults::Fault::Html));
    let router = simulators::faults::layer(axum::Router::new().fallback(|| async {}), login);
    home.network
        .put("router.test", std::sync::Arc::new(remote::RouterTransport::new(router)));
    let draft = |url: &str, secret: &str| ConnectionDraft {
        kind: ConnectionKind::Sonarr,
        name: "Other".to_owned(),
        url: url.to_owned(),
        secret: Some(SecretString::from(secret.to_owned())),
        verify: true,
    };
    for (url, secret, code) in [
        ("http://sonarr1.test:8989", "x", "unreachable"),
        ("http://router.test", "x", "notThisKindOfServer"),
        ("ftp://router.test", "x", "invalidUrl"),
    ] {
        let refused = home.engine.connect(draft(url, secret)).await.unwrap_err();
        assert_ne!(refused.message, "", "{url}");
        assert_eq!(refused.code, code, "{url}: {}", refused.message);
    }
    home.network.plug_in("sonarr1.test");
    let refused = home
        .engine
        .connect(draft("http://sonarr1.test:8989", "wrong-key"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, "unauthorized");
    assert_eq!(home.engine.connections().await.len(), 2);
}

#[tokio::test]
async fn a_new_key_mends_an_unauthorized_sonarr() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.sonarr().set_api_key("a-new-key-of-thirty-two-letters-");
    let player = home.owner_nears_the_end(show);
    let report = home.engine.poll().await;
    assert_eq!(codes(&report), ["instanceUnavailable"]);
    let states = home.engine.state_now().await;
    assert!(
        states
            .connections
            .iter()
            .any(|state| state.health == domain::state::Health::Unauthorized)
    );

    home.connect(
        ConnectionKind::Sonarr,
        "Sonarr",
        "http://sonarr1.test:8989",
        "a-new-key-of-thirty-two-letters-",
    )
    .await;
    home.goes_on(player, seconds(10));
    assert_eq!(home.engine.poll().await.triggered_searches, 1);
}

#[tokio::test]
async fn the_journal_says_who_what_where_and_why() {
    let home = Home::staged().await;
    let (show, _) = home.harbour();
    home.plays(ALICE, show, 1, 8);
    home.sonarr().add_series(SeriesSpec::new("Something Else", 1));
    home.check().await;

    let entries = home.engine.journal(10, None).await.unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry.decision.reason.code() == "nextSeason")
        .unwrap();
    let subject = &entry.decision.subject;
    assert_eq!(entry.decision.detail, "Season 2 comes next: searching for season 2.");
    assert_eq!(
        (subject.show.as_str(), subject.viewer.as_deref()),
        ("Harbour Lights", Some("Alice"))
    );
    assert_eq!(
        (subject.season, subject.episode, subject.instance.as_deref()),
        (Some(1), Some(8), Some("Sonarr"))
    );
    assert_eq!((entry.outcome.name(), entry.at), ("done", home.clock.now()));
    assert_eq!(
        home.sonarr().series_by_tvdb(HARBOUR).map(|series| series.id),
        subject.series.map(|key| key.series.0)
    );

    let rest = home.engine.journal(10, Some(entry.id)).await.unwrap();
    assert!(rest.iter().all(|older| older.id < entry.id));
}

#[tokio::test]
async fn what_is_due_is_done_once_by_two_who_look_at_the_same_time() {
    let home = Home::new().await;
    home.engine.tick().await;
    home.later(hours(2));
    let (checked, (), ()) = tokio::join!(home.engine.check(false), home.engine.tick(), home.engine.tick());
    assert_eq!(checked.unwrap().errors, []);
    let state = home.engine.state_now().await;
    assert_eq!(state.warnings, []);
    let backups = std::fs::read_dir(home.engine.data_dir().join("backups")).unwrap();
    assert_eq!(backups.count(), 1);
}
