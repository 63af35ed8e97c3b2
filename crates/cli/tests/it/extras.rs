//! What will become of rolling shows, what is to stay, rules for new series and space on disks.

use crate::house::{House, Show, TVDB, keys};
use crate::process::answer_to;
use serde_json::{Value, json};
use simulators::plex::{Device, OWNER, PlayState, ShowSpec};
use simulators::sonarr::{SeriesSpec, SonarrSim};

const GIGABYTE: i64 = 1_000_000_000;

/// A show of two seasons that are all there, enrolled. Gives its id here as well.
pub async fn enrolled(house: &House, title: &str, tvdb: i64) -> (Show, i64) {
    let spec = ShowSpec::new(title, 2015).tvdb(tvdb).season(1, 6).season(2, 6);
    let key = house.plex.add_show(spec);
    let series = house.sonarr.add_series(
        SeriesSpec::new(title, tvdb)
            .season_with_files(1, 6)
            .season_with_files(2, 6),
    );
    let arguments = [
        "enroll",
        "--instance",
        "Sonarr",
        "--tvdb",
        &tvdb.to_string(),
        "--type",
        "pilotRolling",
    ];
    let id = house.done(&arguments).await["id"].as_i64().unwrap();
    (Show { key, series }, id)
}

/// The owner watches an episode, a check sees it, and the owner stops.
pub async fn watch(house: &House, show: Show, season: i32, episode: i32) {
    let item = house.plex.episode_key(show.key, season, episode).unwrap();
    let play = house
        .plex
        .play_from(OWNER, &Device::television("tv", "Living Room"), item, 600_000);
    house.done(&["check"]).await;
    house.plex.report(play, PlayState::Stopped, 600_000);
}

/// A file for `import`, given on standard input.
async fn import(house: &House, what: &str, document: &Value) -> crate::process::Answered {
    answer_to(house.command(&[what, "import", "-", "--json"]), &document.to_string()).await
}

#[tokio::test]
async fn keeping_a_season_or_a_show_is_said_in_the_outlook() {
    let house = House::connected().await;
    let (show, id) = enrolled(&house, "Harbour Lights", TVDB).await;
    watch(&house, show, 2, 1).await;
    let number = id;
    let id = id.to_string();
    let kept = house.done(&["keep", &id, "--season", "1"]).await;
    assert_eq!(kept, json!({"id": number, "season": 1, "keep": true}));
    let outlook = house.done(&["outlook", &id]).await;
    let first = outlook["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["season"] == 1);
    let first = first.unwrap();
    assert_eq!(
        (&first["verdict"], &first["reason"], &first["keepSeason"], &first["at"]),
        (&json!("kept"), &json!("protected"), &json!(true), &Value::Null),
        "{outlook:#}"
    );
    house.done(&["keep", &id, "--season", "1", "--off"]).await;
    let said = house.run(&["keep", &id]).await;
    assert_eq!((said.code, said.stdout.trim()), (0, "Harbour Lights is kept."));
    let outlook = house.done(&["outlook", &id]).await;
    let rows = outlook["rows"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|row| row["reason"] == json!("protected") && row["keepShow"] == json!(true)),
        "{outlook:#}"
    );
}

#[tokio::test]
async fn a_forecast_needs_some_viewings() {
    let house = House::connected().await;
    let (show, id) = enrolled(&house, "Harbour Lights", TVDB).await;
    let id = id.to_string();
    assert_eq!(house.done(&["forecast", &id]).await, json!([]));
    watch(&house, show, 1, 1).await;
    let forecast = house.done(&["forecast", &id]).await;
    assert_eq!(
        keys(&forecast[0]),
        ["episodesAhead", "episodesPerDay", "pace", "sentence", "viewer"]
    );
    assert_eq!(forecast[0]["viewer"], json!(house.plex.accounts()[0].name));
    assert_eq!(forecast[0]["pace"], Value::Null);
    let said = house.run(&["forecast", &id]).await;
    assert!(said.stdout.contains("too few viewings to tell"), "{said:?}");
}

#[tokio::test]
async fn shows_and_questions_that_are_not_there_are_refused() {
    let house = House::connected().await;
    for arguments in [
        &["outlook", "99"][..],
        &["forecast", "99"],
        &["keep", "99"],
        &["keep", "99", "--season", "1"],
        &["confirm", "99"],
        &["dismiss", "99"],
    ] {
        let refused = house.json(arguments).await;
        assert_eq!(
            (refused.code, refused.error().0.as_str()),
            (2, "notFound"),
            "{arguments:?}: {refused:?}"
        );
    }
}

/// Three shows whose first seasons are behind everybody: more than a run deletes without asking.
async fn house_with_a_question() -> (House, Vec<Show>, String) {
    let house = House::connected().await;
    house
        .done(&["settings", "set", "confirmAbovePercent=10", "enableAutoReset=false"])
        .await;
    let mut shows = Vec::new();
    for (title, tvdb) in [("Harbour Lights", TVDB), ("Night Ferry", 6001), ("Low Season", 6002)] {
        let (show, _) = enrolled(&house, title, tvdb).await;
        watch(&house, show, 2, 1).await;
        shows.push(show);
    }
    house.done(&["settings", "set", "enableProgressiveCleanup=true"]).await;
    an_hour_passes(&house).await;
    house.done(&["check"]).await;
    let confirmations = house.done(&["confirmations"]).await;
    assert_eq!(confirmations.as_array().unwrap().len(), 1, "{confirmations:#}");
    assert_eq!(
        keys(&confirmations[0]),
        ["askedAt", "bytes", "files", "id", "shows", "space", "summary"]
    );
    assert_eq!(
        (&confirmations[0]["files"], &confirmations[0]["bytes"]),
        (&json!(15), &json!(30 * GIGABYTE))
    );
    let id = confirmations[0]["id"].to_string();
    (house, shows, id)
}

/// Within an hour of such a change nothing goes by itself.
async fn an_hour_passes(house: &House) {
    let now = jiff::Timestamp::now();
    let (store, _) = store::Store::open(&house.data(), now).await.unwrap();
    for task in ["grace", "cleanup"] {
        store.set_scheduled_task(task, now, None).await.unwrap();
    }
    store.close().await;
}

fn files(sonarr: &SonarrSim, shows: &[Show]) -> usize {
    shows.iter().map(|show| sonarr.files(show.series).len()).sum()
}

#[tokio::test]
async fn a_big_cleanup_waits_for_a_word_and_is_done_after_it() {
    let (house, shows, id) = house_with_a_question().await;
    assert_eq!(files(&house.sonarr, &shows), 36, "nothing goes unasked");
    let said = house.run(&["confirmations"]).await;
    assert!(said.stdout.contains("Night Ferry"), "{said:?}");
    assert!(said.stdout.contains("Sonarr: The space is free at once."), "{said:?}");
    house.sonarr.set_recycle_bin(Some("/tv/.bin"));
    let binned = house.done(&["confirmations"]).await;
    assert_eq!(binned[0]["space"][0]["instance"], json!("Sonarr"));
    let sentence = binned[0]["space"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("recycle bin"), "{sentence}");
    assert_eq!(house.done(&["confirm", &id]).await["confirmed"].to_string(), id);
    house.done(&["check"]).await;
    assert_eq!(files(&house.sonarr, &shows), 21);
    assert_eq!(house.done(&["confirmations"]).await, json!([]));
    assert_eq!(house.json(&["confirm", &id]).await.code, 2, "once");
}

#[tokio::test]
async fn a_big_cleanup_is_dropped_when_it_is_dismissed() {
    let (house, shows, id) = house_with_a_question().await;
    assert_eq!(house.done(&["dismiss", &id]).await["dismissed"].to_string(), id);
    assert_eq!(house.done(&["confirmations"]).await, json!([]));
    assert_eq!(files(&house.sonarr, &shows), 36);
}

#[tokio::test]
async fn rules_are_tried_imported_and_hold_for_what_comes_later() {
    let house = House::connected().await;
    let spec = |title: &str, tvdb| SeriesSpec::new(title, tvdb).season(1, 4).season(2, 4);
    house.sonarr.add_series(spec("Old Drama", 6001));
    assert_eq!(
        house.done(&["rules", "show"]).await,
        json!({"rules": [], "defaults": []})
    );
    let rules = json!({
        "rules": [{
            "name": "Dramas", "instance": "sonarr", "combination": "all",
            "conditions": [{"field": "genre", "anyOf": ["Drama"]}, {"field": "year", "from": 2010}],
            "outcome": "firstSeasonRolling",
        }],
        "defaults": [{"instance": "Sonarr", "outcome": "pilotRolling"}],
    });
    let file = house.folder().join("rules.json");
    std::fs::write(&file, rules.to_string()).unwrap();
    let tried = house.done(&["rules", "try", file.to_str().unwrap()]).await;
    assert_eq!(
        tried[0],
        json!({
            "instance": "Sonarr", "sonarrSeriesId": tried[0]["sonarrSeriesId"], "title": "Old Drama", "rule": "Dramas",
            "outcome": "firstSeasonRolling", "applies": false, "enrolled": false,
        })
    );
    assert_eq!(
        house.done(&["rules", "show"]).await["rules"],
        json!([]),
        "trying saves nothing"
    );
    assert_eq!(house.writes(), "");

    let imported = house.done(&["rules", "import", file.to_str().unwrap()]).await;
    assert_eq!(
        (&imported["rules"][0]["instance"], &imported["defaults"][0]["outcome"]),
        (&json!("Sonarr"), &json!("pilotRolling"))
    );
    assert!(
        imported["rules"][0]["madeAt"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok()
    );
    assert_eq!(house.done(&["rules", "show"]).await, imported);
    let again = import(&house, "rules", &imported).await;
    assert_eq!(
        again.document(),
        imported,
        "what is shown can be imported, and keeps its times"
    );
    let said = house.run(&["rules", "try"]).await;
    assert!(said.stdout.contains("1 of 1 series match"), "{said:?}");

    // Sonarr says to the second when a series was added.
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
    house.sonarr.add_series(spec("New Drama", 6003).added(later));
    house
        .sonarr
        .add_series(spec("New Quiz", 6004).genres(["Game Show"]).added(later));
    house.done(&["check"]).await;
    let shows = house.done(&["shows"]).await;
    let types: Vec<_> = shows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["title"].as_str().unwrap(), row["monitoringType"].as_str().unwrap()))
        .collect();
    assert_eq!(
        types,
        [("New Drama", "firstSeasonRolling"), ("New Quiz", "pilotRolling")]
    );
}

#[tokio::test]
async fn rules_that_are_wrong_are_refused_and_change_nothing() {
    let house = House::connected().await;
    let rule = |name: &str, instance: &str, field: &str| {
        let conditions = json!([{"field": field, "anyOf": ["Drama"]}]);
        json!({"rules": [{"name": name, "instance": instance, "conditions": conditions, "outcome": "standard"}]})
    };
    for (document, words) in [
        (rule("", "Sonarr", "genre"), "rule 1: it needs a name"),
        (rule("A", "Nowhere", "genre"), "There is no Sonarr named Nowhere."),
        (rule("A", "Sonarr", "colour"), "holds no rules"),
        (json!("rules"), "holds no rules"),
    ] {
        let refused = import(&house, "rules", &document).await;
        assert_eq!(refused.code, 2, "{document}: {refused:?}");
        assert!(refused.error().1.contains(words), "{document}: {refused:?}");
    }
    assert_eq!(
        house.done(&["rules", "show"]).await,
        json!({"rules": [], "defaults": []})
    );
}

#[tokio::test]
async fn floors_are_imported_and_say_how_their_folders_are() {
    let house = House::connected().await;
    house.harbour_lights();
    let root = house.sonarr.series_by_tvdb(TVDB).unwrap().path;
    let root = root.rsplit_once('/').unwrap().0;
    house.sonarr.set_free_space(root, 90 * GIGABYTE);
    assert_eq!(house.done(&["floors", "show"]).await, json!([]));
    let floor = |ends_at: i64| json!([{"instance": "Sonarr", "rootFolder": root, "beginsBelow": 100 * GIGABYTE, "endsAt": ends_at}]);
    let imported = import(&house, "floors", &floor(110 * GIGABYTE)).await;
    let mut expected = floor(110 * GIGABYTE);
    expected[0]["free"] = json!(90 * GIGABYTE);
    expected[0]["short"] = json!(true);
    assert_eq!((imported.code, imported.document()), (0, expected.clone()));
    assert_eq!(house.done(&["floors", "show"]).await, expected);
    let said = house.run(&["floors", "show"]).await;
    assert!(said.stdout.contains("short of space"), "{said:?}");

    let refused = import(&house, "floors", &floor(1)).await;
    assert_eq!(
        (refused.code, refused.error().0.as_str()),
        (2, "invalidValue"),
        "{refused:?}"
    );
    assert_eq!(house.done(&["floors", "show"]).await, expected);
    assert_eq!(import(&house, "floors", &json!([])).await.document(), json!([]));
    assert_eq!(house.writes(), "", "a floor deletes nothing by itself");
}

#[tokio::test]
async fn readiness_is_told_for_some_days() {
    let house = House::new().await;
    let expected = json!({"days": 7, "inTime": 0, "late": 0, "open": 0, "share": null});
    assert_eq!(house.done(&["readiness", "--days", "7"]).await, expected);
    let said = house.run(&["readiness"]).await;
    assert!(said.stdout.contains("of the last 30 days"), "{said:?}");
    assert_eq!(house.json(&["readiness", "--days", "0"]).await.code, 2);
}
