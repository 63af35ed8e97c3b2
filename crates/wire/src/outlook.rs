//! What will become of a rolling show: its seasons, its viewers, and the space of what is deleted.

use crate::actions::count;
use crate::journal::ReasonCode;
use domain::cleanup::{SeasonOutlook, Verdict};
use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

/// What is to become of a season that has more than its part of the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SeasonOutlook", export_to = "wire.ts")]
pub struct SeasonOutlookDto {
    /// Its number.
    pub season: i32,
    /// Whether it may go.
    pub fate: SeasonFate,
    /// When it may go, where that is a time to come.
    pub at: Option<Timestamp>,
    /// Why it is kept, as a code; `None` where it is not.
    pub reason: Option<ReasonCode>,
    /// For people: "Season 2 on 3 December: Alice watched S02E10 on 26 November".
    pub sentence: String,
    /// How many files go with it.
    pub files: u32,
    /// Size of those files in bytes.
    pub bytes: i64,
    /// When any viewer last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
}

/// Whether a season may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub enum SeasonFate {
    /// Now.
    Free,
    /// At a time, if nobody watches it before.
    FreeAt,
    /// Not as things are.
    Kept,
}

impl From<&SeasonOutlook> for SeasonOutlookDto {
    fn from(outlook: &SeasonOutlook) -> Self {
        let (fate, at, reason) = match &outlook.verdict {
            Verdict::Free { .. } => (SeasonFate::Free, None, None),
            Verdict::FreeAt { at, .. } => (SeasonFate::FreeAt, Some(*at), None),
            Verdict::Kept { reason, .. } => (SeasonFate::Kept, None, Some((*reason).into())),
        };
        Self {
            season: outlook.season,
            fate,
            at,
            reason,
            sentence: outlook.sentence.clone(),
            files: count(outlook.files),
            bytes: outlook.bytes,
            last_viewed: outlook.last_viewed,
        }
    }
}

/// The seasons of a show that have more than the baseline, ascending. None while progressive cleanup is switched off.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct Outlook(pub Vec<SeasonOutlookDto>);

/// A viewer's rhythm in a show, and where it leads.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ViewerForecast", export_to = "wire.ts")]
pub struct ViewerForecastDto {
    /// Name of the viewer.
    pub viewer: String,
    /// Identity of the viewer, as in [`crate::ShowRow::viewer_key`].
    pub viewer_key: String,
    /// The rhythm in words; `None` where there are too few viewings to tell.
    pub pace: Option<String>,
    /// When the viewer runs out, in words; `None` where it cannot be told.
    pub sentence: Option<String>,
    /// Episodes ahead of the viewer that are there.
    pub episodes_ahead: Option<u32>,
}

/// The viewers of a show.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct Forecasts(pub Vec<ViewerForecastDto>);

/// When the space of deleted files is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Recycling", export_to = "wire.ts")]
pub struct RecyclingDto {
    /// What becomes of the files.
    pub kind: RecyclingKind,
    /// Days until it is free, where a recycle bin is emptied by itself.
    pub days: Option<i64>,
    /// The same for people.
    pub sentence: String,
}

/// What becomes of deleted files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub enum RecyclingKind {
    /// They are gone, and the space is free at once.
    FreedAtOnce,
    /// They lie in the recycle bin for some days.
    FreedAfter,
    /// They lie in the recycle bin until somebody empties it.
    NotFreed,
}

/// How many expansions were there before their viewers were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Readiness", export_to = "wire.ts")]
pub struct ReadinessDto {
    /// The next episode was there before the viewer needed it.
    pub in_time: u32,
    /// The viewer needed it and it was not there.
    pub late: u32,
    /// Nobody has needed it so far.
    pub open: u32,
}
