use super::{OTTER, Stage, tablet, television};
use axum::body::Body;
use cliffhangarr_simulators::plex::{OWNER, PlayState};
use futures::StreamExt;
use http::{Request, StatusCode};
use http_body_util::BodyDataStream;
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;

/// An open event stream.
struct Ear {
    chunks: BodyDataStream<Body>,
    rest: String,
}

impl Ear {
    async fn open(stage: &Stage, query: &str) -> Self {
        let path = format!("/:/eventsource/notifications{query}");
        let request = Request::get(path)
            .header("X-Plex-Token", stage.sim.token())
            .body(Body::empty())
            .unwrap();
        let response = stage.sim.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            chunks: BodyDataStream::new(response.into_body()),
            rest: String::new(),
        }
    }

    /// The next event's name and data; nothing when the stream has ended.
    async fn hear(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.rest.find("\n\n") {
                let event: String = self.rest.drain(..end + 2).collect();
                let mut lines = event.lines();
                let name = lines.next().unwrap().strip_prefix("event: ").unwrap().to_owned();
                let data = lines.next().unwrap().strip_prefix("data: ").unwrap();
                return Some((name, serde_json::from_str(data).unwrap()));
            }
            let next = tokio::time::timeout(Duration::from_secs(30), self.chunks.next())
                .await
                .unwrap();
            self.rest.push_str(std::str::from_utf8(&next?.unwrap()).unwrap());
        }
    }

    /// The next notification about a player.
    async fn playing(&mut self) -> Value {
        loop {
            let (name, data) = self.hear().await.unwrap();
            if name == "playing" {
                return data["PlaySessionStateNotification"].clone();
            }
        }
    }

    async fn states(&mut self, count: usize) -> Vec<String> {
        let mut states = Vec::new();
        for _ in 0..count {
            states.push(self.playing().await["state"].as_str().unwrap().to_owned());
        }
        states
    }
}

#[tokio::test]
async fn all_states_come_as_playing_without_user_or_title() {
    let stage = Stage::new();
    let mut ear = Ear::open(&stage, "").await;
    let episode = stage.episode(1, 1);
    let handle = stage.sim.play_from(OWNER, &television(), episode, 5000);
    stage.sim.pause(handle);
    stage.sim.stop(handle);
    let first = ear.playing().await;
    assert_eq!(first["state"], json!("buffering"));
    assert_eq!(first["ratingKey"], json!(episode.to_string()));
    assert_eq!(
        (&first["sessionKey"], &first["viewOffset"]),
        (&json!("1"), &json!(5000))
    );
    assert_eq!(first["clientIdentifier"], json!("tv-1"));
    let fields = first.as_object().unwrap();
    assert!(
        ["User", "user", "title", "accountID", "duration"]
            .iter()
            .all(|name| !fields.contains_key(*name))
    );
    assert_eq!(ear.states(3).await, ["playing", "paused", "stopped"]);
}

#[tokio::test]
async fn filters_are_honoured() {
    let stage = Stage::new();
    let mut playing = Ear::open(&stage, "?filters=playing").await;
    let mut timeline = Ear::open(&stage, "?filters=timeline").await;
    let mut others = Ear::open(&stage, "?filters=-playing").await;
    stage.sim.add_episode(stage.show, 2, 5).unwrap();
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert_eq!(playing.hear().await.unwrap().0, "playing");
    let (name, data) = timeline.hear().await.unwrap();
    assert_eq!((name.as_str(), &data["TimelineEntry"]["type"]), ("timeline", &json!(4)));
    assert_eq!(data["TimelineEntry"]["rootItemID"], json!(stage.show.to_string()));
    assert_eq!(others.hear().await.unwrap().0, "timeline");
}

#[tokio::test(start_paused = true)]
async fn a_ping_comes_every_ten_seconds() {
    let stage = Stage::new();
    let mut ear = Ear::open(&stage, "?filters=playing").await;
    let start = tokio::time::Instant::now();
    for _ in 0..3 {
        assert_eq!(ear.hear().await.unwrap(), ("ping".to_owned(), json!({})));
    }
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn nothing_is_replayed_after_a_reconnect_and_a_restart_ends_the_stream() {
    let stage = Stage::new();
    let mut ear = Ear::open(&stage, "").await;
    let handle = stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert_eq!(ear.states(2).await, ["buffering", "playing"]);
    stage.sim.restart_server();
    assert!(ear.hear().await.is_none());
    let mut again = Ear::open(&stage, "").await;
    stage.sim.report(handle, PlayState::Playing, 10_000);
    let first = again.playing().await;
    assert_eq!(
        (&first["viewOffset"], &first["sessionKey"]),
        (&json!(10_000), &json!("1"))
    );
}

#[tokio::test]
async fn a_seek_is_a_pause_and_a_play_with_a_jump() {
    let stage = Stage::new();
    let handle = stage.sim.play_from(OWNER, &television(), stage.episode(1, 1), 60_000);
    let mut ear = Ear::open(&stage, "").await;
    stage.sim.seek(handle, 900_000);
    let (pause, play) = (ear.playing().await, ear.playing().await);
    assert_eq!(
        (&pause["state"], &pause["viewOffset"]),
        (&json!("paused"), &json!(60_000))
    );
    assert_eq!(
        (&play["state"], &play["viewOffset"]),
        (&json!("playing"), &json!(900_000))
    );
}

#[tokio::test]
async fn stops_come_under_new_keys_three_times_or_never() {
    let stage = Stage::new();
    let sim = &stage.sim;
    let first = sim.play(OWNER, &television(), stage.episode(1, 1));
    let second = sim.play(OTTER, &tablet(), stage.episode(1, 1));
    let third = sim.play(super::KIDDO, &tablet(), stage.episode(1, 1));
    let mut ear = Ear::open(&stage, "").await;
    sim.repeat_notification(first);
    assert_eq!(ear.playing().await["sessionKey"], json!("1"));
    sim.stop_under_new_key(first);
    let stop = ear.playing().await;
    assert_eq!((&stop["sessionKey"], &stop["state"]), (&json!("4"), &json!("stopped")));
    sim.stop_three_times(second);
    let stops = [ear.playing().await, ear.playing().await, ear.playing().await];
    assert_eq!(stops[0]["sessionKey"], json!("2"));
    assert_eq!((&stops[1]["ratingKey"], &stops[1]["key"]), (&json!(""), &json!("")));
    assert!(stops[2].get("sessionKey").is_none());
    sim.stop_silently(third);
    assert_eq!(stage.sessions().await.len(), 0);
    sim.play(OWNER, &television(), stage.episode(1, 2));
    assert_eq!(
        ear.playing().await["sessionKey"],
        json!("5"),
        "nothing was said about the third"
    );
}

#[tokio::test]
async fn conversions_have_events_of_their_own() {
    let stage = Stage::new();
    let mut ear = Ear::open(&stage, "?filters=transcodeSession.start,transcodeSession.end").await;
    let handle = stage
        .sim
        .play_transcoded(OWNER, &television(), stage.episode(1, 1), 720);
    stage.sim.stop(handle);
    assert_eq!(ear.hear().await.unwrap().0, "transcodeSession.start");
    assert_eq!(ear.hear().await.unwrap().0, "transcodeSession.end");
}

#[tokio::test]
async fn odd_event_names_are_mixed_in() {
    let stage = Stage::new();
    stage.sim.configure(|settings| settings.oddities = true);
    let mut ear = Ear::open(&stage, "").await;
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert_eq!(ear.hear().await.unwrap().0, "playing");
    assert_eq!(ear.hear().await.unwrap().0, "hopscotch.update");
}

#[tokio::test]
async fn a_served_stream_opens_at_once_and_dies_with_the_server() {
    let stage = Stage::new();
    let running = stage.sim.serve().await.unwrap();
    let url = format!("{}/:/eventsource/notifications?filters=playing", running.url);
    let request = super::web()
        .get(url)
        .header("X-Plex-Token", stage.sim.token())
        .header("Accept", "text/event-stream");
    let mut answer = tokio::time::timeout(Duration::from_secs(20), request.send())
        .await
        .unwrap()
        .unwrap();
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    let chunk = answer.chunk().await.unwrap().unwrap();
    assert!(chunk.starts_with(b"event: playing\ndata: {\"PlaySessionStateNotification\":{\"sessionKey\":\"1\""));
    running.stop().await;
    while let Ok(Some(_)) = answer.chunk().await {}
}

#[tokio::test]
async fn a_muted_stream_stays_open_and_silent() {
    let stage = Stage::new();
    stage.sim.configure(|settings| {
        settings.muted = true;
        settings.ping_every = Duration::from_millis(5);
    });
    let mut ear = Ear::open(&stage, "").await;
    stage.sim.play(OWNER, &television(), stage.episode(1, 1));
    assert!(
        tokio::time::timeout(Duration::from_millis(60), ear.chunks.next())
            .await
            .is_err()
    );
    stage.sim.configure(|settings| settings.muted = false);
    assert_eq!(ear.hear().await.unwrap().0, "ping");
}

#[tokio::test]
async fn the_web_socket_tells_the_same_in_a_container_of_lists_and_never_pings() {
    let stage = Stage::new();
    stage
        .sim
        .configure(|settings| settings.ping_every = Duration::from_millis(1));
    let mut ear = Ear::open(&stage, "?filters=playing").await;
    let running = stage.sim.serve().await.unwrap();
    for path in ["websockets", "websocket"] {
        let url = format!(
            "ws://{}/:/{path}/notifications?X-Plex-Token={}",
            running.addr,
            stage.sim.token()
        );
        let stream = tokio::net::TcpStream::connect(running.addr).await.unwrap();
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let handle = stage.sim.play_from(OWNER, &television(), stage.episode(1, 1), 5000);
        stage.sim.stop(handle);
        for state in ["buffering", "playing", "stopped"] {
            let heard = tokio::time::timeout(Duration::from_secs(30), socket.next())
                .await
                .unwrap();
            let message: Value = serde_json::from_str(heard.unwrap().unwrap().to_text().unwrap()).unwrap();
            let container = &message["NotificationContainer"];
            assert_eq!((&container["type"], &container["size"]), (&json!("playing"), &json!(1)));
            let list = container["PlaySessionStateNotification"].as_array().unwrap();
            assert_eq!((list.len(), &list[0]["state"]), (1, &json!(state)));
            assert_eq!(
                list[0],
                ear.playing().await,
                "without the container it is what the other stream says"
            );
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn the_web_socket_wants_the_token() {
    let stage = Stage::new();
    let running = stage.sim.serve().await.unwrap();
    let url = format!("ws://{}/:/websockets/notifications?X-Plex-Token=wrong", running.addr);
    let stream = tokio::net::TcpStream::connect(running.addr).await.unwrap();
    let refused = tokio_tungstenite::client_async(url, stream).await.unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
    running.stop().await;
}

#[tokio::test]
async fn the_web_socket_wants_an_upgrade() {
    let stage = Stage::new();
    let answer = stage.get("/:/websockets/notifications", "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
