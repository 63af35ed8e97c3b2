//! What is done about a database that was lost: what is left of it is set aside, never deleted.

use crate::StoreError;
use crate::backup::{self, BackupFile};
use crate::open::{FILE_NAME, examine, newest_known};
use jiff::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};
use tracing::warn;

/// What was wrong with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It could not be read.
    Damaged,
    /// There was nothing of Cliffhangarr in it.
    Empty,
    /// It was not there.
    Missing,
}

/// How a lost database was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// What was wrong with it.
    pub loss: Loss,
    /// Where its file is now; `None` when there was none.
    pub set_aside: Option<PathBuf>,
    /// The backup that took its place, and when it was made; `None` when there was no readable one.
    pub restored: Option<(PathBuf, Timestamp)>,
}

impl Recovery {
    /// What happened, for people.
    pub fn sentence(&self) -> String {
        let what = match self.loss {
            Loss::Damaged => "damaged",
            Loss::Empty => "empty",
            Loss::Missing => "missing",
        };
        let made_at = self.restored.as_ref().map(|(_, at)| at.strftime("%Y-%m-%d %H:%M"));
        let mut text = match made_at {
            Some(at) => format!("The database was {what}. Cliffhangarr went back to the backup of {at} UTC"),
            None => format!("The database was {what} and there was no backup. Cliffhangarr starts empty"),
        };
        if let Some(aside) = &self.set_aside {
            text.push_str(&format!("; the {what} file was kept as {}", aside.display()));
        }
        text.push('.');
        text
    }
}

/// The newest backup that this version can read.
pub(crate) async fn readable_backup(data_dir: &Path, now: Timestamp) -> Option<BackupFile> {
    for copy in backup::newest_first(data_dir, now) {
        match examine(&copy.path).await {
            Ok(Some(schema)) if schema <= newest_known() => return Some(copy),
            Ok(_) => warn!(path = %copy.path.display(), "a backup does not fit this version"),
            Err(error) => warn!(path = %copy.path.display(), %error, "a backup cannot be read"),
        }
    }
    None
}

/// Sets the file and its side files aside, and puts the backup in its place.
pub(crate) fn recover(
    data_dir: &Path,
    loss: Loss,
    backup: Option<BackupFile>,
    now: Timestamp,
) -> Result<Recovery, StoreError> {
    let aside_name = format!("{FILE_NAME}.corrupt-{}", backup::stamp(now));
    // SQLite finds side files by name, so they keep fitting the main file.
    for suffix in ["-wal", "-shm", ""] {
        let from = data_dir.join(format!("{FILE_NAME}{suffix}"));
        match fs::rename(&from, data_dir.join(format!("{aside_name}{suffix}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::from_io(&from, &error));
            }
            _ => {}
        }
    }
    if let Some(backup) = &backup {
        put_in_place(&backup.path, &data_dir.join(FILE_NAME))?;
    }
    Ok(Recovery {
        loss,
        set_aside: (loss != Loss::Missing).then(|| data_dir.join(aside_name)),
        restored: backup.map(|copy| (copy.path, copy.made_at)),
    })
}

/// Copies through a temporary name, so that an interruption leaves no half file in place.
fn put_in_place(copy: &Path, file: &Path) -> Result<(), StoreError> {
    let unfinished = file.with_extension("restoring");
    fs::copy(copy, &unfinished).map_err(|error| StoreError::from_io(&unfinished, &error))?;
    let written = fs::OpenOptions::new().write(true).open(&unfinished);
    written
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::from_io(&unfinished, &error))?;
    fs::rename(&unfinished, file).map_err(|error| StoreError::from_io(file, &error))
}
