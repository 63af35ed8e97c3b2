//! Plex Media Server.

mod events;
pub(crate) mod guid;
mod history;
mod session;

use crate::element::Element;
use crate::server::{Hints, History, MediaServer, ServerIdentity};
use async_trait::async_trait;
use domain::ids::{ServerId, ViewerKey};
use domain::session::{SessionList, ShowReference, Viewer};
use jiff::Timestamp;
use remote::{Call, Headers, RemoteClient, RemoteError, SecretString, SetupError, Transport};
use std::sync::Arc;

/// A Plex Media Server, spoken to with its owner's token.
#[derive(Debug)]
pub struct PlexServer {
    server: ServerId,
    remote: RemoteClient,
}

impl PlexServer {
    /// Prepares a client; nothing is sent. The client identifier is the same for this installation for ever: Plex lists it among
    /// the owner's devices.
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
        let headers = Headers::new()
            .secret("X-Plex-Token", token)
            .plain("X-Plex-Client-Identifier", client_identifier)
            .plain("X-Plex-Product", "Cliffhangarr")
            .plain("X-Plex-Version", env!("CARGO_PKG_VERSION"))
            .plain("X-Plex-Platform", std::env::consts::OS)
            .plain("X-Plex-Device", "PC")
            .plain("X-Plex-Device-Name", "Cliffhangarr");
        let remote = RemoteClient::new(base_url, transport, headers)?.with_html_errors();
        Ok(Self { server, remote })
    }

    async fn container(&self, call: Call) -> Result<Element, RemoteError> {
        Element::container(&self.remote.answer(call).await?)
    }
}

/// Keys come from the server and go into paths, so they must be no more than a segment.
fn metadata_path(key: &str) -> Result<String, RemoteError> {
    let harmless = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if harmless {
        Ok(format!("library/metadata/{key}"))
    } else {
        Err(RemoteError::NotFound)
    }
}

/// The owner's rights are missing, whichever of the two statuses says so.
fn owner_only(error: RemoteError) -> RemoteError {
    if error == RemoteError::Unauthorized {
        RemoteError::Forbidden
    } else {
        error
    }
}

#[async_trait]
impl MediaServer for PlexServer {
    async fn identify(&self) -> Result<ServerIdentity, RemoteError> {
        // This needs no token, so a failure is about the address and not about the token.
        let not_plex = || RemoteError::not_this_kind("it has no Plex identity; check the port (usually 32400)");
        let identity = match self.container(Call::get("identity")).await {
            Err(RemoteError::NotFound | RemoteError::Unauthorized | RemoteError::BadAnswer { .. }) => {
                return Err(not_plex());
            }
            other => other?,
        };
        let machine_id = identity.text("machineIdentifier").ok_or_else(not_plex)?.to_owned();
        let about = self.container(Call::get("")).await?;
        self.accounts().await.map_err(owner_only)?;
        let version = about
            .text("version")
            .or_else(|| identity.text("version"))
            .unwrap_or_default()
            .to_owned();
        let name = about.text("friendlyName").unwrap_or("Plex").to_owned();
        Ok(ServerIdentity {
            name,
            version,
            machine_id,
        })
    }

    async fn sessions(&self) -> Result<SessionList, RemoteError> {
        let container = self.container(Call::get("status/sessions")).await?;
        session::session_list(self.server, &container)
    }

    async fn show(&self, key: &str) -> Result<ShowReference, RemoteError> {
        let call = Call::get(metadata_path(key)?).query("includeGuids", 1);
        let container = self.container(call).await?;
        let item = container.items().next().ok_or(RemoteError::NotFound)?;
        match item.text("type") {
            Some("show") => Ok(guid::show_reference(item, key)),
            _ => Err(RemoteError::bad_answer("the item is no show")),
        }
    }

    async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError> {
        let container = self.container(Call::get("accounts")).await?;
        let people = container.children_named("Account").filter_map(|account| {
            // Account 0 is an empty stand-in and nobody.
            let id = account.text("id").filter(|id| *id != "0")?;
            let name = account.text("name").map(str::to_owned);
            Some(Viewer {
                key: ViewerKey {
                    server: self.server,
                    account: id.to_owned(),
                },
                name,
            })
        });
        Ok(people.collect())
    }

    async fn history(&self, since: Timestamp) -> Result<History, RemoteError> {
        history::history(self, since).await
    }

    async fn hints(&self) -> Result<Option<Hints>, RemoteError> {
        let call = Call::get(":/eventsource/notifications")
            .query("filters", "playing")
            .accept("text/event-stream");
        events::hints(self.remote.get_stream(call).await?).map(Some)
    }
}
