use super::{Stage, television};
use cliffhangarr_simulators::plex::{GuidMode, OWNER, SectionKind, ShowSpec};
use http::StatusCode;
use serde_json::{Value, json};

fn rows(container: &Value) -> Vec<Value> {
    container["Metadata"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn keys_of_a_session_lead_to_the_same_items_in_the_library() {
    let stage = Stage::new();
    let episode = stage.episode(2, 3);
    stage.sim.play(OWNER, &television(), episode);
    let session = stage.sessions().await.remove(0);
    for (key, title) in [
        ("ratingKey", "title"),
        ("parentRatingKey", "parentTitle"),
        ("grandparentRatingKey", "grandparentTitle"),
    ] {
        let item = stage
            .json(&format!("/library/metadata/{}", session[key].as_str().unwrap()))
            .await;
        assert_eq!(item["Metadata"][0]["title"], session[title]);
        assert_eq!(item["Metadata"][0]["ratingKey"], session[key]);
    }
    assert_eq!((&session["index"], &session["parentIndex"]), (&json!(3), &json!(2)));
    assert_eq!(session["key"], json!(format!("/library/metadata/{episode}")));
}

#[tokio::test]
async fn a_deleted_item_is_404_while_its_session_goes_on() {
    let stage = Stage::new();
    let episode = stage.episode(1, 1);
    stage.sim.play(OWNER, &television(), episode);
    stage.sim.remove_item(episode);
    let gone = stage
        .get(&format!("/library/metadata/{episode}"), "application/json")
        .await;
    assert_eq!((gone.status, gone.kind()), (StatusCode::NOT_FOUND, "text/html"));
    assert_eq!(stage.sessions().await[0]["ratingKey"], json!(episode.to_string()));
    assert_eq!(
        stage
            .sim
            .episodes(stage.show)
            .iter()
            .filter(|(season, _)| *season == 1)
            .count(),
        2
    );
}

#[tokio::test]
async fn external_ids_are_on_the_pages_and_not_in_sessions() {
    let stage = Stage::new();
    let episode = stage.episode(1, 1);
    stage.sim.play(OWNER, &television(), episode);
    assert!(stage.sessions().await[0].get("Guid").is_none());
    stage.sim.configure(|settings| settings.guids_in_sessions = true);
    assert!(stage.sessions().await[0]["Guid"].is_array());
    let show = stage
        .json(&format!("/library/metadata/{}?includeGuids=1", stage.show))
        .await;
    let ids = [
        json!({"id": "imdb://tt9999999"}),
        json!({"id": "tmdb://990001"}),
        json!({"id": "tvdb://880001"}),
    ];
    assert_eq!(show["Metadata"][0]["Guid"], json!(ids));
    let page = stage.json(&format!("/library/metadata/{episode}?includeGuids=1")).await;
    assert!(page["Metadata"][0]["Guid"].to_string().contains("tvdb://"));
    assert!(
        !page["Metadata"][0]["Guid"].to_string().contains("880001"),
        "an episode's ids are its own"
    );
}

#[tokio::test]
async fn listings_have_ids_only_when_they_are_asked_for() {
    let stage = Stage::new();
    let plain = stage.json("/library/sections/2/all?type=2").await;
    assert!(rows(&plain)[0].get("Guid").is_none());
    let full = stage.json("/library/sections/2/all?type=2&includeGuids=1").await;
    assert!(rows(&full)[0]["Guid"].is_array());
    assert!(rows(&full)[0]["key"].as_str().unwrap().ends_with("/children"));
}

#[tokio::test]
async fn each_agent_gives_its_own_guids() {
    let stage = Stage::new();
    let cases = [
        (
            GuidMode::LegacyThetvdb,
            "com.plexapp.agents.thetvdb://121361?lang=en",
            "com.plexapp.agents.thetvdb://121361/1/1?lang=en",
        ),
        (
            GuidMode::Hama,
            "com.plexapp.agents.hama://tvdb-121361?lang=en",
            "com.plexapp.agents.hama://tvdb-121361/1/1?lang=en",
        ),
        (
            GuidMode::None,
            "com.plexapp.agents.none://",
            "com.plexapp.agents.none://",
        ),
        (GuidMode::Local, "local://", "local://"),
    ];
    for (mode, show_guid, episode_guid) in cases {
        let spec = ShowSpec::new("Winterfold", 2011)
            .tvdb(121_361)
            .season(1, 1)
            .guid_mode(mode);
        let show = stage.sim.add_show(spec);
        let handle = stage
            .sim
            .play(OWNER, &television(), stage.sim.episode_key(show, 1, 1).unwrap());
        let session = stage.sessions().await.remove(0);
        assert!(
            session["grandparentGuid"].as_str().unwrap().starts_with(show_guid),
            "{mode:?}"
        );
        assert!(session["guid"].as_str().unwrap().starts_with(episode_guid), "{mode:?}");
        let page = stage.json(&format!("/library/metadata/{show}?includeGuids=1")).await;
        assert!(rows(&page)[0].get("Guid").is_none());
        stage.sim.stop(handle);
    }
}

#[tokio::test]
async fn episodes_of_one_file_share_the_part_and_a_session_shows_one() {
    let stage = Stage::new();
    let keys = stage.sim.add_shared_file(stage.show, 3, &[4, 5, 6]);
    let leaves = stage.json(&format!("/library/metadata/{}/allLeaves", stage.show)).await;
    let part = |key: i64| {
        let row = rows(&leaves)
            .into_iter()
            .find(|row| row["ratingKey"] == json!(key.to_string()))
            .unwrap();
        (
            row["Media"][0]["Part"][0]["id"].clone(),
            row["Media"][0]["Part"][0]["file"].clone(),
        )
    };
    assert_eq!(part(keys[0]), part(keys[1]));
    assert_eq!(part(keys[0]), part(keys[2]));
    assert!(part(keys[0]).1.as_str().unwrap().contains("S03E04-E06"));
    stage.sim.play(OWNER, &television(), keys[2]);
    let sessions = stage.sessions().await;
    assert_eq!((sessions.len(), &sessions[0]["index"]), (1, &json!(6)));
}

#[tokio::test]
async fn children_may_lead_with_a_row_for_all_episodes() {
    let stage = Stage::new();
    let path = format!("/library/metadata/{}/children", stage.show);
    let with_all = rows(&stage.json(&path).await);
    assert!(with_all[0].get("ratingKey").is_none() && with_all[0]["key"].as_str().unwrap().ends_with("/allLeaves"));
    let seasons = rows(&stage.json(&format!("{path}?excludeAllLeaves=1")).await);
    assert_eq!(
        seasons
            .iter()
            .map(|row| row["index"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
    let episodes = rows(
        &stage
            .json(&format!(
                "/library/metadata/{}/children",
                stage.sim.season_key(stage.show, 2).unwrap()
            ))
            .await,
    );
    assert_eq!(
        episodes
            .iter()
            .map(|row| row["index"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let xml = stage.get(&path, "").await;
    assert!(xml.text.contains("<Directory ") && !xml.text.contains("<Video "));
}

#[tokio::test]
async fn items_are_found_by_guid_title_and_type() {
    let stage = Stage::new();
    let guid = stage.json(&format!("/library/metadata/{}", stage.show)).await["Metadata"][0]["guid"].clone();
    let found = stage
        .json(&format!("/library/all?guid={}", guid.as_str().unwrap()))
        .await;
    assert_eq!(rows(&found)[0]["ratingKey"], json!(stage.show.to_string()));
    assert_eq!(
        stage.json("/library/all?guid=plex://show/unknown").await["size"],
        json!(0)
    );
    assert_eq!(
        stage.json("/library/sections/2/all?title=tidew").await["size"],
        json!(1)
    );
    assert_eq!(stage.json("/library/sections/2/all?type=4").await["size"], json!(8));
    assert_eq!(stage.json("/library/all?guid=tvdb://880001").await["size"], json!(1));
}

#[tokio::test]
async fn listings_are_paged_by_header_or_query_and_may_be_shorter_than_asked() {
    let stage = Stage::new();
    let path = "/library/sections/2/all?type=4&X-Plex-Container-Start=2&X-Plex-Container-Size=3";
    let answer = stage.get(path, "application/json").await;
    assert_eq!(answer.headers["x-plex-container-total-size"], "8");
    let page = stage.json(path).await;
    assert_eq!(
        (&page["size"], &page["totalSize"], &page["offset"]),
        (&json!(3), &json!(8), &json!(2))
    );
    stage.sim.configure(|settings| settings.page_limit = Some(2));
    assert_eq!(stage.json(path).await["size"], json!(2));
}

#[tokio::test]
async fn one_show_in_two_libraries_has_two_keys_and_one_tvdb_id() {
    let stage = Stage::new();
    let section = stage.sim.add_section("TV 4K", SectionKind::Shows);
    let other = stage.sim.add_show(
        ShowSpec::new("Tidewrack", 2024)
            .tvdb(880_001)
            .season(1, 3)
            .section(section),
    );
    assert_ne!(other, stage.show);
    let page = stage
        .json(&format!("/library/metadata/{},{other}?includeGuids=1", stage.show))
        .await;
    assert_eq!(page["size"], json!(2));
    assert!(
        rows(&page)
            .iter()
            .all(|row| row["Guid"].to_string().contains("tvdb://880001"))
    );
    let sections = stage.json("/library/sections").await;
    assert_eq!(sections["Directory"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn hidden_seasons_and_unmatched_files_have_no_parent() {
    let stage = Stage::new();
    let odd = stage.sim.add_unmatched_episode(stage.show, 14).unwrap();
    let handle = stage.sim.play(OWNER, &television(), odd);
    let session = stage.sessions().await.remove(0);
    assert_eq!(session["guid"], json!(format!("local://{odd}")));
    assert!(session.get("parentIndex").is_none() && session.get("parentKey").is_none());
    assert_eq!((&session["skipParent"], &session["index"]), (&json!(true), &json!(14)));
    stage.sim.stop(handle);
    stage.sim.hide_seasons(stage.show, true);
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert!(stage.sessions().await[0].get("parentRatingKey").is_none());
}
