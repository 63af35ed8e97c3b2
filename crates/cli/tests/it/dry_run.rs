//! "Dry run means only GET requests, on every path."

use crate::house::{House, eventually};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_dry_check_says_what_it_would_do_and_does_nothing() {
    let house = House::connected().await;
    let show = house.harbour_lights_with(simulators::sonarr::SeasonSpec::new(2, 8).monitored(false));
    house.play(show, 8);
    let before = house.done(&["journal"]).await;
    for _ in 0..2 {
        let dry = house.done(&["check", "--dry-run"]).await;
        assert_eq!(
            (&dry["processedSessions"], &dry["triggeredSearches"]),
            (&json!(1), &json!(1)),
            "{dry:#}"
        );
        let kinds: Vec<_> = dry["decisions"][0]["actions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action["kind"].clone())
            .collect();
        assert_eq!(kinds, [json!("setMonitoring"), json!("searchSeason")]);
    }
    assert_eq!(house.writes(), "");
    let before_dry = database(&house);
    house.done(&["check", "--dry-run"]).await;
    house.done(&["reset-inactive", "--dry-run"]).await;
    assert!(database(&house) == before_dry, "the database has changed");
    assert_eq!(
        house.done(&["journal"]).await,
        before,
        "nothing was done, and so nothing is told of"
    );

    let real = house.done(&["check"]).await;
    assert_eq!(real["triggeredSearches"], json!(1));
    house.second_season_was_searched_once(show, "a dry run does not spoil the real one");
}

#[tokio::test]
async fn the_setting_holds_on_every_path() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    house.done(&["settings", "set", "dryRun=true"]).await;
    let id = {
        let series = show.series.to_string();
        let arguments = [
            "enroll",
            "--instance",
            "Sonarr",
            "--series",
            &series,
            "--type",
            "pilotRolling",
            "--reset",
        ];
        house.done(&arguments).await["id"].to_string()
    };
    house.play(show, 8);
    for arguments in [
        &["check"][..],
        &["check", "--dry-run"],
        &["reset", &id, "--dry-run"],
        &["reset", &id],
        &["reset-inactive"],
        &["reset-inactive", "--dry-run"],
        &["shows"],
        &["connections"],
        &["remove", &id, "--reset"],
        &["check"],
    ] {
        let answered = house.json(arguments).await;
        assert!(answered.code < 2, "{arguments:?}: {answered:?}");
        answered.document();
        assert_eq!(house.writes(), "", "{arguments:?}");
    }
    let daemon = house.start(&["run", "--log-level", "debug"]);
    let asked = eventually(Duration::from_secs(60), || {
        house
            .sonarr
            .log()
            .requests()
            .iter()
            .any(|request| request.path() == "/api/v3/episode")
    });
    assert!(asked.await, "{}", daemon.said());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (code, said, _) = daemon.terminate().await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(house.writes(), "");
    assert_eq!(house.sonarr.files(show.series).len(), 10);

    // Switched off again, what would have been done is done.
    house.done(&["settings", "set", "dryRun=false"]).await;
    let check = house.done(&["check"]).await;
    assert_eq!(check["triggeredSearches"], json!(1), "{check:#}");
    house.second_season_was_searched_once(show, "after the dry run");
}

fn database(house: &House) -> Vec<u8> {
    std::fs::read(house.data().join("cliffhangarr.db")).unwrap()
}
