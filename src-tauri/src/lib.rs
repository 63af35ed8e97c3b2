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
use config::{DataDir, SecretStore};
use engine::{Engine, EngineOptions, OpenError};
use shell::DesktopShell;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::{App, Builder, Manager as _, Runtime};
use tokio::runtime::Runtime as TokioRuntime;

/// Exit code when something failed.
const FAILED: u8 = 1;
/// Exit code when another process owns the data folder.
const DATA_FOLDER_IN_USE: u8 = 3;

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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let context = tauri::generate_context!();
    let instance = args.instance_name(&context.config().identifier);
    let app = builder::<tauri::Wry>(args, instance).build(context)?;
    #[cfg(feature = "demo")]
    let household = if args.demo {
        Some(runtime.block_on(demo::Household::move_in())?)
    } else {
        None
    };
    #[cfg(feature = "demo")]
    let args = &household
        .as_ref()
        .map_or_else(|| args.clone(), |household| household.settle(args));
    let data_dir = DataDir::locate(args.data_dir.clone())?;
    let _logs = engine::logging::init(Some(&data_dir), args.log_level.name());
    let options = EngineOptions::real(Some(data_dir), secret_store(args))?;
    let shell = Arc::new(DesktopShell::new(app.handle().clone()));
    let engine = match runtime.block_on(Engine::open(options, shell)) {
        Ok(engine) => engine,
        Err(error) => return Ok(refuse_to_start(&app, &error)),
    };
    #[cfg(feature = "demo")]
    if let Some(household) = &household {
        runtime.block_on(household.introduce(&engine))?;
    }
    Ok(run_with(app, &runtime, &engine, args))
}

/// Everything that is known before the engine is: plugins and commands. Generic, so that it runs on a mock runtime too.
fn builder<R: Runtime>(args: &Args, instance: String) -> Builder<R> {
    // First, because a second start must end before anything else of it begins.
    let single_instance = tauri_plugin_single_instance::Builder::new()
        .callback(|app, argv, _| lifecycle::started_again(app, &argv))
        .dbus_id(instance)
        .build();
    let builder = Builder::<R>::new()
        .plugin(single_instance)
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init());
    let builder = if args.wants_demo() {
        builder
    } else {
        builder.plugin(window::memory(args.data_dir.as_deref()))
    };
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(autostart::plugin());
    builder.invoke_handler(commands::handler())
}

fn secret_store(args: &Args) -> SecretStore {
    match args.secret_store {
        SecretPlace::Keyring => SecretStore::keyring(SecretStore::SERVICE, SecretStore::TIMEOUT),
        SecretPlace::Env => SecretStore::environment(),
        SecretPlace::Memory => SecretStore::memory(),
    }
}

fn run_with(app: App, runtime: &TokioRuntime, engine: &Engine, args: &Args) -> ExitCode {
    let start = lifecycle::Start {
        show: args.show,
        at_login: args.autostart,
        lifetime: args.lifetime(),
    };
    app.manage(engine.clone());
    let ending = lifecycle::Ending::default();
    app.manage(ending.clone());
    {
        let _inside = runtime.enter();
        engine.start();
    }
    let code = app.run_return(move |app, event| lifecycle::on_event(app, &event, start));
    // The display server may have gone without a word.
    if ending.begin() {
        runtime.block_on(lifecycle::stop_engine(engine));
    }
    ExitCode::from(u8::try_from(code).unwrap_or(FAILED))
}

fn refuse_to_start<R: Runtime>(app: &App<R>, error: &OpenError) -> ExitCode {
    let sentence = error
        .advice()
        .map_or_else(|| error.to_string(), |advice| format!("{error}. {advice}"));
    eprintln!("Cliffhangarr could not start: {sentence}");
    tracing::error!("the engine could not be opened: {sentence}");
    notify::show_and_wait(app.handle(), "Cliffhangarr could not start", &sentence);
    app.handle().cleanup_before_exit();
    ExitCode::from(if error.is_in_use() { DATA_FOLDER_IN_USE } else { FAILED })
}
