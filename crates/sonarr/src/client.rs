//! The client.

mod reads;
mod writes;

use crate::records::Listing;
use domain::ids::{InstanceId, SeriesId};
use domain::series::Series;
use http::Method;
use remote::{Call, Headers, Limits, RemoteClient, RemoteError, SecretString, SetupError, Transport};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};

/// Sonarr's SQLite is the bottleneck, and its API has no queue of its own.
const REQUESTS_AT_ONCE: usize = 2;
/// A locked database makes Sonarr wait up to 30 s before it answers with an error.
const READ: Duration = Duration::from_secs(60);
/// A deletion waits for Sonarr's own webhooks, each up to 100 s.
const WRITE: Duration = Duration::from_secs(150);
/// Libraries of tens of thousands of series take minutes.
const LIBRARY: Limits = Limits {
    total: Duration::from_secs(300),
    idle: Duration::from_secs(180),
    max_body: 512 * 1024 * 1024,
};

/// One Sonarr.
///
/// At most two requests run at once, and one write. Nothing is sent twice: after a write that failed the caller looks before
/// repeating it, because it may have had its effect.
#[derive(Debug)]
pub struct SonarrClient {
    instance: InstanceId,
    remote: RemoteClient,
    requests: Semaphore,
    writer: Mutex<()>,
}

impl SonarrClient {
    /// Prepares a client; nothing is sent.
    ///
    /// # Errors
    /// When the address or the key is unusable.
    pub fn new(
        instance: InstanceId,
        base_url: &str,
        api_key: SecretString,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, SetupError> {
        let headers = Headers::new().secret("X-Api-Key", api_key);
        let remote = RemoteClient::new(base_url, transport, headers)?.with_limits(Limits::within(READ));
        Ok(Self {
            instance,
            remote,
            requests: Semaphore::new(REQUESTS_AT_ONCE),
            writer: Mutex::new(()),
        })
    }

    async fn get(&self, call: Call) -> Result<Value, RemoteError> {
        let _permit = self.permit().await;
        self.remote.answer(call).await?.json()
    }

    /// Reads a list, one element at a time.
    async fn list<T, F>(&self, call: Call, parse: F) -> Result<Listing<T>, RemoteError>
    where
        F: Fn(&Value) -> Result<T, String> + Send + Sync,
        T: Send,
    {
        let mut listing = Listing {
            items: Vec::new(),
            skipped: Vec::new(),
        };
        let mut position = 0_usize;
        let _permit = self.permit().await;
        self.remote
            .each_element(call, |element| {
                position += 1;
                match parse(element) {
                    Ok(item) => listing.items.push(item),
                    Err(reason) => listing.skipped.push(format!("element {position}: {reason}")),
                }
            })
            .await?;
        Ok(listing)
    }

    /// As [`Self::list`], for lists whose unreadable elements are only worth a line in the log.
    async fn readable<T, F>(&self, call: Call, what: &'static str, parse: F) -> Result<Vec<T>, RemoteError>
    where
        F: Fn(&Value) -> Result<T, String> + Send + Sync,
        T: Send,
    {
        let listing = self.list(call, parse).await?;
        if let Some(first) = listing.skipped.first() {
            let (instance, skipped) = (self.instance.0, listing.skipped.len());
            tracing::warn!(instance, what, skipped, first, "Sonarr sent unreadable elements");
        }
        Ok(listing.items)
    }

    /// Sends a write. The caller holds the writer's lock.
    async fn write(&self, method: Method, path: String, body: Option<&Value>) -> Result<Option<Value>, RemoteError> {
        let call = Call::new(method, path).limits(Limits::within(WRITE));
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        let _permit = self.permit().await;
        self.remote.answer(call).await?.optional_json()
    }

    async fn permit(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.requests.acquire().await.expect("BUG: nobody closes the semaphore")
    }

    fn parse_series(&self, value: &Value) -> Result<Series, RemoteError> {
        crate::parse::series(self.instance, value).map_err(RemoteError::bad_answer)
    }
}

/// `None` for "does not exist".
fn found<T>(result: Result<T, RemoteError>) -> Result<Option<T>, RemoteError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(RemoteError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn series_path(series: SeriesId) -> String {
    format!("api/v3/series/{series}")
}
