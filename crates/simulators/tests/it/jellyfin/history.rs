use super::Stage;
use cliffhangarr_simulators::jellyfin::{ADMIN, ListOrder, Release};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

#[tokio::test]
async fn a_play_is_counted_when_it_starts_and_dated_then() {
    for stage in Stage::both() {
        let episode = stage.episode(1, 1);
        let started = stage.sim.clock().now();
        let handle = stage.sim.play(stage.kiddo, &stage.television(), episode);
        let watched = stage.sim.watched(stage.kiddo, episode);
        assert_eq!((watched.count, watched.played), (1, false));
        stage.sim.watch(handle, SignedDuration::from_mins(43));
        stage.sim.stop(handle);
        let watched = stage.sim.watched(stage.kiddo, episode);
        assert_eq!((watched.count, watched.played, watched.position_ms), (1, true, 0));
        assert_eq!(watched.last_played, Some(started), "not when it was finished");
        assert_eq!(
            stage.sim.watched(stage.otter, episode).count,
            0,
            "each user has their own"
        );
    }
}

#[tokio::test]
async fn ninety_percent_are_played_and_five_are_nothing() {
    for stage in Stage::both() {
        let length = stage.sim.duration_ms(stage.episode(1, 1));
        let stopped_at = |episode: i64, percent: i64| {
            let handle = stage.sim.play(stage.kiddo, &stage.television(), episode);
            stage.sim.report(handle, length * percent / 100);
            stage.sim.stop(handle);
            let watched = stage.sim.watched(stage.kiddo, episode);
            (watched.played, watched.position_ms)
        };
        assert_eq!(stopped_at(stage.episode(1, 1), 4), (false, 0));
        assert_eq!(stopped_at(stage.episode(1, 2), 50), (false, length / 2));
        assert_eq!(stopped_at(stage.episode(1, 3), 90), (true, 0));
    }
}

#[tokio::test]
async fn short_items_and_stops_without_a_position_are_played() {
    for stage in Stage::both() {
        let short = stage.sim.add_movie("A Moment", 2020, 4);
        let handle = stage.sim.play(stage.kiddo, &stage.television(), short);
        stage.sim.report(handle, MINUTE_MS);
        stage.sim.stop(handle);
        assert!(stage.sim.watched(stage.kiddo, short).played);
        let episode = stage.episode(1, 1);
        let handle = stage.sim.play(stage.kiddo, &stage.television(), episode);
        stage.sim.report(handle, 10_000);
        stage.sim.stop_without_position(handle);
        let watched = stage.sim.watched(stage.kiddo, episode);
        assert_eq!((watched.played, watched.count), (true, 2), "after ten seconds");
    }
}

#[tokio::test]
async fn starting_again_takes_played_away_before_12() {
    let stage = Stage::jellyfin();
    let episode = stage.episode(1, 1);
    stage.sim.record_view(stage.kiddo, episode, stage.sim.clock().now());
    stage.sim.play(stage.kiddo, &stage.television(), episode);
    let watched = stage.sim.watched(stage.kiddo, episode);
    assert_eq!((watched.played, watched.count), (false, 2));
    stage.sim.set_release(Release::V12);
    stage.sim.record_view(stage.kiddo, episode, stage.sim.clock().now());
    stage.sim.play(stage.kiddo, &stage.television(), episode);
    assert!(stage.sim.watched(stage.kiddo, episode).played);
}

#[tokio::test]
async fn what_a_user_has_played_is_listed_by_date() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        let start = sim.clock().now();
        for (season, number, hours) in [(1, 2, 5), (1, 1, 2), (2, 3, 9)] {
            sim.record_view(
                stage.kiddo,
                stage.episode(season, number),
                start + SignedDuration::from_hours(hours),
            );
        }
        sim.record_view(stage.otter, stage.episode(2, 1), start);
        let kiddo = sim.user_id(stage.kiddo);
        let query = format!(
            "/Items?userId={kiddo}&recursive=true&includeItemTypes=Episode&filters=IsPlayed&sortBy=DatePlayed&sortOrder=Descending&fields=UserDataLastPlayedDate,UserDataPlayCount"
        );
        let rows = stage.items(&query).await;
        let numbers = rows
            .iter()
            .map(|row| (row["ParentIndexNumber"].clone(), row["IndexNumber"].clone()));
        assert_eq!(
            numbers.collect::<Vec<_>>(),
            [(json!(2), json!(3)), (json!(1), json!(2)), (json!(1), json!(1))]
        );
        assert_eq!(rows[0]["SeriesId"], json!(sim.item_id(stage.show)));
        let data = &rows[0]["UserData"];
        assert_eq!((&data["Played"], &data["PlayCount"]), (&json!(true), &json!(1)));
        assert_eq!(data["LastPlayedDate"], json!("2026-03-02T04:00:00.0000000Z"));
        assert_eq!(data["PlaybackPositionTicks"], json!(0));
        let page = stage.json(&format!("{query}&startIndex=1&limit=1")).await;
        assert_eq!(
            (page["Items"].as_array().unwrap().len(), &page["TotalRecordCount"]),
            (1, &json!(3))
        );
        assert_eq!(page["Items"][0]["IndexNumber"], json!(2));
        assert_eq!(page.get("StartIndex").is_none(), stage.emby);
        let bare = stage.items(&format!("{query}&enableUserData=false")).await;
        assert!(bare.iter().all(|row| row.get("UserData").is_none()));
        let uncounted = stage.json(&format!("{query}&enableTotalRecordCount=false")).await;
        assert_eq!(uncounted["TotalRecordCount"], json!(0));
        let legacy = stage
            .items(&query.replace(&format!("/Items?userId={kiddo}"), &format!("/Users/{kiddo}/Items?a=b")))
            .await;
        assert_eq!(legacy.len(), 3, "the older address asks the same");
        let not_yet = stage.items(&query.replace("IsPlayed", "IsUnplayed")).await;
        assert_eq!(not_yet.len(), 11 - 3, "of eleven files");
    }
}

#[tokio::test]
async fn emby_tells_when_and_how_often_only_who_asks_for_it() {
    for stage in Stage::both() {
        let episode = stage.episode(1, 1);
        stage.sim.record_view(stage.kiddo, episode, stage.sim.clock().now());
        let (kiddo, id) = (stage.sim.user_id(stage.kiddo), stage.sim.item_id(episode));
        let data = async |fields: &str| {
            let rows = stage
                .items(&format!("/Items?userId={kiddo}&ids={id}&fields={fields}"))
                .await;
            rows[0]["UserData"].clone()
        };
        let plain = data("Path").await;
        assert_eq!(plain["Played"], json!(true));
        assert_eq!(plain.get("LastPlayedDate").is_none(), stage.emby);
        assert_eq!(plain["PlayCount"] == json!(0), stage.emby, "which is not true");
        let asked = data("UserDataPlayCount,UserDataLastPlayedDate").await;
        assert_eq!(asked["PlayCount"], json!(1));
        assert!(asked["LastPlayedDate"].is_string());
        let single = stage.json(&format!("/Users/{kiddo}/Items/{id}")).await;
        assert!(single["UserData"]["LastPlayedDate"].is_string());
    }
}

#[tokio::test]
async fn what_was_begun_can_be_asked_for() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        let handle = sim.play(stage.kiddo, &stage.television(), stage.episode(1, 2));
        sim.report(handle, 20 * MINUTE_MS);
        sim.stop(handle);
        sim.record_view(stage.kiddo, stage.episode(1, 1), sim.clock().now());
        let kiddo = sim.user_id(stage.kiddo);
        for query in [
            format!("/Items?userId={kiddo}&recursive=true&filters=IsResumable"),
            format!("/Users/{kiddo}/Items/Resume"),
        ] {
            let rows = stage.items(&query).await;
            assert_eq!(rows.len(), 1, "{query}");
            assert_eq!(rows[0]["IndexNumber"], json!(2));
            assert_eq!(
                rows[0]["UserData"]["PlaybackPositionTicks"],
                json!(20 * MINUTE_MS * 10_000)
            );
            let share = rows[0]["UserData"]["PlayedPercentage"].as_f64().unwrap();
            assert!((share - 44.44).abs() < 0.01);
        }
    }
}

#[tokio::test]
async fn nobody_has_played_nothing() {
    let [jellyfin, emby] = Stage::both();
    let query = "/Items?recursive=true&includeItemTypes=Episode&filters=IsPlayed";
    let answer = jellyfin.get(query).await;
    assert_eq!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "with an API key there is no user"
    );
    assert_eq!(emby.items(query).await.len(), 11, "the filter is passed over");
    for stage in [jellyfin, emby] {
        let rows = stage.items("/Items?recursive=true&includeItemTypes=Episode").await;
        assert!(rows.iter().all(|row| row.get("UserData").is_none()));
    }
}

#[tokio::test]
async fn seasons_and_series_count_what_is_left() {
    for stage in Stage::both() {
        for number in 1..=3 {
            stage
                .sim
                .record_view(stage.kiddo, stage.episode(1, number), stage.sim.clock().now());
        }
        let (show, kiddo) = (stage.sim.item_id(stage.show), stage.sim.user_id(stage.kiddo));
        let seasons = stage.items(&format!("/Shows/{show}/Seasons?userId={kiddo}")).await;
        let left: Vec<Value> = seasons
            .iter()
            .map(|row| row["UserData"]["UnplayedItemCount"].clone())
            .collect();
        assert_eq!(left, [json!(1), json!(0), json!(7)]);
        assert_eq!(seasons[1]["UserData"]["Played"], json!(true));
        let series = stage.items(&format!("/Items?ids={show}&userId={kiddo}")).await;
        assert_eq!(series[0]["UserData"]["UnplayedItemCount"], json!(8));
    }
}

#[tokio::test]
async fn users_mark_things_by_hand() {
    for stage in Stage::both() {
        let token = stage.sim.add_token(stage.kiddo, &stage.television());
        let header = stage.header(["Web", "web-1"], Some(&token));
        let kiddo = stage.sim.user_id(stage.kiddo);
        let season = stage.sim.item_id(stage.sim.season_key(stage.show, 1).unwrap());
        let path = format!("/Users/{kiddo}/PlayedItems/{season}");
        let answer = stage.send("POST", &path, &header, &Value::Null).await;
        assert_eq!(answer.json()["UnplayedItemCount"], json!(0));
        let episode = stage.episode(1, 2);
        let first = stage.sim.watched(stage.kiddo, episode);
        assert_eq!((first.played, first.last_played), (true, Some(stage.sim.clock().now())));
        stage.later(60);
        stage.send("POST", &path, &header, &Value::Null).await;
        assert_eq!(stage.sim.watched(stage.kiddo, episode), first, "again changes nothing");
        let dated = format!("{path}?datePlayed=20200102030405");
        stage.send("POST", &dated, &header, &Value::Null).await;
        let watched = stage.sim.watched(stage.kiddo, episode);
        assert_eq!(watched.last_played, Some("2020-01-02T03:04:05Z".parse().unwrap()));
        stage.send("DELETE", &path, &header, &Value::Null).await;
        let watched = stage.sim.watched(stage.kiddo, episode);
        assert_eq!((watched.played, watched.count, watched.last_played), (false, 0, None));
    }
}

#[tokio::test]
async fn a_file_that_comes_back_finds_what_was_seen_of_it() {
    for stage in Stage::both() {
        let episode = stage.episode(1, 3);
        stage.sim.record_view(stage.kiddo, episode, stage.sim.clock().now());
        let id = stage.sim.item_id(episode);
        stage.sim.remove_item(episode);
        assert_eq!(stage.sim.episode_key(stage.show, 1, 3), None);
        let again = stage.sim.add_episode(stage.show, 1, 3).unwrap();
        assert!(stage.sim.watched(stage.kiddo, again).played);
        assert_eq!(
            stage.sim.item_id(again) == id,
            !stage.emby,
            "only Jellyfin's ids come from the path"
        );
    }
}

#[tokio::test]
async fn music_is_played_when_it_starts_and_channels_are_never() {
    let stage = Stage::jellyfin();
    let (tune, channel) = (stage.sim.add_track("A Tune", 200), stage.sim.add_channel("Channel 5"));
    let handle = stage.sim.play(ADMIN, &stage.television(), tune);
    assert!(stage.sim.watched(ADMIN, tune).played);
    stage.sim.next_item(handle, channel, true);
    stage.sim.stop(handle);
    assert_eq!(stage.sim.watched(ADMIN, channel).count, 0);
}

#[tokio::test]
async fn what_was_never_played_comes_last_or_first_or_where_the_library_has_it() {
    for stage in Stage::both() {
        let sim = &stage.sim;
        let now = sim.clock().now();
        sim.record_view(stage.kiddo, stage.episode(1, 2), now);
        sim.record_view(stage.kiddo, stage.episode(2, 1), now + SignedDuration::from_hours(1));
        let query = format!(
            "/Items?userId={}&recursive=true&includeItemTypes=Episode&sortBy=DatePlayed&fields=UserDataLastPlayedDate",
            sim.user_id(stage.kiddo)
        );
        let dates = async |direction: &str| -> Vec<bool> {
            let rows = stage.items(&format!("{query}&sortOrder={direction}")).await;
            let is_dated = |row: &Value| row["UserData"].get("LastPlayedDate").is_some();
            rows.iter().map(is_dated).collect()
        };
        for (order, first, last) in [
            (ListOrder::Kept, true, false),
            (ListOrder::UndatedIsMost, false, true),
            (ListOrder::Ignored, false, false),
        ] {
            sim.configure(|settings| settings.order = order);
            let falling = dates("Descending").await;
            assert_eq!((falling[0], *falling.last().unwrap()), (first, last), "{order:?}");
            let mut rising = dates("Ascending").await;
            if order != ListOrder::Ignored {
                rising.reverse();
            }
            assert_eq!(rising, falling, "{order:?}");
        }
    }
}
