//! What deleting files frees: Sonarr may keep them in its recycle bin for a while.

use crate::core::Core;
use crate::error::RequestError;
use remote::RemoteError;

/// When the space of deleted files is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recycling {
    /// At once: there is no recycle bin.
    FreedAtOnce,
    /// When Sonarr empties its recycle bin of them.
    FreedAfter {
        /// So many days later.
        days: i64,
    },
    /// Not before somebody empties the recycle bin.
    NotFreed,
}

impl Recycling {
    /// The same as a sentence for a preview.
    pub fn sentence(self) -> String {
        match self {
            Self::FreedAtOnce => "The space is free at once.".to_owned(),
            Self::FreedAfter { days: 1 } => {
                "The files go to Sonarr's recycle bin, and the space is free after a day.".to_owned()
            }
            Self::FreedAfter { days } => {
                format!("The files go to Sonarr's recycle bin, and the space is free after {days} days.")
            }
            Self::NotFreed => {
                "The files go to Sonarr's recycle bin, and the space is free when somebody empties it.".to_owned()
            }
        }
    }
}

impl Core {
    /// When the space of files that are deleted in a Sonarr is free.
    pub(crate) async fn recycling(&self, instance: &str) -> Result<Recycling, RequestError> {
        let link = self.instance_named(instance)?;
        let Some((_, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized.into());
        };
        let answer = client.media_management().await;
        link.note(&answer, self.now());
        let management = answer?;
        Ok(match management.recycle_bin {
            None => Recycling::FreedAtOnce,
            Some(bin) if bin.trim().is_empty() => Recycling::FreedAtOnce,
            // Sonarr takes 0 days for "never".
            Some(_) if management.recycle_days <= 0 => Recycling::NotFreed,
            Some(_) => Recycling::FreedAfter {
                days: management.recycle_days,
            },
        })
    }
}
