use super::Stage;
use axum::body::Body;
use cliffhangarr_simulators::sonarr::{SeriesSpec, UiAuth};
use http::Request;
use serde_json::{Value, json};

/// Method, address, headers, expected status.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u16);

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn the_key_is_checked_before_everything_else() {
    let stage = Stage::new();
    let key = stage.sim.api_key();
    let bearer = format!("Bearer {key}");
    let upper = key.to_uppercase();
    let good = key.as_str();
    let cases: &[Case<'_>] = &[
        ("GET", "/api/v3/system/status", &[], 401),
        ("GET", "/api/v3/no/such/path", &[], 401),
        ("POST", "/api/v3/episode", &[("X-Api-Key", "wrong")], 401),
        ("GET", "/api/v3/system/status", &[("X-Api-Key", &upper)], 401),
        ("GET", "/api/v3/system/status", &[("X-Api-Key", good)], 200),
        ("GET", "/api/v3/system/status", &[("Authorization", &bearer)], 200),
        (
            "GET",
            &format!("/api/v3/system/status?apikey={good}"),
            &[("X-Api-Key", "wrong")],
            200,
        ),
        ("GET", "/api/v3/system/status?apikey=wrong", &[("X-Api-Key", good)], 401),
        ("GET", "/api/v3/system/status?apikey=", &[("X-Api-Key", good)], 401),
        ("GET", "/api/v3/no/such/path", &[("X-Api-Key", good)], 404),
        ("GET", "/api/v3/series/abc", &[("X-Api-Key", good)], 404),
        ("POST", "/api/v3/episode", &[("X-Api-Key", good)], 405),
        ("GET", "/api/v3/queue/5", &[("X-Api-Key", good)], 405),
        ("GET", "/API/v3/Series/", &[("X-Api-Key", good)], 200),
        ("GET", "/api", &[("X-Api-Key", good)], 200),
        ("GET", "/ping", &[], 200),
        ("HEAD", "/ping", &[], 200),
    ];
    for (method, uri, headers, expected) in cases {
        let answer = stage.send(request(method, uri, headers)).await;
        assert_eq!(answer.status, *expected, "{method} {uri} {headers:?}");
        if *expected == 401 {
            assert_eq!(answer.text, "");
            assert_eq!(answer.header("x-application-version"), "");
        }
    }
    stage.sim.set_starting_up(true);
    assert_eq!(stage.send(request("GET", "/api/v3/series", &[])).await.status, 401);
}

#[tokio::test]
async fn answers_of_the_api_carry_version_and_no_cache() {
    let stage = Stage::new();
    let answer = stage.call("GET", "/system/status", None).await;
    assert_eq!(answer.header("x-application-version"), "4.0.19.2979");
    assert_eq!(answer.header("cache-control"), "no-cache, no-store");
    assert_eq!(answer.header("etag"), "");
    assert_eq!(answer.json()["appName"], "Sonarr");
    let refused = stage.call("PUT", "/episode/99", Some(json!({}))).await;
    assert_eq!(refused.header("x-application-version"), "");
}

#[tokio::test]
async fn json_is_indented_without_nulls_and_with_the_id_last() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).network("").season_with_files(1, 2));
    for path in [
        "/series",
        "/series/1",
        "/episode?seriesId=1",
        "/episode/1",
        "/episodefile?seriesId=1",
        "/tag",
        "/calendar",
    ] {
        let answer = stage.call("GET", path, None).await;
        assert!(!answer.text.contains("null"), "{path}: {}", answer.text);
        assert!(answer.text.len() < 4 || answer.text.contains("\n  "), "{path}");
        let first = match answer.json() {
            Value::Array(items) => items.into_iter().next().unwrap_or_default(),
            other => other,
        };
        if let Some(fields) = first.as_object() {
            assert_eq!(fields.keys().next_back().unwrap(), "id", "{path}");
        }
    }
    let series = stage.get("/series/1").await;
    assert_eq!(series["added"], "2026-07-01T12:00:00Z");
    assert_eq!(series["seriesType"], "standard");
    assert!(series.get("network").is_none());
}

#[tokio::test]
async fn enumerations_are_read_without_case_or_as_numbers() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    for (value, expected) in [
        (json!("ANIME"), "anime"),
        (json!(1), "daily"),
        (json!("Standard"), "standard"),
    ] {
        let mut series = stage.get("/series/1").await;
        series["seriesType"] = value;
        let answer = stage.put("/series/1", series).await;
        assert_eq!(answer.status, 202);
        assert_eq!(answer.json()["seriesType"], expected);
    }
    let mut series = stage.get("/series/1").await;
    series["seriesType"] = json!("soap");
    let answer = stage.put("/series/1", series).await;
    assert_eq!((answer.status, answer.json()["status"].as_i64()), (400, Some(400)));
}

#[tokio::test]
async fn every_refusal_has_the_shape_of_its_cause() {
    let stage = Stage::new();
    stage.sim.add_series(SeriesSpec::new("Alpha", 10).season(1, 1));
    let validation = stage
        .post(
            "/series",
            json!({"tvdbId": 10, "title": "x", "qualityProfileId": 4, "rootFolderPath": "/tv"}),
        )
        .await;
    assert_eq!(validation.status, 400);
    assert_eq!(validation.json()[0]["propertyName"], "TvdbId");
    assert_eq!(validation.json()[0]["errorCode"], "SeriesExistsValidator");
    assert_eq!(
        validation.json()[0]["formattedMessagePlaceholderValues"]["propertyName"],
        "Tvdb Id"
    );
    let missing = stage.call("GET", "/episode", None).await;
    assert_eq!(missing.status, 400);
    assert_eq!(missing.json()["content"], "seriesId or episodeIds must be provided");
    assert!(missing.json()["message"].as_str().unwrap().starts_with("BadRequest: "));
    for path in ["/series?tvdbId=abc", "/episode?seriesId=x"] {
        let binding = stage.call("GET", path, None).await;
        assert_eq!(binding.status, 400);
        assert!(binding.json()["errors"].is_object());
        assert!(binding.json()["title"].is_string());
    }
    let unread = stage.call("GET", "/series/99", None).await;
    assert_eq!(
        (unread.status, unread.json()["title"].as_str()),
        (404, Some("Not Found"))
    );
    for (method, path) in [
        ("PUT", "/episode/99"),
        ("DELETE", "/episodefile/99"),
        ("DELETE", "/tag/99"),
    ] {
        let unknown = stage.call(method, path, Some(json!({}))).await;
        assert_eq!(unknown.status, 404, "{method} {path}");
        assert!(unknown.json()["message"].as_str().unwrap().ends_with("does not exist"));
        assert!(unknown.json()["description"].as_str().unwrap().contains("   at "));
    }
    let deletion = stage.delete("/series/99").await;
    assert_eq!(deletion.status, 500);
    assert!(deletion.json()["description"].as_str().unwrap().contains("   at "));
    let body = Request::post("/api/v3/command")
        .header("X-Api-Key", stage.sim.api_key())
        .header("Content-Type", "application/json");
    let malformed = stage.send(body.body(Body::from("{\"name\": ")).unwrap()).await;
    assert_eq!(malformed.status, 400);
    assert_eq!(
        malformed.header("content-type"),
        "application/problem+json; charset=utf-8"
    );
}

#[tokio::test]
async fn successes_have_their_own_codes() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 3));
    let created = stage
        .post("/command", json!({"name": "rescanSERIES", "seriesId": 1}))
        .await;
    assert_eq!((created.status, created.header("location")), (201, "/api/v3/command/1"));
    let replaced = stage.put("/episode/1", json!({"monitored": true})).await;
    assert_eq!(replaced.status, 202);
    let deleted = stage.delete("/episodefile/1").await;
    assert_eq!((deleted.status, deleted.text.as_str()), (200, ""));
    let bulk = stage
        .call("DELETE", "/episodefile/bulk", Some(json!({"episodeFileIds": [2, 3]})))
        .await;
    assert_eq!((bulk.status, bulk.text.as_str()), (200, "{}"));
}

#[tokio::test]
async fn a_missing_url_base_is_redirected_after_the_key_was_checked() {
    let stage = Stage::new();
    stage.sim.set_url_base("/sonarr");
    let key = stage.sim.api_key();
    let with = [("X-Api-Key", key.as_str())];
    assert_eq!(
        stage.send(request("GET", "/api/v3/series?tvdbId=1", &[])).await.status,
        401
    );
    for (version, code) in [("4.0.19.2979", 307), ("4.0.0.700", 302), ("3.0.10.1567", 303)] {
        stage.sim.set_version(version.parse().unwrap());
        let answer = stage.send(request("PUT", "/api/v3/series?tvdbId=1", &with)).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (code, "/sonarr/api/v3/series?tvdbId=1")
        );
    }
    assert_eq!(
        stage.send(request("GET", "/sonarr/api/v3/series", &with)).await.status,
        200
    );
    assert_eq!(stage.send(request("GET", "/Sonarr/ping", &[])).await.status, 200);
    assert_eq!(
        stage.send(request("GET", "/sonarrr/api/v3/series", &with)).await.status,
        302
    );
}

#[tokio::test]
async fn an_unexpected_prefix_meets_the_web_pages() {
    let stage = Stage::new();
    let key = stage.sim.api_key();
    let with = [("X-Api-Key", key.as_str())];
    for (auth, code) in [
        (UiAuth::Forms, 302),
        (UiAuth::Basic, 401),
        (UiAuth::None, 200),
        (UiAuth::External, 200),
    ] {
        stage.sim.set_ui_auth(auth);
        let answer = stage.send(request("GET", "/sonarr/api/v3/series", &with)).await;
        assert_eq!(answer.status, code, "{auth:?}");
        match code {
            302 => assert_eq!(
                answer.header("location"),
                "/login?returnUrl=%2Fsonarr%2Fapi%2Fv3%2Fseries"
            ),
            200 => assert_eq!(answer.header("content-type"), "text/html"),
            _ => {}
        }
        assert_eq!(
            stage.send(request("PUT", "/sonarr/api/v3/series", &with)).await.status,
            405
        );
        assert_eq!(
            stage.send(request("PUT", "/sonarr/api/v3/series", &[])).await.status,
            401
        );
    }
    stage.sim.set_ui_auth(UiAuth::Forms);
    assert_eq!(
        stage.send(request("GET", "/login", &[])).await.header("content-type"),
        "text/html"
    );
}

#[tokio::test]
async fn content_types_are_minded() {
    let stage = Stage::new();
    let key = stage.sim.api_key();
    let key = ("X-Api-Key", key.as_str());
    let cases: &[Case<'_>] = &[
        ("GET", "/api/v3/series", &[key, ("Accept", "text/html")], 406),
        ("GET", "/api/v3/series", &[key, ("Accept", "application/json")], 200),
        ("GET", "/api/v3/series", &[key, ("Accept", "text/html, */*;q=0.1")], 200),
        ("POST", "/api/v3/command", &[key, ("Content-Type", "text/plain")], 415),
        ("POST", "/api/v3/command", &[key], 415),
        ("DELETE", "/api/v3/episodefile/bulk", &[key], 415),
        ("DELETE", "/api/v3/series/editor", &[key], 415),
        (
            "POST",
            "/api/v3/command",
            &[key, ("Content-Type", "application/json; charset=utf-8")],
            400,
        ),
    ];
    for (method, uri, headers, expected) in cases {
        assert_eq!(
            stage.send(request(method, uri, headers)).await.status,
            *expected,
            "{method} {uri} {headers:?}"
        );
    }
}

#[tokio::test]
async fn a_starting_sonarr_says_so() {
    let stage = Stage::new();
    stage.sim.set_starting_up(true);
    let answer = stage.call("GET", "/series", None).await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.json()["errorMessage"],
        "Sonarr is starting up, please try again later"
    );
    let ping = stage.send(request("GET", "/ping", &[])).await;
    assert_eq!((ping.status, ping.header("content-type")), (503, "text/plain"));
}

#[tokio::test]
async fn each_version_shows_what_it_knows() {
    let stage = Stage::new();
    stage
        .sim
        .add_series(SeriesSpec::new("Alpha", 10).season_with_files(1, 1));
    let cases = [
        ("3.0.10.1567", false, false, false, false),
        ("4.0.0.700", true, false, false, true),
        ("4.0.19.2979", true, true, true, true),
        ("5.0.0.1", true, true, true, true),
    ];
    for (version, new_items, tmdb, last_search, languages) in cases {
        stage.sim.set_version(version.parse().unwrap());
        assert_eq!(stage.get("/system/status").await["version"], version);
        let series = stage.get("/series/1").await;
        assert_eq!(series.get("monitorNewItems").is_some(), new_items, "{version}");
        assert_eq!(series.get("tmdbId").is_some(), tmdb, "{version}");
        stage
            .post("/command", json!({"name": "EpisodeSearch", "episodeIds": [1]}))
            .await;
        let ids = "/episode?episodeIds=1";
        assert_eq!(
            stage.get(ids).await[0].get("lastSearchTime").is_some(),
            last_search,
            "{version}"
        );
        let file = stage.get("/episodefile/1").await;
        assert_eq!(file.get("languages").is_some(), languages, "{version}");
        assert_eq!(file.get("language").is_some(), !languages, "{version}");
    }
    stage.sim.set_version("3.0.10.1567".parse().unwrap());
    let refused = stage.send(request("GET", "/api/v3/series", &[])).await;
    assert_eq!(
        (refused.status, refused.json()),
        (401, json!({"error": "Unauthorized"}))
    );
    let unknown = stage.call("GET", "/series/99", None).await;
    assert_eq!(unknown.json(), json!({"message": "NotFound"}));
    assert_eq!(stage.delete("/episodefile/1").await.text, "{}");
    stage.sim.set_version("5.0.0.1".parse().unwrap());
    assert_eq!(stage.call("GET", "/episode/99", None).await.text, "");
    assert_eq!(stage.post("/command", json!({"name": "NoSuch"})).await.status, 400);
    stage.sim.add_unknown_keys(true);
    assert!(stage.get("/series/1").await.get("simulatedExtra").is_some());
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let stage = Stage::new();
    for tvdb in 1..=20 {
        stage
            .sim
            .add_series(SeriesSpec::new(format!("Show {tvdb}"), tvdb).season(1, 3));
    }
    let running = stage.sim.serve().await.unwrap();
    let client = reqwest::Client::new();
    let mut sizes = Vec::new();
    for encoding in ["gzip", "identity"] {
        stage.sim.log().clear();
        let request = client
            .get(format!("{}/api/v3/series", running.url))
            .header("X-Api-Key", stage.sim.api_key());
        let request = if encoding == "gzip" {
            request
        } else {
            request.header("Accept-Encoding", encoding)
        };
        let list: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 20);
        sizes.push(stage.sim.log().bytes());
    }
    assert!(sizes[0] > 0 && sizes[0] * 8 < sizes[1], "{sizes:?}");
}
