//! The arguments, as the command line's contract fixes them.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use domain::monitoring::MonitoringType;
use domain::state::ConnectionKind;
use std::path::PathBuf;

/// Watches what people play, and has Sonarr fetch what they will want next.
#[derive(Debug, Parser)]
#[command(name = "cliffhangarr-cli", version, about)]
pub(crate) struct Arguments {
    /// Where the database, logs and lock live.
    #[arg(long, global = true, env = "CLIFFHANGARR_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where tokens and API keys live.
    #[arg(long, global = true, env = "CLIFFHANGARR_SECRET_STORE", value_enum, default_value_t = SecretStoreChoice::Keyring)]
    pub secret_store: SecretStoreChoice,
    /// How much is logged.
    #[arg(long, global = true, value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// What this process was started with.
    ///
    /// # Errors
    /// When it cannot be understood, or contradicts itself. What the environment says contradicts nothing: it is there for
    /// other commands as well.
    pub fn given() -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches()?;
        let arguments = Self::from_arg_matches(&matches)?;
        let asks_for = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
        if matches!(arguments.command, Command::Demo { .. }) && (asks_for("data_dir") || asks_for("secret_store")) {
            let complaint = "The demo brings its own data folder and secrets: leave out --data-dir and --secret-store.";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, complaint));
        }
        Ok(arguments)
    }
}

/// Places for secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecretStoreChoice {
    /// The system keyring.
    Keyring,
    /// Environment variables, `CLIFFHANGARR_SECRET_<NAME>`.
    Env,
}

/// Levels of logging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Failures that need somebody.
    Error,
    /// Failures that are dealt with.
    Warn,
    /// What is done and why.
    Info,
    /// What is looked at.
    Debug,
    /// Everything.
    Trace,
}

impl Command {
    /// Whether it only says what would be done.
    pub fn is_dry_run(&self) -> bool {
        matches!(
            self,
            Self::Check { dry_run: true }
                | Self::ResetInactive { dry_run: true }
                | Self::Reset { dry_run: true, .. }
                | Self::Enroll(Enroll { dry_run: true, .. })
                | Self::Outlook { .. }
        )
    }
}

impl LogLevel {
    /// The word.
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

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Adds or updates a connection.
    Connect(Connect),
    /// Lists every connection with its health.
    Connections,
    /// Removes a connection and its secret.
    Disconnect {
        /// Its name.
        name: String,
    },
    /// Shows or changes the settings.
    #[command(subcommand)]
    Settings(Settings),
    /// Makes series rolling shows.
    Enroll(Enroll),
    /// Lists the rolling shows and their viewers.
    Shows {
        /// Only those that the automatic reset would take for inactive.
        #[arg(long)]
        inactive: bool,
    },
    /// One monitoring cycle now.
    Check {
        /// Only says what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// The automatic reset's pass now.
    ResetInactive {
        /// Only says what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Brings a rolling show back to its baseline.
    Reset {
        /// The show's id, from `shows`.
        id: i64,
        /// Only says what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Takes a rolling show out of monitoring; Sonarr stays as it is.
    Remove {
        /// The show's id, from `shows`.
        id: i64,
        /// Brings it back to its baseline first.
        #[arg(long)]
        reset: bool,
    },
    /// What was decided and done, newest first.
    Journal {
        /// At most so many rows.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// What will go when of the rolling shows, and what is kept and why.
    Outlook {
        /// The show's id, from `shows`; without it, all of them.
        id: Option<i64>,
    },
    /// How fast the viewers of a rolling show watch, and when they run out of episodes.
    Forecast {
        /// The show's id, from `shows`.
        id: i64,
    },
    /// Marks a rolling show as "keep": nothing of it is cleaned up or reset.
    Keep {
        /// The show's id, from `shows`.
        id: i64,
        /// Only this season of it.
        #[arg(long)]
        season: Option<i32>,
        /// Takes the mark away.
        #[arg(long)]
        off: bool,
    },
    /// Deletions that wait for your word.
    Confirmations,
    /// Agrees to a deletion that waits; the next check, or a running program, carries it out.
    Confirm {
        /// Its id, from `confirmations`.
        id: i64,
    },
    /// Drops a deletion that waits; the files stay.
    Dismiss {
        /// Its id, from `confirmations`.
        id: i64,
    },
    /// Rules by which series that are new in Sonarr become rolling shows.
    #[command(subcommand)]
    Rules(Rules),
    /// Free space that shall be left in root folders.
    #[command(subcommand)]
    Floors(Floors),
    /// How often the next episode was there before its viewer was.
    Readiness {
        /// How far back is looked.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
    /// Ends a pause that was set in the tray or the window.
    Resume,
    /// Monitors in the foreground until SIGINT or SIGTERM.
    Run,
    /// Starts the simulated household on loopback, and monitors it. Its data folder and secrets are its own, and gone at the end.
    Demo {
        /// How many times faster than real the household lives.
        #[arg(long, default_value_t = 1.0)]
        speed: f64,
    },
}

/// A connection.
#[derive(Debug, Args)]
pub(crate) struct Connect {
    /// plex, jellyfin, emby, tautulli or sonarr.
    #[arg(value_parser = kind)]
    pub kind: ConnectionKind,
    /// Your name for it.
    #[arg(long)]
    pub name: String,
    /// Its address.
    #[arg(long)]
    pub url: String,
    /// Reads the token or API key from standard input.
    #[arg(long)]
    pub secret_stdin: bool,
    /// Keeps it without asking the server first.
    #[arg(long)]
    pub no_verify: bool,
}

/// Settings commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// All settings, and which of them the environment holds.
    Show,
    /// Changes settings, all or none.
    Set {
        /// KEY=VALUE, such as remainingEpisodes=3 or filterUsers=Alice,Bob.
        #[arg(required = true)]
        assignments: Vec<String>,
    },
    /// Changes settings from a JSON object.
    Import {
        /// A file, or - for standard input.
        file: PathBuf,
    },
}

/// Commands about rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// The rules in force, in their order.
    Show,
    /// Replaces all rules. They hold for series that are added to Sonarr from now on.
    Import {
        /// A file with a JSON object as `rules show --json` prints it, or - for standard input.
        file: PathBuf,
    },
    /// Says what would match in the libraries as they are; writes nothing.
    Try {
        /// A file as for `rules import`; without it, the rules in force.
        file: Option<PathBuf>,
    },
}

/// Commands about free space.
#[derive(Debug, Subcommand)]
pub(crate) enum Floors {
    /// The floors, and how their folders are.
    Show,
    /// Replaces all floors. Nothing is deleted by it.
    Import {
        /// A file with a JSON array as `floors show --json` prints it, or - for standard input.
        file: PathBuf,
    },
}

/// An enrollment.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["tvdb", "series"]))]
pub(crate) struct Enroll {
    /// Name of the Sonarr connection.
    #[arg(long)]
    pub instance: String,
    /// TVDB id of a series; may be given several times.
    #[arg(long, value_name = "ID")]
    pub tvdb: Vec<i64>,
    /// Sonarr's id of a series; may be given several times.
    #[arg(long, value_name = "ID")]
    pub series: Vec<i64>,
    /// pilotRolling, firstSeasonRolling or allSeasonPilotRolling.
    #[arg(long = "type", value_parser = monitoring_type)]
    pub monitoring_type: MonitoringType,
    /// Also brings Sonarr to the type's baseline.
    #[arg(long)]
    pub reset: bool,
    /// Only says what would be done, and exactly which files would go.
    #[arg(long)]
    pub dry_run: bool,
}

fn kind(text: &str) -> Result<ConnectionKind, String> {
    ConnectionKind::from_name(text).ok_or_else(|| "use plex, jellyfin, emby, tautulli or sonarr".to_owned())
}

fn monitoring_type(text: &str) -> Result<MonitoringType, String> {
    MonitoringType::from_name(text)
        .ok_or_else(|| "use pilotRolling, firstSeasonRolling or allSeasonPilotRolling".to_owned())
}
