//! Between the engine's types and those that cross to the page. Nothing is decided here.

use domain::plan::Decision;
use engine::{Failure, LibraryRow, PauseFor, RequestError};
use secrecy::SecretString;
use store::JournalEntry;
use wire::{BatchReport, CheckReport, Connected, ErrorDto, ErrorRow, JournalEntryDto, JournalPage, Library, PauseDto};

/// What went wrong, with its code.
pub fn error(error: RequestError) -> ErrorDto {
    ErrorDto::new(error.code, error.message)
}

/// For how long monitoring is held.
pub fn pause(pause: PauseDto) -> PauseFor {
    match pause {
        PauseDto::OneHour => PauseFor::OneHour,
        PauseDto::UntilTomorrow => PauseFor::UntilTomorrow,
        PauseDto::UntilResumed => PauseFor::UntilResumed,
    }
}

/// A connection to be tried or saved.
pub fn draft(draft: wire::ConnectionDraft) -> engine::ConnectionDraft {
    engine::ConnectionDraft {
        kind: draft.kind.into(),
        name: draft.name,
        url: draft.url,
        secret: draft.secret.map(|secret| SecretString::from(secret.into_inner())),
        verify: draft.verify,
    }
}

/// What a server said of itself.
pub fn connected(connected: engine::Connected) -> Connected {
    Connected {
        server_name: connected.server_name,
        version: connected.version,
    }
}

/// The settings with what the page has to know of them.
pub fn settings(view: engine::SettingsView) -> wire::SettingsView {
    wire::SettingsView::new(view.settings, view.held_by_environment, view.warnings)
}

/// What a cycle came to.
pub fn check_report(report: engine::CheckReport) -> CheckReport {
    CheckReport {
        processed_sessions: report.processed_sessions,
        triggered_searches: report.triggered_searches,
        errors: failures(report.errors),
        decisions: report.decisions.iter().map(Into::into).collect(),
    }
}

/// Rows of the journal.
pub fn journal(entries: Vec<JournalEntry>) -> JournalPage {
    JournalPage(entries.into_iter().map(journal_entry).collect())
}

fn journal_entry(entry: JournalEntry) -> JournalEntryDto {
    let (origin, outcome) = (entry.origin.name(), entry.outcome.name());
    JournalEntryDto::new(entry.id, entry.at, origin, outcome, entry.note, &entry.decision)
}

/// Master records and tracking entries.
pub fn shows(rows: Vec<engine::ShowRow>) -> wire::ShowRows {
    wire::ShowRows(rows.into_iter().map(show).collect())
}

fn show(row: engine::ShowRow) -> wire::ShowRow {
    let watched = |number: i32| (row.last_watched_season > 0).then_some(number);
    wire::ShowRow {
        last_watched_season: watched(row.last_watched_season),
        last_watched_episode: watched(row.last_watched_episode),
        id: row.id,
        master_id: row.master_id,
        title: row.title,
        instance: row.instance,
        sonarr_series_id: row.sonarr_series_id,
        tvdb_id: row.tvdb_id,
        monitoring_type: row.monitoring_type.into(),
        viewer: row.viewer,
        current_monitored_season: row.current_monitored_season,
        last_updated_at: row.last_updated_at,
        inactive: row.inactive,
        keep_show: row.keep_show,
        keep_seasons: row.keep_seasons,
        pace: row.pace,
        forecast: row.forecast,
    }
}

/// The series of an instance.
pub fn library(rows: &[LibraryRow]) -> Library {
    let mut series: Vec<_> = rows
        .iter()
        .map(|row| wire::LibrarySeries::new(&row.series, row.enrolled))
        .collect();
    series.sort_by_cached_key(|series| series.title.to_lowercase());
    Library(series)
}

/// What is to be enrolled.
pub fn enrollment(enrollment: wire::Enrollment) -> engine::EnrollmentDraft {
    engine::EnrollmentDraft {
        instance: enrollment.instance,
        series: enrollment.series,
        monitoring_type: enrollment.monitoring_type.into(),
        reset: enrollment.reset,
    }
}

/// What enrolling came to.
pub fn batch(batch: engine::Batch) -> BatchReport {
    let done = batch
        .done
        .into_iter()
        .map(|(title, detail)| wire::Done { title, detail })
        .collect();
    BatchReport {
        done,
        errors: failures(batch.errors),
    }
}

/// What a reset came to.
pub fn reset_report(report: engine::ResetReport) -> wire::ResetReport {
    let reset = |row: engine::ResetRow| wire::ResetRow {
        id: row.id,
        title: row.title,
        files_deleted: u32::try_from(row.files_deleted).unwrap_or(u32::MAX),
        bytes_freed: row.bytes_freed,
    };
    let left_alone = |row: engine::LeftAlone| wire::LeftAlone {
        id: row.id,
        title: row.title,
        detail: row.reason,
    };
    wire::ResetReport {
        reset: report.reset.into_iter().map(reset).collect(),
        skipped: report.skipped.into_iter().map(left_alone).collect(),
        errors: failures(report.errors),
    }
}

/// Agrees to exactly the plan that the user saw and confirmed.
pub fn confirms(confirmation: String) -> impl FnOnce(&[Decision]) -> bool + Send {
    move |plan| wire::Preview::of(plan).confirmation == confirmation
}

fn failures(failures: Vec<Failure>) -> Vec<ErrorRow> {
    failures
        .into_iter()
        .map(|failure| ErrorRow {
            source: failure.source,
            message: failure.message,
        })
        .collect()
}
