//! The application as a user has it: the built program, started in a session.

use crate::desktop::Desktop;
use crate::processes::{self, Process};
use crate::waiting;
use std::fs;
use std::net::TcpListener;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::Duration;

/// How long the application may take to end.
pub const END_WITHIN: Duration = Duration::from_secs(5);
/// Title of its window.
pub const TITLE: &str = "Cliffhangarr";
/// How the name begins by which a second start finds the first one.
pub const INSTANCE: &str = "io.github.cliffhangarr.Cliffhangarr.";

/// A running application.
pub struct Application {
    process: Process,
    inspector: u16,
    log: String,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Application {
    /// Starts it with a data folder of the session's own.
    pub fn start(desktop: &Desktop, arguments: &[&str]) -> Self {
        Self::start_with_settings(desktop, arguments, "{}")
    }

    /// Starts it with settings from the environment.
    pub fn start_with_settings(desktop: &Desktop, arguments: &[&str], settings: &str) -> Self {
        Self::start_in(desktop, arguments, &[("plexSessionMonitoring", settings.to_owned())])
    }

    /// Starts it with more in its environment.
    pub fn start_in(desktop: &Desktop, arguments: &[&str], environment: &[(&str, String)]) -> Self {
        let inspector = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cliffhangarr"));
        command
            .arg("--data-dir")
            .arg(desktop.data_dir())
            .args(arguments)
            .stdin(Stdio::null());
        let log = format!("application-{inspector}");
        desktop.inside(&mut command, &log);
        // With these WebKit lets itself be driven, like a browser in a test.
        command
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"));
        Self {
            process: Process::start(&mut command),
            inspector,
            log,
        }
    }

    /// Runs it where there is neither X11 nor Wayland, to the end.
    pub fn run_without_screen(desktop: &Desktop) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cliffhangarr"));
        desktop
            .inside(&mut command, "application")
            .env_remove("DISPLAY")
            .stderr(Stdio::piped());
        command.output().unwrap()
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The port on which its web view can be driven.
    pub fn inspector(&self) -> u16 {
        self.inspector
    }

    pub fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Waits for the end, as long as it may take, and returns how it ended.
    pub async fn end(&mut self) -> ExitStatus {
        waiting::within(END_WITHIN, "the application to end", || self.process.ended()).await
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.ended().is_some()
    }

    /// Whether a web process is alive.
    pub fn has_web_process(&self) -> bool {
        processes::children(self.id())
            .iter()
            .any(|name| name.starts_with("WebKitWebProc"))
    }

    /// What it printed so far.
    pub fn output(&self, desktop: &Desktop) -> String {
        fs::read_to_string(desktop.log_path(&self.log)).unwrap_or_default()
    }
}
