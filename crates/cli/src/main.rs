//! `cliffhangarr-cli`: the engine without the desktop shell.
//!
//! Output for programs goes to standard output as one JSON document with `--json`; logs always go to standard error.

mod answer;
mod args;
mod commands;
mod connections;
mod demo;
mod documents;
mod enrolling;
mod failure;
mod floors;
mod instances;
mod outlook;
mod output;
mod rolling;
mod rules;
mod shows;
mod signals;

use args::{Arguments, Command, SecretStoreChoice};
use config::SecretStore;
use domain::state::Monitoring;
use engine::{Engine, EngineOptions, LoggingShell};
use failure::Failure;
use signals::Signals;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = match Arguments::given() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Failure::failed("internal", error.to_string()).report(arguments.json),
    };
    let json = arguments.json;
    let outcome = runtime.block_on(run(arguments));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments {
        command,
        json,
        data_dir,
        secret_store,
        log_level,
    } = arguments;
    if let Command::Demo { speed } = command {
        let _log = engine::logging::init(None, log_level.name());
        return demo::run(speed, json, listen()?).await;
    }
    let signals = match command {
        Command::Run => Some(listen()?),
        _ => None,
    };
    let secrets = match secret_store {
        SecretStoreChoice::Keyring => SecretStore::keyring(SecretStore::SERVICE, SecretStore::TIMEOUT),
        SecretStoreChoice::Env => SecretStore::environment(),
    };
    let data_dir = config::DataDir::locate(data_dir).map_err(|error| Failure::open(&error.into()))?;
    let _log = engine::logging::init(Some(&data_dir), log_level.name());
    let options = EngineOptions::real(Some(data_dir), secrets)?;
    let shell = Arc::new(LoggingShell);
    let engine = if command.is_dry_run() {
        Engine::open_rehearsal(options, shell).await
    } else {
        Engine::open(options, shell).await
    };
    let engine = engine.map_err(|error| Failure::open(&error))?;
    let outcome = match signals {
        Some(signals) => Ok(monitor(&engine, signals).await),
        None => commands::run(&engine, command, json, secret_store).await,
    };
    engine.stop().await;
    outcome
}

fn listen() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| Failure::failed("internal", format!("Signals cannot be waited for: {error}")))
}

/// Monitors until a signal.
async fn monitor(engine: &Engine, mut signals: Signals) -> ExitCode {
    if let Some(sentence) = why_nothing_is_watched(engine.state_now().await.monitoring) {
        tracing::warn!("{sentence}");
    }
    engine.start();
    signals.wait().await;
    ExitCode::SUCCESS
}

fn why_nothing_is_watched(monitoring: Monitoring) -> Option<String> {
    match monitoring {
        Monitoring::On => None,
        Monitoring::Off => Some(
            "Monitoring is switched off, so nothing will be watched. Switch it on with \"settings set enabled=true\"."
                .to_owned(),
        ),
        Monitoring::Paused { until } => {
            let end = until.map_or("until it is resumed".to_owned(), |until| {
                let until = until.to_zoned(jiff::tz::TimeZone::system());
                format!("until {}", until.strftime("%A %H:%M"))
            });
            Some(format!(
                "Monitoring is paused {end}, so nothing will be watched meanwhile. To go on at once, end this and use \"resume\"."
            ))
        }
    }
}

/// What clap says about wrong usage; with `--json` as a document.
fn usage(error: &clap::Error) -> ExitCode {
    let asks_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && asks_json {
        return Failure::usage(complaint(&error.to_string())).report(true);
    }
    // Nothing better can be done when the terminal is gone.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// What is wrong, on one line, without the hints on usage that follow it.
fn complaint(text: &str) -> String {
    text.trim_start_matches("error: ")
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
