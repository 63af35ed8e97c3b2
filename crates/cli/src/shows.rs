//! Commands that make, list, reset and remove rolling shows.

use crate::answer::Answer;
use crate::args::Enroll;
use crate::documents;
use crate::failure::Failure;
use domain::plan::Reason;
use engine::{Engine, EnrollmentDraft, ResetReport, ShowRow};
use serde_json::json;

/// Makes a series a rolling show.
pub(crate) async fn enroll(engine: &Engine, enroll: Enroll) -> Result<Answer, Failure> {
    let series = match (enroll.series, enroll.tvdb) {
        (Some(series), _) => series,
        (None, Some(tvdb)) => engine.series_with_tvdb(&enroll.instance, tvdb).await?,
        (None, None) => return Err(Failure::usage("Give --tvdb or --series.")),
    };
    let draft = EnrollmentDraft {
        instance: enroll.instance,
        series: vec![series],
        monitoring_type: enroll.monitoring_type,
        reset: enroll.reset,
    };
    let batch = engine.enroll(&draft, |_| true).await?;
    let rows = engine.shows(false).await?;
    let document = json!({
        "enrolled": batch.done.iter().map(|(title, detail)| json!({"title": title, "detail": detail})).collect::<Vec<_>>(),
        "errors": batch.errors.iter().map(|failure| json!({"source": failure.source, "message": failure.message})).collect::<Vec<_>>(),
        "id": rows.iter().find(|row| is_master_of(row, &draft)).map(|row| row.id),
    });
    let mut lines: Vec<String> = batch
        .done
        .iter()
        .map(|(title, detail)| format!("{title}: {detail}"))
        .collect();
    lines.extend(
        batch
            .errors
            .iter()
            .map(|failure| format!("{}: {}", failure.source, failure.message)),
    );
    Ok(Answer::new(document, lines).failed_if(!batch.errors.is_empty()))
}

/// Whether a row is the master record of what was enrolled. Two Sonarrs number their series alike, so that the number alone
/// says little.
fn is_master_of(row: &ShowRow, draft: &EnrollmentDraft) -> bool {
    row.viewer.is_none()
        && draft.series.contains(&row.sonarr_series_id)
        && row.instance.to_lowercase() == draft.instance.trim().to_lowercase()
}

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
