//! What will become of rolling shows: their seasons, their viewers, and the space of what is deleted.

use crate::journal::ReasonCode;
use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

/// What becomes of rolling shows if nobody watches anything more and nothing else changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct Outlook {
    /// Sentences about what concerns all of it, such as monitoring that is switched off.
    pub notes: Vec<String>,
    /// First what is not known, waits for the user or is under way; then what goes, by its time; then what is kept. Seasons
    /// that go or stay with their show follow its row.
    pub rows: Vec<OutlookRow>,
    /// How many shows are at their baseline, and so left out.
    pub at_baseline: u32,
}

/// What becomes of a show, or of one of its seasons.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct OutlookRow {
    /// The master record; `None` where it is about all shows of a Sonarr that does not answer.
    pub show: Option<i64>,
    /// Title of the show, or the Sonarr's name.
    pub title: String,
    /// Name of the Sonarr.
    pub instance: String,
    /// The season; `None` for the whole show.
    pub season: Option<i32>,
    /// How it stands.
    pub standing: Standing,
    /// When it goes; `None` where it does not, or waits.
    pub at: Option<Timestamp>,
    /// Why it is kept or waits, as a code.
    pub reason: Option<ReasonCode>,
    /// For people: "Season 2 on 3 December: Alice watched S02E10 on 26 November".
    pub sentence: String,
    /// How many files go with it, now or then.
    pub files: u32,
    /// Size of those files in bytes.
    pub bytes: i64,
    /// When any viewer last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
    /// A season about which its show decides: it goes and stays with it.
    pub with_show: bool,
    /// Whether the show is marked "keep".
    pub keep_show: bool,
    /// Whether the season is marked "keep".
    pub keep_season: bool,
    /// Whether the user is asked before it goes.
    pub asked_first: bool,
    /// Id of what the user has to confirm or dismiss.
    pub confirmation: Option<i64>,
    /// Of a show: when its viewers run out of episodes, in words.
    pub viewers: Vec<String>,
}

/// How something stands that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub enum Standing {
    /// Its Sonarr did not tell.
    Unknown,
    /// It waits for the user's word.
    Waiting,
    /// It is being done, or tried again.
    UnderWay,
    /// It goes now.
    Free,
    /// It goes at a time.
    FreeAt,
    /// It stays as things are. With a time, it goes then if nobody goes on watching, or with its show.
    Kept,
}

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
