//! The disk: damaged files, full disks, folders that are none.

use crate::house::{House, PROGRAM, eventually};
use crate::process::{Daemon, answer_of, leave_out};
use serde_json::json;
use std::fs;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_damaged_database_is_kept_aside_and_said() {
    let house = House::connected().await;
    let database = house.data().join("cliffhangarr.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..4096].fill(0xA5);
    fs::write(&database, &bytes).unwrap();

    let answered = house.json(&["settings", "show"]).await;
    assert_eq!(answered.code, 0, "{answered:?}");
    assert!(answered.stderr.contains("The database was damaged"), "{answered:?}");
    assert_eq!(answered.document()["enabled"], json!(false), "it starts empty");
    let aside: Vec<_> = fs::read_dir(house.data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("cliffhangarr.db.corrupt-")
        })
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(fs::read(&aside[0]).unwrap(), bytes, "as it was");
    let next = house.json(&["settings", "set", "enabled=true"]).await;
    assert!(
        next.code == 0 && !next.stderr.contains("damaged"),
        "said once: {next:?}"
    );
}

#[tokio::test]
async fn a_folder_that_is_none_is_said() {
    let house = House::new().await;
    let file = house.folder().join("file");
    fs::write(&file, "something else").unwrap();
    for path in [file.clone(), file.join("below")] {
        let answered = house
            .json(&["settings", "show", "--data-dir", path.to_str().unwrap()])
            .await;
        assert_eq!(
            (answered.code, answered.error().0.as_str()),
            (1, "dataFolder"),
            "{answered:?}"
        );
        assert!(answered.error().1.contains(path.to_str().unwrap()), "{answered:?}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"something else");
}

/// How to get a file system of one's own, if at all.
async fn own_mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["-m"], &["-rm"]];
    for way in ways {
        let mut probe = Command::new("unshare");
        probe.args(way).args(["sh", "-c", "mount -t tmpfs tmpfs /mnt"]);
        if probe.output().await.is_ok_and(|output| output.status.success()) {
            return Some(way);
        }
    }
    leave_out("file systems cannot be mounted here: a full disk was not tried");
    None
}

#[tokio::test]
async fn a_full_disk_is_said_nothing_is_sent_and_nothing_is_half_written() {
    let Some(way) = own_mounts().await else { return };
    // How much is left, in kilobytes: from nothing to nearly enough.
    for left in [0, 4, 16, 40, 64, 100, 200] {
        let house = House::new().await;
        let show = house.harbour_lights();
        house.play(show, 8);
        fs::create_dir_all(house.data()).unwrap();
        let script = format!(
            r#"set -e
            mount -t tmpfs -o size=4m tmpfs "$CLIFFHANGARR_DATA_DIR"
            {PROGRAM} connect plex --name Attic --url {plex} >&2
            {PROGRAM} connect sonarr --name Sonarr --url {sonarr} >&2
            {PROGRAM} settings set enabled=true >&2
            head -c {left}k /dev/zero > "$CLIFFHANGARR_DATA_DIR/reserve"
            cat /dev/zero > "$CLIFFHANGARR_DATA_DIR/filler" 2>/dev/null || true
            rm "$CLIFFHANGARR_DATA_DIR/reserve"
            echo '['
            {PROGRAM} check --json || true
            echo ','
            rm "$CLIFFHANGARR_DATA_DIR/filler"
            {PROGRAM} check --json
            echo ','
            {PROGRAM} check --json
            echo ']'"#,
            plex = house.plex_url,
            sonarr = house.sonarr_url,
        );
        let mut command = Command::new("unshare");
        command
            .args(way)
            .args(["sh", "-c", &script])
            .env_clear()
            .envs(house.environment())
            .kill_on_drop(true);
        let answered = answer_of(command).await;
        assert_eq!(answered.code, 0, "{left} kB left: {answered:?}");
        let document = answered.document();
        let [full, next, last] = document.as_array().unwrap().as_slice() else {
            panic!("{document:#}")
        };
        let found = full.to_string();
        let is_clear = found.contains("The disk ") || found.contains("No space left");
        let worked = full["triggeredSearches"] == json!(1) && full["errors"] == json!([]);
        assert!(is_clear || worked, "{left} kB left: {full:#}");
        assert_eq!(next["errors"], json!([]), "{left} kB left: {next:#}");
        assert_eq!(last["triggeredSearches"], json!(0), "{left} kB left: {last:#}");
        house.second_season_was_searched_once(show, &format!("{left} kB left: {full:#}"));
        if left == 0 {
            assert!(!worked, "a disk without any space is full: {full:#}");
        }
    }
}

#[tokio::test]
async fn a_quota_is_said_as_well() {
    let house = House::connected().await;
    let show = house.harbour_lights();
    house.play(show, 8);
    // A file may grow no further than the database is now; the signal that comes with it is ignored, as services do.
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {PROGRAM} check --json --log-level error");
    let mut command = Command::new("bash");
    command
        .args(["-c", &script])
        .env_clear()
        .envs(house.environment())
        .kill_on_drop(true);
    let answered = answer_of(command).await;
    assert_eq!(answered.code, 1, "{answered:?}");
    let said = answered.document().to_string();
    assert!(said.contains("disk"), "{said}");
    assert_eq!(house.writes(), "", "what cannot be written down is not begun");
    house.done(&["check"]).await;
    house.second_season_was_searched_once(show, "after the quota");
}

#[tokio::test]
async fn a_disk_that_is_full_for_a_while_loses_nothing() {
    let Some(way) = own_mounts().await else { return };
    let house = House::new().await;
    let show = house.harbour_lights();
    fs::create_dir_all(house.data()).unwrap();
    let mark = |name: &str| house.folder().join(name);
    let script = format!(
        r#"set -e
        wait_for() {{ while [ ! -e "$1" ]; do sleep 0.05; done; }}
        mount -t tmpfs -o size=4m tmpfs "$CLIFFHANGARR_DATA_DIR"
        {PROGRAM} connect plex --name Attic --url {plex}
        {PROGRAM} connect sonarr --name Sonarr --url {sonarr}
        {PROGRAM} settings set enabled=true
        {PROGRAM} run --log-level debug &
        wait_for {fill}
        cat /dev/zero > "$CLIFFHANGARR_DATA_DIR/filler" 2>/dev/null || true
        touch {full}
        wait_for {free}
        rm "$CLIFFHANGARR_DATA_DIR/filler"
        wait_for {end}
        kill -TERM $!
        wait $!"#,
        plex = house.plex_url,
        sonarr = house.sonarr_url,
        fill = mark("fill").display(),
        full = mark("full").display(),
        free = mark("free").display(),
        end = mark("end").display(),
    );
    let mut command = Command::new("unshare");
    command
        .args(way)
        .args(["sh", "-c", &script])
        .env_clear()
        .envs(house.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let shell = Daemon::start(command);
    let touch = |name: &str| fs::write(mark(name), "").unwrap();
    shell.says("the event stream is up").await;
    touch("fill");
    assert!(eventually(MINUTE, || mark("full").exists()).await, "{}", shell.said());
    // The log may have room for a while in which the database has none: many plays fill it up.
    house.play(show, 8);
    let noticed = || shell.said().contains("The disk ") || !house.searches().is_empty();
    assert!(eventually(MINUTE, noticed).await, "{}", shell.said());
    touch("free");
    assert!(
        eventually(MINUTE, || !house.searches().is_empty()).await,
        "{}",
        shell.said()
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    touch("end");
    let said = shell.ends_with(0).await;
    house.second_season_was_searched_once(show, &said);
}

#[tokio::test]
async fn the_folder_may_be_named_in_any_way() {
    let house = House::new().await;
    let mut command = house.command(&["--data-dir", "Daten für später/tief", "settings", "set", "dryRun=true"]);
    command.current_dir(house.folder());
    assert_eq!(answer_of(command).await.code, 0);
    let absolute = house.folder().join("Daten für später/tief");
    let shown = house
        .done(&["settings", "show", "--data-dir", absolute.to_str().unwrap()])
        .await;
    assert_eq!(shown["dryRun"], true, "the same folder");
    assert!(!house.data().exists(), "the option wins over the variable");

    let mut command = house.command(&["settings", "set", "dryRun=true"]);
    command.env_remove("CLIFFHANGARR_DATA_DIR");
    assert_eq!(answer_of(command).await.code, 0);
    assert!(
        house.folder().join("home/share/cliffhangarr/cliffhangarr.db").exists(),
        "the platform's folder"
    );

    let mut command = house.command(&["settings", "show", "--json"]);
    command
        .env_remove("CLIFFHANGARR_DATA_DIR")
        .env_remove("HOME")
        .env_remove("XDG_DATA_HOME");
    let answered = answer_of(command).await;
    assert_eq!(
        (answered.code, answered.error().0.as_str()),
        (1, "dataFolder"),
        "{answered:?}"
    );
}
