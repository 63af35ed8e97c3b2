//! What will go when. It is foretold with the very functions that decide, from the same facts, for the case that nobody
//! watches anything more, everything is observed from now on, and nothing else changes.

mod seasons;
mod word;

pub use word::UsersWord;

pub(crate) use seasons::{foreseen, goes_at};

use self::seasons::fate_of_season;
use crate::baseline::{Baseline, change_of_season, change_to_baseline};
use crate::cleanup::{CleanupFacts, SeasonOutlook, Verdict, end_of_window, every_season, window};
use crate::ids::EpisodeFileId;
use crate::monitoring::{RollingShow, TrackingEntry};
use crate::plan::{Decision, Reason};
use crate::protection::of_show;
use crate::reset::{
    Activity, ResetFacts, activity, inactivity, left_alone_since, nobody_since, past_unknown, what_keeps_it_active,
    within_reach,
};
use crate::wording;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// When the automatic reset looks at the shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passes {
    /// The next time; one that is over is made up for at once.
    pub next: Timestamp,
    /// How far apart they are.
    pub every: SignedDuration,
}

impl Passes {
    /// The first one that does not come before a time. That time does not lie before `now`.
    pub fn first_from(&self, at: Timestamp, now: Timestamp) -> Timestamp {
        let next = self.next.max(now);
        let behind = at.duration_since(next);
        if behind <= SignedDuration::ZERO || self.every <= SignedDuration::ZERO {
            return next.max(at);
        }
        let behind = behind.as_secs() + i64::from(behind.subsec_nanos() > 0);
        let every = self.every.as_secs().max(1);
        let passes = (behind + every - 1) / every;
        let wait = SignedDuration::from_secs(passes.saturating_mul(every));
        next.checked_add(wait).unwrap_or(Timestamp::MAX)
    }
}

/// What becomes of a show, or of one of its seasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The season; `None` for the whole show, which a reset takes back to its baseline.
    pub season: Option<i32>,
    /// Whether it may go, and why not. Of a season it says what a cleanup makes of it; where progressive cleanup is switched
    /// off and the show goes, what the reset does.
    pub verdict: Verdict,
    /// When a pass takes it; `None` where none does.
    pub goes_at: Option<Timestamp>,
    /// A season about which the show decides: it goes with it, or stays with it.
    pub with_show: bool,
    /// It goes at that time only if the user says so. Otherwise the reset of its show takes it, and counts its files.
    pub asked_first: bool,
    /// For people: "Season 2 on 3 December: Alice watched S02E10 on 26 November".
    pub sentence: String,
    /// How many files go with it, now or then. Of a show, those that are still there then.
    pub files: usize,
    /// Size of those files in bytes.
    pub bytes: i64,
    /// When any viewer, filtered or not, last watched something of it; `None` where nobody is known to have.
    pub last_viewed: Option<Timestamp>,
}

/// Foretells what becomes of a show and of every season that has more than its part of the baseline: the show first, then
/// the seasons, ascending. `allowed` is the viewer filter, `word` what the user said about the seasons.
pub fn foresee(
    facts: &ResetFacts<'_>,
    allowed: &dyn Fn(&TrackingEntry) -> bool,
    word: &UsersWord,
    passes: Passes,
) -> Vec<Fate> {
    let seasons = every_season(&CleanupFacts {
        subject: facts.subject,
        show: facts.show,
        entries: facts.entries,
        snapshot: facts.snapshot,
        settings: facts.settings,
        allowed,
        playing: facts.playing,
        protection: facts.protection,
        observed: facts.observed,
        now: facts.now,
        zone: facts.zone,
    });
    let whole = whole_show(facts, word, passes, &seasons);
    let reach = within_reach(facts);
    let show_goes_at = whole.goes_at;
    let seasons = seasons
        .into_iter()
        .map(|season| fate_of_season(facts, word, &reach, show_goes_at, season));
    std::iter::once(whole).chain(seasons).collect()
}

fn whole_show(facts: &ResetFacts<'_>, word: &UsersWord, passes: Passes, seasons: &[SeasonOutlook]) -> Fate {
    let from = inactive_from(facts);
    let at = match from {
        Some(from) => passes.first_from(from, facts.now),
        // What else there is to say about it is said when it would be inactive.
        None => left_alone_since(facts.show, facts.entries).map_or(facts.now, |(start, _)| {
            end_of_window(start, facts.settings).max(facts.now)
        }),
    };
    let decision = inactivity(&ResetFacts {
        now: at,
        playing: &[],
        ..*facts
    });
    let baseline = Baseline::of(facts.show.monitoring_type, facts.snapshot);
    let reach = RollingShow {
        keep_show: false,
        ..within_reach(facts)
    };
    let goes_before = |season: &SeasonOutlook| {
        let is_free_by_then = season.goes_at.is_some_and(|goes_at| goes_at <= at);
        facts.settings.enable_progressive_cleanup && is_free_by_then && !word.concerns(season.season)
    };
    let before = files_of(facts, &baseline, seasons.iter().filter(|season| goes_before(season)));
    let mut change = change_to_baseline(&reach, facts.snapshot);
    change.files.retain(|file| !before.contains(&file.id));
    let mut in_reach = seasons
        .iter()
        .filter(|season| !reach.keep_seasons.contains(&season.season))
        .peekable();
    let all_goes_before = change.files.is_empty() && in_reach.peek().is_some() && in_reach.all(goes_before);
    let verdict = verdict_of_show(facts, &decision, at, all_goes_before);
    let goes_at = match verdict {
        Verdict::Free { .. } | Verdict::FreeAt { .. } => Some(at),
        Verdict::Kept { .. } => None,
    };
    let back = |when: &str, because: &str| format!("Back to {} {when}: {because}", baseline.name());
    let sentence = match &verdict {
        Verdict::Free { .. } => back(&when(facts, at), &because(facts, at)),
        Verdict::FreeAt { because, .. } => back(&when(facts, at), because),
        Verdict::Kept { detail, .. } => format!("Kept: {detail}"),
    };
    let viewings = facts.entries.iter().filter(|entry| entry.show == facts.show.id);
    Fate {
        season: None,
        verdict,
        goes_at,
        with_show: false,
        asked_first: false,
        sentence,
        files: change.files.len(),
        bytes: change.bytes(),
        last_viewed: viewings
            .map(|entry| entry.last_watched_at)
            .chain(facts.show.last_watched_at)
            .max(),
    }
}

/// `decision` is what is decided about the show at a time, if nobody is playing it.
fn verdict_of_show(facts: &ResetFacts<'_>, decision: &Decision, at: Timestamp, all_goes_before: bool) -> Verdict {
    let kept = |reason, detail: &str| Verdict::Kept {
        reason,
        detail: detail.to_owned(),
    };
    let protected = of_show(facts.show, facts.protection);
    match (decision.reason, facts.playing.first()) {
        (Reason::AtBaseline | Reason::NeverExpanded, _) => {
            kept(decision.reason, &as_clause(&decision.detail).replacen(": ", ", ", 1))
        }
        _ if protected.is_some() => kept(Reason::Protected, &protected.unwrap_or_default()),
        _ if !facts.settings.enable_auto_reset => kept(Reason::SwitchedOff, "the automatic reset is switched off"),
        (_, Some(playing)) => kept(Reason::BeingPlayed, &playing.sentence()),
        (Reason::InactiveReset, None) if all_goes_before => {
            kept(Reason::AtBaseline, "it is at its baseline when its seasons have gone")
        }
        (Reason::InactiveReset, None) if at <= facts.now => Verdict::Free { since: None },
        (Reason::InactiveReset, None) => Verdict::FreeAt {
            at,
            because: because(facts, at),
        },
        (reason, None) => kept(reason, &as_clause(&decision.detail)),
    }
}

/// Why a show goes at a time, as far as is known now.
fn because(facts: &ResetFacts<'_>, at: Timestamp) -> String {
    match activity(facts.show, facts.entries, facts.settings, facts.observed, facts.now) {
        Activity::Active { last, .. } => {
            let seen = facts.observed.observed_since(last, at) == at.duration_since(last);
            let gap = if seen {
                ""
            } else {
                ", and not all of the time since then was observed"
            };
            format!("{}{gap}", what_keeps_it_active(facts, last))
        }
        Activity::Unknown { last, observed_days } => as_clause(&past_unknown(facts, last, observed_days)),
        Activity::Inactive { last } => nobody_since(facts, last),
        Activity::NeverWatched => String::new(),
    }
}

/// When a show that nobody watches from now on is inactive, if everything is observed: now, or later. `None` where it was
/// never watched and nothing in it came from us, and while it cannot be told what was played.
fn inactive_from(facts: &ResetFacts<'_>) -> Option<Timestamp> {
    let (start, _) = left_alone_since(facts.show, facts.entries)?;
    let mut at = end_of_window(start, facts.settings).max(facts.now);
    for _ in 0..=MOST_GAPS_AHEAD {
        match activity(facts.show, facts.entries, facts.settings, facts.observed, at) {
            Activity::Inactive { .. } => return Some(at),
            Activity::Unknown { .. } if facts.observed.open_gap().is_none() => {
                let seen = facts.observed.observed_since(start, at);
                at = at.checked_add(window(facts.settings).saturating_sub(seen)).ok()?;
            }
            Activity::Active { .. } | Activity::Unknown { .. } | Activity::NeverWatched => return None,
        }
    }
    None
}

/// How many gaps of a time to come, which only a wrong clock makes, are passed before it is given up.
const MOST_GAPS_AHEAD: usize = 8;

/// The files that go with some seasons.
fn files_of<'a>(
    facts: &ResetFacts<'_>,
    baseline: &Baseline,
    seasons: impl Iterator<Item = &'a SeasonOutlook>,
) -> BTreeSet<EpisodeFileId> {
    seasons
        .flat_map(|season| change_of_season(baseline, facts.snapshot, season.season).files)
        .map(|file| file.id)
        .collect()
}

/// "on 3 December", or "now".
fn when(facts: &ResetFacts<'_>, at: Timestamp) -> String {
    if at <= facts.now {
        "now".to_owned()
    } else {
        format!("on {}", wording::date(at, facts.now, facts.zone))
    }
}

/// A sentence that begins with a word of ours, as part of another one.
fn as_clause(sentence: &str) -> String {
    let mut characters = sentence.trim_end_matches('.').chars();
    characters
        .next()
        .map(|first| first.to_lowercase().chain(characters).collect())
        .unwrap_or_default()
}
