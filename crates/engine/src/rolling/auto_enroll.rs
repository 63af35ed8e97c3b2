//! Series that are new in Sonarr become rolling shows by the user's rules.

use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use crate::report::{CheckReport, Failure};
use domain::ids::{InstanceId, SeriesKey};
use domain::monitoring::MonitoringType;
use domain::plan::{Action, Decision};
use domain::rules::{self, DryRunRow, Outcome, RuleSet};
use domain::series::Series;
use remote::RemoteError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::StoreError;

const RULES: &str = "enrollmentRules";
const HANDLED: &str = "enrollmentRulesDone";

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
        let before = self.rules().await?;
        let now = self.now();
        for rule in &mut rules.rules {
            let is_same = |old: &&rules::Rule| {
                rules::Rule {
                    made_at: rule.made_at,
                    name: rule.name.clone(),
                    ..(*old).clone()
                } == *rule
            };
            rule.made_at = before.rules.iter().find(is_same).map_or(now, |old| old.made_at);
        }
        for default in &mut rules.defaults {
            let is_same =
                |old: &&rules::InstanceDefault| old.instance == default.instance && old.outcome == default.outcome;
            default.made_at = before.defaults.iter().find(is_same).map_or(now, |old| old.made_at);
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
            rows.extend(rules::dry_run(rules, &library, &labels, &enrolled));
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
            for series in library {
                let Some(found) = rules::evaluate(&rules, &series, &labels) else {
                    continue;
                };
                let mut handled = self.handled(instance).await?;
                if !handled.insert(series.key.series.0) {
                    continue;
                }
                if let Outcome::Rolling(monitoring_type) = found.outcome
                    && self.store.rolling_show_of(series.key).await?.is_none()
                {
                    let because = match found.rule.and_then(|index| rules.rules.get(index)) {
                        Some(rule) => format!("by the rule \"{}\"", rule.name),
                        None => "as the default of its Sonarr".to_owned(),
                    };
                    if let Err(error) = self.enroll_new(&link, &series, monitoring_type, &because).await {
                        fail(format!("{}: {}", series.title, error.message));
                        continue;
                    }
                }
                self.store_as_json(&format!("{HANDLED}/{instance}"), &handled).await?;
            }
        }
        Ok(())
    }

    /// Ids of series that the rules were applied to: what the user takes out of monitoring afterwards stays out.
    async fn handled(&self, instance: InstanceId) -> Result<BTreeSet<i64>, StoreError> {
        let text = self.store.meta(&format!("{HANDLED}/{instance}")).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    async fn enroll_new(
        &self,
        link: &Arc<Link>,
        series: &Series,
        monitoring_type: MonitoringType,
        because: &str,
    ) -> Result<(), RequestError> {
        let shape = |decision: &mut Decision| {
            // Nobody was asked, so no file goes; and what has files already is left as it is.
            if decision.doomed_files().next().is_some() {
                decision.actions.clear();
                decision.detail = format!("Enrolled as {} {because}; its files stay.", monitoring_type.name());
            } else {
                decision
                    .actions
                    .retain(|action| matches!(action, Action::SetMonitoring(_)));
                decision.detail = format!("{} It was enrolled {because}.", decision.detail);
            }
        };
        self.enroll_quietly(link, series.key.series, monitoring_type, shape)
            .await?;
        tracing::info!("Enrolled {} as {} {because}", series.title, monitoring_type.name());
        Ok(())
    }
}

/// Whether any rule or default speaks of an instance.
fn concerns(rules: &RuleSet, instance: InstanceId) -> bool {
    let by_rule = rules
        .rules
        .iter()
        .any(|rule| rule.instance.is_none_or(|only| only == instance));
    by_rule || rules.defaults.iter().any(|default| default.instance == instance)
}
