//! The connections in use: each with its client and its condition.

use crate::core::{Core, lock};
use crate::health::Condition;
use crate::skew::TimedTransport;
use config::SecretError;
use domain::ids::{InstanceId, ServerId};
use domain::state::ConnectionKind;
use jiff::Timestamp;
use media_servers::{MediaServer, PlexServer};
use remote::{RemoteError, SecretString, Transport};
use sonarr::SonarrClient;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::Connection;

/// A connection in use.
pub(crate) struct Link {
    pub connection: Connection,
    pub client: Client,
    pub condition: Mutex<Condition>,
    /// Whether the event stream is up.
    pub events_up: AtomicBool,
    /// When it is to be polled although that is not due.
    pub poll_at: Mutex<Option<Timestamp>>,
    /// One cycle at a time for each media server.
    pub cycle: tokio::sync::Mutex<()>,
    /// The sessions of the last good answer, and when that was.
    pub last_sessions: Mutex<Option<(Timestamp, Vec<domain::session::PlaybackSession>)>>,
}

/// How to speak to it.
pub(crate) enum Client {
    Media(Arc<dyn MediaServer>),
    Sonarr(Arc<SonarrClient>),
    /// Not at all: its secret is missing, or its address is unusable.
    None,
}

impl Link {
    /// The media server's client.
    pub fn media(&self) -> Option<(ServerId, &Arc<dyn MediaServer>)> {
        match &self.client {
            Client::Media(server) => Some((ServerId(self.connection.id), server)),
            Client::Sonarr(_) | Client::None => None,
        }
    }

    /// The Sonarr client.
    pub fn sonarr(&self) -> Option<(InstanceId, &Arc<SonarrClient>)> {
        match &self.client {
            Client::Sonarr(client) => Some((InstanceId(self.connection.id), client)),
            Client::Media(_) | Client::None => None,
        }
    }

    /// Notes how a request went.
    pub fn note<T>(&self, outcome: &Result<T, RemoteError>, now: Timestamp) {
        let mut condition = lock(&self.condition);
        match outcome {
            Ok(_) | Err(RemoteError::NotFound | RemoteError::Conflict { .. }) => condition.succeeded(now),
            Err(error) => {
                tracing::warn!(connection = self.connection.name, code = error.code(), "{error}");
                condition.failed(error, now);
            }
        }
    }
}

/// All connections in use, by id.
#[derive(Default)]
pub(crate) struct Links(RwLock<BTreeMap<i64, Arc<Link>>>);

impl Links {
    /// Every connection.
    pub fn all(&self) -> Vec<Arc<Link>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Every media server.
    pub fn media_servers(&self) -> Vec<Arc<Link>> {
        self.all()
            .into_iter()
            .filter(|link| link.connection.kind.is_media_server())
            .collect()
    }

    /// Every Sonarr.
    pub fn instances(&self) -> Vec<Arc<Link>> {
        self.all()
            .into_iter()
            .filter(|link| link.connection.kind == ConnectionKind::Sonarr)
            .collect()
    }

    /// One connection.
    pub fn get(&self, id: i64) -> Option<Arc<Link>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// One Sonarr.
    pub fn instance(&self, instance: InstanceId) -> Option<Arc<Link>> {
        self.get(instance.0)
            .filter(|link| link.connection.kind == ConnectionKind::Sonarr)
    }

    /// One connection by its name, in any case.
    pub fn named(&self, name: &str) -> Option<Arc<Link>> {
        let name = name.trim().to_lowercase();
        self.all()
            .into_iter()
            .find(|link| link.connection.name.to_lowercase() == name)
    }

    fn replace(&self, links: BTreeMap<i64, Arc<Link>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = links;
    }
}

impl Core {
    /// Makes the links anew from what is stored. Conditions of unchanged ones are kept.
    pub async fn reload_links(&self) -> Result<(), store::StoreError> {
        let mut links = BTreeMap::new();
        for connection in self.store.connections().await? {
            if let Some(kept) = self.links.get(connection.id)
                && kept.connection.url == connection.url
                && kept.connection.name == connection.name
                && kept.connection.kind == connection.kind
                && !matches!(kept.client, Client::None)
                && !self.identities.is_stale(connection.id)
            {
                links.insert(connection.id, kept);
                continue;
            }
            links.insert(connection.id, Arc::new(self.make_link(connection).await));
        }
        self.links.replace(links);
        self.links_loaded.store(true, std::sync::atomic::Ordering::Relaxed);
        self.identities.clear();
        Ok(())
    }

    /// Why a secret cannot be had, and what to do about it.
    pub fn secret_trouble(&self, connection: &str, error: &SecretError) -> String {
        if self.secrets.is_read_only() && *error == SecretError::NotFound {
            let variable = config::environment_variable(connection);
            return format!("The environment variable {variable} is not set. It holds the token or API key.");
        }
        format!("{error}. {}", error.advice())
    }

    async fn make_link(&self, connection: Connection) -> Link {
        let mut condition = Condition::default();
        let client = match self.secrets.get(&connection.name).await {
            Ok(secret) => match self.make_client(&connection, secret) {
                Ok(client) => client,
                Err(sentence) => {
                    condition.lacks_secret(sentence, self.now());
                    Client::None
                }
            },
            Err(error) => {
                condition.lacks_secret(self.secret_trouble(&connection.name, &error), self.now());
                Client::None
            }
        };
        Link {
            connection,
            client,
            condition: Mutex::new(condition),
            events_up: AtomicBool::new(false),
            poll_at: Mutex::default(),
            cycle: tokio::sync::Mutex::default(),
            last_sessions: Mutex::default(),
        }
    }

    /// A client for a connection, stored or only tried.
    pub fn make_client(&self, connection: &Connection, secret: SecretString) -> Result<Client, String> {
        let transport: Arc<dyn Transport> = Arc::<TimedTransport>::clone(&self.transport);
        match connection.kind {
            ConnectionKind::Plex => PlexServer::new(
                ServerId(connection.id),
                &connection.url,
                secret,
                &self.client_identifier,
                transport,
            )
            .map(|server| Client::Media(Arc::new(server)))
            .map_err(|error| error.to_string()),
            ConnectionKind::Sonarr => SonarrClient::new(InstanceId(connection.id), &connection.url, secret, transport)
                .map(|client| Client::Sonarr(Arc::new(client)))
                .map_err(|error| error.to_string()),
            kind @ (ConnectionKind::Jellyfin | ConnectionKind::Emby | ConnectionKind::Tautulli) => {
                Err(format!("{} is not supported yet.", kind.title()))
            }
        }
    }
}
