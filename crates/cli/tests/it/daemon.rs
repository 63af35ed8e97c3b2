//! The program that stays: `run` and `demo`.

use crate::house::{House, eventually};
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::{Device, OWNER, PlayState, ShowSpec};
use simulators::sonarr::SeriesSpec;
use std::process::Stdio;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_search_leaves_within_two_seconds_after_a_play_counts() {
    let house = House::connected().await;
    let add = |number: i64| {
        let title = format!("Show {number}");
        let key = house
            .plex
            .add_show(ShowSpec::new(&title, 2015).tvdb(number).season(1, 10));
        let spec = SeriesSpec::new(&title, number).season_with_files(1, 10).season(2, 8);
        house.sonarr.add_series(spec);
        house.plex.episode_key(key, 1, 9).unwrap()
    };
    let play = |item: i64, offset_ms: i64| {
        let device = Device::tablet(&format!("tablet {item}"), "Tablet");
        house.plex.play_from(OWNER, &device, item, offset_ms)
    };
    // Time enough for a busy machine to have one good moment.
    let in_the_middle: Vec<i64> = (1..=3).map(add).collect();
    let from_the_beginning: Vec<i64> = (4..=6).map(add).collect();
    let daemon = house.start(&["run", "--log-level", "debug"]);
    daemon.says("the event stream is up").await;
    let polls = || {
        let requests = house.plex.log().requests();
        requests
            .iter()
            .filter(|request| request.path() == "/status/sessions")
            .count()
    };
    assert!(eventually(MINUTE, || polls() >= 2).await, "{}", daemon.said());

    let mut times = Vec::new();
    for item in in_the_middle {
        let before = house.searches().len();
        let begun = Instant::now();
        play(item, 600_000);
        assert!(
            eventually(MINUTE, || house.searches().len() > before).await,
            "{}",
            daemon.said()
        );
        times.push(begun.elapsed());
    }
    assert!(times.iter().min().unwrap() < &Duration::from_secs(2), "{times:?}");

    times.clear();
    for item in from_the_beginning {
        let (before, polled) = (house.searches().len(), polls());
        let player = play(item, 18_000);
        assert!(eventually(MINUTE, || polls() > polled).await, "{}", daemon.said());
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(
            house.searches().len(),
            before,
            "18 seconds are a glance: {}",
            daemon.said()
        );
        let begun = Instant::now();
        house.plex.report(player, PlayState::Playing, 31_000);
        assert!(
            eventually(MINUTE, || house.searches().len() > before).await,
            "{}",
            daemon.said()
        );
        times.push(begun.elapsed());
    }
    assert!(times.iter().min().unwrap() < &Duration::from_secs(2), "{times:?}");

    let (code, said, took) = daemon.terminate().await;
    assert_eq!(code, 0, "{said}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(house.searches().len(), 6);
    assert!(
        !house.data().join("cliffhangarr.db-wal").exists(),
        "the database was closed cleanly"
    );
    // Whether it heard of the last one or was ended before: nothing is searched again.
    house.done(&["check"]).await;
    assert_eq!(house.searches().len(), 6);
}

#[tokio::test]
async fn it_ends_in_time_whatever_it_waits_for() {
    for (signal, path) in [
        ("-TERM", "/api/v3/episode"),
        ("-INT", "/api/v3/command"),
        ("-TERM", "/status/sessions"),
    ] {
        let house = House::connected().await;
        let show = house.harbour_lights();
        let plan = if path.starts_with("/api") {
            house.sonarr.faults()
        } else {
            house.plex.faults()
        };
        plan.push(FaultRule::new(path, Fault::Hang).once());
        house.play(show, 8);
        let daemon = house.start(&["run"]);
        assert!(eventually(MINUTE, || plan.hits() == 1).await, "{}", daemon.said());
        let (code, said, took) = daemon.signal(signal).await;
        assert_eq!(code, 0, "{path}: {said}");
        assert!(took < Duration::from_secs(5), "{path}: {took:?}");
        let check = house.done(&["check"]).await;
        assert_eq!(check["triggeredSearches"], 1, "{path}: {check:#}");
        house.second_season_was_searched_once(show, path);
    }
}

#[tokio::test]
async fn two_processes_do_not_share_a_folder() {
    let house = House::connected().await;
    let daemon = house.start(&["run", "--log-level", "debug"]);
    daemon.says("the event stream is up").await;
    for arguments in [
        &["check"][..],
        &["run"],
        &["settings", "show"],
        &["settings", "set", "enabled=false"],
        &["journal"],
        &["connections"],
        &["disconnect", "Sonarr"],
    ] {
        let answered = house.json(arguments).await;
        assert_eq!(
            (answered.code, answered.error().0.as_str()),
            (3, "dataFolderInUse"),
            "{arguments:?}: {answered:?}"
        );
    }
    let plain = house.run(&["check"]).await;
    assert!(
        plain.code == 3 && plain.stdout.is_empty() && plain.stderr.contains("--data-dir"),
        "{plain:?}"
    );
    let other = house.folder().join("other");
    let answered = house
        .json(&["settings", "show", "--data-dir", other.to_str().unwrap()])
        .await;
    assert_eq!(answered.code, 0, "{answered:?}");
    assert_eq!(daemon.terminate().await.0, 0);
    assert_eq!(house.done(&["settings", "show"]).await["enabled"], true);

    // A process that died leaves no lock behind.
    let daemon = house.start(&["run", "--log-level", "debug"]);
    daemon.says("the event stream is up").await;
    daemon.kill().await;
    house.done(&["check"]).await;
}

#[tokio::test]
async fn without_monitoring_run_says_so_and_asks_nobody() {
    let house = House::connected().await;
    house.done(&["settings", "set", "enabled=false"]).await;
    house.forget_requests();
    let daemon = house.start(&["run"]);
    daemon.says("Monitoring is switched off").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (code, said, _) = daemon.terminate().await;
    assert_eq!(code, 0, "{said}");
    let sessions = house
        .plex
        .log()
        .requests()
        .into_iter()
        .filter(|request| request.path() == "/status/sessions")
        .count();
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn a_pause_is_told_at_the_start_and_ended_by_resume() {
    let house = House::connected().await;
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(50);
    let at = soon
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%A %H:%M")
        .to_string();
    for (kept, end) in [
        (soon.to_string(), format!("until {at}")),
        ("forever".to_owned(), "until it is resumed".to_owned()),
    ] {
        let (store, _) = store::Store::open(&house.data(), jiff::Timestamp::now()).await.unwrap();
        store.set_meta("paused", Some(&kept)).await.unwrap();
        store.close().await;
        let daemon = house.start(&["run"]);
        daemon.says(&format!("Monitoring is paused {end}")).await;
        let (code, said, _) = daemon.terminate().await;
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("\"resume\""), "it says what to do: {said}");
        assert_eq!(house.done(&["resume"]).await, json!({"wasPaused": true}));
        assert_eq!(house.done(&["resume"]).await, json!({"wasPaused": false}));
    }
    let daemon = house.start(&["run", "--log-level", "debug"]);
    daemon.says("the event stream is up").await;
    assert!(!daemon.said().contains("paused"), "{}", daemon.said());
    daemon.terminate().await;
}

#[tokio::test]
async fn what_was_watched_while_sonarr_was_away_is_searched_when_it_is_back() {
    let mut house = House::connected().await;
    let show = house.harbour_lights();
    house.stop_sonarr().await;
    let daemon = house.start(&["run", "--log-level", "debug"]);
    daemon.says("the event stream is up").await;
    let play = house.play(show, 8);
    daemon.says("The server cannot be reached").await;
    house.plex.stop(play);
    tokio::time::sleep(Duration::from_secs(1)).await;
    house.start_sonarr().await;
    assert!(
        eventually(Duration::from_secs(120), || !house.searches().is_empty()).await,
        "{}",
        daemon.said()
    );
    // Nothing comes twice.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (code, said, _) = daemon.terminate().await;
    assert_eq!(code, 0, "{said}");
    house.second_season_was_searched_once(show, "Sonarr was away");
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, "and a check after it");
}

#[tokio::test]
async fn the_demo_searches_within_a_minute_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    for json in [false, true] {
        let mut command = tokio::process::Command::new(crate::house::PROGRAM);
        command
            .args(["demo", "--log-level", "debug"])
            .args(json.then_some("--json"))
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap())
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let demo = crate::process::Daemon::start(command);
        if json {
            // The lines of the log and the document come in any order.
            let has_document = || {
                demo.said()
                    .lines()
                    .any(|line| line.starts_with("{\"plex\":\"http://127.0.0.1:"))
            };
            assert!(eventually(MINUTE, has_document).await, "{}", demo.said());
        } else {
            demo.says("A household lives on Plex at http://127.0.0.1:").await;
            demo.says("Successfully triggered search for").await;
        }
        let (code, said, took) = demo.terminate().await;
        assert_eq!(code, 0, "{said}");
        assert!(took < Duration::from_secs(6), "{took:?}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
