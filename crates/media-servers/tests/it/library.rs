//! Who the server is, who is there, and what shows it has.

use crate::script::Script;
use domain::ids::TvdbId;
use media_servers::MediaServer as _;
use remote::RemoteError;
use serde_json::{Value, json};

fn identity() -> Value {
    json!({"MediaContainer": {"size": 0, "claimed": true, "machineIdentifier": "9f1c2d3e", "version": "1.43.1"}})
}

fn about() -> Value {
    json!({"MediaContainer": {"size": 25, "friendlyName": "Attic", "machineIdentifier": "9f1c2d3e", "version": "1.43.1.10611"}})
}

fn accounts() -> Value {
    json!({"MediaContainer": {"size": 3, "Account": [{"id": 0, "name": ""}, {"id": 1, "name": "owner_name"}, {"id": "924920", "name": "river_otter"}]}})
}

#[tokio::test]
async fn the_owners_server_is_identified() {
    let running = Script::new()
        .on("/identity", 200, identity())
        .on("/", 200, about())
        .on("/accounts", 200, accounts())
        .start();
    let found = running.plex.identify().await.unwrap();
    assert_eq!(
        (found.name.as_str(), found.version.as_str(), found.machine_id.as_str()),
        ("Attic", "1.43.1.10611", "9f1c2d3e")
    );
    let people = running.plex.accounts().await.unwrap();
    let people: Vec<_> = people
        .iter()
        .map(|viewer| (viewer.key.account.as_str(), viewer.display_name()))
        .collect();
    assert_eq!(people, [("1", "owner_name"), ("924920", "river_otter")]);
}

#[tokio::test]
async fn a_bad_token_is_told_from_somebody_elses_and_from_another_server() {
    let page = "<html><h1>401 Unauthorized</h1></html>";
    let bad = Script::new()
        .on("/identity", 200, identity())
        .on("/", 401, page)
        .start();
    assert_eq!(bad.plex.identify().await.unwrap_err(), RemoteError::Unauthorized);
    for status in [401, 403] {
        let shared = Script::new()
            .on("/identity", 200, identity())
            .on("/", 200, about())
            .on("/accounts", status, page)
            .start();
        assert_eq!(shared.plex.identify().await.unwrap_err(), RemoteError::Forbidden);
    }
    for (status, body) in [
        (404, "<html>"),
        (200, "<html>"),
        (401, "<html>"),
        (200, "{}"),
        (200, r#"{"MediaContainer":{}}"#),
    ] {
        let other = Script::new().on("/identity", status, body).start();
        assert_eq!(
            other.plex.identify().await.unwrap_err().code(),
            "notThisKindOfServer",
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn a_show_is_read_with_its_external_ids() {
    let path = "/library/metadata/48001?includeGuids=1";
    let show = |show: Value| {
        Script::new()
            .on(path, 200, json!({"MediaContainer": {"size": 1, "Metadata": [show]}}))
            .start()
    };
    let new = show(
        json!({"ratingKey": "48001", "type": "show", "title": "Harbour Lights", "year": 2024, "guid": "plex://show/1",
        "Guid": [{"id": "imdb://tt9999999"}, {"id": "tmdb://990001"}, {"id": "tvdb://880001"}]}),
    );
    let found = new.plex.show("48001").await.unwrap();
    assert_eq!(
        (found.tvdb, found.imdb.as_deref(), found.year),
        (Some(TvdbId(880_001)), Some("tt9999999"), Some(2024))
    );
    assert_eq!(
        (found.key.as_deref(), found.title.as_deref()),
        (Some("48001"), Some("Harbour Lights"))
    );
    let old =
        show(json!({"type": "show", "title": "Winter Keep", "guid": "com.plexapp.agents.thetvdb://121361?lang=en"}));
    let found = old.plex.show("48001").await.unwrap();
    assert_eq!(
        (found.tvdb, found.year, found.key.as_deref()),
        (Some(TvdbId(121_361)), None, Some("48001"))
    );
    let unmatched = show(json!({"type": "show", "title": "Home", "guid": "local://1"}));
    assert_eq!(unmatched.plex.show("48001").await.unwrap().tvdb, None);
    let season = show(json!({"type": "season", "title": "Season 1", "guid": "plex://season/1"}));
    assert_eq!(season.plex.show("48001").await.unwrap_err().code(), "badAnswer");
}

#[tokio::test]
async fn a_show_that_is_gone_is_not_found_and_no_key_leaves_its_path() {
    let empty = Script::new()
        .on(
            "/library/metadata/1?includeGuids=1",
            200,
            r#"{"MediaContainer":{"size":0}}"#,
        )
        .start();
    assert_eq!(empty.plex.show("1").await.unwrap_err(), RemoteError::NotFound);
    assert_eq!(empty.plex.show("2").await.unwrap_err(), RemoteError::NotFound);
    let asked = empty.asked().len();
    for key in ["", "../accounts", "1/children", "1?x=1"] {
        assert_eq!(empty.plex.show(key).await.unwrap_err(), RemoteError::NotFound);
    }
    assert_eq!(empty.asked().len(), asked);
}
