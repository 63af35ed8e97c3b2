//! Who may ask, and what is said to everybody else.

use super::Stage;
use crate::plex::OTTER;
use cliffhangarr_simulators::plextv::ACCOUNT;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn every_answer_has_an_envelope_and_failures_have_statuses() {
    let stage = Stage::new();
    let key = stage.sim.api_key();
    let cases = [
        ("/api/v2".to_owned(), 401, "Parameter apikey is required"),
        (
            "/api/v2?cmd=get_activity".to_owned(),
            401,
            "Parameter apikey is required",
        ),
        (
            "/api/v2?cmd=get_activity&apikey=wrong".to_owned(),
            401,
            "Invalid apikey",
        ),
        (format!("/api/v2?apikey={key}"), 400, "Parameter cmd is required."),
        (
            format!("/api/v2?apikey={key}&cmd=dance"),
            400,
            "Unknown command: dance.",
        ),
    ];
    for has_statuses in [true, false] {
        stage.sim.configure(|settings| settings.has_statuses = has_statuses);
        for (path, status, message) in &cases {
            let answer = stage.get(path).await;
            let expected = if has_statuses { *status } else { 200 };
            assert_eq!(answer.status.as_u16(), expected, "{path}");
            let response = &answer.json()["response"];
            assert_eq!(
                (&response["result"], &response["data"]),
                (&json!("error"), &json!({})),
                "{path}"
            );
            assert!(
                response["message"].as_str().unwrap().starts_with(message),
                "{path}: {response}"
            );
        }
    }
    stage.sim.configure(|settings| {
        settings.has_statuses = true;
        settings.has_api = false;
    });
    let off = stage.answer("get_activity").await;
    assert_eq!(
        (off.status, &off.json()["response"]["message"]),
        (StatusCode::NOT_FOUND, &json!("API not enabled"))
    );
}

#[tokio::test]
async fn a_new_key_makes_the_old_one_void() {
    let stage = Stage::new();
    let old = stage.sim.api_key();
    stage.sim.set_api_key("0123456789abcdef0123456789abcdef");
    let answer = stage.get(&format!("/api/v2?cmd=get_activity&apikey={old}")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.data("get_activity").await["stream_count"], "0");
}

#[tokio::test]
async fn anybody_may_ask_whether_it_runs_and_nothing_else() {
    let stage = Stage::new();
    assert_eq!(
        stage.get("/status").await.json(),
        json!({"result": "success", "message": "Ok"})
    );
    let login = stage.get("/status?check=database").await;
    assert_eq!(login.status, StatusCode::SEE_OTHER);
    assert_eq!(login.headers["location"], "/auth/login");
    assert_eq!(stage.get("/").await.status, StatusCode::SEE_OTHER);
    let nowhere = stage.get("/api/v3/system/status").await;
    assert_eq!(
        (nowhere.status, &nowhere.json()["error"]),
        (StatusCode::NOT_FOUND, &json!(true))
    );
}

#[tokio::test]
async fn a_root_stands_in_front_of_everything() {
    let stage = Stage::new();
    stage
        .sim
        .configure(|settings| settings.http_root = "/tautulli".to_owned());
    assert_eq!(stage.data("get_activity").await["stream_count"], "0");
    let moved = stage.get("/status").await;
    assert_eq!(moved.headers["location"], "/tautulli/status");
    assert_eq!(stage.get("/api/v2?cmd=status").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn it_says_who_it_is_and_which_server_it_watches() {
    let stage = Stage::new();
    assert_eq!(stage.data("get_tautulli_info").await["tautulli_version"], "v2.17.2");
    let plex = stage.attic.sim.settings();
    let info = stage.data("get_server_info").await;
    assert_eq!(
        (&info["pms_name"], &info["pms_identifier"]),
        (&json!("Attic"), &json!(plex.machine_identifier))
    );
    let identity = stage.data("get_server_identity").await;
    assert_eq!(identity["machine_identifier"], json!(plex.machine_identifier));
    stage.sim.configure(|settings| settings.reaches_plex = false);
    assert_eq!(stage.data("get_server_identity").await, json!({}));
    assert_eq!(stage.data("get_server_info").await["pms_name"], "Attic");
}

#[tokio::test]
async fn everybody_has_the_id_of_plextv_the_owner_too() {
    let stage = Stage::new();
    stage.sim.set_friendly_name(OTTER, "Otter");
    stage.sim.keep_history_of(OTTER, false);
    let users = stage.data("get_users").await;
    let users: Vec<_> = users
        .as_array()
        .unwrap()
        .iter()
        .map(|user| {
            (
                user["user_id"].as_i64().unwrap(),
                user["friendly_name"].as_str().unwrap(),
                user["keep_history"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        users,
        [
            (0, "Local", 1),
            (ACCOUNT, "owner_name", 1),
            (OTTER, "Otter", 0),
            (crate::plex::KIDDO, "Kiddo", 1)
        ]
    );
    stage.sim.configure(|settings| settings.reads_database = false);
    assert_eq!(stage.data("get_users").await, json!([]));
}

#[tokio::test]
async fn the_log_has_what_was_asked_and_not_the_key() {
    let stage = Stage::new();
    stage.data("get_users").await;
    let asked = stage.sim.log().requests();
    assert_eq!(asked[0].target, "/api/v2?apikey=***&cmd=get_users");
    assert!(asked[0].has_token);
}
