//! When seasons become free if life stops here, by themselves or with their show.

use super::{Fate, UsersWord, when};
use crate::cleanup::{CleanupFacts, SeasonOutlook, Verdict, end_of_window, verdict_of, window};
use crate::monitoring::RollingShow;
use crate::plan::Reason;
use crate::protection::of_show;
use crate::reset::{AfterRefusal, ResetFacts};
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
    /// A cleanup takes it if the user says so.
    OnYourWord(Timestamp),
    /// The reset of its show takes it.
    WithShow(Timestamp),
    /// Its show is kept, and nothing but a reset would take the season.
    StaysWithShow,
    /// It was there before the show was enrolled, and nobody has watched the show since.
    WasThereBefore,
    /// It is kept for what the cleanup says.
    Stays,
}

/// Puts together what a cleanup, the user and a reset make of a season. `reach` is the show with every season that a reset leaves
/// alone marked as kept; `show_goes_at` is when a reset comes.
pub(super) fn fate_of_season(
    facts: &ResetFacts<'_>,
    word: &UsersWord,
    reach: &RollingShow,
    show_goes_at: Option<Timestamp>,
    outlook: SeasonOutlook,
) -> Fate {
    let SeasonOutlook {
        season,
        mut verdict,
        mut sentence,
        ..
    } = outlook;
    let cleans = facts.settings.enable_progressive_cleanup;
    let (going, refused) = going(facts, word, (reach, show_goes_at), season, outlook.goes_at);
    if let Some(since) = refused {
        let detail = format!("you decided against it on {since}");
        sentence = format!("Season {season} kept: {detail}");
        verdict = kept(Reason::NeedsConfirmation, &detail);
    }
    let is_kept = matches!(verdict, Verdict::Kept { .. });
    let is_protected = of_show(facts.show, facts.protection).is_some();
    let (goes_at, verdict, sentence) = match going {
        Going::ByItself(at) | Going::OnYourWord(at) if is_kept => {
            let when = when(facts, at);
            let sentence = format!("{sentence}; it goes {when} if nobody goes on watching");
            (Some(at), verdict, sentence)
        }
        Going::ByItself(at) | Going::OnYourWord(at) => (Some(at), verdict, sentence),
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
        asked_first: matches!(going, Going::OnYourWord(_)),
        sentence,
        files: outlook.files,
        bytes: outlook.bytes,
        last_viewed: outlook.last_viewed,
    }
}

/// How a season goes, and since when the user keeps a cleanup from taking it. `free_at` is when the season is free for one,
/// `show` is what a reset may touch and when it comes.
fn going(
    facts: &ResetFacts<'_>,
    word: &UsersWord,
    show: (&RollingShow, Option<Timestamp>),
    season: i32,
    free_at: Option<Timestamp>,
) -> (Going, Option<String>) {
    let (reach, show_goes_at) = show;
    let cleans = facts.settings.enable_progressive_cleanup;
    let with_show = show_goes_at.filter(|_| !reach.keep_seasons.contains(&season));
    let by_itself = free_at.filter(|at| cleans && show_goes_at.is_none_or(|show| *at <= show));
    let said = by_itself.and_then(|at| word.at(facts, season, at));
    let is_marked = facts.show.keep_seasons.contains(&season);
    let is_protected = of_show(facts.show, facts.protection).is_some();
    match (by_itself, said, with_show) {
        (Some(at), None, _) => (Going::ByItself(at), None),
        (Some(at), Some(AfterRefusal::AskedFirst), _) => (Going::OnYourWord(at), None),
        (_, Some(AfterRefusal::Stays { since }), Some(at)) => (Going::WithShow(at), Some(since)),
        (_, Some(AfterRefusal::Stays { since }), None) => (Going::Stays, Some(since)),
        (None, _, Some(at)) => (Going::WithShow(at), None),
        (None, _, None) if is_marked => (Going::Stays, None),
        (None, _, None) if show_goes_at.is_some() => (Going::WasThereBefore, None),
        (None, _, None) if is_protected || !cleans => (Going::StaysWithShow, None),
        (None, _, None) => (Going::Stays, None),
    }
}

fn kept(reason: Reason, detail: &str) -> Verdict {
    let detail = detail.to_owned();
    Verdict::Kept { reason, detail }
}
