//! Dated copies of the database in the `backups` folder.

use crate::StoreError;
use crate::open::{FILE_NAME, base_options, make_private_folder};
use jiff::Timestamp;
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::{Path, PathBuf};
use tracing::{info, warn};

const KEPT: usize = 3;
const PREFIX: &str = "cliffhangarr-";
const SUFFIX: &str = ".db";

/// One copy.
#[derive(Debug)]
pub(crate) struct BackupFile {
    pub path: PathBuf,
    pub made_at: Timestamp,
}

/// A time as part of a file name, to the millisecond: `20260307T201500.123Z`.
pub(crate) fn stamp(at: Timestamp) -> String {
    let civil = jiff::tz::TimeZone::UTC.to_datetime(at);
    format!("{}.{:03}Z", civil.strftime("%Y%m%dT%H%M%S"), civil.millisecond())
}

/// Copies the database as it is now and removes all but the newest copies. A copy is complete or not there.
pub(crate) async fn back_up(data_dir: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let folder = folder_of(data_dir);
    make_private_folder(&folder)?;
    let target = folder.join(format!("{PREFIX}{}{SUFFIX}", stamp(now)));
    let unfinished = folder.join("unfinished");
    remove_if_there(&unfinished)?;
    let made = copy(&data_dir.join(FILE_NAME), &unfinished).await;
    if let Err(error) = made {
        remove_if_there(&unfinished)?;
        return Err(error);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o600))
            .map_err(|error| StoreError::from_io(&unfinished, &error))?;
    }
    fs::rename(&unfinished, &target).map_err(|error| StoreError::from_io(&target, &error))?;
    info!(path = %target.display(), "the database was backed up");
    for old in newest_first(data_dir, now).into_iter().skip(KEPT) {
        if let Err(error) = fs::remove_file(&old.path) {
            warn!(%error, path = %old.path.display(), "an old backup could not be removed");
        }
    }
    Ok(target)
}

/// Copies a database as its files are, with what a crash left in its log, and its backups.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    let (backups, copied) = (folder_of(from), folder_of(to));
    make_private_folder(&copied)?;
    for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
        copy_if_there(&from.join(&name), &to.join(&name))?;
    }
    let Ok(files) = fs::read_dir(&backups) else {
        return Ok(());
    };
    for file in files.flatten() {
        copy_if_there(&file.path(), &copied.join(file.file_name()))?;
    }
    Ok(())
}

fn copy_if_there(from: &Path, to: &Path) -> Result<(), StoreError> {
    if !from.is_file() {
        return Ok(());
    }
    fs::copy(from, to)
        .map(drop)
        .map_err(|error| StoreError::from_io(from, &error))
}

async fn copy(file: &Path, target: &Path) -> Result<(), StoreError> {
    let mut connection = base_options(file).connect().await?;
    let done = sqlx::query("VACUUM INTO ?")
        .bind(target.to_string_lossy())
        .execute(&mut connection)
        .await;
    connection.close().await?;
    done?;
    Ok(())
}

/// The copies there are. Those from the future come last: a clock that has been set back since made them, before the others.
pub(crate) fn newest_first(data_dir: &Path, now: Timestamp) -> Vec<BackupFile> {
    let Ok(listing) = fs::read_dir(folder_of(data_dir)) else {
        return Vec::new();
    };
    let mut copies: Vec<BackupFile> = listing
        .flatten()
        .filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            let made_at = read_stamp(name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?)?;
            Some(BackupFile {
                path: file.path(),
                made_at,
            })
        })
        .collect();
    copies.sort_by_key(|copy| (copy.made_at > now, std::cmp::Reverse(copy.made_at)));
    copies
}

fn read_stamp(stamp: &str) -> Option<Timestamp> {
    let (seconds, millis) = stamp.strip_suffix('Z')?.split_once('.')?;
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", seconds).ok()?;
    let at = jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?;
    at.checked_add(jiff::SignedDuration::from_millis(millis.parse().ok()?))
        .ok()
}

fn folder_of(data_dir: &Path) -> PathBuf {
    data_dir.join("backups")
}

fn remove_if_there(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::from_io(file, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_back_to_the_same_millisecond() {
        let at = Timestamp::from_millisecond(1_772_914_500_007).unwrap();
        assert_eq!(stamp(at), "20260307T201500.007Z");
        assert_eq!(read_stamp(&stamp(at)), Some(at));
        assert_eq!(read_stamp("yesterday"), None);
    }
}
