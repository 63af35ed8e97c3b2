use super::Stage;
use cliffhangarr_simulators::jellyfin::{ADMIN, JellyfinSim, Release};
use futures::{SinkExt, StreamExt};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{io::DuplexStream, time::Instant};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use tower::ServiceExt;

/// An open socket, without a network between, so that time can stand still.
struct Ear {
    socket: WebSocketStream<DuplexStream>,
}

impl Ear {
    async fn try_open(sim: &JellyfinSim, path: &str) -> Result<Self, String> {
        let (near, far) = tokio::io::duplex(1 << 20);
        let router = sim.router();
        tokio::spawn(async move {
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let router = router.clone();
                async move { router.oneshot(request.map(axum::body::Body::new)).await }
            });
            let io = TokioIo::new(far);
            http1::Builder::new()
                .serve_connection(io, service)
                .with_upgrades()
                .await
                .ok();
        });
        let url = format!("ws://attic{path}");
        match tokio_tungstenite::client_async(url, near).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(refused) => Err(refused.to_string()),
        }
    }

    /// Opens a socket with the API key, or with another token.
    async fn open(stage: &Stage, token: &str) -> Self {
        let (path, field) = if stage.emby {
            ("embywebsocket", "api_key")
        } else {
            ("socket", "ApiKey")
        };
        let path = format!("/{path}?{field}={token}&deviceId=monitor-1");
        Self::try_open(&stage.sim, &path).await.unwrap()
    }

    async fn say(&mut self, kind: &str, data: &str) {
        let message = json!({ "MessageType": kind, "Data": data }).to_string();
        self.socket.send(Message::Text(message.into())).await.unwrap();
    }

    /// The next message; nothing when the socket has ended.
    async fn hear(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The sessions of the next message, which has to be about them.
    async fn sessions(&mut self) -> Vec<Value> {
        let message = self.hear().await.unwrap();
        assert_eq!(message["MessageType"], json!("Sessions"));
        assert!(message["MessageId"].is_string());
        message["Data"].as_array().unwrap().clone()
    }

    /// Whether nothing is said for a while.
    async fn is_quiet(&mut self, seconds: u64) -> bool {
        tokio::time::timeout(Duration::from_secs(seconds), self.hear())
            .await
            .is_err()
    }

    /// Subscribes, and waits until the server must have read it.
    async fn subscribe(&mut self, data: &str) {
        self.say("SessionsStart", data).await;
        self.say("KeepAlive", "").await;
        assert_eq!(self.hear().await.unwrap()["MessageType"], json!("KeepAlive"));
    }

    /// Opens a socket of a Jellyfin and hears its first word.
    async fn greeted(stage: &Stage, token: &str) -> Self {
        let mut ear = Self::open(stage, token).await;
        let first = ear.hear().await.unwrap();
        assert_eq!(
            (&first["MessageType"], &first["Data"]),
            (&json!("ForceKeepAlive"), &json!(60))
        );
        ear
    }
}

/// The session in which something is on.
fn playing(sessions: &[Value]) -> Option<&Value> {
    sessions.iter().find(|session| session.get("NowPlayingItem").is_some())
}

#[tokio::test(start_paused = true)]
async fn a_client_that_shows_no_life_is_reminded_and_given_up() {
    let stage = Stage::jellyfin();
    let start = Instant::now();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    assert_eq!(
        ear.hear().await.unwrap()["MessageType"],
        json!("ForceKeepAlive"),
        "after more than 45 seconds"
    );
    assert_eq!(start.elapsed().as_secs(), 48);
    assert!(ear.hear().await.is_none());
    assert_eq!(start.elapsed().as_secs(), 60);
    assert_eq!(stage.sim.session_count(), 0, "its session goes with it");
}

#[tokio::test(start_paused = true)]
async fn signs_of_life_keep_a_socket_open_and_are_answered() {
    let stage = Stage::jellyfin();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(30)).await;
        ear.say("KeepAlive", "").await;
        assert_eq!(ear.hear().await.unwrap()["MessageType"], json!("KeepAlive"));
    }
}

#[tokio::test(start_paused = true)]
async fn sessions_come_only_to_those_who_asked_and_only_when_something_happens() {
    let stage = Stage::jellyfin();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    stage.sim.pause(handle);
    assert!(ear.is_quiet(20).await, "nobody has asked");
    ear.subscribe("0,1500").await;
    assert!(ear.is_quiet(20).await, "nobody does anything");
    stage.sim.report_again(handle);
    let sessions = ear.sessions().await;
    assert_eq!(sessions.len(), 2, "the same as the list, the listener included");
    assert_eq!(playing(&sessions).unwrap()["NowPlayingItem"]["IndexNumber"], json!(1));
    stage.sim.stop(handle);
    assert!(playing(&ear.sessions().await).is_none());
    ear.say("SessionsStop", "").await;
    ear.say("KeepAlive", "").await;
    ear.hear().await;
    stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 2));
    assert!(ear.is_quiet(10).await);
}

#[tokio::test(start_paused = true)]
async fn what_viewers_do_comes_at_once_and_what_time_does_as_often_as_asked() {
    let stage = Stage::jellyfin();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    ear.subscribe("0,5000").await;
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    ear.sessions().await;
    ear.sessions().await;
    let start = Instant::now();
    ear.sessions().await;
    assert!(
        start.elapsed() >= Duration::from_secs(5),
        "while something plays, as asked"
    );
    let start = Instant::now();
    stage.sim.pause(handle);
    let sessions = ear.sessions().await;
    assert_eq!(playing(&sessions).unwrap()["PlayState"]["IsPaused"], json!(true));
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn requests_of_an_application_are_news_after_a_while() {
    let stage = Stage::jellyfin();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    ear.subscribe("0,0").await;
    stage.sessions().await;
    assert_eq!(ear.sessions().await.len(), 2, "a new session");
    stage.later(5);
    stage.sessions().await;
    assert!(ear.is_quiet(5).await);
    stage.later(11);
    stage.sessions().await;
    assert_eq!(ear.sessions().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn users_hear_of_their_own_sessions_and_items() {
    let stage = Stage::jellyfin();
    let token = stage.sim.add_token(stage.kiddo, &stage.sim.browser("web-1", "Firefox"));
    let mut ear = Ear::greeted(&stage, &token).await;
    ear.subscribe("0,1500").await;
    let other = stage.sim.play(stage.otter, &stage.television(), stage.episode(1, 1));
    let sessions = ear.sessions().await;
    assert!(sessions.iter().all(|session| session["UserName"] == json!("kiddo")));
    stage.sim.stop(other);
    while !ear.is_quiet(5).await {}
    stage
        .sim
        .record_view(stage.kiddo, stage.episode(1, 2), stage.sim.clock().now());
    let changed = ear.hear().await.unwrap();
    assert_eq!(changed["MessageType"], json!("UserDataChanged"));
    assert_eq!(changed["Data"]["UserDataList"][0]["Played"], json!(true));
    let added = stage.sim.add_episode(stage.show, 2, 9).unwrap();
    let changed = ear.hear().await.unwrap();
    assert_eq!(changed["MessageType"], json!("LibraryChanged"));
    assert_eq!(changed["Data"]["ItemsAdded"], json!([stage.sim.item_id(added)]));
}

#[tokio::test(start_paused = true)]
async fn in_10_10_only_administrators_hear_of_sessions() {
    let stage = Stage::jellyfin();
    stage.sim.set_release(Release::V10_10);
    let device = stage.sim.browser("web-1", "Firefox");
    let tokens = [
        (stage.sim.api_key(), false),
        (stage.sim.add_token(stage.kiddo, &device), false),
        (stage.sim.add_token(ADMIN, &device), true),
    ];
    for (token, hears) in tokens {
        let mut ear = Ear::greeted(&stage, &token).await;
        ear.subscribe("0,1500").await;
        let handle = stage.sim.play(stage.otter, &stage.television(), stage.episode(1, 1));
        stage.sim.stop(handle);
        assert_eq!(ear.is_quiet(5).await, !hears);
    }
}

#[tokio::test(start_paused = true)]
async fn closing_the_socket_ends_the_session_with_what_it_plays() {
    let stage = Stage::jellyfin();
    let device = stage.television();
    let token = stage.sim.add_token(stage.kiddo, &device);
    let mut watcher = Ear::greeted(&stage, &stage.sim.api_key()).await;
    watcher.subscribe("0,1500").await;
    let mut ear = Ear::greeted(&stage, &token).await;
    assert_eq!(watcher.sessions().await.len(), 2);
    stage.sim.play(stage.kiddo, &device, stage.episode(1, 1));
    assert_eq!(stage.sim.playing_count(), 1);
    ear.socket.close(None).await.unwrap();
    while watcher.sessions().await.len() != 1 {}
    assert_eq!(stage.sim.playing_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_restart_says_goodbye_and_breaks_the_socket() {
    for stage in Stage::both() {
        let mut ear = Ear::open(&stage, &stage.sim.api_key()).await;
        if !stage.emby {
            ear.hear().await;
        }
        // Emby has nothing to say by itself; an answered request shows that the socket is open.
        while stage.sim.session_count() == 0 {
            tokio::task::yield_now().await;
        }
        stage.sim.restart_server();
        assert_eq!(ear.hear().await.unwrap()["MessageType"], json!("ServerRestarting"));
        assert!(ear.hear().await.is_none());
        stage.sim.configure(|settings| settings.starting = true);
        let path = if stage.emby { "/embywebsocket" } else { "/socket" };
        let path = format!("{path}?ApiKey={}", stage.sim.api_key());
        let refused = Ear::try_open(&stage.sim, &path).await.err().unwrap();
        assert!(refused.contains("503"), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_wants_a_good_token() {
    for stage in Stage::both() {
        let path = if stage.emby { "/emby/embywebsocket" } else { "/socket" };
        for query in ["", "?ApiKey=wrong"] {
            let refused = Ear::try_open(&stage.sim, &format!("{path}{query}"))
                .await
                .err()
                .unwrap();
            assert!(refused.contains("401"), "{refused}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn emby_sends_the_sessions_again_and_again() {
    let stage = Stage::emby();
    let mut ear = Ear::open(&stage, &stage.sim.api_key()).await;
    ear.say("SessionsStart", "0,1500").await;
    let start = Instant::now();
    for _ in 0..5 {
        assert_eq!(ear.sessions().await[0]["DeviceId"], json!("monitor-1"));
    }
    assert_eq!(start.elapsed().as_millis(), 4 * 1500);
    ear.say("SessionsStop", "").await;
    while !ear.is_quiet(30).await {}
}

#[tokio::test(start_paused = true)]
async fn emby_may_miss_the_first_subscription_and_never_gives_up() {
    let stage = Stage::emby();
    stage.sim.configure(|settings| settings.loses_first_subscription = true);
    let mut ear = Ear::open(&stage, &stage.sim.api_key()).await;
    ear.say("SessionsStart", "0,1500").await;
    ear.say("KeepAlive", "").await;
    assert!(ear.is_quiet(300).await);
    ear.say("SessionsStart", "0,1500").await;
    ear.sessions().await;
}

#[tokio::test(start_paused = true)]
async fn a_muted_socket_stays_open_and_silent() {
    let stage = Stage::jellyfin();
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    ear.subscribe("0,1500").await;
    stage.sim.configure(|settings| settings.muted = true);
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    assert!(ear.is_quiet(10).await);
    stage.sim.configure(|settings| settings.muted = false);
    stage.sim.pause(handle);
    ear.sessions().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_clock_ends_is_told_too() {
    let stage = Stage::jellyfin();
    let handle = stage.sim.play(stage.kiddo, &stage.television(), stage.episode(1, 1));
    stage.sim.watch(handle, SignedDuration::from_secs(20));
    stage.sim.pause(handle);
    let mut ear = Ear::greeted(&stage, &stage.sim.api_key()).await;
    ear.subscribe("0,1500").await;
    stage.sim.crash(handle);
    stage.later(3600);
    assert!(playing(&ear.sessions().await).is_none());
}
