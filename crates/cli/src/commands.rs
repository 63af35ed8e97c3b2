//! What each command does: one question to the engine, one document or a few lines out.

use crate::answer::Answer;
use crate::args::{Command, Connect, Enroll, Floors, Rules, SecretStoreChoice, Settings};
use crate::documents;
use crate::failure::Failure;
use crate::output::{print_line, print_plain};
use crate::{floors, rolling, rules};
use domain::state::Health;
use engine::{ConnectionDraft, Engine, EnrollmentDraft, ResetReport};
use secrecy::SecretString;
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
        Command::Connect(connect) => self::connect(engine, connect, secret_store).await?,
        Command::Settings(settings) => self::settings(engine, settings).await?,
        Command::Journal { limit } => journal(engine, limit).await?,
        Command::Shows { inactive } => {
            engine.connect_all().await?;
            shows(engine, inactive).await?
        }
        Command::Disconnect { name } => {
            engine.connect_all().await?;
            engine.disconnect(&name).await?;
            Answer::new(json!({"removed": name}), vec![format!("{name} was removed.")])
        }
        Command::Connections => {
            engine.connect_all().await?;
            connections(engine).await
        }
        Command::Enroll(enroll) => {
            engine.connect_all().await?;
            self::enroll(engine, enroll).await?
        }
        Command::Check { dry_run } => {
            engine.connect_all().await?;
            check(engine, dry_run).await?
        }
        Command::ResetInactive { dry_run } => {
            engine.connect_all().await?;
            resets(&engine.reset_inactive(dry_run, |_| true).await?)
        }
        Command::Reset { id, dry_run } => {
            engine.connect_all().await?;
            reset(engine, id, dry_run).await?
        }
        Command::Remove { id, reset } => {
            engine.connect_all().await?;
            remove(engine, id, reset).await?
        }
        Command::Readiness { days } => rolling::readiness(engine, days).await?,
        Command::Outlook { id } => {
            engine.connect_all().await?;
            rolling::outlook(engine, id).await?
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

async fn connect(engine: &Engine, connect: Connect, secret_store: SecretStoreChoice) -> Result<Answer, Failure> {
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

/// The first line of standard input, bounded: keys are short.
fn read_secret() -> Result<SecretString, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(16 * 1024)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("The secret could not be read from standard input: {error}")))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Failure::usage("Standard input holds no secret."));
    }
    Ok(SecretString::from(secret.to_owned()))
}

async fn connections(engine: &Engine) -> Answer {
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

async fn enroll(engine: &Engine, enroll: Enroll) -> Result<Answer, Failure> {
    let series = match (enroll.series, enroll.tvdb) {
        (Some(series), _) => series,
        (None, Some(tvdb)) => engine.series_with_tvdb(&enroll.instance, tvdb).await?,
        (None, None) => return Err(Failure::usage("Give --tvdb or --series.")),
    };
    let draft = EnrollmentDraft {
        instance: enroll.instance,
        series: vec![series],
        monitoring_type: enroll.monitoring_type,
        reset: enroll.reset,
    };
    let batch = engine.enroll(&draft, |_| true).await?;
    let rows = engine.shows(false).await?;
    let document = json!({
        "enrolled": batch.done.iter().map(|(title, detail)| json!({"title": title, "detail": detail})).collect::<Vec<_>>(),
        "errors": batch.errors.iter().map(|failure| json!({"source": failure.source, "message": failure.message})).collect::<Vec<_>>(),
        "id": rows.iter().find(|row| row.viewer.is_none() && row.sonarr_series_id == series).map(|row| row.id),
    });
    let mut lines: Vec<String> = batch
        .done
        .iter()
        .map(|(title, detail)| format!("{title}: {detail}"))
        .collect();
    lines.extend(
        batch
            .errors
            .iter()
            .map(|failure| format!("{}: {}", failure.source, failure.message)),
    );
    Ok(Answer::new(document, lines).failed_if(!batch.errors.is_empty()))
}

async fn shows(engine: &Engine, inactive: bool) -> Result<Answer, Failure> {
    let rows = engine.shows(inactive).await?;
    let lines = rows
        .iter()
        .map(|row| {
            let who = row.viewer.as_deref().unwrap_or("master record");
            let state = if row.inactive { "inactive" } else { "active" };
            format!(
                "{:>4}  {:<32} {:<12} {:<22} {who:<16} season {:<3} at S{:02}E{:02}  {state}",
                row.id,
                row.title,
                row.instance,
                row.monitoring_type.name(),
                row.current_monitored_season,
                row.last_watched_season,
                row.last_watched_episode
            )
        })
        .collect();
    Ok(Answer::new(documents::shows(&rows), lines))
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

fn resets(report: &ResetReport) -> Answer {
    let mut lines: Vec<String> = report
        .reset
        .iter()
        .map(|row| {
            format!(
                "{}: reset, {} files, {} bytes",
                row.title, row.files_deleted, row.bytes_freed
            )
        })
        .collect();
    lines.extend(
        report
            .skipped
            .iter()
            .map(|left| format!("{}: {}", left.title, left.reason)),
    );
    lines.extend(
        report
            .errors
            .iter()
            .map(|failure| format!("{}: {}", failure.source, failure.message)),
    );
    let failed = !report.errors.is_empty();
    Answer::new(documents::resets(report), lines).failed_if(failed)
}

async fn reset(engine: &Engine, id: i64, dry_run: bool) -> Result<Answer, Failure> {
    if dry_run {
        let decisions = engine.preview_reset(id).await?;
        let lines = decisions.iter().map(|decision| decision.detail.clone()).collect();
        let document = json!({
            "dryRun": true,
            "decisions": decisions.iter().map(documents::decision).collect::<Vec<_>>(),
        });
        return Ok(Answer::new(document, lines));
    }
    Ok(resets(&engine.reset(id, |_| true).await?))
}

async fn remove(engine: &Engine, id: i64, reset: bool) -> Result<Answer, Failure> {
    if reset {
        let report = engine.reset(id, |_| true).await?;
        if let Some(failure) = report.errors.first() {
            return Err(Failure::failed(
                "owed",
                format!("It was not removed, for the reset failed: {}", failure.message),
            ));
        }
    }
    let detail = engine.remove(id).await?;
    Ok(Answer::new(json!({"removed": id, "detail": detail}), vec![detail]))
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
