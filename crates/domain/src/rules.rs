//! Rules by which series that are new in Sonarr become rolling shows by themselves.

mod condition;

pub use condition::Condition;

use crate::ids::{InstanceId, SeriesId, SeriesKey};
use crate::monitoring::MonitoringType;
use crate::series::Series;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What becomes of a series that a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Outcome {
    /// It is enrolled with this type.
    Rolling(MonitoringType),
    /// It is not enrolled: standard monitoring.
    Standard,
}

impl Outcome {
    /// "standard", or the type's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rolling(monitoring_type) => monitoring_type.name(),
            Self::Standard => "standard",
        }
    }
}

impl From<Outcome> for String {
    fn from(outcome: Outcome) -> Self {
        outcome.name().to_owned()
    }
}

impl TryFrom<String> for Outcome {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match MonitoringType::from_name(&name) {
            Some(monitoring_type) => Ok(Self::Rolling(monitoring_type)),
            None if name == "standard" => Ok(Self::Standard),
            None => Err(format!(
                "\"{name}\" is neither \"standard\" nor one of pilotRolling, firstSeasonRolling, allSeasonPilotRolling"
            )),
        }
    }
}

/// How a rule's conditions combine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Combination {
    /// Every condition has to hold.
    #[default]
    All,
    /// One is enough.
    Any,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The user's name for it.
    pub name: String,
    /// When it was made or last changed. Only series added to Sonarr later are its business.
    pub made_at: Timestamp,
    /// The newest series of each instance then: later ones have higher ids, whatever the clocks say. An instance that did
    /// not answer is not in here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub newest_then: BTreeMap<InstanceId, SeriesId>,
    /// Only series of this instance; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<InstanceId>,
    /// How the conditions combine.
    #[serde(default)]
    pub combination: Combination,
    /// What it asks.
    pub conditions: Vec<Condition>,
    /// What becomes of what it matches.
    pub outcome: Outcome,
}

impl Rule {
    /// Whether it is about series of an instance at all.
    pub fn concerns(&self, instance: InstanceId) -> bool {
        self.instance.is_none_or(|only| only == instance)
    }

    /// Whether a series was added after the rule was made.
    fn is_new(&self, series: &Series) -> bool {
        let newest_then = self.newest_then.get(&series.key.instance).copied();
        self.concerns(series.key.instance) && is_later(series, newest_then, self.made_at)
    }

    /// Whether it describes a series, whenever that was added. `labels` are the instance's tags by id.
    pub fn describes(&self, series: &Series, labels: &BTreeMap<i64, String>) -> bool {
        let mut conditions = self.conditions.iter().map(|condition| condition.holds(series, labels));
        let holds = match self.combination {
            Combination::All => !self.conditions.is_empty() && conditions.all(|holds| holds),
            Combination::Any => conditions.any(|holds| holds),
        };
        holds && self.concerns(series.key.instance)
    }
}

/// What becomes of series of an instance that no rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceDefault {
    /// The instance.
    pub instance: InstanceId,
    /// When it was set. Only series added later are its business.
    pub made_at: Timestamp,
    /// The instance's newest series then, as in [`Rule::newest_then`]; `None` if the instance did not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_then: Option<SeriesId>,
    /// What becomes of them.
    pub outcome: Outcome,
}

impl InstanceDefault {
    /// Whether a series was added to its instance after it was set.
    fn is_new(&self, series: &Series) -> bool {
        series.key.instance == self.instance && is_later(series, self.newest_then, self.made_at)
    }
}

/// Whether a series came to its Sonarr later: by its id, or else by the two clocks.
fn is_later(series: &Series, newest_then: Option<SeriesId>, made_at: Timestamp) -> bool {
    newest_then.map_or_else(
        || series.added.is_some_and(|added| added > made_at),
        |newest| series.key.series > newest,
    )
}

/// All rules in the user's order: the first that matches wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleSet {
    /// The rules.
    pub rules: Vec<Rule>,
    /// What holds where none matches.
    pub defaults: Vec<InstanceDefault>,
}

/// What the rules say of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleMatch {
    /// Index of the rule; `None` for the instance's default.
    pub rule: Option<usize>,
    /// What becomes of the series.
    pub outcome: Outcome,
}

/// Whether any rule or default is newer than a series, whatever it asks.
pub fn is_business(rules: &RuleSet, series: &Series) -> bool {
    rules.rules.iter().any(|rule| rule.is_new(series)) || rules.defaults.iter().any(|default| default.is_new(series))
}

/// Finds what becomes of a series that is new in Sonarr. A series is a rule's business only if it was added after the rule
/// was made. `labels` are the instance's tags by id; where they could not be read, do not ask.
pub fn evaluate(rules: &RuleSet, series: &Series, labels: &BTreeMap<i64, String>) -> Option<RuleMatch> {
    first_match(
        rules,
        |rule| rule.is_new(series) && rule.describes(series, labels),
        |default| default.is_new(series),
    )
}

fn first_match(
    rules: &RuleSet,
    by_rule: impl Fn(&Rule) -> bool,
    by_default: impl Fn(&InstanceDefault) -> bool,
) -> Option<RuleMatch> {
    let rule = rules.rules.iter().enumerate().find(|(_, rule)| by_rule(rule));
    let default = || rules.defaults.iter().find(|default| by_default(default));
    match rule {
        Some((index, rule)) => Some(RuleMatch {
            rule: Some(index),
            outcome: rule.outcome,
        }),
        None => default().map(|default| RuleMatch {
            rule: None,
            outcome: default.outcome,
        }),
    }
}

/// One series in a dry run of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRunRow {
    /// The series.
    pub series: SeriesKey,
    /// Its title.
    pub title: String,
    /// What the rules say of it, whenever it was added; `None` where they say nothing.
    pub would_match: Option<RuleMatch>,
    /// What they really come to: it was added after the rule was made, and is not enrolled yet.
    pub applies: bool,
    /// Whether it is a rolling show already.
    pub enrolled: bool,
}

/// Tries the rules on a whole library, in the library's order. `labels` are the tags of each instance; series of instances
/// whose tags could not be read are left out.
pub fn dry_run(
    rules: &RuleSet,
    library: &[Series],
    labels: &BTreeMap<InstanceId, BTreeMap<i64, String>>,
    enrolled: &BTreeSet<SeriesKey>,
) -> Vec<DryRunRow> {
    let row = |series: &Series| {
        let labels = labels.get(&series.key.instance)?;
        let enrolled = enrolled.contains(&series.key);
        Some(DryRunRow {
            series: series.key,
            title: series.title.clone(),
            would_match: first_match(
                rules,
                |rule| rule.describes(series, labels),
                |default| default.instance == series.key.instance,
            ),
            applies: !enrolled && evaluate(rules, series, labels).is_some(),
            enrolled,
        })
    };
    library.iter().filter_map(row).collect()
}

/// Why a rule set cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// Index of the rule; `None` where the defaults are at fault.
    pub rule: Option<usize>,
    /// Index of the condition, where one is at fault.
    pub condition: Option<usize>,
    /// What is wrong, for people.
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rule, self.condition) {
            (Some(rule), Some(condition)) => {
                write!(
                    formatter,
                    "rule {}, condition {}: {}",
                    rule + 1,
                    condition + 1,
                    self.message
                )
            }
            (Some(rule), None) => write!(formatter, "rule {}: {}", rule + 1, self.message),
            (None, _) => write!(formatter, "defaults: {}", self.message),
        }
    }
}

impl std::error::Error for RuleError {}

impl RuleSet {
    /// Checks everything that can be wrong with the rules.
    ///
    /// # Errors
    /// Every fault found, in the order of the rules.
    pub fn validate(&self) -> Result<(), Vec<RuleError>> {
        let mut errors = Vec::new();
        let mut names = BTreeSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let mut fault = |condition, message: String| {
                errors.push(RuleError {
                    rule: Some(index),
                    condition,
                    message,
                });
            };
            let name = rule.name.trim().to_lowercase();
            if name.is_empty() {
                fault(None, "it needs a name".to_owned());
            } else if !names.insert(name) {
                fault(None, format!("another rule is named \"{}\" as well", rule.name.trim()));
            }
            if rule.conditions.is_empty() {
                fault(None, "it needs at least one condition".to_owned());
            }
            for (place, condition) in rule.conditions.iter().enumerate() {
                if let Some(message) = condition.fault() {
                    fault(Some(place), message);
                }
            }
        }
        let mut instances = BTreeSet::new();
        for default in &self.defaults {
            if !instances.insert(default.instance) {
                let message = format!("instance {} has more than one", default.instance);
                errors.push(RuleError {
                    rule: None,
                    condition: None,
                    message,
                });
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}
