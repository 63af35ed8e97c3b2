use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

macro_rules! settings {
    ($( $(#[$doc:meta])* $name:ident: $kind:ty, )*) => {
        /// Everything that can be set.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(rename = "Settings", export_to = "wire.ts")]
        pub struct SettingsDto { $( $(#[$doc])* pub $name: $kind, )* }

        impl From<domain::settings::Settings> for SettingsDto {
            fn from(settings: domain::settings::Settings) -> Self {
                let domain::settings::Settings { $( $name, )* } = settings;
                Self { $( $name, )* }
            }
        }

        /// The settings that shall change; the others stay.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[ts(optional_fields, export_to = "wire.ts")]
        pub struct SettingsPatch {
            $( $(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$kind>, )*
        }
    };
}

settings! {
    /// Whether sessions are watched at all.
    enabled: bool,
    /// Minutes between polls while no event stream is up.
    polling_interval_minutes: u32,
    /// Episodes left in a season that trigger the next one.
    remaining_episodes: u32,
    /// Account ids or names; empty for everybody.
    filter_users: Vec<String>,
    /// Whether inactive rolling shows are reset by themselves.
    enable_auto_reset: bool,
    /// Days without anybody watching that make a show inactive, and a watched season free.
    inactivity_reset_days: u32,
    /// Hours between passes of the automatic reset.
    auto_reset_interval_hours: u32,
    /// Whether seasons behind everybody are removed.
    enable_progressive_cleanup: bool,
    /// Whether the advancing viewer's own watching protects nothing.
    progressive_cleanup_at_once: bool,
    /// Whether shows that are not enrolled are looked after.
    standard_monitoring: bool,
    /// Whether everything is only planned.
    dry_run: bool,
    /// Label of the Sonarr tag that protects a series from every deletion.
    protect_tag: String,
    /// Share of the files of all rolling shows, in percent, above which a run asks before it deletes.
    confirm_above_percent: u32,
    /// Evenings of viewing that shall always be ahead; 0 switches it off.
    evenings_ahead: u32,
    /// Whether triggered searches are notified.
    notify_searches: bool,
    /// Whether resets and cleanups are notified.
    notify_deletions: bool,
    /// Whether trouble that lasts is notified.
    notify_trouble: bool,
}

impl SettingsPatch {
    /// The object the engine takes.
    pub fn into_object(self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(object)) => object,
            Ok(_) | Err(_) => serde_json::Map::new(),
        }
    }
}

/// The allowed range of a number, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "NumberRange", export_to = "wire.ts")]
pub struct Range {
    /// Lowest.
    pub min: u32,
    /// Highest.
    pub max: u32,
}

/// The settings with what the page has to know of them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct SettingsView {
    /// What holds.
    pub settings: SettingsDto,
    /// JSON names of the settings that the environment holds; they cannot be changed here.
    pub held_by_environment: Vec<String>,
    /// Sentences about values that were refused.
    pub warnings: Vec<String>,
    /// Ranges of the numbers, by JSON name.
    pub ranges: BTreeMap<String, Range>,
}

impl SettingsView {
    /// Puts together what the engine says of the settings, and the ranges.
    pub fn new(settings: domain::settings::Settings, held_by_environment: Vec<String>, warnings: Vec<String>) -> Self {
        let ranges = domain::settings::RANGES
            .iter()
            .map(|&(name, min, max)| (name.to_owned(), Range { min, max }))
            .collect();
        Self {
            settings: settings.into(),
            held_by_environment,
            warnings,
            ranges,
        }
    }
}
