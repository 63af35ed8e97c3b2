//! What can go wrong with the database, told apart by what is to be done about it.

use std::io;
use std::path::PathBuf;

/// A failure of the store. Whatever was being written is not there, not even in part.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space is left.
    #[error("The disk is full, so nothing can be saved")]
    DiskFull,
    /// The file or its folder must not be written.
    #[error("The database cannot be written ({0})")]
    ReadOnly(String),
    /// The disk did not do what it was told.
    #[error("The disk failed ({0})")]
    Disk(String),
    /// Another process held the database for longer than a write waits.
    #[error("The database is being used by another program")]
    Busy,
    /// The file is damaged, or a value in it makes no sense.
    #[error("The database is damaged ({0})")]
    Corrupt(String),
    /// The file was written by a newer version of Cliffhangarr.
    #[error("The database was written by a newer version of Cliffhangarr (schema {found}, this version knows {known})")]
    TooNew {
        /// Newest schema in the file.
        found: i64,
        /// Newest schema this version knows.
        known: i64,
    },
    /// The file or its folder could not be opened or made.
    #[error("{path} cannot be opened ({reason})")]
    CannotOpen {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// What was asked to be changed is not there.
    #[error("There is no such {0}")]
    NotFound(&'static str),
    /// The change does not fit what is there.
    #[error("{0}")]
    Conflict(String),
    /// Anything else.
    #[error("The database refused: {0}")]
    Other(String),
}

impl StoreError {
    /// What to do about it, as a sentence for people.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::DiskFull => "Free some space on the disk that holds Cliffhangarr's data folder.",
            Self::ReadOnly(_) => {
                "Check that your user may write to Cliffhangarr's data folder and that its disk is not mounted read-only."
            }
            Self::Disk(_) => {
                "Check the disk that holds Cliffhangarr's data folder: it may be failing, disconnected, or over a quota."
            }
            Self::Busy => "Close other programs that have Cliffhangarr's database open, a backup tool for instance.",
            Self::Corrupt(_) => {
                "Restart Cliffhangarr: it sets the damaged file aside and goes on from the newest backup."
            }
            Self::TooNew { .. } => {
                "Install the newer version again, or start with another data folder. Nothing was changed."
            }
            Self::CannotOpen { .. } => "Check that the data folder exists, is a folder, and belongs to your user.",
            Self::NotFound(_) | Self::Conflict(_) => "Look at the current state and try again.",
            Self::Other(_) => "Restart Cliffhangarr. If it comes back, please report it with the log.",
        }
    }

    /// Whether the file itself cannot be relied on.
    pub fn is_corruption(&self) -> bool {
        matches!(self, Self::Corrupt(_))
    }

    /// Tells an operating system's error about a path apart.
    pub(crate) fn from_io(path: &std::path::Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly(format!("{}: {error}", path.display()))
            }
            _ => Self::CannotOpen {
                path: path.to_owned(),
                reason: error.to_string(),
            },
        }
    }
}

/// SQLite's primary result codes that are handled apart; <https://www.sqlite.org/rescode.html>.
mod code {
    pub const PERM: i32 = 3;
    pub const BUSY: i32 = 5;
    pub const LOCKED: i32 = 6;
    pub const READONLY: i32 = 8;
    pub const IOERR: i32 = 10;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const CANTOPEN: i32 = 14;
    pub const AUTH: i32 = 23;
    pub const NOTADB: i32 = 26;
    /// Extended codes of `IOERR` that tell of the file, not of the disk.
    pub const IOERR_SHORT_READ: i32 = 522;
    pub const IOERR_CORRUPTFS: i32 = 8458;
    /// The index of the write-ahead log cannot grow: there is no space at all.
    pub const IOERR_SHMSIZE: i32 = 4874;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // Foreign keys that can fail lead to connections: one was removed while work for it was on its way.
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => Self::NotFound("connection"),
            sqlx::Error::Database(database) => {
                let extended: i32 = database.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                match extended & 0xff {
                    code::IOERR if matches!(extended, code::IOERR_SHORT_READ | code::IOERR_CORRUPTFS) => {
                        Self::Corrupt(error.to_string())
                    }
                    code::IOERR if extended == code::IOERR_SHMSIZE => Self::DiskFull,
                    code::BUSY | code::LOCKED => Self::Busy,
                    code::FULL => Self::DiskFull,
                    code::READONLY | code::PERM | code::AUTH | code::CANTOPEN => Self::ReadOnly(error.to_string()),
                    code::IOERR => Self::Disk(error.to_string()),
                    code::CORRUPT | code::NOTADB => Self::Corrupt(error.to_string()),
                    _ => Self::Other(error.to_string()),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Other(other.to_string()),
        }
    }
}
