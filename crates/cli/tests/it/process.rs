//! Processes of the program, and what they say.

use crate::house::{eventually, keys};
use serde_json::Value;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Longer than any command may take.
const FOREVER: Duration = Duration::from_secs(150);

/// What came of a run of the program.
#[derive(Debug)]
pub struct Answered {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Answered {
    fn new(output: Output, took: Duration) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            took,
        }
    }

    /// Standard output, which must be one JSON document and nothing else.
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error that the document is, as code and message.
    pub fn error(&self) -> (String, String) {
        let document = self.document();
        assert_eq!(keys(&document), ["error"], "{self:?}");
        assert_eq!(keys(&document["error"]), ["code", "message"], "{self:?}");
        let text = |key: &str| document["error"][key].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }

    /// The errors in the document as "source: message".
    pub fn errors(&self) -> Vec<String> {
        let document = self.document();
        let errors = document["errors"].as_array().unwrap();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| format!("{}: {}", text(error, "source"), text(error, "message")))
            .collect()
    }
}

/// Runs a command to its end.
pub async fn answer_of(mut command: Command) -> Answered {
    let begun = Instant::now();
    let output = tokio::time::timeout(FOREVER, command.output()).await;
    Answered::new(output.expect("the program does not end").unwrap(), begun.elapsed())
}

/// Runs a command to its end, with something to read.
pub async fn answer_to(mut command: Command, input: &str) -> Answered {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read may be gone already.
    stdin.write_all(input.as_bytes()).await.ok();
    drop(stdin);
    let output = tokio::time::timeout(FOREVER, child.wait_with_output()).await;
    Answered::new(output.expect("the program does not end").unwrap(), begun.elapsed())
}

/// The program while it runs.
pub struct Daemon {
    child: Child,
    logged: Arc<Mutex<String>>,
    reading: Vec<JoinHandle<()>>,
}

impl Daemon {
    /// Starts it; both its outputs are collected.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let logged = Arc::new(Mutex::new(String::new()));
        let stdout = collect(child.stdout.take().unwrap(), Arc::clone(&logged));
        let stderr = collect(child.stderr.take().unwrap(), Arc::clone(&logged));
        Self {
            child,
            logged,
            reading: vec![stdout, stderr],
        }
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.logged.lock().unwrap().clone()
    }

    /// Waits until it says something.
    pub async fn says(&self, words: &str) {
        let in_time = eventually(Duration::from_secs(60), || self.said().contains(words)).await;
        assert!(in_time, "it did not say {words:?}, but:\n{}", self.said());
    }

    /// Sends SIGTERM. Gives its exit code, everything it said, and how long its end took.
    pub async fn terminate(self) -> (i32, String, Duration) {
        self.signal("-TERM").await
    }

    /// Sends a signal that ends it.
    pub async fn signal(mut self, signal: &str) -> (i32, String, Duration) {
        let begun = Instant::now();
        let pid = self.child.id().expect("it ended by itself").to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let took = begun.elapsed();
        let status = status.expect("it does not end").unwrap();
        for reading in self.reading.drain(..) {
            reading.await.unwrap();
        }
        (status.code().unwrap_or(-1), self.said(), took)
    }

    /// Waits for its own end, with this exit code. Gives everything it said.
    pub async fn ends_with(mut self, code: i32) -> String {
        let status = tokio::time::timeout(FOREVER, self.child.wait()).await;
        for reading in self.reading.drain(..) {
            reading.await.unwrap();
        }
        let status = status.expect("it does not end").unwrap();
        assert_eq!(status.code(), Some(code), "{}", self.said());
        self.said()
    }

    /// SIGKILL, as a crash or a power cut.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

fn collect(stream: impl tokio::io::AsyncRead + Send + Unpin + 'static, into: Arc<Mutex<String>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut text = into.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    })
}

/// Says why a test is left out. Continuous integration that runs as root can have whatever is needed, so there it is a failure.
pub fn leave_out(why: &str) {
    let id = std::process::Command::new("id").arg("-u").output();
    let is_root = id.is_ok_and(|id| id.stdout == b"0\n");
    assert!(std::env::var_os("CI").is_none() || !is_root, "{why}");
    eprintln!("{why}");
}
