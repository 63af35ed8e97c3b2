//! Damaged files.

use crate::support::{Fixture, at};
use std::fs;
use store::Store;

/// Overwrites everything after the first page: the header is fine, the content is not.
fn damage(file: &std::path::Path) {
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
    assert_eq!(fs::read_to_string(&recovery.set_aside).unwrap(), garbage);
    let name = recovery.set_aside.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("cliffhangarr.db.corrupt-"), "{name}");
    assert!(folder.path().join(format!("{name}-wal")).exists());
    assert!(report.sentence().unwrap().contains("starts empty"));
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

#[tokio::test]
async fn an_empty_file_is_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cliffhangarr.db"), "").unwrap();
    let (_store, report) = Store::open(folder.path(), at(0)).await.unwrap();
    assert!(report.created && report.recovery.is_none());
}
