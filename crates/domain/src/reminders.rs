//! What becomes of remembered things when their time has come: nobody needs to be playing for it.

mod outcome;

use self::outcome::{Search, search_outcome};

use crate::ids::EpisodeId;
use crate::monitoring::RollingShow;
use crate::plan::{Action, Decision, Reason, Reminder, ReminderAbout, Subject};
use crate::rolling;
use crate::series::Episode;
use crate::settings::Settings;
use crate::standard::next_season;
use crate::wanting::{Circumstances, Extent, later, listing_pause, spell, wish};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How long a sent search is given before its outcome is looked at for the first time.
pub const OUTCOME_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// The pause before the first look at what is downloading; later ones grow.
pub const DOWNLOAD_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How often something that was not found is searched again before giving up.
pub const MAX_TRIES: u32 = 4;

/// How far Sonarr came with a search, as its history tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A release was grabbed.
    Grabbed,
    /// A release was grabbed, and its download failed.
    DownloadFailed,
    /// A release was imported.
    Imported,
}

/// What decides about a reminder besides the series.
#[derive(Debug, Clone, Copy)]
pub struct ReminderFacts<'a> {
    /// The master record, for rolling shows.
    pub show: Option<&'a RollingShow>,
    /// The settings.
    pub settings: &'a Settings,
    /// How far Sonarr came with the search that the reminder is about, by episode; those without are the ones of which
    /// nothing was found.
    pub progress: &'a BTreeMap<EpisodeId, Progress>,
}

impl ReminderFacts<'_> {
    /// Whether somebody still needs what a reminder is about. What came with the calendar is needed as long as the show is
    /// enrolled; what somebody watching asked for, as long as the show is watched.
    fn is_needed(&self, reminder: &Reminder, now: Timestamp) -> bool {
        let Some(show) = self.show else { return true };
        let window = SignedDuration::from_hours(24 * i64::from(self.settings.inactivity_reset_days));
        reminder.viewer.is_none()
            || show
                .last_watched_at
                .is_some_and(|watched| now.duration_since(watched) <= window)
    }
}

/// Decides about a due reminder. The reminder itself is done with; the decision names new ones where needed.
pub fn decide(around: Circumstances<'_>, subject: &Subject, reminder: &Reminder, facts: ReminderFacts<'_>) -> Decision {
    let looked_after = facts.show.is_some() || facts.settings.standard_monitoring;
    match &reminder.about {
        ReminderAbout::SearchOutcome {
            season,
            episodes,
            whole_season,
            sent_at,
        } => {
            let search = Search {
                season: *season,
                episodes,
                whole_season: *whole_season,
                // By a clock that has been set back since.
                sent_at: (*sent_at).min(around.now),
            };
            search_outcome(around, subject, reminder, search, facts)
        }
        ReminderAbout::SeasonListed { .. } | ReminderAbout::EpisodesAired { .. } if !looked_after => {
            switched_off(subject)
        }
        ReminderAbout::SeasonListed { season } => season_listed(around, subject, reminder, *season, facts.show),
        ReminderAbout::EpisodesAired { season, episodes } => {
            episodes_aired(around, subject, reminder, *season, episodes)
        }
    }
}

fn switched_off(subject: &Subject) -> Decision {
    Decision::nothing(
        subject.clone(),
        Reason::Moot,
        "Standard monitoring was switched off since.",
    )
}

fn season_listed(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    season: i32,
    show: Option<&RollingShow>,
) -> Decision {
    if !around.snapshot.series.seasons.contains_key(&season) && around.snapshot.season_episodes(season).next().is_none()
    {
        return Decision::nothing(
            subject.clone(),
            Reason::Moot,
            format!("Sonarr no longer lists season {season}."),
        );
    }
    let mut decision = match show {
        Some(show) => rolling::season_listed(around, subject, season, show),
        None => next_season(around, subject, season, Reason::NowListed, Vec::new()),
    };
    for next in &mut decision.reminders {
        if next.about == reminder.about {
            next.attempts = reminder.attempts + 1;
            next.due_at = later(around.now, listing_pause(next.attempts));
        }
    }
    decision
}

fn episodes_aired(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    season: i32,
    episodes: &[EpisodeId],
) -> Decision {
    let wanted: Vec<&Episode> = still_wanted(around, episodes);
    if wanted.is_empty() {
        return Decision::nothing(
            subject.clone(),
            Reason::Moot,
            format!("The remembered episodes of season {season} are there, gone, or no longer monitored."),
        );
    }
    let is_whole_season = wanted.len() == around.snapshot.season_episodes(season).count();
    let extent = if is_whole_season {
        Extent::WholeSeason
    } else {
        Extent::Episodes
    };
    let mut outcome = wish(around, season, &wanted, extent);
    for next in &mut outcome.reminders {
        if is_undated(around, next) {
            next.attempts = reminder.attempts + 1;
            next.due_at = later(around.now, listing_pause(next.attempts));
        }
    }
    let downloading: Vec<EpisodeId> = wanted
        .iter()
        .filter(|episode| episode.has_aired(around.now) && around.snapshot.is_queued(episode.id))
        .map(|episode| episode.id)
        .collect();
    if !downloading.is_empty() {
        // A download may fail, and then the search is still owed.
        outcome.reminders.push(Reminder {
            series: around.snapshot.series.key,
            about: ReminderAbout::EpisodesAired {
                season,
                episodes: downloading,
            },
            due_at: later(around.now, listing_pause(reminder.attempts)),
            attempts: reminder.attempts + 1,
            viewer: reminder.viewer.clone(),
        });
    }
    let reason = outcome.obstacle.unwrap_or(Reason::NowAired);
    let positions: Vec<_> = wanted.iter().map(|episode| episode.at).collect();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "of all reasons only these three are obstacles"
    )]
    let detail = match reason {
        Reason::NotAired => format!("{} has not aired yet.", spell(&positions)),
        Reason::AlreadyQueued => format!("{} has aired and is being downloaded already.", spell(&positions)),
        Reason::SearchedRecently => format!(
            "{} has aired and was searched within the last seven days.",
            spell(&positions)
        ),
        _ => format!("{} has aired and is missing: searching.", spell(&outcome.searched)),
    };
    Decision {
        subject: subject.clone(),
        reason,
        detail,
        // The flags are as the user or Sonarr left them since; only the search is still owed.
        actions: outcome.actions.into_iter().filter(Action::is_search).collect(),
        afterwards: Vec::new(),
        reminders: outcome.reminders,
    }
}

/// Whether nobody knows when the episodes of a reminder air.
fn is_undated(around: Circumstances<'_>, reminder: &Reminder) -> bool {
    let ReminderAbout::EpisodesAired { episodes, .. } = &reminder.about else {
        return false;
    };
    let mut mine = around
        .snapshot
        .episodes
        .iter()
        .filter(|episode| episodes.contains(&episode.id));
    mine.all(|episode| episode.airs.is_none())
}

/// The episodes that Sonarr still lists, still wants and still lacks. It wants nothing of an unmonitored series.
fn still_wanted<'a>(around: Circumstances<'a>, episodes: &[EpisodeId]) -> Vec<&'a Episode> {
    let wants = |episode: &Episode| around.snapshot.series.monitored && episode.monitored && episode.file.is_none();
    around
        .snapshot
        .episodes
        .iter()
        .filter(|episode| episodes.contains(&episode.id) && wants(episode))
        .collect()
}
