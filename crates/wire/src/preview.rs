use crate::actions::{ActionDto, count};
use crate::journal::ReasonCode;
use crate::report::LeftAlone;
use domain::plan::Decision;
use serde::Serialize;
use std::hash::{DefaultHasher, Hash, Hasher};
use ts_rs::TS;

/// What would happen, before the user says yes.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct Preview {
    /// Stands for exactly this set of actions. It goes back with the user's yes; when the set has become another one meanwhile,
    /// nothing is done ([`crate::ErrorCode::ChangedMeanwhile`]). Means something only while the process lives.
    pub confirmation: String,
    /// What would be changed.
    pub items: Vec<PreviewItem>,
    /// What would be left alone, and why.
    pub left_alone: Vec<LeftAlone>,
    /// Files that would be deleted.
    pub files: u32,
    /// Bytes that would be freed.
    pub bytes: i64,
}

/// One show of a preview.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct PreviewItem {
    /// Title.
    pub title: String,
    /// The instance's name.
    pub instance: Option<String>,
    /// Why, as a code.
    pub reason: ReasonCode,
    /// Why, for people.
    pub detail: String,
    /// What would be done.
    pub actions: Vec<ActionDto>,
    /// Files that would be deleted.
    pub files: u32,
    /// Bytes that would be freed.
    pub bytes: i64,
}

impl Preview {
    /// Shows a plan. Decisions without actions and bookkeeping are left alone; the others are items.
    pub fn of<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Self {
        let mut preview = Self {
            confirmation: String::new(),
            items: Vec::new(),
            left_alone: Vec::new(),
            files: 0,
            bytes: 0,
        };
        let mut hasher = DefaultHasher::new();
        for decision in decisions {
            if decision.actions.is_empty() && decision.afterwards.is_empty() {
                preview.left_alone.push(LeftAlone {
                    id: decision.subject.rolling_show.map(|id| id.0),
                    title: decision.subject.show.clone(),
                    detail: decision.detail.clone(),
                });
                continue;
            }
            hash_set(decision, &mut hasher);
            let files = count(decision.doomed_files().count());
            let bytes = decision.doomed_files().map(|file| file.size).sum();
            preview.files = preview.files.saturating_add(files);
            preview.bytes += bytes;
            preview.items.push(PreviewItem {
                title: decision.subject.show.clone(),
                instance: decision.subject.instance.clone(),
                reason: decision.reason.into(),
                detail: decision.detail.clone(),
                actions: decision.actions.iter().map(Into::into).collect(),
                files,
                bytes,
            });
        }
        preview.confirmation = format!("{:016x}", hasher.finish());
        preview
    }
}

/// What is done counts, not how it is worded.
fn hash_set(decision: &Decision, hasher: &mut DefaultHasher) {
    decision.subject.series.hash(hasher);
    for part in [
        serde_json::to_string(&decision.actions),
        serde_json::to_string(&decision.afterwards),
    ] {
        part.unwrap_or_default().hash(hasher);
    }
}
