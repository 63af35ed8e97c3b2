//! Plans: what the decisions come to. Dry run, previews, journal, notifications and "why not?" are views of these.

use crate::ids::{EpisodeFileId, EpisodeId, EpisodeRef, RollingShowId, SeriesKey, ViewerKey};
use crate::series::NewItems;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome of looking at something: a session, a due reminder, a show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order they were taken. Never empty for a session.
    pub decisions: Vec<Decision>,
}

/// One decision with its reason and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What it is about.
    pub subject: Subject,
    /// Why, as a code.
    pub reason: Reason,
    /// Why, as a sentence for people.
    pub detail: String,
    /// What is to be done in Sonarr, in order. Empty when nothing is.
    pub actions: Vec<Action>,
    /// What is to be noted here once all actions are done.
    pub afterwards: Vec<Bookkeeping>,
    /// What has to be looked at again later.
    pub reminders: Vec<Reminder>,
}

impl Decision {
    /// A decision to do nothing.
    pub fn nothing(subject: Subject, reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            subject,
            reason,
            detail: detail.into(),
            actions: Vec::new(),
            afterwards: Vec::new(),
            reminders: Vec::new(),
        }
    }

    /// How many searches it asks for.
    pub fn searches(&self) -> usize {
        self.actions.iter().filter(|action| action.is_search()).count()
    }

    /// The files it deletes.
    pub fn doomed_files(&self) -> impl Iterator<Item = &DoomedFile> {
        self.actions.iter().flat_map(|action| match action {
            Action::DeleteFiles { files } => files.as_slice(),
            Action::SetMonitoring(_) | Action::SearchSeason { .. } | Action::SearchEpisodes { .. } => &[],
        })
    }
}

/// What a decision is about, in the words people see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The show's title.
    pub show: String,
    /// Season of the episode looked at.
    pub season: Option<i32>,
    /// Number of the episode looked at (the last of a multi-episode item).
    pub episode: Option<i32>,
    /// The viewer's name.
    pub viewer: Option<String>,
    /// The viewer.
    pub viewer_key: Option<ViewerKey>,
    /// The instance's name.
    pub instance: Option<String>,
    /// The series in that instance.
    pub series: Option<SeriesKey>,
    /// The master record, for rolling shows.
    pub rolling_show: Option<RollingShowId>,
}

macro_rules! reasons {
    ($( $(#[$doc:meta])* $name:ident => $code:literal, )*) => {
        /// Why something was decided. The codes are part of the command line's contract and of the journal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Reason { $( $(#[$doc])* #[serde(rename = $code)] $name, )* }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            /// The code.
            pub fn code(self) -> &'static str {
                match self { $( Self::$name => $code, )* }
            }
        }
    };
}

reasons! {
    /// A film, a song, a trailer, live television, a download.
    NotAnEpisode => "notAnEpisode",
    /// Season 0.
    Special => "special",
    /// Less than 30 seconds were seen.
    TooEarly => "tooEarly",
    /// The server did not say which season or episode.
    IncompleteSession => "incompleteSession",
    /// The server did not say who plays.
    UnknownViewer => "unknownViewer",
    /// A viewer filter is set and this viewer is not in it.
    ViewerNotInFilter => "viewerNotInFilter",
    /// No Sonarr has the series.
    NotInSonarr => "notInSonarr",
    /// Several series of one Sonarr fit the title.
    AmbiguousTitle => "ambiguousTitle",
    /// The Sonarr did not answer, so nothing is known.
    InstanceUnavailable => "instanceUnavailable",
    /// The media server did not tell which series it is.
    ShowUnavailable => "showUnavailable",
    /// Sonarr does not list this episode.
    EpisodeUnknown => "episodeUnknown",
    /// Not enrolled, and standard monitoring is switched off.
    NotEnrolled => "notEnrolled",
    /// More episodes remain than the threshold.
    NotNearEnd => "notNearEnd",
    /// Everything that is wanted is there.
    NothingMissing => "nothingMissing",
    /// What is missing is being downloaded already.
    AlreadyQueued => "alreadyQueued",
    /// What is missing was searched in the last seven days.
    SearchedRecently => "searchedRecently",
    /// What comes next has not aired; it will be searched when it has.
    NotAired => "notAired",
    /// What comes next is listed without episodes; it will be looked at again.
    NotListed => "notListed",
    /// Missing episodes right after the one being watched are searched.
    UpcomingEpisodes => "upcomingEpisodes",
    /// The next season is searched.
    NextSeason => "nextSeason",
    /// Only the pilot is there and somebody watches it: the rest of season 1 is searched.
    LonePilot => "lonePilot",
    /// A rolling show grows by a season.
    Expansion => "expansion",
    /// There is no next season: new ones will be monitored.
    MonitorNew => "monitorNew",
    /// There is no next season, and new ones are monitored already.
    MonitorsNewAlready => "monitorsNewAlready",
    /// Remembered episodes have aired and are searched.
    NowAired => "nowAired",
    /// A remembered season has got its episodes.
    NowListed => "nowListed",
    /// A remembered thing no longer applies.
    Moot => "moot",
    /// Nothing was found; it is searched again.
    SearchAgain => "searchAgain",
    /// Nothing was found after all tries.
    GaveUp => "gaveUp",
    /// A search led to a grab or an import.
    SearchSucceeded => "searchSucceeded",
    /// A season behind everybody is removed.
    ProgressiveCleanup => "progressiveCleanup",
    /// A season stays: somebody is in it, before it, or watched it lately.
    SeasonNeeded => "seasonNeeded",
    /// A season or show stays: it is being played.
    BeingPlayed => "beingPlayed",
    /// Stays: the protect tag, a tag that is not known, or "keep".
    Protected => "protected",
    /// Stays: the baseline holds it.
    Baseline => "baseline",
    /// Stays: what happened on the media servers is not fully known.
    PastUnknown => "pastUnknown",
    /// Stays: what would take it by itself is switched off.
    SwitchedOff => "switchedOff",
    /// Waits for the user's confirmation.
    NeedsConfirmation => "needsConfirmation",
    /// The show is brought back to its baseline because nobody watches it.
    InactiveReset => "inactiveReset",
    /// The show is brought back to its baseline on request.
    ManualReset => "manualReset",
    /// Somebody watched within the inactivity window.
    StillActive => "stillActive",
    /// Never watched, and nothing beyond the baseline came from us.
    NeverExpanded => "neverExpanded",
    /// The show is at its baseline.
    AtBaseline => "atBaseline",
    /// A show was enrolled.
    Enrolled => "enrolled",
    /// A show was removed from monitoring.
    Removed => "removed",
    /// A setting or connection was changed.
    Changed => "changed",
    /// Remembered work was carried on after an interruption or a failure.
    Resumed => "resumed",
    /// An action failed; it is owed.
    Failed => "failed",
}

/// Something to be done in one Sonarr, for one series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Bring flags to the given state.
    SetMonitoring(MonitoringChange),
    /// Search for a whole season.
    SearchSeason {
        /// Its number.
        season: i32,
        /// Its episodes, all of them missing and aired.
        episodes: Vec<EpisodeId>,
    },
    /// Search for single episodes.
    SearchEpisodes {
        /// Which, ascending by position.
        episodes: Vec<EpisodeId>,
        /// Their positions, in the same order.
        positions: Vec<EpisodeRef>,
    },
    /// Delete files. Comes after the flags of their episodes are off.
    DeleteFiles {
        /// Which, each once.
        files: Vec<DoomedFile>,
    },
}

impl Action {
    /// Whether it is a search.
    pub fn is_search(&self) -> bool {
        matches!(self, Self::SearchSeason { .. } | Self::SearchEpisodes { .. })
    }
}

/// Flags of one series, as they shall be. Saying it twice changes nothing the second time.
///
/// Setting a season's flag makes Sonarr set every episode of that season; so whoever changes `seasons` must name all of
/// the season's episodes in `episodes_on` or `episodes_off`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonitoringChange {
    /// The series' own flag.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub series: Option<bool>,
    /// What happens to newly announced seasons.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_items: Option<NewItems>,
    /// Season flags.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        default,
        deserialize_with = "season_flags"
    )]
    pub seasons: BTreeMap<i32, bool>,
    /// Episodes to be monitored.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub episodes_on: Vec<EpisodeId>,
    /// Episodes to be unmonitored.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub episodes_off: Vec<EpisodeId>,
}

/// Inside a tagged enum serde hands map keys over as text only.
fn season_flags<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<i32, bool>, D::Error> {
    BTreeMap::<String, bool>::deserialize(deserializer)?
        .into_iter()
        .map(|(season, monitored)| Ok((season.parse().map_err(serde::de::Error::custom)?, monitored)))
        .collect()
}

impl MonitoringChange {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.series.is_none()
            && self.new_items.is_none()
            && self.seasons.is_empty()
            && self.episodes_on.is_empty()
            && self.episodes_off.is_empty()
    }
}

/// A file that is going to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DoomedFile {
    /// Identity.
    pub id: EpisodeFileId,
    /// Size in bytes.
    pub size: i64,
    /// Path relative to the series, for people.
    pub path: Option<String>,
    /// Every episode it holds, ascending.
    pub episodes: Vec<EpisodeRef>,
}

/// What is noted here when a decision's actions are done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Bookkeeping {
    /// A rolling show was expanded to a season, for a viewer.
    Expanded {
        /// The show.
        show: RollingShowId,
        /// For whom; `None` when it was not a viewing that caused it.
        viewer: Option<ViewerKey>,
        /// To which season.
        season: i32,
    },
    /// A rolling show was reset: its tracking entries go.
    Reset {
        /// The show.
        show: RollingShowId,
        /// The highest season of which something was still being fetched then: it arrives later, and is of our making.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        coming: Option<i32>,
    },
}

/// Something to look at again at a later time, kept on disk until it is done or moot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reminder {
    /// The series.
    pub series: SeriesKey,
    /// What about it.
    pub about: ReminderAbout,
    /// Not before.
    pub due_at: Timestamp,
    /// How often it was looked at without result; pauses grow with it.
    pub attempts: u32,
    /// For whom, by name.
    pub viewer: Option<String>,
}

/// What a reminder is about. Equal ones of a series are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ReminderAbout {
    /// The season had no episodes yet: do what its listing would have triggered.
    SeasonListed {
        /// Which.
        season: i32,
    },
    /// Episodes had not aired, or had been searched too lately: search those still missing.
    EpisodesAired {
        /// Which season.
        season: i32,
        /// Which episodes.
        episodes: Vec<EpisodeId>,
    },
    /// See what became of a search.
    SearchOutcome {
        /// The season.
        season: i32,
        /// The episodes that were searched.
        episodes: Vec<EpisodeId>,
        /// Whether it was a season search.
        whole_season: bool,
        /// When it was sent.
        sent_at: Timestamp,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_survives_being_written_down() {
        let change = MonitoringChange {
            series: Some(true),
            new_items: Some(NewItems::None),
            seasons: BTreeMap::from([(2, true), (2019, false)]),
            episodes_on: vec![EpisodeId(1)],
            episodes_off: vec![EpisodeId(2)],
        };
        let at = EpisodeRef { season: 2, episode: 3 };
        let file = DoomedFile {
            id: EpisodeFileId(4),
            size: 5,
            path: None,
            episodes: vec![at],
        };
        for action in [
            Action::SetMonitoring(change),
            Action::SearchSeason {
                season: 2,
                episodes: vec![EpisodeId(1)],
            },
            Action::SearchEpisodes {
                episodes: vec![EpisodeId(1)],
                positions: vec![at],
            },
            Action::DeleteFiles { files: vec![file] },
        ] {
            let text = serde_json::to_string(&action).unwrap();
            assert_eq!(serde_json::from_str::<Action>(&text).unwrap(), action, "{text}");
        }
    }
}
