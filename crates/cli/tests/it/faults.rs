//! Servers that fail: it is said on the right one, and nothing is lost.

use crate::house::House;
use crate::process::Answered;
use reqwest::Method;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::SeasonSpec;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many stories run at once: each starts processes of its own.
const AT_ONCE: usize = 4;

/// Every way to fail that ends at once, with words that its message has; none where a careful reader may cope.
fn faults() -> Vec<(Fault, Option<&'static str>)> {
    vec![
        (Fault::Drop, Some("cannot be reached")),
        (
            Fault::json(401, r#"{"error": "Unauthorized"}"#),
            Some("refuses the key or token"),
        ),
        (Fault::DatabaseLocked, Some("database is locked")),
        (Fault::status(502), Some("502")),
        (Fault::StartingUp503, Some("starting up")),
        (Fault::Html, Some("does not look like the right server")),
        (Fault::Truncate(20), Some("")),
        (Fault::MalformedJson, Some("cannot be read")),
        (Fault::WrongTypes, None),
        (Fault::HugeBody(40 * 1024 * 1024), Some("cannot be read")),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Server {
    Plex,
    Sonarr,
}

/// A fault at one place of the main story.
#[derive(Debug, Clone)]
struct Story {
    server: Server,
    rule: FaultRule,
    words: Option<&'static str>,
    second: SeasonSpec,
}

async fn all(stories: Vec<Story>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for story in stories {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire().await.unwrap();
            tell(story).await;
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

/// A viewer plays, the fault is there, a check fails; the viewer stops (for Sonarr's faults), the fault goes, a check succeeds.
async fn tell(story: Story) {
    let house = House::connected().await;
    let show = house.harbour_lights_with(story.second.clone());
    let (plan, source) = match story.server {
        Server::Plex => (house.plex.faults(), "Attic"),
        Server::Sonarr => (house.sonarr.faults(), "Sonarr"),
    };
    plan.push(story.rule.clone());
    let play = house.play(show, 8);
    let failed = house.json(&["check"]).await;
    assert!(plan.hits() > 0, "{story:?}: it was never met");
    match story.words {
        Some(words) => assert_said(&failed, source, words, &story),
        None if failed.code == 0 => {}
        None => assert_said(&failed, source, "", &story),
    }
    if matches!(story.server, Server::Sonarr) {
        house.plex.stop(play);
    }
    plan.clear();
    let mended = house.json(&["check"]).await;
    assert_eq!(mended.code, 0, "{story:?}: {mended:?}");
    house.second_season_was_searched_once(show, &format!("{story:?}"));
    let after = house.done(&["check"]).await;
    assert_eq!(after["triggeredSearches"], 0, "{story:?}");
    house.second_season_was_searched_once(show, &format!("{story:?}, one more check"));
    let journal = house.done(&["journal"]).await;
    let owed = journal
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["outcome"] == "owed" || row["outcome"] == "planned");
    assert_eq!(owed, None, "{story:?}: nothing stays owed");
}

fn assert_said(answered: &Answered, source: &str, words: &str, story: &Story) {
    assert_eq!(answered.code, 1, "{story:?}: {answered:?}");
    let errors = answered.errors();
    let right = errors.iter().all(|error| error.starts_with(&format!("{source}: ")));
    assert!(right && errors.len() == 1, "{story:?}: {errors:?}");
    assert!(errors[0].contains(words), "{story:?}: {errors:?}");
    assert!(
        answered.took < Duration::from_secs(60),
        "{story:?}: {:?}",
        answered.took
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plex_that_fails_is_named_and_nothing_is_lost() {
    let mut stories = Vec::new();
    for (fault, words) in faults() {
        // Plex words its errors otherwise.
        let words = words.map(|words| if fault == Fault::DatabaseLocked { "500" } else { words });
        let rule = FaultRule::new("/status/sessions", fault);
        stories.push(Story {
            server: Server::Plex,
            rule,
            words,
            second: SeasonSpec::new(2, 8),
        });
    }
    for fault in [Fault::Drop, Fault::status(500), Fault::MalformedJson] {
        let rule = FaultRule::new("/library/metadata/", fault);
        stories.push(Story {
            server: Server::Plex,
            rule,
            words: Some(""),
            second: SeasonSpec::new(2, 8),
        });
    }
    all(stories).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sonarr_that_cannot_be_read_is_named_and_nothing_is_lost() {
    let mut stories = Vec::new();
    for (number, (fault, words)) in faults().into_iter().enumerate() {
        let paths = ["/api/v3/series?tvdbId", "/api/v3/episode?", "/api/v3/queue/details"];
        // Each at one question, and every question with several.
        let path = paths[number % 3];
        let rule = FaultRule::new(path, fault.clone()).method(Method::GET);
        // What is being downloaded is looked at leniently, and one unreadable row is not said.
        let is_lenient = path == paths[2] && matches!(fault, Fault::HugeBody(_));
        stories.push(Story {
            server: Server::Sonarr,
            rule,
            words: if is_lenient { None } else { words },
            second: SeasonSpec::new(2, 8),
        });
    }
    all(stories).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sonarr_that_takes_no_orders_is_named_and_nothing_is_lost_or_done_twice() {
    let off = SeasonSpec::new(2, 8).monitored(false);
    let episodes_off = SeasonSpec::new(2, 8).only_monitored([1, 2]);
    let steps = [
        (Method::PUT, "/api/v3/series/", off.clone()),
        (Method::PUT, "/api/v3/episode/monitor", episodes_off),
        (Method::POST, "/api/v3/command", off),
    ];
    let mut stories = Vec::new();
    for (method, path, second) in steps {
        for fault in [
            Fault::Drop,
            Fault::DatabaseLocked,
            Fault::status(502),
            Fault::StartingUp503,
            Fault::json(401, "{}"),
        ] {
            let rule = FaultRule::new(path, fault.clone()).method(method.clone());
            let story = Story {
                server: Server::Sonarr,
                rule: rule.clone(),
                words: Some(""),
                second: second.clone(),
            };
            stories.push(story.clone());
            if matches!(fault, Fault::Drop | Fault::DatabaseLocked) {
                stories.push(Story {
                    rule: rule.after_effect(),
                    ..story
                });
            }
        }
        for fault in [Fault::Truncate(5), Fault::Html] {
            let rule = FaultRule::new(path, fault).method(method.clone()).after_effect();
            stories.push(Story {
                server: Server::Sonarr,
                rule,
                words: None,
                second: second.clone(),
            });
        }
    }
    all(stories).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_hang_are_given_up_in_bounded_time() {
    let hang = |server: Server, path: &'static str, limit: u64| async move {
        let house = House::connected().await;
        let show = house.harbour_lights();
        let (plan, source) = match server {
            Server::Plex => (house.plex.faults(), "Attic"),
            Server::Sonarr => (house.sonarr.faults(), "Sonarr"),
        };
        plan.push(FaultRule::new(path, Fault::Hang));
        house.play(show, 8);
        let failed = house.json(&["check"]).await;
        assert_eq!(failed.code, 1, "{path}: {failed:?}");
        let errors = failed.errors();
        assert!(
            errors.len() == 1 && errors[0].starts_with(source) && errors[0].contains("did not answer within"),
            "{errors:?}"
        );
        assert!(failed.took < Duration::from_secs(limit), "{path}: {:?}", failed.took);
        plan.clear();
        house.done(&["check"]).await;
        house.second_season_was_searched_once(show, path);
    };
    tokio::join!(
        hang(Server::Plex, "/status/sessions", 30),
        hang(Server::Plex, "/library/metadata/", 30),
        hang(Server::Sonarr, "/api/v3/episode?", 80),
    );
}

#[tokio::test]
async fn servers_that_are_off_are_named() {
    let mut house = House::connected().await;
    let show = house.harbour_lights();
    house.stop_plex().await;
    let failed = house.json(&["check"]).await;
    assert!(
        failed.code == 1 && failed.errors()[0].starts_with("Attic: The server cannot be reached"),
        "{failed:?}"
    );
    house.start_plex().await;
    house.stop_sonarr().await;
    house.play(show, 8);
    for _ in 0..2 {
        let failed = house.json(&["check"]).await;
        assert!(
            failed.code == 1 && failed.errors()[0].starts_with("Sonarr: The server cannot be reached"),
            "{failed:?}"
        );
        assert_eq!(
            failed.document()["decisions"][0]["reason"],
            "instanceUnavailable",
            "{failed:?}"
        );
    }
    house.start_sonarr().await;
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, "both were off");
}

#[tokio::test]
async fn a_session_without_fields_does_not_hide_the_others() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    house.play(show, 8);
    let mut document = ask_plex(&house, "/status/sessions").await;
    let sessions = document["MediaContainer"]["Metadata"].as_array_mut().unwrap();
    let whole = sessions[0].clone();
    *sessions = vec![
        serde_json::json!({}),
        serde_json::json!({"type": "episode"}),
        serde_json::json!({"type": "episode", "sessionKey": "9", "title": "?", "User": {}, "Player": {}}),
        serde_json::json!([1, "two", null]),
        whole,
        serde_json::Value::Null,
    ];
    house.plex.faults().push(FaultRule::new(
        "/status/sessions",
        Fault::json(200, document.to_string()),
    ));
    let answered = house.json(&["check"]).await;
    let check = answered.document();
    assert_eq!(check["triggeredSearches"], 1, "{check:#}");
    assert!(
        answered.errors().iter().all(|error| error.starts_with("Attic: ")),
        "{check:#}"
    );
    let processed = check["processedSessions"].as_u64().unwrap();
    assert!(
        check["decisions"].as_array().unwrap().len() as u64 >= processed,
        "{check:#}"
    );
    house.second_season_was_searched_once(show, "among broken sessions");
}

/// What Plex says, as JSON.
async fn ask_plex(house: &House, path: &str) -> serde_json::Value {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let host = house.plex_url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nX-Plex-Token: {}\r\nConnection: close\r\n\r\n",
        house.plex.token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}
