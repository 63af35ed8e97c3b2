//! The JSON of a request, whose properties may be spelled with large and small letters, and numbers as texts.

use super::{Asked, Refusal};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug)]
pub(super) struct Body(BTreeMap<String, Value>);

impl Body {
    pub(super) fn of(asked: &Asked) -> Result<Self, Refusal> {
        match serde_json::from_slice(&asked.body) {
            Ok(Value::Object(fields)) => Ok(Self(
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value))
                    .collect(),
            )),
            _ => Err(Refusal::Invalid(String::from("body"))),
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text by its name in small letters; the empty one if there is none.
    pub(super) fn text(&self, name: &str) -> String {
        match self.value(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    pub(super) fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A whole number; refused if it is anything else.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        number.map(Some).ok_or_else(|| Refusal::Invalid(name.to_owned()))
    }
}
