//! What keeps a show out of cleanup and reset whatever its viewers do: tags, "keep", and being played.

use crate::monitoring::RollingShow;
use crate::series::Series;
use std::collections::BTreeMap;

/// Whether Sonarr's tags protect a series from every deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// No tag protects it.
    Unprotected,
    /// It has the protect tag.
    Tagged {
        /// The tag's label.
        label: String,
    },
    /// It has a tag whose label is not known. That might be the protect tag, so it protects.
    UnknownTag,
}

impl Protection {
    /// Reads a series' tags. `labels` are the instance's tags by id, `None` when they could not be read.
    ///
    /// Labels are compared without case: Sonarr stores them in lower case.
    pub fn of(series: &Series, labels: Option<&BTreeMap<i64, String>>, protect_tag: &str) -> Self {
        let wanted = protect_tag.trim().to_lowercase();
        let known: Vec<Option<&String>> = series
            .tags
            .iter()
            .map(|tag| labels.and_then(|labels| labels.get(tag)))
            .collect();
        let protecting = known
            .iter()
            .flatten()
            .find(|label| !wanted.is_empty() && label.trim().to_lowercase() == wanted);
        match protecting {
            Some(label) => Self::Tagged {
                label: (*label).clone(),
            },
            None if known.contains(&None) => Self::UnknownTag,
            None => Self::Unprotected,
        }
    }

    /// Why nothing of the series goes, as a sentence; `None` where nothing protects it.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Unprotected => None,
            Self::Tagged { label } => Some(format!("it has the tag \"{label}\" in Sonarr")),
            Self::UnknownTag => Some("it has a tag in Sonarr that could not be read, which may protect it".to_owned()),
        }
    }
}

/// Why a whole show stays, by "keep" or by tag; `None` where neither holds.
pub(crate) fn of_show(show: &RollingShow, protection: &Protection) -> Option<String> {
    if show.keep_show {
        Some("the show is marked \"keep\"".to_owned())
    } else {
        protection.sentence()
    }
}

/// Somebody playing something of a show at this moment, filtered or not, in any player state and however short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayingNow {
    /// Season; `None` when the server did not say, which then holds for every season.
    pub season: Option<i32>,
    /// Episode numbers; empty when the server did not say.
    pub episodes: Vec<i32>,
    /// The viewer's name; `None` when the server did not say.
    pub viewer: Option<String>,
}

impl PlayingNow {
    /// Whether it may be something of this season.
    pub fn touches(&self, season: i32) -> bool {
        self.season.is_none_or(|playing| playing == season)
    }

    /// As a sentence: "Bob is playing S01E04".
    pub fn sentence(&self) -> String {
        let viewer = self
            .viewer
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or("somebody");
        match (self.season, self.episodes.last()) {
            (Some(season), Some(episode)) => format!("{viewer} is playing S{season:02}E{episode:02}"),
            (Some(season), None) => format!("{viewer} is playing something of season {season}"),
            (None, _) => format!("{viewer} is playing something of the show"),
        }
    }
}
