//! Opening and closing the database file.

use crate::recovery::{self, Loss, Recovery};
use crate::{StoreError, backup};
use jiff::Timestamp;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, SqlitePool, Transaction};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::{info, warn};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Name of the database file in the data folder.
pub(crate) const FILE_NAME: &str = "cliffhangarr.db";
const PAGE_SIZE: u64 = 4096;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Whether the writer was last told to wait for the disk.
    writes_through: Arc<AtomicBool>,
    folder: PathBuf,
}

/// What may be chosen when opening.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// Upper bound of the file in bytes; a write beyond it fails as on a full disk. `None` for SQLite's own.
    pub max_bytes: Option<u64>,
}

/// What happened while opening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// Whether there was no database before, so that everything is new.
    pub created: bool,
    /// The copy that was made because the schema had to be brought up to date.
    pub backup: Option<PathBuf>,
    /// What was done about a database that was lost.
    pub recovery: Option<Recovery>,
}

impl OpenReport {
    /// A sentence for the user when something happened that they should know of.
    pub fn sentence(&self) -> Option<String> {
        self.recovery.as_ref().map(Recovery::sentence)
    }
}

impl Store {
    /// Opens the database in a data folder, which is made if need be; brings its schema up to date; replaces a damaged
    /// file by the newest readable backup, or by an empty one, and keeps the damaged one beside it. A file that is empty or
    /// missing although there is a readable backup was lost as well.
    ///
    /// The caller holds the data folder's lock: two processes would work, but not agree.
    pub async fn open(data_dir: &Path, now: Timestamp) -> Result<(Self, OpenReport), StoreError> {
        Self::open_with(data_dir, now, StoreOptions::default()).await
    }

    /// [`Store::open`] with options.
    pub async fn open_with(
        data_dir: &Path,
        now: Timestamp,
        options: StoreOptions,
    ) -> Result<(Self, OpenReport), StoreError> {
        make_private_folder(data_dir)?;
        let file = data_dir.join(FILE_NAME);
        let mut report = OpenReport::default();
        let mut schema = match examine(&file).await {
            Err(error) if error.is_corruption() => {
                warn!(%error, "the database is damaged; setting it aside");
                let backup = recovery::readable_backup(data_dir, now).await;
                report.recovery = Some(recovery::recover(data_dir, Loss::Damaged, backup, now)?);
                examine(&file).await?
            }
            other => other?,
        };
        if schema.is_none()
            && report.recovery.is_none()
            && let Some(backup) = recovery::readable_backup(data_dir, now).await
        {
            let loss = if file.exists() { Loss::Empty } else { Loss::Missing };
            warn!(?loss, "there is no database, but a backup of one");
            report.recovery = Some(recovery::recover(data_dir, loss, Some(backup), now)?);
            schema = examine(&file).await?;
        }
        report.created = schema.is_none();
        let known = newest_known();
        if let Some(found) = schema {
            if found > known {
                return Err(StoreError::TooNew { found, known });
            }
            if found < known {
                report.backup = Some(backup::back_up(data_dir, now).await?);
            }
        }
        make_private_file(&file)?;

        let writer = writer_pool(&file, options).await?;
        if let Err(error) = MIGRATIONS.run(&writer).await {
            writer.close().await;
            return Err(error.into());
        }
        if schema != Some(known) {
            info!(from = ?schema, to = known, "the database schema is up to date");
        }
        let readers = reader_pool(&file);
        Ok((
            Self {
                writer,
                readers,
                writes_through: Arc::default(),
                folder: data_dir.to_owned(),
            },
            report,
        ))
    }

    /// Copies a data folder's database, with its backups, to another folder. Nobody may be writing it meanwhile.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
        backup::copy_folder(from, to)
    }

    /// Makes a dated copy in the `backups` folder and keeps the newest three. A damaged database is restored from them.
    pub async fn back_up(&self, now: Timestamp) -> Result<PathBuf, StoreError> {
        backup::back_up(&self.folder, now).await
    }

    /// The database file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE_NAME)
    }

    /// Ends all connections; the write-ahead log goes into the main file. Later calls fail.
    pub async fn close(&self) {
        self.readers.close().await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await
        {
            warn!(%error, "the write-ahead log could not be folded in");
        }
        self.writer.close().await;
    }

    /// Begins a writing transaction, which a loss of power may undo. Beginning as a writer avoids the "busy snapshot" of a
    /// transaction that first reads.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        if self.writes_through.swap(false, Ordering::Relaxed) {
            let begin = "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";
            return Ok(self.writer.begin_with(begin).await?);
        }
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Begins a writing transaction that is on the disk, and all before it, once it is committed: what Sonarr is told
    /// afterwards must not be forgotten.
    pub(crate) async fn write_through(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        let begun = self
            .writer
            .begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
            .await?;
        self.writes_through.store(true, Ordering::Relaxed);
        Ok(begun)
    }

    /// The writing connection, for single statements that a loss of power may undo.
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// The reading connections. A statement sees one moment, so what belongs together is read by one.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }
}

/// Newest schema that this program knows.
pub(crate) fn newest_known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Checks a file and tells its newest schema; `None` where there is no file or nothing in it. Writes nothing.
pub(crate) async fn examine(file: &Path) -> Result<Option<i64>, StoreError> {
    match fs::metadata(file) {
        Ok(found) if found.is_file() => {}
        Ok(_) => {
            let reason = "it is not a file".to_owned();
            return Err(StoreError::CannotOpen {
                path: file.to_owned(),
                reason,
            });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::from_io(file, &error)),
    }
    fs::File::open(file).map_err(|error| StoreError::from_io(file, &error))?;
    match examine_as(file, true).await {
        // A process that died while it made the file left a journal behind, which only a writer may play back.
        Err(StoreError::ReadOnly(_)) => examine_as(file, false).await,
        other => other,
    }
}

async fn examine_as(file: &Path, read_only: bool) -> Result<Option<i64>, StoreError> {
    // Read-only at first, so that closing it folds no log into a damaged file and removes none. No further options: a
    // connection on which one of them failed would be closed in the background, when another file may have taken this one's
    // place.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(read_only)
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    let schema = schema_of(&mut connection).await;
    if let Err(error) = connection.close().await {
        warn!(%error, "closing the examined database failed");
    }
    schema
}

async fn schema_of(connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut *connection)
        .await?;
    if verdict != "ok" {
        return Err(StoreError::Corrupt(verdict));
    }
    let migrated: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations')")
            .fetch_one(&mut *connection)
            .await?;
    if !migrated {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await?)
}

/// What all connections have in common. The caches are small: the whole database fits the system's page cache anyway.
pub(crate) fn base_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", "-512")
        .statement_cache_capacity(24)
        .command_buffer_size(8)
        .row_buffer_size(256)
}

async fn writer_pool(file: &Path, options: StoreOptions) -> Result<SqlitePool, StoreError> {
    let mut connect = base_options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // On macOS a plain fsync leaves data in the drive's cache; elsewhere this says nothing.
        .pragma("fullfsync", "ON")
        .pragma("journal_size_limit", "4194304")
        .optimize_on_close(true, 400);
    if let Some(max_bytes) = options.max_bytes {
        connect = connect.pragma("max_page_count", (max_bytes / PAGE_SIZE).max(1).to_string());
    }
    let pool = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move {
                // SQLite ends a transaction by itself on errors like a full disk; the driver's own ROLLBACK then fails and
                // its count of open transactions stays wrong for good. Such a connection is replaced.
                if connection.is_in_transaction() {
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(connect)
        .await?;
    Ok(pool)
}

fn reader_pool(file: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .min_connections(0)
        .max_connections(2)
        .idle_timeout(Duration::from_secs(120))
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_lazy_with(base_options(file).read_only(true))
}

/// Makes a folder that only its owner may enter. An existing one keeps its rights.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| StoreError::from_io(folder, &error))
}

/// Makes an empty file that only its owner may read, where there is none; an existing one must be writable. SQLite gives
/// its side files the same rights.
fn make_private_file(file: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .map(drop)
        .map_err(|error| StoreError::from_io(file, &error))
}

#[cfg(test)]
mod tests;
