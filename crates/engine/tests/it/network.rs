//! The way from the engine to the simulated servers, with all that can happen on it.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::SignedDuration;
use remote::{BodyStream, Transport, TransportError, Upgrade};
use simulators::clock::SimClock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// Hosts by name, each of which can be unplugged.
#[derive(Default)]
pub struct Network {
    hosts: Mutex<BTreeMap<String, Arc<dyn Transport>>>,
    unplugged: Mutex<BTreeSet<String>>,
    clock: Mutex<Option<(SimClock, SignedDuration)>>,
    doom: Mutex<Option<(usize, Cut)>>,
    died: Notify,
    requests: AtomicUsize,
}

/// Where a request is when the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It has not left.
    Before,
    /// It took effect, and its answer is not there yet.
    After,
}

impl Network {
    pub fn put(&self, host: &str, transport: Arc<dyn Transport>) {
        self.hosts.lock().unwrap().insert(host.to_owned(), transport);
    }

    /// Nothing reaches the host anymore.
    pub fn unplug(&self, host: &str) {
        self.unplugged.lock().unwrap().insert(host.to_owned());
    }

    /// The host can be reached again.
    pub fn plug_in(&self, host: &str) {
        self.unplugged.lock().unwrap().remove(host);
    }

    /// Every request takes so long by the given clock.
    pub fn takes(&self, clock: &SimClock, each: SignedDuration) {
        *self.clock.lock().unwrap() = Some((clock.clone(), each));
    }

    /// From the n-th request on nothing comes back anymore; see [`Network::death`].
    pub fn die_at(&self, nth: usize, cut: Cut) {
        *self.doom.lock().unwrap() = Some((nth, cut));
    }

    /// Everything works again.
    pub fn live(&self) {
        *self.doom.lock().unwrap() = None;
    }

    /// Waits until the request of [`Network::die_at`] was made.
    pub async fn death(&self) {
        self.died.notified().await;
    }

    /// How many requests were tried, those to unplugged hosts included.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Counts a request, and says where it goes.
    fn way_of(&self, request: &http::Request<Bytes>) -> Option<Arc<dyn Transport>> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let host = request.uri().host().unwrap_or_default();
        let known = self.hosts.lock().unwrap().get(host).cloned();
        known.filter(|_| !self.unplugged.lock().unwrap().contains(host))
    }

    /// Counts a request down; `Some` from the fatal one on.
    fn doomed(&self) -> Option<(bool, Cut)> {
        let mut doom = self.doom.lock().unwrap();
        let (left, cut) = doom.as_mut()?;
        let is_the_one = *left == 1;
        *left = left.saturating_sub(1);
        (*left == 0).then_some((is_the_one, *cut))
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let known = self.way_of(&request);
        if let Some((clock, each)) = &*self.clock.lock().unwrap() {
            clock.advance(*each);
        }
        if let Some((is_the_one, cut)) = self.doomed() {
            if let (true, Cut::After, Some(transport)) = (is_the_one, cut, known) {
                transport.send(request).await?;
            }
            self.died.notify_one();
            return std::future::pending().await;
        }
        match known {
            Some(transport) => transport.send(request).await,
            None => Err(refused()),
        }
    }

    async fn upgrade(&self, request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        match self.way_of(&request) {
            Some(transport) => transport.upgrade(request).await,
            None => Err(refused()),
        }
    }
}

fn refused() -> TransportError {
    TransportError::Connect {
        detail: "connection refused".to_owned(),
    }
}

/// Puts the true time into every answer, as real servers do.
pub struct Dated {
    pub to: Arc<dyn Transport>,
    pub clock: SimClock,
    /// How far this clock is ahead of the true time.
    pub ahead: Arc<Mutex<SignedDuration>>,
}

#[async_trait]
impl Transport for Dated {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let mut answer = self.to.send(request).await?;
        let now = (self.clock.now() - *self.ahead.lock().unwrap()).to_zoned(jiff::tz::TimeZone::UTC);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.headers_mut().insert(http::header::DATE, date.parse().unwrap());
        Ok(answer)
    }
}
