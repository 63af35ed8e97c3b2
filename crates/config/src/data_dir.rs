//! The data folder and its lock.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

const LOCK_NAME: &str = "lock";

/// The data folder, owned by this process until the value is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// The operating system lets go of the lock when the file is closed, however the process ends.
    _lock: File,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process owns it.
    #[error("The data folder {path} is used by {owner}. Quit it first, or choose another folder with --data-dir",
        path = path.display(), owner = owner(*pid))]
    InUse {
        /// The folder.
        path: PathBuf,
        /// Its owner's process id, where the lock file could be read.
        pid: Option<u32>,
    },
    /// Nothing can be written there.
    #[error("The data folder {path} cannot be used: {reason}. Check that it belongs to your user, or choose another folder with --data-dir",
        path = path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The platform's folder for application data could not be found.
    #[error("There is no home folder to keep data in. Choose a folder with --data-dir")]
    NoHome,
}

fn owner(pid: Option<u32>) -> String {
    pid.map_or_else(
        || "another Cliffhangarr".to_owned(),
        |pid| format!("another Cliffhangarr (process {pid})"),
    )
}

impl DataDir {
    /// Opens a data folder, the platform's own by default, and takes its lock. A missing one is made, for its owner only.
    pub fn open(path: Option<PathBuf>) -> Result<Self, DataDirError> {
        let path = Self::locate(path)?;
        make_private(&path).map_err(|error| unwritable(&path, &error))?;
        let lock = take_lock(&path)?;
        Ok(Self { path, _lock: lock })
    }

    /// Where [`DataDir::open`] would look. Makes and locks nothing.
    pub fn locate(path: Option<PathBuf>) -> Result<PathBuf, DataDirError> {
        let path = match path {
            Some(path) => path,
            None => default_folder(|name| std::env::var_os(name)).ok_or(DataDirError::NoHome)?,
        };
        std::path::absolute(&path).map_err(|error| unwritable(&path, &error))
    }

    /// The folder, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn default_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(target_os = "windows") {
        folder("APPDATA")?
    } else if cfg!(target_os = "macos") {
        folder("HOME")?.join("Library/Application Support")
    } else {
        // The XDG base directory specification ignores relative paths.
        folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?
    };
    Some(base.join("cliffhangarr"))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn take_lock(folder: &Path) -> Result<File, DataDirError> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut lock = options
        .open(folder.join(LOCK_NAME))
        .map_err(|error| unwritable(folder, &error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(DataDirError::InUse {
                path: folder.to_owned(),
                pid: read_pid(&mut lock),
            });
        }
        Err(TryLockError::Error(error)) => return Err(unwritable(folder, &error)),
    }
    write_pid(&mut lock).map_err(|error| unwritable(folder, &error))?;
    Ok(lock)
}

fn write_pid(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

/// Windows does not let others read a locked file; there the process id stays unknown.
fn read_pid(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn unwritable(folder: &Path, error: &io::Error) -> DataDirError {
    let reason = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "it is not a folder".to_owned(),
        _ => error.to_string(),
    };
    DataDirError::Unwritable {
        path: folder.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_default_folder_follows_the_xdg_specification() {
        let with = |pairs: &'static [(&str, &str)]| {
            default_folder(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(
            with(&[("HOME", "/home/ann")]),
            Some(PathBuf::from("/home/ann/.local/share/cliffhangarr"))
        );
        assert_eq!(
            with(&[("HOME", "/home/ann"), ("XDG_DATA_HOME", "/data")]),
            Some(PathBuf::from("/data/cliffhangarr"))
        );
        assert_eq!(
            with(&[("HOME", "/home/ann"), ("XDG_DATA_HOME", "data")]),
            Some(PathBuf::from("/home/ann/.local/share/cliffhangarr"))
        );
        assert_eq!(with(&[]), None);
    }
}
