use super::{EVERYTHING, Stage, refusal};
use crate::python;
use cliffhangarr_simulators::{
    faults::{Fault, FaultRule},
    plextv::{Address, RateLimit},
};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn plex_tv_and_the_server_forget_a_token_each_in_its_own_time() {
    let stage = Stage::new();
    let first = stage.sign_in().await;
    assert_eq!(stage.plex_says("/", &first).await.status, StatusCode::OK);
    stage.plextv.sign_out(&first);
    for path in ["/api/v2/user", "/api/v2/resources", "/api/v2/ping"] {
        assert_eq!(
            refusal(&stage.with_token(path, &first).await),
            (401, json!(1001)),
            "{path}"
        );
    }
    assert_eq!(
        stage.plex_says("/status/sessions", &first).await.status,
        StatusCode::OK,
        "the server knows it by itself"
    );
    stage.plex.revoke_token(&first);
    assert_eq!(stage.plex_says("/", &first).await.status, StatusCode::UNAUTHORIZED);

    let second = stage.sign_in().await;
    stage.plex.revoke_token(&second);
    assert_eq!(stage.plex_says("/", &second).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.with_token("/api/v2/user", &second).await.status, StatusCode::OK);
    let headers = [("X-Plex-Token", second.as_str())];
    let out = stage.send(Method::DELETE, "/api/v2/users/signout", &headers).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(
        stage.with_token("/api/v2/user", &second).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_how_long_to_wait() {
    let stage = Stage::new();
    let pin = stage.create_pin().await;
    for _ in 0..100 {
        assert_eq!(stage.poll(&pin).await.status, StatusCode::OK, "without a limit");
    }
    stage.plextv.set_rate_limit(Some(RateLimit {
        requests: 2,
        per: SignedDuration::from_secs(60),
    }));
    for _ in 0..2 {
        assert_eq!(stage.poll(&pin).await.status, StatusCode::OK);
    }
    stage.plex.clock().advance(SignedDuration::from_millis(17_500));
    let limited = stage.poll(&pin).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(limited.headers["retry-after"], "43");
    stage.plex.clock().advance(SignedDuration::from_secs(42));
    assert_eq!(stage.poll(&pin).await.headers["retry-after"], "1");
    stage.plex.clock().advance(SignedDuration::from_secs(1));
    assert_eq!(stage.poll(&pin).await.status, StatusCode::OK);
    stage.plextv.set_rate_limit(None);
    for _ in 0..5 {
        assert_eq!(stage.poll(&pin).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn without_a_wish_for_json_the_same_is_said_in_xml() {
    let stage = Stage::new();
    let token = stage.plextv.token().unwrap();
    let headers = [("X-Plex-Token", token.as_str())];
    let answer = stage.send(Method::GET, EVERYTHING, &headers).await;
    assert_eq!(answer.kind(), "application/xml; charset=utf-8");
    let servers = answer.text.matches("<resource ").count();
    assert_eq!((servers, answer.text.matches("<connections>").count()), (4, 4));
    assert!(answer.text.contains(" httpsRequired=\"1\""), "{}", answer.text);
    let missing = stage.send(Method::POST, "/api/v2/pins", &[]).await;
    assert!(
        missing.text.contains("<errors><error code=\"1000\""),
        "{}",
        missing.text
    );
}

#[tokio::test]
async fn faults_and_a_log_without_secrets_stand_before_plex_tv() {
    let stage = Stage::new();
    let token = stage.plextv.token().unwrap();
    stage
        .plextv
        .faults()
        .push(FaultRule::new("/api/v2/user", Fault::status(502)).once());
    for status in [502, 200] {
        let path = format!("/api/v2/user?X-Plex-Token={token}");
        assert_eq!(stage.app(Method::GET, &path).await.status.as_u16(), status);
    }
    let requests = stage.plextv.log().requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests
            .iter()
            .all(|request| request.has_token && !request.target.contains(&token))
    );
}

/// What another project's client expects of plex.tv, the simulator does: it signs in and finds the server.
#[tokio::test]
async fn python_plexapi_signs_in_and_finds_the_server() {
    let stage = Stage::new();
    let (plextv, plex) = (stage.plextv.serve().await.unwrap(), stage.plex.serve().await.unwrap());
    stage.plextv.publish(&stage.plex, &[Address::Plain(plex.addr)]);
    let token = stage.plextv.token().unwrap();
    python::run("plextv_plexapi.py", &[&plextv.url, &token]).await;
    plextv.stop().await;
    plex.stop().await;
}
