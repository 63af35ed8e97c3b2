//! Secrets from environment variables.

use super::SecretError;
use secrecy::SecretString;
use std::ffi::OsString;

/// Looks an environment variable up.
pub(super) type Lookup = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// The environment variable with the secret of a connection: `CLIFFHANGARR_SECRET_MY_PLEX` for "my plex". Names that
/// differ only in other characters than ASCII letters and digits share one, so they must not be used side by side.
pub fn environment_variable(connection: &str) -> String {
    let name: String = connection
        .trim()
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    format!("CLIFFHANGARR_SECRET_{name}")
}

pub(super) fn get(lookup: &Lookup, connection: &str) -> Result<SecretString, SecretError> {
    let value = lookup(&environment_variable(connection)).ok_or(SecretError::NotFound)?;
    let text = value
        .into_string()
        .map_err(|_| SecretError::Unavailable(format!("{} is not UTF-8", environment_variable(connection))))?;
    // Files that are read into variables end with a line feed.
    match text.trim() {
        "" => Err(SecretError::NotFound),
        text => Ok(SecretString::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_character_becomes_an_underscore() {
        assert_eq!(environment_variable("my plex"), "CLIFFHANGARR_SECRET_MY_PLEX");
        assert_eq!(environment_variable(" Sonarr-4K "), "CLIFFHANGARR_SECRET_SONARR_4K");
        assert_eq!(environment_variable("Büro"), "CLIFFHANGARR_SECRET_B_RO");
    }
}
