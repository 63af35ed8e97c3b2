//! What is playing, and how it looks when Plex does not say.

use super::Stage;
use crate::plex::{KIDDO, OTTER, tablet, television};
use cliffhangarr_simulators::faults::{Fault, FaultRule};
use cliffhangarr_simulators::plex::{GuidMode, OWNER, ShowSpec};
use cliffhangarr_simulators::plextv::ACCOUNT;
use serde_json::{Value, json};

async fn sessions(stage: &Stage) -> Vec<Value> {
    stage.data("get_activity").await["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_session_comes_with_what_tautulli_looked_up() {
    let stage = Stage::new();
    stage.sim.set_friendly_name(OTTER, "Otter");
    let key = stage.attic.episode(2, 3);
    stage.attic.sim.play_from(OTTER, &television(), key, 60_000);
    let session = sessions(&stage).await.remove(0);
    for (field, value) in [
        ("session_key", json!("1")),
        ("media_type", json!("episode")),
        ("rating_key", json!(key.to_string())),
        ("grandparent_rating_key", json!(stage.attic.show.to_string())),
        ("grandparent_title", json!("Tidewrack")),
        ("parent_media_index", json!("2")),
        ("media_index", json!("3")),
        ("view_offset", json!("60000")),
        ("state", json!("playing")),
        ("live", json!(0)),
        ("live_uuid", json!("")),
        ("user_id", json!(OTTER)),
        ("username", json!("river_otter")),
        ("friendly_name", json!("Otter")),
        ("player", json!("Living Room")),
        ("machine_id", json!("tv-1")),
        ("original_title", json!("")),
        (
            "grandparent_guids",
            json!(["imdb://tt9999999", "tmdb://990001", "tvdb://880001"]),
        ),
    ] {
        assert_eq!(session[field], value, "{field}");
    }
    assert_ne!(session["guids"], session["grandparent_guids"]);
    assert!(
        session["file"].as_str().unwrap().contains("S02E03"),
        "{}",
        session["file"]
    );
}

#[tokio::test]
async fn the_owner_is_found_by_name_and_strangers_are_local() {
    let stage = Stage::new();
    stage.attic.sim.play(OWNER, &television(), stage.attic.episode(1, 1));
    stage.attic.sim.play(KIDDO, &tablet(), stage.attic.episode(1, 1));
    stage.sim.forget_user(KIDDO, true);
    let users: Vec<_> = sessions(&stage)
        .await
        .iter()
        .map(|session| session["user_id"].clone())
        .collect();
    assert_eq!(users, [json!(ACCOUNT), json!(0)]);
}

#[tokio::test]
async fn sessions_are_sorted_by_their_keys_as_text() {
    let stage = Stage::new();
    for number in 0..11 {
        let device = cliffhangarr_simulators::plex::Device::tablet(&format!("pad-{number}"), "Pad");
        stage.attic.sim.play(OTTER, &device, stage.attic.episode(1, 1));
    }
    let keys: Vec<_> = sessions(&stage)
        .await
        .iter()
        .map(|one| one["session_key"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(stage.data("get_activity&session_key=11").await["session_key"], "11");
    assert_eq!(stage.data("get_activity&session_key=99").await, json!({}));
}

#[tokio::test]
async fn music_in_the_background_is_counted_and_not_listed() {
    let stage = Stage::new();
    let theme = stage.attic.sim.add_theme_music("Tidewrack");
    stage.attic.sim.play(OWNER, &television(), theme);
    let activity = stage.data("get_activity").await;
    assert_eq!(
        (&activity["stream_count"], &activity["sessions"]),
        (&json!("1"), &json!([]))
    );
}

#[tokio::test]
async fn idle_and_outage_differ_by_the_list_alone() {
    let stage = Stage::new();
    assert_eq!(
        stage.data("get_activity").await,
        json!({"stream_count": "0", "sessions": []})
    );
    let plex = &stage.attic.sim;
    for fault in [Fault::status(500), Fault::Html, Fault::Drop, Fault::MalformedJson] {
        plex.faults().push(FaultRule::new("/status/sessions", fault.clone()));
        assert_eq!(stage.data("get_activity").await, json!({}), "{fault:?}");
        plex.faults().clear();
    }
    plex.configure(|settings| settings.starting = true);
    assert_eq!(stage.data("get_activity").await, json!({}));
    plex.configure(|settings| settings.starting = false);
    // The owner's password was changed, and Tautulli not signed in again.
    plex.set_token("another-token-of-20c");
    assert_eq!(stage.data("get_activity").await, json!({}));
}

#[tokio::test]
async fn live_television_and_old_agents_look_as_they_do() {
    let stage = Stage::new();
    stage
        .attic
        .sim
        .play_live(OWNER, &television(), "News 24", "Evening News");
    let live = sessions(&stage).await.remove(0);
    assert_eq!((&live["live"], &live["media_type"]), (&json!(1), &json!("episode")));
    assert_ne!(live["live_uuid"], "");

    let stage = Stage::new();
    let show = ShowSpec::new("Old Agent", 2001)
        .tvdb(121_361)
        .guid_mode(GuidMode::LegacyThetvdb)
        .season(6, 1);
    let show = stage.attic.sim.add_show(show);
    stage
        .attic
        .sim
        .play(OTTER, &television(), stage.attic.sim.episode_key(show, 6, 1).unwrap());
    let old = sessions(&stage).await.remove(0);
    assert_eq!(old["grandparent_guid"], "com.plexapp.agents.thetvdb://121361?lang=en");
    assert_eq!(old["grandparent_guids"], json!([]));
}

#[tokio::test]
async fn metadata_is_empty_for_what_is_gone_and_for_a_server_that_is_away() {
    let stage = Stage::new();
    let key = stage.attic.show;
    let show = stage.data(&format!("get_metadata&rating_key={key}")).await;
    assert_eq!((&show["media_type"], &show["year"]), (&json!("show"), &json!("2024")));
    assert_eq!(
        show["guids"],
        json!(["imdb://tt9999999", "tmdb://990001", "tvdb://880001"])
    );
    stage.sim.configure(|settings| settings.reaches_plex = false);
    assert_eq!(stage.data(&format!("get_metadata&rating_key={key}")).await, json!({}));
    stage.sim.configure(|settings| settings.reaches_plex = true);
    stage.attic.sim.remove_item(key);
    assert_eq!(stage.data(&format!("get_metadata&rating_key={key}")).await, json!({}));
}
