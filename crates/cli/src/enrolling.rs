//! The command that makes series rolling shows, or says what that would come to.

use crate::answer::Answer;
use crate::args::Enroll;
use crate::documents;
use crate::failure::Failure;
use domain::plan::{Decision, DoomedFile};
use domain::reset::Amount;
use domain::wanting::spell;
use engine::{Engine, EnrollmentDraft, RequestError, ShowRow};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Enrolls series of one Sonarr, all with the same type. Of several, one that fails does not stop the others.
pub(crate) async fn enroll(engine: &Engine, enroll: Enroll) -> Result<Answer, Failure> {
    let (series, failures) = wanted(engine, &enroll).await?;
    let draft = EnrollmentDraft {
        instance: enroll.instance,
        series,
        monitoring_type: enroll.monitoring_type,
        reset: enroll.reset,
    };
    if enroll.dry_run {
        preview(engine, &draft, failures).await
    } else {
        carry_out(engine, &draft, failures).await
    }
}

/// Sonarr's ids of what was asked for, each once, and what could not be found of it. Where nothing could be, that is the
/// failure.
async fn wanted(engine: &Engine, enroll: &Enroll) -> Result<(Vec<i64>, Vec<engine::Failure>), Failure> {
    let mut series = enroll.series.clone();
    let mut errors = Vec::new();
    for tvdb in &enroll.tvdb {
        match engine.series_with_tvdb(&enroll.instance, *tvdb).await {
            Ok(found) => series.push(found),
            // Others may still work.
            Err(error) if error.invalid || matches!(error.code, "badAnswer" | "serverError") => errors.push(error),
            Err(error) => return Err(error.into()),
        }
    }
    let failures = errors.iter().map(|error| failure(&enroll.instance, error)).collect();
    if let (true, Some(error)) = (series.is_empty(), errors.into_iter().next()) {
        return Err(error.into());
    }
    let mut known = BTreeSet::new();
    series.retain(|id| known.insert(*id));
    Ok((series, failures))
}

fn failure(instance: &str, error: &RequestError) -> engine::Failure {
    engine::Failure {
        source: instance.to_owned(),
        message: error.message.clone(),
    }
}

async fn carry_out(
    engine: &Engine,
    draft: &EnrollmentDraft,
    mut failures: Vec<engine::Failure>,
) -> Result<Answer, Failure> {
    let batch = engine.enroll(draft, |_| true).await?;
    failures.extend(batch.errors);
    let done = batch.done.iter();
    let mut lines: Vec<String> = done
        .clone()
        .map(|(title, detail)| format!("{title}: {detail}"))
        .collect();
    let enrolled = done.map(|(title, detail)| json!({"title": title, "detail": detail}));
    let enrolled: Vec<Value> = enrolled.collect();
    let rows = engine.shows(false).await?;
    let ids: Vec<i64> = draft
        .series
        .iter()
        .filter_map(|series| rows.iter().find(|row| is_master_of(row, draft, *series)))
        .map(|row| row.id)
        .collect();
    lines.extend(said(&failures));
    let document = json!({
        "enrolled": enrolled,
        "errors": documents::failures(&failures),
        "id": ids.first(),
        "ids": ids,
    });
    Ok(Answer::new(document, lines).failed_if(!failures.is_empty()))
}

/// Whether a row is the master record of a series. Two Sonarrs number their series alike, so that the number alone says
/// little.
fn is_master_of(row: &ShowRow, draft: &EnrollmentDraft, series: i64) -> bool {
    row.viewer.is_none()
        && row.sonarr_series_id == series
        && row.instance.to_lowercase() == draft.instance.trim().to_lowercase()
}

/// What enrolling would do, from the plan that would be carried out.
async fn preview(
    engine: &Engine,
    draft: &EnrollmentDraft,
    mut failures: Vec<engine::Failure>,
) -> Result<Answer, Failure> {
    let mut decisions: Vec<Decision> = Vec::new();
    for series in &draft.series {
        let one = EnrollmentDraft {
            series: vec![*series],
            ..draft.clone()
        };
        match engine.preview_enroll(&one).await {
            Ok(plan) => decisions.extend(plan),
            Err(error) if draft.series.len() == 1 && failures.is_empty() => return Err(error.into()),
            Err(error) => failures.push(failure(&draft.instance, &error)),
        }
    }
    let amount = Amount::doomed(&decisions);
    let mut lines = Vec::new();
    for decision in &decisions {
        lines.push(format!("{}: {}", decision.subject.show, decision.detail));
        lines.extend(decision.doomed_files().map(file));
    }
    lines.push(match amount.files {
        0 => "No file would be deleted.".to_owned(),
        1 => format!("1 file of {} bytes would be deleted.", amount.bytes),
        files => format!("{files} files of together {} bytes would be deleted.", amount.bytes),
    });
    lines.extend(said(&failures));
    let document = json!({
        "dryRun": true,
        "decisions": decisions.iter().map(documents::decision).collect::<Vec<_>>(),
        "files": amount.files,
        "bytes": amount.bytes,
        "errors": documents::failures(&failures),
    });
    Ok(Answer::new(document, lines).failed_if(!failures.is_empty()))
}

fn file(file: &DoomedFile) -> String {
    let path = file.path.as_deref().unwrap_or("its path is not known");
    format!("    {}  {path}  {} bytes", spell(&file.episodes), file.size)
}

fn said(failures: &[engine::Failure]) -> impl Iterator<Item = String> {
    failures
        .iter()
        .map(|failure| format!("{}: {}", failure.source, failure.message))
}
