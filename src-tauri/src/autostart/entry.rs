//! The entry of the freedesktop.org autostart specification.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Where the user's entry belongs.
///
/// # Errors
/// When there is neither a configuration folder nor a home.
pub fn path() -> io::Result<PathBuf> {
    locate(|name| std::env::var_os(name))
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no home folder"))
}

fn locate(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // The base directory specification ignores relative paths.
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("autostart/Cliffhangarr.desktop"))
}

/// The program to start: the AppImage that holds this one, if there is one.
///
/// # Errors
/// When the system does not tell where the running program is.
pub fn program() -> io::Result<PathBuf> {
    std::env::var_os("APPIMAGE").map_or_else(std::env::current_exe, |image| Ok(image.into()))
}

/// Whether there is an entry that the desktop would start. Desktops switch an entry off by marking it.
///
/// # Errors
/// When the entry is there and cannot be read.
pub fn is_active(path: &Path) -> io::Result<bool> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(!text
            .lines()
            .any(|line| matches!(line.trim(), "Hidden=true" | "X-GNOME-Autostart-enabled=false"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes the entry.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write(path: &Path, program: &Path, argument: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let command = quote(&program.to_string_lossy());
    std::fs::write(
        path,
        format!(
            "[Desktop Entry]\nType=Application\nVersion=1.0\nName=Cliffhangarr\nComment=Sonarr fetches what your viewers want next\n\
             Exec={command} {argument}\nIcon=cliffhangarr\nTerminal=false\nStartupNotify=false\n"
        ),
    )
}

/// Removes the entry. That there is none is no error.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Quotes a word of a command line as the desktop entry specification asks for: once as a quoted argument, once as a string.
fn quote(word: &str) -> String {
    let mut quoted = String::from("\"");
    for character in word.chars() {
        match character {
            '\\' => quoted.push_str(r"\\\\"),
            '"' | '`' | '$' => {
                quoted.push_str(r"\\");
                quoted.push(character);
            }
            '%' => quoted.push_str("%%"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_is_where_the_desktop_looks() {
        let with = |pairs: &[(&str, &str)]| {
            locate(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            })
        };
        let home = ("HOME", "/home/ann");
        let default = Some(PathBuf::from("/home/ann/.config/autostart/Cliffhangarr.desktop"));
        assert_eq!(with(&[home]), default);
        assert_eq!(with(&[home, ("XDG_CONFIG_HOME", "relative")]), default);
        let elsewhere = with(&[home, ("XDG_CONFIG_HOME", "/etc/ann")]);
        assert_eq!(
            elsewhere,
            Some(PathBuf::from("/etc/ann/autostart/Cliffhangarr.desktop"))
        );
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn a_written_entry_is_active_until_it_is_removed_or_switched_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("autostart/Cliffhangarr.desktop");
        assert!(!is_active(&path).unwrap());
        remove(&path).unwrap();

        write(&path, Path::new("/opt/My Apps/cliffhangarr"), "--autostart").unwrap();
        assert!(is_active(&path).unwrap());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("Exec=\"/opt/My Apps/cliffhangarr\" --autostart\n"),
            "{text}"
        );

        std::fs::write(&path, format!("{text}X-GNOME-Autostart-enabled=false\n")).unwrap();
        assert!(!is_active(&path).unwrap());
        remove(&path).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn special_characters_stay_themselves() {
        assert_eq!(quote("/a b"), r#""/a b""#);
        assert_eq!(quote("/100%"), r#""/100%%""#);
        assert_eq!(quote("/$HOME"), r#""/\\$HOME""#);
        assert_eq!(quote(r"/back\slash"), r#""/back\\\\slash""#);
    }
}
