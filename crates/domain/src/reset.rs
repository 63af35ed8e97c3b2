//! Bringing shows back to their baseline: those nobody watches any more, and those the user asks for.

use crate::baseline::{Baseline, ChangeToBaseline, change_to_baseline};
use crate::cleanup::{end_of_window, window};
use crate::ids::EpisodeRef;
use crate::monitoring::{RollingShow, TrackingEntry};
use crate::observed::ObservedTime;
use crate::plan::{Bookkeeping, Decision, Reason, Subject};
use crate::protection::{PlayingNow, Protection, of_show};
use crate::series::SeriesSnapshot;
use crate::settings::Settings;
use crate::wording;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What is known of a show when it may be reset.
#[derive(Debug, Clone, Copy)]
pub struct ResetFacts<'a> {
    /// What the decision is about.
    pub subject: &'a Subject,
    /// The master record.
    pub show: &'a RollingShow,
    /// The viewers' progress. Entries of other shows are ignored.
    pub entries: &'a [TrackingEntry],
    /// The series with its episodes and files.
    pub snapshot: &'a SeriesSnapshot,
    /// The settings.
    pub settings: &'a Settings,
    /// Everything of the show that is being played, filtered or not.
    pub playing: &'a [PlayingNow],
    /// What Sonarr's tags say.
    pub protection: &'a Protection,
    /// Which times are known.
    pub observed: &'a ObservedTime,
    /// The present moment.
    pub now: Timestamp,
    /// Where people count their days.
    pub zone: &'a TimeZone,
}

/// Whether anybody watches a show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// Somebody does, or did within `inactivityResetDays`.
    Active {
        /// When it was last watched.
        last: Timestamp,
        /// When it becomes inactive at the earliest.
        until: Timestamp,
    },
    /// Nobody did for `inactivityResetDays`, but part of that time is not known.
    Unknown {
        /// When it was last watched, as far as is known.
        last: Timestamp,
        /// Whole days of it that are known.
        observed_days: i64,
    },
    /// Nobody did for `inactivityResetDays` of observed time.
    Inactive {
        /// When it was last watched; `None` where it never was since it was enrolled or reset.
        last: Option<Timestamp>,
    },
    /// Never watched since it was enrolled or reset, and nothing in it came from us.
    NeverWatched,
}

impl Activity {
    /// Whether the show counts as inactive.
    pub fn is_inactive(&self) -> bool {
        matches!(self, Self::Inactive { .. })
    }
}

/// Whether anybody, filtered or not, watches a show; what is being played at this moment is the caller's matter.
///
/// A show that was never watched since it was enrolled counts from its expansion on, or from its enrollment where the user
/// agreed that the files from before may go. What was watched before the enrollment only protects: it says that somebody
/// may still be watching, not that the files from before are done with.
pub fn activity(
    show: &RollingShow,
    entries: &[TrackingEntry],
    settings: &Settings,
    observed: &ObservedTime,
    now: Timestamp,
) -> Activity {
    let Some((start, last_watched)) = left_alone_since(show, entries) else {
        return Activity::NeverWatched;
    };
    let until = end_of_window(start, settings);
    if now < until {
        return Activity::Active { last: start, until };
    }
    let seen = observed.observed_since(start, now);
    if seen < window(settings) || observed.open_gap().is_some() {
        return Activity::Unknown {
            last: start,
            observed_days: seen.as_hours() / 24,
        };
    }
    Activity::Inactive { last: last_watched }
}

/// From when on the time counts in which nobody watches a show, and when somebody last did since it was enrolled or reset.
/// `None` where it was never watched since, and nothing in it came from us.
pub(crate) fn left_alone_since(
    show: &RollingShow,
    entries: &[TrackingEntry],
) -> Option<(Timestamp, Option<Timestamp>)> {
    let viewings = entries
        .iter()
        .filter(|entry| entry.show == show.id)
        .map(|entry| entry.last_watched_at);
    let ever_watched = viewings.chain(show.last_watched_at).max();
    let last_watched = ever_watched.filter(|watched_at| *watched_at >= show.enrolled_at);
    let since_expansion = show.expanded_at.map(|expanded| expanded.max(show.enrolled_at));
    let consented = show
        .prior_files_may_go
        .then(|| show.reset_at.unwrap_or(show.enrolled_at).max(show.enrolled_at));
    let start = last_watched.or(since_expansion).or(consented)?;
    Some((
        ever_watched.map_or(start, |watched_at| watched_at.max(start)),
        last_watched,
    ))
}

/// Whether anybody watched a show since it was enrolled or, if it was reset since, since then.
pub fn was_watched_since_enrollment(show: &RollingShow, entries: &[TrackingEntry]) -> bool {
    let viewings = entries.iter().filter(|entry| entry.show == show.id);
    viewings
        .map(|entry| entry.last_watched_at)
        .chain(show.last_watched_at)
        .any(|watched_at| watched_at >= show.enrolled_at)
}

/// Decides whether a show is inactive and, where it is, brings it back to its baseline. Every other outcome says in its
/// reason why the show stays as it is.
pub fn inactivity(facts: &ResetFacts<'_>) -> Decision {
    let nothing = |reason, detail: String| Decision::nothing(facts.subject.clone(), reason, detail);
    if let Some(playing) = facts.playing.first() {
        return nothing(Reason::BeingPlayed, format!("{}.", capitalized(&playing.sentence())));
    }
    let activity = activity(facts.show, facts.entries, facts.settings, facts.observed, facts.now);
    if let Activity::Active { last, until } = activity {
        return nothing(Reason::StillActive, still_active(facts, last, until));
    }
    let reach = within_reach(facts);
    let change = change_to_baseline(&reach, facts.snapshot);
    let baseline = Baseline::of(facts.show.monitoring_type, facts.snapshot);
    let protected = of_show(facts.show, facts.protection);
    // Without anything beyond the baseline, switches for the future matter only where an expansion of ours may have set
    // them: Sonarr's own defaults differ from the baseline's and are no reason to touch a show.
    let matters = change.has_excess || (facts.show.expanded_at.is_some() && !change.is_empty());
    if protected.is_none() && !matters {
        if change_to_baseline(facts.show, facts.snapshot).has_excess {
            return nothing(Reason::NeverExpanded, THERE_BEFORE.to_owned());
        }
        let detail = format!("It is at its baseline: {}.", baseline.name());
        return nothing(Reason::AtBaseline, detail);
    }
    let last = match activity {
        Activity::NeverWatched => return nothing(Reason::NeverExpanded, THERE_BEFORE.to_owned()),
        Activity::Unknown { last, observed_days } => {
            return nothing(Reason::PastUnknown, past_unknown(facts, last, observed_days));
        }
        Activity::Active { last, .. } => Some(last),
        Activity::Inactive { last } => last,
    };
    if let Some(detail) = protected {
        return nothing(Reason::Protected, format!("It stays because {detail}."));
    }
    let because = capitalized(&nobody_since(facts, last));
    reset(facts, Reason::InactiveReset, &because, &reach, change)
}

/// "nobody has watched it since 26 November"
pub(crate) fn nobody_since(facts: &ResetFacts<'_>, last: Option<Timestamp>) -> String {
    match (last, facts.show.expanded_at) {
        (Some(last), _) => format!(
            "nobody has watched it since {}",
            wording::date(last, facts.now, facts.zone)
        ),
        (None, Some(_)) => "nobody has watched it since it was expanded".to_owned(),
        (None, None) => "nobody has watched it since it was enrolled".to_owned(),
    }
}

const THERE_BEFORE: &str = "Nobody has watched it since it was enrolled, and what is there was there before.";

/// The show as a reset for want of viewers may touch it. Where nobody has watched it since it was enrolled, and without the
/// user's consent, that is only what our expansions reached: whatever lies in later seasons was there before and is kept.
pub(crate) fn within_reach(facts: &ResetFacts<'_>) -> RollingShow {
    let mut show = facts.show.clone();
    let watched = was_watched_since_enrollment(&show, facts.entries);
    if watched || show.prior_files_may_go || show.expanded_at.is_none() {
        return show;
    }
    let reached = show.current_monitored_season;
    let listed = facts.snapshot.episodes.iter().map(|episode| episode.at.season);
    show.keep_seasons.extend(listed.filter(|season| *season > reached));
    show
}

/// Brings a show back to its baseline because the user asks for it. Refuses what no request may do: a show that is being
/// played, protected, or whose recent past is still to be read back. Where Sonarr has it at the baseline already, the
/// viewers' progress goes; where there is none, nothing is done.
pub fn plan_reset(facts: &ResetFacts<'_>) -> Decision {
    let nothing = |reason, detail: String| Decision::nothing(facts.subject.clone(), reason, detail);
    let change = change_to_baseline(facts.show, facts.snapshot);
    if let Some((reason, detail)) = refusal(facts, &change) {
        return nothing(reason, detail);
    }
    let baseline = Baseline::of(facts.show.monitoring_type, facts.snapshot);
    if change.is_empty() && !has_progress(facts) {
        return nothing(
            Reason::AtBaseline,
            format!("It is at its baseline: {}.", baseline.name()),
        );
    }
    reset(facts, Reason::ManualReset, "On request", facts.show, change)
}

/// Why a change to the baseline may not be made, not even on request.
pub(crate) fn refusal(facts: &ResetFacts<'_>, change: &ChangeToBaseline) -> Option<(Reason, String)> {
    if let Some(playing) = facts.playing.first() {
        return Some((Reason::BeingPlayed, format!("{}.", capitalized(&playing.sentence()))));
    }
    if let Some(detail) = of_show(facts.show, facts.protection) {
        return Some((Reason::Protected, format!("It stays because {detail}.")));
    }
    let gap = facts.observed.open_gap().filter(|_| !change.files.is_empty())?;
    let from = wording::date(gap.from, facts.now, facts.zone);
    let detail = format!(
        "What was played on {} since {from} is not known yet, so nothing is deleted.",
        gap.server
    );
    Some((Reason::PastUnknown, detail))
}

/// Files of all rolling shows, or those of them that a run would delete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: i64,
}

impl Amount {
    /// What decisions delete together.
    pub fn doomed<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Self {
        decisions
            .into_iter()
            .flat_map(Decision::doomed_files)
            .fold(Self::default(), |sum, file| Self {
                files: sum.files + 1,
                bytes: sum.bytes.saturating_add(file.size),
            })
    }
}

/// Whether a run that would delete `doomed` of the `rolling` files of all rolling shows has to ask first: more than `percent`
/// of them, by number or by size.
pub fn needs_confirmation(rolling: Amount, doomed: Amount, percent: u32) -> bool {
    let exceeds = |part: i128, whole: i128| part * 100 > whole * i128::from(percent);
    exceeds(i128::from(doomed.files), i128::from(rolling.files))
        || exceeds(i128::from(doomed.bytes), i128::from(rolling.bytes))
}

/// What an earlier "no" of the user makes of something that would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterRefusal {
    /// It stays for now.
    Stays {
        /// When the user decided against it, in words.
        since: String,
    },
    /// It goes only if the user says so.
    AskedFirst,
}

/// A time further ahead than this comes from a clock that was wrong.
const WRONG_CLOCK: SignedDuration = SignedDuration::from_mins(5);

/// What a "no" of the given time makes of the same: for `inactivityResetDays` it holds, and afterwards it is asked again.
pub fn after_refusal(refused_at: Timestamp, settings: &Settings, now: Timestamp, zone: &TimeZone) -> AfterRefusal {
    let holds = now < end_of_window(refused_at, settings) && refused_at.duration_since(now) <= WRONG_CLOCK;
    if holds {
        let since = wording::date(refused_at, now, zone);
        AfterRefusal::Stays { since }
    } else {
        AfterRefusal::AskedFirst
    }
}

/// Whether there is anything to be forgotten here.
fn has_progress(facts: &ResetFacts<'_>) -> bool {
    let show = facts.show;
    facts.entries.iter().any(|entry| entry.show == show.id)
        || show.expanded_at.is_some()
        || show.last_watched_at.is_some()
        || show.current_monitored_season > show.monitoring_type.baseline_season()
}

/// `reach` is the show with every season that the reset leaves alone marked as kept.
fn reset(
    facts: &ResetFacts<'_>,
    reason: Reason,
    because: &str,
    reach: &RollingShow,
    change: ChangeToBaseline,
) -> Decision {
    let baseline = Baseline::of(reach.monitoring_type, facts.snapshot);
    let files = match change.files.len() {
        0 => "no file is deleted".to_owned(),
        1 => format!("{} is deleted", wording::files_and_bytes(1, change.bytes())),
        files => format!("{} are deleted", wording::files_and_bytes(files, change.bytes())),
    };
    Decision {
        subject: facts.subject.clone(),
        reason,
        detail: format!("{because}: back to {}, {files}.", baseline.name()),
        actions: change.into_actions(),
        afterwards: vec![Bookkeeping::Reset {
            show: reach.id,
            coming: still_coming(reach, &baseline, facts.snapshot),
        }],
        reminders: Vec::new(),
    }
}

/// The highest season beyond the baseline of which Sonarr is still fetching something: it arrives after the reset, and was
/// not there before us.
fn still_coming(reach: &RollingShow, baseline: &Baseline, snapshot: &SeriesSnapshot) -> Option<i32> {
    let goes = |at: EpisodeRef| at.season > 0 && !reach.keep_seasons.contains(&at.season) && !baseline.contains(at);
    snapshot
        .episodes
        .iter()
        .filter(|episode| snapshot.is_queued(episode.id) && goes(episode.at))
        .map(|episode| episode.at.season)
        .max()
}

fn still_active(facts: &ResetFacts<'_>, last: Timestamp, until: Timestamp) -> String {
    format!(
        "{}; it is inactive on {} at the earliest.",
        capitalized(&what_keeps_it_active(facts, last)),
        wording::date(until, facts.now, facts.zone)
    )
}

/// "Alice watched it on 26 November"
pub(crate) fn what_keeps_it_active(facts: &ResetFacts<'_>, last: Timestamp) -> String {
    let viewers = facts
        .entries
        .iter()
        .filter(|entry| entry.show == facts.show.id && entry.last_watched_at == last);
    let who = viewers.map(wording::viewer).min().unwrap_or("somebody");
    let was_watched =
        facts.show.last_watched_at == Some(last) || facts.entries.iter().any(|entry| entry.last_watched_at == last);
    let what = match facts.show.expanded_at {
        _ if was_watched => format!("{who} watched it"),
        Some(_) => "it was expanded".to_owned(),
        None => "it was enrolled".to_owned(),
    };
    format!("{what} on {}", wording::date(last, facts.now, facts.zone))
}

pub(crate) fn past_unknown(facts: &ResetFacts<'_>, last: Timestamp, observed_days: i64) -> String {
    let date = |at| wording::date(at, facts.now, facts.zone);
    match facts.observed.open_gap() {
        Some(gap) => format!(
            "Last seen watched on {}, but what was played on {} since {} is not known yet.",
            date(last),
            gap.server,
            date(gap.from)
        ),
        None => format!(
            "Last seen watched on {}, but only {} of the {} since then were observed.",
            date(last),
            wording::counted(observed_days, "day"),
            wording::counted(facts.now.duration_since(last).as_hours() / 24, "day"),
        ),
    }
}

pub(crate) fn capitalized(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}
