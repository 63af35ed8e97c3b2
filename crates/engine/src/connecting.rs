//! Adding, trying and removing connections.

use crate::core::Core;
use crate::error::RequestError;
use crate::links::{Client, Link};
use crate::options::{Connected, ConnectionDraft, Disconnected};
use domain::plan::{Decision, Reason, Subject};
use remote::{RemoteError, SecretString};
use store::{Connection, NewConnection};

/// What a server said of itself when a draft was tried, and its machine's id where it has one.
pub(crate) type Tried = (Connected, Option<String>);

impl Core {
    /// Asks a connection how it is, and who it is.
    pub(crate) async fn ask_health(&self, link: &Link) {
        match &link.client {
            Client::Media(_) => {
                let answer = self.ask_who(link).await;
                if !matches!(answer, Ok(()) | Err(RemoteError::Forbidden)) {
                    link.note(&answer, self.now());
                }
            }
            Client::Sonarr(client) => {
                let answer = client.status().await;
                link.note(&answer, self.now());
                if let Ok(status) = answer {
                    self.remember_identity(link, &status.instance_name, &status.version)
                        .await;
                }
            }
            Client::None => {}
        }
    }

    /// Asks a media server who it is, and so whether the token still shows everything.
    ///
    /// # Errors
    /// `Forbidden` where it does not, which is noted; other failures are the caller's to note.
    pub(crate) async fn ask_who(&self, link: &Link) -> Result<(), RemoteError> {
        let Some((_, client)) = link.media() else {
            return Err(RemoteError::Unauthorized);
        };
        let answer = client.identify().await;
        link.note_who(&answer, self.now());
        let identity = answer?;
        self.remember_identity(link, &identity.name, &identity.version).await;
        Ok(())
    }

    async fn remember_identity(&self, link: &Link, name: &str, version: &str) {
        let known = (
            link.connection.server_name.as_deref(),
            link.connection.version.as_deref(),
        );
        if known != (Some(name), Some(version))
            && let Err(error) = self
                .store
                .note_identity(link.connection.id, Some(name), Some(version), None)
                .await
        {
            tracing::warn!("{error}");
        }
    }

    /// Tries a draft against the server.
    pub(crate) async fn try_draft(&self, draft: &ConnectionDraft) -> Result<Tried, RequestError> {
        let name = self.checked_name(draft)?;
        let secret = match &draft.secret {
            Some(secret) => secret.clone(),
            None => self
                .secrets
                .get(&name)
                .await
                .map_err(|error| self.secret_error(&name, &error))?,
        };
        match self.client_of_draft(draft, name, secret)? {
            Client::Media(server) => {
                let identity = server.identify().await?;
                let connected = Connected {
                    server_name: Some(identity.name),
                    version: Some(identity.version),
                };
                Ok((connected, Some(identity.machine_id)))
            }
            Client::Sonarr(sonarr) => {
                let status = sonarr.status().await?;
                Ok((
                    Connected {
                        server_name: Some(status.instance_name),
                        version: Some(status.version),
                    },
                    None,
                ))
            }
            Client::None => Err(RequestError::failed(
                "unauthorized",
                "There is no key or token.".to_owned(),
            )),
        }
    }

    fn client_of_draft(
        &self,
        draft: &ConnectionDraft,
        name: String,
        secret: SecretString,
    ) -> Result<Client, RequestError> {
        let connection = Connection {
            id: self.links.named(&name).map_or(0, |link| link.connection.id),
            kind: draft.kind,
            name,
            url: draft.url.trim().to_owned(),
            created_at: self.now(),
            server_name: None,
            version: None,
            machine_id: None,
            last_contact_at: None,
            history_read_until_at: None,
        };
        self.make_client(&connection, secret)
            .map_err(|message| RequestError::invalid("invalidUrl", message))
    }

    /// A draft's name, if the draft can become a connection at all.
    fn checked_name(&self, draft: &ConnectionDraft) -> Result<String, RequestError> {
        let refused = |message: String| Err(RequestError::invalid("invalidValue", message));
        let name = draft.name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            return refused("A connection needs a name of 1 to 60 characters.".to_owned());
        }
        let others = self.links.all();
        if let Some(sentence) = self.shared_variable(name, others.iter().map(|link| &link.connection)) {
            return refused(sentence);
        }
        Ok(name.to_owned())
    }

    /// Adds or changes a connection; nothing is changed when anything is wrong.
    pub(crate) async fn connect(&self, draft: ConnectionDraft) -> Result<Connected, RequestError> {
        let name = self.checked_name(&draft)?;
        let url = remote::parse_base_url(&draft.url)
            .map_err(|error| RequestError::invalid("invalidUrl", error.to_string()))?;
        if let Some(known) = self.links.named(&name)
            && known.connection.kind != draft.kind
        {
            let kind = known.connection.kind.title();
            return Err(RequestError::invalid(
                "invalidValue",
                format!("{name} is the name of a {kind} already. Choose another one."),
            ));
        }
        let (connected, machine_id) = if draft.verify {
            self.try_draft(&draft).await?
        } else {
            if let Some(secret) = &draft.secret {
                self.client_of_draft(&draft, name.clone(), secret.clone())?;
            }
            (
                Connected {
                    server_name: None,
                    version: None,
                },
                None,
            )
        };
        // The secret first: a connection without one would be a broken promise, a secret without a connection is nothing.
        if let Some(secret) = draft.secret
            && !self.secrets.is_read_only()
        {
            self.secrets
                .set(&name, secret)
                .await
                .map_err(|error| self.secret_error(&name, &error))?;
        }
        let new = NewConnection {
            kind: draft.kind,
            name,
            url: url.to_string(),
        };
        let (connection, added) = self.store.put_connection(&new, self.now()).await?;
        if connected.server_name.is_some() {
            self.store
                .note_identity(
                    connection.id,
                    connected.server_name.as_deref(),
                    connected.version.as_deref(),
                    machine_id.as_deref(),
                )
                .await?;
        }
        let what = if added { "added" } else { "changed" };
        let subject = Subject {
            show: connection.name.clone(),
            ..Subject::default()
        };
        let detail = format!(
            "The connection to {} at {} was {what}.",
            draft.kind.title(),
            connection.url
        );
        self.note_in_journal(&Decision::nothing(subject, Reason::Changed, detail))
            .await;
        self.identities.mark_stale(connection.id);
        let state = self.secrets.probe().await;
        self.publisher.secrets_are(state);
        self.reload_links().await?;
        if draft.verify
            && let Some(link) = self.links.get(connection.id)
        {
            link.note_who(&Ok::<(), RemoteError>(()), self.now());
        }
        self.rules_changed();
        self.listeners.notify_one();
        Ok(connected)
    }

    /// Removes a connection with everything that hangs on it.
    pub(crate) async fn disconnect(&self, name: &str) -> Result<Disconnected, RequestError> {
        let Some(link) = self.links.named(name) else {
            return Err(RequestError::invalid(
                "notFound",
                format!("There is no connection named {name}."),
            ));
        };
        let connection = &link.connection;
        let secret_stays = self.remove_secret(&connection.name).await;
        self.store.remove_connection(connection.id).await?;
        let subject = Subject {
            show: connection.name.clone(),
            ..Subject::default()
        };
        let mut detail = "The connection was removed.".to_owned();
        if let Some(stays) = &secret_stays {
            detail = format!("{detail} {stays}");
        }
        self.note_in_journal(&Decision::nothing(subject, Reason::Changed, detail))
            .await;
        self.reload_links().await?;
        self.count_rolling_shows().await?;
        self.publisher.shows_changed();
        self.rules_changed();
        self.listeners.notify_one();
        Ok(Disconnected { secret_stays })
    }

    /// Removes a secret; gives what is to be said when it may have stayed.
    async fn remove_secret(&self, connection: &str) -> Option<String> {
        if self.secrets.is_read_only() {
            return None;
        }
        match self.secrets.delete(connection).await {
            Ok(()) | Err(config::SecretError::NotFound) => None,
            Err(error) => {
                let place = self.secrets.place();
                let sentence =
                    format!("Its token or API key may still be in {place} ({error}). Remove it there by hand.");
                tracing::warn!(connection, "{sentence}");
                Some(sentence)
            }
        }
    }

    fn secret_error(&self, connection: &str, error: &config::SecretError) -> RequestError {
        let code = match error {
            config::SecretError::Locked => "secretStoreLocked",
            config::SecretError::NotFound => "unauthorized",
            _ => "secretStoreUnavailable",
        };
        RequestError::failed(code, self.secret_trouble(connection, error))
    }
}
