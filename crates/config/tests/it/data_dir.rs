//! The data folder and its lock.

use config::{DataDir, DataDirError};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const CHILD: &str = "CLIFFHANGARR_CONFIG_TEST_LOCK";

#[test]
fn a_missing_folder_is_made_for_its_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("a").join("b");
    let folder = DataDir::open(Some(path.clone())).unwrap();
    assert_eq!(folder.path(), path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
    assert!(DataDir::locate(Some("some/where".into())).unwrap().is_absolute());
}

#[test]
fn a_folder_has_one_owner_at_a_time() {
    let parent = tempfile::tempdir().unwrap();
    let first = DataDir::open(Some(parent.path().to_owned())).unwrap();
    let error = DataDir::open(Some(parent.path().to_owned())).unwrap_err();
    assert!(matches!(error, DataDirError::InUse { .. }), "{error}");
    drop(first);
    DataDir::open(Some(parent.path().to_owned())).unwrap();
}

#[test]
fn another_process_is_named_and_its_death_frees_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    // Left by an earlier owner with a longer number.
    std::fs::write(parent.path().join("lock"), "123456789012\n").unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "data_dir::child_that_holds_the_lock",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD, parent.path())
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(lines.into_iter().any(|line| line.contains("locked")));
    let error = DataDir::open(Some(parent.path().to_owned())).unwrap_err();
    if cfg!(unix) {
        assert!(
            matches!(&error, DataDirError::InUse { pid, .. } if *pid == Some(process.id())),
            "{error:?}"
        );
        assert!(
            error.to_string().contains(&format!("process {}", process.id())),
            "{error}"
        );
    }
    process.kill().unwrap();
    process.wait().unwrap();
    DataDir::open(Some(parent.path().to_owned())).unwrap();
}

#[test]
#[ignore = "runs as a child process of another test"]
fn child_that_holds_the_lock() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let _folder = DataDir::open(Some(Path::new(&path).to_owned())).unwrap();
    println!("locked");
    // Ends with the parent at the latest: its end of the pipe is closed then.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
fn a_file_is_no_data_folder() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = DataDir::open(Some(path)).unwrap_err();
        assert!(matches!(error, DataDirError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("not a folder") || cfg!(windows), "{error}");
    }
}
