//! The event socket: who subscribes hears of sessions, as often as something happens, or on Emby as time passes.

use super::{Asked, Refusal, Reply};
use crate::jellyfin::{JellyfinSim, events::Event, users::Who};
use axum::{
    extract::{FromRequestParts, WebSocketUpgrade, ws::Message, ws::WebSocket},
    http::request::Parts,
};
use futures::SinkExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How often the server moves positions by itself.
const STEP: Duration = Duration::from_secs(1);

/// One subscription.
struct Subscription {
    every: Duration,
    /// When the last list was sent.
    sent: Option<Instant>,
    /// When Emby sends the next one.
    next: Instant,
}

/// One open socket.
struct Listener {
    sim: JellyfinSim,
    who: Who,
    is_emby: bool,
    key: String,
    serial: u64,
    events: Receiver<Event>,
    ended: CancellationToken,
    subscription: Option<Subscription>,
    subscriptions_lost: u32,
    /// The last sign of life.
    alive: Instant,
    timeout: Duration,
}

pub(super) async fn open(sim: &JellyfinSim, asked: Asked, mut parts: Parts) -> Result<Reply, Refusal> {
    asked.signed_in()?;
    let application = asked.application.ok_or(Refusal::BadRequest)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| Refusal::BadRequest)?;
    let (sim, who, address) = (sim.clone(), asked.who, asked.address);
    let response = upgrade.on_upgrade(async move |mut socket| {
        let now = sim.clock().now();
        let mut listener = sim.with(|world| {
            let key = world.touch(&application, who.user(), &address, now);
            Listener {
                sim: sim.clone(),
                who,
                is_emby: world.settings.dialect.is_emby(),
                serial: world.open_socket(&key),
                key,
                events: world.events.subscribe(),
                ended: world.sockets.clone(),
                subscription: None,
                subscriptions_lost: u32::from(world.settings.loses_first_subscription),
                alive: Instant::now(),
                timeout: world.settings.socket_timeout.max(Duration::from_millis(5)),
            }
        });
        listener.serve(&mut socket).await;
        let (key, serial) = (&listener.key, listener.serial);
        sim.with(|world| world.close_socket(key, serial));
    });
    Ok(Reply::Raw(response))
}

impl Listener {
    /// Talks until one side ends it.
    async fn serve(&mut self, socket: &mut WebSocket) -> Option<()> {
        let mut checks = ticks(self.timeout / 5);
        let mut steps = ticks(STEP);
        if !self.is_emby {
            self.remind(socket).await?;
        }
        loop {
            let next = self.subscription.as_ref().filter(|_| self.is_emby).map(|on| on.next);
            tokio::select! {
                () = self.ended.cancelled() => {
                    // What was said just before the end is still heard.
                    while let Ok(event) = self.events.try_recv() {
                        self.hear(socket, event).await?;
                    }
                    return None;
                }
                event = self.events.recv() => match event {
                    Ok(event) => self.hear(socket, event).await?,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
                _ = checks.tick(), if !self.is_emby => self.check(socket).await?,
                _ = steps.tick(), if !self.is_emby => {
                    let now = self.sim.clock().now();
                    let moving = self.sim.with(|world| {
                        world.settle(now);
                        world.moves_by_itself()
                    });
                    if moving {
                        self.hear(socket, Event::Sessions { forced: false }).await?;
                    }
                }
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => self.send_sessions(socket).await?,
                received = socket.recv() => match received {
                    Some(Ok(Message::Text(text))) => self.receive(socket, &text).await?,
                    Some(Ok(Message::Close(_))) => {
                        // Sends the answer that the other side waits for.
                        SinkExt::close(socket).await.ok();
                        return None;
                    }
                    Some(Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                },
            }
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, event: Event) -> Option<()> {
        match event {
            Event::Sessions { .. } if self.is_emby => Some(()),
            Event::Sessions { forced } => {
                let due = self.subscription.as_ref().is_some_and(|subscription| {
                    forced
                        || subscription
                            .sent
                            .is_none_or(|sent| sent.elapsed() >= subscription.every)
                });
                if due {
                    self.send_sessions(socket).await
                } else {
                    Some(())
                }
            }
            Event::Library { added, removed } if self.who.user().is_some() => {
                let data = json!({
                    "FoldersAddedTo": [],
                    "FoldersRemovedFrom": [],
                    "ItemsAdded": added,
                    "ItemsRemoved": removed,
                    "ItemsUpdated": [],
                    "IsEmpty": false,
                });
                self.send(socket, "LibraryChanged", &data).await
            }
            Event::UserData { user, data } if self.who.user() == Some(user) => {
                self.send(socket, "UserDataChanged", &data).await
            }
            Event::Library { .. } | Event::UserData { .. } => Some(()),
            Event::Restarting => self.send(socket, "ServerRestarting", &Value::Null).await,
        }
    }

    async fn receive(&mut self, socket: &mut WebSocket, text: &str) -> Option<()> {
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        match message["MessageType"].as_str().unwrap_or_default() {
            "KeepAlive" if !self.is_emby => {
                self.alive = Instant::now();
                self.send(socket, "KeepAlive", &Value::Null).await
            }
            "SessionsStart" if self.subscriptions_lost > 0 => {
                self.subscriptions_lost -= 1;
                Some(())
            }
            "SessionsStart" => {
                self.subscribe(message["Data"].as_str().unwrap_or_default());
                Some(())
            }
            "SessionsStop" => {
                self.subscription = None;
                Some(())
            }
            _ => Some(()),
        }
    }

    /// Reads "delay,interval" in milliseconds; anything else subscribes to nothing, and is not answered either.
    fn subscribe(&mut self, data: &str) {
        let Some((delay, every)) = data.split_once(',') else {
            return;
        };
        let (Ok(delay), Ok(every)) = (delay.trim().parse(), every.trim().parse::<u64>()) else {
            return;
        };
        if self.sim.with(|world| world.tells_of_sessions(self.who)) {
            self.subscription = Some(Subscription {
                every: Duration::from_millis(every.max(1)),
                sent: None,
                next: Instant::now() + Duration::from_millis(delay),
            });
        }
    }

    async fn send_sessions(&mut self, socket: &mut WebSocket) -> Option<()> {
        let now = self.sim.clock().now();
        let data = self.sim.with(|world| {
            world.settle(now);
            let all = world.may_see_all(self.who);
            let sessions = world.visible_sessions(self.who).into_iter();
            let own = sessions.filter(|session| all || session.user == self.who.user());
            Value::Array(own.map(|session| world.session_json(session, now)).collect())
        });
        if let Some(subscription) = &mut self.subscription {
            subscription.sent = Some(Instant::now());
            subscription.next = Instant::now() + subscription.every;
        }
        self.send(socket, "Sessions", &data).await
    }

    /// Gives up a client that shows no sign of life, and reminds it a while before.
    async fn check(&mut self, socket: &mut WebSocket) -> Option<()> {
        let silent = self.alive.elapsed();
        if silent >= self.timeout {
            return None;
        }
        if silent > self.timeout * 3 / 4 {
            self.remind(socket).await
        } else {
            Some(())
        }
    }

    async fn remind(&mut self, socket: &mut WebSocket) -> Option<()> {
        let seconds = self.timeout.as_secs();
        self.send(socket, "ForceKeepAlive", &json!(seconds)).await
    }

    async fn send(&mut self, socket: &mut WebSocket, kind: &str, data: &Value) -> Option<()> {
        let (message, muted) = self.sim.with(|world| (world.message(kind, data), world.settings.muted));
        if muted {
            return Some(());
        }
        socket.send(Message::Text(message.into())).await.ok()
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
