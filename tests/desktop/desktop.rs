//! A private desktop session.

use crate::processes::Process;
use crate::waiting;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

/// Where the display stands among the processes.
const DISPLAY: usize = 0;

/// One desktop at a time: the tests measure times.
static TURN: Mutex<()> = Mutex::new(());

/// Nothing is started through the bus: a service that a test leaves out is missing.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:dir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

const DUNST_CONFIG: &str = "[global]\nfont = Sans 11\nwidth = 340\norigin = top-right\noffset = 24x24\nframe_width = 1\n\
    frame_color = \"#4650b4\"\nmarkup = full\n[urgency_normal]\nbackground = \"#20242f\"\nforeground = \"#f2f2f2\"\ntimeout = 60\n";

/// What a session has besides a display and a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// An unlocked one.
    Unlocked,
    /// None at all.
    Missing,
}

/// A display, a bus, a window manager, a notification daemon and, mostly, a keyring; everything in a temporary folder.
pub struct Desktop {
    display: String,
    bus: String,
    // Before the folder, so that nothing writes into it any more when it is removed.
    processes: Vec<Process>,
    root: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Desktop {
    pub async fn start(keyring: Keyring) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let root = TempDir::with_prefix("cliffhangarr-desktop-").unwrap();
        for folder in ["home", "run", "config", "data", "cache", "state"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        fs::set_permissions(root.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let mut desktop = Self {
            display: String::new(),
            bus: String::new(),
            processes: Vec::new(),
            root,
            _turn: turn,
        };
        desktop.start_display();
        desktop.start_bus();
        desktop.start_service(Command::new("openbox").arg("--sm-disable"));
        let config = desktop.write("dunstrc", DUNST_CONFIG);
        desktop.start_service(Command::new("dunst").arg("-conf").arg(config));
        desktop.wait_for_name("org.freedesktop.Notifications").await;
        if keyring == Keyring::Unlocked {
            desktop.start_keyring().await;
        }
        desktop
    }

    /// Takes the display away, as a logout or a crash of it does.
    pub fn lose_display(&mut self) {
        drop(self.processes.remove(DISPLAY));
    }

    /// Starts a display; the window manager stays with the one before.
    pub fn start_display(&mut self) {
        let log = self.log("display");
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let number = self.start_and_read_line(command.stderr(log));
        self.display = format!(":{number}");
        let display = self.processes.pop().unwrap();
        self.processes.insert(DISPLAY, display);
    }

    fn start_bus(&mut self) {
        let run = self.root.path().join("run");
        let config = self.write("bus.conf", &BUS_CONFIG.replace("FOLDER", &run.to_string_lossy()));
        let mut command = Command::new("dbus-daemon");
        command
            .arg("--config-file")
            .arg(config)
            .args(["--nofork", "--print-address=1"]);
        self.bus = self.start_and_read_line(&mut command);
    }

    pub async fn start_keyring(&mut self) {
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped());
        let mut process = Process::start(self.inside(&mut command, "keyring"));
        // Dropped at once: the daemon reads the password to the end.
        process.child().stdin.take().unwrap().write_all(b"test\n").unwrap();
        self.processes.push(process);
        self.wait_for_name("org.freedesktop.secrets").await;
    }

    fn start_service(&mut self, command: &mut Command) {
        let name = command.get_program().to_string_lossy().into_owned();
        let process = Process::start(self.inside(command, &name));
        self.processes.push(process);
    }

    fn start_and_read_line(&mut self, command: &mut Command) -> String {
        let mut process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::piped()));
        let mut line = String::new();
        BufReader::new(process.child().stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        self.processes.push(process);
        let line = line.trim();
        assert!(!line.is_empty(), "{command:?} did not start");
        line.to_owned()
    }

    /// Puts a command into this session: its environment and nothing of the developer's, its output into a file.
    pub fn inside<'c>(&self, command: &'c mut Command, log: &str) -> &'c mut Command {
        let folder = |name: &str| self.root.path().join(name);
        if command.get_envs().len() == 0 {
            command.env_clear();
        }
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", folder("home"))
            .env("XDG_RUNTIME_DIR", folder("run"))
            .env("XDG_CONFIG_HOME", folder("config"))
            .env("XDG_DATA_HOME", folder("data"))
            .env("XDG_CACHE_HOME", folder("cache"))
            .env("XDG_STATE_HOME", folder("state"))
            .env("XDG_CURRENT_DESKTOP", "X-Test")
            .env("NO_AT_BRIDGE", "1")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GIO_USE_VFS", "local")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("RUST_BACKTRACE", "1")
            .stdout(self.log(log))
            .stderr(self.log(log))
    }

    fn log(&self, name: &str) -> File {
        File::options()
            .create(true)
            .append(true)
            .open(self.log_path(name))
            .unwrap()
    }

    /// The file that takes the output of a program.
    pub fn log_path(&self, name: &str) -> PathBuf {
        self.root.path().join(format!("{name}.log"))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The folder everything of this session is in.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The data folder of the application.
    pub fn data_dir(&self) -> PathBuf {
        self.root.path().join("cliffhangarr")
    }

    /// A connection of the test's own to the session's bus.
    pub fn connect(&self) -> Connection {
        zbus::blocking::connection::Builder::address(self.bus.as_str())
            .unwrap()
            .build()
            .unwrap()
    }

    pub async fn wait_for_name(&self, name: &str) {
        let connection = self.connect();
        let bus = DBusProxy::new(&connection).unwrap();
        let wanted = BusName::try_from(name).unwrap();
        waiting::until_true(name, || bus.name_has_owner(wanted.clone()).unwrap()).await;
    }

    /// The names that are taken on the session's bus.
    pub fn names(&self) -> Vec<String> {
        let connection = self.connect();
        let names = DBusProxy::new(&connection).unwrap().list_names().unwrap();
        names.into_iter().map(|name| name.to_string()).collect()
    }

    /// Runs a tool inside the session, and returns what it prints.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        self.inside(command.args(arguments), "tools").stdout(Stdio::piped());
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{program} could not be started: {error}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Titles of the visible windows.
    pub fn windows(&self) -> Vec<String> {
        let list = self.ask("wmctrl", &["-l"]);
        list.lines()
            .filter_map(|line| line.splitn(5, char::is_whitespace).last())
            .map(|title| title.trim().to_owned())
            .collect()
    }

    /// Leaves a picture of the whole screen, if pictures are wanted.
    pub fn take_picture(&self, name: &str) {
        if std::env::var_os("CLIFFHANGARR_SCREENSHOTS").is_some_and(|value| value == "1") {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
            fs::create_dir_all(&folder).unwrap();
            self.ask(
                "import",
                &["-window", "root", &folder.join(format!("{name}.png")).to_string_lossy()],
            );
        }
    }
}
