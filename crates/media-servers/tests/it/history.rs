//! What was watched: all of it, or an error.

use crate::script::{Running, Script};
use domain::ids::TvdbId;
use jiff::Timestamp;
use media_servers::MediaServer as _;
use serde_json::{Value, json};

const SINCE: i64 = 1_785_000_000;

fn row(number: i64) -> Value {
    json!({"historyKey": format!("/status/sessions/history/{number}"), "key": "/library/metadata/48122", "ratingKey": "48122",
        "grandparentKey": "/library/metadata/48001", "grandparentTitle": "Harbour Lights", "type": "episode", "index": number,
        "parentIndex": 2, "viewedAt": SINCE + 10_000 - number, "accountID": 30518877, "deviceID": 41})
}

fn page(start: usize, total: Option<usize>, rows: &[Value]) -> (String, Value) {
    let what = format!("/status/sessions/history/all?sort=viewedAt%3Adesc&viewedAt%3E={SINCE} from {start}");
    let mut container = json!({"size": rows.len(), "offset": start, "Metadata": rows});
    if let Some(total) = total {
        container["totalSize"] = json!(total);
    }
    (what, json!({"MediaContainer": container}))
}

fn running(pages: &[(String, Value)]) -> Running {
    pages
        .iter()
        .fold(Script::new(), |script, (what, body)| script.on(what, 200, body))
        .start()
}

fn since() -> Timestamp {
    Timestamp::from_second(SINCE).unwrap()
}

#[tokio::test]
async fn plays_of_episodes_are_read_and_everything_else_is_passed_over() {
    let mut old_agent = row(2);
    old_agent["grandparentGuid"] = json!("com.plexapp.agents.thetvdb://121361?lang=en");
    let mut before = row(3);
    before["viewedAt"] = json!((SINCE - 1).to_string());
    let mut deleted = row(4);
    for key in ["key", "ratingKey", "grandparentKey"] {
        deleted.as_object_mut().unwrap().remove(key);
    }
    let movie = json!({"historyKey": "m", "type": "movie", "viewedAt": SINCE, "accountID": 1});
    let live =
        json!({"historyKey": "l", "type": "episode", "key": "/livetv/sessions/1", "viewedAt": SINCE, "accountID": 1});
    let rows = [row(1), old_agent, before, deleted, movie, live];
    let history = running(&[page(0, Some(6), &rows)]).plex.history(since()).await.unwrap();
    assert_eq!(history.unreadable, Vec::<String>::new());
    assert_eq!(
        history.plays.iter().filter_map(|play| play.episode).collect::<Vec<_>>(),
        [1, 2, 4]
    );
    let first = &history.plays[0];
    let viewer = first.viewer.as_ref().unwrap();
    assert_eq!(
        (viewer.account.as_str(), first.season, first.show.key.as_deref()),
        ("30518877", Some(2), Some("48001"))
    );
    assert_eq!(first.viewed_at.as_second(), SINCE + 9_999);
    assert_eq!(history.plays[1].show.tvdb, Some(TvdbId(121_361)));
    assert_eq!(history.plays[2].show.key, None);
}

#[tokio::test]
async fn rows_that_may_be_plays_but_cannot_be_read_are_told() {
    let mut rows = vec![row(1), row(2), row(3), json!(null)];
    rows[0]["viewedAt"] = json!("yesterday");
    for key in ["grandparentKey", "grandparentTitle"] {
        rows[1].as_object_mut().unwrap().remove(key);
    }
    let history = running(&[page(0, Some(4), &rows)]).plex.history(since()).await.unwrap();
    assert_eq!(history.plays.len(), 1);
    assert_eq!(
        history.unreadable,
        [
            "history row 1: episode 48122 has no time",
            "history row 2: episode 48122 has no show",
            "history row 4: it has no type"
        ]
    );
}

#[tokio::test]
async fn a_play_without_a_number_or_a_viewer_is_still_one_of_its_show() {
    let mut rows = vec![row(1), row(2), row(3), row(4)];
    rows[0].as_object_mut().unwrap().remove("parentIndex");
    rows[1].as_object_mut().unwrap().remove("index");
    rows[2].as_object_mut().unwrap().remove("accountID");
    rows[3]["accountID"] = json!(0);
    let history = running(&[page(0, Some(4), &rows)]).plex.history(since()).await.unwrap();
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
            (true, Some(2), None),
            (false, Some(2), Some(3)),
            (false, Some(2), Some(4))
        ]
    );
    assert!(
        history
            .plays
            .iter()
            .all(|play| play.show.key.as_deref() == Some("48001"))
    );
}

#[tokio::test]
async fn what_is_older_than_asked_for_need_not_be_readable() {
    let mut rows = vec![row(1), row(10_001)];
    for key in ["type", "grandparentKey", "grandparentTitle"] {
        rows[1].as_object_mut().unwrap().remove(key);
    }
    let history = running(&[page(0, Some(2), &rows)]).plex.history(since()).await.unwrap();
    assert_eq!((history.plays.len(), history.unreadable), (1, Vec::new()));
}

#[tokio::test]
async fn all_pages_are_read_by_what_came_and_not_by_what_was_asked_for() {
    let rows: Vec<Value> = (1..=5).map(row).collect();
    let server = running(&[
        page(0, Some(5), &rows[..2]),
        page(2, Some(5), &rows[2..4]),
        page(4, Some(5), &rows[4..]),
    ]);
    let history = server.plex.history(since()).await.unwrap();
    assert_eq!(
        history.plays.iter().filter_map(|play| play.episode).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
}

#[tokio::test]
async fn rows_pushed_back_by_a_new_one_are_counted_once() {
    let rows: Vec<Value> = (1..=4).map(row).collect();
    let server = running(&[page(0, Some(4), &rows[..3]), page(3, Some(5), &rows[2..])]);
    assert_eq!(server.plex.history(since()).await.unwrap().plays.len(), 4);
}

#[tokio::test]
async fn a_history_that_cannot_be_complete_is_an_error() {
    let rows: Vec<Value> = (1..=4).map(row).collect();
    let ends_early = [page(0, Some(5), &rows), page(4, Some(5), &[])];
    let repeats = [page(0, Some(9), &rows), page(4, Some(9), &rows)];
    let mut elsewhere = [page(0, Some(9), &rows), page(4, Some(9), &rows)];
    elsewhere[1].1["MediaContainer"]["offset"] = json!(0);
    let breaks_off = [page(0, Some(9), &rows)];
    for (pages, code) in [
        (&ends_early[..], "badAnswer"),
        (&repeats, "badAnswer"),
        (&elsewhere, "badAnswer"),
        (&breaks_off, "notFound"),
    ] {
        assert_eq!(running(pages).plex.history(since()).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn no_rows_and_no_pages_are_complete() {
    assert_eq!(
        running(&[page(0, Some(0), &[])])
            .plex
            .history(since())
            .await
            .unwrap()
            .plays
            .len(),
        0
    );
    let empty = Script::new()
        .on(&page(0, None, &[]).0, 200, r#"<MediaContainer size="0"/>"#)
        .start();
    assert_eq!(empty.plex.history(since()).await.unwrap().plays.len(), 0);
    let rows: Vec<Value> = (1..=700).map(row).collect();
    assert_eq!(
        running(&[page(0, None, &rows)])
            .plex
            .history(since())
            .await
            .unwrap()
            .plays
            .len(),
        700
    );
}
