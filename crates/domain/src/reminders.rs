//! What becomes of remembered things when their time has come: nobody needs to be playing for it.

use crate::ids::EpisodeId;
use crate::monitoring::RollingShow;
use crate::plan::{Action, Decision, Reason, Reminder, ReminderAbout, Subject};
use crate::rolling;
use crate::series::Episode;
use crate::standard::next_season;
use crate::wanting::{Circumstances, Extent, airing_look, later, listing_pause, spell, wish};
use crate::watching::SEARCH_MEMORY;
use jiff::{SignedDuration, Timestamp};

/// How long a sent search is given before its outcome is looked at for the first time.
pub const OUTCOME_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// Pauses between looks while something is downloading.
const DOWNLOAD_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How often something that was not found is searched again before giving up.
pub const MAX_TRIES: u32 = 4;

/// Decides about a due reminder. The reminder itself is done with; the decision names new ones where needed.
pub fn decide(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    show: Option<&RollingShow>,
    standard_monitoring: bool,
) -> Decision {
    let looked_after = show.is_some() || standard_monitoring;
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
                sent_at: *sent_at,
            };
            search_outcome(around, subject, reminder, search, looked_after)
        }
        ReminderAbout::SeasonListed { .. } | ReminderAbout::EpisodesAired { .. } if !looked_after => {
            switched_off(subject)
        }
        ReminderAbout::SeasonListed { season } => season_listed(around, subject, reminder, *season, show),
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
    let mut outcome = wish(around, season, &wanted, Extent::Episodes);
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

/// A search whose outcome is looked at.
#[derive(Debug, Clone, Copy)]
struct Search<'a> {
    season: i32,
    episodes: &'a [EpisodeId],
    whole_season: bool,
    sent_at: Timestamp,
}

impl Search<'_> {
    /// The reminder to look again.
    fn follow(self, around: Circumstances<'_>, reminder: &Reminder, left: &[&Episode], due_at: Timestamp) -> Reminder {
        Reminder {
            series: around.snapshot.series.key,
            about: ReminderAbout::SearchOutcome {
                season: self.season,
                episodes: left.iter().map(|episode| episode.id).collect(),
                whole_season: self.whole_season,
                sent_at: self.sent_at,
            },
            due_at,
            attempts: reminder.attempts,
            viewer: reminder.viewer.clone(),
        }
    }
}

fn search_outcome(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    search: Search<'_>,
    looked_after: bool,
) -> Decision {
    let season = search.season;
    let nothing = |reason, detail: String| Decision::nothing(subject.clone(), reason, detail);
    let missing = still_wanted(around, search.episodes);
    if missing.is_empty() {
        let arrived = |episode: &Episode| search.episodes.contains(&episode.id) && episode.file.is_some();
        return if around.snapshot.episodes.iter().any(arrived) {
            nothing(
                Reason::SearchSucceeded,
                format!("What was searched of season {season} is there."),
            )
        } else {
            nothing(
                Reason::Moot,
                format!("What was searched of season {season} is gone or no longer monitored."),
            )
        };
    }
    let spelled = |episodes: &[&Episode]| spell(&episodes.iter().map(|episode| episode.at).collect::<Vec<_>>());
    let idle: Vec<&Episode> = missing
        .iter()
        .copied()
        .filter(|episode| !around.snapshot.is_queued(episode.id))
        .collect();
    if idle.is_empty() {
        let mut decision = nothing(
            Reason::AlreadyQueued,
            format!("{} is being downloaded.", spelled(&missing)),
        );
        decision
            .reminders
            .push(search.follow(around, reminder, &missing, later(around.now, DOWNLOAD_PAUSE)));
        return decision;
    }
    if !looked_after {
        return switched_off(subject);
    }
    if reminder.attempts + 1 >= MAX_TRIES {
        return nothing(
            Reason::GaveUp,
            format!(
                "{} was not found in {MAX_TRIES} searches. Sonarr still takes it when it turns up.",
                spelled(&missing)
            ),
        );
    }
    let due = idle.iter().map(|episode| search_due(around, episode));
    let next_search = due.fold(
        later(search.sent_at, pause_before_try(reminder.attempts + 1)),
        Timestamp::max,
    );
    if next_search > around.now {
        let mut decision = nothing(
            Reason::SearchedRecently,
            format!(
                "Nothing was found for {} so far; it is searched again later.",
                spelled(&idle)
            ),
        );
        decision
            .reminders
            .push(search.follow(around, reminder, &missing, next_search));
        return decision;
    }
    let mut decision = nothing(
        Reason::SearchAgain,
        if search.whole_season {
            format!(
                "The search for season {season} did not bring all of it: searching for {}.",
                spelled(&idle)
            )
        } else {
            format!("{} is still missing: searching again.", spelled(&idle))
        },
    );
    decision.actions.push(Action::SearchEpisodes {
        episodes: idle.iter().map(|episode| episode.id).collect(),
        positions: idle.iter().map(|episode| episode.at).collect(),
    });
    let repeated = Search {
        whole_season: false,
        sent_at: around.now,
        ..search
    };
    let mut next = repeated.follow(around, reminder, &missing, later(around.now, OUTCOME_PAUSE));
    next.attempts += 1;
    decision.reminders.push(next);
    decision
}

/// When an episode may be searched again at the earliest: another search may have covered it since, and dates move.
fn search_due(around: Circumstances<'_>, episode: &Episode) -> Timestamp {
    let aired = if episode.has_aired(around.now) {
        Timestamp::MIN
    } else {
        airing_look(around, episode)
    };
    around
        .recent
        .last_sent(episode)
        .map_or(aired, |sent| later(sent, SEARCH_MEMORY).max(aired))
}

/// Seven days, then twice and four times as long.
fn pause_before_try(attempt: u32) -> SignedDuration {
    SEARCH_MEMORY * (1_i32 << attempt.saturating_sub(1).min(3))
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
