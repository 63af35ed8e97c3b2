//! How often the sessions are asked for over a socket.

use super::{Server, every, open, session};
use crate::media_browser::Kind;
use futures::StreamExt as _;
use media_servers::Hints;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// What a server with these sessions, which sends them every second, hears in so many seconds, but for signs of life.
async fn hears(hints: &mut Hints, server: &mut Server, sessions: &Value, seconds: u32) -> Vec<Value> {
    let mut heard = Vec::new();
    for _ in 0..seconds {
        server.sessions(sessions.clone()).await;
        let until = Instant::now() + Duration::from_secs(1);
        let both = async {
            tokio::join!(async { while hints.next().await.is_some() {} }, async {
                while let Some(message) = server.hear().await {
                    if message["MessageType"] != json!("KeepAlive") {
                        heard.push(message);
                    }
                }
            })
        };
        timeout_at(until, both).await.unwrap_err();
    }
    heard
}

#[tokio::test(start_paused = true)]
async fn an_emby_where_nothing_plays_for_long_is_asked_for_less_until_something_does() {
    let stop = json!({"MessageType": "SessionsStop"});
    let (idle, busy) = (json!([{"DeviceId": "idle"}]), json!([session("u1", "i1", true, 1)]));
    let (mut hints, mut server) = open(Kind::Emby).await;
    assert_eq!(hears(&mut hints, &mut server, &idle, 290).await, [] as [Value; 0]);
    assert_eq!(
        hears(&mut hints, &mut server, &idle, 600).await,
        [stop.clone(), every(5000)]
    );
    assert_eq!(
        hears(&mut hints, &mut server, &busy, 900).await,
        [stop.clone(), every(1000)],
        "a pause is no end"
    );
    assert_eq!(hears(&mut hints, &mut server, &idle, 290).await, [] as [Value; 0]);
    assert_eq!(hears(&mut hints, &mut server, &idle, 20).await, [stop, every(5000)]);

    let (mut hints, mut server) = open(Kind::Jellyfin).await;
    assert_eq!(hears(&mut hints, &mut server, &idle, 900).await, [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_emby_that_falls_silent_when_asked_for_less_is_asked_again() {
    let (mut hints, mut server) = open(Kind::Emby).await;
    while hears(&mut hints, &mut server, &json!([]), 1).await.last() != Some(&every(5000)) {}
    // It heard the first half only.
    let began = Instant::now();
    let hearing = async {
        loop {
            let message = server.hear().await.unwrap();
            if message == every(5000) {
                return began.elapsed().as_secs();
            }
        }
    };
    tokio::select! {
        () = async { while hints.next().await.is_some() {} } => panic!("the socket was closed"),
        seconds = timeout(Duration::from_secs(60), hearing) => assert!(seconds.unwrap() <= 5),
    }
}
