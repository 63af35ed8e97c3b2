//! Who the server is, whether it may be asked everything, who is there, and what shows it has.

use super::{BOTH, Kind, Script};
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use domain::ids::TvdbId;
use remote::{RemoteError, RouterTransport};
use serde_json::{Value, json};
use std::sync::Arc;

fn about(kind: Kind) -> Value {
    match kind {
        Kind::Jellyfin => {
            json!({"LocalAddress": "http://192.168.1.11:8096", "ServerName": "Attic JF", "Version": "10.11.9",
            "ProductName": "Jellyfin Server", "OperatingSystem": "", "Id": "f1e2d3c4b5a697887766554433221100", "StartupWizardCompleted": true})
        }
        Kind::Emby => json!({"LocalAddress": "http://192.168.1.12:8096", "WanAddress": "http://203.0.113.20:8096",
            "ServerName": "Attic Emby", "Version": "4.9.5.0", "Id": "5e4d3c2b1a09f8e75e4d3c2b1a09f8e7"}),
    }
}

fn user(name: &str, id: &str, is_administrator: bool) -> Value {
    json!({"Name": name, "Id": id, "Policy": {"IsAdministrator": is_administrator, "IsDisabled": false, "IsHidden": true}})
}

/// A server that says who it is.
fn introduced(kind: Kind) -> Script {
    Script::of(kind).on(&kind.path("System/Info/Public"), 200, about(kind))
}

#[tokio::test]
async fn a_jellyfin_is_identified_by_a_key_and_by_an_administrator() {
    let answers = [
        (400, json!("Error processing request.")),
        (200, user("otter", "c0ffee", true)),
    ];
    for (status, me) in answers {
        let server = introduced(Kind::Jellyfin).on("/Users/Me", status, me).start();
        let found = server.client.identify().await.unwrap();
        assert_eq!(
            (found.name.as_str(), found.version.as_str(), found.machine_id.as_str()),
            ("Attic JF", "10.11.9", "f1e2d3c4b5a697887766554433221100")
        );
        assert_eq!(server.asked(), ["/System/Info/Public", "/Users/Me"]);
    }
}

#[tokio::test]
async fn an_emby_is_identified_by_whom_it_lists_its_users_to() {
    let users = json!({"Items": [user("otter", "c0ffee", true)], "TotalRecordCount": 1});
    let server = introduced(Kind::Emby)
        .on("/emby/System/Info", 200, about(Kind::Emby))
        .on("/emby/Users/Query", 200, users)
        .start();
    let found = server.client.identify().await.unwrap();
    assert_eq!(
        (found.name.as_str(), found.version.as_str(), found.machine_id.as_str()),
        ("Attic Emby", "4.9.5.0", "5e4d3c2b1a09f8e75e4d3c2b1a09f8e7")
    );
}

#[tokio::test]
async fn whoever_would_see_only_part_of_the_sessions_is_refused() {
    let plain = introduced(Kind::Jellyfin).on("/Users/Me", 200, user("kiddo", "08ba", false));
    assert_eq!(
        plain.start().client.identify().await.unwrap_err(),
        RemoteError::Forbidden
    );
    let unclear = introduced(Kind::Jellyfin).on("/Users/Me", 200, json!({"Name": "kiddo"}));
    assert_eq!(
        unclear.start().client.identify().await.unwrap_err(),
        RemoteError::Forbidden
    );
    for status in [401, 403] {
        let plain = introduced(Kind::Emby)
            .on("/emby/System/Info", 200, about(Kind::Emby))
            .on("/emby/Users/Query", status, "");
        assert_eq!(
            plain.start().client.identify().await.unwrap_err(),
            RemoteError::Forbidden
        );
    }
}

#[tokio::test]
async fn a_bad_token_is_told_from_missing_rights() {
    let bad = introduced(Kind::Jellyfin).on("/Users/Me", 401, "");
    assert_eq!(
        bad.start().client.identify().await.unwrap_err(),
        RemoteError::Unauthorized
    );
    let bad = introduced(Kind::Emby).on("/emby/System/Info", 401, "Access token is invalid or expired.");
    assert_eq!(
        bad.start().client.identify().await.unwrap_err(),
        RemoteError::Unauthorized
    );
}

#[tokio::test]
async fn each_of_the_two_names_the_other_one() {
    let emby = Script::of(Kind::Jellyfin).on("/System/Info/Public", 200, about(Kind::Emby));
    let error = emby.start().client.identify().await.unwrap_err();
    assert_eq!(
        error,
        RemoteError::not_this_kind("it is Emby and not Jellyfin; add it as Emby")
    );
    let expected = RemoteError::not_this_kind("it is Jellyfin and not Emby; add it as Jellyfin");
    // Some Jellyfins know the prefix of Emby.
    for path in ["/emby/System/Info/Public", "/System/Info/Public"] {
        let jellyfin = Script::of(Kind::Emby).on(path, 200, about(Kind::Jellyfin));
        assert_eq!(
            jellyfin.start().client.identify().await.unwrap_err(),
            expected,
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_servers_are_not_taken_for_one_of_them() {
    for kind in BOTH {
        let answers = [
            (404, "<html><h1>404 Not Found</h1></html>"),
            (401, "<html><h1>Unauthorized</h1></html>"),
            (200, "<html><body>Router</body></html>"),
            (404, ""),
            (405, ""),
            (200, "{}"),
            (200, "[]"),
            (200, "pong"),
            (200, r#"{"Version":"1.0","Id":"1","ProductName":"Navidrome"}"#),
            (200, r#"{"ServerName":"x","ProductName":"Jellyfin Server"}"#),
        ];
        for (status, body) in answers {
            let other = Script::of(kind).on(&kind.path("System/Info/Public"), status, body);
            let error = other.start().client.identify().await.unwrap_err();
            assert_eq!(error.code(), "notThisKindOfServer", "{kind:?} {status} {body}");
            assert!(error.to_string().contains("port"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_server_that_starts_is_waited_for() {
    for kind in BOTH {
        let page = "<html><body>Jellyfin is still starting. Please wait&hellip;</body></html>";
        for body in [page, ""] {
            let starting = Script::of(kind).on(&kind.path("System/Info/Public"), 503, body);
            assert_eq!(
                starting.start().client.identify().await.unwrap_err(),
                RemoteError::StartingUp
            );
        }
        // The public description is there first.
        let half = introduced(kind)
            .on("/Users/Me", 503, page)
            .on("/emby/System/Info", 503, page);
        assert_eq!(
            half.start().client.identify().await.unwrap_err(),
            RemoteError::StartingUp
        );
    }
}

#[tokio::test]
async fn the_url_base_and_a_pasted_prefix_are_kept() {
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let cases = [
        (
            Kind::Jellyfin,
            "http://nas/jellyfin/web/index.html#!/home",
            "/jellyfin/Sessions",
        ),
        (Kind::Emby, "http://nas:8096/emby", "/emby/Sessions"),
        (Kind::Emby, "http://nas:8096/web/index.html", "/emby/Sessions"),
        (Kind::Emby, "http://nas/media/", "/media/emby/Sessions"),
    ];
    for (kind, base, path) in cases {
        let shared = Arc::clone(&asked);
        let answer = async move |request: Request| {
            shared.lock().unwrap().push(request.uri().path().to_owned());
            (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], "[]").into_response()
        };
        let transport = Arc::new(RouterTransport::new(Router::new().fallback(answer)));
        kind.client(base, transport).unwrap().sessions().await.unwrap();
        assert_eq!(asked.lock().unwrap().pop().as_deref(), Some(path), "{base}");
    }
}

#[tokio::test]
async fn the_people_are_listed_whatever_is_wrong_with_one_of_them() {
    let people =
        json!([user("kiddo", "08ba", false), {"Name": "odd"}, user("", "c0ffee", true), user("nobody", "0000", false)]);
    for kind in BOTH {
        let answer = match kind {
            Kind::Jellyfin => people.clone(),
            Kind::Emby => json!({"Items": people, "TotalRecordCount": 4}),
        };
        let server = Script::of(kind).on(&kind.users(), 200, answer).start();
        let found = server.client.accounts().await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|viewer| (viewer.key.account.as_str(), viewer.display_name()))
            .collect();
        assert_eq!(found, [("08ba", "kiddo"), ("c0ffee", "c0ffee")]);
        for answer in [
            json!({}),
            json!([]),
            json!({"Items": []}),
            json!({"Items": [user("a", "1", true)], "TotalRecordCount": 2}),
        ] {
            let server = Script::of(kind).on(&kind.users(), 200, &answer).start();
            assert_eq!(
                server.client.accounts().await.unwrap_err().code(),
                "badAnswer",
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_show_is_read_with_its_external_ids() {
    let key = "c78d400fde5c421e87144fb05d387233";
    let series = json!({"Name": "Harbour Lights", "Id": key, "Type": "Series", "ProductionYear": 2024,
        "ProviderIds": {"tvdb": "880001", "Tmdb": "990001", "IMDB": "tt9999999"}});
    for kind in BOTH {
        let answer = json!({"Items": [series], "TotalRecordCount": 1, "StartIndex": 0});
        let server = Script::of(kind).on(&kind.items(&[key]), 200, answer).start();
        let found = server.client.show(key).await.unwrap();
        assert_eq!(
            (found.key.as_deref(), found.title.as_deref(), found.year),
            (Some(key), Some("Harbour Lights"), Some(2024))
        );
        assert_eq!(
            (found.tvdb, found.imdb.as_deref()),
            (Some(TvdbId(880_001)), Some("tt9999999"))
        );
    }
}

#[tokio::test]
async fn a_show_that_is_gone_is_not_found_and_nothing_else_is_taken_for_it() {
    for kind in BOTH {
        let with = |items: Value| {
            Script::of(kind)
                .on(&kind.items(&["7"]), 200, json!({"Items": items, "TotalRecordCount": 0}))
                .start()
        };
        let error = async |items: Value| with(items).client.show("7").await.unwrap_err();
        assert_eq!(error(json!([])).await, RemoteError::NotFound);
        // Where no id is one, Jellyfin lists its libraries.
        assert_eq!(
            error(json!([{"Id": "1", "Type": "CollectionFolder"}])).await,
            RemoteError::NotFound
        );
        assert_eq!(error(json!([{"Id": "7", "Type": "Season"}])).await.code(), "badAnswer");
        assert_eq!(error(json!(null)).await.code(), "badAnswer");
        let server = with(json!([]));
        for key in ["", "../Users", "1,2", "1&userId=2", "a b"] {
            assert_eq!(server.client.show(key).await.unwrap_err(), RemoteError::NotFound);
        }
        assert_eq!(server.asked(), Vec::<String>::new());
    }
}
