//! Commands about the rules by which new series become rolling shows.

use crate::answer::Answer;
use crate::commands::read_file;
use crate::failure::Failure;
use crate::instances::Instances;
use domain::rules::{DryRunRow, RuleSet};
use engine::Engine;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// The rules in force.
pub(crate) async fn show(engine: &Engine) -> Result<Answer, Failure> {
    let rules = engine.rules().await?;
    Ok(described(&rules, &Instances::of(engine).await))
}

/// Replaces the rules.
pub(crate) async fn import(engine: &Engine, file: &Path) -> Result<Answer, Failure> {
    let instances = Instances::of(engine).await;
    let rules = engine.set_rules(read(file, &instances)?).await?;
    Ok(described(&rules, &instances))
}

/// Says what rules would match: those of a file, or those in force.
pub(crate) async fn dry_run(engine: &Engine, file: Option<&Path>) -> Result<Answer, Failure> {
    let instances = Instances::of(engine).await;
    let rules = match file {
        Some(file) => read(file, &instances)?,
        None => engine.rules().await?,
    };
    let rows = engine.dry_run_rules(&rules).await?;
    let rule = |row: &DryRunRow| {
        let index = row.would_match.and_then(|found| found.rule)?;
        rules.rules.get(index).map(|rule| rule.name.clone())
    };
    let document = rows.iter().map(|row| {
        json!({
            "instance": instances.name(row.series.instance.0),
            "sonarrSeriesId": row.series.series.0,
            "title": row.title,
            "rule": rule(row),
            "outcome": row.would_match.map(|found| found.outcome.name()),
            "applies": row.applies,
            "enrolled": row.enrolled,
        })
    });
    let matched = rows.iter().filter_map(|row| Some((row, row.would_match?)));
    let mut lines: Vec<String> = matched
        .map(|(row, found)| {
            let by = rule(row).map_or_else(
                || format!("default of {}", instances.name(row.series.instance.0)),
                |name| format!("rule \"{name}\""),
            );
            let state = match (row.enrolled, row.applies) {
                (true, _) => "; enrolled already",
                (false, true) => "; new, so it will come to that",
                (false, false) => "",
            };
            format!("{:<32} {:<22} {by}{state}", row.title, found.outcome.name())
        })
        .collect();
    lines.push(format!(
        "{} of {} series match. Only series that are added after a rule was made are touched by it.",
        lines.len(),
        rows.len()
    ));
    Ok(Answer::new(document.collect(), lines))
}

/// Times are the engine's business; a file need not have them. Nothing can have been added after what is made later.
fn read(file: &Path, instances: &Instances) -> Result<RuleSet, Failure> {
    let wrong = |error: serde_json::Error| Failure::usage(format!("{} holds no rules: {error}", file.display()));
    let mut document: Value = serde_json::from_str(&read_file(file)?).map_err(wrong)?;
    for list in ["rules", "defaults"] {
        let Some(objects) = document.get_mut(list) else {
            continue;
        };
        instances.number_in(objects)?;
        for object in objects
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            let made_at = object.entry("madeAt").or_insert(Value::Null);
            if made_at.is_null() {
                *made_at = Timestamp::MAX.to_string().into();
            }
        }
    }
    serde_json::from_value(document).map_err(wrong)
}

fn described(rules: &RuleSet, instances: &Instances) -> Answer {
    let mut document = json!(rules);
    for list in ["rules", "defaults"] {
        instances.name_in(&mut document[list]);
    }
    let mut lines: Vec<String> = rules
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let scope = rule
                .instance
                .map(|instance| format!(", only {}", instances.name(instance.0)))
                .unwrap_or_default();
            let conditions: Vec<String> = rule
                .conditions
                .iter()
                .map(|condition| json!(condition).to_string())
                .collect();
            let combination = json!(rule.combination);
            format!(
                "{}. {}: {} where {} of {}{scope}",
                index + 1,
                rule.name,
                rule.outcome.name(),
                combination.as_str().unwrap_or_default(),
                conditions.join(" ")
            )
        })
        .collect();
    lines.extend(rules.defaults.iter().map(|default| {
        let (name, outcome) = (instances.name(default.instance.0), default.outcome.name());
        format!("Otherwise, new series of {name}: {outcome}")
    }));
    if lines.is_empty() {
        lines.push("There are no rules.".to_owned());
    }
    Answer::new(document, lines)
}
