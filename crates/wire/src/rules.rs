//! Rules by which series that are new in Sonarr become rolling shows.

mod condition;

pub use condition::ConditionDto;

use crate::actions::count;
use crate::shows::MonitoringTypeDto;
use domain::ids::InstanceId;
use domain::rules::{Combination, DryRunRow, InstanceDefault, Outcome, Rule, RuleSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// All rules in the user's order: the first that matches wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "RuleSet", export_to = "wire.ts")]
pub struct RuleSetDto {
    /// The rules.
    pub rules: Vec<RuleDto>,
    /// What holds where none matches.
    pub defaults: Vec<InstanceDefaultDto>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Rule", export_to = "wire.ts")]
pub struct RuleDto {
    /// The user's name for it.
    pub name: String,
    /// Since when it holds: only series added to Sonarr later are its business. `None` for one that is not saved yet.
    pub made_at: Option<Timestamp>,
    /// Id of the only Sonarr it is for; `None` for all.
    pub instance: Option<i64>,
    /// How the conditions combine.
    pub combination: CombinationDto,
    /// What it asks.
    pub conditions: Vec<ConditionDto>,
    /// What becomes of what it matches.
    pub outcome: OutcomeDto,
}

/// How a rule's conditions combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Combination", export_to = "wire.ts")]
pub enum CombinationDto {
    /// Every condition has to hold.
    All,
    /// One is enough.
    Any,
}

/// What becomes of a series that a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "RuleOutcome", export_to = "wire.ts")]
pub enum OutcomeDto {
    /// It is not enrolled: standard monitoring.
    Standard,
    /// It is enrolled and starts with S01E01.
    PilotRolling,
    /// It is enrolled and starts with season 1.
    FirstSeasonRolling,
    /// It is enrolled and starts with every season's first episode.
    AllSeasonPilotRolling,
}

/// What becomes of series of an instance that no rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "InstanceDefault", export_to = "wire.ts")]
pub struct InstanceDefaultDto {
    /// Id of the Sonarr's connection.
    pub instance: i64,
    /// Since when it holds; `None` for one that is not saved yet.
    pub made_at: Option<Timestamp>,
    /// What becomes of them.
    pub outcome: OutcomeDto,
}

/// One series in a dry run of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "DryRunRow", export_to = "wire.ts")]
pub struct DryRunRowDto {
    /// Id of the Sonarr's connection.
    pub instance: i64,
    /// The series' id there.
    pub series: i64,
    /// Its title.
    pub title: String,
    /// Index of the rule that would match; `None` where none does.
    pub rule: Option<u32>,
    /// What the rule, or else the instance's default, would make of it; `None` where neither says anything.
    pub outcome: Option<OutcomeDto>,
    /// Whether it really comes to that: it was added after the rule was made, and is not enrolled yet.
    pub applies: bool,
    /// Whether it is a rolling show already.
    pub enrolled: bool,
}

/// A dry run of the rules, in the libraries' order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct DryRun(pub Vec<DryRunRowDto>);

/// What one Sonarr has that rules can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct InstanceChoices {
    /// Id of the Sonarr's connection.
    pub instance: i64,
    /// Labels of its tags.
    pub tags: Vec<String>,
    /// Its quality profiles.
    pub quality_profiles: Vec<QualityProfile>,
    /// Paths of its root folders.
    pub root_folders: Vec<String>,
    /// Genres of its series.
    pub genres: Vec<String>,
    /// Networks of its series.
    pub networks: Vec<String>,
    /// Original languages of its series.
    pub original_languages: Vec<String>,
}

/// A quality profile of a Sonarr.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "wire.ts")]
pub struct QualityProfile {
    /// Identity there.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// What the Sonarrs that answer have to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
#[ts(export_to = "wire.ts")]
pub struct RuleChoices(pub Vec<InstanceChoices>);

impl From<RuleSet> for RuleSetDto {
    fn from(rules: RuleSet) -> Self {
        Self {
            rules: rules.rules.into_iter().map(Into::into).collect(),
            defaults: rules.defaults.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RuleSetDto> for RuleSet {
    fn from(rules: RuleSetDto) -> Self {
        Self {
            rules: rules.rules.into_iter().map(Into::into).collect(),
            defaults: rules.defaults.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Rule> for RuleDto {
    fn from(rule: Rule) -> Self {
        Self {
            name: rule.name,
            made_at: Some(rule.made_at),
            instance: rule.instance.map(|instance| instance.0),
            combination: match rule.combination {
                Combination::All => CombinationDto::All,
                Combination::Any => CombinationDto::Any,
            },
            conditions: rule.conditions.into_iter().map(Into::into).collect(),
            outcome: rule.outcome.into(),
        }
    }
}

/// Nothing can have been added after a rule that is not saved yet.
fn since(made_at: Option<Timestamp>) -> Timestamp {
    made_at.unwrap_or(Timestamp::MAX)
}

impl From<RuleDto> for Rule {
    fn from(rule: RuleDto) -> Self {
        Self {
            name: rule.name,
            made_at: since(rule.made_at),
            newest_then: BTreeMap::new(),
            instance: rule.instance.map(InstanceId),
            combination: match rule.combination {
                CombinationDto::All => Combination::All,
                CombinationDto::Any => Combination::Any,
            },
            conditions: rule.conditions.into_iter().map(Into::into).collect(),
            outcome: rule.outcome.into(),
        }
    }
}

impl From<InstanceDefault> for InstanceDefaultDto {
    fn from(default: InstanceDefault) -> Self {
        Self {
            instance: default.instance.0,
            made_at: Some(default.made_at),
            outcome: default.outcome.into(),
        }
    }
}

impl From<InstanceDefaultDto> for InstanceDefault {
    fn from(default: InstanceDefaultDto) -> Self {
        Self {
            instance: InstanceId(default.instance),
            made_at: since(default.made_at),
            newest_then: None,
            outcome: default.outcome.into(),
        }
    }
}

impl From<Outcome> for OutcomeDto {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Standard => Self::Standard,
            Outcome::Rolling(monitoring_type) => match monitoring_type.into() {
                MonitoringTypeDto::PilotRolling => Self::PilotRolling,
                MonitoringTypeDto::FirstSeasonRolling => Self::FirstSeasonRolling,
                MonitoringTypeDto::AllSeasonPilotRolling => Self::AllSeasonPilotRolling,
            },
        }
    }
}

impl From<OutcomeDto> for Outcome {
    fn from(outcome: OutcomeDto) -> Self {
        let rolling = |monitoring_type: MonitoringTypeDto| Self::Rolling(monitoring_type.into());
        match outcome {
            OutcomeDto::Standard => Self::Standard,
            OutcomeDto::PilotRolling => rolling(MonitoringTypeDto::PilotRolling),
            OutcomeDto::FirstSeasonRolling => rolling(MonitoringTypeDto::FirstSeasonRolling),
            OutcomeDto::AllSeasonPilotRolling => rolling(MonitoringTypeDto::AllSeasonPilotRolling),
        }
    }
}

impl From<&DryRunRow> for DryRunRowDto {
    fn from(row: &DryRunRow) -> Self {
        Self {
            instance: row.series.instance.0,
            series: row.series.series.0,
            title: row.title.clone(),
            rule: row.would_match.and_then(|found| found.rule).map(count),
            outcome: row.would_match.map(|found| found.outcome.into()),
            applies: row.applies,
            enrolled: row.enrolled,
        }
    }
}
