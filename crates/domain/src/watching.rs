//! What a session means before any Sonarr is asked: whether it counts, for whom, and where it is in a season.

use crate::ids::{EpisodeId, EpisodeRef};
use crate::plan::{Reason, Subject};
use crate::series::{Episode, SeriesSnapshot};
use crate::session::{ItemKind, PlaybackSession, ShowReference, Viewer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long something must have been watched before it counts.
pub const COUNTS_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// How long a sent search forbids another one for the same season or episode.
pub const SEARCH_MEMORY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Searches of one series that were sent within [`SEARCH_MEMORY`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentSearches {
    /// Whole seasons, by number.
    pub seasons: BTreeMap<i32, Timestamp>,
    /// Single episodes.
    pub episodes: BTreeMap<EpisodeId, Timestamp>,
}

impl RecentSearches {
    /// Whether a search that covered the episode was sent lately.
    pub fn covers(&self, episode: &Episode, now: Timestamp) -> bool {
        self.last_sent(episode, now)
            .is_some_and(|sent| now.duration_since(sent) < SEARCH_MEMORY)
    }

    /// When the latest search that covered the episode was sent. A season search from before the episode aired did not: it
    /// could not find it. What was sent far in the future was sent by a clock that has been set right since, and hides
    /// nothing.
    pub fn last_sent(&self, episode: &Episode, now: Timestamp) -> Option<Timestamp> {
        let with_season = self
            .seasons
            .get(&episode.at.season)
            .filter(|sent| episode.airs.is_none_or(|airs| airs <= **sent));
        [self.episodes.get(&episode.id), with_season]
            .into_iter()
            .flatten()
            .filter(|sent| sent.duration_since(now) < SEARCH_MEMORY)
            .max()
            .copied()
    }
}

/// Somebody watched an episode that counts: all that is needed to decide about it, now or when a Sonarr answers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The show, with all ids that are known.
    pub show: ShowReference,
    /// Who watched what.
    pub watched: Watched,
    /// The same in words.
    pub subject: Subject,
}

/// A session that counts: an episode, watched long enough, by somebody known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Who.
    pub viewer: Viewer,
    /// The last episode of the item: all numbers of a multi-episode item count as watched.
    pub at: EpisodeRef,
    /// Every episode of the item.
    pub episodes: Vec<EpisodeRef>,
}

impl Watched {
    /// The same with every episode that shares a file with it: media servers name only one episode of such a file.
    #[must_use]
    pub fn with_file_mates(&self, snapshot: &SeriesSnapshot) -> Self {
        let files: Vec<_> = self
            .episodes
            .iter()
            .filter_map(|at| snapshot.episode(*at))
            .filter_map(|episode| episode.file)
            .collect();
        let mut episodes = self.episodes.clone();
        episodes.extend(
            snapshot
                .season_episodes(self.at.season)
                .filter(|episode| episode.file.is_some_and(|file| files.contains(&file)))
                .map(|episode| episode.at),
        );
        episodes.sort();
        episodes.dedup();
        let at = episodes.last().copied().unwrap_or(self.at);
        Self {
            viewer: self.viewer.clone(),
            at,
            episodes,
        }
    }
}

/// Why a session does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWatched {
    /// Why.
    pub reason: Reason,
    /// Why, for people.
    pub detail: String,
}

/// Decides whether a session counts. `seen_for` is how long it has been observed.
///
/// # Errors
/// The reason and a sentence when it does not count.
pub fn screen(session: &PlaybackSession, seen_for: SignedDuration) -> Result<Watched, NotWatched> {
    let no = |reason, detail: &str| {
        Err(NotWatched {
            reason,
            detail: detail.to_owned(),
        })
    };
    match &session.item.kind {
        ItemKind::Episode => {}
        ItemKind::Movie => return no(Reason::NotAnEpisode, "A film: only episodes matter here."),
        ItemKind::Track => return no(Reason::NotAnEpisode, "Music: only episodes matter here."),
        ItemKind::LiveTv => {
            return no(
                Reason::NotAnEpisode,
                "Live television does not belong to a series in the library.",
            );
        }
        ItemKind::Clip => {
            return no(
                Reason::NotAnEpisode,
                "A trailer, preroll or extra: only episodes matter here.",
            );
        }
        ItemKind::Download => {
            return no(
                Reason::NotAnEpisode,
                "A download is being prepared: nobody is watching.",
            );
        }
        ItemKind::Other(_) => return no(Reason::NotAnEpisode, "Not an episode of a series."),
    }
    let Some(season) = session.item.season else {
        return no(
            Reason::IncompleteSession,
            "The media server did not say which season this is.",
        );
    };
    if season == 0 {
        return no(Reason::Special, "Specials have no place in the order of a series.");
    }
    let Some(&last) = session.item.episodes.iter().max() else {
        return no(
            Reason::IncompleteSession,
            "The media server did not say which episode this is.",
        );
    };
    let offset = SignedDuration::from_millis(session.view_offset_ms.unwrap_or(0));
    if offset.max(seen_for) < COUNTS_AFTER {
        return no(Reason::TooEarly, "Watched for less than 30 seconds so far.");
    }
    let Some(viewer) = session.viewer.clone() else {
        return no(Reason::UnknownViewer, "The media server did not say who is watching.");
    };
    Ok(Watched {
        viewer,
        at: EpisodeRef { season, episode: last },
        episodes: session
            .item
            .episodes
            .iter()
            .map(|&episode| EpisodeRef { season, episode })
            .collect(),
    })
}

/// Whether a viewer may trigger anything: the filter is empty, or names the account id or (in any case) the name.
pub fn is_allowed(filter: &[String], account: &str, name: Option<&str>) -> bool {
    filter.is_empty()
        || filter.iter().any(|entry| {
            let entry = entry.trim();
            // A blank entry names nobody, not even somebody without a name.
            !entry.is_empty()
                && (entry == account || name.is_some_and(|name| name.trim().to_lowercase() == entry.to_lowercase()))
        })
}

/// A position in a season as Sonarr lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// Episodes after the current one, ascending, in Sonarr's own list.
    pub after: Vec<&'a Episode>,
    /// The next higher season number that Sonarr lists.
    pub next_season: Option<i32>,
}

/// Finds a position in Sonarr's list; `None` when Sonarr does not know such an episode.
///
/// A number inside a gap of the season is accepted: the media server may have an episode that Sonarr lacks. A number past
/// the season's last one is not: the two count differently, and nothing can be said.
pub fn place(snapshot: &SeriesSnapshot, at: EpisodeRef) -> Option<Place<'_>> {
    let numbers = || snapshot.season_episodes(at.season).map(|episode| episode.at.episode);
    let (lowest, highest) = (numbers().min()?, numbers().max()?);
    if at.episode < lowest || at.episode > highest {
        return None;
    }
    let listed = snapshot.series.seasons.keys().copied();
    let with_episodes = snapshot.episodes.iter().map(|episode| episode.at.season);
    Some(Place {
        after: snapshot
            .season_episodes(at.season)
            .filter(|episode| episode.at.episode > at.episode)
            .collect(),
        next_season: listed.chain(with_episodes).filter(|&season| season > at.season).min(),
    })
}
