use super::{APP, Stage, refusal};
use cliffhangarr_simulators::plextv::ACCOUNT;
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn a_pin_has_a_long_code_for_half_an_hour_and_no_token_yet() {
    let stage = Stage::new();
    let pin = stage.create_pin().await;
    assert_eq!(pin["code"].as_str().unwrap().len(), 25);
    assert_eq!((&pin["authToken"], &pin["expiresIn"]), (&Value::Null, &json!(1800)));
    assert_eq!(
        (&pin["createdAt"], &pin["expiresAt"]),
        (&json!("2026-08-01T10:00:00Z"), &json!("2026-08-01T10:30:00Z"))
    );
    assert_eq!(
        (&pin["clientIdentifier"], &pin["product"]),
        (&json!(APP), &json!("MyApp"))
    );
    assert!(pin["qr"].as_str().unwrap().ends_with(pin["code"].as_str().unwrap()));
    let other = stage.create_pin().await;
    assert!(other["id"] != pin["id"] && other["code"] != pin["code"]);
}

#[tokio::test]
async fn a_pin_to_be_typed_is_short_and_lasts_half_as_long() {
    let stage = Stage::new();
    let pin = stage.app(Method::POST, "/api/v2/pins").await.json();
    assert_eq!(
        (pin["code"].as_str().unwrap().len(), &pin["expiresIn"]),
        (4, &json!(900))
    );
}

#[tokio::test]
async fn a_pin_is_there_only_for_the_client_that_asked_for_it() {
    let stage = Stage::new();
    let pin = stage.create_pin().await;
    let path = format!("/api/v2/pins/{}", pin["id"]);
    let accept = ("accept", "application/json");
    let other = stage
        .send(Method::GET, &path, &[accept, ("X-Plex-Client-Identifier", "another")])
        .await;
    assert_eq!(refusal(&other), (404, json!(1020)));
    for (method, path) in [(Method::GET, path.as_str()), (Method::POST, "/api/v2/pins?strong=true")] {
        let nobody = stage.send(method, path, &[accept]).await;
        assert_eq!(refusal(&nobody), (400, json!(1000)));
        assert_eq!(
            nobody.json()["errors"][0]["message"],
            "X-Plex-Client-Identifier is missing"
        );
    }
    let in_query = stage
        .send(
            Method::GET,
            &format!("{path}?X-Plex-Client-Identifier={APP}"),
            &[accept],
        )
        .await;
    assert_eq!(in_query.status, StatusCode::OK);
}

#[tokio::test]
async fn a_pin_gets_its_token_when_it_is_claimed_and_is_gone_after_its_time() {
    let stage = Stage::new();
    let (claimed, forgotten) = (stage.create_pin().await, stage.create_pin().await);
    assert_eq!(stage.poll(&claimed).await.json()["authToken"], Value::Null);
    assert!(!stage.plextv.claim("no-such-code"));
    assert!(stage.plextv.claim(claimed["code"].as_str().unwrap()));
    assert!(!stage.plextv.claim(claimed["code"].as_str().unwrap()), "once");
    let token = stage.poll(&claimed).await.json()["authToken"].clone();
    let user = stage.with_token("/api/v2/user", token.as_str().unwrap()).await.json();
    assert_eq!((&user["id"], &user["authToken"]), (&json!(ACCOUNT), &token));
    stage.plex.clock().advance(SignedDuration::from_mins(29));
    assert_eq!(stage.poll(&forgotten).await.json()["expiresIn"], json!(60));
    stage.plex.clock().advance(SignedDuration::from_mins(1));
    for pin in [&claimed, &forgotten] {
        assert_eq!(refusal(&stage.poll(pin).await), (404, json!(1020)));
    }
    assert!(!stage.plextv.claim(forgotten["code"].as_str().unwrap()), "too late");
    let unknown = stage.app(Method::GET, "/api/v2/pins/17").await;
    assert_eq!(refusal(&unknown), (404, json!(1020)));
}
