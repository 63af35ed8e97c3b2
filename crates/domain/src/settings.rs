//! The user's settings: names, defaults and ranges. Where they come from is the config crate's matter.

use serde::{Deserialize, Serialize};

/// Everything that can be set. JSON names are fixed by the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Whether sessions are watched at all.
    pub enabled: bool,
    /// Minutes between polls while no event stream is up (1-1440).
    pub polling_interval_minutes: u32,
    /// Episodes left in a season that trigger the next one (1-10).
    pub remaining_episodes: u32,
    /// Account ids or names; empty for everybody.
    pub filter_users: Vec<String>,
    /// Whether inactive rolling shows are reset by themselves.
    pub enable_auto_reset: bool,
    /// Days without anybody watching that make a show inactive, and a watched season free (1-365).
    pub inactivity_reset_days: u32,
    /// Hours between passes of the automatic reset (1-168).
    pub auto_reset_interval_hours: u32,
    /// Whether seasons behind everybody are removed.
    pub enable_progressive_cleanup: bool,
    /// Whether the advancing viewer's own watching protects nothing.
    pub progressive_cleanup_at_once: bool,
    /// Whether shows that are not enrolled are looked after.
    pub standard_monitoring: bool,
    /// Whether everything is only planned.
    pub dry_run: bool,
    /// Label of the Sonarr tag that protects a series from every deletion.
    pub protect_tag: String,
    /// Share of the files of all rolling shows, in percent, above which a run asks before it deletes (1-100).
    pub confirm_above_percent: u32,
    /// Evenings of viewing that shall always be ahead, in addition to the episodes left; 0 switches it off (0-14).
    pub evenings_ahead: u32,
    /// Whether triggered searches are notified.
    pub notify_searches: bool,
    /// Whether resets and cleanups are notified.
    pub notify_deletions: bool,
    /// Whether trouble that lasts is notified.
    pub notify_trouble: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            polling_interval_minutes: 15,
            remaining_episodes: 2,
            filter_users: Vec::new(),
            enable_auto_reset: true,
            inactivity_reset_days: 7,
            auto_reset_interval_hours: 24,
            enable_progressive_cleanup: false,
            progressive_cleanup_at_once: false,
            standard_monitoring: true,
            dry_run: false,
            protect_tag: "cliffhangarr-keep".to_owned(),
            confirm_above_percent: 50,
            evenings_ahead: 0,
            notify_searches: true,
            notify_deletions: true,
            notify_trouble: true,
        }
    }
}

/// The allowed range of every number, by JSON name, both ends included.
pub const RANGES: &[(&str, u32, u32)] = &[
    ("pollingIntervalMinutes", 1, 1440),
    ("remainingEpisodes", 1, 10),
    ("inactivityResetDays", 1, 365),
    ("autoResetIntervalHours", 1, 168),
    ("confirmAbovePercent", 1, 100),
    ("eveningsAhead", 0, 14),
];
