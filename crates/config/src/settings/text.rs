//! Settings as people write them.

use super::SettingsError;
use super::check::{Kind, kind_of, shorten};
use serde_json::{Map, Value};

/// Reads a JSON object with any of the settings. Their names and values are checked later.
pub fn parse_document(text: &str) -> Result<Map<String, Value>, SettingsError> {
    // Editors on Windows put a byte order mark in front.
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(settings)) => Ok(settings),
        Ok(other) => Err(SettingsError::Unreadable(format!(
            "a JSON object is needed, not {}",
            sort_of(&other)
        ))),
        Err(error) => Err(SettingsError::Unreadable(format!("not JSON: {error}"))),
    }
}

fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Reads `KEY=VALUE` texts: switches as true/false, on/off, yes/no; lists as JSON arrays or with commas. Of a repeated
/// key the last one counts. Ranges are checked later.
pub fn parse_assignments<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Map<String, Value>, SettingsError> {
    texts.into_iter().map(parse_assignment).collect()
}

fn parse_assignment(text: &str) -> Result<(String, Value), SettingsError> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| SettingsError::NotAnAssignment(shorten(text)))?;
    let (key, value) = (key.trim(), value.trim());
    let parsed = match kind_of(key)? {
        Kind::Switch => read_switch(value).map(Value::Bool),
        Kind::Number { .. } => serde_json::from_str(value).ok().filter(Value::is_number),
        Kind::Names if value.starts_with('[') => {
            Some(serde_json::from_str(value).map_err(|_| SettingsError::WrongType {
                key: key.to_owned(),
                expected: "a JSON list of names, or names with commas between them",
                found: shorten(value),
            })?)
        }
        Kind::Names => Some(Value::from(value.split(',').map(str::trim).collect::<Vec<_>>())),
        Kind::Text => Some(Value::from(value)),
    };
    // What cannot be read stays a text, which the later check refuses with the right words.
    Ok((key.to_owned(), parsed.unwrap_or_else(|| Value::from(value))))
}

fn read_switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" => Some(true),
        "false" | "off" | "no" => Some(false),
        _ => None,
    }
}
