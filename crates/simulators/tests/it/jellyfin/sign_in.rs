use super::Stage;
use axum::body::Body;
use cliffhangarr_simulators::jellyfin::Release;
use http::{Request, StatusCode};
use serde_json::{Value, json};

const APP: [&str; 2] = ["My App", "study-1"];

#[tokio::test]
async fn a_name_and_a_password_give_a_token() {
    for stage in Stage::both() {
        stage
            .sim
            .change_user(stage.kiddo, |user| user.password = String::from("pass & word"));
        let header = stage.header(APP, None);
        let enter = async |body: Value| stage.send("POST", "/Users/AuthenticateByName", &header, &body).await;
        let wrong = enter(json!({"Username": "kiddo", "Pw": "other"})).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        let answer = enter(json!({"Username": "Kiddo", "Pw": "pass & word"})).await;
        assert_eq!(answer.status, StatusCode::OK);
        let signed_in = answer.json();
        assert_eq!(signed_in["User"]["Name"], json!("kiddo"));
        assert_eq!(signed_in["SessionInfo"]["Client"], json!("My App"));
        assert_eq!(signed_in["ServerId"], json!(stage.sim.settings().server_id));
        let token = signed_in["AccessToken"].as_str().unwrap().to_owned();
        assert!(stage.accepts(&token).await);
        let again = enter(json!({"username": "kiddo", "pw": "pass & word"})).await.json();
        assert!(!stage.accepts(&token).await, "one token for a device");
        stage.sim.change_user(stage.kiddo, |user| user.disabled = true);
        assert_eq!(
            enter(json!({"Username": "kiddo", "Pw": "pass & word"})).await.status,
            StatusCode::FORBIDDEN
        );
        assert!(again["AccessToken"].is_string());
    }
}

#[tokio::test]
async fn the_server_wants_to_know_the_application() {
    for stage in Stage::both() {
        let request = Request::post("/Users/AuthenticateByName")
            .header("content-type", "application/json")
            .header("Authorization", "MediaBrowser Client=\"My App\", Version=\"1\"")
            .body(Body::from(json!({"Username": "kiddo", "Pw": ""}).to_string()));
        let answer = crate::plex::Answer::to(stage.sim.router(), request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn emby_takes_a_form_as_well() {
    let stage = Stage::emby();
    stage
        .sim
        .change_user(stage.kiddo, |user| user.password = String::from("pass & word"));
    let [name, value] = stage.header(APP, None);
    let request = Request::post("/emby/Users/AuthenticateByName")
        .header(name.as_str(), value)
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .body(Body::from("Username=kiddo&Pw=pass+%26+word"));
    let answer = crate::plex::Answer::to(stage.sim.router(), request.unwrap()).await;
    assert!(answer.json()["AccessToken"].is_string());
}

#[tokio::test]
async fn signing_out_ends_the_token_and_the_session() {
    let stage = Stage::jellyfin();
    let header = stage.header(APP, None);
    let body = json!({"Username": "kiddo", "Pw": ""});
    let signed_in = stage
        .send("POST", "/Users/AuthenticateByName", &header, &body)
        .await
        .json();
    let token = signed_in["AccessToken"].as_str().unwrap();
    let header = stage.header(APP, Some(token));
    let answer = stage.send("POST", "/Sessions/Logout", &header, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(stage.sim.session_count(), 0);
    assert_eq!(stage.get_as("/Users/Me", token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_that_a_user_enters_gives_a_token() {
    let stage = Stage::jellyfin();
    let header = stage.header(APP, None);
    let enabled = stage.send("GET", "/QuickConnect/Enabled", &header, &Value::Null).await;
    assert_eq!(enabled.json(), json!(true));
    let asked = stage
        .send("POST", "/QuickConnect/Initiate", &header, &Value::Null)
        .await
        .json();
    let (code, secret) = (asked["Code"].as_str().unwrap(), asked["Secret"].as_str().unwrap());
    assert_eq!((code.len(), secret.len()), (6, 64));
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(asked["AppName"], json!("My App"));
    let state = async || {
        let path = format!("/QuickConnect/Connect?secret={secret}");
        stage.send("GET", &path, &header, &Value::Null).await.json()["Authenticated"].clone()
    };
    assert_eq!(state().await, json!(false));
    let redeem = async || {
        let body = json!({ "Secret": secret });
        stage
            .send("POST", "/Users/AuthenticateWithQuickConnect", &header, &body)
            .await
    };
    assert_eq!(redeem().await.status, StatusCode::NOT_FOUND, "nobody has entered it");
    assert!(!stage.sim.enter_code("000000", stage.kiddo));
    assert!(stage.sim.enter_code(code, stage.kiddo));
    assert_eq!(state().await, json!(true));
    let signed_in = redeem().await.json();
    assert_eq!(signed_in["User"]["Name"], json!("kiddo"));
    let token = signed_in["AccessToken"].as_str().unwrap();
    assert_eq!(stage.get_as("/Users/Me", token).await.status, StatusCode::OK);
    let log = format!("{:?}", stage.sim.log().requests());
    assert!(!log.contains(secret), "the log keeps no secret");
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let stage = Stage::jellyfin();
    let header = stage.header(APP, None);
    let asked = stage
        .send("POST", "/QuickConnect/Initiate", &header, &Value::Null)
        .await
        .json();
    let path = format!("/QuickConnect/Connect?secret={}", asked["Secret"].as_str().unwrap());
    stage.later(600);
    let answer = stage.send("GET", &path, &header, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK);
    stage.later(1);
    let answer = stage.send("GET", &path, &header, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!stage.sim.enter_code(asked["Code"].as_str().unwrap(), stage.kiddo));
}

#[tokio::test]
async fn codes_can_be_switched_off_and_are_entered_over_http_too() {
    let stage = Stage::jellyfin();
    let header = stage.header(APP, None);
    let asked = stage
        .send("POST", "/QuickConnect/Initiate", &header, &Value::Null)
        .await
        .json();
    let token = stage.sim.add_token(stage.otter, &stage.television());
    let path = format!("/QuickConnect/Authorize?code={}", asked["Code"].as_str().unwrap());
    let answer = stage
        .send("POST", &path, &stage.header(["TV", "tv-1"], Some(&token)), &Value::Null)
        .await;
    assert_eq!(answer.json(), json!(true));
    stage.sim.configure(|settings| settings.quick_connect = false);
    let answer = stage.send("GET", "/QuickConnect/Enabled", &header, &Value::Null).await;
    assert_eq!(answer.json(), json!(false));
    for (method, path) in [
        ("POST", "/QuickConnect/Initiate"),
        ("GET", "/QuickConnect/Connect?secret=abc"),
    ] {
        let answer = stage.send(method, path, &header, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn asking_for_a_code_with_get_ends_with_12() {
    let stage = Stage::jellyfin();
    let header = stage.header(APP, None);
    let ask = async || {
        stage
            .send("GET", "/QuickConnect/Initiate", &header, &Value::Null)
            .await
            .status
    };
    assert_eq!(ask().await, StatusCode::OK);
    stage.sim.set_release(Release::V12);
    assert_eq!(ask().await, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn emby_has_no_codes() {
    let stage = Stage::emby();
    let header = stage.header(APP, None);
    for (method, path) in [("GET", "/QuickConnect/Enabled"), ("POST", "/QuickConnect/Initiate")] {
        let answer = stage.send(method, path, &header, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
