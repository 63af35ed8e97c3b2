//! What the page can ask for. Every command hands over to the engine or to one of the shell's modules, and decides nothing.

use crate::{autostart, tray};
use engine::Engine;
use tauri::ipc::Invoke;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_opener::OpenerExt as _;
use wire::{
    AppStateDto, Autostart, BatchReport, CheckReport, Connected, ConnectionDraft, DryRun, Enrollment, ErrorDto,
    Forecasts, JournalPage, Library, LogLevel, Outlook, PauseDto, Preview, ReadinessDto, RecyclingDto, ResetReport,
    RootFolders, RuleChoices, RuleSetDto, SettingsPatch, SettingsView, ShowRows, StorageFloorDto,
};

use crate::conversions as convert;

type Answer<T> = Result<T, ErrorDto>;
type Asked<'a> = State<'a, Engine>;

/// The commands of the table in `wire`, and no others.
pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    macro_rules! of_table {
        ($($name:ident: $arguments:ident => $answer:ident,)*) => { tauri::generate_handler![$($name),*] };
    }
    wire::command_table!(of_table)
}

#[tauri::command]
async fn get_state(engine: Asked<'_>) -> Answer<AppStateDto> {
    let state = engine.state();
    let state = state.borrow();
    Ok(AppStateDto::from(&**state))
}

#[tauri::command]
async fn check_sessions(engine: Asked<'_>, dry_run: bool) -> Answer<CheckReport> {
    engine
        .check(dry_run)
        .await
        .map(convert::check_report)
        .map_err(convert::error)
}

#[tauri::command]
async fn pause_monitoring(engine: Asked<'_>, pause: PauseDto) -> Answer<()> {
    engine.pause(convert::pause(pause)).await;
    Ok(())
}

#[tauri::command]
async fn resume_monitoring(engine: Asked<'_>) -> Answer<()> {
    engine.resume().await;
    Ok(())
}

#[tauri::command]
async fn get_settings(engine: Asked<'_>) -> Answer<SettingsView> {
    Ok(convert::settings(engine.settings()))
}

#[tauri::command]
async fn change_settings(engine: Asked<'_>, patch: SettingsPatch) -> Answer<SettingsView> {
    engine
        .change_settings(&patch.into_object())
        .await
        .map(convert::settings)
        .map_err(convert::error)
}

#[tauri::command]
async fn test_connection(engine: Asked<'_>, draft: ConnectionDraft) -> Answer<Connected> {
    engine
        .test_connection(convert::draft(draft))
        .await
        .map(convert::connected)
        .map_err(convert::error)
}

#[tauri::command]
async fn save_connection(engine: Asked<'_>, draft: ConnectionDraft) -> Answer<Connected> {
    engine
        .connect(convert::draft(draft))
        .await
        .map(convert::connected)
        .map_err(convert::error)
}

#[tauri::command]
async fn remove_connection(engine: Asked<'_>, name: String) -> Answer<()> {
    let removed = engine.disconnect(&name).await.map_err(convert::error)?;
    // It is gone from the list; what is left to the user is said the way failures are.
    match removed.secret_stays {
        Some(stays) => Err(ErrorDto::new("conflict", stays)),
        None => Ok(()),
    }
}

#[tauri::command]
async fn get_journal(engine: Asked<'_>, limit: u32, before: Option<i64>) -> Answer<JournalPage> {
    engine
        .journal(limit, before)
        .await
        .map(convert::journal)
        .map_err(convert::error)
}

#[tauri::command]
async fn get_shows(engine: Asked<'_>, inactive_only: bool) -> Answer<ShowRows> {
    engine
        .shows(inactive_only)
        .await
        .map(convert::shows)
        .map_err(convert::error)
}

#[tauri::command]
async fn get_library(engine: Asked<'_>, instance: String) -> Answer<Library> {
    engine
        .library(&instance)
        .await
        .map(|rows| convert::library(&rows))
        .map_err(convert::error)
}

#[tauri::command]
async fn preview_enroll(engine: Asked<'_>, enrollment: Enrollment) -> Answer<Preview> {
    let plan = engine
        .preview_enroll(&convert::enrollment(enrollment))
        .await
        .map_err(convert::error)?;
    Ok(Preview::of(&plan))
}

#[tauri::command]
async fn enroll(engine: Asked<'_>, enrollment: Enrollment, confirmation: String) -> Answer<BatchReport> {
    let draft = convert::enrollment(enrollment);
    engine
        .enroll(&draft, convert::confirms(confirmation))
        .await
        .map(convert::batch)
        .map_err(convert::error)
}

#[tauri::command]
async fn preview_reset(engine: Asked<'_>, id: i64) -> Answer<Preview> {
    Ok(Preview::of(&engine.preview_reset(id).await.map_err(convert::error)?))
}

#[tauri::command]
async fn reset_show(engine: Asked<'_>, id: i64, confirmation: String) -> Answer<ResetReport> {
    engine
        .reset(id, convert::confirms(confirmation))
        .await
        .map(convert::reset_report)
        .map_err(convert::error)
}

#[tauri::command]
async fn remove_show(engine: Asked<'_>, id: i64) -> Answer<()> {
    engine.remove(id).await.map(drop).map_err(convert::error)
}

#[tauri::command]
async fn preview_reset_inactive(engine: Asked<'_>) -> Answer<Preview> {
    Ok(Preview::of(
        &engine.preview_reset_inactive().await.map_err(convert::error)?,
    ))
}

#[tauri::command]
async fn reset_inactive(engine: Asked<'_>, confirmation: String) -> Answer<ResetReport> {
    engine
        .reset_inactive(false, convert::confirms(confirmation))
        .await
        .map(convert::reset_report)
        .map_err(convert::error)
}

#[tauri::command]
async fn keep(engine: Asked<'_>, show: i64, season: Option<i32>, keep: bool) -> Answer<()> {
    engine.keep(show, season, keep).await.map_err(convert::error)
}

#[tauri::command]
async fn get_outlook(engine: Asked<'_>, show: Option<i64>) -> Answer<Outlook> {
    let outlook = engine.outlook(show).await.map_err(convert::error)?;
    Ok(convert::outlook(outlook))
}

#[tauri::command]
async fn get_forecasts(engine: Asked<'_>, show: i64) -> Answer<Forecasts> {
    let forecasts = engine.forecasts(show).await.map_err(convert::error)?;
    Ok(convert::forecasts(forecasts))
}

#[tauri::command]
async fn get_recycling(engine: Asked<'_>, instance: String) -> Answer<RecyclingDto> {
    let recycling = engine.recycling(&instance).await.map_err(convert::error)?;
    Ok(convert::recycling(recycling))
}

#[tauri::command]
async fn get_readiness(engine: Asked<'_>, days: u32) -> Answer<ReadinessDto> {
    let readiness = engine.readiness(days).await.map_err(convert::error)?;
    Ok(convert::readiness(readiness))
}

#[tauri::command]
async fn get_rules(engine: Asked<'_>) -> Answer<RuleSetDto> {
    engine.rules().await.map(Into::into).map_err(convert::error)
}

#[tauri::command]
async fn set_rules(engine: Asked<'_>, rules: RuleSetDto) -> Answer<RuleSetDto> {
    let saved = engine.set_rules(rules.into()).await;
    saved.map(Into::into).map_err(convert::error)
}

#[tauri::command]
async fn dry_run_rules(engine: Asked<'_>, rules: RuleSetDto) -> Answer<DryRun> {
    let rows = engine.dry_run_rules(&rules.into()).await.map_err(convert::error)?;
    Ok(convert::dry_run(&rows))
}

#[tauri::command]
async fn get_rule_choices(engine: Asked<'_>) -> Answer<RuleChoices> {
    Ok(convert::rule_choices(engine.rule_choices().await))
}

#[tauri::command]
async fn get_storage(engine: Asked<'_>) -> Answer<RootFolders> {
    let states = engine.storage().await.map_err(convert::error)?;
    Ok(convert::root_folders(engine.root_folders().await, states))
}

#[tauri::command]
async fn set_storage_floors(engine: Asked<'_>, floors: Vec<StorageFloorDto>) -> Answer<RootFolders> {
    let set = engine.set_storage_floors(&convert::floors(floors)).await;
    set.map_err(convert::error)?;
    get_storage(engine).await
}

#[tauri::command]
async fn confirm_deletion(engine: Asked<'_>, id: i64) -> Answer<()> {
    engine.confirm(id).await.map_err(convert::error)
}

#[tauri::command]
async fn dismiss_deletion(engine: Asked<'_>, id: i64) -> Answer<()> {
    engine.dismiss(id).await.map_err(convert::error)
}

#[tauri::command]
async fn retry_secrets(engine: Asked<'_>) -> Answer<()> {
    engine.retry_secret_store().await;
    Ok(())
}

#[tauri::command]
async fn get_autostart<R: Runtime>(app: AppHandle<R>) -> Answer<Autostart> {
    Ok(Autostart {
        enabled: autostart::is_enabled(&app).unwrap_or(false),
    })
}

#[tauri::command]
async fn set_autostart<R: Runtime>(app: AppHandle<R>, enabled: bool) -> Answer<Autostart> {
    autostart::set(&app, enabled).map_err(|error| ErrorDto::new("internal", error.to_string()))?;
    tray::refresh(&app);
    get_autostart(app).await
}

#[tauri::command]
async fn open_logs_folder<R: Runtime>(app: AppHandle<R>, engine: Asked<'_>) -> Answer<()> {
    let folder = engine.data_dir().join("logs");
    let opened = app.opener().open_path(folder.to_string_lossy(), None::<&str>);
    opened.map_err(|error| ErrorDto::new("internal", error.to_string()))
}

#[tauri::command]
async fn log_from_ui(level: LogLevel, message: String) -> Answer<()> {
    match level {
        LogLevel::Error => tracing::error!(from = "page", "{message}"),
        LogLevel::Warn => tracing::warn!(from = "page", "{message}"),
        LogLevel::Info => tracing::info!(from = "page", "{message}"),
    }
    Ok(())
}
