use super::Stage;
use cliffhangarr_simulators::jellyfin::ShowSpec;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn an_id_that_is_not_there_gives_an_empty_list() {
    let [jellyfin, emby] = Stage::both();
    for (stage, unknown) in [(jellyfin, "0123456789abcdef0123456789abcdef"), (emby, "999999")] {
        let page = stage.json(&format!("/Items?ids={unknown}")).await;
        assert_eq!((&page["Items"], &page["TotalRecordCount"]), (&json!([]), &json!(0)));
        let user = stage.sim.user_id(stage.kiddo);
        let answer = stage.get(&format!("/Users/{user}/Items/{unknown}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let gone = stage.sim.item_id(stage.show);
        stage.sim.remove_item(stage.show);
        assert!(stage.items(&format!("/Items?ids={gone}")).await.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_an_id_is_passed_over() {
    let stage = Stage::jellyfin();
    let show = stage.sim.item_id(stage.show);
    assert_eq!(stage.items(&format!("/Items?ids=17,{show}")).await.len(), 1);
    let all = stage.items("/Items?ids=17").await;
    assert_eq!(
        all[0]["Type"],
        json!("CollectionFolder"),
        "and then nothing was asked for"
    );
    let dashed = format!(
        "{}-{}-{}-{}-{}",
        &show[..8],
        &show[8..12],
        &show[12..16],
        &show[16..20],
        &show[20..]
    );
    assert_eq!(
        stage
            .items(&format!("/Items?ids={}", dashed.to_uppercase()))
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn single_items_tell_everything() {
    let [jellyfin, emby] = Stage::both();
    let id = jellyfin.sim.item_id(jellyfin.show);
    let item = jellyfin.json(&format!("/Items/{id}")).await;
    assert_eq!(item["ProviderIds"]["Tvdb"], json!("880001"));
    assert_eq!(item["Path"], json!("/media/tv/Harbour Lights (2024)"));
    assert!(item.get("UserData").is_none(), "an API key is no user");
    let id = emby.sim.item_id(emby.show);
    assert_eq!(emby.get(&format!("/Items/{id}")).await.status, StatusCode::NOT_FOUND);
    let user = emby.sim.user_id(emby.kiddo);
    let item = emby.json(&format!("/Users/{user}/Items/{id}")).await;
    assert_eq!(item["ProviderIds"]["Tvdb"], json!("880001"));
    assert!(item["UserData"].is_object());
}

#[tokio::test]
async fn episodes_are_listed_by_season() {
    for stage in Stage::both() {
        let show = stage.sim.item_id(stage.show);
        let places = async |query: &str| -> Vec<(i64, i64)> {
            let rows = stage.items(&format!("/Shows/{show}/Episodes?{query}")).await;
            let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
            rows.iter()
                .map(|row| (number(row, "ParentIndexNumber"), number(row, "IndexNumber")))
                .collect()
        };
        assert_eq!(places("").await.len(), 11);
        assert_eq!(places("season=1").await, [(1, 1), (1, 2), (1, 3)]);
        assert_eq!(places("season=0").await, [(0, 1)]);
        assert!(places("season=9").await.is_empty());
        let season = stage.sim.item_id(stage.sim.season_key(stage.show, 2).unwrap());
        assert_eq!(
            places(&format!("seasonId={season}&startIndex=5&limit=5")).await,
            [(2, 6), (2, 7)]
        );
        let first = stage.sim.item_id(stage.episode(2, 6));
        assert_eq!(places(&format!("startItemId={first}")).await, [(2, 6), (2, 7)]);
        let rows = stage
            .items(&format!("/Shows/{show}/Episodes?season=2&fields=Path,ProviderIds"))
            .await;
        assert!(
            rows.iter()
                .all(|row| row["Path"].is_string() && row["ProviderIds"].is_object())
        );
        let episode = stage.sim.item_id(stage.episode(1, 1));
        let answer = stage.get(&format!("/Shows/{episode}/Episodes")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "an episode is no series");
    }
}

#[tokio::test]
async fn the_library_is_a_tree_of_folders() {
    for stage in Stage::both() {
        let libraries = stage.items("/Items").await;
        let names: Vec<&str> = libraries.iter().map(|row| row["Name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Movies", "Shows", "Music"]);
        let shows = libraries[1]["Id"].as_str().unwrap();
        let inside = stage.items(&format!("/Items?parentId={shows}")).await;
        assert_eq!(inside.len(), 1);
        assert_eq!(inside[0]["Type"], json!("Series"));
        let below = stage.items(&format!("/Items?parentId={shows}&recursive=true")).await;
        assert_eq!(below.len(), 1 + 3 + 11);
        let folders = stage.json("/Library/VirtualFolders").await;
        assert_eq!(folders[1]["Locations"], json!(["/media/tv"]));
        let episode = stage.sim.item_id(stage.episode(1, 1));
        let above = stage.json(&format!("/Items/{episode}/Ancestors")).await;
        let kinds: Vec<&str> = above
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["Type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["Season", "Series", "CollectionFolder"]);
        let sorted = stage
            .items("/Items?recursive=true&includeItemTypes=Episode&sortBy=ParentIndexNumber,IndexNumber&sortOrder=Descending,Ascending")
            .await;
        assert_eq!(
            (&sorted[0]["ParentIndexNumber"], &sorted[0]["IndexNumber"]),
            (&json!(2), &json!(1))
        );
        let found = stage
            .items("/Items?recursive=true&searchTerm=harbour&includeItemTypes=Series,Movie")
            .await;
        assert_eq!(found.len(), 1);
    }
}

#[tokio::test]
async fn the_last_episode_takes_its_season_and_its_series_along() {
    for stage in Stage::both() {
        stage.sim.remove_item(stage.episode(0, 1));
        assert_eq!(stage.sim.season_key(stage.show, 0), None);
        for season in [1, 2] {
            stage.sim.remove_item(stage.sim.season_key(stage.show, season).unwrap());
        }
        assert_eq!(stage.sim.show_key("Harbour Lights"), None);
        assert!(stage.items("/Items?recursive=true").await.is_empty());
        assert_eq!(stage.items("/Items").await.len(), 3, "libraries stay");
    }
}

#[tokio::test]
async fn plugins_spell_the_databases_as_they_like() {
    let stage = Stage::emby();
    let spec = ShowSpec::new("Winter Keep", 2021)
        .provider_id("TheTVDB", "770001")
        .provider_id("imdb", "")
        .provider_id("Tmdb", "0");
    let show = stage.sim.add_show(spec.season(1, 2));
    let id = stage.sim.item_id(show);
    let rows = stage.items(&format!("/Items?Ids={id}&Fields=ProviderIds")).await;
    assert_eq!(
        rows[0]["ProviderIds"],
        json!({"TheTVDB": "770001", "imdb": "", "Tmdb": "0"})
    );
}

#[tokio::test]
async fn the_same_series_can_be_there_twice() {
    for stage in Stage::both() {
        let spec = || ShowSpec::new("Harbour Lights", 2024).tvdb(880_001).season(1, 2);
        let sharp = stage.sim.add_show(spec().folder("/media/tv-4k/Harbour Lights (2024)"));
        let same = stage.sim.add_show(spec());
        let ids = [stage.show, sharp, same].map(|key| stage.sim.item_id(key));
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        assert_eq!(stage.sim.episodes(same), [(1, 1), (1, 2)]);
        assert_eq!(stage.sim.episodes(stage.show).len(), 12, "two of them in one file");
    }
}
