//! What Jellyfin and Emby have in common. Both descend from MediaBrowser, and went apart in 2018.
//!
//! What is said here of Jellyfin comes from its sources (10.8 to 12.0) and its OpenAPI document, what is said of Emby from its
//! SDK (OpenAPI document of 4.8, `ItemFields` of the plugin API) and from what others measured on 4.9.

mod history;
mod identity;
mod item;
mod listening;
mod session;

use crate::server::Hints;
use domain::ids::{ServerId, ViewerKey};
use domain::session::{SessionList, ShowReference, Viewer};
use item::plain_id;
use remote::{Call, RemoteClient, RemoteError, SecretString, lenient};
use serde_json::Value;

/// Which of the two is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Jellyfin,
    Emby,
}

/// A client in one of the two dialects.
#[derive(Debug)]
pub(crate) struct MediaBrowser {
    dialect: Dialect,
    server: ServerId,
    remote: RemoteClient,
    /// What stands before every path but that of the web socket.
    prefix: &'static str,
    /// The device that this client says to be.
    device: String,
}

impl MediaBrowser {
    pub(crate) fn new(dialect: Dialect, server: ServerId, remote: RemoteClient, device: &str) -> Self {
        let is_there = remote.base().path().ends_with("/emby/");
        let prefix = match dialect {
            Dialect::Emby if !is_there => "emby/",
            Dialect::Emby | Dialect::Jellyfin => "",
        };
        Self {
            dialect,
            server,
            remote,
            prefix,
            device: device.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Call {
        Call::get(format!("{}{path}", self.prefix))
    }

    async fn json(&self, call: Call) -> Result<Value, RemoteError> {
        self.remote.answer(call).await.map_err(starting_up)?.json()
    }

    pub(crate) async fn sessions(&self) -> Result<SessionList, RemoteError> {
        let answer = self.json(self.get("Sessions")).await?;
        session::session_list(self.server, &self.device, &answer)
    }

    pub(crate) async fn show(&self, key: &str) -> Result<ShowReference, RemoteError> {
        if !item::is_harmless(key) {
            return Err(RemoteError::NotFound);
        }
        // Jellyfin leaves out ids that are none, and lists its libraries where no other id is left.
        let found = self.items(&[key.to_owned()]).await?;
        let is_it = |found: &&Value| lenient::id(&found["Id"]).is_some_and(|id| plain_id(&id) == plain_id(key));
        let show = found.iter().find(is_it).ok_or(RemoteError::NotFound)?;
        match show["Type"].as_str() {
            Some("Series") => Ok(item::show_reference(show, key)),
            _ => Err(RemoteError::bad_answer("the item is no show")),
        }
    }

    /// Items by their ids, in one request. What is gone is left out.
    async fn items(&self, ids: &[String]) -> Result<Vec<Value>, RemoteError> {
        let fields = match self.dialect {
            Dialect::Jellyfin => "ProviderIds",
            // It leaves out the year where it is not asked for.
            Dialect::Emby => "ProviderIds,ProductionYear",
        };
        let call = self.get("Items").query("ids", ids.join(",")).query("fields", fields);
        match self.json(call).await?.get_mut("Items").map(Value::take) {
            Some(Value::Array(items)) => Ok(items),
            _ => Err(RemoteError::bad_answer("it has no list of items")),
        }
    }

    /// Opens the web socket, with the token in its address where there has to be one.
    pub(crate) async fn hints(&self, token: Option<SecretString>) -> Result<Hints, RemoteError> {
        listening::hints(self, token).await
    }
}

/// Until Jellyfin has started it answers with a page, or with nothing at all.
fn starting_up(error: RemoteError) -> RemoteError {
    match error {
        RemoteError::ServerError { status: 503, .. } => RemoteError::StartingUp,
        other => other,
    }
}

/// A person, unless the id is the one that stands for nobody.
fn viewer(server: ServerId, id: &Value, name: &Value) -> Option<Viewer> {
    let account = lenient::id(id).filter(|id| !id.chars().all(|c| c == '0' || c == '-'))?;
    Some(Viewer {
        key: ViewerKey { server, account },
        name: lenient::text(name),
    })
}
