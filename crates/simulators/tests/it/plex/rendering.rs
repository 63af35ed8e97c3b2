use super::{KIDDO, OTTER, Stage, tablet, television};
use cliffhangarr_simulators::plex::{JsonTyping, OWNER};
use serde_json::{Value, json};

#[tokio::test]
async fn xml_is_the_default_and_holds_the_same_as_json() {
    let stage = Stage::new();
    stage.sim.play_from(OTTER, &television(), stage.episode(2, 1), 60_000);
    let xml = stage.get("/status/sessions", "*/*").await;
    assert_eq!(xml.kind(), "text/xml;charset=utf-8");
    assert!(xml.text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    let row = stage.sessions().await.remove(0);
    for name in [
        "ratingKey",
        "grandparentRatingKey",
        "parentGuid",
        "title",
        "sessionKey",
        "type",
    ] {
        assert!(
            xml.text
                .contains(&format!("{name}=\"{}\"", row[name].as_str().unwrap())),
            "{name}"
        );
    }
    assert!(
        xml.text.contains("viewOffset=\"60000\"")
            && xml.text.contains("local=\"1\"")
            && xml.text.contains("relayed=\"0\"")
    );
    assert!(xml.text.contains("<Video ") && xml.text.contains("<User id=\"924920\""));
}

#[tokio::test]
async fn nobody_playing_is_a_container_without_rows() {
    let stage = Stage::new();
    let answer = stage.get("/status/sessions", "application/json").await;
    assert_eq!(answer.text, r#"{"MediaContainer":{"size":0}}"#);
    assert!(
        stage
            .get("/status/sessions", "")
            .await
            .text
            .contains("<MediaContainer size=\"0\"></MediaContainer>")
    );
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    stage.sim.play(KIDDO, &tablet(), stage.episode(1, 2));
    let container = stage.json("/status/sessions").await;
    assert_eq!(container["size"], json!(2));
    assert_eq!(container["Metadata"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_owner_is_user_1_and_the_others_their_own_id() {
    let stage = Stage::new();
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    stage.sim.play(KIDDO, &tablet(), stage.episode(1, 2));
    let rows = stage.sessions().await;
    assert_eq!(rows[0]["User"]["id"], json!("1"));
    assert_eq!(rows[0]["Player"]["userID"], json!(1));
    assert_eq!(rows[1]["User"]["id"], json!(KIDDO.to_string()));
    assert_eq!(rows[1]["Player"]["userID"], json!(KIDDO));
    assert_eq!(rows[1]["User"]["title"], json!("Kiddo"));
    let user = rows[1]["User"].as_object().unwrap();
    assert!(!user.contains_key("username") && !user.contains_key("email"));
}

#[tokio::test]
async fn every_typing_can_be_switched_on() {
    let stage = Stage::new();
    stage.sim.play_from(OWNER, &television(), stage.episode(1, 1), 30_000);
    let seen = |typing| {
        stage.sim.configure(|settings| settings.typing = typing);
        stage.sessions()
    };
    let row = seen(JsonTyping::Strings2022).await.remove(0);
    let scalars = [
        "index",
        "parentIndex",
        "viewOffset",
        "duration",
        "sessionKey",
        "ratingKey",
        "librarySectionID",
    ];
    assert!(scalars.iter().all(|name| row[*name].is_string()));
    assert!(row["Player"]["local"].is_boolean() && row["Player"]["userID"].is_number());
    let row = seen(JsonTyping::Mixed2024).await.remove(0);
    assert!(row["index"].is_number() && row["viewOffset"].is_number());
    assert!(
        ["ratingKey", "sessionKey", "librarySectionID"]
            .iter()
            .all(|name| row[*name].is_string())
    );
    assert!(row["Media"][0]["id"].is_string() && row["User"]["id"].is_string());
    let row = seen(JsonTyping::Integers).await.remove(0);
    assert!(scalars.iter().all(|name| row[*name].is_number()));
    assert!(row["User"]["id"].is_number() && row["Player"]["local"].is_number());
}

#[tokio::test]
async fn library_ids_are_numbers_and_rating_keys_strings() {
    let stage = Stage::new();
    let container = stage.json(&format!("/library/metadata/{}", stage.episode(1, 1))).await;
    assert!(container["librarySectionID"].is_number());
    let row = &container["Metadata"][0];
    assert!(row["librarySectionID"].is_number() && row["Media"][0]["Part"][0]["id"].is_number());
    assert!(row["ratingKey"].is_string());
}

#[tokio::test]
async fn lists_of_one_stay_lists_and_unknown_things_are_strewn_in() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.oddities = true);
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let mut odd = false;
    for _ in 0..8 {
        let container = stage.json("/status/sessions").await;
        let row = &container["Metadata"][0];
        assert!(row["Media"].is_array() && row["Media"][0]["Part"].is_array());
        assert!(row["User"].is_object() && row["Player"].is_object());
        odd |= container.to_string().contains("marble") && container.to_string().contains("Curio");
    }
    assert!(odd, "something unknown shows up");
}

#[tokio::test]
async fn direct_play_has_no_transcoder_and_a_conversion_shows_its_output() {
    let stage = Stage::new();
    let episode = stage.episode(1, 1);
    let direct = stage.sim.play(OWNER, &television(), episode);
    let row = stage.sessions().await.remove(0);
    assert!(row.get("TranscodeSession").is_none());
    assert_eq!(row["Media"][0]["Part"][0]["decision"], json!("directplay"));
    assert_eq!(row["Media"][0]["height"], json!(1080));
    stage.sim.stop(direct);
    stage.sim.play_transcoded(OWNER, &television(), episode, 720);
    let row = stage.sessions().await.remove(0);
    assert_eq!(row["TranscodeSession"]["context"], json!("streaming"));
    assert_eq!(row["Media"][0]["Part"][0]["decision"], json!("transcode"));
    assert_eq!(
        (&row["Media"][0]["height"], &row["Media"][0]["Part"][0]["file"]),
        (&json!(720), &Value::Null)
    );
    let source = stage.json(&format!("/library/metadata/{episode}")).await;
    assert_eq!(source["Metadata"][0]["Media"][0]["height"], json!(1080));
    stage.sim.download(OTTER, &tablet(), episode);
    assert_eq!(
        stage.sessions().await[1]["TranscodeSession"]["context"],
        json!("static")
    );
}

#[tokio::test]
async fn bodies_can_come_in_chunks() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.chunked = true);
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let answer = stage.get("/status/sessions", "application/json").await;
    assert!(answer.headers.get("content-length").is_none());
    assert_eq!(stage.sessions().await.len(), 1);
}
