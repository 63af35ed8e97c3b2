use crate::actions::ActionDto;
use crate::journal::ReasonCode;
use domain::plan::Decision;
use serde::Serialize;
use ts_rs::TS;

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct ErrorRow {
    /// Where: a connection's or show's name.
    pub source: String,
    /// What, for people.
    pub message: String,
}

/// What a monitoring cycle came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct CheckReport {
    /// Sessions that were processed.
    pub processed_sessions: u32,
    /// Searches that were sent.
    pub triggered_searches: u32,
    /// What failed.
    pub errors: Vec<ErrorRow>,
    /// What was decided, at least one for every session.
    pub decisions: Vec<CheckDecision>,
}

/// A decision of a cycle.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct CheckDecision {
    /// The show's title.
    pub show: String,
    /// Season of the episode looked at.
    pub season: Option<i32>,
    /// Number of the episode looked at.
    pub episode: Option<i32>,
    /// The viewer's name.
    pub viewer: Option<String>,
    /// The instance's name.
    pub instance: Option<String>,
    /// Why, as a code.
    pub reason: ReasonCode,
    /// Why, for people.
    pub detail: String,
    /// What follows.
    pub actions: Vec<ActionDto>,
}

impl From<&Decision> for CheckDecision {
    fn from(decision: &Decision) -> Self {
        Self {
            show: decision.subject.show.clone(),
            season: decision.subject.season,
            episode: decision.subject.episode,
            viewer: decision.subject.viewer.clone(),
            instance: decision.subject.instance.clone(),
            reason: decision.reason.into(),
            detail: decision.detail.clone(),
            actions: decision.actions.iter().map(Into::into).collect(),
        }
    }
}

/// What a reset came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct ResetReport {
    /// Shows that were reset.
    pub reset: Vec<ResetRow>,
    /// Shows that were left alone.
    pub skipped: Vec<LeftAlone>,
    /// What failed.
    pub errors: Vec<ErrorRow>,
}

/// A show that was reset.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct ResetRow {
    /// The master record.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Files that were deleted.
    pub files_deleted: u32,
    /// Bytes that were freed.
    pub bytes_freed: i64,
}

/// A show that was or would be left alone.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct LeftAlone {
    /// The master record; `None` for a series that is not enrolled.
    pub id: Option<i64>,
    /// Title.
    pub title: String,
    /// Why, for people.
    pub detail: String,
}

/// What enrolling several series came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct BatchReport {
    /// What was done.
    pub done: Vec<Done>,
    /// What failed; the others are done all the same.
    pub errors: Vec<ErrorRow>,
}

/// One thing of a batch that was done.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct Done {
    /// Title.
    pub title: String,
    /// What was done, for people.
    pub detail: String,
}
