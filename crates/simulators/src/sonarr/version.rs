//! What differs between the Sonarr versions that are in use.

use std::fmt;
use std::str::FromStr;

/// A Sonarr version, such as 4.0.19.2979.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 4]);

impl Version {
    /// The release that most people run.
    pub const CURRENT: Self = Self([4, 0, 19, 2979]);

    pub(crate) fn is_v3(self) -> bool {
        self.0[0] <= 3
    }

    pub(crate) fn is_v5(self) -> bool {
        self.0[0] >= 5
    }

    pub(crate) fn at_least(self, version: [u32; 4]) -> bool {
        self.0 >= version
    }

    /// Status of the redirect to the URL base.
    pub(crate) fn base_redirect(self) -> u16 {
        match self {
            version if version.is_v3() => 303,
            version if version.at_least([4, 0, 9, 2513]) => 307,
            _ => 302,
        }
    }

    pub(crate) fn has_tmdb(self) -> bool {
        self.at_least([4, 0, 5, 1760])
    }

    pub(crate) fn has_last_search_time(self) -> bool {
        self.at_least([4, 0, 9, 2332])
    }

    /// Whether new episodes follow their season's flag alone, whatever `monitorNewItems` says.
    pub(crate) fn new_episodes_follow_season(self) -> bool {
        self.at_least([4, 0, 11, 2688])
    }

    /// Whether a file that vanished unmonitors its episodes only after the scan.
    pub(crate) fn defers_unmonitoring(self) -> bool {
        self.at_least([4, 0, 2, 1262])
    }

    pub(crate) fn has_import_complete(self) -> bool {
        self.at_least([4, 0, 6, 1847])
    }
}

impl FromStr for Version {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = [0; 4];
        for (part, number) in parts.iter_mut().zip(text.split('.')) {
            *part = number.parse()?;
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, build] = self.0;
        write!(formatter, "{major}.{minor}.{patch}.{build}")
    }
}
