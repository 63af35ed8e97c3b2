//! Rolling shows from the command line: the documents of their commands.

use crate::house::{House, TVDB, keys};
use crate::process::answer_of;
use serde_json::json;
use simulators::clock::SimClock;
use simulators::plex::{PlayState, ShowSpec};
use simulators::sonarr::{SeasonSpec, SeriesSpec, SonarrSim};

#[tokio::test]
async fn a_show_is_enrolled_grows_is_reset_and_removed() {
    let house = House::connected().await;
    let key = house
        .plex
        .add_show(ShowSpec::new("Harbour Lights", 2015).tvdb(TVDB).season(1, 6));
    let series = house.sonarr.add_series(
        SeriesSpec::new("Harbour Lights", TVDB)
            .with(SeasonSpec::new(1, 6).files([1]).only_monitored([1]))
            .with(SeasonSpec::new(2, 6).monitored(false)),
    );
    let enroll = [
        "enroll",
        "--instance",
        "Sonarr",
        "--tvdb",
        &TVDB.to_string(),
        "--type",
        "pilotRolling",
    ];
    let enrolled = house.done(&enroll).await;
    assert_eq!(
        (&enrolled["enrolled"][0]["title"], &enrolled["errors"]),
        (&json!("Harbour Lights"), &json!([]))
    );
    let id = enrolled["id"].as_i64().unwrap();
    assert_eq!(house.writes(), "", "enrolling alone changes nothing in Sonarr");

    let shows = house.done(&["shows"]).await;
    let mut expected = json!([{
        "id": id, "title": "Harbour Lights", "instance": "Sonarr", "sonarrSeriesId": series, "tvdbId": TVDB,
        "monitoringType": "pilotRolling", "viewer": null, "currentMonitoredSeason": 1, "lastWatchedSeason": 0,
        "lastWatchedEpisode": 0, "lastUpdatedAt": shows[0]["lastUpdatedAt"], "inactive": false,
    }]);
    assert_eq!(shows, expected);
    shows[0]["lastUpdatedAt"]
        .as_str()
        .unwrap()
        .parse::<jiff::Timestamp>()
        .unwrap();
    assert_eq!(house.done(&["shows", "--inactive"]).await, json!([]));

    let item = house.plex.episode_key(key, 1, 1).unwrap();
    let device = simulators::plex::Device::television("tv", "Living Room");
    let play = house.plex.play_from(simulators::plex::OWNER, &device, item, 600_000);
    let check = house.done(&["check"]).await;
    assert_eq!(
        (&check["triggeredSearches"], &check["errors"]),
        (&json!(1), &json!([])),
        "{check:#}"
    );
    assert_eq!(check["decisions"][0]["reason"], json!("expansion"), "{check:#}");
    assert_eq!(house.searches().len(), 1);

    let shows = house.done(&["shows"]).await;
    assert_eq!(shows.as_array().unwrap().len(), 2, "{shows:#}");
    let entry = &shows[1];
    assert_eq!(keys(entry), keys(&expected[0]));
    assert_eq!(
        (
            &entry["viewer"],
            &entry["lastWatchedSeason"],
            &entry["lastWatchedEpisode"]
        ),
        (&json!(house.plex.accounts()[0].name), &json!(1), &json!(1))
    );
    expected[0]["lastWatchedSeason"] = json!(1);
    expected[0]["lastWatchedEpisode"] = json!(1);
    expected[0]["lastUpdatedAt"] = shows[0]["lastUpdatedAt"].clone();
    assert_eq!(shows[0], expected[0]);

    // Two episodes arrive; the viewer stops.
    house.sonarr.add_file(series, 1, &[2], 700);
    house.sonarr.add_file(series, 1, &[3], 800);
    house.plex.report(play, PlayState::Stopped, 600_000);

    let planned = house.done(&["reset-inactive", "--dry-run"]).await;
    assert_eq!(keys(&planned), ["errors", "reset", "skipped"]);
    assert_eq!((&planned["reset"], &planned["errors"]), (&json!([]), &json!([])));
    assert_eq!(planned["skipped"][0]["id"], json!(id), "{planned:#}");
    assert!(planned["skipped"][0]["reason"].is_string());

    house.forget_requests();
    let preview = house.done(&["reset", &id.to_string(), "--dry-run"]).await;
    assert_eq!(preview["decisions"][0]["reason"], json!("manualReset"), "{preview:#}");
    let kinds: Vec<_> = preview["decisions"][0]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["kind"].clone())
        .collect();
    assert_eq!(kinds, [json!("setMonitoring"), json!("deleteFiles")]);
    assert_eq!(house.writes(), "");

    let reset = house.done(&["reset", &id.to_string()]).await;
    assert_eq!(
        reset,
        json!({"reset": [{"id": id, "title": "Harbour Lights", "filesDeleted": 2, "bytesFreed": 1500}], "skipped": [], "errors": []})
    );
    let left = house.sonarr.files(series);
    assert_eq!(left.len(), 1, "the pilot stays: {left:?}");
    let shows = house.done(&["shows"]).await;
    assert_eq!(
        shows.as_array().unwrap().len(),
        1,
        "tracking entries are gone: {shows:#}"
    );
    let again = house.done(&["reset", &id.to_string()]).await;
    assert_eq!(
        (&again["reset"], &again["skipped"][0]["id"]),
        (&json!([]), &json!(id)),
        "{again:#}"
    );

    house.forget_requests();
    let removed = house.done(&["remove", &id.to_string()]).await;
    assert_eq!(removed["removed"], json!(id));
    assert_eq!(house.done(&["shows"]).await, json!([]));
    assert_eq!(house.writes(), "", "Sonarr stays as it is");
}

#[tokio::test]
async fn enrolling_with_reset_brings_sonarr_to_the_baseline() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    let series = show.series.to_string();
    let arguments = [
        "enroll",
        "--instance",
        "sonarr",
        "--series",
        &series,
        "--type",
        "pilotRolling",
        "--reset",
    ];
    let enrolled = house.done(&arguments).await;
    assert_eq!(enrolled["errors"], json!([]), "{enrolled:#}");
    let files = house.sonarr.files(show.series);
    let pilot = house.sonarr.episode(show.series, 1, 1).unwrap();
    assert_eq!(
        files.iter().map(|file| file.episodes.clone()).collect::<Vec<_>>(),
        [vec![pilot.id]]
    );
    let monitored: Vec<_> = house
        .sonarr
        .episodes(show.series)
        .into_iter()
        .filter(|episode| episode.monitored)
        .collect();
    assert_eq!(
        monitored
            .iter()
            .map(|episode| (episode.season, episode.number))
            .collect::<Vec<_>>(),
        [(1, 1)]
    );

    let id = enrolled["id"].to_string();
    house.forget_requests();
    let removed = house.done(&["remove", &id, "--reset"]).await;
    assert_eq!(removed["removed"], enrolled["id"], "{removed:#}");
    assert_eq!(house.sonarr.files(show.series).len(), 1);
}

#[tokio::test]
async fn enrolling_names_the_show_of_its_own_sonarr_where_two_number_alike() {
    let house = House::connected().await;
    let other = SonarrSim::new(SimClock::system());
    let served = other.serve().await.unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = house.command(&[arguments, &["--json"]].concat());
        command.env("CLIFFHANGARR_SECRET_SONARR_4K", other.api_key());
        let answered = answer_of(command).await;
        assert_eq!(answered.code, 0, "{arguments:?}: {answered:?}");
        answered.document()
    };
    run(&["connect", "sonarr", "--name", "Sonarr 4K", "--url", &served.url]).await;
    let spec = || SeriesSpec::new("Harbour Lights", TVDB).season_with_files(1, 6);
    let series = house.sonarr.add_series(spec());
    assert_eq!(other.add_series(spec()), series, "both have it under the same number");
    let mut ids = Vec::new();
    for instance in ["sonarr 4k", "Sonarr"] {
        let series = series.to_string();
        let kind = "pilotRolling";
        let enrolled = run(&["enroll", "--instance", instance, "--series", &series, "--type", kind]).await;
        let shows = run(&["shows"]).await;
        let rows = shows.as_array().unwrap();
        let named = rows.iter().find(|row| row["id"] == enrolled["id"]).unwrap();
        let found = named["instance"].as_str().unwrap().to_lowercase();
        assert_eq!(found, instance.to_lowercase(), "{shows:#}");
        ids.push(enrolled["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_show_that_may_not_be_reset_is_not_removed_either() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    let series = show.series.to_string();
    let kind = "firstSeasonRolling";
    let arguments = ["enroll", "--instance", "Sonarr", "--series", &series, "--type", kind];
    let id = house.done(&arguments).await["id"].to_string();
    house.sonarr.add_file(show.series, 2, &[1], 700);
    let refused = async |because: &str| {
        let answered = house.json(&["remove", &id, "--reset"]).await;
        let (code, message) = answered.error();
        assert_eq!(
            (answered.code, code.as_str()),
            (1, "notReset"),
            "{because}: {answered:?}"
        );
        assert!(message.contains(because), "{because}: {message}");
        assert_eq!(house.done(&["shows"]).await[0]["id"].to_string(), id, "{because}");
        assert_eq!(house.sonarr.files(show.series).len(), 11, "{because}");
    };

    let play = house.play(show, 3);
    refused("is playing S01E03").await;
    house.plex.report(play, PlayState::Stopped, 600_000);

    house.done(&["keep", &id]).await;
    refused("keep").await;
    house.done(&["keep", &id, "--off"]).await;

    house.done(&["settings", "set", "dryRun=true"]).await;
    refused("dry run").await;
    house.done(&["settings", "set", "dryRun=false"]).await;

    let removed = house.done(&["remove", &id, "--reset"]).await;
    assert_eq!(removed["removed"].to_string(), id);
    assert_eq!(house.sonarr.files(show.series).len(), 10, "season 1 is its baseline");
    assert_eq!(house.done(&["shows"]).await, json!([]));
}
