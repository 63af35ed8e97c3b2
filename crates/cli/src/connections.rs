//! Commands about connections.

use crate::answer::Answer;
use crate::args::{Connect, SecretStoreChoice};
use crate::documents;
use crate::failure::Failure;
use domain::state::Health;
use engine::{ConnectionDraft, Engine};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::json;
use std::io::Read as _;

/// Longer than any token or key.
const LONGEST_SECRET: usize = 16 * 1024;

/// Adds a connection, or changes one.
pub(crate) async fn connect(
    engine: &Engine,
    connect: Connect,
    secret_store: SecretStoreChoice,
) -> Result<Answer, Failure> {
    let secret = if connect.secret_stdin {
        Some(read_secret()?)
    } else {
        None
    };
    let secret = match (secret, secret_store) {
        (Some(_), SecretStoreChoice::Env) => {
            let variable = config::environment_variable(&connect.name);
            return Err(Failure::usage(format!(
                "With --secret-store env the secret is read from {variable}; leave out --secret-stdin."
            )));
        }
        (secret, _) => secret,
    };
    engine.connect_all().await?;
    let draft = ConnectionDraft {
        kind: connect.kind,
        name: connect.name.clone(),
        url: connect.url,
        secret,
        verify: !connect.no_verify,
    };
    let connected = engine.connect(draft).await?;
    let document = json!({
        "name": connect.name,
        "kind": connect.kind.name(),
        "serverName": connected.server_name,
        "version": connected.version,
    });
    let line = match (&connected.server_name, &connected.version) {
        (Some(name), Some(version)) => format!("Connected to {name} ({} {version}).", connect.kind.title()),
        _ => format!("{} was kept without asking it.", connect.name),
    };
    Ok(Answer::new(document, vec![line]))
}

/// Removes a connection. That the secret stays is a failure, although the connection is gone.
pub(crate) async fn disconnect(engine: &Engine, name: &str) -> Result<Answer, Failure> {
    let disconnected = engine.disconnect(name).await?;
    let mut answer = Answer::new(json!({"removed": name}), vec![format!("{name} was removed.")]);
    if let Some(stays) = disconnected.secret_stays {
        answer.document = json!({
            "removed": name,
            "errors": [{"source": name, "message": stays}],
        });
        answer.lines.push(stays);
        answer.failed = true;
    }
    Ok(answer)
}

/// All of standard input without blanks around it, bounded: keys are short.
fn read_secret() -> Result<SecretString, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_SECRET));
    std::io::stdin()
        .take(LONGEST_SECRET as u64)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("The secret could not be read from standard input: {error}")))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Failure::usage("Standard input holds no secret."));
    }
    Ok(SecretString::from(secret))
}

/// Every connection, asked now.
pub(crate) async fn list(engine: &Engine) -> Answer {
    let states = engine.connections().await;
    let lines = states
        .iter()
        .map(|state| {
            let version = state.version.as_deref().unwrap_or("-");
            let trouble = state.trouble.as_deref().unwrap_or_default();
            format!(
                "{:<20} {:<9} {:<13} {version:<16} {} {trouble}",
                state.name,
                state.kind.name(),
                state.health.name(),
                state.url
            )
        })
        .collect();
    let ill = states.iter().any(|state| state.health != Health::Ok);
    Answer::new(documents::connections(&states), lines).failed_if(ill)
}
