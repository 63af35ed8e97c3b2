//! Settings in layers: defaults, below stored values, below the environment; key by key.

mod check;
mod error;
mod layers;
mod text;

pub use error::SettingsError;
pub use layers::{SettingOrigin, SettingsLayers};
pub use text::{parse_assignments, parse_document};

/// The environment variable that holds settings as a JSON object and wins over stored values.
pub const ENVIRONMENT_VARIABLE: &str = "plexSessionMonitoring";
