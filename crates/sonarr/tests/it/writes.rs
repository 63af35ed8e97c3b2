//! Orders: what is sent, how often, and how many at once.

use crate::script::Script;
use domain::ids::{EpisodeFileId, EpisodeId, SeriesId};
use domain::series::NewItems;
use remote::RemoteError;
use serde_json::{Value, json};
use sonarr::{CommandId, FileDeletion, SeriesEdit};
use std::collections::BTreeMap;

const SERIES: &str = include_str!("../fixtures/series-v4.json");
const MONITOR: &str = "PUT /api/v3/episode/monitor";

#[tokio::test]
async fn an_edit_sends_the_whole_series_back_with_only_the_edit_changed() {
    let sonarr = Script::new()
        .on("GET /api/v3/series/7", 200, SERIES)
        .on("PUT /api/v3/series/7", 202, SERIES)
        .start();
    let edit = SeriesEdit {
        monitored: Some(true),
        new_items: Some(NewItems::None),
        seasons: BTreeMap::from([(1, true), (2019, true), (5, true)]),
    };
    sonarr.client.edit_series(SeriesId(7), &edit).await.unwrap();
    let mut expected: Value = serde_json::from_str(SERIES).unwrap();
    expected["monitorNewItems"] = json!("none");
    expected["seasons"][2]["monitored"] = json!(true);
    assert_eq!(sonarr.bodies(), [expected]);
    assert_eq!(sonarr.asked(), ["GET /api/v3/series/7", "PUT /api/v3/series/7"]);
}

#[tokio::test]
async fn an_edit_without_difference_sends_nothing() {
    let sonarr = Script::new().on("GET /api/v3/series/7", 200, SERIES).start();
    let edit = SeriesEdit {
        monitored: Some(true),
        seasons: BTreeMap::from([(1, true)]),
        ..SeriesEdit::default()
    };
    assert!(sonarr.client.edit_series(SeriesId(7), &edit).await.unwrap().monitored);
    assert_eq!(sonarr.asked(), ["GET /api/v3/series/7"]);
}

#[tokio::test]
async fn an_edit_of_another_or_no_series_is_refused() {
    let sonarr = Script::new().on("GET /api/v3/series/8", 200, SERIES).start();
    let edit = SeriesEdit {
        monitored: Some(false),
        ..SeriesEdit::default()
    };
    assert_eq!(
        sonarr.client.edit_series(SeriesId(8), &edit).await.unwrap_err().code(),
        "badAnswer"
    );
    assert_eq!(
        sonarr.client.edit_series(SeriesId(9), &edit).await.unwrap_err(),
        RemoteError::NotFound
    );
    assert!(sonarr.bodies().is_empty());
}

#[tokio::test]
async fn episodes_are_sent_once_each_sorted_and_in_portions() {
    let sonarr = Script::new().on(MONITOR, 202, "[]").start();
    let ids: Vec<EpisodeId> = (1..=1100).rev().chain([5, 5, 7]).map(EpisodeId).collect();
    sonarr.client.set_episodes_monitored(&ids, false).await.unwrap();
    let bodies = sonarr.bodies();
    let sizes: Vec<usize> = bodies
        .iter()
        .map(|body| body["episodeIds"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [500, 500, 100]);
    assert_eq!(
        (
            &bodies[0]["episodeIds"][0],
            &bodies[2]["episodeIds"][99],
            &bodies[0]["monitored"]
        ),
        (&json!(1), &json!(1100), &json!(false))
    );
    sonarr.client.set_episodes_monitored(&[], true).await.unwrap();
    assert_eq!(sonarr.asked().len(), 3);
}

#[tokio::test]
async fn a_failed_write_is_not_repeated_and_ends_the_portions() {
    let sonarr = Script::new()
        .on(MONITOR, 500, json!({"message": "database is locked"}))
        .start();
    let ids: Vec<EpisodeId> = (1..=1100).map(EpisodeId).collect();
    let error = sonarr.client.set_episodes_monitored(&ids, true).await.unwrap_err();
    assert_eq!(error.code(), "serverError");
    assert_eq!(sonarr.asked().len(), 1);
}

#[tokio::test]
async fn searches_are_ordered_as_commands() {
    let sonarr = Script::new()
        .on(
            "POST /api/v3/command",
            201,
            json!({"name": "x", "status": "queued", "id": 4711}),
        )
        .start();
    assert_eq!(
        sonarr.client.search_season(SeriesId(7), 2).await.unwrap(),
        CommandId(4711)
    );
    sonarr
        .client
        .search_episodes(&[EpisodeId(3), EpisodeId(1), EpisodeId(3)])
        .await
        .unwrap();
    sonarr.client.rescan(SeriesId(7)).await.unwrap();
    let expected = [
        json!({"name": "SeasonSearch", "seriesId": 7, "seasonNumber": 2}),
        json!({"name": "EpisodeSearch", "episodeIds": [1, 3]}),
        json!({"name": "RescanSeries", "seriesId": 7}),
    ];
    assert_eq!(sonarr.bodies(), expected);
    assert_eq!(
        sonarr.client.search_episodes(&[]).await.unwrap_err().code(),
        "badAnswer"
    );
    assert_eq!(sonarr.asked().len(), 3);
}

#[tokio::test]
async fn an_order_that_is_not_confirmed_is_no_success() {
    let sonarr = Script::new().on("POST /api/v3/command", 201, "").start();
    assert_eq!(
        sonarr.client.search_season(SeriesId(7), 1).await.unwrap_err().code(),
        "badAnswer"
    );
    let page = Script::new().on("POST /api/v3/command", 200, "<html>").start();
    assert_eq!(
        page.client.search_season(SeriesId(7), 1).await.unwrap_err().code(),
        "notThisKindOfServer"
    );
}

#[tokio::test]
async fn deletions_say_what_became_of_the_file() {
    let sonarr = Script::new()
        .on("DELETE /api/v3/episodefile/1", 200, "")
        .on(
            "DELETE /api/v3/episodefile/2",
            404,
            json!({"message": "EpisodeFile with ID 2 does not exist"}),
        )
        .on(
            "DELETE /api/v3/episodefile/3",
            409,
            json!({"message": "Series' root folder (/tv) doesn't exist."}),
        )
        .on("DELETE /api/v3/episodefile/4", 200, "{}")
        .on("DELETE /api/v3/episodefile/5", 404, "<h1>not here</h1>")
        .start();
    let delete = |id| sonarr.client.delete_file(EpisodeFileId(id));
    assert_eq!(delete(1).await.unwrap(), FileDeletion::Deleted);
    assert_eq!(delete(2).await.unwrap(), FileDeletion::AlreadyGone);
    let conflict = RemoteError::Conflict {
        message: "Series' root folder (/tv) doesn't exist.".to_owned(),
    };
    assert_eq!(delete(3).await.unwrap_err(), conflict);
    assert_eq!(delete(4).await.unwrap(), FileDeletion::Deleted);
    assert_eq!(delete(5).await.unwrap_err().code(), "notThisKindOfServer");
}

#[tokio::test]
async fn two_requests_and_one_write_run_at_once() {
    let sonarr = Script::new()
        .slow()
        .on("GET /api/v3/tag", 200, "[]")
        .on(MONITOR, 202, "[]")
        .start();
    let reads = futures(8, || async { sonarr.client.tags().await.map(|_| ()) });
    let writes = futures(4, || async {
        sonarr.client.set_episodes_monitored(&[EpisodeId(1)], true).await
    });
    tokio::join!(reads, writes);
    assert_eq!(sonarr.most_at_once(), (2, 1));
    assert_eq!(sonarr.asked().len(), 12);
}

async fn futures<F>(count: usize, make: impl Fn() -> F)
where
    F: Future<Output = Result<(), RemoteError>>,
{
    let mut running: Vec<_> = (0..count).map(|_| Box::pin(make())).collect();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(result) => {
                result.unwrap();
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
