//! The child that is measured: the engine as it is, on real sockets and the real clock.

use crate::child::answer_lines;
use crate::process::{processor_ms, resident_kb};
use anyhow::Context as _;
use cliffhangarr_engine::{ConnectionDraft, Engine, EngineOptions, LoggingShell};
use config::SecretStore;
use domain::state::ConnectionKind;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;

/// Runs until standard input ends.
pub fn main() -> ExitCode {
    // As in the command line.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run()));
    if let Err(error) = outcome {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut options = EngineOptions::real(Some(folder.path().to_owned()), SecretStore::memory())?;
    options.environment_settings = None;
    let engine = Engine::open(options, Arc::new(LoggingShell)).await?;
    answer_lines(async |request| answer(&engine, &request).await).await;
    engine.stop().await;
    Ok(())
}

async fn answer(engine: &Engine, request: &Value) -> anyhow::Result<Value> {
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    match text("do") {
        "connect" => {
            let draft = ConnectionDraft {
                kind: ConnectionKind::from_name(text("kind")).context("no such kind")?,
                name: text("name").to_owned(),
                url: text("url").to_owned(),
                secret: Some(remote::SecretString::from(text("secret").to_owned())),
                verify: true,
            };
            engine.connect(draft).await?;
            Ok(Value::Null)
        }
        "set" => {
            let patch = request["patch"].as_object().context("no patch")?;
            engine.change_settings(patch).await?;
            Ok(Value::Null)
        }
        "poll" => {
            let report = engine.poll().await;
            engine.tick().await;
            anyhow::ensure!(report.errors.is_empty(), "{:?}", report.errors);
            Ok(json!({"processed": report.processed_sessions, "triggered": report.triggered_searches}))
        }
        "start" => {
            engine.start();
            Ok(Value::Null)
        }
        "listening" => {
            let state = engine.state_now().await;
            let servers = || {
                state
                    .connections
                    .iter()
                    .filter(|connection| connection.kind.is_media_server())
            };
            Ok(json!(
                servers().count() > 0 && servers().all(|connection| connection.events_up)
            ))
        }
        "resident" => Ok(json!(resident_kb("self")?)),
        "processor" => Ok(json!(processor_ms("self")?)),
        other => anyhow::bail!("{other} is not known"),
    }
}
