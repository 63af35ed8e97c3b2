use super::{EVERYTHING, Stage, find, uris};
use crate::plex::{Answer, web};
use axum::body::Body;
use cliffhangarr_simulators::{plex::PlexSim, plextv::Address};
use http::{Request, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn resources_are_a_list_of_all_devices_with_addresses_good_and_bad() {
    let stage = Stage::new();
    let resources = stage.resources(EVERYTHING).await;
    let names: Vec<_> = resources
        .iter()
        .map(|device| device["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Friend's Box", "Attic", "Study-PC", "Telephone"]);
    let is_server = |device: &&Value| {
        device["provides"]
            .as_str()
            .unwrap()
            .split(',')
            .any(|what| what == "server")
    };
    assert_eq!(resources.iter().filter(is_server).count(), 2);
    let home = find(&resources, "Attic");
    let token = stage.plextv.token().unwrap();
    assert_eq!((&home["owned"], &home["accessToken"]), (&json!(true), &json!(token)));
    let connections = home["connections"].as_array().unwrap();
    let is = |connection: &Value, what: &str| connection[what] == true;
    assert!(is(&connections[0], "local") && connections[0]["port"] == 32400);
    let container = &connections[1];
    assert!(is(container, "local") && container["address"].as_str().unwrap().starts_with("172."));
    assert_eq!(
        connections.iter().filter(|connection| is(connection, "relay")).count(),
        1
    );
    assert_eq!(
        connections.iter().filter(|connection| is(connection, "IPv6")).count(),
        1
    );
    let friend = find(&resources, "Friend's Box");
    assert_eq!(
        (&friend["owned"], &friend["sourceTitle"], &friend["httpsRequired"]),
        (&json!(false), &json!("friend_name"), &json!(true))
    );
    assert_ne!(friend["accessToken"], home["accessToken"]);
    assert_eq!(find(&resources, "Study-PC")["connections"], json!([]));
}

#[tokio::test]
async fn secure_names_relays_and_ipv6_are_listed_for_those_who_ask() {
    let stage = Stage::new();
    let resources = stage.resources("/api/v2/resources").await;
    let home = find(&resources, "Attic");
    assert_eq!(
        uris(home),
        [
            "http://127.0.0.1:32400",
            "http://172.17.255.254:32400",
            "http://203.0.113.20:31944"
        ]
    );
    let resources = stage.resources(EVERYTHING).await;
    let home = find(&resources, "Attic");
    assert!(
        uris(home)
            .iter()
            .all(|uri| uri.starts_with("https://") && uri.contains(".plex.direct:"))
    );
    assert!(uris(home)[0].starts_with("https://127-0-0-1."));
    assert!(uris(home)[3].starts_with("https://2001-db8--1."));
}

#[tokio::test]
async fn a_server_is_reached_where_plex_tv_says() {
    let stage = Stage::new();
    let (plain, tls) = (stage.plex.serve().await.unwrap(), stage.plex.serve_tls().await.unwrap());
    stage
        .plextv
        .publish(&stage.plex, &[Address::Tls(tls.addr), Address::Plain(plain.addr)]);
    let resources = stage.resources(EVERYTHING).await;
    let home = find(&resources, "Attic");
    assert_eq!(uris(home)[..2], [tls.url.as_str(), plain.url.as_str()]);
    web();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(tls.authority_pem.as_bytes()).unwrap()])
        .resolve(&tls.host, tls.addr)
        .build()
        .unwrap();
    for uri in &uris(home)[..2] {
        let sessions = client.get(format!("{uri}/status/sessions"));
        let sessions = sessions.header("X-Plex-Token", home["accessToken"].as_str().unwrap());
        assert_eq!(sessions.send().await.unwrap().status(), StatusCode::OK, "{uri}");
    }
    plain.stop().await;
}

#[tokio::test]
async fn plex_tv_the_root_and_identity_name_the_same_machine_and_version() {
    let stage = Stage::new();
    for version in ["1.43.1.10611-1e34174b1", "1.44.0.1-updated"] {
        stage.plex.configure(|settings| settings.version = version.to_owned());
        let resources = stage.resources("/api/v2/resources").await;
        let listed = find(&resources, "Attic");
        assert_eq!(listed["productVersion"], version);
        for path in ["/identity", "/"] {
            let said = stage.plex_says(path, &stage.plextv.token().unwrap()).await.json()["MediaContainer"].clone();
            assert_eq!(
                (&said["machineIdentifier"], &said["version"]),
                (&listed["clientIdentifier"], &listed["productVersion"])
            );
        }
    }
}

#[tokio::test]
async fn a_shared_server_has_a_token_of_its_own_and_refuses_what_is_its_owners() {
    let stage = Stage::new();
    let theirs = PlexSim::new(stage.plex.clock().clone());
    theirs.configure(|settings| {
        settings.friendly_name = "Cellar".to_owned();
        settings.machine_identifier = "0c".repeat(20);
    });
    stage.plextv.share(&theirs, &[], 778, "river_otter");
    let resources = stage.resources(EVERYTHING).await;
    let shared = find(&resources, "Cellar");
    assert_eq!((&shared["owned"], &shared["ownerId"]), (&json!(false), &json!(778)));
    let token = shared["accessToken"].as_str().unwrap();
    for (path, status) in [
        ("/library/sections", StatusCode::OK),
        ("/status/sessions", StatusCode::FORBIDDEN),
    ] {
        let request = Request::get(path).header("X-Plex-Token", token);
        let answer = Answer::to(theirs.router(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{path}");
    }
}
