//! Whether this machine's clock is right, as far as the servers' answers tell.

use crate::clock::Clock;
use crate::core::{Core, lock};
use crate::links::Link;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::DATE;
use jiff::{SignedDuration, Timestamp};
use remote::{BodyStream, Transport, TransportError, Upgrade};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Differences below this come from wrong time zones and slow networks, and do no harm.
pub(crate) const HARMLESS: SignedDuration = SignedDuration::from_hours(26);
/// How long an answer's date is believed to tell something of the clock.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The way to the servers, which notes by how much this clock is ahead of the dates of their answers.
pub(crate) struct TimedTransport {
    to: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    /// By host: when it answered by this clock, and how far this clock was ahead.
    heard: Mutex<BTreeMap<String, (Timestamp, SignedDuration)>>,
}

impl TimedTransport {
    /// Listens in on a transport.
    pub fn new(to: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self {
            to,
            clock,
            heard: Mutex::default(),
        }
    }

    fn note(&self, host: String, answer: &http::Response<BodyStream>) {
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else {
            return;
        };
        let now = self.clock.now();
        lock(&self.heard).insert(host, (now, now.duration_since(date.timestamp())));
    }

    /// By how much this clock is ahead of that of the server at an address, if it said lately what time it is.
    pub fn ahead_of(&self, address: &str) -> Option<SignedDuration> {
        let host = host_of(&address.parse().ok()?)?;
        let now = self.clock.now();
        lock(&self.heard)
            .get(&host)
            .filter(|(at, _)| now.duration_since(*at).abs() < FRESH)
            .map(|(_, ahead)| *ahead)
    }

    /// By how much this clock is ahead (or behind, when negative) of every server that answered lately; `None` where one of
    /// them agrees with it, or none says what time it is.
    fn off_by(&self) -> Option<SignedDuration> {
        let now = self.clock.now();
        let heard = lock(&self.heard);
        let fresh = heard
            .values()
            .filter(|(at, _)| now.duration_since(*at).abs() < FRESH)
            .map(|(_, ahead)| *ahead);
        fresh
            .min_by_key(|ahead| ahead.abs())
            .filter(|ahead| ahead.abs() > HARMLESS)
    }
}

/// A host with its port, the same for every way to write it.
fn host_of(address: &http::Uri) -> Option<String> {
    let port = match (address.port_u16(), address.scheme_str()) {
        (Some(port), _) => port,
        (None, Some("https")) => 443,
        (None, _) => 80,
    };
    Some(format!("{}:{port}", address.host()?.to_lowercase()))
}

#[async_trait]
impl Transport for TimedTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let host = host_of(request.uri());
        let answer = self.to.send(request).await?;
        if let Some(host) = host {
            self.note(host, &answer);
        }
        Ok(answer)
    }

    async fn upgrade(&self, request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        self.to.upgrade(request).await
    }
}

impl Core {
    /// A sentence when the clock of one server and this one differ so far that its history cannot be compared with what was
    /// seen; whichever of them is wrong.
    pub(crate) fn wrong_clock_of(&self, link: &Link) -> Option<String> {
        let ahead = self.transport.ahead_of(&link.connection.url)?;
        (ahead.abs() > HARMLESS).then(|| {
            format!(
                "its clock and this computer's differ by {} hours",
                ahead.abs().as_hours()
            )
        })
    }

    /// A sentence when this machine's clock is wrong: then nobody knows for how long something was not watched.
    pub(crate) fn wrong_clock(&self) -> Option<String> {
        let ahead = self.transport.off_by()?;
        let days = (ahead.abs().as_hours() + 12) / 24;
        let direction = if ahead.is_negative() { "behind" } else { "ahead of" };
        Some(format!(
            "This computer's clock is about {days} days {direction} the servers'. Nothing is deleted until it is right."
        ))
    }
}
