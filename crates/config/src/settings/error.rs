//! Why settings are refused.

use super::ENVIRONMENT_VARIABLE;

/// A refusal. Nothing was changed. The message is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// There is no such setting.
    #[error("There is no setting \"{key}\"{}", hint(nearest.as_deref()))]
    UnknownKey {
        /// What was given.
        key: String,
        /// The most similar one there is.
        nearest: Option<String>,
    },
    /// The value is of another type.
    #[error("\"{key}\" must be {expected}, not {found}")]
    WrongType {
        /// The setting.
        key: String,
        /// What it must be, in words.
        expected: &'static str,
        /// What was given, shortened.
        found: String,
    },
    /// The number is too small or too big.
    #[error("\"{key}\" must be between {min} and {max}, not {found}")]
    OutOfRange {
        /// The setting.
        key: String,
        /// Smallest allowed number.
        min: u32,
        /// Biggest allowed number.
        max: u32,
        /// What was given.
        found: String,
    },
    /// The environment holds the setting, so that a stored value would have no effect.
    #[error("\"{key}\" is set by the environment variable {ENVIRONMENT_VARIABLE} and can only be changed there")]
    HeldByEnvironment {
        /// The setting.
        key: String,
    },
    /// The text is no JSON object of settings.
    #[error("The settings cannot be read: {0}")]
    Unreadable(String),
    /// The text is not `KEY=VALUE`.
    #[error("\"{0}\" is not of the form KEY=VALUE")]
    NotAnAssignment(String),
    /// The environment variable, or a key in it, is refused; the rest of it holds.
    #[error("The environment variable {ENVIRONMENT_VARIABLE}: {0}")]
    Environment(String),
    /// A stored value is refused, and its default applies.
    #[error("A stored setting is not used: {0}")]
    Stored(String),
}

impl SettingsError {
    /// The refusal as a sentence without what was given: values of the environment belong neither in a log nor on a screen.
    pub(super) fn without_value(&self) -> String {
        match self {
            Self::WrongType { key, expected, .. } => format!("\"{key}\" must be {expected}"),
            Self::OutOfRange { key, min, max, .. } => format!("\"{key}\" must be between {min} and {max}"),
            Self::UnknownKey { .. }
            | Self::HeldByEnvironment { .. }
            | Self::Unreadable(_)
            | Self::NotAnAssignment(_)
            | Self::Environment(_)
            | Self::Stored(_) => self.to_string(),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!(". Did you mean \"{nearest}\"?"))
        .unwrap_or_default()
}
