//! Why a secret cannot be read or kept.

/// A failure of the secret store. None of them is final: the next call tries anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing is kept under the name.
    #[error("No secret is stored for this connection")]
    NotFound,
    /// The keyring is locked, and nobody unlocked it.
    #[error("The keyring is locked")]
    Locked,
    /// There is no keyring, or it does not work.
    #[error("The keyring is not available ({0})")]
    Unavailable(String),
    /// The keyring refuses Cliffhangarr.
    #[error("The keyring refused ({0})")]
    Denied(String),
    /// Secrets come from the environment and cannot be written.
    #[error("Secrets come from environment variables, which Cliffhangarr does not write")]
    ReadOnly {
        /// The variable that holds, or would hold, the secret.
        variable: String,
    },
    /// The keyring did not answer in time; it may be asking the user. What was asked of it may still happen.
    #[error("The keyring has not answered yet")]
    Timeout,
}

impl SecretError {
    /// What to do about it, as a sentence for people.
    pub fn advice(&self) -> String {
        match self {
            Self::NotFound => "Enter the token or API key again.".to_owned(),
            Self::Locked => "Unlock the keyring; logging in to the desktop with your password usually does.".to_owned(),
            Self::Unavailable(reason) if cfg!(target_os = "linux") => format!(
                "Start a secret service such as GNOME Keyring or KWallet, or use environment variables with \
                 --secret-store env. ({reason})"
            ),
            Self::Unavailable(reason) => {
                format!("Log in to the desktop, or use environment variables with --secret-store env. ({reason})")
            }
            Self::Denied(_) => "Allow Cliffhangarr to use the keyring, in the keyring's own settings.".to_owned(),
            Self::ReadOnly { variable } => format!("Change the environment variable {variable}."),
            Self::Timeout => "Look for a window of the keyring that asks for your password.".to_owned(),
        }
    }
}
