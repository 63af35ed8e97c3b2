//! Between the engine's types and those that cross to the page. Nothing is decided here.

use domain::ids::{InstanceId, ViewerKey};
use domain::plan::Decision;
use domain::pressure::{Floor, Pressure};
use domain::rules::DryRunRow;
use engine::{Failure, FolderSpace, LibraryRow, PauseFor, Recycling, RequestError, StorageFloor, StorageState};
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
        secret: draft.secret.map(wire::InboundSecret::into_inner),
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
        viewer_key: row.viewer_key.as_ref().map(viewer_key),
        current_monitored_season: row.current_monitored_season,
        last_updated_at: row.last_updated_at,
        inactive: row.inactive,
        keep_show: row.keep_show,
        keep_seasons: row.keep_seasons,
    }
}

/// An identity that means something only to compare it.
fn viewer_key(key: &ViewerKey) -> String {
    format!("{}/{}", key.server, key.account)
}

/// What will become of shows and their seasons.
pub fn outlook(outlook: engine::Outlook) -> wire::Outlook {
    wire::Outlook {
        notes: outlook.notes,
        rows: outlook.rows.into_iter().map(outlook_row).collect(),
        at_baseline: count(outlook.at_baseline),
    }
}

fn outlook_row(row: engine::OutlookRow) -> wire::OutlookRow {
    wire::OutlookRow {
        show: row.show,
        title: row.title,
        instance: row.instance,
        season: row.season,
        standing: match row.standing {
            engine::Standing::Unknown => wire::Standing::Unknown,
            engine::Standing::Waiting => wire::Standing::Waiting,
            engine::Standing::UnderWay => wire::Standing::UnderWay,
            engine::Standing::Free => wire::Standing::Free,
            engine::Standing::FreeAt => wire::Standing::FreeAt,
            engine::Standing::Kept => wire::Standing::Kept,
        },
        at: row.at,
        reason: row.reason.map(Into::into),
        sentence: row.sentence,
        files: u32::try_from(row.files).unwrap_or(u32::MAX),
        bytes: row.bytes,
        last_viewed: row.last_viewed,
        with_show: row.with_show,
        keep_show: row.keep_show,
        keep_season: row.keep_season,
        asked_first: row.asked_first,
        confirmation: row.confirmation,
        viewers: row.viewers,
    }
}

/// Where a show's viewers are headed.
pub fn forecasts(forecasts: Vec<engine::ViewerForecast>) -> wire::Forecasts {
    let one = |forecast: engine::ViewerForecast| wire::ViewerForecastDto {
        viewer_key: viewer_key(&forecast.viewer_key),
        viewer: forecast.viewer,
        pace: forecast.pace,
        sentence: forecast.sentence,
        episodes_ahead: forecast.forecast.map(|known| count(known.episodes_ahead)),
    };
    wire::Forecasts(forecasts.into_iter().map(one).collect())
}

/// When the space of deleted files is free.
pub fn recycling(recycling: Recycling) -> wire::RecyclingDto {
    let (kind, days) = match recycling {
        Recycling::FreedAtOnce => (wire::RecyclingKind::FreedAtOnce, None),
        Recycling::FreedAfter { days } => (wire::RecyclingKind::FreedAfter, Some(days)),
        Recycling::NotFreed => (wire::RecyclingKind::NotFreed, None),
    };
    wire::RecyclingDto {
        kind,
        days,
        sentence: recycling.sentence(),
    }
}

/// How many expansions were in time.
pub fn readiness(readiness: store::Readiness) -> wire::ReadinessDto {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    wire::ReadinessDto {
        in_time: narrow(readiness.in_time),
        late: narrow(readiness.late),
        open: narrow(readiness.open),
    }
}

/// What rules would match.
pub fn dry_run(rows: &[DryRunRow]) -> wire::DryRun {
    wire::DryRun(rows.iter().map(Into::into).collect())
}

/// What rules can be made of.
pub fn rule_choices(choices: Vec<engine::Choices>) -> wire::RuleChoices {
    let profile = |(id, name): (i64, String)| wire::QualityProfile { id, name };
    let one = |choices: engine::Choices| wire::InstanceChoices {
        instance: choices.instance.0,
        tags: choices.tags,
        quality_profiles: choices.quality_profiles.into_iter().map(profile).collect(),
        root_folders: choices.root_folders,
        genres: choices.genres,
        networks: choices.networks,
        original_languages: choices.original_languages,
    };
    wire::RuleChoices(choices.into_iter().map(one).collect())
}

/// Every root folder, with its floor where it has one. One with a floor is there even while its Sonarr does not list it.
pub fn root_folders(folders: Vec<FolderSpace>, states: Vec<StorageState>) -> wire::RootFolders {
    let without_end = |path: &str| path.trim_end_matches(['/', '\\']).to_owned();
    let mut rows: Vec<wire::RootFolder> = folders
        .into_iter()
        .map(|folder| wire::RootFolder {
            instance: folder.instance.0,
            path: folder.path,
            free: folder.free,
            floor: None,
            short: false,
        })
        .collect();
    for state in states {
        let short = state.pressure == Pressure::Low;
        let floor = wire::StorageFloorDto {
            instance: state.floor.instance.0,
            root_folder: state.floor.floor.root_folder,
            begins_below: state.floor.floor.begins_below,
            ends_at: state.floor.floor.ends_at,
        };
        let known = rows
            .iter_mut()
            .find(|row| row.instance == floor.instance && without_end(&row.path) == without_end(&floor.root_folder));
        if let Some(row) = known {
            (row.floor, row.short) = (Some(floor), short);
        } else {
            rows.push(wire::RootFolder {
                instance: floor.instance,
                path: floor.root_folder.clone(),
                free: state.free,
                floor: Some(floor),
                short,
            });
        }
    }
    rows.sort_by(|one, other| (one.instance, &one.path).cmp(&(other.instance, &other.path)));
    wire::RootFolders(rows)
}

/// The floors to be set.
pub fn floors(floors: Vec<wire::StorageFloorDto>) -> Vec<StorageFloor> {
    let floor = |floor: wire::StorageFloorDto| StorageFloor {
        instance: InstanceId(floor.instance),
        floor: Floor {
            root_folder: floor.root_folder,
            begins_below: floor.begins_below,
            ends_at: floor.ends_at,
        },
    };
    floors.into_iter().map(floor).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ErrorCode;

    #[test]
    fn the_page_knows_every_code_that_the_engine_sends() {
        for code in engine::ERROR_CODES {
            let known = ErrorCode::ALL.iter().any(|known| known.code() == *code);
            assert!(known, "{code} would reach the page as \"internal\"");
        }
        for known in ErrorCode::ALL {
            assert!(engine::ERROR_CODES.contains(&known.code()), "nobody sends {known:?}");
        }
    }

    #[test]
    fn a_full_disk_and_a_busy_database_have_codes_of_their_own() {
        let code = |failure: store::StoreError| error(failure.into()).code;
        assert_eq!(code(store::StoreError::DiskFull), ErrorCode::StoreUnwritable);
        assert_eq!(
            code(store::StoreError::ReadOnly(String::new())),
            ErrorCode::StoreUnwritable
        );
        assert_eq!(code(store::StoreError::Busy), ErrorCode::Busy);
        assert_eq!(code(store::StoreError::Other(String::new())), ErrorCode::Internal);
    }
}
