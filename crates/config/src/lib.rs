//! Where Cliffhangarr's configuration comes from: the data folder, the settings in their layers, and the secrets.
//!
//! - [`DataDir`] finds the data folder and holds its lock, so that one process at a time owns it.
//! - [`SettingsLayers`] puts the settings together from defaults, stored values and the environment, and checks changes.
//! - [`SecretStore`] keeps tokens and API keys in the platform's keyring, or reads them from the environment. They are
//!   never written anywhere else; a keyring that does not work is a state that is shown, not a reason for a plain file.
//!
//! Stored values are read and written by the store crate; nothing here knows the database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod data_dir;
mod secrets;
mod settings;

pub use data_dir::{DataDir, DataDirError};
pub use secrets::{SecretError, SecretStore, environment_variable};
pub use settings::{
    ENVIRONMENT_VARIABLE, SettingOrigin, SettingsError, SettingsLayers, parse_assignments, parse_document,
};
