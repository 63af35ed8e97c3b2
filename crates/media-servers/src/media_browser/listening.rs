//! The web socket: what plays as soon as it changes.
//!
//! Jellyfin sends the sessions when something happens, and is silent otherwise; Emby sends them on a timer or when they changed,
//! by what it feels like. So only a difference between two lists is a hint, and neither's lists are a sign of life to rely on:
//! Jellyfin answers messages that ask for one, and an Emby's web socket answers pings. Neither says whether a subscription was
//! taken: a Jellyfin 10.10 stumbles over that of an API key, and goes on answering. Only the first list proves it.

use super::session::session_list;
use super::{Dialect, MediaBrowser, starting_up};
use crate::server::{Hints, PlaybackHint};
use domain::ids::ServerId;
use domain::session::PlayerState;
use futures::{StreamExt as _, stream};
use remote::{Call, RemoteError, SecretString, SocketEvent, WebSocket, lenient};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Emby sometimes does not hear the first message (seen with 4.9.5).
const SUBSCRIBE_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long nothing has to play until an Emby need not be quick anymore.
const QUIET_AFTER: Duration = Duration::from_secs(300);
const UNSUBSCRIBE: &str = r#"{"MessageType":"SessionsStop"}"#;
const KEEP_ALIVE: &str = r#"{"MessageType":"KeepAlive"}"#;
/// Half a minute of silence is taken for the end, and Jellyfin ends it itself after a minute.
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(10);

/// Asks for the sessions: at once, and then not more often than so many milliseconds.
fn subscription(dialect: Dialect, is_quiet: bool) -> &'static str {
    match dialect {
        // Starts, pauses and stops come at once all the same.
        Dialect::Jellyfin => r#"{"MessageType":"SessionsStart","Data":"0,5000"}"#,
        // It may be its timer that brings them.
        Dialect::Emby if is_quiet => r#"{"MessageType":"SessionsStart","Data":"0,5000"}"#,
        Dialect::Emby => r#"{"MessageType":"SessionsStart","Data":"0,1000"}"#,
    }
}

/// Opens the socket, and asks for the sessions.
pub(super) async fn hints(client: &MediaBrowser, token: Option<SecretString>) -> Result<Hints, RemoteError> {
    // Without the prefix: Emby's own clients take it away.
    let path = match client.dialect {
        Dialect::Jellyfin => "socket",
        Dialect::Emby => "embywebsocket",
    };
    let call = Call::get(path).query("deviceId", &client.device);
    let call = match token {
        Some(token) => call.secret_query("api_key", token),
        None => call,
    };
    let mut socket = client.remote.open_socket(call).await.map_err(starting_up)?;
    socket.send(subscription(client.dialect, false)).await?;
    let now = Instant::now();
    let listening = Listening {
        socket,
        dialect: client.dialect,
        server: client.server,
        device: client.device.clone(),
        keep_alive_every: KEEP_ALIVE_EVERY,
        keep_alive_at: now,
        subscribe_at: (client.dialect == Dialect::Emby).then(|| now + SUBSCRIBE_AGAIN_AFTER),
        picture: Picture {
            playing: BTreeMap::new(),
            unreadable: Some(0),
        },
        is_subscribed: false,
        quiet_at: now + QUIET_AFTER,
        is_quiet: false,
        told: VecDeque::new(),
        is_over: false,
    };
    Ok(stream::unfold(listening, |mut listening| async move {
        let hint = listening.next().await?;
        Some((hint, listening))
    })
    .fuse()
    .boxed())
}

struct Listening {
    socket: WebSocket,
    dialect: Dialect,
    server: ServerId,
    device: String,
    keep_alive_every: Duration,
    keep_alive_at: Instant,
    /// When to ask for the sessions once more, until the first have come.
    subscribe_at: Option<Instant>,
    picture: Picture,
    /// Whether a list of sessions has come.
    is_subscribed: bool,
    /// When it has been quiet for long, if nothing plays until then.
    quiet_at: Instant,
    /// Whether the sessions were asked for at the pace of a house where nothing plays.
    is_quiet: bool,
    told: VecDeque<PlaybackHint>,
    is_over: bool,
}

/// What a list of sessions says, without what changes all the time.
struct Picture {
    /// By session key: the item and the state.
    playing: BTreeMap<String, (Option<String>, PlayerState)>,
    /// How many sessions could not be read; `None` where there was no list.
    unreadable: Option<usize>,
}

impl Listening {
    async fn next(&mut self) -> Option<Result<PlaybackHint, RemoteError>> {
        while !self.is_over {
            if let Some(hint) = self.told.pop_front() {
                return Some(Ok(hint));
            }
            let subscribe_at = self.subscribe_at.unwrap_or(self.keep_alive_at);
            let happened = tokio::select! {
                event = self.socket.next() => match event {
                    Some(Ok(event)) => {
                        // Right after a list no other one is under way, which would look like the answer.
                        if self.take(event) { self.keep_pace().await } else { Ok(()) }
                    }
                    Some(Err(error)) => Err(error),
                    None => return None,
                },
                () = sleep_until(self.keep_alive_at) => self.keep_alive().await,
                () = sleep_until(subscribe_at), if self.subscribe_at.is_some() => {
                    self.subscribe_at = None;
                    self.subscribe_anew().await
                }
            };
            if let Err(error) = happened {
                self.is_over = true;
                return Some(Err(error));
            }
        }
        None
    }

    async fn keep_alive(&mut self) -> Result<(), RemoteError> {
        self.keep_alive_at = Instant::now() + self.keep_alive_every;
        if self.dialect == Dialect::Emby {
            self.socket.ping().await?;
        }
        self.socket.send(KEEP_ALIVE).await
    }

    /// Has an Emby, which may send all sessions by a timer all day, send them less often while nothing plays.
    async fn keep_pace(&mut self) -> Result<(), RemoteError> {
        let now = Instant::now();
        if !self.picture.playing.is_empty() {
            self.quiet_at = now + QUIET_AFTER;
        }
        let is_quiet = now >= self.quiet_at;
        if self.dialect != Dialect::Emby || is_quiet == self.is_quiet {
            return Ok(());
        }
        self.is_quiet = is_quiet;
        self.subscribe_at = Some(now + SUBSCRIBE_AGAIN_AFTER);
        self.subscribe_anew().await
    }

    async fn subscribe_anew(&mut self) -> Result<(), RemoteError> {
        // A second subscription may stand beside the first one.
        self.socket.send(UNSUBSCRIBE).await?;
        self.socket.send(subscription(self.dialect, self.is_quiet)).await
    }

    /// Whether it is a list of sessions.
    fn take(&mut self, event: SocketEvent) -> bool {
        let text = match event {
            SocketEvent::Text(text) => text,
            SocketEvent::Pong => {
                self.told.push_back(PlaybackHint::Ping);
                return false;
            }
        };
        let message: Value = serde_json::from_str(&text).unwrap_or_default();
        let kind = message["MessageType"].as_str().unwrap_or_default();
        match kind {
            "Sessions" => {
                self.subscribe_at = None;
                self.compare(&message["Data"]);
            }
            "ForceKeepAlive" => {
                let seconds = lenient::integer(&message["Data"]).and_then(|seconds| u64::try_from(seconds).ok());
                if let Some(seconds) = seconds {
                    let half = Duration::from_secs(seconds.max(2) / 2);
                    self.keep_alive_every = half.min(KEEP_ALIVE_EVERY);
                }
                self.keep_alive_at = Instant::now();
            }
            _ => {}
        }
        // Whatever it was, the connection is alive.
        if self.told.is_empty() {
            self.told.push_back(PlaybackHint::Ping);
        }
        kind == "Sessions"
    }

    /// Tells what became different since the last list.
    fn compare(&mut self, data: &Value) {
        let list = session_list(self.server, &self.device, data);
        let unreadable = list.as_ref().map(|list| list.unreadable.len()).ok();
        let known = std::mem::replace(&mut self.picture.unreadable, unreadable);
        if unreadable != Some(0) && unreadable != known {
            self.told
                .push_back(playing(None, None, PlayerState::Other(String::new())));
        }
        let Ok(list) = list else { return };
        if !std::mem::replace(&mut self.is_subscribed, true) {
            self.told.push_front(PlaybackHint::Subscribed);
        }
        let now = list.sessions.into_iter();
        let now = now.map(|session| (session.session_key, (session.item.key, session.state)));
        let before = std::mem::replace(&mut self.picture.playing, now.collect());
        let now = &self.picture.playing;
        for (key, (item, state)) in now {
            if before.get(key).is_none_or(|(_, known)| known != state) {
                self.told.push_back(playing(Some(key), item.as_ref(), state.clone()));
            }
        }
        for (key, (item, _)) in &before {
            if !now.contains_key(key) {
                let stopped = PlayerState::Other("stopped".to_owned());
                self.told.push_back(playing(Some(key), item.as_ref(), stopped));
            }
        }
    }
}

fn playing(session: Option<&String>, item: Option<&String>, state: PlayerState) -> PlaybackHint {
    PlaybackHint::Playing {
        session_key: session.cloned(),
        item_key: item.cloned(),
        state,
    }
}
