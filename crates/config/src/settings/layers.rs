//! The layers put together.

use super::SettingsError;
use super::check::{DEFAULTS, check};
use super::text::parse_document;
use domain::settings::Settings;
use serde_json::{Map, Value};

/// Where the value in force of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingOrigin {
    /// Nobody set it.
    Default,
    /// The user set it.
    Stored,
    /// The environment variable holds it.
    Environment,
}

/// The settings in force, and where they come from. Every value in here was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsLayers {
    stored: Map<String, Value>,
    environment: Map<String, Value>,
    effective: Settings,
}

impl SettingsLayers {
    /// Puts the layers together. What cannot be used is left out, one by one, and told: [`SettingsError::Stored`] (written
    /// by another version) and [`SettingsError::Environment`] (must not be passed over in silence: the user meant
    /// something by it).
    pub fn new(stored: &Map<String, Value>, environment: Option<&str>) -> (Self, Vec<SettingsError>) {
        let mut refused = Vec::new();
        let stored = sift(stored, |error| {
            refused.push(SettingsError::Stored(error.to_string()));
        });
        let given = match environment.map(parse_document) {
            None => Map::new(),
            Some(Ok(given)) => given,
            Some(Err(SettingsError::Unreadable(reason))) => {
                refused.push(SettingsError::Environment(format!("It cannot be read: {reason}")));
                Map::new()
            }
            Some(Err(error)) => {
                refused.push(SettingsError::Environment(error.without_value()));
                Map::new()
            }
        };
        let environment = sift(&given, |error| {
            refused.push(SettingsError::Environment(error.without_value()));
        });
        let effective = put_together(&stored, &environment);
        (
            Self {
                stored,
                environment,
                effective,
            },
            refused,
        )
    }

    /// The settings in force.
    pub fn effective(&self) -> &Settings {
        &self.effective
    }

    /// Where the value in force of a setting comes from.
    pub fn origin(&self, key: &str) -> SettingOrigin {
        if self.environment.contains_key(key) {
            SettingOrigin::Environment
        } else if self.stored.contains_key(key) {
            SettingOrigin::Stored
        } else {
            SettingOrigin::Default
        }
    }

    /// The settings that the environment variable holds.
    pub fn held_by_environment(&self) -> Vec<String> {
        self.environment.keys().cloned().collect()
    }

    /// Every setting's name, in the order shown to people.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        DEFAULTS.keys().map(String::as_str)
    }

    /// Checks changes; gives them as they are to be stored. One wrong value refuses them all.
    pub fn validate_patch(&self, patch: &Map<String, Value>) -> Result<Map<String, Value>, SettingsError> {
        let checked = patch
            .iter()
            .map(|(key, value)| Ok((key.clone(), check(key, value)?)))
            .collect::<Result<Map<_, _>, SettingsError>>()?;
        match checked.keys().find(|key| self.environment.contains_key(*key)) {
            Some(key) => Err(SettingsError::HeldByEnvironment { key: key.clone() }),
            None => Ok(checked),
        }
    }

    /// Takes over changes that [`SettingsLayers::validate_patch`] gave and that are stored now.
    pub fn apply(&mut self, checked: Map<String, Value>) {
        self.stored.extend(checked);
        self.effective = put_together(&self.stored, &self.environment);
    }
}

fn sift(given: &Map<String, Value>, mut refuse: impl FnMut(SettingsError)) -> Map<String, Value> {
    let mut kept = Map::new();
    for (key, value) in given {
        match check(key, value) {
            Ok(value) => {
                kept.insert(key.clone(), value);
            }
            Err(error) => refuse(error),
        }
    }
    kept
}

fn put_together(stored: &Map<String, Value>, environment: &Map<String, Value>) -> Settings {
    let mut values = DEFAULTS.clone();
    values.extend(stored.clone());
    values.extend(environment.clone());
    serde_json::from_value(Value::Object(values)).expect("BUG: checked values are those of the settings")
}
