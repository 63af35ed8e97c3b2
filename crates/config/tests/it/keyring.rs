//! The real keyring, in the states that a desktop has it in.

use crate::bus::{in_scenario, run_on_fresh_bus, run_without_bus, start_keyring};
use config::{SecretError, SecretStore};
use domain::state::SecretStoreState;
use secrecy::{ExposeSecret, SecretString};
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use std::time::{Duration, Instant};

fn keyring() -> SecretStore {
    SecretStore::keyring("cliffhangarr-test", Duration::from_secs(20))
}

async fn until_ready(store: &SecretStore) {
    let begun = Instant::now();
    loop {
        match store.probe().await {
            SecretStoreState::Ready { .. } => return,
            state => assert!(begun.elapsed() < Duration::from_secs(20), "{state:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Owns the service's name and answers nothing.
fn silent_service() -> zbus::blocking::Connection {
    zbus::blocking::connection::Builder::session()
        .unwrap()
        .name("org.freedesktop.secrets")
        .unwrap()
        .build()
        .unwrap()
}

fn lock_collection() {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    service.get_default_collection().unwrap().lock().unwrap();
}

#[test]
fn a_secret_is_stored_read_replaced_and_deleted() {
    run_on_fresh_bus("keyring::scenario_unlocked");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn scenario_unlocked() {
    if !in_scenario() {
        return;
    }
    let _keyring = start_keyring();
    let store = keyring();
    until_ready(&store).await;
    assert_eq!(store.get("My Plex").await.unwrap_err(), SecretError::NotFound);
    store.set("My Plex", SecretString::from("first")).await.unwrap();
    store.set("my plex", SecretString::from("sécond")).await.unwrap();
    assert_eq!(store.get("MY PLEX").await.unwrap().expose_secret(), "sécond");
    assert_eq!(store.get("Sonarr").await.unwrap_err(), SecretError::NotFound);
    // Another one, as after a restart of the program.
    assert_eq!(keyring().get("My Plex").await.unwrap().expose_secret(), "sécond");
    let calls = (0..20).map(|_| store.get("My Plex"));
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    store.delete("My Plex").await.unwrap();
    store.delete("My Plex").await.unwrap();
    assert_eq!(store.get("My Plex").await.unwrap_err(), SecretError::NotFound);
}

#[test]
fn without_a_bus_the_keyring_is_unavailable() {
    run_without_bus("keyring::scenario_unavailable");
}

#[test]
fn without_a_service_on_the_bus_the_keyring_is_unavailable() {
    run_on_fresh_bus("keyring::scenario_unavailable");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn scenario_unavailable() {
    if !in_scenario() {
        return;
    }
    let store = keyring();
    for _ in 0..2 {
        assert!(matches!(store.get("plex").await, Err(SecretError::Unavailable(_))));
        let error = store.set("plex", SecretString::from("hunter2")).await.unwrap_err();
        assert!(matches!(error, SecretError::Unavailable(_)), "{error:?}");
        assert!(!format!("{error:?}{error}{}", error.advice()).contains("hunter2"));
        assert!(matches!(store.delete("plex").await, Err(SecretError::Unavailable(_))));
        let SecretStoreState::Unavailable { advice } = store.probe().await else {
            panic!("{:?}", store.probe().await)
        };
        assert!(advice.contains("--secret-store env"), "{advice}");
    }
}

#[test]
fn a_locked_keyring_is_told_and_is_not_taken_for_an_empty_one() {
    run_on_fresh_bus("keyring::scenario_locked");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn scenario_locked() {
    if !in_scenario() {
        return;
    }
    let _keyring = start_keyring();
    let store = keyring();
    until_ready(&store).await;
    store.set("plex", SecretString::from("token")).await.unwrap();
    tokio::task::spawn_blocking(lock_collection).await.unwrap();
    assert!(matches!(store.probe().await, SecretStoreState::Locked { .. }));
    assert_eq!(store.get("plex").await.unwrap_err(), SecretError::Locked);
    assert_eq!(store.get("never stored").await.unwrap_err(), SecretError::Locked);
    assert_eq!(
        store.set("sonarr", SecretString::from("key")).await.unwrap_err(),
        SecretError::Locked
    );
    assert_eq!(store.delete("never stored").await.unwrap_err(), SecretError::Locked);
}

#[test]
fn a_keyring_that_starts_late_or_again_is_found() {
    run_on_fresh_bus("keyring::scenario_late");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn scenario_late() {
    if !in_scenario() {
        return;
    }
    let store = keyring();
    assert!(matches!(store.get("plex").await, Err(SecretError::Unavailable(_))));
    let service = start_keyring();
    until_ready(&store).await;
    store.set("plex", SecretString::from("token")).await.unwrap();
    drop(service);
    assert!(matches!(store.get("plex").await, Err(SecretError::Unavailable(_))));
    let service = start_keyring();
    until_ready(&store).await;
    assert_eq!(store.get("plex").await.unwrap().expose_secret(), "token");
    // Started again between two calls that both succeed.
    drop(service);
    let _service = start_keyring();
    until_ready(&keyring()).await;
    assert_eq!(store.get("plex").await.unwrap().expose_secret(), "token");
}

#[test]
fn a_keyring_that_never_answers_holds_nobody_up() {
    run_on_fresh_bus("keyring::scenario_silent");
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn scenario_silent() {
    if !in_scenario() {
        return;
    }
    let silent = tokio::task::spawn_blocking(silent_service).await.unwrap();
    let timeout = Duration::from_secs(1);
    let store = SecretStore::keyring("cliffhangarr-test", timeout);
    let begun = Instant::now();
    assert_eq!(store.get("plex").await.unwrap_err(), SecretError::Timeout);
    assert!(begun.elapsed() >= timeout);
    let begun = Instant::now();
    for _ in 0..50 {
        assert_eq!(store.get("plex").await.unwrap_err(), SecretError::Timeout);
    }
    assert!(begun.elapsed() < timeout, "later calls do not wait behind the first");
    assert!(matches!(store.probe().await, SecretStoreState::Unavailable { .. }));
    tokio::task::spawn_blocking(|| silent.close().unwrap()).await.unwrap();
    let _service = start_keyring();
    until_ready(&store).await;
    let begun = Instant::now();
    while let Err(error) = store.set("plex", SecretString::from("token")).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{error}");
    }
}
