//! What was watched: all that Tautulli saw, or an error.

use super::{Running, Script};
use domain::ids::TvdbId;
use jiff::Timestamp;
use media_servers::MediaServer as _;
use serde_json::{Value, json};

/// 25 July 2026.
const SINCE: i64 = 1_785_000_000;

fn since() -> Timestamp {
    Timestamp::from_second(SINCE).unwrap()
}

/// A row as version 2.15 writes it, as far as it matters; the higher its number, the older.
fn row(number: i64) -> Value {
    let stopped = SINCE + 10_000 - number;
    json!({"row_id": 1000 - number, "id": 1000 - number, "reference_id": 1, "date": stopped - 2600, "started": stopped - 2600,
        "stopped": stopped, "play_duration": 2600, "user_id": 133_788, "user": "river_otter", "friendly_name": "Otter", "live": 0,
        "media_type": "episode", "rating_key": 153_037, "parent_rating_key": 153_036, "grandparent_rating_key": 1219,
        "grandparent_title": "Winter Keep", "title": "The Red Door", "year": 2016, "media_index": number, "parent_media_index": 6,
        "guid": "plex://episode/5d9c1276e9d5a1001f4ff2fa", "percent_complete": 84, "watched_status": 0, "state": null,
        "session_key": null})
}

fn page_at(start: usize, total: usize, rows: &[Value]) -> (String, Value) {
    let what = format!(
        "get_history&grouping=0&include_activity=0&media_type=episode&after=2026-07-17&order_column=date&order_dir=desc\
         &start={start}&length=500"
    );
    (
        what,
        json!({"draw": 1, "recordsTotal": 9000, "recordsFiltered": total, "data": rows}),
    )
}

/// Everybody's history is kept.
fn keeping() -> Script {
    let users = json!([{"user_id": 133_788, "username": "river_otter", "friendly_name": "Otter", "keep_history": 1}]);
    let libraries = json!({"draw": 1, "recordsFiltered": 2, "data": [
        {"section_name": "TV Shows", "section_type": "show", "keep_history": 1},
        {"section_name": "Music", "section_type": "artist", "keep_history": 0}]});
    Script::new()
        .on("get_users", users)
        .on("get_libraries_table&length=500", libraries)
}

fn running(pages: &[(String, Value)]) -> Running {
    let script = pages
        .iter()
        .fold(keeping(), |script, (what, page)| script.on(what, page.clone()));
    script.start()
}

#[tokio::test]
async fn plays_of_episodes_are_read_with_the_time_of_their_end() {
    let mut legacy = row(2);
    legacy["guid"] = json!("com.plexapp.agents.thetvdb://121361/6/2?lang=en");
    let mut before = row(3);
    before["stopped"] = json!((SINCE - 1).to_string());
    let mut unknown_end = row(4);
    unknown_end["stopped"] = json!(0);
    let mut movie = row(5);
    movie["media_type"] = json!("movie");
    let mut live = row(6);
    live["live"] = json!(1);
    let mut going_on = row(7);
    going_on["state"] = json!("playing");
    going_on["row_id"] = json!(null);
    going_on["id"] = json!(null);
    let rows = [row(1), legacy, before, unknown_end, movie, live, going_on];
    let history = running(&[page_at(0, 7, &rows)])
        .tautulli
        .history(since())
        .await
        .unwrap();
    assert_eq!((history.unreadable.len(), history.incomplete), (0, None));
    let episodes: Vec<i32> = history.plays.iter().filter_map(|play| play.episode).collect();
    assert_eq!(episodes, [1, 2, 4]);
    let first = &history.plays[0];
    let viewer = first.viewer.as_ref().unwrap();
    assert_eq!(
        (viewer.server.0, viewer.account.as_str(), first.season),
        (7, "133788", Some(6))
    );
    assert_eq!(
        (first.show.key.as_deref(), first.show.title.as_deref()),
        (Some("1219"), Some("Winter Keep"))
    );
    assert_eq!(first.viewed_at.as_second(), SINCE + 9_999);
    assert_eq!(history.plays[1].show.tvdb, Some(TvdbId(121_361)));
    assert_eq!(history.plays[2].viewed_at.as_second(), SINCE + 10_000 - 4 - 2600);
}

#[tokio::test]
async fn rows_that_may_be_plays_but_cannot_be_read_are_told() {
    let mut rows = vec![row(1), row(2), row(3), json!(null)];
    for field in ["stopped", "date", "started"] {
        rows[0][field] = json!("");
    }
    for field in ["grandparent_rating_key", "grandparent_title", "guid"] {
        rows[1][field] = json!("");
    }
    let history = running(&[page_at(0, 4, &rows)])
        .tautulli
        .history(since())
        .await
        .unwrap();
    assert_eq!(history.plays.len(), 1);
    assert_eq!(
        history.unreadable,
        [
            "history row 1: episode 153037 has no time",
            "history row 2: episode 153037 has no show",
            "history row 4: it has no type"
        ]
    );
}

#[tokio::test]
async fn a_play_without_a_number_or_of_nobody_it_knows_is_still_one_of_its_show() {
    let mut rows = vec![row(1), row(2), row(3), row(4)];
    rows[0]["parent_media_index"] = json!("");
    rows[1]["media_index"] = json!(null);
    rows[2]["user_id"] = json!(null);
    rows[3]["user_id"] = json!(0);
    let history = running(&[page_at(0, 4, &rows)])
        .tautulli
        .history(since())
        .await
        .unwrap();
    assert_eq!(history.unreadable, Vec::<String>::new());
    let told: Vec<_> = history
        .plays
        .iter()
        .map(|play| (play.viewer.is_some(), play.season, play.episode))
        .collect();
    assert_eq!(
        told,
        [
            (true, None, Some(1)),
            (true, Some(6), None),
            (false, Some(6), Some(3)),
            (false, Some(6), Some(4))
        ]
    );
}

#[tokio::test]
async fn what_is_older_than_asked_for_need_not_be_readable() {
    let mut rows = vec![row(1), row(10_001)];
    for field in [
        "media_type",
        "user_id",
        "grandparent_rating_key",
        "grandparent_title",
        "guid",
    ] {
        rows[1][field] = json!(null);
    }
    let history = running(&[page_at(0, 2, &rows)])
        .tautulli
        .history(since())
        .await
        .unwrap();
    assert_eq!((history.plays.len(), history.unreadable), (1, Vec::new()));
}

#[tokio::test]
async fn what_was_begun_for_less_than_half_a_minute_is_no_play() {
    let mut rows = vec![row(1), row(2), row(3), row(4)];
    rows[0]["play_duration"] = json!(3);
    rows[1]["play_duration"] = json!("29");
    rows[2]["play_duration"] = json!(30);
    rows[3]["play_duration"] = json!(null);
    let history = running(&[page_at(0, 4, &rows)])
        .tautulli
        .history(since())
        .await
        .unwrap();
    let episodes: Vec<i32> = history.plays.iter().filter_map(|play| play.episode).collect();
    assert_eq!((episodes, history.unreadable.len()), (vec![3, 4], 0));
}

#[tokio::test]
async fn all_pages_are_read_and_rows_pushed_back_by_a_new_one_are_counted_once() {
    let rows: Vec<Value> = (1..=5).map(row).collect();
    let server = running(&[
        page_at(0, 4, &rows[..2]),
        page_at(2, 5, &rows[1..3]),
        page_at(4, 5, &rows[3..]),
    ]);
    let history = server.tautulli.history(since()).await.unwrap();
    let episodes: Vec<i32> = history.plays.iter().filter_map(|play| play.episode).collect();
    assert_eq!(episodes, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_history_that_cannot_be_all_of_it_is_an_error() {
    let rows: Vec<Value> = (1..=4).map(row).collect();
    let ends_early = [page_at(0, 5, &rows), page_at(4, 5, &[])];
    let repeats = [page_at(0, 9, &rows), page_at(4, 9, &rows)];
    let mut blind = [page_at(0, 0, &[])];
    blind[0].1["draw"] = json!(0);
    let mut no_table = [page_at(0, 0, &[])];
    no_table[0].1 = json!([]);
    let mut no_count = [page_at(0, 4, &rows)];
    no_count[0].1["recordsFiltered"] = json!(null);
    for pages in [&ends_early[..], &repeats, &blind, &no_table, &no_count] {
        let answer = running(pages).tautulli.history(since()).await;
        assert_eq!(answer.unwrap_err().code(), "badAnswer", "{pages:?}");
    }
    let empty = running(&[page_at(0, 0, &[])]).tautulli.history(since()).await.unwrap();
    assert_eq!((empty.plays.len(), empty.unreadable.len()), (0, 0));
    let (what, _) = page_at(0, 0, &[]);
    let failing = keeping().failing(&what, 500, "Check the logs for errors").start();
    assert_eq!(
        failing.tautulli.history(since()).await.unwrap_err().code(),
        "serverError"
    );
}

#[tokio::test]
async fn what_tautulli_was_told_not_to_write_down_is_said() {
    let (what, page) = page_at(0, 1, &[row(1)]);
    let of = async |script: Script| {
        let history = script
            .on(&what, page.clone())
            .start()
            .tautulli
            .history(since())
            .await
            .unwrap();
        assert_eq!(history.plays.len(), 1, "what there is counts");
        history.incomplete.unwrap()
    };
    let users = json!([{"user_id": 1, "friendly_name": "Otter", "keep_history": 1}, {"user_id": 2, "friendly_name": "Kiddo", "keep_history": 0}]);
    assert_eq!(
        of(keeping().on("get_users", users)).await,
        "Tautulli is set to keep no history of Kiddo."
    );
    let libraries = json!({"draw": 1, "recordsFiltered": 1, "data": [{"section_name": "Anime", "section_type": "show", "keep_history": "0"}]});
    assert_eq!(
        of(keeping().on("get_libraries_table&length=500", libraries)).await,
        "Tautulli is set to keep no history of Anime."
    );
}
