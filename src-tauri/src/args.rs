//! The command line of the desktop application.

use clap::{Parser, ValueEnum};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Watches what people play on Plex, Jellyfin or Emby, and has Sonarr fetch what they will want next.
///
/// Starts into the tray. A second start opens the window of the first one.
#[derive(Debug, Clone, Parser)]
#[command(version, about)]
pub struct Args {
    /// Folder of the database, the logs and the lock. Default: the platform's application data folder
    #[arg(long, value_name = "DIR", env = "CLIFFHANGARR_DATA_DIR")]
    pub data_dir: Option<PathBuf>,

    /// Open the window at once
    #[arg(long)]
    pub show: bool,

    /// Started at login: stay in the tray, and wait for the desktop to come up
    #[arg(long, conflicts_with = "show")]
    pub autostart: bool,

    /// Where tokens and API keys live
    #[arg(
        long,
        value_enum,
        value_name = "PLACE",
        default_value = "keyring",
        env = "CLIFFHANGARR_SECRET_STORE"
    )]
    pub secret_store: SecretPlace,

    /// How much is logged
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "info")]
    pub log_level: LogLevel,

    /// Watch a simulated household instead of real servers; nothing is kept
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with_all = ["data_dir", "secret_store"])]
    pub demo: bool,

    /// Quit by itself after so many seconds (for measurements)
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub quit_after: Option<u64>,
}

/// Where tokens and API keys live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecretPlace {
    /// The platform's keyring.
    Keyring,
    /// Environment variables.
    Env,
    /// This process's memory.
    #[value(skip)]
    Memory,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Only what failed.
    Error,
    /// Also what is odd.
    Warn,
    /// Also what was decided and done.
    Info,
    /// Also what was asked and answered.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Args {
    /// Whether the simulated household was asked for.
    pub fn wants_demo(&self) -> bool {
        #[cfg(feature = "demo")]
        return self.demo;
        #[cfg(not(feature = "demo"))]
        return false;
    }

    /// After how long to quit unasked.
    pub fn lifetime(&self) -> Option<Duration> {
        self.quit_after.map(Duration::from_secs)
    }

    /// The name under which a second start finds this one. Another data folder is another application; the demo is one
    /// too.
    pub fn instance_name(&self, identifier: &str) -> String {
        if self.wants_demo() {
            return format!("{identifier}.Demo");
        }
        match &self.data_dir {
            Some(folder) => format!("{identifier}.Folder{:016x}", fingerprint(folder)),
            None => identifier.to_owned(),
        }
    }
}

/// FNV-1a over the absolute path: the same in every build, unlike the standard library's hasher.
fn fingerprint(folder: &Path) -> u64 {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

/// Whether the arguments of a second start ask to stay out of sight.
pub fn stays_in_tray(argv: &[String]) -> bool {
    argv.iter().any(|argument| argument == "--autostart")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Args {
        Args::try_parse_from(std::iter::once("cliffhangarr").chain(line.iter().copied())).unwrap()
    }

    #[test]
    fn a_plain_start_uses_the_keyring_and_stays_in_the_tray() {
        let args = parse(&[]);
        assert!(!args.show && !args.autostart && !args.wants_demo());
        assert_eq!(args.secret_store, SecretPlace::Keyring);
        assert_eq!(args.log_level.name(), "info");
        assert_eq!(args.lifetime(), None);
    }

    #[test]
    fn showing_and_staying_in_the_tray_contradict_each_other() {
        assert!(Args::try_parse_from(["cliffhangarr", "--show", "--autostart"]).is_err());
    }

    #[test]
    fn another_data_folder_is_another_application() {
        let plain = parse(&[]).instance_name("app");
        let one = parse(&["--data-dir", "/tmp/one"]).instance_name("app");
        let two = parse(&["--data-dir", "/tmp/two"]).instance_name("app");
        assert_eq!(plain, "app");
        assert_ne!(one, two);
        assert_eq!(one, parse(&["--data-dir", "/tmp/one"]).instance_name("app"));
        assert!(one.starts_with("app.Folder"));
    }

    #[test]
    fn a_second_start_at_login_opens_nothing() {
        assert!(stays_in_tray(&["cliffhangarr".into(), "--autostart".into()]));
        assert!(!stays_in_tray(&["cliffhangarr".into()]));
    }
}
