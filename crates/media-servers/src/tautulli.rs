//! Tautulli, which watches a Plex Media Server and stands in for it.
//!
//! Its interface is described at <https://docs.tautulli.com/extending-tautulli/api-reference>; what the description leaves out
//! is in the sources: <https://github.com/Tautulli/Tautulli>, `plexpy/api2.py` (envelope and statuses), `plexpy/webserve.py`
//! (commands), `plexpy/pmsconnect.py` (activity), `plexpy/datafactory.py` (history). Versions from 2.9.0 are understood.

mod history;
mod session;

use crate::server::{Hints, History, MediaServer, ServerIdentity};
use async_trait::async_trait;
use domain::ids::ServerId;
use domain::session::{SessionList, ShowReference, Viewer};
use jiff::Timestamp;
use remote::lenient::{id, text};
use remote::{Call, Headers, Limits, RemoteClient, RemoteError, SecretString, SetupError, Transport};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// It asks Plex while it is asked, and waits for a sleeping disk there.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Tautulli, spoken to with its API key, which may read everything.
///
/// The key goes in the query, because Tautulli takes it nowhere else.
#[derive(Debug)]
pub struct TautulliServer {
    server: ServerId,
    key: SecretString,
    remote: RemoteClient,
}

impl TautulliServer {
    /// Prepares a client; nothing is sent. Tautulli does not tell its clients apart, so the client identifier is not used.
    ///
    /// # Errors
    /// When the address or the API key is unusable.
    pub fn new(
        server: ServerId,
        base_url: &str,
        api_key: SecretString,
        _client_identifier: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, SetupError> {
        let remote = RemoteClient::new(base_url, transport, Headers::new())?
            .with_limits(Limits::within(PATIENCE))
            .with_secret(&api_key)?;
        Ok(Self {
            server,
            key: api_key,
            remote,
        })
    }

    /// What a command gives: the `data` of its envelope.
    ///
    /// # Errors
    /// Besides those of the request: [`RemoteError::Unauthorized`] and [`RemoteError::ServerError`] for what old versions say
    /// with status 200 as well, [`RemoteError::NotThisKindOfServer`] where the interface is switched off.
    async fn ask(&self, call: Call) -> Result<Value, RemoteError> {
        let call = call.secret_query("apikey", self.key.clone());
        let answer = match self.remote.answer(call).await {
            Err(RemoteError::NotFound) => {
                return Err(RemoteError::not_this_kind(
                    "its API is switched off; switch it on in Tautulli (Settings → Web Interface → API)",
                ));
            }
            other => other?.json()?,
        };
        let response = &answer["response"];
        match response["result"].as_str() {
            Some("success") => Ok(response["data"].clone()),
            Some(_) => {
                let said = text(&response["message"]).unwrap_or_else(|| "no details".to_owned());
                if said.to_ascii_lowercase().contains("apikey") {
                    return Err(RemoteError::Unauthorized);
                }
                Err(RemoteError::ServerError {
                    status: 200,
                    message: self.remote.presentable(&said),
                })
            }
            None => Err(RemoteError::bad_answer("it has no result")),
        }
    }

    /// What Tautulli knows of an item; it says neither whether there is none, nor whether Plex did not tell.
    async fn metadata(&self, key: &str) -> Result<Value, RemoteError> {
        let metadata = self.ask(command("get_metadata").query("rating_key", key)).await?;
        if !is_empty(&metadata) {
            return Ok(metadata);
        }
        let identity = self.ask(command("get_server_identity")).await?;
        match id(&identity["machine_identifier"]) {
            Some(_) => Err(RemoteError::NotFound),
            None => Err(plex_is_away()),
        }
    }

    /// The rows about people.
    async fn people(&self) -> Result<Vec<Value>, RemoteError> {
        match self.ask(command("get_users")).await? {
            // The owner is always there; nobody is what a failing database looks like.
            Value::Array(rows) if !rows.is_empty() => Ok(rows),
            _ => Err(RemoteError::bad_answer("it lists nobody")),
        }
    }
}

fn command(name: &str) -> Call {
    Call::get("api/v2").query("cmd", name)
}

/// What is told where Plex told nothing.
fn is_empty(data: &Value) -> bool {
    match data {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(rows) => rows.is_empty(),
        _ => true,
    }
}

/// Tautulli answers with success when Plex does not answer.
fn plex_is_away() -> RemoteError {
    RemoteError::Unreachable {
        detail: "Tautulli does not reach its Plex Media Server".to_owned(),
    }
}

/// The name that Tautulli shows: what the owner calls somebody, or what they call themselves.
fn name_of(row: &Value) -> Option<String> {
    ["friendly_name", "username", "user"]
        .iter()
        .find_map(|field| text(&row[*field]))
}

#[async_trait]
impl MediaServer for TautulliServer {
    /// The name is that of the Plex server, the version Tautulli's own.
    async fn identify(&self) -> Result<ServerIdentity, RemoteError> {
        // This needs no key, and must come without one: with a query, a Tautulli with a login asks for that instead.
        let status = self.remote.answer(Call::get("status")).await;
        let is_tautulli = match status.and_then(|answer| answer.json()) {
            Err(
                RemoteError::NotFound
                | RemoteError::Unauthorized
                | RemoteError::Forbidden
                | RemoteError::BadAnswer { .. },
            ) => false,
            other => other?["result"].as_str() == Some("success"),
        };
        if !is_tautulli {
            return Err(RemoteError::not_this_kind(
                "it has no status page as Tautulli has; check the port (usually 8181) and the URL base",
            ));
        }
        let about = self.ask(command("get_tautulli_info")).await?;
        let version = text(&about["tautulli_version"]).ok_or_else(|| RemoteError::bad_answer("it has no version"))?;
        let plex = self.ask(command("get_server_info")).await?;
        let machine_id = id(&plex["pms_identifier"]).ok_or_else(|| {
            RemoteError::bad_answer("Tautulli has not been told yet which Plex Media Server it watches")
        })?;
        // A Tautulli that does not reach its Plex is of no use, and says so here only.
        self.sessions().await?;
        Ok(ServerIdentity {
            name: text(&plex["pms_name"]).unwrap_or_else(|| "Tautulli".to_owned()),
            version: version.trim_start_matches('v').to_owned(),
            machine_id,
        })
    }

    async fn sessions(&self) -> Result<SessionList, RemoteError> {
        let activity = self.ask(command("get_activity")).await?;
        session::session_list(self.server, &activity)
    }

    async fn show(&self, key: &str) -> Result<ShowReference, RemoteError> {
        let metadata = self.metadata(key).await?;
        match metadata["media_type"].as_str() {
            Some("show") => Ok(session::show_reference(&metadata, key)),
            _ => Err(RemoteError::bad_answer("the item is no show")),
        }
    }

    async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError> {
        let rows = self.people().await?;
        Ok(rows
            .iter()
            .filter_map(|row| session::viewer(self.server, row))
            .collect())
    }

    async fn history(&self, since: Timestamp) -> Result<History, RemoteError> {
        history::history(self, since).await
    }

    /// It is a program like any other, often on a computer that sleeps.
    fn records_while_away(&self) -> bool {
        false
    }

    async fn hints(&self) -> Result<Option<Hints>, RemoteError> {
        Ok(None)
    }
}
