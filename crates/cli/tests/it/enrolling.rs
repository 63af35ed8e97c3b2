//! Enrolling several series at once, and seeing before what that would come to.

use crate::house::{House, TVDB, keys};
use serde_json::{Value, json};
use simulators::sonarr::{SeasonSpec, SeriesSpec};

const GIGABYTE: i64 = 1_000_000_000;

/// Three series of two seasons that are all there. Gives Sonarr's ids.
fn three(house: &House) -> Vec<i64> {
    let spec = |title: &str, tvdb| {
        SeriesSpec::new(title, tvdb)
            .season_with_files(1, 3)
            .season_with_files(2, 2)
    };
    [("Harbour Lights", TVDB), ("Low Season", 6001), ("Night Ferry", 6002)]
        .into_iter()
        .map(|(title, tvdb)| house.sonarr.add_series(spec(title, tvdb)))
        .collect()
}

const ENROLL: [&str; 5] = ["enroll", "--instance", "Sonarr", "--type", "pilotRolling"];

#[tokio::test]
async fn a_dry_enrollment_names_exactly_the_files_that_would_go_and_writes_nothing() {
    let house = House::connected().await;
    let series = three(&house);
    let tvdb = TVDB.to_string();
    let with = |more: &[&'static str]| [&ENROLL[..], more].concat();
    let arguments = [&with(&["--reset", "--dry-run"])[..], &["--tvdb", &tvdb]].concat();
    let database = || std::fs::read(house.data().join("cliffhangarr.db")).unwrap();
    let before = database();
    let preview = house.done(&arguments).await;
    assert_eq!(keys(&preview), ["bytes", "decisions", "dryRun", "errors", "files"]);
    assert_eq!(
        (&preview["files"], &preview["bytes"], &preview["errors"]),
        (&json!(4), &json!(8 * GIGABYTE), &json!([])),
        "{preview:#}"
    );
    assert_eq!(house.done(&["shows"]).await, json!([]), "nothing is enrolled");
    assert!(database() == before, "the database has changed");
    assert_eq!(house.writes(), "");
    let actions = preview["decisions"][0]["actions"].as_array().unwrap();
    let doomed = actions.iter().find(|action| action["kind"] == "deleteFiles").unwrap();
    let ids = |files: &Value| {
        let ids = files
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    let foretold = ids(&doomed["files"]);

    let said = house.run(&arguments).await;
    assert!(
        said.stdout
            .contains("4 files of together 8000000000 bytes would be deleted."),
        "{said:?}"
    );
    assert!(
        said.stdout.contains("S01E02  ") && said.stdout.contains(".mkv  2000000000 bytes"),
        "{said:?}"
    );

    let real = [&with(&["--reset"])[..], &["--tvdb", &tvdb]].concat();
    let there: Vec<i64> = house.sonarr.files(series[0]).iter().map(|file| file.id).collect();
    house.done(&real).await;
    let left: Vec<i64> = house.sonarr.files(series[0]).iter().map(|file| file.id).collect();
    let gone: Vec<i64> = there.into_iter().filter(|id| !left.contains(id)).collect();
    assert_eq!(gone, foretold, "what was shown is what went");
}

#[tokio::test]
async fn without_the_baseline_a_dry_enrollment_says_that_nothing_goes() {
    let house = House::connected().await;
    let series = three(&house)[1].to_string();
    let arguments = [&ENROLL[..], &["--dry-run", "--series", &series]].concat();
    let preview = house.done(&arguments).await;
    assert_eq!(
        (&preview["files"], &preview["decisions"][0]["actions"]),
        (&json!(0), &json!([]))
    );
    let said = house.run(&arguments).await;
    assert!(said.stdout.contains("No file would be deleted."), "{said:?}");
    assert!(said.stdout.contains("4 files"), "what stays is said: {said:?}");
}

#[tokio::test]
async fn several_are_enrolled_at_once_and_each_only_once() {
    let house = House::connected().await;
    let series: Vec<String> = three(&house).iter().map(ToString::to_string).collect();
    let arguments = [
        &ENROLL[..],
        &["--series", &series[2], "--series", &series[0], "--series", &series[2]],
    ]
    .concat();
    let enrolled = house.done(&arguments).await;
    assert_eq!(keys(&enrolled), ["enrolled", "errors", "id", "ids"]);
    let titles: Vec<&str> = enrolled["enrolled"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Night Ferry", "Harbour Lights"]);
    let shows = house.done(&["shows"]).await;
    let id_of = |title: &str| {
        let row = shows.as_array().unwrap().iter().find(|row| row["title"] == title);
        row.unwrap()["id"].clone()
    };
    assert_eq!(enrolled["ids"], json!([id_of("Night Ferry"), id_of("Harbour Lights")]));
    assert_eq!(enrolled["id"], enrolled["ids"][0]);
}

#[tokio::test]
async fn of_several_one_that_fails_does_not_stop_the_others() {
    let house = House::connected().await;
    three(&house);
    let tvdb = TVDB.to_string();
    let some = ["--tvdb", &tvdb, "--tvdb", "999", "--tvdb", "6001"];
    let preview = house
        .json(&[&ENROLL[..], &some, &["--dry-run", "--reset"]].concat())
        .await;
    assert_eq!(preview.code, 1, "{preview:?}");
    assert_eq!(preview.document()["files"], json!(8));
    assert_eq!(preview.errors(), ["Sonarr: Sonarr has no series with TVDB id 999."]);
    let enrolled = house.json(&[&ENROLL[..], &some].concat()).await;
    assert_eq!(enrolled.code, 1, "{enrolled:?}");
    assert_eq!(enrolled.document()["ids"].as_array().unwrap().len(), 2);
    assert_eq!(enrolled.errors(), ["Sonarr: Sonarr has no series with TVDB id 999."]);

    let none = house
        .json(&[&ENROLL[..], &["--tvdb", "998", "--tvdb", "999"]].concat())
        .await;
    assert_eq!((none.code, none.error().0.as_str()), (2, "notFound"), "{none:?}");
    let unlisted = house
        .json(&[&ENROLL[..], &["--series", "4711", "--dry-run"]].concat())
        .await;
    assert_eq!(
        (unlisted.code, unlisted.error().0.as_str()),
        (2, "notFound"),
        "{unlisted:?}"
    );
    let both = house
        .json(&[&ENROLL[..], &["--series", "1", "--tvdb", "2"]].concat())
        .await;
    assert_eq!((both.code, both.error().0.as_str()), (2, "usage"), "{both:?}");
}

#[tokio::test]
async fn a_dry_enrollment_says_why_the_baseline_cannot_be_had() {
    let house = House::connected().await;
    let show = house.harbour_lights_with(SeasonSpec::new(2, 8));
    house.play(show, 3);
    let series = show.series.to_string();
    let arguments = [&ENROLL[..], &["--reset", "--dry-run", "--series", &series]].concat();
    let preview = house.done(&arguments).await;
    assert_eq!(preview["files"], json!(0));
    let detail = preview["decisions"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("but Sonarr stays as it is"), "{detail}");
}
