//! What is done about a damaged file: it is set aside, never deleted.

use crate::open::{FILE_NAME, examine, newest_known};
use crate::{StoreError, backup};
use jiff::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};
use tracing::warn;

/// How a damaged database was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Where the damaged file is now.
    pub set_aside: PathBuf,
    /// The backup that took its place, and when it was made; `None` when there was no readable one.
    pub restored: Option<(PathBuf, Timestamp)>,
}

impl Recovery {
    /// What happened, for people.
    pub fn sentence(&self) -> String {
        let aside = self.set_aside.display();
        match &self.restored {
            Some((_, made_at)) => format!(
                "The database was damaged. Cliffhangarr went back to the backup of {} UTC; the damaged file was kept as {aside}.",
                made_at.strftime("%Y-%m-%d %H:%M")
            ),
            None => format!(
                "The database was damaged and there was no backup. Cliffhangarr starts empty; the damaged file was kept as {aside}."
            ),
        }
    }
}

/// Sets the damaged file and its side files aside, and puts the newest readable backup in its place.
pub(crate) async fn recover(data_dir: &Path, now: Timestamp) -> Result<Recovery, StoreError> {
    let file = data_dir.join(FILE_NAME);
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
    let set_aside = data_dir.join(aside_name);
    for copy in backup::newest_first(data_dir) {
        match examine(&copy.path).await {
            Ok(Some(schema)) if schema <= newest_known() => {
                put_in_place(&copy.path, &file)?;
                return Ok(Recovery {
                    set_aside,
                    restored: Some((copy.path, copy.made_at)),
                });
            }
            Ok(_) => warn!(path = %copy.path.display(), "a backup does not fit this version"),
            Err(error) => warn!(path = %copy.path.display(), %error, "a backup cannot be read"),
        }
    }
    Ok(Recovery {
        set_aside,
        restored: None,
    })
}

/// Copies through a temporary name, so that an interruption leaves no half file in place.
fn put_in_place(copy: &Path, file: &Path) -> Result<(), StoreError> {
    let unfinished = file.with_extension("restoring");
    fs::copy(copy, &unfinished).map_err(|error| StoreError::from_io(&unfinished, &error))?;
    fs::rename(&unfinished, file).map_err(|error| StoreError::from_io(file, &error))
}
