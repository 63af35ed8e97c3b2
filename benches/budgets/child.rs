//! Children that answer lines with lines.

use crate::ROLE;
use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A child in one of the roles. It ends when its standard input does.
pub struct Speaking {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Speaking {
    /// Starts this binary in a role.
    pub fn start(role: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("the child has no output")?);
        Ok(Self {
            child,
            questions,
            answers,
        })
    }

    /// Sends one request and reads its answer.
    pub fn ask<T: DeserializeOwned>(&mut self, request: &Value) -> anyhow::Result<T> {
        let questions = self.questions.as_mut().context("the child has ended")?;
        writeln!(questions, "{request}")?;
        questions.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let mut answer: Value =
            serde_json::from_str(&line).with_context(|| format!("{request} was answered with {line:?}"))?;
        if let Some(error) = answer.get("error") {
            bail!("{request}: {error}");
        }
        Ok(serde_json::from_value(answer["ok"].take())?)
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        drop(self.questions.take());
        // It may have crashed before; there is nobody left to tell.
        let _ = self.child.wait();
    }
}

/// Answers the lines on standard input, until it ends.
pub async fn answer_lines<F>(mut answer: F)
where
    F: AsyncFnMut(Value) -> anyhow::Result<Value>,
{
    let (sender, mut lines) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let answered = match serde_json::from_str(&line) {
            Ok(request) => answer(request).await,
            Err(error) => Err(error.into()),
        };
        let line = match answered {
            Ok(value) => serde_json::json!({ "ok": value }),
            Err(error) => serde_json::json!({ "error": format!("{error:#}") }),
        };
        println!("{line}");
    }
}
