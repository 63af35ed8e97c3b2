//! What will go when, from the command line.

use crate::extras::{enrolled, watch};
use crate::house::{House, TVDB, keys};
use crate::process::answer_of;
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::sonarr::{SeriesSpec, SonarrSim};

const GIGABYTE: i64 = 1_000_000_000;

fn row<'a>(outlook: &'a Value, title: &str, season: Option<i32>) -> &'a Value {
    let rows = outlook["rows"].as_array().unwrap();
    let found = rows
        .iter()
        .find(|row| row["title"] == title && row["season"] == json!(season));
    found.unwrap_or_else(|| panic!("{outlook:#}"))
}

#[tokio::test]
async fn the_outlook_tells_of_every_show_and_of_one_alone() {
    let house = House::connected().await;
    let empty = house.run(&["outlook"]).await;
    assert!(empty.stdout.contains("There are no rolling shows."), "{empty:?}");
    let (ferry, id) = enrolled(&house, "Night Ferry", TVDB).await;
    enrolled(&house, "Low Season", 6001).await;
    watch(&house, ferry, 1, 6).await;
    watch(&house, ferry, 2, 1).await;
    house.forget_requests();

    let outlook = house.done(&["outlook"]).await;
    assert_eq!(keys(&outlook), ["atBaseline", "notes", "rows"]);
    let whole = row(&outlook, "Night Ferry", None);
    let expected = [
        "askedFirst",
        "at",
        "bytes",
        "confirmation",
        "files",
        "id",
        "instance",
        "keepSeason",
        "keepShow",
        "lastViewed",
        "reason",
        "season",
        "sentence",
        "title",
        "verdict",
        "viewers",
        "withShow",
    ];
    assert_eq!(keys(whole), expected);
    assert_eq!(
        (&whole["id"], &whole["verdict"], &whole["files"], &whole["bytes"]),
        (&json!(id), &json!("freeAt"), &json!(11), &json!(22 * GIGABYTE)),
        "{outlook:#}"
    );
    assert!(whole["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    let first = row(&outlook, "Night Ferry", Some(1));
    assert_eq!(
        (&first["withShow"], &first["at"], &first["files"]),
        (&json!(true), &whole["at"], &json!(5)),
        "the pilot stays: {outlook:#}"
    );
    let kept = row(&outlook, "Low Season", None);
    assert_eq!(
        (&kept["verdict"], &kept["reason"]),
        (&json!("kept"), &json!("neverExpanded"))
    );

    house.done(&["settings", "set", "enableProgressiveCleanup=true"]).await;
    let alone = house.done(&["outlook", &id.to_string()]).await;
    let rows = alone["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["title"] == "Night Ferry"), "{alone:#}");
    let first = row(&alone, "Night Ferry", Some(1));
    assert_eq!(
        (&first["verdict"], &first["withShow"]),
        (&json!("freeAt"), &json!(false))
    );
    let second = row(&alone, "Night Ferry", Some(2));
    assert_eq!(
        (&second["verdict"], &second["reason"]),
        (&json!("kept"), &json!("seasonNeeded"))
    );
    assert_eq!(
        row(&alone, "Night Ferry", None)["files"],
        json!(6),
        "season 1 goes before"
    );

    let said = house.run(&["outlook"]).await;
    for words in [
        "Something was changed within the last hour",
        "Goes, if nobody watches before:",
        "Night Ferry (Sonarr): Season 1 on ",
        "; it goes with the show on ",
        "Kept:",
        "Low Season (Sonarr): Kept: nobody has watched it since it was enrolled",
    ] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert_eq!(house.writes(), "");
}

#[tokio::test]
async fn asking_for_the_outlook_writes_nothing_here_either() {
    let house = House::connected().await;
    let (ferry, id) = enrolled(&house, "Night Ferry", TVDB).await;
    watch(&house, ferry, 2, 1).await;
    let database = || std::fs::read(house.data().join("cliffhangarr.db")).unwrap();
    house.done(&["outlook"]).await;
    let before = database();
    house.done(&["outlook"]).await;
    house.done(&["outlook", &id.to_string()]).await;
    assert!(database() == before, "the database has changed");
}

#[tokio::test]
async fn a_sonarr_that_is_down_is_a_failure_that_hides_no_other() {
    let house = House::connected().await;
    let other = SonarrSim::new(SimClock::system());
    let served = other.serve().await.unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = house.command(&[arguments, &["--json"]].concat());
        command.env("CLIFFHANGARR_SECRET_SONARR_4K", other.api_key());
        answer_of(command).await
    };
    let connected = run(&["connect", "sonarr", "--name", "Sonarr 4K", "--url", &served.url]).await;
    assert_eq!(connected.code, 0, "{connected:?}");
    enrolled(&house, "Night Ferry", TVDB).await;
    for (title, tvdb) in [("Low Season", 6001), ("Paper Kingdoms", 6002)] {
        other.add_series(SeriesSpec::new(title, tvdb).season_with_files(1, 6));
        let tvdb = tvdb.to_string();
        let kind = "pilotRolling";
        let enrolled = run(&["enroll", "--instance", "Sonarr 4K", "--tvdb", &tvdb, "--type", kind]).await;
        assert_eq!(enrolled.code, 0, "{enrolled:?}");
    }
    served.stop().await;
    let outlook = run(&["outlook"]).await;
    assert_eq!(outlook.code, 1, "{outlook:?}");
    let outlook = outlook.document();
    let down = row(&outlook, "Sonarr 4K", None);
    assert_eq!((&down["verdict"], &down["id"]), (&json!("unknown"), &Value::Null));
    let sentence = down["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("What becomes of 2 shows is not known."),
        "{sentence}"
    );
    assert_eq!(row(&outlook, "Night Ferry", None)["verdict"], json!("kept"));

    let shows = run(&["shows"]).await.document();
    let lost = shows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["title"] == "Low Season")
        .unwrap();
    let refused = run(&["outlook", &lost["id"].to_string()]).await;
    assert_eq!(
        (refused.code, refused.error().0.as_str()),
        (1, "unreachable"),
        "{refused:?}"
    );
}
