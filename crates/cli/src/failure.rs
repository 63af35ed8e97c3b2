//! Failures, their documents and exit codes.

use crate::output::{plain, print_line};
use engine::{OpenError, RequestError};
use serde_json::json;
use std::process::ExitCode;

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) struct Failure {
    code: String,
    message: String,
    exit: u8,
}

impl Failure {
    /// The operation ran and something failed.
    pub fn failed(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            exit: 1,
        }
    }

    /// Wrong usage or an invalid value; nothing was changed.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            code: "usage".to_owned(),
            message: message.into(),
            exit: 2,
        }
    }

    /// The data folder cannot be used.
    pub fn open(error: &OpenError) -> Self {
        let (code, exit) = if error.is_in_use() {
            ("dataFolderInUse", 3)
        } else {
            ("dataFolder", 1)
        };
        let advice = error.advice().map_or(String::new(), |advice| format!(". {advice}"));
        Self {
            code: code.to_owned(),
            message: format!("{error}{advice}"),
            exit,
        }
    }

    /// Says it, on standard output as a document or on standard error as a sentence.
    pub fn report(&self, json: bool) -> ExitCode {
        if json {
            print_line(&json!({"error": {"code": self.code, "message": self.message}}).to_string());
        } else {
            eprintln!("{}", plain(&self.message));
        }
        ExitCode::from(self.exit)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self {
            code: error.code.to_owned(),
            exit: if error.invalid { 2 } else { 1 },
            message: error.message,
        }
    }
}
