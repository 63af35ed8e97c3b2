//! Arguments and small answers of the commands. The shell's command functions take parameters with the names of the fields
//! (snake_case in Rust, camelCase on the wire).

use crate::connection::ConnectionDraft;
use crate::rules::RuleSetDto;
use crate::settings::SettingsPatch;
use crate::shows::MonitoringTypeDto;
use crate::storage::StorageFloorDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! arguments {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$field_doc:meta])* $field:ident: $kind:ty, )* } )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Deserialize, TS)]
            #[serde(rename_all = "camelCase")]
            #[ts(export_to = "wire.ts")]
            pub struct $name { $( $(#[$field_doc])* pub $field: $kind, )* }
        )*
    };
}

arguments! {
    /// Arguments of `check_sessions`.
    CheckSessions {
        /// Whether everything is only planned.
        dry_run: bool,
    }
    /// Arguments of `pause_monitoring`.
    PauseMonitoring {
        /// For how long.
        pause: PauseDto,
    }
    /// Arguments of `change_settings`.
    ChangeSettings {
        /// What shall change; all of it or nothing is taken.
        patch: SettingsPatch,
    }
    /// Arguments of `test_connection` and `save_connection`.
    DraftedConnection {
        /// The connection.
        draft: ConnectionDraft,
    }
    /// Arguments of `remove_connection`.
    NamedConnection {
        /// Its name.
        name: String,
    }
    /// Arguments of `get_journal`.
    GetJournal {
        /// At most so many rows.
        limit: u32,
        /// Only rows with a lower id.
        before: Option<i64>,
    }
    /// Arguments of `get_shows`.
    GetShows {
        /// Only inactive ones.
        inactive_only: bool,
    }
    /// Arguments of `get_library`.
    GetLibrary {
        /// Name of the instance.
        instance: String,
    }
    /// Arguments of `preview_enroll`.
    PreviewEnroll {
        /// What is to be enrolled.
        enrollment: Enrollment,
    }
    /// Arguments of `enroll`.
    Enroll {
        /// What is to be enrolled.
        enrollment: Enrollment,
        /// Of the preview that was confirmed.
        confirmation: String,
    }
    /// What is to be enrolled, and how.
    Enrollment {
        /// Name of the instance.
        instance: String,
        /// Ids of the series there.
        series: Vec<i64>,
        /// How they shall roll.
        monitoring_type: MonitoringTypeDto,
        /// Whether Sonarr is brought to the type's baseline, which may delete files.
        reset: bool,
    }
    /// Arguments of `preview_reset` and `remove_show`.
    OneShow {
        /// The master record.
        id: i64,
    }
    /// Arguments of `reset_show`.
    ResetShow {
        /// The master record.
        id: i64,
        /// Of the preview that was confirmed.
        confirmation: String,
    }
    /// Arguments of `reset_inactive`.
    ResetInactive {
        /// Of the preview that was confirmed.
        confirmation: String,
    }
    /// Arguments of `keep`.
    Keep {
        /// The master record.
        show: i64,
        /// One season of it; `None` for the whole show.
        season: Option<i32>,
        /// Whether it is to be kept, or no longer.
        keep: bool,
    }
    /// Arguments of `get_outlook`.
    AboutOutlook {
        /// The master record; `None` for all of them.
        show: Option<i64>,
    }
    /// Arguments of `get_forecasts`.
    AboutShow {
        /// The master record.
        show: i64,
    }
    /// Arguments of `get_recycling`.
    AboutInstance {
        /// Name of the instance.
        instance: String,
    }
    /// Arguments of `get_readiness`.
    GetReadiness {
        /// How far back is looked.
        days: u32,
    }
    /// Arguments of `set_rules` and `dry_run_rules`.
    GivenRules {
        /// The rules; all of them.
        rules: RuleSetDto,
    }
    /// Arguments of `set_storage_floors`.
    SetStorageFloors {
        /// The floors; all of them.
        floors: Vec<StorageFloorDto>,
    }
    /// Arguments of `confirm_deletion` and `dismiss_deletion`.
    OneConfirmation {
        /// Its id.
        id: i64,
    }
    /// Arguments of `set_autostart`.
    SetAutostart {
        /// Whether it starts at login.
        enabled: bool,
    }
    /// Arguments of `log_from_ui`.
    LogFromUi {
        /// How bad.
        level: LogLevel,
        /// What, without secrets.
        message: String,
    }
}

/// For how long monitoring is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Pause", export_to = "wire.ts")]
pub enum PauseDto {
    /// For one hour.
    OneHour,
    /// Until tomorrow morning.
    UntilTomorrow,
    /// Until the user resumes it.
    UntilResumed,
}

/// Levels of the page's own log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub enum LogLevel {
    /// Something broke.
    Error,
    /// Something is odd.
    Warn,
    /// Something happened.
    Info,
}

/// Whether the program starts at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct Autostart {
    /// Whether it does, as the system says.
    pub enabled: bool,
}

/// A command without arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[ts(type = "Record<string, never>", export_to = "wire.ts")]
pub struct NoArguments {}

/// A command that answers nothing; Rust's `()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(type = "null", export_to = "wire.ts")]
pub struct Nothing;
