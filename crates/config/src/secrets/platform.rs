//! What differs between platforms: which keyring there is, and what its errors mean.

use super::SecretError;
use keyring_core::{CredentialStore, Error};
use std::sync::Arc;

#[cfg(target_os = "linux")]
pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NotSupportedByStore(
        "this platform has no keyring that Cliffhangarr knows".to_owned(),
    ))
}

/// Whether secrets could be read now. Does not make the keyring ask the user.
#[cfg(target_os = "linux")]
pub(super) fn probe() -> Result<(), SecretError> {
    use secret_service::{EncryptionType, blocking::SecretService};
    let locked = SecretService::connect(EncryptionType::Plain)
        .and_then(|service| service.get_default_collection()?.is_locked())
        .map_err(|error| read(&error))?;
    if locked { Err(SecretError::Locked) } else { Ok(()) }
}

/// Whether secrets could be read now. Does not make the keyring ask the user.
#[cfg(not(target_os = "linux"))]
pub(super) fn probe() -> Result<(), SecretError> {
    connect().map(drop).map_err(classify)
}

/// What an error of the keyring means for us. Secrets that are part of one do not go on.
pub(super) fn classify(error: Error) -> SecretError {
    match error {
        Error::NoEntry => SecretError::NotFound,
        Error::NoStorageAccess(source) | Error::PlatformFailure(source) => classify_source(source.as_ref()),
        Error::BadEncoding(_) | Error::BadDataFormat(_, _) => {
            SecretError::Unavailable("what is stored there is no text".to_owned())
        }
        Error::Ambiguous(_) => SecretError::Unavailable("it holds several secrets for this connection".to_owned()),
        other => SecretError::Unavailable(other.to_string()),
    }
}

#[cfg(target_os = "linux")]
fn classify_source(source: &(dyn std::error::Error + Send + Sync + 'static)) -> SecretError {
    match source.downcast_ref::<secret_service::Error>() {
        Some(error) => read(error),
        None => SecretError::Unavailable(source.to_string()),
    }
}

#[cfg(target_os = "linux")]
fn read(error: &secret_service::Error) -> SecretError {
    use secret_service::Error;
    let text = error.to_string();
    match error {
        // A prompt that was dismissed and one that could not be shown look the same.
        Error::Locked | Error::Prompt => SecretError::Locked,
        Error::NoResult => SecretError::Unavailable("it has no default collection".to_owned()),
        Error::Unavailable => SecretError::Unavailable("no secret service is running".to_owned()),
        _ if text.contains("Secret.Error.IsLocked") => SecretError::Locked,
        _ if text.contains("AccessDenied") => SecretError::Denied(text),
        _ if text.contains("ServiceUnknown") => SecretError::Unavailable("no secret service is running".to_owned()),
        _ => SecretError::Unavailable(text),
    }
}

/// macOS says "no access" for a keychain that is locked or may not be asked for now.
#[cfg(target_os = "macos")]
fn classify_source(source: &(dyn std::error::Error + Send + Sync + 'static)) -> SecretError {
    let text = source.to_string();
    // errSecAuthFailed; the user refused.
    if text.contains("-25293") || text.contains("denied") {
        SecretError::Denied(text)
    } else {
        SecretError::Locked
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn classify_source(source: &(dyn std::error::Error + Send + Sync + 'static)) -> SecretError {
    SecretError::Unavailable(source.to_string())
}
