//! Connecting: addresses, tokens, and servers that are something else.

mod kinds;

use crate::house::House;
use crate::process::{answer_of, answer_to};
use simulators::faults::{Fault, FaultRule};

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_2() {
    let house = House::new().await;
    let wrong = [
        "",
        "ftp://192.168.1.2",
        "http://",
        "http:/192.168.1.2",
        "http://192.168.1.2:99999",
        "http://user:sesame42@192.168.1.2",
        "http://192.168.1.2?apikey=sesame42",
        "not an address",
    ];
    for url in wrong {
        for extra in [&[][..], &["--no-verify"]] {
            let arguments = [&["connect", "sonarr", "--name", "Sonarr", "--url", url], extra].concat();
            let answered = house.json(&arguments).await;
            assert_eq!(
                (answered.code, answered.error().0.as_str()),
                (2, "invalidUrl"),
                "{url}: {answered:?}"
            );
            assert!(
                !format!("{}{}", answered.stdout, answered.stderr).contains("sesame42"),
                "{answered:?}"
            );
        }
    }
    for name in ["", "   ", "a\nb", &"x".repeat(61)] {
        let answered = house
            .json(&["connect", "sonarr", "--name", name, "--url", &house.sonarr_url])
            .await;
        assert_eq!(answered.code, 2, "{name:?}: {answered:?}");
    }
    assert_eq!(house.done(&["connections"]).await, serde_json::json!([]));
}

#[tokio::test]
async fn a_server_that_refuses_or_is_something_else_is_not_kept() {
    let mut house = House::new().await;
    let plex = ["connect", "plex", "--name", "Attic", "--url"];
    let sonarr = ["connect", "sonarr", "--name", "Sonarr", "--url"];

    let mut wrong_token = house.command(&[&plex[..], &[&house.plex_url, "--json"]].concat());
    wrong_token.env("CLIFFHANGARR_SECRET_ATTIC", "not-the-token");
    let answered = answer_of(wrong_token).await;
    assert_eq!(answered.code, 1, "{answered:?}");
    assert!(
        ["unauthorized", "forbidden"].contains(&answered.error().0.as_str()),
        "{answered:?}"
    );
    let mut wrong_key = house.command(&[&sonarr[..], &[&house.sonarr_url, "--json"]].concat());
    wrong_key.env("CLIFFHANGARR_SECRET_SONARR", "ffffffffffffffffffffffffffffffff");
    let answered = answer_of(wrong_key).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "unauthorized"),
        "{answered:?}"
    );
    let mut no_key = house.command(&[&sonarr[..], &[&house.sonarr_url, "--json"]].concat());
    no_key.env_remove("CLIFFHANGARR_SECRET_SONARR");
    let answered = answer_of(no_key).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "unauthorized"),
        "{answered:?}"
    );
    assert!(
        answered.error().1.contains("CLIFFHANGARR_SECRET_SONARR"),
        "it says where it looked: {answered:?}"
    );

    // Each in the other's place.
    for (command, url) in [(plex, house.sonarr_url.clone()), (sonarr, house.plex_url.clone())] {
        let answered = house.json(&[&command[..], &[&url]].concat()).await;
        assert_eq!(answered.code, 1, "{answered:?}");
        assert!(!answered.error().1.is_empty());
    }

    // A login page, an old Sonarr, an error, a server that is starting.
    let faults = [
        (Fault::Html, "notThisKindOfServer"),
        (Fault::json(404, r#"{"message": "NotFound"}"#), "notThisKindOfServer"),
        (Fault::status(502), "serverError"),
        (Fault::StartingUp503, "startingUp"),
        (Fault::MalformedJson, "badAnswer"),
        (Fault::Drop, "unreachable"),
    ];
    for (fault, code) in faults {
        house.sonarr.faults().push(FaultRule::new("", fault.clone()));
        let answered = house.json(&[&sonarr[..], &[&house.sonarr_url]].concat()).await;
        assert_eq!(
            (answered.code, answered.error().0.as_str()),
            (1, code),
            "{fault:?}: {answered:?}"
        );
        house.sonarr.faults().clear();
    }
    house.plex.faults().push(FaultRule::new("", Fault::Html));
    let answered = house.json(&[&plex[..], &[&house.plex_url]].concat()).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "notThisKindOfServer"),
        "{answered:?}"
    );
    house.plex.faults().clear();

    house.stop_sonarr().await;
    let answered = house.json(&[&sonarr[..], &[&house.sonarr_url]].concat()).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "unreachable"),
        "{answered:?}"
    );
    assert_eq!(
        house.done(&["connections"]).await,
        serde_json::json!([]),
        "nothing was kept"
    );

    // Somebody who knows that it comes later says so.
    let kept = house
        .done(&[&sonarr[..], &[&house.sonarr_url, "--no-verify"]].concat())
        .await;
    assert_eq!(kept["version"], serde_json::Value::Null);
    house.start_sonarr().await;
    assert_eq!(house.done(&["connections"]).await[0]["health"], "ok");
}

#[tokio::test]
async fn an_old_sonarr_without_the_third_api_is_told_apart() {
    let house = House::new().await;
    // Version 2 answers under /api only, and its pages everywhere else.
    house.sonarr.faults().push(FaultRule::new(
        "/api/v3/",
        Fault::json(404, r#"{"message": "NotFound"}"#),
    ));
    let answered = house
        .json(&["connect", "sonarr", "--name", "Sonarr", "--url", &house.sonarr_url])
        .await;
    assert_eq!((answered.code, answered.error().0.as_str()), (1, "notThisKindOfServer"));
    assert!(answered.error().1.contains("version 3 or later"), "{answered:?}");
}

#[tokio::test]
async fn a_url_base_and_pasted_addresses_work() {
    let house = House::new().await;
    house.sonarr.set_url_base("/sonarr");
    house.plex.configure(|settings| settings.base_path = "/plex".to_owned());
    for url in ["/sonarr", "/sonarr/", "/sonarr/api/v3/", "/sonarr/system/status"] {
        let url = format!("{}{url}", house.sonarr_url);
        house
            .done(&["connect", "sonarr", "--name", "Sonarr", "--url", &url])
            .await;
    }
    let bare = house.plex_url.trim_start_matches("http://");
    house
        .done(&[
            "connect",
            "plex",
            "--name",
            "Attic",
            "--url",
            &format!("{bare}/plex/web/index.html#!/"),
        ])
        .await;
    let connections = house.done(&["connections"]).await;
    let rows = connections.as_array().unwrap();
    assert!(
        rows.len() == 2 && rows.iter().all(|row| row["health"] == "ok"),
        "{connections:#}"
    );
}

#[tokio::test]
async fn with_the_env_store_nothing_is_read_from_standard_input_or_written() {
    let house = House::new().await;
    let arguments = [
        "connect",
        "plex",
        "--name",
        "my plex",
        "--url",
        &house.plex_url,
        "--secret-stdin",
        "--json",
    ];
    let answered = answer_to(house.command(&arguments), "whatever").await;
    assert_eq!(answered.code, 2, "{answered:?}");
    assert!(
        answered.error().1.contains("CLIFFHANGARR_SECRET_MY_PLEX"),
        "{answered:?}"
    );

    let mut command = house.command(&[
        "connect",
        "plex",
        "--name",
        "my plex",
        "--url",
        &house.plex_url,
        "--json",
    ]);
    command.env("CLIFFHANGARR_SECRET_MY_PLEX", format!("{}\n", house.plex.token()));
    assert_eq!(answer_of(command).await.code, 0);
    // The variable is gone, and so is the secret.
    let later = house.json(&["connections"]).await;
    assert_eq!(
        (later.code, later.document()[0]["health"].as_str()),
        (1, Some("unauthorized")),
        "{later:?}"
    );
}

#[tokio::test]
async fn a_name_belongs_to_one_server() {
    let house = House::connected().await;
    let answered = house
        .json(&["connect", "sonarr", "--name", "attic", "--url", &house.sonarr_url])
        .await;
    assert_eq!(answered.code, 2, "{answered:?}");
    // The same kind under the same name is a change of the connection.
    let elsewhere = house.sonarr_url.replace("127.0.0.1", "localhost");
    house
        .done(&["connect", "sonarr", "--name", "Sonarr", "--url", &elsewhere])
        .await;
    let connections = house.done(&["connections"]).await;
    assert_eq!(connections.as_array().unwrap().len(), 2);
    assert!(
        connections[1]["url"].as_str().unwrap().starts_with(&elsewhere),
        "{connections:#}"
    );
}
