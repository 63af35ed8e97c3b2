//! Lists that do not begin with what was played last.

use super::{KIDDO, LIGHTS, episodes, lights, page, read, row, since, untouched, with_pages};
use crate::media_browser::{BOTH, Kind, Script};
use serde_json::{Value, json};

/// A user of whom the first page says nothing: 200 untouched episodes of 400.
fn untouched_first(kind: Kind) -> (Vec<Value>, Script) {
    let rows: Vec<Value> = (1..=400).map(untouched).collect();
    let script = with_pages(kind, &[KIDDO], &[(0, page(&rows[..200], 0, 400))]);
    (rows, script)
}

#[tokio::test]
async fn somebody_who_never_played_anything_costs_one_page_and_two_small_questions() {
    for kind in BOTH {
        let (_, script) = untouched_first(kind);
        let server = script
            .on(&kind.finished(KIDDO), 200, page(&[], 0, 0))
            .on(&kind.unfinished(KIDDO), 200, page(&[], 0, 0))
            .start();
        let history = read(&server).await;
        assert_eq!((history.plays.len(), history.unreadable.len()), (0, 0));
        assert_eq!(server.asked().len(), 4);
    }
}

#[tokio::test]
async fn where_rows_are_missing_that_should_come_first_all_are_read() {
    for kind in BOTH {
        let mut half = row(333, 10);
        half["UserData"]["Played"] = json!(false);
        half["UserData"]["PlaybackPositionTicks"] = json!(900_000_000);
        for (play, is_finished) in [(row(333, 10), true), (half, false)] {
            let (mut rows, script) = untouched_first(kind);
            rows[332] = play.clone();
            let (found, none) = (page(&[play], 0, 1), page(&[], 0, 0));
            let (finished, unfinished) = if is_finished { (found, none) } else { (none, found) };
            let server = script
                .on(&kind.page(KIDDO, 180), 200, page(&rows[180..380], 180, 400))
                .on(&kind.page(KIDDO, 360), 200, page(&rows[360..], 360, 400))
                .on(&kind.finished(KIDDO), 200, finished)
                .on(&kind.unfinished(KIDDO), 200, unfinished)
                .on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
                .start();
            assert_eq!(episodes(&read(&server).await), [333]);
        }
    }
}

#[tokio::test]
async fn where_rows_come_in_another_order_all_are_read() {
    for kind in BOTH {
        // Older before newer, or without a time before with one.
        for (first, second) in [(row(1, -9), row(2, -5)), (untouched(1), row(2, -5))] {
            let mut rows: Vec<Value> = (1..=400).map(untouched).collect();
            (rows[0], rows[1], rows[390]) = (first, second, row(391, 7));
            let server = with_pages(
                kind,
                &[KIDDO],
                &[
                    (0, page(&rows[..200], 0, 400)),
                    (180, page(&rows[180..380], 180, 400)),
                    (360, page(&rows[360..], 360, 400)),
                ],
            )
            .on(&kind.items(&[LIGHTS]), 200, json!({"Items": [lights()]}))
            .start();
            assert_eq!(episodes(&read(&server).await), [391]);
        }
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_made_sure_of_is_an_error() {
    for kind in BOTH {
        for question in [kind.finished(KIDDO), kind.unfinished(KIDDO)] {
            for (status, body, code) in [(500, "", "serverError"), (200, "{}", "badAnswer")] {
                let (_, script) = untouched_first(kind);
                let script = script
                    .on(&kind.finished(KIDDO), 200, page(&[], 0, 0))
                    .on(&kind.unfinished(KIDDO), 200, page(&[], 0, 0))
                    .on(&question, status, body);
                let error = script.start().client.history(since()).await.unwrap_err();
                assert_eq!(error.code(), code);
            }
        }
    }
}
