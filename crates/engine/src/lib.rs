//! The engine: observes media servers, resolves what is played, decides (in the domain crate), acts on Sonarr, and records.
//!
//! It knows no window, no tray and no command line; it runs in whatever implements [`Shell`]. Start reading at [`Engine`],
//! then `cycle` (a monitoring cycle), `runner` (how decisions are carried out and survive a crash) and `scheduler` (what is due).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod act;
pub mod clock;
mod connecting;
mod core;
mod cycle;
mod engine;
mod error;
mod health;
mod identify;
mod links;
pub mod logging;
mod monitor;
mod notifier;
mod observation;
mod options;
mod pausing;
mod playing;
mod publisher;
mod report;
mod rolling;
mod runner;
mod scheduler;
mod shell;
mod skew;

pub use engine::Engine;
pub use error::{ERROR_CODES, OpenError, RequestError};
pub use options::{Connected, ConnectionDraft, Disconnected, EngineOptions, LibraryRow, PauseFor};
pub use report::{
    Batch, CheckReport, Failure, LeftAlone, Outlook, OutlookRow, ResetReport, ResetRow, SettingsView, ShowRow,
    Standing, ViewerForecast,
};
pub use rolling::{Choices, EnrollmentDraft, FolderSpace, Recycling, StorageFloor, StorageState};
pub use shell::{LoggingShell, Shell};
