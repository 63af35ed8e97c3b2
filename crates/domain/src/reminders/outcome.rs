//! What became of a search.

use super::{DOWNLOAD_PAUSE, MAX_TRIES, OUTCOME_PAUSE, Progress, ReminderFacts, still_wanted, switched_off};
use crate::ids::EpisodeId;
use crate::plan::{Action, Decision, Reason, Reminder, ReminderAbout, Subject};
use crate::series::Episode;
use crate::wanting::{Circumstances, airing_look, later, spell};
use crate::watching::SEARCH_MEMORY;
use crate::wording;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The longest pause between looks at what is downloading.
const LONGEST_DOWNLOAD_PAUSE: SignedDuration = SignedDuration::from_hours(12);
/// A download that takes longer is worth a word.
const LONG_DOWNLOAD: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A search whose outcome is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub season: i32,
    pub episodes: &'a [EpisodeId],
    pub whole_season: bool,
    pub sent_at: Timestamp,
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

pub(super) fn search_outcome(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    search: Search<'_>,
    facts: ReminderFacts<'_>,
) -> Decision {
    let missing = still_wanted(around, search.episodes);
    if missing.is_empty() {
        return nothing_left(around, subject, search);
    }
    let idle: Vec<&Episode> = missing
        .iter()
        .copied()
        .filter(|episode| !around.snapshot.is_queued(episode.id))
        .collect();
    if idle.is_empty() {
        return downloading(around, subject, reminder, search, &missing);
    }
    if facts.show.is_none() && !facts.settings.standard_monitoring {
        return switched_off(subject);
    }
    let nothing = |reason, detail: String| Decision::nothing(subject.clone(), reason, detail);
    if reminder.attempts + 1 >= MAX_TRIES {
        return nothing(Reason::GaveUp, given_up(&idle, facts.progress));
    }
    let due = idle.iter().map(|episode| search_due(around, episode));
    let next_search = due.fold(
        later(search.sent_at, pause_before_try(reminder.attempts + 1)),
        Timestamp::max,
    );
    if next_search > around.now {
        let mut decision = nothing(
            Reason::SearchedRecently,
            format!("{}; it is searched again later.", what_came(&idle, facts.progress)),
        );
        decision
            .reminders
            .push(search.follow(around, reminder, &missing, next_search));
        return decision;
    }
    if !facts.is_needed(reminder, around.now) {
        return nothing(
            Reason::Moot,
            format!(
                "Nobody is watching it any more: {} is not searched again.",
                spelled(&idle)
            ),
        );
    }
    search_again(around, subject, reminder, search, &missing, &idle)
}

/// Nothing of what was searched is wanted any more.
fn nothing_left(around: Circumstances<'_>, subject: &Subject, search: Search<'_>) -> Decision {
    let season = search.season;
    let arrived = |episode: &Episode| search.episodes.contains(&episode.id) && episode.file.is_some();
    let (reason, detail) = if around.snapshot.episodes.iter().any(arrived) {
        (
            Reason::SearchSucceeded,
            format!("What was searched of season {season} is there."),
        )
    } else {
        (
            Reason::Moot,
            format!("What was searched of season {season} is gone or no longer monitored."),
        )
    };
    Decision::nothing(subject.clone(), reason, detail)
}

/// All that is missing is being downloaded. The longer that takes, the less often it is looked at.
fn downloading(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    search: Search<'_>,
    missing: &[&Episode],
) -> Decision {
    let taking = around.now.duration_since(search.sent_at);
    let what = spelled(missing);
    let detail = if taking >= LONG_DOWNLOAD {
        let days = wording::counted(taking.as_hours() / 24, "day");
        format!("{what} has been downloading for {days}; it may be stuck. Have a look at Sonarr's queue.")
    } else {
        format!("{what} is being downloaded.")
    };
    let mut decision = Decision::nothing(subject.clone(), Reason::AlreadyQueued, detail);
    let pause = taking.clamp(DOWNLOAD_PAUSE, LONGEST_DOWNLOAD_PAUSE);
    decision
        .reminders
        .push(search.follow(around, reminder, missing, later(around.now, pause)));
    decision
}

fn search_again(
    around: Circumstances<'_>,
    subject: &Subject,
    reminder: &Reminder,
    search: Search<'_>,
    missing: &[&Episode],
    idle: &[&Episode],
) -> Decision {
    let detail = if search.whole_season {
        format!(
            "The search for season {} did not bring all of it: searching for {}.",
            search.season,
            spelled(idle)
        )
    } else {
        format!("{} is still missing: searching again.", spelled(idle))
    };
    let mut decision = Decision::nothing(subject.clone(), Reason::SearchAgain, detail);
    decision.actions.push(Action::SearchEpisodes {
        episodes: idle.iter().map(|episode| episode.id).collect(),
        positions: idle.iter().map(|episode| episode.at).collect(),
    });
    let repeated = Search {
        whole_season: false,
        sent_at: around.now,
        ..search
    };
    let mut next = repeated.follow(around, reminder, missing, later(around.now, OUTCOME_PAUSE));
    next.attempts += 1;
    decision.reminders.push(next);
    decision
}

fn spelled(episodes: &[&Episode]) -> String {
    spell(&episodes.iter().map(|episode| episode.at).collect::<Vec<_>>())
}

/// What became of the search for episodes that are neither there nor being downloaded: a clause for each kind.
fn what_came(idle: &[&Episode], progress: &BTreeMap<EpisodeId, Progress>) -> String {
    let of_kind = |kind: Option<Progress>| {
        let mine: Vec<&Episode> = idle
            .iter()
            .copied()
            .filter(|episode| progress.get(&episode.id).copied() == kind)
            .collect();
        let what = spelled(&mine);
        let clause = match kind {
            None => format!("Nothing was found for {what} so far"),
            Some(Progress::Grabbed) => format!("{what} was grabbed, but is not being downloaded any more"),
            Some(Progress::DownloadFailed) => format!("{what} was grabbed, but the download failed"),
            Some(Progress::Imported) => format!("{what} was imported, but its file is gone"),
        };
        (!mine.is_empty()).then_some(clause)
    };
    let kinds = [
        None,
        Some(Progress::Grabbed),
        Some(Progress::DownloadFailed),
        Some(Progress::Imported),
    ];
    kinds.into_iter().filter_map(of_kind).collect::<Vec<_>>().join("; ")
}

fn given_up(idle: &[&Episode], progress: &BTreeMap<EpisodeId, Progress>) -> String {
    if idle.iter().all(|episode| !progress.contains_key(&episode.id)) {
        return format!(
            "{} was not found in {MAX_TRIES} searches. Sonarr still takes it when it turns up.",
            spelled(idle)
        );
    }
    format!(
        "{}, and {MAX_TRIES} searches did not bring it. Sonarr still takes it when it turns up.",
        what_came(idle, progress)
    )
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
        .last_sent(episode, around.now)
        .map_or(aired, |sent| later(sent, SEARCH_MEMORY).max(aired))
}

/// Seven days, then twice and four times as long.
fn pause_before_try(attempt: u32) -> SignedDuration {
    SEARCH_MEMORY * (1_i32 << attempt.saturating_sub(1).min(3))
}
