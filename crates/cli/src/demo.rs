//! The simulated household: everything real but the people.

use crate::failure::Failure;
use crate::output::print_line;
use crate::signals::Signals;
use config::SecretStore;
use domain::state::ConnectionKind;
use engine::{ConnectionDraft, Engine, EngineOptions, LoggingShell};
use secrecy::SecretString;
use serde_json::json;
use simulators::household::serve_demo;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs until a signal. Its data folder goes with it.
pub(crate) async fn run(speed: f64, json: bool, mut signals: Signals) -> Result<ExitCode, Failure> {
    if !(speed.is_finite() && (0.1..=1000.0).contains(&speed)) {
        return Err(Failure::usage("The speed must lie between 0.1 and 1000."));
    }
    let servers = serve_demo(speed)
        .await
        .map_err(|error| Failure::failed("demo", format!("The household cannot be served: {error}")))?;
    let folder = tempfile::tempdir().map_err(|error| Failure::failed("demo", error.to_string()))?;
    let mut options = EngineOptions::real(Some(folder.path().to_owned()), SecretStore::memory())?;
    options.environment_settings = None;
    let engine = Engine::open(options, Arc::new(LoggingShell))
        .await
        .map_err(|error| Failure::open(&error))?;
    let connections = [
        (
            ConnectionKind::Plex,
            "Attic",
            servers.plex.url.clone(),
            servers.plex_token.clone(),
        ),
        (
            ConnectionKind::Sonarr,
            "Sonarr",
            servers.sonarr.url.clone(),
            servers.sonarr_api_key.clone(),
        ),
    ];
    for (kind, name, url, secret) in connections {
        let secret = Some(SecretString::from(secret));
        engine
            .connect(ConnectionDraft {
                kind,
                name: name.to_owned(),
                url,
                secret,
                verify: true,
            })
            .await?;
    }
    if let Some(patch) = json!({"enabled": true, "pollingIntervalMinutes": 1}).as_object() {
        engine.change_settings(patch).await?;
    }
    let (plex, sonarr) = (&servers.plex.url, &servers.sonarr.url);
    if json {
        print_line(&json!({"plex": plex, "sonarr": sonarr}).to_string());
    } else {
        print_line(&format!(
            "A household lives on Plex at {plex} and Sonarr at {sonarr}. Ctrl-C ends it."
        ));
    }
    engine.start();
    signals.wait().await;
    engine.stop().await;
    Ok(ExitCode::SUCCESS)
}
