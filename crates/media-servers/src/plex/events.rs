//! `/:/eventsource/notifications`: events as the server sends them.

use crate::element::{Element, player_state};
use crate::server::{Hints, PlaybackHint};
use bytes::Bytes;
use eventsource_stream::{Event, EventStreamError, Eventsource as _};
use futures::{StreamExt as _, future, stream};
use remote::{RemoteError, StreamedAnswer};

/// Events are a few hundred bytes; a line that never ends must not fill the memory.
const LONGEST_LINE: usize = 1024 * 1024;

/// Turns an event stream into hints.
///
/// # Errors
/// When it is no event stream.
pub(super) fn hints(answer: StreamedAnswer) -> Result<Hints, RemoteError> {
    match answer.media_type.as_str() {
        "text/event-stream" => {}
        "text/html" => return Err(RemoteError::not_this_kind("a web page came instead of events")),
        _ => return Err(RemoteError::bad_answer("it is no event stream")),
    }
    let mut line = 0_usize;
    let pieces = answer.body.map(move |piece| {
        let piece: Bytes = piece?;
        line = match piece.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(end) => piece.len() - end - 1,
            None => line + piece.len(),
        };
        if line > LONGEST_LINE {
            Err(RemoteError::bad_answer("an event has no end"))
        } else {
            Ok(piece)
        }
    });
    let mut failed = false;
    let hints = pieces.eventsource().map(|event| match event {
        Ok(event) => Ok(hint(&event)),
        Err(EventStreamError::Transport(error)) => Err(error),
        Err(EventStreamError::Utf8(_) | EventStreamError::Parser(_)) => {
            Err(RemoteError::bad_answer("an event is not readable"))
        }
    });
    // Who may open it is told of everything.
    Ok(stream::iter([Ok(PlaybackHint::Subscribed)])
        .chain(hints)
        .take_while(move |hint| future::ready(!std::mem::replace(&mut failed, hint.is_err())))
        .boxed())
}

/// Every event is a sign of life. A playing event that cannot be read is still a reason to look.
fn hint(event: &Event) -> PlaybackHint {
    if event.event != "playing" {
        return PlaybackHint::Ping;
    }
    let data = serde_json::from_str(&event.data).unwrap_or_default();
    let wrapped = Element::from_json("event", &data);
    // The same events come in a container over web sockets, and some proxies of Plex copy that form.
    let notification = wrapped
        .descendants("PlaySessionStateNotification")
        .into_iter()
        .next()
        .unwrap_or(&wrapped);
    PlaybackHint::Playing {
        session_key: notification.text("sessionKey").map(str::to_owned),
        item_key: notification.text("ratingKey").map(str::to_owned),
        state: player_state(notification.text("state")),
    }
}
