//! The main story, and the documents in it, exactly as they are promised.

use crate::house::{House, keys};
use serde_json::{Value, json};
use simulators::faults::{Fault, FaultRule};
use simulators::plex::{AccountKind, Device, OWNER, ShowSpec};
use simulators::sonarr::SeasonSpec;

#[tokio::test]
async fn near_the_end_of_a_season_the_next_one_is_searched_once() {
    let house = House::new().await;
    let show = house.harbour_lights();

    let plex = house
        .done(&["connect", "plex", "--name", "Attic", "--url", &house.plex_url])
        .await;
    let settings = house.plex.settings();
    assert_eq!(
        plex,
        json!({"name": "Attic", "kind": "plex", "serverName": settings.friendly_name, "version": settings.version})
    );
    let sonarr = house
        .run(&["connect", "sonarr", "--name", "Sonarr", "--url", &house.sonarr_url])
        .await;
    assert_eq!(
        (sonarr.code, sonarr.stdout.as_str()),
        (0, "Connected to Sonarr (Sonarr 4.0.19.2979).\n")
    );

    let off = house.json(&["check"]).await;
    assert_eq!((off.code, off.error().0.as_str()), (1, "monitoringDisabled"));
    house
        .done(&["settings", "set", "enabled=true", "remainingEpisodes=2"])
        .await;

    house.play(show, 8);
    let check = house.done(&["check"]).await;
    let second: Vec<i64> = house
        .sonarr
        .episodes(show.series)
        .iter()
        .filter(|e| e.season == 2)
        .map(|e| e.id)
        .collect();
    let viewer = house.plex.accounts()[0].name.clone();
    assert_eq!(
        check,
        json!({
            "processedSessions": 1,
            "triggeredSearches": 1,
            "errors": [],
            "decisions": [{
                "show": "Harbour Lights", "season": 1, "episode": 8, "viewer": viewer, "instance": "Sonarr",
                "reason": "nextSeason", "detail": "Season 2 comes next: searching for season 2.",
                "actions": [{"kind": "searchSeason", "season": 2, "episodes": second}],
            }],
        })
    );
    house.second_season_was_searched_once(show, "the first check");

    let again = house.run(&["check"]).await;
    assert_eq!(again.code, 0, "{again:?}");
    let lines: Vec<&str> = again.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{again:?}");
    assert!(
        lines[0].starts_with(&format!("Harbour Lights S01E08 ({viewer}): ")),
        "{again:?}"
    );
    assert_eq!(lines[1], "Processed: 1, Triggered: 0");
    assert!(
        again
            .stderr
            .contains("Session monitoring complete. Processed: 1, Triggered: 0"),
        "{again:?}"
    );
    assert!(
        !again.stderr.contains('\u{1b}'),
        "no colors where nobody looks: {again:?}"
    );
    house.second_season_was_searched_once(show, "the second check");

    let journal = house.done(&["journal", "--limit", "100"]).await;
    let rows = journal.as_array().unwrap();
    let mut times: Vec<jiff::Timestamp> = rows
        .iter()
        .map(|row| row["at"].as_str().unwrap().parse().unwrap())
        .collect();
    times.reverse();
    assert!(times.is_sorted(), "newest first: {journal:#}");
    let search = rows.iter().find(|row| row["reason"] == "nextSeason").unwrap();
    assert_eq!(
        (&search["outcome"], &search["origin"], &search["show"]),
        (&json!("done"), &json!("session"), &json!("Harbour Lights"))
    );
    assert!(rows.iter().any(|row| row["reason"] == "changed"), "{journal:#}");
    assert_eq!(
        house.done(&["journal", "--limit", "1"]).await.as_array().unwrap().len(),
        1
    );
    let people = house.run(&["journal"]).await;
    assert!(
        people
            .stdout
            .contains("Season 2 comes next: searching for season 2. [nextSeason]"),
        "{people:?}"
    );
}

#[tokio::test]
async fn every_session_yields_a_decision_also_when_nothing_is_done() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    house.plex.add_account(77, "Ben", AccountKind::Shared);
    let tablet = |id: &str| Device::tablet(id, id);
    let film = house.plex.add_movie("Glass Orchard", 2023, 116);
    house.play_from(show, 8, 5_000);
    house.plex.play_from(
        77,
        &tablet("b"),
        house.plex.episode_key(show.key, 1, 2).unwrap(),
        600_000,
    );
    house.plex.play_from(77, &tablet("c"), film, 600_000);
    let stranger = house
        .plex
        .add_show(ShowSpec::new("Unknown Tides", 2020).tvdb(99).season(1, 3));
    house.plex.play_from(
        77,
        &tablet("d"),
        house.plex.episode_key(stranger, 1, 1).unwrap(),
        600_000,
    );

    let check = house.done(&["check"]).await;

    assert_eq!(
        keys(&check),
        ["decisions", "errors", "processedSessions", "triggeredSearches"]
    );
    assert_eq!(
        (&check["processedSessions"], &check["triggeredSearches"]),
        (&json!(4), &json!(0))
    );
    let decisions = check["decisions"].as_array().unwrap();
    let mut reasons: Vec<&str> = decisions
        .iter()
        .map(|decision| decision["reason"].as_str().unwrap())
        .collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["notAnEpisode", "notInSonarr", "notNearEnd", "tooEarly"]);
    for decision in decisions {
        assert_eq!(
            keys(decision),
            [
                "actions", "detail", "episode", "instance", "reason", "season", "show", "viewer"
            ]
        );
        assert!(
            decision["actions"] == json!([]) && decision["detail"].as_str().unwrap().ends_with('.'),
            "{decision}"
        );
        assert!(!decision["show"].as_str().unwrap().is_empty(), "{decision}");
    }
    assert_eq!(house.writes(), "");
}

#[tokio::test]
async fn connections_say_how_they_are() {
    let mut house = House::connected().await;
    let healthy = house.done(&["connections"]).await;
    for (row, (name, kind)) in healthy
        .as_array()
        .unwrap()
        .iter()
        .zip([("Attic", "plex"), ("Sonarr", "sonarr")])
    {
        assert_eq!(
            (&row["name"], &row["kind"], &row["health"]),
            (&json!(name), &json!(kind), &json!("ok")),
            "{row}"
        );
        assert!(row["url"].is_string() && row["version"].is_string(), "{row}");
    }

    let health = |document: &Value| {
        let rows = document.as_array().unwrap();
        rows.iter()
            .map(|row| row["health"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    house.stop_plex().await;
    let key = house.sonarr.api_key();
    house.sonarr.set_api_key("ffffffffffffffffffffffffffffffff");
    let ill = house.json(&["connections"]).await;
    assert_eq!(
        (ill.code, health(&ill.document())),
        (1, vec!["unreachable".to_owned(), "unauthorized".to_owned()])
    );

    house.start_plex().await;
    house.sonarr.set_api_key(&key);
    house.sonarr.faults().push(FaultRule::new("", Fault::Html));
    let odd = house.json(&["connections"]).await;
    assert_eq!(
        (odd.code, health(&odd.document())),
        (1, vec!["ok".to_owned(), "degraded".to_owned()])
    );
    let people = house.run(&["connections"]).await;
    assert!(people.code == 1 && people.stdout.contains("degraded"), "{people:?}");

    house.done(&["disconnect", "Sonarr"]).await;
    let left = house.done(&["connections"]).await;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["name"]), (1, &json!("Attic")));
    let unknown = house.json(&["disconnect", "Sonarr"]).await;
    assert_eq!((unknown.code, unknown.error().0.as_str()), (2, "notFound"));
}

#[tokio::test]
async fn every_sonarr_in_use_understands_the_story() {
    for version in ["3.0.10.1567", "4.0.0.748", "4.0.9.2244", "5.0.0.300"] {
        let house = House::new().await;
        house.sonarr.set_version(version.parse().unwrap());
        house.sonarr.add_unknown_keys(true);
        house.sonarr.shuffle_episodes(true);
        house.connect_both().await;
        house.done(&["settings", "set", "enabled=true"]).await;
        let show = house.harbour_lights_with(SeasonSpec::new(2, 8).monitored(false));
        house.play(show, 8);
        for _ in 0..2 {
            house.done(&["check"]).await;
            house.second_season_was_searched_once(show, version);
        }
        assert_eq!(house.done(&["connections"]).await[1]["version"], version);
    }
}

#[tokio::test]
async fn a_title_cannot_steer_the_terminal() {
    let house = House::connected().await;
    let title = "Harbour\u{1b}[2J\u{7} Lights\nFAKE LINE";
    let key = house.plex.add_show(ShowSpec::new(title, 2015).tvdb(1).season(1, 3));
    let item = house.plex.episode_key(key, 1, 1).unwrap();
    house
        .plex
        .play_from(OWNER, &Device::television("tv", "TV"), item, 600_000);
    for arguments in [&["check"][..], &["journal"]] {
        let answered = house.run(arguments).await;
        assert!(answered.stdout.contains("Lights"), "{answered:?}");
        for said in [&answered.stdout, &answered.stderr] {
            let steers = |line: &str| line.chars().any(char::is_control) || line.starts_with("FAKE");
            assert!(!said.lines().any(steers), "{answered:?}");
        }
    }
    let check = house.done(&["check"]).await;
    assert_eq!(check["decisions"][0]["show"], "Harbour [2J  Lights FAKE LINE");
}
