//! What can be set about a simulated Sonarr.

use super::version::Version;
use jiff::SignedDuration;
use std::time::Duration;

/// How the web pages, and with them every unknown address, are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiAuth {
    /// No login.
    None,
    /// A login page.
    Forms,
    /// HTTP Basic.
    Basic,
    /// A proxy does it.
    External,
}

impl UiAuth {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Forms => "forms",
            Self::Basic => "basic",
            Self::External => "external",
        }
    }
}

/// How long things take, in simulated time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A search command.
    pub search: SignedDuration,
    /// A refresh of one series' metadata.
    pub refresh: SignedDuration,
    /// Any other command.
    pub other: SignedDuration,
    /// From a grab until the queue shows it.
    pub appear: SignedDuration,
    /// From a grab until the download is complete.
    pub download: SignedDuration,
    /// From then until the file is in place.
    pub import: SignedDuration,
}

impl Timing {
    /// Everything happens at the next look.
    pub const INSTANT: Self = Self {
        search: SignedDuration::ZERO,
        refresh: SignedDuration::ZERO,
        other: SignedDuration::ZERO,
        appear: SignedDuration::ZERO,
        download: SignedDuration::ZERO,
        import: SignedDuration::ZERO,
    };
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            search: SignedDuration::from_secs(3),
            refresh: SignedDuration::from_secs(2),
            other: SignedDuration::from_secs(1),
            appear: SignedDuration::from_secs(5),
            download: SignedDuration::from_mins(10),
            import: SignedDuration::from_secs(20),
        }
    }
}

/// What the indexers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleasePolicy {
    /// Whole seasons in one release.
    pub packs: bool,
    /// Single episodes.
    pub singles: bool,
    /// Also what has not aired yet.
    pub unaired: bool,
    /// Better than the files that are there, so that these are upgraded.
    pub better: bool,
}

impl ReleasePolicy {
    /// Packs and single episodes of all that has aired.
    pub const EVERYTHING: Self = Self {
        packs: true,
        singles: true,
        unaired: false,
        better: false,
    };
    /// Nothing at all.
    pub const NOTHING: Self = Self {
        packs: false,
        singles: false,
        unaired: false,
        better: false,
    };
    /// Season packs, no single episodes.
    pub const ONLY_PACKS: Self = Self {
        singles: false,
        ..Self::EVERYTHING
    };
    /// Single episodes, no season packs.
    pub const ONLY_SINGLES: Self = Self {
        packs: false,
        ..Self::EVERYTHING
    };
}

/// Settings of a simulated Sonarr.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub version: Version,
    pub url_base: String,
    pub api_key: String,
    pub ui_auth: UiAuth,
    pub instance_name: String,
    pub auto_unmonitor_deleted: bool,
    pub recycle_bin: String,
    pub recycle_days: i64,
    pub delete_empty_folders: bool,
    pub timing: Timing,
    pub releases: ReleasePolicy,
    pub indexers: usize,
    pub hook_timeout: Duration,
    pub quirks: Quirks,
}

/// Ways to misbehave that only Sonarr has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quirks {
    pub starting_up: bool,
    pub shuffle_episodes: bool,
    pub handlers_fail: bool,
    pub refresh_races: bool,
    pub bulk_lock_after: Option<usize>,
    /// How many deletions still succeed before the disk refuses.
    pub deletions_left: Option<usize>,
    pub hook_before_unlink: bool,
    pub downloads_stick: bool,
    pub extra_keys: bool,
    pub background: bool,
    pub skyhook_down: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: Version::CURRENT,
            url_base: String::new(),
            api_key: "0123456789abcdef0123456789abcdef".into(),
            ui_auth: UiAuth::Forms,
            instance_name: "Sonarr".into(),
            auto_unmonitor_deleted: false,
            recycle_bin: String::new(),
            recycle_days: 7,
            delete_empty_folders: false,
            timing: Timing::default(),
            releases: ReleasePolicy::EVERYTHING,
            indexers: 1,
            hook_timeout: Duration::from_secs(100),
            quirks: Quirks::default(),
        }
    }
}
