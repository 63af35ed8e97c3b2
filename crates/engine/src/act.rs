//! Single actions in Sonarr: each can be done twice without harm, and is verified.

use crate::rolling::PlayWatch;
use domain::ids::{EpisodeId, SeriesId};
use domain::plan::{DoomedFile, MonitoringChange};
use domain::series::{Episode, Series};
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;
use sonarr::{FileDeletion, SeriesEdit, SonarrClient};
use std::collections::BTreeMap;

/// Why an action is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ActError {
    /// Sonarr did not take it.
    #[error("{0}")]
    Remote(#[from] RemoteError),
    /// Sonarr took it, and then had something else.
    #[error("Sonarr did not keep the change; it may be refreshing the series.")]
    NotKept,
    /// Some of it is done.
    #[error("{0}")]
    Partly(String),
    /// It must wait, for the reason given.
    #[error("{0}")]
    NotNow(String),
}

/// Episodes of a series, all of them: a list with holes would hide what is to be protected.
pub(crate) async fn all_episodes(client: &SonarrClient, series: SeriesId) -> Result<Vec<Episode>, RemoteError> {
    let listing = client.episodes(series).await?;
    if let Some(reason) = listing.skipped.first() {
        return Err(RemoteError::BadAnswer {
            detail: format!("an episode could not be read: {reason}"),
        });
    }
    Ok(listing.items)
}

/// Brings flags to the wanted state and looks whether they stayed.
pub(crate) async fn set_monitoring(
    client: &SonarrClient,
    series: SeriesId,
    change: &MonitoringChange,
) -> Result<(), ActError> {
    let edit = SeriesEdit {
        monitored: change.series,
        new_items: change.new_items,
        seasons: change.seasons.clone(),
    };
    let edits_series = edit != SeriesEdit::default();
    if edits_series {
        client.edit_series(series, &edit).await?;
    }
    if change.episodes_on.is_empty() && change.episodes_off.is_empty() {
        return if edits_series {
            verify_series(client, series, change).await
        } else {
            Ok(())
        };
    }
    let episodes = all_episodes(client, series).await?;
    let on = differing(&episodes, &change.episodes_on, true);
    let off = differing(&episodes, &change.episodes_off, false);
    if !on.is_empty() {
        client.set_episodes_monitored(&on, true).await?;
    }
    if !off.is_empty() {
        client.set_episodes_monitored(&off, false).await?;
    }
    if !on.is_empty() || !off.is_empty() {
        let episodes = all_episodes(client, series).await?;
        let kept = differing(&episodes, &change.episodes_on, true).is_empty()
            && differing(&episodes, &change.episodes_off, false).is_empty();
        if !kept {
            return Err(ActError::NotKept);
        }
    }
    if edits_series {
        verify_series(client, series, change).await
    } else {
        Ok(())
    }
}

async fn verify_series(client: &SonarrClient, series: SeriesId, change: &MonitoringChange) -> Result<(), ActError> {
    let Some(now) = client.series(series).await? else {
        return Err(RemoteError::NotFound.into());
    };
    if is_kept(&now, change) {
        Ok(())
    } else {
        Err(ActError::NotKept)
    }
}

fn is_kept(series: &Series, change: &MonitoringChange) -> bool {
    let seasons = change
        .seasons
        .iter()
        .all(|(season, wanted)| series.seasons.get(season).is_none_or(|has| has == wanted));
    let new_items = match (change.new_items, series.new_items) {
        (Some(wanted), Some(has)) => wanted == has,
        // Sonarr v3 has no such setting.
        _ => true,
    };
    seasons && new_items && change.series.is_none_or(|wanted| series.monitored == wanted)
}

/// Those of `wanted` that exist and have another flag.
fn differing(episodes: &[Episode], wanted: &[EpisodeId], monitored: bool) -> Vec<EpisodeId> {
    let flags: BTreeMap<EpisodeId, bool> = episodes.iter().map(|episode| (episode.id, episode.monitored)).collect();
    wanted
        .iter()
        .copied()
        .filter(|id| flags.get(id).is_some_and(|has| *has != monitored))
        .collect()
}

/// How far a time by Sonarr's clock may be off.
pub(crate) const INEXACT: SignedDuration = SignedDuration::from_mins(5);

/// Looks whether a search that may have been sent before a crash has arrived. `started_at` tells when, by Sonarr's clock; it is
/// asked once an answer of Sonarr has told what time it is there.
pub(crate) async fn search_arrived(
    client: &SonarrClient,
    series: SeriesId,
    season: Option<i32>,
    episodes: &[EpisodeId],
    started_at: impl FnOnce() -> Timestamp,
) -> Result<bool, RemoteError> {
    let commands = client.commands().await?;
    let since = started_at() - INEXACT;
    let is_since = |at: Option<Timestamp>| at.is_some_and(|at| at >= since);
    let sent = commands.into_iter().any(|command| {
        is_since(command.queued)
            && match season {
                Some(season) => {
                    command.name == "SeasonSearch" && command.series == Some(series) && command.season == Some(season)
                }
                None => command.name == "EpisodeSearch" && episodes.iter().all(|id| command.episodes.contains(id)),
            }
    });
    if sent {
        return Ok(true);
    }
    let listed = client.episodes(series).await?.items;
    Ok(!episodes.is_empty()
        && episodes.iter().all(|id| {
            listed
                .iter()
                .any(|episode| episode.id == *id && is_since(episode.last_searched))
        }))
}

/// What became of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub files: u64,
    pub bytes: i64,
}

/// Deletes files whose episodes are off, and looks that they are gone. One failing file does not stop the others; somebody
/// who begins to play one of those left does. What was deleted is noted in `deleted`, however it ends.
pub(crate) async fn delete_files(
    client: &SonarrClient,
    series: SeriesId,
    files: &[DoomedFile],
    watch: &mut PlayWatch<'_>,
    deleted: &mut Deleted,
) -> Result<(), ActError> {
    let episodes = all_episodes(client, series).await?;
    let mut failures = Vec::new();
    for (index, file) in files.iter().enumerate() {
        watch.look(&files[index..]).await?;
        let held: Vec<&Episode> = episodes
            .iter()
            .filter(|episode| episode.file == Some(file.id))
            .collect();
        if held.iter().any(|episode| !file.episodes.contains(&episode.at)) {
            return Err(ActError::NotNow(format!(
                "A file of {} now holds other episodes than planned; it is kept.",
                domain::wanting::spell(&file.episodes)
            )));
        }
        if held.iter().any(|episode| episode.monitored) {
            return Err(ActError::NotKept);
        }
        match client.delete_file(file.id).await {
            Ok(FileDeletion::Deleted) => {
                deleted.files += 1;
                deleted.bytes += file.size;
            }
            Ok(FileDeletion::AlreadyGone) => {}
            Err(error @ RemoteError::Conflict { .. }) => return Err(error.into()),
            Err(error) => failures.push(format!("{}: {error}", domain::wanting::spell(&file.episodes))),
        }
    }
    let left = all_episodes(client, series).await?;
    let still_there = files
        .iter()
        .any(|file| left.iter().any(|episode| episode.file == Some(file.id)));
    if still_there && failures.is_empty() {
        // Sonarr deleted them and did not notice; a scan of its disk mends that.
        client.rescan(series).await?;
        return Err(ActError::NotKept);
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(ActError::Partly(failures.join(" ")))
    }
}
