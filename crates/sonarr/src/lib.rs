//! The client of Sonarr's HTTP API (`/api/v3`, which versions 3, 4 and 5 serve).
//!
//! It turns answers into domain types and knows the traps of the API: whole objects on PUT, one writer at a time, no repeated
//! writes. It decides nothing about what to monitor, search or delete.
//!
//! Start reading at [`SonarrClient`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod client;
mod edit;
mod parse;
mod records;

pub use client::SonarrClient;
pub use edit::SeriesEdit;
pub use records::{
    CommandId, CommandStatus, FileDeletion, HistoryEvent, HistoryRecord, Listing, MediaManagement, QualityProfile,
    QueueRecord, RootFolder, SystemStatus,
};
