//! Secrets without a keyring.

use config::{SecretError, SecretStore};
use domain::state::SecretStoreState;
use secrecy::{ExposeSecret, SecretString};
use std::ffi::OsString;

#[tokio::test]
async fn memory_keeps_what_it_is_given() {
    let store = SecretStore::memory();
    assert_eq!(store.get("plex").await.unwrap_err(), SecretError::NotFound);
    store.set("My Plex", SecretString::from("token")).await.unwrap();
    assert_eq!(store.clone().get(" my plex").await.unwrap().expose_secret(), "token");
    store.set("my plex", SecretString::from("other")).await.unwrap();
    assert_eq!(store.get("My Plex").await.unwrap().expose_secret(), "other");
    store.delete("my plex").await.unwrap();
    store.delete("my plex").await.unwrap();
    assert_eq!(store.get("my plex").await.unwrap_err(), SecretError::NotFound);
}

#[tokio::test]
async fn the_environment_is_read_and_never_written() {
    let store = SecretStore::environment_with(|name| match name {
        "CLIFFHANGARR_SECRET_MY_PLEX" => Some(OsString::from("token\n")),
        "CLIFFHANGARR_SECRET_EMPTY" => Some(OsString::new()),
        _ => None,
    });
    assert!(store.is_read_only());
    assert_eq!(store.get("my plex").await.unwrap().expose_secret(), "token");
    assert_eq!(store.get("My-Plex").await.unwrap().expose_secret(), "token");
    assert_eq!(store.get("empty").await.unwrap_err(), SecretError::NotFound);
    assert_eq!(store.get("sonarr").await.unwrap_err(), SecretError::NotFound);
    let error = store.set("sonarr", SecretString::from("key")).await.unwrap_err();
    assert!(
        error.advice().contains("CLIFFHANGARR_SECRET_SONARR"),
        "{}",
        error.advice()
    );
    assert!(store.delete("my plex").await.is_err());
    let place = "environment variables".to_owned();
    assert_eq!(store.probe().await, SecretStoreState::Ready { place });
}

#[tokio::test]
async fn secrets_do_not_show_in_debug_output() {
    let memory = SecretStore::memory();
    memory.set("plex", SecretString::from("hunter2")).await.unwrap();
    let environment = SecretStore::environment_with(|_| Some(OsString::from("hunter2")));
    let keyring = SecretStore::keyring(SecretStore::SERVICE, SecretStore::TIMEOUT);
    for store in [&memory, &environment, &keyring] {
        assert!(!format!("{store:#?}").contains("hunter2"));
    }
    assert!(!format!("{:?}", memory.get("plex").await).contains("hunter2"));
}
