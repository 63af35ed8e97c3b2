//! Identities. Every number that means something has a type of its own.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

number_id!(
    /// One Sonarr, as stored here.
    InstanceId
);
number_id!(
    /// One media server, as stored here.
    ServerId
);
number_id!(
    /// A series' id inside one Sonarr. Meaningless without its instance: see [`SeriesKey`].
    SeriesId
);
number_id!(
    /// An episode's id inside one Sonarr.
    EpisodeId
);
number_id!(
    /// An episode file's id inside one Sonarr. Several episodes may share one file.
    EpisodeFileId
);
number_id!(
    /// TheTVDB's id of a *series*, never of an episode.
    TvdbId
);
number_id!(
    /// A rolling show's master record, as stored here.
    RollingShowId
);

/// A series of one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The Sonarr that holds it.
    pub instance: InstanceId,
    /// Its id there.
    pub series: SeriesId,
}

/// An account on a media server. Names change, so they are never part of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ViewerKey {
    /// The media server.
    pub server: ServerId,
    /// The account's id there. Plex calls its owner "1" whatever the plex.tv id is.
    pub account: String,
}

/// A position in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EpisodeRef {
    /// Season number; 0 is "specials".
    pub season: i32,
    /// Episode number within the season.
    pub episode: i32,
}

impl fmt::Display for EpisodeRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "S{:02}E{:02}", self.season, self.episode)
    }
}
