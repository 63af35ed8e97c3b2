//! The connections in use: each with its client and its condition.

use crate::core::{Core, lock};
use crate::health::Condition;
use crate::skew::TimedTransport;
use config::SecretError;
use domain::ids::{InstanceId, ServerId};
use domain::state::ConnectionKind;
use jiff::{SignedDuration, Timestamp};
use media_servers::{EmbyServer, JellyfinServer, MediaServer, PlexServer, TautulliServer};
use remote::{RemoteError, SecretString, Transport};
use sonarr::SonarrClient;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::Connection;

/// How long it is relied on that a token shows everything: its account may lose that right at any time.
const WHO_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// When it is asked again where it does not, or where there was no answer.
const WHO_RETRY: SignedDuration = SignedDuration::from_mins(10);

/// A connection in use.
pub(crate) struct Link {
    pub connection: Connection,
    pub client: Client,
    pub condition: Mutex<Condition>,
    /// When it was last asked who it is, and whether the answer can be relied on for a while.
    asked_who: Mutex<Option<(Timestamp, bool)>>,
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
    fn new(connection: Connection, client: Client) -> Self {
        Self {
            connection,
            client,
            condition: Mutex::default(),
            asked_who: Mutex::default(),
            events_up: AtomicBool::new(false),
            poll_at: Mutex::default(),
            cycle: tokio::sync::Mutex::default(),
            last_sessions: Mutex::default(),
        }
    }

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

    /// Why nobody should wait for it now: it was just waited for in vain.
    pub fn not_waited_for(&self, now: Timestamp) -> Option<String> {
        let condition = lock(&self.condition);
        (!condition.may_be_waited_for(now)).then(|| condition.trouble().unwrap_or("it failed just now").to_owned())
    }

    /// Why a routine should leave it alone now.
    pub fn not_asked(&self, now: Timestamp) -> Option<String> {
        let condition = lock(&self.condition);
        (!condition.may_be_asked(now)).then(|| condition.trouble().unwrap_or("it failed just now").to_owned())
    }

    /// Whether a media server that just answered is to be asked whether the token still shows everything.
    pub fn is_to_be_asked_who(&self, now: Timestamp) -> bool {
        let asked = *lock(&self.asked_who);
        self.media().is_some()
            && asked.is_none_or(|(at, relied_on)| {
                let pause = if relied_on { WHO_PAUSE } else { WHO_RETRY };
                now.duration_since(at).abs() >= pause
            })
    }

    /// Notes what came of asking who it is. Sessions are shown to everybody, and to those who may not see all only their own:
    /// that is told here and nowhere else.
    pub fn note_who<T>(&self, outcome: &Result<T, RemoteError>, now: Timestamp) {
        *lock(&self.asked_who) = Some((now, outcome.is_ok()));
        let mut condition = lock(&self.condition);
        match outcome {
            Ok(_) => condition.shows_all(now),
            Err(error @ RemoteError::Forbidden) => {
                let connection = &self.connection.name;
                if condition.why_only_part().is_none() {
                    tracing::warn!(connection, code = error.code(), "{error}");
                }
                condition.shows_part(error.to_string(), now);
            }
            Err(error) => tracing::debug!(connection = self.connection.name, "who it is was not told: {error}"),
        }
    }

    /// Why what it says is only a part of what is watched there.
    pub fn why_only_part(&self) -> Option<String> {
        lock(&self.condition).why_only_part().map(str::to_owned)
    }

    /// Notes how a request went.
    pub fn note<T>(&self, outcome: &Result<T, RemoteError>, now: Timestamp) {
        let mut condition = lock(&self.condition);
        match outcome {
            Ok(_) | Err(RemoteError::NotFound | RemoteError::Conflict { .. }) => condition.succeeded(now),
            Err(error) => {
                let before = condition.health();
                condition.failed(error, now);
                let (connection, code) = (&self.connection.name, error.code());
                // A retry is not a new failure.
                if condition.health() == before {
                    tracing::debug!(connection, code, "{error}");
                } else {
                    tracing::warn!(connection, code, "{error}");
                }
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
    /// Makes the links anew from what is stored, except for those that are as they were. Tells whether any differs now.
    pub async fn reload_links(&self) -> Result<bool, store::StoreError> {
        let connections = self.store.connections().await?;
        let mut links = BTreeMap::new();
        let mut changed = self.links.all().len() != connections.len();
        for connection in &connections {
            let kept = self
                .links
                .get(connection.id)
                .filter(|kept| self.is_as_before(kept, connection));
            let link = match kept {
                Some(kept) if !matches!(kept.client, Client::None) => kept,
                kept => self.make_link(connection, &connections, kept).await,
            };
            changed |= !self
                .links
                .get(connection.id)
                .is_some_and(|before| Arc::ptr_eq(&before, &link));
            links.insert(connection.id, link);
        }
        self.links.replace(links);
        self.links_loaded.store(true, std::sync::atomic::Ordering::Relaxed);
        if changed {
            self.identities.clear();
        }
        Ok(changed)
    }

    fn is_as_before(&self, link: &Link, connection: &Connection) -> bool {
        link.connection.url == connection.url
            && link.connection.name == connection.name
            && link.connection.kind == connection.kind
            && !self.identities.is_stale(connection.id)
    }

    /// Why a secret cannot be had, and what to do about it.
    pub fn secret_trouble(&self, connection: &str, error: &SecretError) -> String {
        if self.secrets.is_read_only() && *error == SecretError::NotFound {
            let variable = config::environment_variable(connection);
            return format!("The environment variable {variable} is not set. It holds the token or API key.");
        }
        format!("{error}. {}", error.advice())
    }

    /// Another connection whose secret would come from the same environment variable, as a sentence.
    pub fn shared_variable<'a>(&self, name: &str, others: impl IntoIterator<Item = &'a Connection>) -> Option<String> {
        if !self.secrets.is_read_only() {
            return None;
        }
        let variable = config::environment_variable(name);
        let other = others.into_iter().find(|other| {
            other.name.to_lowercase() != name.to_lowercase() && config::environment_variable(&other.name) == variable
        })?;
        Some(format!(
            "{name} and {} would both read {variable}; choose another name.",
            other.name
        ))
    }

    async fn client_of(&self, connection: &Connection, all: &[Connection]) -> Result<Client, String> {
        if let Some(sentence) = self.shared_variable(&connection.name, all) {
            return Err(sentence);
        }
        match self.secrets.get(&connection.name).await {
            Ok(secret) => self.make_client(connection, secret),
            Err(error) => Err(self.secret_trouble(&connection.name, &error)),
        }
    }

    /// A link for a connection. One that lacked a client before and still does is given back, so that its trouble goes on.
    async fn make_link(&self, connection: &Connection, all: &[Connection], before: Option<Arc<Link>>) -> Arc<Link> {
        match self.client_of(connection, all).await {
            Ok(client) => Arc::new(Link::new(connection.clone(), client)),
            Err(sentence) => {
                let link = before.unwrap_or_else(|| {
                    tracing::warn!(connection = connection.name, "{sentence}");
                    Arc::new(Link::new(connection.clone(), Client::None))
                });
                lock(&link.condition).lacks_secret(sentence, self.now());
                link
            }
        }
    }

    /// A client for a connection, stored or only tried.
    pub fn make_client(&self, connection: &Connection, secret: SecretString) -> Result<Client, String> {
        let transport: Arc<dyn Transport> = Arc::<TimedTransport>::clone(&self.transport);
        let (server, url, client) = (ServerId(connection.id), &connection.url, &self.client_identifier);
        let made = match connection.kind {
            ConnectionKind::Plex => PlexServer::new(server, url, secret, client, transport).map(media),
            ConnectionKind::Jellyfin => JellyfinServer::new(server, url, secret, client, transport).map(media),
            ConnectionKind::Emby => EmbyServer::new(server, url, secret, client, transport).map(media),
            ConnectionKind::Tautulli => TautulliServer::new(server, url, secret, client, transport).map(media),
            ConnectionKind::Sonarr => SonarrClient::new(InstanceId(connection.id), url, secret, transport)
                .map(|client| Client::Sonarr(Arc::new(client))),
        };
        made.map_err(|error| error.to_string())
    }
}

fn media(server: impl MediaServer + 'static) -> Client {
    Client::Media(Arc::new(server))
}
