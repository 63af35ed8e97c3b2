//! Series that are new in Sonarr become rolling shows by the user's rules.

use super::seen_series::{Newest, Seen};
use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::ids::{InstanceId, SeriesKey};
use domain::monitoring::MonitoringType;
use domain::plan::{Action, Decision};
use domain::rules::{self, DryRunRow, InstanceDefault, Outcome, Rule, RuleSet};
use domain::series::Series;
use jiff::Timestamp;
use remote::RemoteError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::StoreError;

const RULES: &str = "enrollmentRules";

/// Nothing can have been added after a rule that is not saved.
const NOT_SAVED: Timestamp = Timestamp::MAX;

/// Labels of an instance's tags by id.
type Labels = BTreeMap<i64, String>;

impl Core {
    /// The rules in force.
    pub(crate) async fn rules(&self) -> Result<RuleSet, StoreError> {
        let text = self.store.meta(RULES).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Replaces the rules. What is new or changed holds for series that are added to Sonarr from now on.
    pub(crate) async fn set_rules(&self, mut rules: RuleSet) -> Result<RuleSet, RequestError> {
        if let Err(faults) = rules.validate() {
            let sentences: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return Err(RequestError::invalid(
                "invalidValue",
                format!("{}.", sentences.join("; ")),
            ));
        }
        let instances = rules.rules.iter().filter_map(|rule| rule.instance);
        for instance in instances.chain(rules.defaults.iter().map(|default| default.instance)) {
            if self.links.instance(instance).is_none() {
                return Err(RequestError::invalid(
                    "invalidValue",
                    format!("Instance {instance} is not connected."),
                ));
            }
        }
        keep_since_when(&mut rules, &self.rules().await?);
        let now = self.now();
        let mut newest = Newest::default();
        for rule in rules.rules.iter_mut().filter(|rule| rule.made_at == NOT_SAVED) {
            rule.made_at = now;
            rule.newest_then = newest.of_all(self, |instance| rule.concerns(instance)).await;
        }
        for default in rules.defaults.iter_mut().filter(|default| default.made_at == NOT_SAVED) {
            default.made_at = now;
            let mine = newest.of_all(self, |instance| instance == default.instance).await;
            default.newest_then = mine.get(&default.instance).copied();
        }
        self.store_as_json(RULES, &rules).await?;
        self.work.notify_one();
        Ok(rules)
    }

    /// What rules would match in the libraries as they are. Writes nothing.
    pub(crate) async fn dry_run_rules(&self, rules: &RuleSet) -> Result<Vec<DryRunRow>, RequestError> {
        if let Err(faults) = rules.validate() {
            let sentences: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return Err(RequestError::invalid(
                "invalidValue",
                format!("{}.", sentences.join("; ")),
            ));
        }
        let mut rules = rules.clone();
        keep_since_when(&mut rules, &self.rules().await?);
        let enrolled: BTreeSet<SeriesKey> = self
            .store
            .rolling_shows()
            .await?
            .iter()
            .map(|show| show.series)
            .collect();
        let mut rows = Vec::new();
        for link in self.links.instances() {
            let (library, labels) = self.library_with_labels(&link).await?;
            let labels = link
                .connection
                .instance()
                .map(|instance| (instance, labels))
                .into_iter()
                .collect();
            rows.extend(rules::dry_run(&rules, &library, &labels, &enrolled));
        }
        Ok(rows)
    }

    async fn library_with_labels(&self, link: &Link) -> Result<(Vec<Series>, Labels), RemoteError> {
        let Some((_, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized);
        };
        let answer = async { Ok((client.all_series().await?.items, client.tags().await?)) }.await;
        link.note(&answer, self.now());
        answer
    }

    /// Enrolls what is new in Sonarr and a rule's business.
    pub(crate) async fn apply_rules(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        let rules = self.rules().await?;
        for link in self.links.instances() {
            let Some(instance) = link.connection.instance() else {
                continue;
            };
            if !concerns(&rules, instance) {
                continue;
            }
            let mut fail = |message: String| {
                report.errors.push(Failure {
                    source: link.connection.name.clone(),
                    message,
                });
            };
            let (library, labels) = match self.library_with_labels(&link).await {
                Ok(found) => found,
                Err(error) => {
                    fail(error.to_string());
                    continue;
                }
            };
            let mut seen = Seen::of(self, instance).await?;
            for series in library {
                if let Err(message) = self.apply_rules_to(&rules, &link, &series, &labels, &mut seen).await {
                    fail(format!("{}: {message}", series.title));
                }
                seen.save(self).await?;
            }
        }
        Ok(())
    }

    /// Does with one series what the rules say, once.
    async fn apply_rules_to(
        &self,
        rules: &RuleSet,
        link: &Arc<Link>,
        series: &Series,
        labels: &Labels,
        seen: &mut Seen,
    ) -> Result<(), String> {
        let id = series.key.series;
        if seen.is_handled(id) || !rules::is_business(rules, series) {
            return Ok(());
        }
        let Some(found) = rules::evaluate(rules, series, labels) else {
            seen.matched_nothing(id, self.now());
            return Ok(());
        };
        if let Outcome::Rolling(monitoring_type) = found.outcome {
            let because = match found.rule.and_then(|index| rules.rules.get(index)) {
                Some(rule) => format!("by the rule \"{}\"", rule.name),
                None => "as the default of its Sonarr".to_owned(),
            };
            let is_settled = self
                .enroll_new(link, series, monitoring_type, &because)
                .await
                .map_err(|error| error.message)?;
            if !is_settled {
                return Ok(());
            }
        }
        seen.handled(id);
        Ok(())
    }

    /// Enrolls a series unless it is enrolled already. False where Sonarr does not list its episodes yet: then nothing can be
    /// said of it.
    async fn enroll_new(
        &self,
        link: &Arc<Link>,
        series: &Series,
        monitoring_type: MonitoringType,
        because: &str,
    ) -> Result<bool, RequestError> {
        if self.store.rolling_show_of(series.key).await?.is_some() {
            return Ok(true);
        }
        let shape = |decision: &mut Decision| {
            // Nobody was asked, so no file goes; and what has files already is left as it is.
            if decision.doomed_files().next().is_some() {
                decision.actions.clear();
                decision.reminders.clear();
                decision.detail = format!("Enrolled as {} {because}; its files stay.", monitoring_type.name());
            } else {
                decision
                    .actions
                    .retain(|action| !matches!(action, Action::DeleteFiles { .. }));
                decision.detail = format!("{} It was enrolled {because}.", decision.detail);
            }
        };
        let enrolled = self
            .enroll_quietly(link, series.key.series, monitoring_type, shape)
            .await?;
        if enrolled {
            tracing::info!("Enrolled {} as {} {because}", series.title, monitoring_type.name());
        }
        Ok(enrolled)
    }
}

/// Lets rules and defaults that are stored already keep since when they hold. The others hold for nothing so far.
fn keep_since_when(rules: &mut RuleSet, stored: &RuleSet) {
    for rule in &mut rules.rules {
        let is_same = |old: &&Rule| {
            Rule {
                made_at: rule.made_at,
                newest_then: rule.newest_then.clone(),
                name: rule.name.clone(),
                ..(*old).clone()
            } == *rule
        };
        let old = stored.rules.iter().find(is_same);
        rule.made_at = old.map_or(NOT_SAVED, |old| old.made_at);
        rule.newest_then = old.map(|old| old.newest_then.clone()).unwrap_or_default();
    }
    for default in &mut rules.defaults {
        let is_same = |old: &&InstanceDefault| old.instance == default.instance && old.outcome == default.outcome;
        let old = stored.defaults.iter().find(is_same);
        default.made_at = old.map_or(NOT_SAVED, |old| old.made_at);
        default.newest_then = old.and_then(|old| old.newest_then);
    }
}

/// Whether any rule or default speaks of an instance.
fn concerns(rules: &RuleSet, instance: InstanceId) -> bool {
    let by_rule = rules.rules.iter().any(|rule| rule.concerns(instance));
    by_rule || rules.defaults.iter().any(|default| default.instance == instance)
}
