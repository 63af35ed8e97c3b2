//! Emby.

use crate::media_browser::{Dialect, MediaBrowser};
use crate::server::{Hints, History, MediaServer, ServerIdentity};
use async_trait::async_trait;
use domain::ids::ServerId;
use domain::session::{SessionList, ShowReference, Viewer};
use jiff::Timestamp;
use remote::{Headers, RemoteClient, RemoteError, SecretString, SetupError, Transport};
use std::sync::Arc;

/// An Emby server, spoken to with one of its API keys or the token of an administrator.
#[derive(Debug)]
pub struct EmbyServer {
    server: MediaBrowser,
    token: SecretString,
}

impl EmbyServer {
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
        // "User Authentication" and "API-Key Authentication" of Emby's developer documentation.
        let device = format!(
            "Emby Client=\"Cliffhangarr\", Device=\"PC\", DeviceId=\"{client_identifier}\", Version=\"{}\"",
            env!("CARGO_PKG_VERSION")
        );
        let headers = Headers::new()
            .secret("X-Emby-Token", token.clone())
            .plain("X-Emby-Authorization", device);
        let remote = RemoteClient::new(base_url, transport, headers)?;
        Ok(Self {
            server: MediaBrowser::new(Dialect::Emby, server, remote, client_identifier),
            token,
        })
    }
}

#[async_trait]
impl MediaServer for EmbyServer {
    async fn identify(&self) -> Result<ServerIdentity, RemoteError> {
        self.server.identify().await
    }

    async fn sessions(&self) -> Result<SessionList, RemoteError> {
        self.server.sessions().await
    }

    async fn show(&self, key: &str) -> Result<ShowReference, RemoteError> {
        self.server.show(key).await
    }

    async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError> {
        self.server.accounts().await
    }

    async fn history(&self, since: Timestamp) -> Result<History, RemoteError> {
        self.server.history(since).await
    }

    async fn hints(&self) -> Result<Option<Hints>, RemoteError> {
        // The web socket is documented to take it nowhere but in the address.
        self.server.hints(Some(self.token.clone())).await.map(Some)
    }
}
