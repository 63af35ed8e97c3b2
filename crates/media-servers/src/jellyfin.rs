//! Jellyfin.

use crate::media_browser::{Dialect, MediaBrowser};
use crate::server::{Hints, History, MediaServer, ServerIdentity};
use async_trait::async_trait;
use domain::ids::ServerId;
use domain::session::{SessionList, ShowReference, Viewer};
use jiff::Timestamp;
use remote::{Headers, RemoteClient, RemoteError, SecretString, SetupError, Transport};
use std::sync::Arc;

/// A Jellyfin server, spoken to with one of its API keys or the token of an administrator.
#[derive(Debug)]
pub struct JellyfinServer(MediaBrowser);

impl JellyfinServer {
    /// Prepares a client; nothing is sent. The client identifier is the same for this installation for ever: it is how its own
    /// session is told from those of players.
    ///
    /// # Errors
    /// When the address or the token is unusable.
    pub fn new(
        server: ServerId,
        base_url: &str,
        token: SecretString,
        client_identifier: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, SetupError> {
        // The only form that version 12 takes without being told to (`AuthorizationContext` in Jellyfin's sources).
        let device = format!(
            "\", Client=\"Cliffhangarr\", Device=\"PC\", DeviceId=\"{client_identifier}\", Version=\"{}\"",
            env!("CARGO_PKG_VERSION")
        );
        let headers = Headers::new().secret_within("Authorization", "MediaBrowser Token=\"", token, &device);
        let remote = RemoteClient::new(base_url, transport, headers)?;
        Ok(Self(MediaBrowser::new(
            Dialect::Jellyfin,
            server,
            remote,
            client_identifier,
        )))
    }
}

#[async_trait]
impl MediaServer for JellyfinServer {
    async fn identify(&self) -> Result<ServerIdentity, RemoteError> {
        self.0.identify().await
    }

    async fn sessions(&self) -> Result<SessionList, RemoteError> {
        self.0.sessions().await
    }

    async fn show(&self, key: &str) -> Result<ShowReference, RemoteError> {
        self.0.show(key).await
    }

    async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError> {
        self.0.accounts().await
    }

    async fn history(&self, since: Timestamp) -> Result<History, RemoteError> {
        self.0.history(since).await
    }

    async fn hints(&self) -> Result<Option<Hints>, RemoteError> {
        self.0.hints(None).await.map(Some)
    }
}
