//! Tokens and API keys: where they are kept, and what can be wrong with that place.

mod environment;
mod error;
mod keyring;
mod platform;

pub use environment::environment_variable;
pub use error::SecretError;

use domain::state::SecretStoreState;
use keyring::KeyringThread;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The place where secrets are kept. Clones share it. There is none that writes to a file of its own.
#[derive(Clone)]
pub struct SecretStore(Arc<Place>);

enum Place {
    Keyring(KeyringThread),
    Environment(environment::Lookup),
    Memory(Mutex<BTreeMap<String, SecretString>>),
}

impl SecretStore {
    /// Name under which secrets stand in the keyring.
    pub const SERVICE: &'static str = "cliffhangarr";
    /// How long a call waits for the keyring, which may be asking the user to unlock it.
    pub const TIMEOUT: Duration = Duration::from_secs(20);

    /// The platform's keyring. Nothing is asked of it yet; whatever fails is tried anew at the next call.
    pub fn keyring(service: &str, timeout: Duration) -> Self {
        Self(Arc::new(Place::Keyring(KeyringThread::new(service, timeout))))
    }

    /// Environment variables, read only; see [`environment_variable`].
    pub fn environment() -> Self {
        Self::environment_with(|name| std::env::var_os(name))
    }

    /// [`SecretStore::environment`] with another way to look variables up.
    pub fn environment_with(lookup: impl Fn(&str) -> Option<std::ffi::OsString> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Place::Environment(Box::new(lookup))))
    }

    /// This process's memory: gone when it ends.
    pub fn memory() -> Self {
        Self(Arc::new(Place::Memory(Mutex::default())))
    }

    /// The secret of a connection.
    pub async fn get(&self, connection: &str) -> Result<SecretString, SecretError> {
        let account = account(connection);
        match &*self.0 {
            Place::Keyring(keyring) => keyring.get(account).await,
            Place::Environment(lookup) => environment::get(lookup, &account),
            Place::Memory(secrets) => {
                let secrets = secrets.lock().unwrap_or_else(PoisonError::into_inner);
                secrets.get(&account).cloned().ok_or(SecretError::NotFound)
            }
        }
    }

    /// Keeps the secret of a connection, in place of an earlier one.
    pub async fn set(&self, connection: &str, secret: SecretString) -> Result<(), SecretError> {
        let account = account(connection);
        match &*self.0 {
            Place::Keyring(keyring) => keyring.set(account, secret).await,
            Place::Environment(_) => Err(SecretError::ReadOnly {
                variable: environment_variable(&account),
            }),
            Place::Memory(secrets) => {
                secrets
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(account, secret);
                Ok(())
            }
        }
    }

    /// Removes the secret of a connection. That there is none is no error.
    pub async fn delete(&self, connection: &str) -> Result<(), SecretError> {
        let account = account(connection);
        match &*self.0 {
            Place::Keyring(keyring) => keyring.delete(account).await,
            Place::Environment(_) => Err(SecretError::ReadOnly {
                variable: environment_variable(&account),
            }),
            Place::Memory(secrets) => {
                secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
                Ok(())
            }
        }
    }

    /// Whether secrets can be read now. Never makes the keyring ask the user.
    pub async fn probe(&self) -> SecretStoreState {
        let place = self.place().to_owned();
        match &*self.0 {
            Place::Keyring(keyring) => match keyring.probe().await {
                Ok(()) => SecretStoreState::Ready { place },
                Err(error @ SecretError::Locked) => SecretStoreState::Locked { advice: error.advice() },
                Err(error) => SecretStoreState::Unavailable { advice: error.advice() },
            },
            Place::Environment(_) | Place::Memory(_) => SecretStoreState::Ready { place },
        }
    }

    /// The place, in words.
    pub fn place(&self) -> &'static str {
        match &*self.0 {
            Place::Keyring(_) => "the system keyring",
            Place::Environment(_) => "environment variables",
            Place::Memory(_) => "memory, until Cliffhangarr ends",
        }
    }

    /// Whether nothing can be written.
    pub fn is_read_only(&self) -> bool {
        matches!(&*self.0, Place::Environment(_))
    }
}

impl fmt::Debug for SecretStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SecretStore").field(&self.place()).finish()
    }
}

/// Connection names differ by more than case, so case does not matter here either.
fn account(connection: &str) -> String {
    connection.trim().to_lowercase()
}
