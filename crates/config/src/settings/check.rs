//! Whether a value fits its setting.

use super::SettingsError;
use domain::settings::{RANGES, Settings};
use serde_json::{Map, Value};
use std::sync::LazyLock;

const MAX_TEXT: usize = 200;

/// Every setting with its default. The names come from the type, so that none can be forgotten here.
pub(super) static DEFAULTS: LazyLock<Map<String, Value>> =
    LazyLock::new(
        || match serde_json::to_value(Settings::default()).expect("BUG: settings are plain values") {
            Value::Object(defaults) => defaults,
            _ => Map::new(),
        },
    );

/// Sorts of settings, by their default values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Switch,
    Number { min: u32, max: u32 },
    Names,
    Text,
}

/// The sort of a setting, or the refusal that names the most similar one.
pub(super) fn kind_of(key: &str) -> Result<Kind, SettingsError> {
    let Some(default) = DEFAULTS.get(key) else {
        return Err(SettingsError::UnknownKey {
            key: shorten(key),
            nearest: nearest(key),
        });
    };
    Ok(match default {
        Value::Bool(_) => Kind::Switch,
        Value::Array(_) => Kind::Names,
        Value::Number(_) => {
            let (min, max) = RANGES
                .iter()
                .find(|(name, _, _)| *name == key)
                .map_or((0, u32::MAX), |(_, min, max)| (*min, *max));
            Kind::Number { min, max }
        }
        Value::Null | Value::String(_) | Value::Object(_) => Kind::Text,
    })
}

/// Checks a value; gives it back as it is to be stored.
pub(super) fn check(key: &str, value: &Value) -> Result<Value, SettingsError> {
    let wrong_type = |expected| {
        Err(SettingsError::WrongType {
            key: key.to_owned(),
            expected,
            found: shorten(&value.to_string()),
        })
    };
    match kind_of(key)? {
        Kind::Switch if value.is_boolean() => Ok(value.clone()),
        Kind::Switch => wrong_type("true or false"),
        Kind::Number { min, max } => {
            let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) else {
                return wrong_type("a whole number");
            };
            match whole(value, number).filter(|number| (min..=max).contains(number)) {
                Some(number) => Ok(Value::from(number)),
                None => Err(SettingsError::OutOfRange {
                    key: key.to_owned(),
                    min,
                    max,
                    found: shorten(&value.to_string()),
                }),
            }
        }
        Kind::Names => match value {
            Value::String(name) => Ok(names([name.as_str()])),
            Value::Array(entries) => match entries.iter().map(Value::as_str).collect::<Option<Vec<_>>>() {
                Some(entries) => Ok(names(entries)),
                None => wrong_type("a list of texts"),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => wrong_type("a list of texts"),
        },
        Kind::Text => match value.as_str().map(str::trim) {
            Some("") | None => wrong_type("a text that is not empty"),
            Some(text) if text.chars().count() > MAX_TEXT => wrong_type("a text of at most 200 characters"),
            Some(text) => Ok(Value::from(text)),
        },
    }
}

/// A whole number as itself; JSON writers may spell 15 as 15.0.
fn whole(value: &Value, number: f64) -> Option<u32> {
    match value.as_u64() {
        Some(number) => u32::try_from(number).ok(),
        None => (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32),
    }
}

/// Names without blanks around them, empty ones and repetitions.
fn names<'a>(entries: impl IntoIterator<Item = &'a str>) -> Value {
    let mut kept: Vec<&str> = Vec::new();
    for entry in entries.into_iter().map(str::trim) {
        if !entry.is_empty() && !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    Value::from(kept)
}

/// The most similar name there is, if any is similar.
fn nearest(key: &str) -> Option<String> {
    let given = key.to_lowercase().replace(['-', '_', ' ', '.'], "");
    DEFAULTS
        .keys()
        .map(|name| (strsim::jaro_winkler(&given, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}

/// What was given, short enough for a sentence.
pub(super) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
