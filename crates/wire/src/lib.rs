//! What crosses from the desktop shell to its page and back.
//!
//! Every type here is made from domain types, is serialized in camelCase, and has a TypeScript twin that is generated into
//! `ui/src/bindings/` (`UPDATE_BINDINGS=1 cargo test -p cliffhangarr-wire` writes it; without the variable the test compares).
//! A type that shares its name with a domain type is called `…Dto` here and plainly in TypeScript.
//!
//! Secrets only ever travel inwards, in [`ConnectionDraft`], whose `Debug` hides them. There is no logic here, no I/O, and
//! nothing of Tauri.
//!
//! Start reading at [`command_table!`], then [`AppStateDto`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

#[macro_use]
mod command_table;
mod actions;
mod arguments;
mod bindings;
mod connection;
mod error;
mod journal;
mod outlook;
mod preview;
mod report;
mod rules;
mod settings;
mod shows;
mod state;
mod storage;

pub use actions::{ActionDto, FileDto, PositionDto};
pub use arguments::{
    AboutInstance, AboutOutlook, AboutShow, Autostart, ChangeSettings, CheckSessions, DraftedConnection, Enroll,
    Enrollment, GetJournal, GetLibrary, GetReadiness, GetShows, GivenRules, Keep, LogFromUi, LogLevel, NamedConnection,
    NoArguments, Nothing, OneConfirmation, OneShow, PauseDto, PauseMonitoring, PreviewEnroll, ResetInactive, ResetShow,
    SetAutostart, SetStorageFloors,
};
pub use bindings::{Call, CommandMap, export_bindings};
pub use command_table::COMMANDS;
pub use connection::{Connected, ConnectionDraft, ConnectionKindDto, ConnectionStateDto, HealthDto, InboundSecret};
pub use error::{ErrorCode, ErrorDto};
pub use journal::{JournalEntryDto, JournalPage, Origin, Outcome, ReasonCode, SubjectDto};
pub use outlook::{
    Forecasts, Outlook, OutlookRow, ReadinessDto, RecyclingDto, RecyclingKind, Standing, ViewerForecastDto,
};
pub use preview::{Preview, PreviewItem};
pub use report::{BatchReport, CheckDecision, CheckReport, Done, ErrorRow, LeftAlone, ResetReport, ResetRow};
pub use rules::{
    CombinationDto, ConditionDto, DryRun, DryRunRowDto, InstanceChoices, InstanceDefaultDto, OutcomeDto,
    QualityProfile, RuleChoices, RuleDto, RuleSetDto,
};
pub use settings::{Range, SettingsDto, SettingsPatch, SettingsView};
pub use shows::{Library, LibrarySeries, MonitoringTypeDto, ShowRow, ShowRows};
pub use state::{
    ActivityDto, AppStateDto, CycleSummaryDto, MonitoringDto, NowPlayingDto, PendingConfirmationDto, SecretStoreDto,
    VerdictDto, View, WarningDto,
};
pub use storage::{RootFolder, RootFolders, StorageFloorDto};

/// Name of the event that carries an [`AppStateDto`] to the page whenever it differs from the last one.
pub const STATE_EVENT: &str = "state";

/// Name of the event that asks an open page to show a [`View`].
pub const OPEN_VIEW_EVENT: &str = "open-view";
