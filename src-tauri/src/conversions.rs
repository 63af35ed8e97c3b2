//! Between the engine's types and those that cross to the page. Nothing is decided here.

use domain::plan::Decision;
use engine::RequestError;
use secrecy::SecretString;
use wire::{BatchReport, CheckReport, Connected, ErrorDto, ErrorRow, JournalEntryDto, JournalPage, Library, PauseDto};

/// What went wrong, with its code.
pub fn error(error: RequestError) -> ErrorDto {
    ErrorDto::new(error.code, error.message)
}

/// For how long monitoring is held.
pub fn pause(pause: PauseDto) -> engine::Pause {
    match pause {
        PauseDto::OneHour => engine::Pause::OneHour,
        PauseDto::UntilTomorrow => engine::Pause::UntilTomorrow,
        PauseDto::UntilResumed => engine::Pause::UntilResumed,
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
    Connected { server_name: connected.server_name, version: connected.version }
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
        errors: errors(report.errors),
        decisions: report.decisions.iter().map(Into::into).collect(),
    }
}

/// Rows of the journal.
pub fn journal(entries: Vec<engine::JournalEntry>) -> JournalPage {
    let row = |entry: engine::JournalEntry| {
        JournalEntryDto::new(entry.id, entry.at, &entry.origin, &entry.outcome, entry.note, &entry.decision)
    };
    JournalPage(entries.into_iter().map(row).collect())
}

/// Master records and tracking entries.
pub fn shows(_rows: Vec<engine::ShowRow>) -> wire::ShowRows {
    wire::ShowRows(Vec::new())
}

/// The series of an instance.
pub fn library(rows: Vec<engine::LibraryRow>) -> Library {
    Library(rows.iter().map(|row| wire::LibrarySeries::new(&row.series, row.enrolled)).collect())
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
    let done = batch.done.into_iter().map(|(title, detail)| wire::Done { title, detail }).collect();
    BatchReport { done, errors: errors(batch.errors) }
}

/// What a reset came to.
pub fn reset_report(report: engine::ResetReport) -> wire::ResetReport {
    let reset = |row: engine::ResetRow| wire::ResetRow {
        id: row.id,
        title: row.title,
        files_deleted: row.files_deleted,
        bytes_freed: row.bytes_freed,
    };
    let skipped = |row: engine::Skipped| wire::LeftAlone { id: row.id, title: row.title, detail: row.reason };
    wire::ResetReport {
        reset: report.reset.into_iter().map(reset).collect(),
        skipped: report.skipped.into_iter().map(skipped).collect(),
        errors: errors(report.errors),
    }
}

/// Agrees to exactly the plan that the user saw and confirmed.
pub fn confirms(confirmation: String) -> impl FnOnce(&[Decision]) -> bool + Send {
    move |plan| wire::Preview::of(plan).confirmation == confirmation
}

fn errors(rows: Vec<engine::ErrorRow>) -> Vec<ErrorRow> {
    rows.into_iter().map(|row| ErrorRow { source: row.source, message: row.message }).collect()
}
