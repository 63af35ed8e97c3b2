//! Commands about what will become of rolling shows, and what is to stay.

use crate::answer::Answer;
use crate::failure::Failure;
use domain::state::PendingConfirmation;
use engine::{Engine, RequestError, ViewerForecast};
use serde_json::{Value, json};
use std::sync::Arc;

/// How fast the viewers of a show watch, and when they run out.
pub(crate) async fn forecast(engine: &Engine, id: i64) -> Result<Answer, Failure> {
    let forecasts = engine.forecasts(id).await?;
    let line = |forecast: &ViewerForecast| match (&forecast.pace, &forecast.sentence) {
        (Some(pace), Some(sentence)) => format!("{sentence} ({pace})"),
        _ => format!("{}: too few viewings to tell", forecast.viewer),
    };
    let mut lines: Vec<String> = forecasts.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("Nobody has watched it since it was enrolled or reset.".to_owned());
    }
    let document = forecasts.iter().map(|known| {
        json!({
            "viewer": known.viewer,
            "pace": known.pace,
            "sentence": known.sentence,
            "episodesAhead": known.forecast.map(|forecast| forecast.episodes_ahead),
            "episodesPerDay": known.forecast.map(|forecast| forecast.per_day),
        })
    });
    Ok(Answer::new(document.collect(), lines))
}

/// Marks a show or a season as "keep", or no longer.
pub(crate) async fn keep(engine: &Engine, id: i64, season: Option<i32>, keep: bool) -> Result<Answer, Failure> {
    let shows = engine.shows(false).await?;
    let Some(show) = shows.iter().find(|row| row.viewer.is_none() && row.id == id) else {
        return Err(RequestError::invalid("notFound", format!("There is no rolling show {id}.")).into());
    };
    engine.keep(id, season, keep).await?;
    let what = match season {
        Some(season) => format!("Season {season} of {}", show.title),
        None => show.title.clone(),
    };
    let becomes = if keep { "is kept" } else { "is no longer kept" };
    let document = json!({"id": id, "season": season, "keep": keep});
    Ok(Answer::new(document, vec![format!("{what} {becomes}.")]))
}

/// The deletions that wait for a word.
pub(crate) async fn confirmations(engine: &Engine) -> Answer {
    let state = engine.state_now().await;
    let mut lines = Vec::new();
    let mut documents = Vec::new();
    for pending in &state.confirmations {
        let space = space(engine, pending).await;
        lines.push(question(pending));
        lines.extend(
            space
                .iter()
                .map(|(instance, sentence)| format!("      {instance}: {sentence}")),
        );
        documents.push(json!({
            "id": pending.id,
            "summary": pending.summary,
            "files": pending.files,
            "bytes": pending.bytes,
            "shows": pending.shows,
            "space": space.iter().map(|(instance, sentence)| json!({"instance": instance, "sentence": sentence})).collect::<Vec<_>>(),
            "askedAt": pending.asked_at.to_string(),
        }));
    }
    if lines.is_empty() {
        lines.push("Nothing waits for your word.".to_owned());
    }
    Answer::new(Value::Array(documents), lines)
}

/// What becomes of the space, for each Sonarr concerned. One that does not answer has its sentence as well.
async fn space(engine: &Engine, pending: &PendingConfirmation) -> Vec<(String, String)> {
    let mut sentences = Vec::new();
    for instance in &pending.instances {
        let sentence = match engine.recycling(instance).await {
            Ok(recycling) => recycling.sentence(),
            Err(error) => format!("It is not known when the space is free: {error}"),
        };
        sentences.push((instance.clone(), sentence));
    }
    sentences
}

fn question(pending: &PendingConfirmation) -> String {
    format!(
        "{:>4}  {} ({} files, {} bytes: {})",
        pending.id,
        pending.summary,
        pending.files,
        pending.bytes,
        pending.shows.join(", ")
    )
}

/// Agrees to a deletion that waits.
pub(crate) async fn confirm(engine: &Engine, id: i64) -> Result<Answer, Failure> {
    engine.confirm(id).await?;
    let line = "Confirmed. It is carried out with the next check, or as soon as \"run\" or the tray application is up.";
    Ok(Answer::new(json!({"confirmed": id}), vec![line.to_owned()]))
}

/// Drops a deletion that waits.
pub(crate) async fn dismiss(engine: &Engine, id: i64) -> Result<Answer, Failure> {
    let state = engine.state_now().await;
    if !Arc::as_ref(&state).confirmations.iter().any(|pending| pending.id == id) {
        return Err(RequestError::invalid("notFound", "There is nothing to dismiss anymore.").into());
    }
    engine.dismiss(id).await?;
    let line = "Dismissed. The files stay.".to_owned();
    Ok(Answer::new(json!({"dismissed": id}), vec![line]))
}

/// How many expansions were there before their viewers were.
pub(crate) async fn readiness(engine: &Engine, days: u32) -> Result<Answer, Failure> {
    let readiness = engine.readiness(days).await?;
    let told = readiness.in_time + readiness.late;
    let line = if told == 0 {
        format!("No expansion of the last {days} days can be told yet.")
    } else {
        format!(
            "The next episode was there in time in {} of {told} expansions of the last {days} days.",
            readiness.in_time
        )
    };
    let document = json!({
        "days": days,
        "inTime": readiness.in_time,
        "late": readiness.late,
        "open": readiness.open,
        "share": readiness.share(),
    });
    Ok(Answer::new(document, vec![line]))
}
