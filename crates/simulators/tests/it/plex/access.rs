use super::{OTTER, Stage, television};
use axum::body::Body;
use cliffhangarr_simulators::plex::OWNER;
use http::{Request, StatusCode};

#[tokio::test]
async fn every_endpoint_but_identity_wants_the_token_and_refuses_in_html() {
    let stage = Stage::new();
    let paths = [
        "/",
        "/status/sessions",
        "/accounts",
        "/library/sections",
        "/library/metadata/1",
        "/:/eventsource/notifications",
    ];
    for path in paths {
        for token in ["", "wrong"] {
            let answer = stage.get_with(path, "application/json", token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.kind(), "text/html");
            assert!(answer.text.contains("<title>Unauthorized</title>"));
        }
    }
    let identity = stage.send(Request::get("/identity").body(Body::empty()).unwrap()).await;
    assert_eq!(identity.status, StatusCode::OK);
    assert_eq!(identity.kind(), "text/xml;charset=utf-8");
}

#[tokio::test]
async fn the_token_may_come_as_a_header_or_in_the_query() {
    let stage = Stage::new();
    let path = format!("/status/sessions?X-Plex-Token={}", stage.sim.token());
    let answer = stage.send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn identity_and_root_say_the_same_machine_and_version() {
    let stage = Stage::new();
    let (identity, root) = (stage.json("/identity").await, stage.json("/").await);
    assert_eq!(identity["machineIdentifier"], root["machineIdentifier"]);
    assert_eq!(identity["version"], root["version"]);
    assert_eq!(identity["machineIdentifier"].as_str().unwrap().len(), 40);
    assert_eq!(stage.sim.token().len(), 20);
}

#[tokio::test]
async fn a_shared_user_is_refused_what_is_the_owners() {
    let stage = Stage::new();
    let token = stage.sim.add_token(OTTER);
    for (refusal, status) in [(401, StatusCode::UNAUTHORIZED), (403, StatusCode::FORBIDDEN)] {
        stage.sim.configure(|settings| settings.refusal = refusal);
        for path in [
            "/status/sessions",
            "/accounts",
            "/status/sessions/history/all",
            "/status/sessions/history/all?accountID=1",
        ] {
            let answer = stage.get_with(path, "application/json", &token).await;
            assert_eq!((answer.status, answer.kind()), (status, "text/html"), "{path}");
        }
    }
    let own = stage
        .get_with(
            &format!("/status/sessions/history/all?accountID={OTTER}"),
            "application/json",
            &token,
        )
        .await;
    assert_eq!(own.status, StatusCode::OK);
}

#[tokio::test]
async fn a_revoked_token_stops_working_and_a_new_one_starts() {
    let stage = Stage::new();
    let old = stage.sim.token();
    stage.sim.set_token("new-token-000000000x");
    assert_eq!(stage.get_with("/", "", &old).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.get("/", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn watch_state_is_that_of_the_tokens_account() {
    let stage = Stage::new();
    let episode = stage.episode(1, 1);
    let handle = stage.sim.play(OTTER, &television(), episode);
    stage.sim.report(
        handle,
        cliffhangarr_simulators::plex::PlayState::Playing,
        stage.sim.duration_ms(episode) * 95 / 100,
    );
    let path = format!("/library/metadata/{episode}");
    let owner = stage.json(&path).await["Metadata"][0].clone();
    assert!(owner.get("viewCount").is_none() && owner.get("lastViewedAt").is_none());
    let token = stage.sim.add_token(OTTER);
    let other = stage.get_with(&path, "application/json", &token).await;
    assert!(other.text.contains("\"viewCount\":1"), "{}", other.text);
    assert_eq!(
        (
            stage.sim.owner_view_count(episode),
            stage.sim.view_count(OTTER, episode)
        ),
        (0, 1)
    );
    let season = stage.json(&format!("/library/metadata/{}/children", stage.show)).await;
    assert!(
        season["Metadata"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["viewedLeafCount"].as_i64().unwrap_or(0) == 0)
    );
}

#[tokio::test]
async fn accounts_list_nobody_the_owner_and_the_others() {
    let stage = Stage::new();
    let ids = stage.json("/accounts").await["Account"].clone();
    let ids: Vec<i64> = ids
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [0, OWNER, OTTER, super::KIDDO]);
    stage.sim.rename_account(OTTER, "sea_otter");
    assert!(stage.get("/accounts", "").await.text.contains("name=\"sea_otter\""));
}
