//! The JSON documents of the command line's contract.

use domain::plan::Decision;
use domain::state::ConnectionState;
use engine::{CheckReport, ResetReport, SettingsView, ShowRow};
use serde_json::{Map, Value, json};
use store::JournalEntry;

pub(crate) fn check(report: &CheckReport) -> Value {
    json!({
        "processedSessions": report.processed_sessions,
        "triggeredSearches": report.triggered_searches,
        "errors": failures(&report.errors),
        "decisions": report.decisions.iter().map(decision).collect::<Vec<_>>(),
    })
}

pub(crate) fn failures(failures: &[engine::Failure]) -> Vec<Value> {
    failures
        .iter()
        .map(|failure| json!({"source": failure.source, "message": failure.message}))
        .collect()
}

/// A decision, with its actions as they are stored.
pub(crate) fn decision(decision: &Decision) -> Value {
    let subject = &decision.subject;
    json!({
        "show": subject.show,
        "season": subject.season,
        "episode": subject.episode,
        "viewer": subject.viewer,
        "instance": subject.instance,
        "reason": decision.reason.code(),
        "detail": decision.detail,
        "actions": decision.actions,
    })
}

pub(crate) fn shows(rows: &[ShowRow]) -> Value {
    rows.iter()
        .map(|row| {
            json!({
                "id": row.id,
                "title": row.title,
                "instance": row.instance,
                "sonarrSeriesId": row.sonarr_series_id,
                "tvdbId": row.tvdb_id,
                "monitoringType": row.monitoring_type.name(),
                "viewer": row.viewer,
                "currentMonitoredSeason": row.current_monitored_season,
                "lastWatchedSeason": row.last_watched_season,
                "lastWatchedEpisode": row.last_watched_episode,
                "lastUpdatedAt": row.last_updated_at.to_string(),
                "inactive": row.inactive,
            })
        })
        .collect()
}

pub(crate) fn resets(report: &ResetReport) -> Value {
    let reset = report.reset.iter().map(|row| {
        json!({"id": row.id, "title": row.title, "filesDeleted": row.files_deleted, "bytesFreed": row.bytes_freed})
    });
    let skipped = report
        .skipped
        .iter()
        .map(|left| json!({"id": left.id, "title": left.title, "reason": left.reason}));
    json!({
        "reset": reset.collect::<Vec<_>>(),
        "skipped": skipped.collect::<Vec<_>>(),
        "errors": failures(&report.errors),
    })
}

pub(crate) fn connections(states: &[ConnectionState]) -> Value {
    states
        .iter()
        .map(|state| {
            json!({
                "name": state.name,
                "kind": state.kind.name(),
                "url": state.url,
                "health": state.health.name(),
                "version": state.version,
                "trouble": state.trouble,
            })
        })
        .collect()
}

pub(crate) fn settings(view: &SettingsView) -> Value {
    let mut document = match serde_json::to_value(&view.settings) {
        Ok(Value::Object(document)) => document,
        _ => Map::new(),
    };
    document.insert("heldByEnvironment".to_owned(), json!(view.held_by_environment));
    document.insert("warnings".to_owned(), json!(view.warnings));
    Value::Object(document)
}

pub(crate) fn journal(entries: &[JournalEntry]) -> Value {
    entries
        .iter()
        .map(|entry| {
            let mut document = decision(&entry.decision);
            document["id"] = json!(entry.id);
            document["at"] = json!(entry.at.to_string());
            document["origin"] = json!(entry.origin.name());
            document["outcome"] = json!(entry.outcome.name());
            document["note"] = json!(entry.note);
            document
        })
        .collect()
}
