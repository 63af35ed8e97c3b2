//! Commands that list, reset and remove rolling shows.

use crate::answer::Answer;
use crate::documents;
use crate::failure::Failure;
use domain::plan::Reason;
use engine::{Engine, ResetReport};
use serde_json::json;

/// Master records and tracking entries.
pub(crate) async fn list(engine: &Engine, inactive: bool) -> Result<Answer, Failure> {
    let rows = engine.shows(inactive).await?;
    let lines = rows
        .iter()
        .map(|row| {
            let who = row.viewer.as_deref().unwrap_or("master record");
            let state = if row.inactive { "inactive" } else { "active" };
            format!(
                "{:>4}  {:<32} {:<12} {:<22} {who:<16} season {:<3} at S{:02}E{:02}  {state}",
                row.id,
                row.title,
                row.instance,
                row.monitoring_type.name(),
                row.current_monitored_season,
                row.last_watched_season,
                row.last_watched_episode
            )
        })
        .collect();
    Ok(Answer::new(documents::shows(&rows), lines))
}

/// What resets came to.
pub(crate) fn resets(report: &ResetReport) -> Answer {
    let mut lines: Vec<String> = report
        .reset
        .iter()
        .map(|row| {
            format!(
                "{}: reset, {} files, {} bytes",
                row.title, row.files_deleted, row.bytes_freed
            )
        })
        .collect();
    lines.extend(
        report
            .skipped
            .iter()
            .map(|left| format!("{}: {}", left.title, left.reason)),
    );
    lines.extend(
        report
            .errors
            .iter()
            .map(|failure| format!("{}: {}", failure.source, failure.message)),
    );
    let failed = !report.errors.is_empty();
    Answer::new(documents::resets(report), lines).failed_if(failed)
}

/// Brings a show back to its baseline.
pub(crate) async fn reset(engine: &Engine, id: i64, dry_run: bool) -> Result<Answer, Failure> {
    if dry_run {
        let decisions = engine.preview_reset(id).await?;
        let lines = decisions.iter().map(|decision| decision.detail.clone()).collect();
        let document = json!({
            "dryRun": true,
            "decisions": decisions.iter().map(documents::decision).collect::<Vec<_>>(),
        });
        return Ok(Answer::new(document, lines));
    }
    Ok(resets(&engine.reset(id, |_| true).await?))
}

/// Takes a show out of monitoring.
pub(crate) async fn remove(engine: &Engine, id: i64, reset: bool) -> Result<Answer, Failure> {
    if reset {
        bring_to_baseline(engine, id).await?;
    }
    let detail = engine.remove(id).await?;
    Ok(Answer::new(json!({"removed": id, "detail": detail}), vec![detail]))
}

/// Resets a show that is not at its baseline yet. Anything but a done reset is a failure: after the removal nobody would do
/// it anymore.
async fn bring_to_baseline(engine: &Engine, id: i64) -> Result<(), Failure> {
    let mut planned = None;
    let report = engine
        .reset(id, |plan| {
            planned = plan.first().map(|decision| decision.reason);
            true
        })
        .await?;
    if let Some(failure) = report.errors.first() {
        let message = format!("It was not removed, for the reset failed: {}", failure.message);
        return Err(Failure::failed("owed", message));
    }
    if let Some(left) = report.skipped.first()
        && planned != Some(Reason::AtBaseline)
    {
        let message = format!("It was not removed, for it was not reset: {}", left.reason);
        return Err(Failure::failed("notReset", message));
    }
    if engine.settings().settings.dry_run {
        let message = "It was not removed, for it was not reset: dry run is switched on.";
        return Err(Failure::failed("notReset", message));
    }
    Ok(())
}
