//! What was watched, from what is kept of every item for every user: all of it, or an error.

mod order;

use super::{BOTH, Kind, Running, Script};
use domain::ids::TvdbId;
use domain::session::HistoryPlay;
use jiff::{SignedDuration, Timestamp};
use media_servers::History;
use remote::RemoteError;
use serde_json::{Value, json};

const KIDDO: &str = "08ba1929681e4b24929b9245852f65c0";
const OTTER: &str = "c0ffee00c0ffee00c0ffee00c0ffee00";
const LIGHTS: &str = "c78d400fde5c421e87144fb05d387233";

fn since() -> Timestamp {
    Timestamp::from_second(1_785_000_000).unwrap()
}

/// A time after (or before, when negative) the one that is asked for, as the servers write it.
fn at(seconds: i64) -> Value {
    let at = since() + SignedDuration::from_secs(seconds);
    json!(format!("{at:.7}"))
}

/// An episode that was watched to its end.
fn row(number: i64, seconds: i64) -> Value {
    json!({"Name": format!("Episode {number}"), "Id": format!("e{number}"), "Type": "Episode", "IndexNumber": number,
        "ParentIndexNumber": 2, "SeriesName": "Harbour Lights", "SeriesId": LIGHTS, "SeasonId": "season2", "RunTimeTicks": 26_340_000_000_i64,
        "UserData": {"PlaybackPositionTicks": 0, "PlayCount": 1, "IsFavorite": false, "LastPlayedDate": at(seconds), "Played": true}})
}

/// An episode that was never played.
fn untouched(number: i64) -> Value {
    let mut row = row(number, 0);
    row["UserData"] = json!({"PlaybackPositionTicks": 0, "PlayCount": 0, "IsFavorite": false, "Played": false});
    row
}

fn page(rows: &[Value], start: usize, total: usize) -> Value {
    json!({"Items": rows, "TotalRecordCount": total, "StartIndex": start})
}

/// A server with users, of whom the first has these pages, and the others have nothing.
fn with_pages(kind: Kind, users: &[&str], pages: &[(usize, Value)]) -> Script {
    let listed: Vec<Value> = users.iter().map(|user| json!({"Id": user, "Name": user})).collect();
    let listed = match kind {
        Kind::Jellyfin => json!(listed),
        Kind::Emby => json!({"Items": listed, "TotalRecordCount": listed.len()}),
    };
    let mut script = Script::of(kind).on(&kind.users(), 200, listed);
    for (start, page) in pages {
        script = script.on(&kind.page(users[0], *start), 200, page);
    }
    for user in &users[1..] {
        script = script.on(&kind.page(user, 0), 200, page(&[], 0, 0));
    }
    script
}

fn lights() -> Value {
    json!({"Name": "Harbour Lights", "Id": LIGHTS, "Type": "Series", "ProductionYear": 2024, "ProviderIds": {"Tvdb": "880001"}})
}

/// A server whose one user has one page of these rows.
fn one_page(kind: Kind, rows: &[Value]) -> Running {
    with_pages(kind, &[KIDDO], &[(0, page(rows, 0, rows.len()))])
        .on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
        .start()
}

async fn read(server: &Running) -> History {
    server.client.history(since()).await.unwrap()
}

fn episodes(history: &History) -> Vec<i32> {
    let at = |play: &HistoryPlay| play.at().map(|at| at.episode);
    history.plays.iter().filter_map(at).collect()
}

#[tokio::test]
async fn plays_of_all_users_are_read_with_the_ids_of_their_shows() {
    for kind in BOTH {
        let mut half = row(9, 400);
        half["UserData"]["Played"] = json!(false);
        half["UserData"]["PlaybackPositionTicks"] = json!(300_000_000);
        let pages = [(0, page(&[row(2, 900), row(1, 100), row(8, -1)], 0, 3))];
        let server = with_pages(kind, &[KIDDO, OTTER], &pages)
            .on(&kind.page(OTTER, 0), 200, page(&[half], 0, 1))
            .on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
            .start();
        let history = read(&server).await;
        assert_eq!(history.unreadable, Vec::<String>::new());
        assert_eq!(history.incomplete, None);
        // Newest first, whoever watched.
        let plays: Vec<_> = history
            .plays
            .iter()
            .map(|play| {
                (
                    play.viewer.as_ref().unwrap().account.as_str(),
                    play.season.unwrap(),
                    play.episode.unwrap(),
                )
            })
            .collect();
        assert_eq!(plays, [(KIDDO, 2, 2), (OTTER, 2, 9), (KIDDO, 2, 1)]);
        let show = &history.plays[0].show;
        assert_eq!(
            (show.tvdb, show.year, show.key.as_deref(), show.title.as_deref()),
            (Some(TvdbId(880_001)), Some(2024), Some(LIGHTS), Some("Harbour Lights"))
        );
        assert_eq!(history.plays[0].viewed_at, since() + SignedDuration::from_secs(900));
        // The show was asked for once.
        let shows = server.asked().iter().filter(|what| what.contains("ids=")).count();
        assert_eq!((server.asked().len(), shows), (4, 1));
    }
}

#[tokio::test]
async fn of_what_was_only_begun_the_show_counts_and_what_was_never_played_is_nothing() {
    for kind in BOTH {
        // Whether it was finished before is not to be seen anymore.
        let mut again = row(3, 500);
        again["UserData"]["Played"] = json!(false);
        again["UserData"]["PlayCount"] = json!(2);
        let mut barely = again.clone();
        barely["Id"] = json!("e4");
        barely["UserData"]["PlaybackPositionTicks"] = json!(299_999_999);
        barely["UserData"].as_object_mut().unwrap().remove("PlayCount");
        let mut begun = again.clone();
        begun["Id"] = json!("e8");
        begun["UserData"]["PlayCount"] = json!(1);
        let mut enough = begun.clone();
        enough["Id"] = json!("e5");
        enough["IndexNumber"] = json!(5);
        enough["UserData"]["PlaybackPositionTicks"] = json!(300_000_000);
        let mut long_ago = begun.clone();
        long_ago["Id"] = json!("e6");
        long_ago["UserData"]["LastPlayedDate"] = at(-1);
        let movie = json!({"Id": "m", "Type": "Movie", "UserData": {"Played": true, "LastPlayedDate": at(5)}});
        let rows = [again, barely, begun, enough, row(1, 1), movie, long_ago, untouched(7)];
        let history = read(&one_page(kind, &rows)).await;
        assert_eq!(history.unreadable, Vec::<String>::new());
        let plays: Vec<_> = history
            .plays
            .iter()
            .map(|play| (play.viewer.is_some(), play.season, play.episode))
            .collect();
        assert_eq!(
            plays,
            [
                (true, Some(2), None),
                (true, Some(2), None),
                (false, Some(2), None),
                (true, Some(2), Some(5)),
                (true, Some(2), Some(1)),
            ]
        );
        let shows: Vec<_> = history.plays.iter().map(|play| play.show.tvdb).collect();
        assert_eq!(shows, [Some(TvdbId(880_001)); 5]);
    }
}

#[tokio::test]
async fn of_an_episode_without_a_number_the_show_was_watched() {
    for kind in BOTH {
        let mut unnumbered = row(1, 300);
        unnumbered.as_object_mut().unwrap().remove("IndexNumber");
        let mut nowhere = row(4, 200);
        nowhere.as_object_mut().unwrap().remove("ParentIndexNumber");
        nowhere["SeasonId"] = json!("gone");
        let rows = [row(3, 400), unnumbered, nowhere, row(2, 100)];
        let server = with_pages(kind, &[KIDDO], &[(0, page(&rows, 0, 4))])
            .on(&kind.items(&[LIGHTS, "gone"]), 200, json!({"Items": [lights()]}))
            .start();
        let history = read(&server).await;
        assert_eq!(history.unreadable, Vec::<String>::new());
        let at: Vec<_> = history
            .plays
            .iter()
            .map(|play| play.at().map(|at| at.episode))
            .collect();
        assert_eq!(at, [Some(3), None, None, Some(2)]);
        assert!(history.plays.iter().all(|play| play.show.tvdb == Some(TvdbId(880_001))));
    }
}

#[tokio::test]
async fn what_is_old_may_be_odd() {
    for kind in BOTH {
        let mut odd = row(1, -5);
        for name in ["Id", "IndexNumber", "SeriesId", "SeriesName"] {
            odd.as_object_mut().unwrap().remove(name);
        }
        let history = read(&one_page(kind, &[row(2, 5), odd])).await;
        assert_eq!((episodes(&history), history.unreadable.len()), (vec![2], 0));
    }
}

#[tokio::test]
async fn all_numbers_of_a_file_were_watched_and_a_season_without_number_is_asked_for() {
    for kind in BOTH {
        let mut double = row(7, 300);
        double["IndexNumberEnd"] = json!(8);
        let mut odd = row(3, 200);
        odd.as_object_mut().unwrap().remove("ParentIndexNumber");
        odd["SeasonId"] = json!("d0");
        let season = json!({"Id": "d0", "Type": "Season", "IndexNumber": 0, "SeriesId": LIGHTS});
        let server = with_pages(kind, &[KIDDO], &[(0, page(&[double, odd], 0, 2))])
            .on(&kind.items(&[LIGHTS, "d0"]), 200, json!({"Items": [lights(), season]}))
            .start();
        let plays: Vec<_> = read(&server)
            .await
            .plays
            .iter()
            .filter_map(|play| play.season.zip(play.episode))
            .collect();
        assert_eq!(plays, [(2, 7), (2, 8), (0, 3)]);
    }
}

#[tokio::test]
async fn a_show_that_is_gone_keeps_its_title() {
    let server = with_pages(Kind::Jellyfin, &[KIDDO], &[(0, page(&[row(1, 1)], 0, 1))])
        .on(&Kind::Jellyfin.items(&[LIGHTS]), 200, json!({"Items": []}))
        .start();
    let history = read(&server).await;
    let show = &history.plays[0].show;
    assert_eq!((show.title.as_deref(), show.tvdb), (Some("Harbour Lights"), None));
}

#[tokio::test]
async fn rows_that_may_be_plays_but_cannot_be_read_are_told() {
    for kind in BOTH {
        let mut rows = vec![row(1, 9), row(2, 8), row(3, 7), row(4, 6), row(5, 5), json!(null)];
        rows[0]["UserData"]["LastPlayedDate"] = json!("yesterday");
        rows[1].as_object_mut().unwrap().remove("UserData");
        rows[2].as_object_mut().unwrap().remove("Id");
        for name in ["SeriesId", "SeriesName"] {
            rows[3].as_object_mut().unwrap().remove(name);
        }
        let history = read(&one_page(kind, &rows)).await;
        assert_eq!(episodes(&history), [5]);
        assert_eq!(
            history.unreadable,
            [
                "episode e1 was played at no time",
                "it does not say whether episode e2 was played",
                "an episode without an id",
                "a row without a type",
                "episode e4 has no show",
            ]
        );
    }
}

#[tokio::test]
async fn pages_are_read_until_one_has_nothing_recent() {
    for kind in BOTH {
        let rows: Vec<Value> = (1..=500).map(|number| row(number, 10_000 - number)).collect();
        let old: Vec<Value> = (501..=700).map(|number| row(number, -number)).collect();
        let all = [rows, old].concat();
        let slice = |start: usize| (start, page(&all[start..(start + 200).min(700)], start, 9000));
        // Each page begins with the last rows of the one before.
        let pages = [slice(0), slice(180), slice(360), slice(540)];
        let server =
            with_pages(kind, &[KIDDO], &pages[..3]).on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}));
        // The third page still has recent rows.
        let running = server.on(&kind.page(KIDDO, 540), 200, &pages[3].1).start();
        let history = read(&running).await;
        assert_eq!(history.plays.len(), 500);
        assert_eq!(running.asked().iter().filter(|what| what.contains("userId")).count(), 4);
    }
}

#[tokio::test]
async fn a_page_that_is_smaller_than_asked_for_is_followed_by_the_next() {
    let rows: Vec<Value> = (1..=5).map(|number| row(number, 100 - number)).collect();
    let pages = [
        (0, page(&rows[..2], 0, 5)),
        (1, page(&rows[1..3], 1, 5)),
        (2, page(&rows[2..4], 2, 5)),
        (3, page(&rows[3..], 3, 5)),
    ];
    let server = with_pages(Kind::Jellyfin, &[KIDDO], &pages)
        .on(&Kind::Jellyfin.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
        .start();
    assert_eq!(episodes(&read(&server).await), [1, 2, 3, 4, 5]);
    // Without a total, or with one that is none, a full page has a successor.
    for total in [json!(null), json!(0)] {
        let mut page = page(&rows, 0, 0);
        page["TotalRecordCount"] = total;
        let server = with_pages(Kind::Jellyfin, &[KIDDO], &[(0, page)])
            .on(&Kind::Jellyfin.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
            .start();
        assert_eq!(read(&server).await.plays.len(), 5);
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_complete_is_an_error() {
    let rows: Vec<Value> = (1..=250).map(|number| row(number, 1000 - number)).collect();
    let first = (0, page(&rows[..200], 0, 250));
    let undated = |played: bool| {
        let mut row = untouched(i64::from(played));
        row["UserData"]["Played"] = json!(played);
        row
    };
    let cases = [
        ("breaks off", vec![first.clone()], "notFound"),
        (
            "ends early",
            vec![first.clone(), (180, page(&[], 180, 250))],
            "badAnswer",
        ),
        (
            "comes from elsewhere",
            vec![first.clone(), (180, page(&rows[..200], 0, 250))],
            "badAnswer",
        ),
        (
            "repeats itself",
            vec![first.clone(), (180, page(&rows[..200], 180, 250))],
            "badAnswer",
        ),
        (
            "moved on",
            vec![first, (180, page(&rows[200..], 180, 250))],
            "badAnswer",
        ),
        (
            "has no times",
            vec![(0, page(&[undated(false), undated(true)], 0, 2))],
            "badAnswer",
        ),
        ("is no list", vec![(0, json!({"TotalRecordCount": 0}))], "badAnswer"),
    ];
    for (what, pages, code) in cases {
        for kind in BOTH {
            let server = with_pages(kind, &[KIDDO], &pages)
                .on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
                .start();
            let error = server.client.history(since()).await.unwrap_err();
            assert_eq!(error.code(), code, "{what}: {error}");
        }
    }
}

#[tokio::test]
async fn one_failing_user_or_show_fails_the_whole() {
    for kind in BOTH {
        let rows = page(&[row(1, 1)], 0, 1);
        let user = with_pages(kind, &[KIDDO, OTTER], &[(0, rows.clone())]).on(&kind.page(OTTER, 0), 500, "");
        let show = with_pages(kind, &[KIDDO], &[(0, rows)]).on(&kind.items(&[LIGHTS]), 503, "");
        let users = Script::of(kind).on(&kind.users(), 403, "");
        assert_eq!(
            user.start().client.history(since()).await.unwrap_err().code(),
            "serverError"
        );
        assert_eq!(
            show.start().client.history(since()).await.unwrap_err(),
            RemoteError::StartingUp
        );
        assert_eq!(
            users.start().client.history(since()).await.unwrap_err(),
            RemoteError::Forbidden
        );
    }
}

#[tokio::test]
async fn a_user_who_cannot_be_read_is_told_and_no_users_are_an_error() {
    let kind = Kind::Jellyfin;
    let odd = with_pages(kind, &[KIDDO], &[(0, page(&[], 0, 0))]);
    let odd = odd
        .on(&kind.users(), 200, json!([{"Name": "odd"}, {"Id": KIDDO}]))
        .start();
    let history = read(&odd).await;
    assert_eq!(history.unreadable, ["element 1: a user without an id"]);
    let none = Script::of(kind).on(&kind.users(), 200, "[]").start();
    assert_eq!(none.client.history(since()).await.unwrap_err().code(), "badAnswer");
}
