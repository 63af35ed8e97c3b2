//! Full disks, folders without rights, two at once, and processes that are killed.

use crate::support::{Fixture, at, connection_named, decision, idle, journal_len, open, put_connection};
use domain::ids::{InstanceId, SeriesId, SeriesKey};
use domain::plan::{Decision, Reason};
use domain::state::ConnectionKind;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use store::{JournalQuery, NewIntent, NewJournalEntry, Origin, Outcome, Store, StoreError, StoreOptions};

const CHILD: &str = "CLIFFHANGARR_STORE_TEST";

fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"])
        .env(CHILD, folder);
    command
}

fn row(decision: &Decision) -> NewJournalEntry<'_> {
    NewJournalEntry {
        at: at(0),
        origin: Origin::Session,
        outcome: Outcome::Nothing,
        note: None,
        subject_key: None,
        decision,
    }
}

fn big_decision(instance: InstanceId) -> Decision {
    let mut decision = decision(SeriesKey {
        instance,
        series: SeriesId(1),
    });
    decision.detail = "x".repeat(3000);
    decision
}

fn intent(decision: &Decision) -> NewIntent<'_> {
    let series = decision.subject.series.unwrap();
    NewIntent {
        series,
        origin: Origin::Session,
        decision,
        needs_confirmation: false,
        subject_key: None,
    }
}

/// Makes pairs of intents until the disk is full; tells how many intents there are, and that there are no halves.
async fn fill(store: &Store, decision: &Decision) -> usize {
    let pair = [intent(decision), intent(decision)];
    let mut made = 0;
    let error = loop {
        match store.create_intents(&pair, at(1)).await {
            Ok(_) => made += 2,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert!(error.advice().contains("Free some space"));
    assert!(made > 4);
    // The writer goes on after the failure: it fails the same way, not because of the transaction before.
    for _ in 0..3 {
        let error = store.create_intents(&pair, at(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::DiskFull), "{error}");
    }
    assert_eq!(store.all_open_intents().await.unwrap().len(), made);
    assert_eq!(journal_len(store).await, made);
    made
}

#[tokio::test]
async fn a_full_database_is_told_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        max_bytes: Some(400 * 1024),
    };
    let (store, _) = Store::open_with(folder.path(), at(0), options).await.unwrap();
    let decision = big_decision(
        put_connection(&store, ConnectionKind::Sonarr, "Sonarr")
            .await
            .instance()
            .unwrap(),
    );
    let made = fill(&store, &decision).await;
    // Space that becomes free is used again.
    for intent in &store.all_open_intents().await.unwrap()[..made / 2] {
        store
            .drop_intent(intent.id, at(2), Outcome::Nothing, "Moot.")
            .await
            .unwrap();
    }
    store.prune_intents(at(3)).await.unwrap();
    store
        .create_intents(&[intent(&decision), intent(&decision)], at(4))
        .await
        .unwrap();
    store.close().await;
    let store = open(folder.path()).await;
    assert_eq!(store.all_open_intents().await.unwrap().len(), made - made / 2 + 2);
}

/// Says why a test is left out. Continuous integration that runs as root can have whatever is needed, so there it is a failure.
#[cfg(target_os = "linux")]
fn leave_out(why: &str) {
    let id = Command::new("id").arg("-u").output();
    let is_root = id.is_ok_and(|id| id.stdout == b"0\n");
    assert!(std::env::var_os("CI").is_none() || !is_root, "{why}");
    eprintln!("{why}");
}

/// On a small file system of its own, where this process may make one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let child = child("faults::child_on_a_small_disk", folder.path());
    let script = "mount -t tmpfs -o size=3m none \"$0\" && echo mounted && exec \"$@\"";
    let on_small_disk = |way: &[&str]| {
        let output = Command::new("unshare")
            .args(way)
            .args(["sh", "-c", script])
            .arg(folder.path())
            .arg(child.get_program())
            .args(child.get_args())
            .env(CHILD, folder.path())
            .output();
        output.ok().filter(|output| output.stdout.starts_with(b"mounted"))
    };
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let Some(output) = ways.into_iter().find_map(on_small_disk) else {
        return leave_out("no file system could be mounted: a full disk was not tested");
    };
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn child_on_a_small_disk() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let folder = Path::new(&folder);
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    let store = open(folder).await;
    let decision = big_decision(
        put_connection(&store, ConnectionKind::Sonarr, "Sonarr")
            .await
            .instance()
            .unwrap(),
    );
    let made = fill(&store, &decision).await;
    let error = store.back_up(at(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert_eq!(std::fs::read_dir(folder.join("backups")).unwrap().count(), 0);
    std::fs::remove_file(&ballast).unwrap();
    store
        .create_intents(&[intent(&decision), intent(&decision)], at(3))
        .await
        .unwrap();
    store.close().await;
    assert_eq!(open(folder).await.all_open_intents().await.unwrap().len(), made + 2);
}

#[tokio::test]
async fn two_stores_may_write_at_once() {
    let fixture = Fixture::new().await;
    let other = open(fixture.folder.path()).await;
    let write = async |store: Store| {
        let decision = idle("The Wire", Reason::NotNearEnd);
        for _ in 0..60 {
            store.append(row(&decision)).await.unwrap();
        }
    };
    tokio::join!(
        write(fixture.store.clone()),
        write(other.clone()),
        write(fixture.store.clone())
    );
    assert_eq!(journal_len(&other).await, 180);
    assert_eq!(journal_len(&fixture.store).await, 180);
}

#[tokio::test]
async fn a_process_that_is_killed_while_writing_leaves_whole_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    put_connection(&store, ConnectionKind::Sonarr, "Sonarr").await;
    store.close().await;
    let mut told = 0;
    for round in 0..5_usize {
        let mut process = child("faults::child_that_writes", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let mut committed = lines.by_ref().filter(|line| line.ends_with("committed"));
        for _ in 0..=round * 7 {
            committed.next().unwrap();
            told += 2;
        }
        process.kill().unwrap();
        told += 2 * committed.count();
        process.wait().unwrap();

        let store = open(folder.path()).await;
        let intents = store.all_open_intents().await.unwrap();
        assert!(intents.len() >= told, "{} of {told}", intents.len());
        assert!(intents.len() <= told + 2, "{} of {told}", intents.len());
        told = intents.len();
        for intent in &intents {
            let batch = store.intents_of_batch(intent.batch).await.unwrap();
            assert_eq!(batch.len(), 2);
        }
        let all = JournalQuery {
            limit: 10_000,
            ..JournalQuery::default()
        };
        let rows = store.journal(&all).await.unwrap();
        assert_eq!(rows.len(), intents.len());
        assert!(rows.iter().all(|row| row.intent.is_some()));
        store.close().await;
    }
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn child_that_writes() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let store = open(Path::new(&folder)).await;
    let instance = connection_named(&store, "Sonarr").await.instance().unwrap();
    let decision = decision(SeriesKey {
        instance,
        series: SeriesId(1),
    });
    loop {
        store
            .create_intents(&[intent(&decision), intent(&decision)], at(0))
            .await
            .unwrap();
        println!("committed");
    }
}

/// As root nothing is read-only, so the child gives its rights up.
#[cfg(unix)]
#[test]
fn a_folder_that_must_not_be_written_is_told() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    let rights = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for with_database in [false, true] {
        if with_database {
            rights(&folder, 0o700);
            runtime.block_on(async { open(&folder).await.close().await });
        }
        let mut command = child("faults::child_that_may_not_write", &folder);
        if std::fs::metadata(parent.path()).unwrap().uid() == 0 {
            rights(parent.path(), 0o755);
            let binary = parent.path().join("it");
            if !binary.exists() {
                std::fs::hard_link(std::env::current_exe().unwrap(), &binary)
                    .or_else(|_| std::fs::copy(std::env::current_exe().unwrap(), &binary).map(drop))
                    .unwrap();
            }
            command = child_of(&binary, &folder);
            command.uid(65534).gid(65534);
            if with_database {
                let file = folder.join("cliffhangarr.db");
                chown(&file, Some(65534), Some(65534)).unwrap();
                rights(&file, 0o444);
            }
        }
        rights(&folder, 0o555);
        let output = command.output().unwrap();
        rights(&folder, 0o700);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("read-only was told"), "{text}");
    }
}

#[cfg(unix)]
fn child_of(binary: &Path, folder: &Path) -> Command {
    let template = child("faults::child_that_may_not_write", folder);
    let mut command = Command::new(binary);
    command.args(template.get_args()).env(CHILD, folder);
    command
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn child_that_may_not_write() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let error = Store::open(Path::new(&folder), at(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error:?}");
    println!("read-only was told");
}
