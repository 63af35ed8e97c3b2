//! `cliffhangarr-cli`: the engine without the desktop shell.
//!
//! Output for programs goes to standard output as one JSON document with `--json`; logs always go to standard error.

mod args;
mod commands;
mod demo;
mod documents;
mod failure;

use args::{Arguments, Command, SecretStoreChoice};
use clap::Parser as _;
use config::SecretStore;
use engine::{Engine, EngineOptions, LoggingShell};
use failure::Failure;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
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
    if let Command::Demo { speed } = arguments.command {
        let _log = engine::logging::init(None, arguments.log_level.name());
        return demo::run(speed).await;
    }
    let secrets = match arguments.secret_store {
        SecretStoreChoice::Keyring => SecretStore::keyring(SecretStore::SERVICE, SecretStore::TIMEOUT),
        SecretStoreChoice::Env => SecretStore::environment(),
    };
    let data_dir = config::DataDir::locate(arguments.data_dir.clone()).map_err(|error| Failure::open(&error.into()))?;
    let _log = engine::logging::init(Some(&data_dir), arguments.log_level.name());
    let options = EngineOptions::real(Some(data_dir), secrets)?;
    let engine = Engine::open(options, Arc::new(LoggingShell))
        .await
        .map_err(|error| Failure::open(&error))?;
    let outcome = commands::run(&engine, arguments.command, arguments.json, arguments.secret_store).await;
    engine.stop().await;
    outcome
}

/// What clap says about wrong usage; with `--json` as a document.
fn usage(error: &clap::Error) -> ExitCode {
    let asks_json = std::env::args().any(|argument| argument == "--json");
    if error.use_stderr() && asks_json {
        let text = error.to_string();
        let sentence = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        return Failure::usage(sentence).report(true);
    }
    // Nothing better can be done when the terminal is gone.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
