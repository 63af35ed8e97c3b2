//! The desktop shell: tray, window, notifications and the page's commands around the engine.
//!
//! It holds no rules of its own. Every surface renders [`domain::state::AppState`], and every command is handed to the
//! [`engine::Engine`]. Nothing outside this crate knows Tauri, and nothing depends on this crate.
//!
//! Start reading at [`run`], then `lifecycle` (what happens when), then `tray/model.rs`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod args;
mod autostart;
mod commands;
mod conversions;
#[cfg(feature = "demo")]
mod demo;
mod events;
mod lifecycle;
mod notify;
mod platform;
mod shell;
mod tray;
mod window;

use args::{Args, SecretPlace};
use engine::{Engine, EngineOptions, OpenError, SecretStoreChoice};
use shell::DesktopShell;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::{App, Builder, Manager as _, Runtime};
use tokio::runtime::Runtime as TokioRuntime;

/// Exit code when something failed.
const FAILED: u8 = 1;
/// Exit code when another process owns the data folder.
const DATA_FOLDER_IN_USE: u8 = 3;
/// The name of the environment variable that holds settings.
const ENVIRONMENT_SETTINGS: &str = "plexSessionMonitoring";

/// Runs the desktop application until it is quit, and returns its exit code.
///
/// A second start hands over to the first one and ends the process from within.
pub fn run(args: &Args) -> ExitCode {
    match try_run(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("Cliffhangarr could not start: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn try_run(args: &Args) -> anyhow::Result<ExitCode> {
    platform::prepare()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let context = tauri::generate_context!();
    let instance = args.instance_name(&context.config().identifier);
    let app = builder::<tauri::Wry>(args, instance).build(context)?;
    let mut options = engine_options(args);
    #[cfg(feature = "demo")]
    let _household = if args.demo { Some(runtime.block_on(demo::move_in(&mut options))?) } else { None };
    let data_dir = Engine::resolve_data_dir(options.data_dir.as_deref())?;
    options.data_dir = Some(data_dir.clone());
    let _logs = engine::logging::init(Some(&data_dir), args.log_level.name());
    let shell = Arc::new(DesktopShell::new(app.handle().clone()));
    match runtime.block_on(Engine::open(options, shell)) {
        Ok(engine) => Ok(run_with(app, &runtime, engine, args)),
        Err(error) => Ok(refuse_to_start(&app, &error)),
    }
}

/// Everything that is known before the engine is: plugins and commands. Generic, so that it runs on a mock runtime too.
fn builder<R: Runtime>(args: &Args, instance: String) -> Builder<R> {
    // Only this plugin's place matters: a second start must end before anything else of it begins.
    Builder::<R>::new()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .callback(|app, argv, _| lifecycle::started_again(app, &argv))
                .dbus_id(instance)
                .build(),
        )
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(autostart::plugin())
        .plugin(window::memory(args.data_dir.as_deref()))
        .invoke_handler(commands::handler())
}

fn engine_options(args: &Args) -> EngineOptions {
    EngineOptions {
        data_dir: args.data_dir.clone(),
        secret_store: match args.secret_store {
            SecretPlace::Keyring => SecretStoreChoice::Keyring,
            SecretPlace::Env => SecretStoreChoice::Environment,
        },
        environment_settings: std::env::var(ENVIRONMENT_SETTINGS).ok(),
    }
}

fn run_with(app: App, runtime: &TokioRuntime, engine: Engine, args: &Args) -> ExitCode {
    let first_time = engine.state().borrow().connections.is_empty();
    let start = lifecycle::Start {
        show: args.show || (first_time && !args.autostart),
        at_login: args.autostart,
        lifetime: args.lifetime(),
    };
    app.manage(engine.clone());
    app.manage(lifecycle::Ending::default());
    engine.start();
    let code = app.run_return(move |app, event| lifecycle::on_event(app, &event, start));
    // Reached without the menu when the display server goes away.
    runtime.block_on(lifecycle::stop_engine(&engine));
    ExitCode::from(u8::try_from(code).unwrap_or(FAILED))
}

fn refuse_to_start<R: Runtime>(app: &App<R>, error: &OpenError) -> ExitCode {
    eprintln!("Cliffhangarr could not start: {error}");
    tracing::error!(%error, "the engine could not be opened");
    notify::show_and_wait(app.handle(), "Cliffhangarr could not start", &error.to_string());
    app.handle().cleanup_before_exit();
    ExitCode::from(if error.is_in_use() { DATA_FOLDER_IN_USE } else { FAILED })
}
