//! The two event streams. Neither replays anything; both break when the server restarts.

use super::{Asked, Refusal, Reply, with_type};
use crate::plex::{PlexSim, events, events::Event};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, WebSocketUpgrade, ws::Message},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};
use tokio_util::sync::CancellationToken;

/// One listener.
struct Listener {
    sim: PlexSim,
    filters: Option<String>,
    events: Receiver<Event>,
    ended: CancellationToken,
    ping: Interval,
}

enum Heard {
    Ping,
    Event(Event),
    End,
}

impl Listener {
    fn new(sim: &PlexSim, asked: &Asked) -> Self {
        let (events, ended, every) = sim.with(|world| {
            (
                world.events.subscribe(),
                world.streams.clone(),
                world.settings.ping_every,
            )
        });
        let every = every.max(Duration::from_millis(1));
        let mut ping = interval_at(Instant::now() + every, every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            sim: sim.clone(),
            filters: asked.arguments.field("filters").map(str::to_owned),
            events,
            ended,
            ping,
        }
    }

    /// Waits for the next thing that this listener asked for.
    async fn next(&mut self) -> Heard {
        loop {
            let heard = tokio::select! {
                () = self.ended.cancelled() => return Heard::End,
                event = self.events.recv() => match event {
                    Ok(event) if events::wanted(self.filters.as_deref(), event.name) => Heard::Event(event),
                    Ok(_) | Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return Heard::End,
                },
                _ = self.ping.tick() => Heard::Ping,
            };
            if !self.sim.with(|world| world.settings.muted) {
                return heard;
            }
        }
    }
}

/// `GET /:/eventsource/notifications`.
pub(super) fn event_stream(sim: &PlexSim, asked: &Asked) -> Response {
    let stream = futures::stream::unfold(Listener::new(sim, asked), |mut listener| async move {
        let text = match listener.next().await {
            Heard::End => return None,
            Heard::Ping => String::from("event: ping\ndata: {}\n\n"),
            Heard::Event(event) => event.to_sse(),
        };
        Some((Ok::<_, Infallible>(Bytes::from(text)), listener))
    });
    let mut response = with_type(StatusCode::OK, "text/event-stream", Body::from_stream(stream));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// `/:/websockets/notifications`; there is no ping on this one.
pub(super) async fn web_socket(sim: &PlexSim, asked: &Asked, request: Request) -> Result<Reply, Refusal> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| Refusal::BadRequest)?;
    let mut listener = Listener::new(sim, asked);
    let response = upgrade.on_upgrade(move |mut socket| async move {
        loop {
            tokio::select! {
                heard = listener.next() => match heard {
                    Heard::End => break,
                    Heard::Ping => {}
                    Heard::Event(event) => {
                        if socket.send(Message::Text(event.to_ws().into())).await.is_err() {
                            break;
                        }
                    }
                },
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
            }
        }
    });
    Ok(Reply::Raw(response))
}
