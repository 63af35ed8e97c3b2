//! Everything Cliffhangarr remembers, in one SQLite file.
//!
//! A [`Store`] has one writing connection, whose transactions begin as writers (`BEGIN IMMEDIATE`), and up to two reading
//! ones. Times are kept as whole milliseconds in UTC; what is finer is cut off. Every method that writes is one
//! transaction: after an error nothing of it is there.
//!
//! No decisions are taken here, no clock is read, and no secret is ever kept. Start reading at [`Store::open`]; each
//! table has a module of its own that adds its questions to [`Store`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod backup;
mod connection;
mod error;
mod intent;
mod journal;
mod meta;
mod observed;
mod open;
mod owed_sighting;
mod readiness;
mod recovery;
mod reminder;
mod rolling_show;
mod scheduled_task;
mod search_memory;
mod setting;
mod time;
mod tracking_entry;

pub use connection::{Connection, NewConnection};
pub use error::StoreError;
pub use intent::{Intent, IntentState, NewIntent};
pub use journal::{JournalEntry, JournalQuery, NewJournalEntry, Origin, Outcome};
pub use open::{OpenReport, Store, StoreOptions};
pub use owed_sighting::OwedSighting;
pub use readiness::Readiness;
pub use recovery::{Loss, Recovery};
pub use reminder::StoredReminder;
pub use rolling_show::NewRollingShow;
pub use scheduled_task::ScheduledTask;
