//! Opening, migrating, backing up.

use crate::support::{Fixture, at, connection_named, open};
use domain::state::ConnectionKind;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use store::{Store, StoreError};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/schemas");

async fn raw(folder: &Path) -> sqlx::SqliteConnection {
    let file = folder.join("cliffhangarr.db");
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data").join("cliffhangarr");
    let (store, report) = Store::open(&folder, at(0)).await.unwrap();
    assert!(report.created);
    store.set_meta("a", Some("b")).await.unwrap();
    let backup = store.back_up(at(1)).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("backups")), 0o700);
    for file in ["cliffhangarr.db", "cliffhangarr.db-wal"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&backup), 0o600);
    store.close().await;
}

#[tokio::test]
async fn closing_leaves_one_file() {
    let fixture = Fixture::new().await;
    fixture.store.set_meta("a", Some("b")).await.unwrap();
    fixture.store.meta("a").await.unwrap();
    fixture.store.close().await;
    let files: Vec<_> = std::fs::read_dir(fixture.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(files, ["cliffhangarr.db"]);
}

#[tokio::test]
async fn every_released_schema_is_brought_up_to_date_with_its_data() {
    let migrator = Migrator::new(Path::new(MIGRATIONS)).await.unwrap();
    let newest = migrator.iter().map(|migration| migration.version).max().unwrap();
    for migration in migrator.iter() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = raw(folder.path()).await;
        migrator.run_to(migration.version, &mut connection).await.unwrap();
        let rows = std::fs::read_to_string(format!("{FIXTURES}/{}.sql", migration.version)).unwrap();
        sqlx::raw_sql(AssertSqlSafe(rows))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();

        let (store, report) = Store::open(folder.path(), at(0)).await.unwrap();
        assert!(!report.created);
        assert_eq!(report.backup.is_some(), migration.version < newest);
        assert_eq!(report.sentence(), None);
        assert_eq!(connection_named(&store, "My Plex").await.kind, ConnectionKind::Plex);
        let show = store.rolling_shows().await.unwrap().pop().unwrap();
        assert_eq!(show.title, "The Wire");
        let entry = store.entries_of(show.id).await.unwrap().pop().unwrap();
        assert_eq!((entry.plays.len(), entry.seasons_watched.len()), (1, 1));
        assert!(entry.id > 1_000_000_000, "no id of a viewer's entry is that of a show");
        let mut next = entry.clone();
        next.viewer.account = "another".to_owned();
        store.save_viewings(&[next]).await.unwrap();
        let ids: Vec<i64> = store
            .entries_of(show.id)
            .await
            .unwrap()
            .iter()
            .map(|entry| entry.id)
            .collect();
        assert!(ids.iter().all(|id| *id > 1_000_000_000), "{ids:?}");
        assert_eq!(store.settings().await.unwrap()["remainingEpisodes"], 3);
        assert_eq!(store.all_open_intents().await.unwrap().len(), 1);
        assert_eq!(store.due_reminders(at(0)).await.unwrap().len(), 1);
        store.close().await;
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let mut connection = raw(folder.path()).await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (99990101000000, 'later', CURRENT_TIMESTAMP, 1, x'00', 1)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(folder.path().join("cliffhangarr.db")).unwrap();
    let error = Store::open(folder.path(), at(0)).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::TooNew {
                found: 99_990_101_000_000,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.advice().contains("newer version"));
    assert_eq!(std::fs::read(folder.path().join("cliffhangarr.db")).unwrap(), before);
    assert!(!folder.path().join("backups").exists());
}

#[tokio::test]
async fn a_backup_is_made_before_the_schema_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let mut connection = raw(folder.path()).await;
    // A schema that was never released: it needs a backup, and then cannot be migrated.
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version > (SELECT min(version) FROM _sqlx_migrations)")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 1")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let error = Store::open(folder.path(), at(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::Other(_)), "{error}");
    assert_eq!(std::fs::read_dir(folder.path().join("backups")).unwrap().count(), 1);
}

/// The times of the backups, and what else is in their folder, by name.
fn in_backups(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.join("backups"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn three_backups_are_kept() {
    let fixture = Fixture::new().await;
    let folder = fixture.folder.path();
    std::fs::create_dir_all(folder.join("backups")).unwrap();
    std::fs::write(folder.join("backups/notes.txt"), "mine").unwrap();
    let mut made = Vec::new();
    for second in 0..5 {
        made.push(fixture.store.back_up(at(second)).await.unwrap());
    }
    let mut kept: Vec<&str> = made[2..]
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    kept.push("notes.txt");
    assert_eq!(in_backups(folder), kept);
}

#[tokio::test]
async fn backups_of_a_clock_that_was_ahead_give_way_to_later_ones() {
    let fixture = Fixture::new().await;
    let year = 365 * 24 * 3600;
    for second in 0..3 {
        fixture.store.back_up(at(year + second)).await.unwrap();
    }
    let mut made = Vec::new();
    for second in 0..3 {
        made.push(fixture.store.back_up(at(second)).await.unwrap());
        assert!(made.iter().all(|path| path.exists()), "{made:?}");
        assert_eq!(in_backups(fixture.folder.path()).len(), 3);
    }
}

#[tokio::test]
async fn the_data_folder_may_not_be_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = Store::open(&file, at(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    std::fs::create_dir(folder.path().join("cliffhangarr.db")).unwrap();
    let error = Store::open(folder.path(), at(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
}
