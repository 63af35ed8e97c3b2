//! Databases that are damaged, or gone.

use crate::support::{Fixture, at};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::Path;
use store::Store;

/// Overwrites everything after the first page: the header is fine, the content is not.
fn damage(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = 0xa5;
    }
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_set_aside_and_a_new_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = "certainly not a database ".repeat(400);
    fs::write(folder.path().join("cliffhangarr.db"), &garbage).unwrap();
    fs::write(folder.path().join("cliffhangarr.db-wal"), "left over").unwrap();
    let (store, report) = Store::open(folder.path(), at(0)).await.unwrap();
    let recovery = report.recovery.clone().unwrap();
    assert_eq!(recovery.restored, None);
    assert!(report.created);
    let set_aside = recovery.set_aside.unwrap();
    assert_eq!(fs::read_to_string(&set_aside).unwrap(), garbage);
    let name = set_aside.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("cliffhangarr.db.corrupt-"), "{name}");
    assert!(folder.path().join(format!("{name}-wal")).exists());
    let sentence = report.sentence().unwrap();
    assert!(
        sentence.starts_with(
            "The database was damaged and there was no backup. Cliffhangarr starts empty; the damaged file was"
        ),
        "{sentence}"
    );
    store.set_meta("a", Some("b")).await.unwrap();
    store.close().await;
    let (_store, report) = Store::open(folder.path(), at(1)).await.unwrap();
    assert_eq!(report, store::OpenReport::default());
}

#[tokio::test]
async fn the_newest_readable_backup_takes_the_place_of_a_damaged_file() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store.set_meta("told", Some("first")).await.unwrap();
    store.back_up(at(100)).await.unwrap();
    store.set_meta("told", Some("second")).await.unwrap();
    store.back_up(at(200)).await.unwrap();
    store.set_meta("told", Some("third")).await.unwrap();
    let unreadable = store.back_up(at(300)).await.unwrap();
    store.close().await;
    damage(&unreadable);
    damage(&store.path());

    let (store, report) = Store::open(fixture.folder.path(), at(400)).await.unwrap();
    let (_, made_at) = report.recovery.clone().unwrap().restored.unwrap();
    assert_eq!(made_at, at(200));
    assert!(report.sentence().unwrap().contains("went back to the backup"));
    assert!(!report.created);
    assert_eq!(store.meta("told").await.unwrap().as_deref(), Some("second"));
    store.set_meta("told", Some("fourth")).await.unwrap();
}

#[tokio::test]
async fn a_truncated_file_is_recognized() {
    let fixture = Fixture::new().await;
    fixture.store.close().await;
    let file = fixture.store.path();
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let (_store, report) = Store::open(fixture.folder.path(), at(0)).await.unwrap();
    assert!(report.recovery.is_some());
}

/// What may be left of a database where a backup has it as it was.
#[derive(Debug, Clone, Copy)]
enum Left {
    Nothing,
    AnEmptyFile,
    AnotherDatabase,
}

async fn leave(what: Left, file: &Path) {
    match what {
        Left::Nothing => fs::remove_file(file).unwrap(),
        Left::AnEmptyFile => fs::write(file, "").unwrap(),
        Left::AnotherDatabase => {
            fs::remove_file(file).unwrap();
            let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
            let mut other = options.connect().await.unwrap();
            sqlx::query("CREATE TABLE other (x)").execute(&mut other).await.unwrap();
            other.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_that_is_gone_comes_back_from_the_newest_backup() {
    for (what, told) in [
        (
            Left::Nothing,
            "The database was missing. Cliffhangarr went back to the backup of ",
        ),
        (
            Left::AnEmptyFile,
            "The database was empty. Cliffhangarr went back to the backup of ",
        ),
        (
            Left::AnotherDatabase,
            "The database was empty. Cliffhangarr went back to the backup of ",
        ),
    ] {
        let fixture = Fixture::new().await;
        fixture.store.set_meta("told", Some("once")).await.unwrap();
        fixture.store.back_up(at(100)).await.unwrap();
        fixture.store.close().await;
        leave(what, &fixture.store.path()).await;

        let (store, report) = Store::open(fixture.folder.path(), at(200)).await.unwrap();
        assert!(!report.created, "{what:?}");
        let sentence = report.sentence().unwrap();
        assert!(sentence.starts_with(told), "{what:?}: {sentence}");
        let set_aside = report.recovery.unwrap().set_aside;
        assert_eq!(set_aside.is_none(), matches!(what, Left::Nothing));
        assert!(set_aside.is_none_or(|file| file.exists()));
        assert_eq!(store.meta("told").await.unwrap().as_deref(), Some("once"));
        store.close().await;
        let (_store, report) = Store::open(fixture.folder.path(), at(300)).await.unwrap();
        assert_eq!(report, store::OpenReport::default());
    }
}

#[tokio::test]
async fn a_backup_of_a_clock_that_was_ahead_is_the_last_resort() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for (told, made_at) in [("ahead", at(1_000_000)), ("set right", at(100))] {
        store.set_meta("told", Some(told)).await.unwrap();
        store.back_up(made_at).await.unwrap();
    }
    store.close().await;
    damage(&store.path());
    let (store, _) = Store::open(fixture.folder.path(), at(200)).await.unwrap();
    assert_eq!(store.meta("told").await.unwrap().as_deref(), Some("set right"));
}

#[tokio::test]
async fn an_empty_file_without_a_readable_backup_is_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cliffhangarr.db"), "").unwrap();
    fs::create_dir(folder.path().join("backups")).unwrap();
    fs::write(folder.path().join("backups/cliffhangarr-20260307T201500.007Z.db"), "").unwrap();
    let (_store, report) = Store::open(folder.path(), at(0)).await.unwrap();
    assert!(report.created && report.recovery.is_none());
}
