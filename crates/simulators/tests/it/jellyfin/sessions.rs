use super::Stage;
use cliffhangarr_simulators::jellyfin::{ADMIN, Device, session_id_of};
use http::StatusCode;
use serde_json::{Value, json};

const NOBODY: &str = "00000000000000000000000000000000";

#[tokio::test]
async fn the_list_has_idle_sessions_and_the_one_who_asks() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        stage.later(2);
        let idle = sim.play(stage.otter, &sim.browser("web-1", "Firefox"), stage.episode(1, 2));
        sim.stop(idle);
        stage.later(1);
        let sessions = stage.sessions().await;
        let names: Vec<&str> = sessions.iter().map(|s| s["DeviceName"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            ["Study", "Firefox", "Living Room"],
            "the last active one comes first"
        );
        let playing: Vec<bool> = sessions.iter().map(|s| s.get("NowPlayingItem").is_some()).collect();
        assert_eq!(playing, [false, false, true]);
        assert_eq!(
            sessions[0]["Client"],
            json!("Monitor"),
            "an API key's name is its application"
        );
        assert!(sessions[0]["PlayState"].get("PositionTicks").is_none());
    }
}

#[tokio::test]
async fn a_session_id_is_the_same_for_all_users_items_and_starts_of_the_server() {
    let stage = Stage::jellyfin();
    let sim = &stage.sim;
    let device = Device::new(["Jellyfin Android TV", "0.19.2"], "b8f1c3aa7d0e4c55", "Living Room");
    let id = "f3c640099d11f714106cbd220f5d24a1";
    let first = sim.play(stage.kiddo, &device, stage.episode(1, 1));
    assert_eq!(sim.session_id(first).as_deref(), Some(id));
    let second = sim.play(stage.otter, &device, stage.episode(2, 1));
    assert_eq!(stage.playing().await.len(), 1, "one device plays one thing");
    sim.restart_server();
    assert_eq!(sim.session_count(), 0);
    sim.report(second, 30_000);
    assert_eq!(stage.playing().await[0]["Id"], json!(id));
    assert_eq!(session_id_of("Jellyfin Android TV", "b8f1c3aa7d0e4c55"), id);
}

#[tokio::test]
async fn a_session_belongs_to_whoever_asked_last() {
    let stage = Stage::jellyfin();
    let device = stage.television();
    stage.sim.play(stage.kiddo, &device, stage.episode(1, 1));
    assert_eq!(stage.playing().await[0]["UserName"], json!("kiddo"));
    let application = [device.client.as_str(), device.id.as_str()];
    let token = stage.sim.add_token(stage.otter, &device);
    stage
        .send(
            "GET",
            "/Users/Me",
            &stage.header(application, Some(&token)),
            &Value::Null,
        )
        .await;
    let session = stage.playing().await.remove(0);
    assert_eq!(
        (&session["UserName"], &session["UserId"]),
        (&json!("otter"), &json!(stage.sim.user_id(stage.otter)))
    );
    stage
        .send(
            "GET",
            "/System/Info/Public",
            &stage.header(application, None),
            &Value::Null,
        )
        .await;
    let session = stage.playing().await.remove(0);
    assert_eq!(session["UserId"], json!(NOBODY));
    assert!(session.get("UserName").is_none());
    assert!(session.get("NowPlayingItem").is_some(), "it goes on nevertheless");
}

#[tokio::test]
async fn a_stranger_makes_no_session() {
    let stage = Stage::jellyfin();
    for token in [None, Some("not-a-token")] {
        let header = stage.header(["Somebody", "else"], token);
        stage.send("GET", "/System/Info/Public", &header, &Value::Null).await;
    }
    assert_eq!(stage.sim.session_count(), 0);
}

#[tokio::test]
async fn on_newer_servers_asking_alone_makes_no_session() {
    let stage = Stage::jellyfin();
    stage.sim.configure(|settings| settings.requests_make_sessions = false);
    assert!(stage.sessions().await.is_empty());
    let header = stage.header(["Monitor", "monitor-1"], Some(&stage.sim.api_key()));
    let can = json!({ "PlayableMediaTypes": ["Video"], "SupportsMediaControl": true });
    let answer = stage.send("POST", "/Sessions/Capabilities/Full", &header, &can).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let sessions = stage.sessions().await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["SupportsRemoteControl"], json!(true));
}

#[tokio::test]
async fn ids_are_guids_on_jellyfin_and_numbers_on_emby() {
    let hex = |text: &Value| {
        let text = text.as_str().unwrap();
        text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    for stage in Stage::both() {
        stage.sim.play(stage.kiddo, &stage.television(), stage.episode(2, 7));
        let session = stage.playing().await.remove(0);
        assert!(hex(&session["Id"]) && hex(&session["UserId"]) && hex(&session["ServerId"]));
        let item = &session["NowPlayingItem"];
        for id in ["Id", "SeriesId", "SeasonId", "ParentId"] {
            let number = item[id].as_str().unwrap().parse::<u32>().is_ok();
            assert_eq!((hex(&item[id]), number), (!stage.emby, stage.emby), "{id}");
        }
        assert_eq!(item["RunTimeTicks"], json!(2 * 45 * 60 * 10_000_000_i64));
        assert_eq!(session["LastActivityDate"], json!("2026-03-01T19:00:00.0000000Z"));
        assert!(!session.to_string().contains("null"), "what is not there is left out");
        assert_eq!(session["PlayState"]["RepeatMode"], json!("RepeatNone"));
    }
}

#[tokio::test]
async fn a_stop_takes_the_item_and_leaves_the_session() {
    for stage in Stage::both() {
        let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        stage.sim.watch(handle, jiff::SignedDuration::from_secs(30));
        stage.sim.stop(handle);
        let sessions = stage.sessions().await;
        let session = sessions
            .iter()
            .find(|s| s["DeviceName"] == json!("Living Room"))
            .unwrap();
        assert!(session.get("NowPlayingItem").is_none());
        assert!(session["PlayState"].get("PositionTicks").is_none());
        assert_eq!(session["UserName"], json!("kiddo"));
    }
}

#[tokio::test]
async fn the_next_item_comes_with_or_without_a_stop() {
    let stage = Stage::jellyfin();
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    for (number, stops_between) in [(2, false), (3, true)] {
        stage.sim.next_item(handle, stage.episode(1, number), stops_between);
        let session = stage.playing().await.remove(0);
        assert_eq!(session["NowPlayingItem"]["IndexNumber"], json!(number));
        assert_eq!(session["PlayState"]["PositionTicks"], json!(0));
    }
}

#[tokio::test]
async fn pausing_is_the_only_state() {
    for stage in Stage::both() {
        let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
        let dated = async || stage.playing().await[0].get("LastPausedDate").cloned();
        assert_eq!(stage.playing().await[0]["PlayState"]["IsPaused"], json!(false));
        assert_eq!(dated().await, None);
        stage.sim.pause(handle);
        stage.later(60);
        stage.sim.report_again(handle);
        assert_eq!(stage.playing().await[0]["PlayState"]["IsPaused"], json!(true));
        let since = (!stage.emby).then(|| json!("2026-03-01T19:00:00.0000000Z"));
        assert_eq!(dated().await, since, "the pause, not its last report");
        stage.sim.resume(handle);
        assert_eq!(dated().await, None);
        assert!(!stage.playing().await[0].to_string().to_lowercase().contains("buffer"));
    }
}

#[tokio::test]
async fn emby_lacks_what_jellyfin_has_added() {
    let [jellyfin, emby] = Stage::both();
    for stage in [&jellyfin, &emby] {
        stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    }
    let (jellyfin, emby) = (jellyfin.playing().await.remove(0), emby.playing().await.remove(0));
    for name in ["LastPlaybackCheckIn", "IsActive", "NowPlayingQueue", "Capabilities"] {
        assert!(jellyfin.get(name).is_some(), "{name}");
        assert!(emby.get(name).is_none(), "{name}");
    }
    assert_eq!(jellyfin["PlayState"]["PlayMethod"], json!("DirectPlay"));
    assert_eq!(
        emby["PlayState"]["PlayMethod"],
        json!("DirectStream"),
        "of a file that is sent as it is"
    );
    assert!(emby.get("TranscodingInfo").is_none());
    assert!(emby["InternalDeviceId"].is_number());
    assert_eq!(
        emby["PlayState"]["MediaSourceId"].as_str().unwrap().split('_').next(),
        Some("mediasource")
    );
}

#[tokio::test]
async fn a_conversion_shows() {
    let stage = Stage::jellyfin();
    stage
        .sim
        .play_transcoded(stage.kiddo, &stage.television(), stage.episode(1, 1), 720);
    let session = stage.playing().await.remove(0);
    assert_eq!(session["PlayState"]["PlayMethod"], json!("Transcode"));
    assert_eq!(session["TranscodingInfo"]["Height"], json!(720));
}

#[tokio::test]
async fn the_playing_item_has_its_own_ids_and_the_series_has_others() {
    for stage in Stage::both() {
        stage.sim.play(stage.kiddo, &stage.television(), stage.episode(2, 1));
        let item = stage.playing().await[0]["NowPlayingItem"].clone();
        assert!(item["ProviderIds"]["Tvdb"].is_string());
        assert_ne!(item["ProviderIds"]["Tvdb"], json!("880001"));
        for missing in ["UserData", "MediaSources", "People", "Tags"] {
            assert!(item.get(missing).is_none(), "{missing}");
        }
        let series = item["SeriesId"].as_str().unwrap();
        let page = stage
            .json(&format!("/Items?Ids={series}&Fields=ProviderIds,Path"))
            .await;
        assert_eq!(page["TotalRecordCount"], json!(1));
        assert_eq!(
            page["Items"][0]["ProviderIds"],
            json!({"Tvdb": "880001", "Tmdb": "990001", "Imdb": "tt9999999"})
        );
        let bare = stage.items(&format!("/Items?ids={series}")).await;
        assert!(bare[0].get("ProviderIds").is_none(), "only who asks for them gets them");
    }
}

#[tokio::test]
async fn a_file_with_two_episodes_is_one_item_and_the_season_may_be_missing() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        assert_eq!(stage.episode(2, 7), stage.episode(2, 8));
        let double = sim.play(stage.kiddo, &stage.television(), stage.episode(2, 8));
        let item = stage.playing().await[0]["NowPlayingItem"].clone();
        assert_eq!((&item["IndexNumber"], &item["IndexNumberEnd"]), (&json!(7), &json!(8)));
        assert!(item["Path"].as_str().unwrap().ends_with("S02E07-E08.mkv"));
        sim.next_item(double, stage.episode(0, 1), false);
        let special = stage.playing().await[0]["NowPlayingItem"].clone();
        assert_eq!(special["ParentIndexNumber"], json!(0));
        assert!(special.get("IndexNumberEnd").is_none());
        sim.hide_season_number(stage.episode(1, 1), true);
        sim.next_item(double, stage.episode(1, 1), false);
        let odd = stage.playing().await[0]["NowPlayingItem"].clone();
        assert!(odd.get("ParentIndexNumber").is_none());
        assert_eq!(odd["SeriesName"], json!("Harbour Lights"));
    }
}

#[tokio::test]
async fn a_play_outlives_its_item() {
    let stage = Stage::jellyfin();
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    let id = stage.sim.item_id(stage.episode(1, 1));
    stage.sim.remove_item(stage.episode(1, 1));
    stage.sim.report(handle, 60_000);
    assert_eq!(stage.playing().await[0]["NowPlayingItem"]["Id"], json!(id));
    assert_eq!(stage.position_ms().await, 60_000);
}

#[tokio::test]
async fn what_is_no_episode_plays_as_well() {
    let stage = Stage::jellyfin();
    let sim = &stage.sim;
    let items = [
        (sim.add_movie("Glass Orchard", 2023, 116), "Movie"),
        (sim.add_track("A Tune", 200), "Audio"),
        (sim.add_trailer("Soon", 90), "Trailer"),
        (sim.add_channel("Channel 5"), "TvChannel"),
    ];
    let handle = sim.play(ADMIN, &stage.television(), stage.episode(1, 1));
    for (item, kind) in items {
        sim.next_item(handle, item, true);
        let session = stage.playing().await.remove(0);
        assert_eq!(session["NowPlayingItem"]["Type"], json!(kind));
        assert_eq!(
            session["NowPlayingItem"].get("RunTimeTicks").is_none(),
            kind == "TvChannel"
        );
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_device_activity_and_control() {
    let stage = Stage::jellyfin();
    stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    stage.later(120);
    let count = async |query: &str| {
        let sessions = stage.json(&format!("/Sessions?{query}")).await;
        sessions.as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("deviceId=TV-1").await, 1);
    assert_eq!(count("activeWithinSeconds=60").await, 1, "the one who asks");
    let controller = stage.sim.user_id(stage.otter);
    assert_eq!(
        count(&format!("ControllableByUserId={controller}")).await,
        1,
        "the player"
    );
}

#[tokio::test]
async fn emby_may_rename_a_session_with_every_play() {
    let stage = Stage::emby();
    stage.sim.configure(|settings| settings.renames_sessions = true);
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    let first = stage.sim.session_id(handle).unwrap();
    stage.sim.next_item(handle, stage.episode(1, 2), true);
    let second = stage.sim.session_id(handle).unwrap();
    assert_ne!(first, second);
    assert_eq!(stage.playing().await[0]["Id"], json!(second));
}

#[tokio::test]
async fn unknown_properties_are_strewn_in() {
    let stage = Stage::jellyfin();
    assert!(stage.sessions().await[0].get("Marble").is_none());
    stage.sim.configure(|settings| settings.oddities = true);
    assert!(stage.sessions().await[0]["Marble"].is_object());
}
