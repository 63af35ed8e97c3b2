//! Connections: media servers and Sonarr instances. Their secrets are elsewhere.

use crate::time::{from_ms, from_ms_opt, to_ms};
use crate::{Store, StoreError};
use domain::ids::{InstanceId, ServerId};
use domain::state::ConnectionKind;
use jiff::Timestamp;

/// A connection as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Row id, never used again after a removal. See [`Connection::server`] and [`Connection::instance`].
    pub id: i64,
    /// Which program.
    pub kind: ConnectionKind,
    /// The user's name for it, unique whatever the case.
    pub name: String,
    /// Address without secrets.
    pub url: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// The program's own name for itself, when known.
    pub server_name: Option<String>,
    /// The program's version, when known.
    pub version: Option<String>,
    /// The program's own identity, when known (Plex: `machineIdentifier`).
    pub machine_id: Option<String>,
    /// When it last answered.
    pub last_contact_at: Option<Timestamp>,
    /// Up to when its watch history was read back.
    pub history_read_until_at: Option<Timestamp>,
}

impl Connection {
    /// Its identity as a media server.
    pub fn server(&self) -> Option<ServerId> {
        self.kind.is_media_server().then_some(ServerId(self.id))
    }

    /// Its identity as a Sonarr.
    pub fn instance(&self) -> Option<InstanceId> {
        (!self.kind.is_media_server()).then_some(InstanceId(self.id))
    }
}

/// What the user says of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Which program.
    pub kind: ConnectionKind,
    /// The user's name for it.
    pub name: String,
    /// Address without secrets.
    pub url: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    name: String,
    url: String,
    created_at: i64,
    server_name: Option<String>,
    version: Option<String>,
    machine_id: Option<String>,
    last_contact_at: Option<i64>,
    history_read_until_at: Option<i64>,
}

impl TryFrom<Row> for Connection {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            kind: ConnectionKind::from_name(&row.kind)
                .ok_or_else(|| StoreError::Corrupt(format!("{} is no kind of connection", row.kind)))?,
            name: row.name,
            url: row.url,
            created_at: from_ms(row.created_at)?,
            server_name: row.server_name,
            version: row.version,
            machine_id: row.machine_id,
            last_contact_at: from_ms_opt(row.last_contact_at)?,
            history_read_until_at: from_ms_opt(row.history_read_until_at)?,
        })
    }
}

fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Store {
    /// Adds a connection, or changes the one of that name; the name's spelling is changed too. Gives it back, and whether
    /// it is new. A name cannot change its program: [`StoreError::Conflict`].
    pub async fn put_connection(
        &self,
        connection: &NewConnection,
        now: Timestamp,
    ) -> Result<(Connection, bool), StoreError> {
        let mut transaction = self.write().await?;
        let key = name_key(&connection.name);
        let known: Option<(i64, String)> = sqlx::query_as("SELECT id, kind FROM connection WHERE name_key = ?")
            .bind(&key)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some((_, kind)) = known.as_ref().filter(|(_, kind)| kind != connection.kind.name()) {
            let title: &str = ConnectionKind::from_name(kind)
                .map(ConnectionKind::title)
                .unwrap_or(kind);
            return Err(StoreError::Conflict(format!(
                "\"{}\" is a connection to {title}. Disconnect it first, or choose another name",
                connection.name.trim()
            )));
        }
        let row: Row = sqlx::query_as(
            "INSERT INTO connection (kind, name, name_key, url, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (name_key) DO UPDATE
             SET name = excluded.name, url = excluded.url RETURNING *",
        )
        .bind(connection.kind.name())
        .bind(connection.name.trim())
        .bind(&key)
        .bind(&connection.url)
        .bind(to_ms(now))
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((row.try_into()?, known.is_none()))
    }

    /// Every connection, media servers first, by name.
    pub async fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM connection ORDER BY kind = 'sonarr', name_key")
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    /// Removes a connection with everything owed and remembered for it; false when there was none. The journal stays, and
    /// so do tracking entries of a media server's viewers in rolling shows: they protect what was watched lately.
    pub async fn remove_connection(&self, id: i64) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM connection WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes what a server says of itself. `None` leaves what is known.
    pub async fn note_identity(
        &self,
        id: i64,
        server_name: Option<&str>,
        version: Option<&str>,
        machine_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE connection SET server_name = coalesce(?, server_name), version = coalesce(?, version),
             machine_id = coalesce(?, machine_id) WHERE id = ?",
        )
        .bind(server_name)
        .bind(version)
        .bind(machine_id)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Up to when a server's watch history was read back.
    pub async fn history_read_until(&self, server: ServerId) -> Result<Option<Timestamp>, StoreError> {
        let until: Option<Option<i64>> =
            sqlx::query_scalar("SELECT history_read_until_at FROM connection WHERE id = ?")
                .bind(server.0)
                .fetch_optional(self.readers())
                .await?;
        from_ms_opt(until.flatten())
    }
}
