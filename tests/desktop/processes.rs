//! Child processes that do not outlive the test, and looks into running ones.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A child that is killed with everything it started when it goes out of scope.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts a command in a process group of its own.
    pub fn start(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt as _;
        let program = command.get_program().to_string_lossy().into_owned();
        match command.process_group(0).spawn() {
            Ok(child) => Self(child),
            Err(error) => {
                panic!("{program} could not be started: {error}. `./dev setup` installs what the tests need.")
            }
        }
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The exit status, once it ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(sent.success(), "{name} could not be sent to {id}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group may outlive its leader: web processes do, for a moment.
        let group = format!("-{}", self.id());
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

/// Names of the direct children of a process.
pub fn children(parent: u32) -> Vec<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| child_name(&entry.path(), parent))
        .collect()
}

fn child_name(process: &Path, parent: u32) -> Option<String> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    let (before, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_whitespace();
    let state = fields.next()?;
    let is_child = fields.next()?.parse() == Ok(parent);
    (is_child && state != "Z").then(|| before.split_once('(').map(|(_, name)| name.to_owned()))?
}

/// Command line and environment of a process, as other programs of the user can read them.
pub fn visible_to_others(process: u32) -> Vec<u8> {
    let folder = Path::new("/proc").join(process.to_string());
    let mut bytes = std::fs::read(folder.join("cmdline")).unwrap();
    bytes.extend(std::fs::read(folder.join("environ")).unwrap());
    bytes
}
