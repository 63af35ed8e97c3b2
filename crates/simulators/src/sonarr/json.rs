//! Sonarr's habits in JSON: no nulls, dates without fractions, two spaces of indent.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A date as Sonarr prints it; null, and so absent, without one.
pub(crate) fn stamp(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(stamp_text(at)))
}

pub(crate) fn stamp_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Removes null properties at every level, but for the text maps of history rows, where Sonarr does print them.
pub(crate) fn pruned(mut value: Value) -> Value {
    prune(&mut value);
    value
}

fn prune(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            for (name, field) in fields.iter_mut() {
                if name != "data" {
                    prune(field);
                }
            }
        }
        _ => {}
    }
}

pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("BUG: a JSON value always serializes")
}

/// A share in percent: whole where it is whole. Version 3 prints a fraction always.
pub(crate) fn percent(part: i64, whole: i64, v3: bool) -> Value {
    if whole == 0 {
        return if v3 { json!(0.0) } else { json!(0) };
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of episodes are small")]
    let share = part as f64 * 100.0 / whole as f64;
    if !v3 && (part * 100) % whole == 0 {
        json!(part * 100 / whole)
    } else {
        json!(share)
    }
}

/// A .NET TimeSpan.
pub(crate) fn time_span(span: jiff::SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    let ticks = span.subsec_nanos().max(0) / 100;
    let clock = if ticks == 0 {
        clock
    } else {
        format!("{clock}.{ticks:07}")
    };
    if days == 0 { clock } else { format!("{days}.{clock}") }
}

/// Letters and digits of a title, lower case, as Sonarr compares titles.
pub(crate) fn clean_title(title: &str) -> String {
    title
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A title for sorting: lower case, without its leading article.
pub(crate) fn sort_title(title: &str) -> String {
    let lower = title.to_lowercase();
    ["the ", "a ", "an "]
        .iter()
        .find_map(|article| lower.strip_prefix(article))
        .unwrap_or(&lower)
        .to_owned()
}

/// A title as part of an address.
pub(crate) fn slug(title: &str) -> String {
    let dashed: String = title
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    dashed
        .split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn nulls_are_never_printed_but_in_text_maps() {
        let value = pruned(json!({"a": null, "b": [{"c": null}], "data": {"d": null}}));
        assert_eq!(value, json!({"b": [{}], "data": {"d": null}}));
    }

    #[test]
    fn time_spans_read_like_dotnet() {
        assert_eq!(time_span(SignedDuration::from_secs(754)), "00:12:34");
        assert_eq!(time_span(SignedDuration::from_secs(93_784)), "1.02:03:04");
        assert_eq!(time_span(SignedDuration::new(5, 123_456_700)), "00:00:05.1234567");
    }

    #[test]
    fn percents_are_whole_where_they_are() {
        assert_eq!(percent(1, 2, false).to_string(), "50");
        assert_eq!(percent(0, 0, true).to_string(), "0.0");
        assert!(percent(2, 3, false).to_string().starts_with("66.666"));
    }

    #[test]
    fn titles_lose_what_sonarr_ignores() {
        assert_eq!(sort_title("The Wire"), "wire");
        assert_eq!(clean_title("Grey's Anatomy"), "greysanatomy");
        assert_eq!(
            slug("Marvel's Agents of S.H.I.E.L.D."),
            "marvel-s-agents-of-s-h-i-e-l-d"
        );
    }
}
