//! What deleting files frees: Sonarr may keep them in its recycle bin for a while.

use crate::core::Core;
use crate::error::RequestError;
use crate::links::Link;
use domain::series::Series;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::StoreError;

const RECYCLED: &str = "storageRecycled";

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

/// What was deleted at some time from a folder that was short of space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Recycled {
    at: Timestamp,
    bytes: i64,
}

impl Core {
    /// Remembers what was deleted of a series while its folder is short of space: in a recycle bin it goes on taking space.
    pub(super) async fn note_recycled(&self, link: &Link, series: &Series, bytes: i64) -> Result<(), StoreError> {
        if bytes == 0 {
            return Ok(());
        }
        let Some(place) = self.place_under_pressure(link, series).await? else {
            return Ok(());
        };
        let mut recycled = self.recycled().await?;
        let at = self.now();
        recycled.entry(place).or_default().push(Recycled { at, bytes });
        self.store_as_json(RECYCLED, &recycled).await
    }

    /// How much of what was deleted from a folder since it is short of space still waits in a recycle bin. It counts as freed:
    /// else more would go at every look, until nothing is left.
    pub(super) async fn waiting_in_bin(&self, link: &Link, place: &str) -> Result<i64, RequestError> {
        let kept_for = match self.recycling_of(link).await? {
            Recycling::FreedAtOnce => return Ok(0),
            Recycling::FreedAfter { days } => SignedDuration::from_hours(24 * days),
            Recycling::NotFreed => SignedDuration::MAX,
        };
        let now = self.now();
        let recycled = self.recycled().await?.remove(place).unwrap_or_default();
        let waiting = recycled.iter().filter(|one| now.duration_since(one.at) < kept_for);
        Ok(waiting.map(|one| one.bytes).sum())
    }

    /// Forgets what was deleted from folders that are short of space no longer.
    pub(super) async fn forget_recycled(&self, is_over: impl Fn(&str) -> bool + Send) -> Result<(), StoreError> {
        let mut recycled = self.recycled().await?;
        let before = recycled.len();
        recycled.retain(|place, _| !is_over(place));
        if recycled.len() == before {
            return Ok(());
        }
        self.store_as_json(RECYCLED, &recycled).await
    }

    async fn recycled(&self) -> Result<BTreeMap<String, Vec<Recycled>>, StoreError> {
        let text = self.store.meta(RECYCLED).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// When the space of files that are deleted in a Sonarr is free.
    pub(crate) async fn recycling(&self, instance: &str) -> Result<Recycling, RequestError> {
        let link = self.instance_named(instance)?;
        self.recycling_of(&link).await
    }

    async fn recycling_of(&self, link: &Link) -> Result<Recycling, RequestError> {
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
