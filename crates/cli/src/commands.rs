//! What each command does: one question to the engine, one document or a few lines out.

use crate::answer::Answer;
use crate::args::{Command, Floors, Rules, SecretStoreChoice, Settings};
use crate::documents;
use crate::failure::Failure;
use crate::output::{print_line, print_plain};
use crate::{connections, enrolling, floors, outlook, rolling, rules, shows};
use domain::state::Monitoring;
use engine::Engine;
use serde_json::json;
use std::io::Read as _;
use std::process::ExitCode;

/// Carries out a command and prints what came of it.
pub(crate) async fn run(
    engine: &Engine,
    command: Command,
    json: bool,
    secret_store: SecretStoreChoice,
) -> Result<ExitCode, Failure> {
    let answer = match command {
        Command::Connect(connect) => connections::connect(engine, connect, secret_store).await?,
        Command::Settings(settings) => self::settings(engine, settings).await?,
        Command::Journal { limit } => journal(engine, limit).await?,
        Command::Shows { inactive } => {
            engine.connect_all().await?;
            shows::list(engine, inactive).await?
        }
        Command::Disconnect { name } => {
            engine.connect_all().await?;
            connections::disconnect(engine, &name).await?
        }
        Command::Connections => {
            engine.connect_all().await?;
            connections::list(engine).await
        }
        Command::Enroll(enroll) => {
            engine.connect_all().await?;
            enrolling::enroll(engine, enroll).await?
        }
        Command::Check { dry_run } => {
            engine.connect_all().await?;
            check(engine, dry_run).await?
        }
        Command::ResetInactive { dry_run } => {
            engine.connect_all().await?;
            shows::resets(&engine.reset_inactive(dry_run, |_| true).await?)
        }
        Command::Reset { id, dry_run } => {
            engine.connect_all().await?;
            shows::reset(engine, id, dry_run).await?
        }
        Command::Remove { id, reset } => {
            engine.connect_all().await?;
            shows::remove(engine, id, reset).await?
        }
        Command::Readiness { days } => rolling::readiness(engine, days).await?,
        Command::Outlook { id } => {
            engine.connect_all().await?;
            outlook::outlook(engine, id).await?
        }
        Command::Forecast { id } => {
            engine.connect_all().await?;
            rolling::forecast(engine, id).await?
        }
        Command::Keep { id, season, off } => {
            engine.connect_all().await?;
            rolling::keep(engine, id, season, !off).await?
        }
        Command::Confirmations => {
            engine.connect_all().await?;
            rolling::confirmations(engine).await
        }
        Command::Resume => resume(engine).await?,
        Command::Confirm { id } => rolling::confirm(engine, id).await?,
        Command::Dismiss { id } => {
            engine.connect_all().await?;
            rolling::dismiss(engine, id).await?
        }
        Command::Rules(asked) => {
            engine.connect_all().await?;
            match asked {
                Rules::Show => rules::show(engine).await?,
                Rules::Import { file } => rules::import(engine, &file).await?,
                Rules::Try { file } => rules::dry_run(engine, file.as_deref()).await?,
            }
        }
        Command::Floors(asked) => {
            engine.connect_all().await?;
            match asked {
                Floors::Show => floors::show(engine).await?,
                Floors::Import { file } => floors::import(engine, &file).await?,
            }
        }
        Command::Run | Command::Demo { .. } => return Err(Failure::usage("This command gives no answer.")),
    };
    if json {
        print_line(&format!("{:#}", answer.document));
    } else {
        answer.lines.iter().for_each(|line| print_plain(line));
    }
    Ok(if answer.failed {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

/// Ends a pause that was set in the tray or the window.
async fn resume(engine: &Engine) -> Result<Answer, Failure> {
    let was_paused = matches!(engine.state_now().await.monitoring, Monitoring::Paused { .. });
    engine.resume().await;
    let state = engine.state_now().await;
    if let Some(trouble) = state.warnings.iter().find(|warning| warning.code == "database") {
        return Err(Failure::failed("database", trouble.message.clone()));
    }
    let line = match state.monitoring {
        Monitoring::Off => "Monitoring is switched off. Switch it on with \"settings set enabled=true\".",
        Monitoring::On | Monitoring::Paused { .. } if was_paused => "Monitoring goes on.",
        Monitoring::On | Monitoring::Paused { .. } => "Monitoring was not paused.",
    };
    Ok(Answer::new(json!({"wasPaused": was_paused}), vec![line.to_owned()]))
}

async fn settings(engine: &Engine, settings: Settings) -> Result<Answer, Failure> {
    let view = match settings {
        Settings::Show => engine.settings(),
        Settings::Set { assignments } => {
            let patch = config::parse_assignments(assignments.iter().map(String::as_str))
                .map_err(|error| Failure::usage(error.to_string()))?;
            engine.change_settings(&patch).await?
        }
        Settings::Import { file } => {
            let text = read_file(&file)?;
            let patch = config::parse_document(&text).map_err(|error| Failure::usage(error.to_string()))?;
            engine.change_settings(&patch).await?
        }
    };
    let document = documents::settings(&view);
    let mut lines = Vec::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        if key == "heldByEnvironment" || key == "warnings" {
            continue;
        }
        let held = if view.held_by_environment.contains(key) {
            "  (held by the environment)"
        } else {
            ""
        };
        lines.push(format!("{key} = {value}{held}"));
    }
    lines.extend(view.warnings.iter().map(|warning| format!("Warning: {warning}")));
    Ok(Answer::new(document, lines))
}

/// The text of a file, or of standard input for "-".
pub(crate) fn read_file(file: &std::path::Path) -> Result<String, Failure> {
    let text = if file == std::path::Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .take(1024 * 1024)
            .read_to_string(&mut text)
            .map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| Failure::usage(format!("{} could not be read: {error}", file.display())))
}

async fn check(engine: &Engine, dry_run: bool) -> Result<Answer, Failure> {
    let report = engine.check(dry_run).await?;
    let mut lines: Vec<String> = report
        .decisions
        .iter()
        .map(|decision| {
            let subject = &decision.subject;
            let at = subject
                .season
                .zip(subject.episode)
                .map(|(season, episode)| format!(" S{season:02}E{episode:02}"));
            let viewer = subject
                .viewer
                .as_deref()
                .map(|viewer| format!(" ({viewer})"))
                .unwrap_or_default();
            format!(
                "{}{}{viewer}: {} [{}]",
                subject.show,
                at.unwrap_or_default(),
                decision.detail,
                decision.reason.code()
            )
        })
        .collect();
    lines.extend(
        report
            .errors
            .iter()
            .map(|failure| format!("{}: {}", failure.source, failure.message)),
    );
    lines.push(format!(
        "Processed: {}, Triggered: {}",
        report.processed_sessions, report.triggered_searches
    ));
    Ok(Answer::new(documents::check(&report), lines).failed_if(!report.errors.is_empty()))
}

async fn journal(engine: &Engine, limit: u32) -> Result<Answer, Failure> {
    let entries = engine.journal(limit, None).await?;
    let lines = entries
        .iter()
        .map(|entry| {
            let decision = &entry.decision;
            let note = entry
                .note
                .as_deref()
                .map(|note| format!(" – {note}"))
                .unwrap_or_default();
            format!(
                "{}  {:<8} {}: {} [{}]{note}",
                entry.at.strftime("%Y-%m-%d %H:%M:%S"),
                entry.outcome.name(),
                decision.subject.show,
                decision.detail,
                decision.reason.code()
            )
        })
        .collect();
    Ok(Answer::new(documents::journal(&entries), lines))
}
