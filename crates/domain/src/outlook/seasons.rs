//! When seasons become free if life stops here, by themselves or with their show.

use super::{Fate, when};
use crate::cleanup::{CleanupFacts, SeasonOutlook, Verdict, end_of_window, verdict_of, window};
use crate::monitoring::RollingShow;
use crate::plan::Reason;
use crate::protection::of_show;
use crate::reset::ResetFacts;
use jiff::Timestamp;

/// When a season is free if nobody watches anything of the show before: looks at every moment at which something stops to
/// keep it, because a viewing or a gap in what was seen leaves the window.
pub(crate) fn goes_at(facts: &CleanupFacts<'_>, season: i32) -> Option<Timestamp> {
    let mine = facts.entries.iter().filter(|entry| entry.show == facts.show.id);
    let viewings = mine.flat_map(|entry| {
        let of_season = entry.seasons_watched.get(&season).copied();
        [Some(entry.last_watched_at), of_season].into_iter().flatten()
    });
    let ends = viewings.map(|watched_at| end_of_window(watched_at, facts.settings));
    let mut moments: Vec<Timestamp> = ends.chain(facts.observed.known_again(window(facts.settings))).collect();
    moments.retain(|moment| *moment > facts.now);
    moments.push(facts.now);
    moments.sort_unstable();
    moments
        .into_iter()
        .find(|moment| matches!(verdict_of(&at(facts, *moment), season), Verdict::Free { .. }))
}

/// What a verdict of now comes to: a season that a viewing protects goes when that is over only if nothing else keeps it
/// then.
pub(crate) fn foreseen(
    facts: &CleanupFacts<'_>,
    verdict_now: Verdict,
    season: i32,
    goes_at: Option<Timestamp>,
) -> Verdict {
    let Verdict::FreeAt { at: over_at, because } = verdict_now else {
        return verdict_now;
    };
    match (verdict_of(&at(facts, over_at), season), goes_at) {
        (
            Verdict::Kept {
                reason: Reason::PastUnknown,
                detail,
            },
            Some(at),
        ) => Verdict::FreeAt {
            at,
            because: format!("{because}, and {detail}"),
        },
        (
            Verdict::Kept {
                reason: Reason::PastUnknown,
                detail,
            },
            None,
        ) => Verdict::Kept {
            reason: Reason::PastUnknown,
            detail,
        },
        (Verdict::Kept { reason, .. }, _) => Verdict::Kept {
            reason,
            detail: format!("{because}, and by then nobody is watching the show any more"),
        },
        (Verdict::Free { .. } | Verdict::FreeAt { .. }, _) => Verdict::FreeAt { at: over_at, because },
    }
}

fn at<'a>(facts: &CleanupFacts<'a>, moment: Timestamp) -> CleanupFacts<'a> {
    CleanupFacts { now: moment, ..*facts }
}

/// How a season comes to go, or not.
enum Going {
    /// A cleanup takes it.
    ByItself(Timestamp),
    /// The reset of its show takes it.
    WithShow(Timestamp),
    /// Its show is kept, and nothing but a reset would take the season.
    StaysWithShow,
    /// It was there before the show was enrolled, and nobody has watched the show since.
    WasThereBefore,
    /// It is kept for what the cleanup says.
    Stays,
}

/// Puts together what a cleanup and a reset make of a season. `reach` is the show with every season that a reset leaves
/// alone marked as kept; `show_goes_at` is when a reset comes.
pub(super) fn fate_of_season(
    facts: &ResetFacts<'_>,
    reach: &RollingShow,
    show_goes_at: Option<Timestamp>,
    outlook: SeasonOutlook,
) -> Fate {
    let SeasonOutlook {
        season,
        verdict,
        sentence,
        ..
    } = outlook;
    let going = going(facts, reach, show_goes_at, season, outlook.goes_at);
    let cleans = facts.settings.enable_progressive_cleanup;
    let is_kept = matches!(verdict, Verdict::Kept { .. });
    let is_protected = of_show(facts.show, facts.protection).is_some();
    let (goes_at, verdict, sentence) = match going {
        Going::ByItself(at) if is_kept => {
            let when = when(facts, at);
            let sentence = format!("{sentence}; it goes {when} if nobody goes on watching");
            (Some(at), verdict, sentence)
        }
        Going::ByItself(at) => (Some(at), verdict, sentence),
        Going::WithShow(at) if cleans && is_kept => {
            let sentence = format!("{sentence}; it goes with the show {}", when(facts, at));
            (Some(at), verdict, sentence)
        }
        Going::WithShow(at) => {
            let because = "it goes with the show".to_owned();
            let verdict = if at <= facts.now {
                Verdict::Free { since: None }
            } else {
                Verdict::FreeAt { at, because }
            };
            let sentence = format!("Season {season} goes with the show {}", when(facts, at));
            (Some(at), verdict, sentence)
        }
        Going::StaysWithShow if is_protected => (None, verdict, sentence),
        Going::StaysWithShow => {
            let detail = "it stays with the show, as progressive cleanup is switched off";
            let sentence = format!("Season {season} stays with the show");
            (None, kept(Reason::SwitchedOff, detail), sentence)
        }
        Going::WasThereBefore => {
            let detail = "it was there before the show was enrolled";
            let sentence = format!("Season {season} kept: {detail}");
            (None, kept(Reason::NeverExpanded, detail), sentence)
        }
        Going::Stays => (None, verdict, sentence),
    };
    Fate {
        season: Some(season),
        verdict,
        goes_at,
        with_show: matches!(going, Going::WithShow(_) | Going::StaysWithShow),
        sentence,
        files: outlook.files,
        bytes: outlook.bytes,
        last_viewed: outlook.last_viewed,
    }
}

/// `free_at` is when the season is free for a cleanup.
fn going(
    facts: &ResetFacts<'_>,
    reach: &RollingShow,
    show_goes_at: Option<Timestamp>,
    season: i32,
    free_at: Option<Timestamp>,
) -> Going {
    let cleans = facts.settings.enable_progressive_cleanup;
    let is_marked = facts.show.keep_seasons.contains(&season);
    let is_protected = of_show(facts.show, facts.protection).is_some();
    match (free_at.filter(|_| cleans), show_goes_at) {
        (Some(at), None) => Going::ByItself(at),
        (Some(at), Some(show)) if at <= show => Going::ByItself(at),
        _ if is_marked => Going::Stays,
        (_, Some(at)) if !reach.keep_seasons.contains(&season) => Going::WithShow(at),
        (_, Some(_)) => Going::WasThereBefore,
        (None, None) if is_protected || !cleans => Going::StaysWithShow,
        (None, None) => Going::Stays,
    }
}

fn kept(reason: Reason, detail: &str) -> Verdict {
    let detail = detail.to_owned();
    Verdict::Kept { reason, detail }
}
