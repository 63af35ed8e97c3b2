use crate::actions::ActionDto;
use domain::plan::{Decision, Reason, Subject};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use ts_rs::{Config, TS, TypeVisitor};

/// A reason code. In TypeScript it is the union of all codes, so that a `switch` on it can be checked to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReasonCode(pub Reason);

impl From<Reason> for ReasonCode {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl TS for ReasonCode {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "ReasonCode".to_owned()
    }

    fn inline(_: &Config) -> String {
        Reason::ALL
            .iter()
            .map(|reason| format!("\"{}\"", reason.code()))
            .collect::<Vec<_>>()
            .join(" | ")
    }

    fn decl(config: &Config) -> String {
        format!("type ReasonCode = {};", Self::inline(config))
    }

    fn decl_concrete(config: &Config) -> String {
        Self::decl(config)
    }

    fn docs() -> Option<String> {
        Some("/**\n * Why something was decided.\n */\n".to_owned())
    }

    fn visit_dependencies(_: &mut impl TypeVisitor) {}

    fn output_path() -> Option<std::path::PathBuf> {
        Some("wire.ts".into())
    }
}

macro_rules! names {
    ($(#[$type_doc:meta])* $type:ident { $( $(#[$doc:meta])* $name:ident => $word:literal, )* }) => {
        $(#[$type_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
        #[ts(export_to = "wire.ts")]
        pub enum $type { $( $(#[$doc])* #[serde(rename = $word)] $name, )* }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            /// The word in the journal.
            pub fn name(self) -> &'static str {
                match self { $( Self::$name => $word, )* }
            }

            /// Reads the word in the journal; one that is not known here is `Unknown`.
            pub fn from_name(name: &str) -> Self {
                Self::ALL.iter().copied().find(|known| known.name() == name).unwrap_or(Self::Unknown)
            }
        }
    };
}

names! {
    /// What made somebody look.
    Origin {
        /// A playback session.
        Session => "session",
        /// Something remembered came due.
        Reminder => "reminder",
        /// A pass of the scheduler.
        Scheduler => "scheduler",
        /// The user.
        Manual => "manual",
        /// A changed setting.
        Setting => "setting",
        /// Work carried on after an interruption.
        Resume => "resume",
        /// Written by a newer version.
        Unknown => "unknown",
    }
}

names! {
    /// What came of it.
    Outcome {
        /// There was nothing to do.
        Nothing => "nothing",
        /// About to be done.
        Planned => "planned",
        /// Done and verified.
        Done => "done",
        /// Failed or interrupted; it is tried again.
        Owed => "owed",
        /// Failed for good.
        Failed => "failed",
        /// Would have been done.
        DryRun => "dryRun",
        /// Waits for the user's word.
        Waiting => "waiting",
        /// Written by a newer version.
        Unknown => "unknown",
    }
}

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Subject", export_to = "wire.ts")]
pub struct SubjectDto {
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
    /// The master record, for rolling shows.
    pub rolling_show: Option<i64>,
}

impl From<&Subject> for SubjectDto {
    fn from(subject: &Subject) -> Self {
        Self {
            show: subject.show.clone(),
            season: subject.season,
            episode: subject.episode,
            viewer: subject.viewer.clone(),
            instance: subject.instance.clone(),
            rolling_show: subject.rolling_show.map(|id| id.0),
        }
    }
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "JournalEntry", export_to = "wire.ts")]
pub struct JournalEntryDto {
    /// Identity; newer rows have higher ones.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What made somebody look.
    pub origin: Origin,
    /// What it is about.
    pub subject: SubjectDto,
    /// Why, as a code.
    pub reason: ReasonCode,
    /// Why, for people.
    pub detail: String,
    /// What was done or is to be done.
    pub actions: Vec<ActionDto>,
    /// What came of it.
    pub outcome: Outcome,
    /// More about the outcome.
    pub note: Option<String>,
}

impl JournalEntryDto {
    /// Puts together a row from the journal's columns and its decision.
    pub fn new(id: i64, at: Timestamp, origin: &str, outcome: &str, note: Option<String>, decision: &Decision) -> Self {
        Self {
            id,
            at,
            origin: Origin::from_name(origin),
            subject: (&decision.subject).into(),
            reason: decision.reason.into(),
            detail: decision.detail.clone(),
            actions: decision.actions.iter().map(Into::into).collect(),
            outcome: Outcome::from_name(outcome),
            note,
        }
    }
}

/// Rows of the journal, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct JournalPage(pub Vec<JournalEntryDto>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_newer_version_are_unknown_and_not_an_error() {
        assert_eq!(Origin::from_name("dream"), Origin::Unknown);
        assert_eq!(Outcome::from_name("dryRun"), Outcome::DryRun);
    }
}
