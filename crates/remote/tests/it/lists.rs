//! Long lists, read element by element.

use crate::servers::{client, serve};
use axum::Router;
use axum::body::Body;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use remote::{Call, Limits, RemoteError};
use serde_json::Value;

async fn ids_of(pieces: Vec<Bytes>, media_type: &'static str, limits: Limits) -> Result<Vec<i64>, RemoteError> {
    let handler = get(move || {
        let pieces = pieces.clone();
        async move {
            let stream = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
            ([(header::CONTENT_TYPE, media_type)], Body::from_stream(stream))
        }
    });
    let client = client(&serve(Router::new().route("/list", handler)).await);
    let mut ids = Vec::new();
    let receive = |element: &Value| ids.push(element["id"].as_i64().unwrap_or(0));
    client.each_element(Call::get("list").limits(limits), receive).await?;
    Ok(ids)
}

fn cut(text: &str, size: usize) -> Vec<Bytes> {
    text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect()
}

#[tokio::test]
async fn a_list_larger_than_the_limit_of_a_document_is_read_piece_by_piece() {
    let element = format!("{{\"title\":\"{}\",\"id\":7}}", "ä]\\\"".repeat(200));
    let list = format!("[{}]", vec![element; 5000].join(",\n"));
    let limits = Limits {
        max_body: list.len(),
        ..Limits::default()
    };
    assert_eq!(
        ids_of(cut(&list, 1000), "application/json", limits).await.unwrap(),
        vec![7; 5000]
    );
    let limits = Limits {
        max_body: list.len() - 1,
        ..limits
    };
    assert_eq!(
        ids_of(cut(&list, 1000), "application/json", limits)
            .await
            .unwrap_err()
            .code(),
        "badAnswer"
    );
}

#[tokio::test]
async fn a_list_that_is_cut_off_or_none_is_a_bad_answer() {
    for text in [
        "[{\"id\":1},{\"id\":2}",
        "[{\"id\":1},{\"id\"",
        "{\"id\":1}",
        "[{\"id\":1},{nonsense}]",
        "",
    ] {
        let result = ids_of(cut(text, 3), "application/json", Limits::default()).await;
        assert_eq!(result.unwrap_err().code(), "badAnswer", "{text}");
    }
    let page = ids_of(cut("<html>", 3), "text/html", Limits::default()).await;
    assert_eq!(page.unwrap_err().code(), "notThisKindOfServer");
    assert_eq!(
        ids_of(cut(" [ ] ", 1), "application/json", Limits::default())
            .await
            .unwrap(),
        Vec::<i64>::new()
    );
}
