//! `kill -9` between any two steps: the next run carries the story to its end, once.

use crate::house::{House, eventually};
use reqwest::Method;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::SeasonSpec;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Longer than any test.
const FOREVER: Duration = Duration::from_secs(3600);

/// Where the process dies.
#[derive(Debug, Clone)]
struct Death {
    command: &'static str,
    method: Method,
    path: &'static str,
    /// Whether the request takes effect in Sonarr before the process dies.
    arrives: bool,
    second: SeasonSpec,
    /// Whether the viewer is still there when the program is started again.
    still_playing: bool,
}

async fn die(death: Death) {
    let house = House::connected().await;
    let show = house.harbour_lights_with(death.second.clone());
    let rule = FaultRule::new(death.path, Fault::Delay(FOREVER))
        .method(death.method.clone())
        .once();
    house
        .sonarr
        .faults()
        .push(if death.arrives { rule.after_effect() } else { rule });
    let play = house.play(show, 8);
    let process = house.start(&[death.command]);
    let reached = eventually(Duration::from_secs(60), || house.sonarr.faults().hits() == 1).await;
    assert!(reached, "{death:?}: {}", process.said());
    if death.arrives && death.path == "/api/v3/command" {
        assert!(
            eventually(Duration::from_secs(60), || house.searches().len() == 1).await,
            "{death:?}"
        );
    } else if death.arrives {
        // The handler runs at once; its answer is what waits.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    process.kill().await;
    house.sonarr.faults().clear();
    if !death.still_playing {
        house.plex.stop(play);
    }

    if death.command == "run" {
        let next = house.start(&["run", "--log-level", "debug"]);
        assert!(
            eventually(Duration::from_secs(60), || !house.searches().is_empty()).await,
            "{death:?}: {}",
            next.said()
        );
        next.says("Successfully triggered search").await;
        assert_eq!(next.terminate().await.0, 0, "{death:?}");
    }
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, &format!("{death:?}"));
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, &format!("{death:?}, one more check"));
    let journal = house.done(&["journal"]).await;
    let rows = journal.as_array().unwrap();
    let searches: Vec<_> = rows.iter().filter(|row| row["reason"] == "nextSeason").collect();
    assert!(
        searches.len() == 1 && searches[0]["outcome"] == "done",
        "{death:?}: {journal:#}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_and_repeats_nothing() {
    let off = SeasonSpec::new(2, 8).monitored(false);
    let episodes_off = SeasonSpec::new(2, 8).only_monitored([1, 2]);
    let mut deaths = Vec::new();
    let reads = [
        ("/api/v3/series?tvdbId", true),
        ("/api/v3/episode?", true),
        ("/api/v3/queue/details", true),
        // Read again before and after a write; by then the intent is on disk.
        ("/api/v3/series/", false),
    ];
    for (path, still_playing) in reads {
        let second = off.clone();
        deaths.push(Death {
            command: "check",
            method: Method::GET,
            path,
            arrives: false,
            second,
            still_playing,
        });
    }
    let writes = [
        (Method::PUT, "/api/v3/series/", off.clone()),
        (Method::PUT, "/api/v3/episode/monitor", episodes_off),
        (Method::POST, "/api/v3/command", off),
    ];
    for (method, path, second) in writes {
        for (command, arrives, still_playing) in [
            ("check", false, false),
            ("check", true, false),
            ("check", true, true),
            ("run", false, true),
            ("run", true, false),
        ] {
            let (method, second) = (method.clone(), second.clone());
            deaths.push(Death {
                command,
                method,
                path,
                arrives,
                second,
                still_playing,
            });
        }
    }
    let places = Arc::new(Semaphore::new(4));
    let mut running = JoinSet::new();
    for death in deaths {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire().await.unwrap();
            die(death).await;
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

/// A reset dies in the middle; a check carries it to its end.
async fn die_in_a_reset(method: Method, path: &'static str, arrives: bool) {
    let story = format!("{method} {path}, arrived: {arrives}");
    let house = House::connected().await;
    let show = house.harbour_lights();
    let series = show.series.to_string();
    let enroll = [
        "enroll",
        "--instance",
        "Sonarr",
        "--series",
        &series,
        "--type",
        "pilotRolling",
    ];
    let id = house.done(&enroll).await["id"].to_string();
    let rule = FaultRule::new(path, Fault::Delay(FOREVER)).method(method).once();
    house
        .sonarr
        .faults()
        .push(if arrives { rule.after_effect() } else { rule });
    let process = house.start(&["reset", &id]);
    let reached = eventually(Duration::from_secs(60), || house.sonarr.faults().hits() == 1).await;
    assert!(reached, "{story}: {}", process.said());
    tokio::time::sleep(Duration::from_millis(200)).await;
    process.kill().await;
    house.sonarr.faults().clear();

    house.done(&["check"]).await;
    let episodes = house.sonarr.episodes(show.series);
    let kept: Vec<_> = episodes.iter().filter(|episode| episode.file.is_some()).collect();
    assert!(
        kept.len() == 1 && (kept[0].season, kept[0].number) == (1, 1),
        "{story}: {episodes:?}"
    );
    let monitored: Vec<_> = episodes.iter().filter(|episode| episode.monitored).collect();
    assert!(
        monitored.len() == 1 && monitored[0].id == kept[0].id,
        "{story}: {episodes:?}"
    );
    let again = house.done(&["reset", &id]).await;
    assert_eq!(again["reset"], serde_json::json!([]), "{story}: it is at its baseline");
    assert_eq!(house.searches(), [], "{story}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_that_was_killed_is_carried_to_its_end() {
    for arrives in [false, true] {
        tokio::join!(
            die_in_a_reset(Method::PUT, "/api/v3/series/", arrives),
            die_in_a_reset(Method::DELETE, "/api/v3/episodefile/", arrives),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_at_any_moment_leaves_a_folder_that_works() {
    let house = House::connected().await;
    let show = house.harbour_lights_with(SeasonSpec::new(2, 8).monitored(false));
    house.play(show, 8);
    for milliseconds in [0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 150] {
        let process = house.start(&["check"]);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        process.kill().await;
    }
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, "killed again and again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_while_it_makes_its_folder_leaves_one_that_works() {
    for milliseconds in (0..60).step_by(2) {
        let house = House::new().await;
        let process = house.start(&["settings", "set", "remainingEpisodes=3"]);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        process.kill().await;
        let settings = house.done(&["settings", "show"]).await;
        assert!(
            settings["remainingEpisodes"] == 2 || settings["remainingEpisodes"] == 3,
            "{settings:#}"
        );
    }
}
