//! The command that says what will go when.

use crate::answer::Answer;
use crate::failure::Failure;
use engine::{Engine, Outlook, OutlookRow, Standing};
use serde_json::{Value, json};

/// What becomes of all rolling shows, or of one of them. A Sonarr that does not answer is a failure, and hides no other.
pub(crate) async fn outlook(engine: &Engine, id: Option<i64>) -> Result<Answer, Failure> {
    let outlook = engine.outlook(id).await?;
    let failed = outlook.rows.iter().any(|row| row.standing == Standing::Unknown);
    let document = json!({
        "notes": outlook.notes,
        "rows": outlook.rows.iter().map(row).collect::<Vec<_>>(),
        "atBaseline": outlook.at_baseline,
    });
    Ok(Answer::new(document, lines(&outlook)).failed_if(failed))
}

fn row(row: &OutlookRow) -> Value {
    json!({
        "id": row.show,
        "title": row.title,
        "instance": row.instance,
        "season": row.season,
        "verdict": row.standing.name(),
        "at": row.at.map(|at| at.to_string()),
        "reason": row.reason.map(domain::plan::Reason::code),
        "sentence": row.sentence,
        "files": row.files,
        "bytes": row.bytes,
        "lastViewed": row.last_viewed.map(|at| at.to_string()),
        "withShow": row.with_show,
        "keepShow": row.keep_show,
        "keepSeason": row.keep_season,
        "askedFirst": row.asked_first,
        "confirmation": row.confirmation,
        "viewers": row.viewers,
    })
}

fn lines(outlook: &Outlook) -> Vec<String> {
    let mut lines = outlook.notes.clone();
    let heading = |row: &OutlookRow| match (row.standing, row.at) {
        (Standing::Unknown, _) => "Not known",
        (Standing::Waiting, _) => "Waits for your word",
        (Standing::UnderWay, _) => "Under way",
        (_, Some(_)) => "Goes, if nobody watches before",
        (_, None) => "Kept",
    };
    let mut last = "";
    for row in &outlook.rows {
        // What belongs to a show stands below it.
        if !row.with_show && heading(row) != last {
            last = heading(row);
            lines.push(format!("{last}:"));
        }
        lines.push(line(row));
        lines.extend(row.viewers.iter().map(|sentence| format!("        {sentence}")));
    }
    if outlook.rows.is_empty() && outlook.at_baseline == 0 {
        lines.push("There are no rolling shows.".to_owned());
    }
    match outlook.at_baseline {
        0 => {}
        1 => lines.push("One show is at its baseline.".to_owned()),
        several => lines.push(format!("{several} shows are at their baseline.")),
    }
    lines
}

fn line(row: &OutlookRow) -> String {
    let indent = if row.with_show { "      " } else { "  " };
    let id = row.show.map(|id| format!("{id}  ")).unwrap_or_default();
    let asked = match (row.confirmation, row.asked_first) {
        (Some(id), _) => format!("; \"confirm {id}\" or \"dismiss {id}\""),
        (None, true) => "; you are asked before".to_owned(),
        (None, false) => String::new(),
    };
    format!(
        "{indent}{id}{} ({}): {}. {} files, {} bytes{asked}",
        row.title,
        row.instance,
        row.sentence.trim_end_matches('.'),
        row.files,
        row.bytes
    )
}
