//! What a command came to.

use serde_json::Value;

/// The document, the lines for people, and whether something failed.
pub(crate) struct Answer {
    pub document: Value,
    pub lines: Vec<String>,
    pub failed: bool,
}

impl Answer {
    pub fn new(document: Value, lines: Vec<String>) -> Self {
        Self {
            document,
            lines,
            failed: false,
        }
    }

    pub fn failed_if(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }
}
