use super::Stage;
use axum::body::Body;
use cliffhangarr_simulators::{
    faults::{Fault, FaultRule},
    jellyfin::{ADMIN, Release},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};

/// The status of the sessions for each way of giving a token.
async fn ways(stage: &Stage) -> Vec<(&'static str, u16)> {
    let token = stage.sim.api_key();
    let headers = [
        ("Authorization", format!("MediaBrowser Token=\"{token}\"")),
        ("Authorization", format!("Emby Token=\"{token}\"")),
        ("X-Emby-Authorization", format!("MediaBrowser Token=\"{token}\"")),
        ("X-Emby-Token", token.clone()),
        ("X-MediaBrowser-Token", token.clone()),
    ];
    let names = ["header", "scheme", "old header", "token header", "other token header"];
    let mut statuses = Vec::new();
    for (name, (header, value)) in names.into_iter().zip(headers) {
        let request = Request::get("/Sessions")
            .header(header, value)
            .body(Body::empty())
            .unwrap();
        let answer = crate::plex::Answer::to(stage.sim.router(), request).await;
        statuses.push((name, answer.status.as_u16()));
    }
    for (name, field) in [("field", "ApiKey"), ("old field", "api_key")] {
        let request = Request::get(format!("/Sessions?{field}={token}"))
            .body(Body::empty())
            .unwrap();
        let answer = crate::plex::Answer::to(stage.sim.router(), request).await;
        statuses.push((name, answer.status.as_u16()));
    }
    statuses
}

#[tokio::test]
async fn the_old_ways_of_authorization_end_with_12() {
    let stage = Stage::jellyfin();
    assert!(ways(&stage).await.iter().all(|(_, status)| *status == 200));
    assert!(ways(&Stage::emby()).await.iter().all(|(_, status)| *status == 200));
    stage.sim.set_release(Release::V12);
    let accepted: Vec<&str> = ways(&stage)
        .await
        .into_iter()
        .filter(|(_, status)| *status == 200)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(accepted, ["header", "field"]);
    stage
        .sim
        .configure(|settings| settings.legacy_authorization = Some(true));
    assert!(
        ways(&stage).await.iter().all(|(_, status)| *status == 200),
        "the administrator may allow them"
    );
    stage.sim.set_release(Release::V10_11);
    stage
        .sim
        .configure(|settings| settings.legacy_authorization = Some(false));
    assert_eq!(
        ways(&stage).await.iter().filter(|(_, status)| *status == 401).count(),
        5
    );
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_a_small_one_forbidden() {
    for stage in Stage::both() {
        for path in ["/Sessions", "/Items", "/Users", "/System/Info", "/Users/Me"] {
            assert_eq!(
                stage.get_as(path, "wrong").await.status,
                StatusCode::UNAUTHORIZED,
                "{path}"
            );
        }
        let token = stage.sim.add_token(stage.kiddo, &stage.television());
        let folders = stage.get_as("/Library/VirtualFolders", &token).await;
        assert_eq!(folders.status, StatusCode::FORBIDDEN);
        let other = stage.sim.user_id(stage.otter);
        let items = stage
            .get_as(&format!("/Items?userId={other}&recursive=true"), &token)
            .await;
        assert_eq!(items.status, StatusCode::FORBIDDEN, "what others have seen is theirs");
        stage.sim.change_user(stage.kiddo, |user| user.disabled = true);
        assert_eq!(stage.get_as("/Sessions", &token).await.status, StatusCode::UNAUTHORIZED);
        stage.sim.revoke_token(&stage.sim.api_key());
        assert_eq!(stage.get("/Sessions").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_user_sees_only_what_is_their_own() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        sim.play(stage.otter, &sim.browser("web-1", "Firefox"), stage.episode(1, 2));
        let seen = async |user: i64| {
            let token = sim.add_token(user, &sim.browser("web-9", "Chrome"));
            let answer = stage.get_as("/Sessions", &token).await;
            assert_eq!(answer.status, StatusCode::OK);
            let sessions: Vec<Value> = serde_json::from_str(&answer.text).unwrap();
            sessions.iter().filter(|s| s.get("NowPlayingItem").is_some()).count()
        };
        assert_eq!(seen(stage.kiddo).await, 1, "an answer that looks like all there is");
        assert_eq!(seen(ADMIN).await, 2);
        assert_eq!(stage.playing().await.len(), 2, "an API key sees all");
    }
}

#[tokio::test]
async fn an_api_key_is_nobody() {
    for stage in Stage::both() {
        assert_eq!(stage.get("/Users/Me").await.status, StatusCode::BAD_REQUEST);
    }
    let stage = Stage::jellyfin();
    let token = stage.sim.add_token(stage.kiddo, &stage.television());
    let me: Value = stage.get_as("/Users/Me", &token).await.json();
    assert_eq!(
        (&me["Name"], &me["Policy"]["IsAdministrator"]),
        (&json!("kiddo"), &json!(false))
    );
}

#[tokio::test]
async fn users_are_listed_for_those_who_may_see_them() {
    for stage in Stage::both() {
        stage.sim.change_user(stage.otter, |user| user.hidden = true);
        let users = stage.json("/Users").await;
        let names: Vec<&str> = users
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["Name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["kiddo", "otter", "owner_name"]);
        assert_eq!(users[0]["Id"], json!(stage.sim.user_id(stage.kiddo)));
        let header = stage.header(["Anybody", "1"], None);
        let public = stage.send("GET", "/Users/Public", &header, &Value::Null).await.json();
        assert_eq!(public.as_array().unwrap().len(), 1);
        let token = stage.sim.add_token(stage.kiddo, &stage.television());
        let answer = stage.get_as("/Users", &token).await;
        assert_eq!(answer.status == StatusCode::FORBIDDEN, stage.emby);
        let id = stage.sim.user_id(stage.otter);
        assert_eq!(
            stage.json(&format!("/Users/{id}")).await["Policy"]["IsHidden"],
            json!(true)
        );
        stage.sim.remove_user(stage.otter);
        assert_eq!(stage.get(&format!("/Users/{id}")).await.status, StatusCode::NOT_FOUND);
    }
    let query = Stage::emby().json("/Users/Query").await;
    assert_eq!(query["TotalRecordCount"], json!(3));
}

#[tokio::test]
async fn the_server_tells_who_it_is_to_everybody() {
    let [jellyfin, emby] = Stage::both();
    for stage in [&jellyfin, &emby] {
        let header = stage.header(["Anybody", "1"], None);
        let answer = stage.send("GET", "/System/Info/Public", &header, &Value::Null).await;
        let info = answer.json();
        assert_eq!(info["ServerName"], json!("Attic"));
        assert_eq!(info["Id"], json!(stage.sim.settings().server_id));
        assert_eq!(info.get("ProductName").is_none(), stage.emby);
        assert_eq!(info.get("WanAddress").is_some(), stage.emby);
        let ping = stage.send("POST", "/System/Ping", &header, &Value::Null).await;
        assert!(ping.text.contains("Server"));
        let more = stage.json("/System/Info").await;
        assert_eq!(more["Version"], info["Version"]);
        assert_eq!(stage.json("/System/Endpoint").await["IsInNetwork"], json!(true));
    }
    assert_eq!(jellyfin.json("/System/Info/Public").await["Version"], json!("10.11.9"));
    jellyfin.sim.set_release(Release::V12);
    assert_eq!(jellyfin.json("/System/Info/Public").await["Version"], json!("12.0.0"));
}

#[tokio::test]
async fn a_server_that_starts_shows_a_page() {
    for stage in Stage::both() {
        stage.sim.configure(|settings| settings.starting = true);
        for path in ["/Sessions", "/System/Info/Public"] {
            let answer = stage.get(path).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.kind(), "text/html");
            assert!(answer.headers.contains_key("retry-after"));
        }
        stage.sim.configure(|settings| settings.info_while_starting = true);
        assert_eq!(stage.json("/System/Info/Public").await["ServerName"], json!("Attic"));
        assert_eq!(stage.get("/Sessions").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn paths_are_read_without_regard_to_letters_and_below_their_prefixes() {
    let [jellyfin, emby] = Stage::both();
    for stage in [&jellyfin, &emby] {
        assert_eq!(stage.get("/sessions").await.status, StatusCode::OK);
        assert_eq!(stage.get("/emby/Sessions").await.status, StatusCode::OK);
        stage
            .sim
            .configure(|settings| settings.base_path = String::from("/media"));
        assert_eq!(stage.get("/Sessions").await.status, StatusCode::NOT_FOUND);
        assert_eq!(stage.get("/media/Sessions").await.status, StatusCode::OK);
    }
    assert_eq!(emby.get("/media/emby/Sessions").await.status, StatusCode::OK);
    jellyfin.sim.set_release(Release::V12);
    assert_eq!(jellyfin.get("/media/emby/Sessions").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn wrong_arguments_are_told_from_missing_things() {
    let stage = Stage::jellyfin();
    for path in [
        "/Items/17",
        "/Users/abc",
        "/Items?userId=abc",
        "/Sessions?controllableByUserId=x",
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.json()["status"], json!(400));
    }
    for path in [
        "/Nothing",
        "/Users/0123456789abcdef0123456789abcdef",
        "/Shows/1/Episodes",
    ] {
        assert_eq!(stage.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let header = stage.header(["Monitor", "1"], Some(&stage.sim.api_key()));
    let answer = stage.send("DELETE", "/Sessions", &header, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn faults_and_the_log_are_those_of_all_simulators() {
    let stage = Stage::jellyfin();
    stage.sim.faults().push(FaultRule::new("/Sessions", Fault::Html).once());
    assert_eq!(
        stage.get("/Sessions?ApiKey=abc").await.kind(),
        "text/html; charset=utf-8"
    );
    let request = stage.sim.log().requests().remove(0);
    assert_eq!(
        (request.target.as_str(), request.has_token),
        ("/Sessions?ApiKey=***", true)
    );
    let header = stage.header(["Anybody", "1"], None);
    let body = json!({"Username": "kiddo", "Pw": "very-secret"});
    stage.send("POST", "/Users/AuthenticateByName", &header, &body).await;
    assert!(
        stage
            .sim
            .log()
            .requests()
            .iter()
            .all(|request| !request.body.contains("very-secret"))
    );
}
