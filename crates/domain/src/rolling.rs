//! Rolling shows: when and how they grow.

use crate::baseline::Baseline;
use crate::monitoring::{MonitoringType, RollingShow};
use crate::plan::{Action, Bookkeeping, Decision, MonitoringChange, Reason, Subject};
use crate::series::Episode;
use crate::settings::Settings;
use crate::standard::{episode_unknown, monitor_new, next_season, not_near_end, of_wish, upcoming};
use crate::wanting::{Circumstances, Extent, agree, wish};
use crate::watching::{Watched, place};

/// Decides about one watched episode of an enrolled series. `ahead` asks for the next season although more episodes are
/// left than the threshold, because the viewer's pace says so.
pub fn decide(
    around: Circumstances<'_>,
    subject: &Subject,
    watched: &Watched,
    show: &RollingShow,
    settings: &Settings,
    ahead: bool,
) -> Vec<Decision> {
    let at = watched.at;
    let Some(place) = place(around.snapshot, at) else {
        return vec![episode_unknown(subject, at)];
    };
    let near_end = ahead || place.after.len() <= settings.remaining_episodes as usize;
    let expanded = |season| {
        vec![Bookkeeping::Expanded {
            show: show.id,
            viewer: Some(watched.viewer.key.clone()),
            season,
        }]
    };
    let mut decisions = Vec::new();
    if near_end {
        decisions.push(match (place.next_season, show.monitoring_type) {
            (Some(next), MonitoringType::PilotRolling | MonitoringType::FirstSeasonRolling) => {
                next_season(around, subject, next, Reason::Expansion, expanded(next))
            }
            (Some(next), MonitoringType::AllSeasonPilotRolling) => {
                first_episode(around, subject, next, Reason::Expansion)
            }
            (None, _) => monitor_future(around, subject, at.season),
        });
    }

    let grows_current = match show.monitoring_type {
        MonitoringType::PilotRolling => only_pilot_is_there(around, at.season),
        MonitoringType::FirstSeasonRolling => false,
        MonitoringType::AllSeasonPilotRolling => is_first_of_season(around, watched),
    };
    if grows_current {
        let all: Vec<&Episode> = around.snapshot.season_episodes(at.season).collect();
        let outcome = wish(around, at.season, &all, Extent::WholeSeason);
        let because = format!("{at} is being watched");
        decisions.insert(
            0,
            of_wish(
                subject,
                Reason::Expansion,
                &because,
                at.season,
                outcome,
                expanded(at.season),
            ),
        );
    } else if around.snapshot.series.monitored || decisions.iter().any(monitors_series) {
        // In a series that is and stays unmonitored, nothing is wanted.
        let soon = upcoming(around, subject, &place, settings, Extent::MonitoredOnly);
        decisions.splice(0..0, soon);
    }
    if decisions.is_empty() {
        decisions.push(not_near_end(subject, &place));
    }
    agree(&mut decisions);
    decisions
}

/// A season that a rolling show was waiting for has got its episodes.
pub fn season_listed(around: Circumstances<'_>, subject: &Subject, season: i32, show: &RollingShow) -> Decision {
    match show.monitoring_type {
        MonitoringType::AllSeasonPilotRolling => first_episode(around, subject, season, Reason::NowListed),
        MonitoringType::PilotRolling | MonitoringType::FirstSeasonRolling => {
            let afterwards = vec![Bookkeeping::Expanded {
                show: show.id,
                viewer: None,
                season,
            }];
            next_season(around, subject, season, Reason::NowListed, afterwards)
        }
    }
}

fn monitors_series(decision: &Decision) -> bool {
    decision
        .actions
        .iter()
        .any(|action| matches!(action, Action::SetMonitoring(change) if change.series == Some(true)))
}

/// Just the first episode of a season.
fn first_episode(around: Circumstances<'_>, subject: &Subject, season: i32, reason: Reason) -> Decision {
    let baseline = Baseline::of(MonitoringType::AllSeasonPilotRolling, around.snapshot);
    let first: Vec<&Episode> = around
        .snapshot
        .season_episodes(season)
        .filter(|episode| baseline.contains(episode.at))
        .collect();
    if first.is_empty() {
        return next_season(around, subject, season, reason, Vec::new());
    }
    let outcome = wish(around, season, &first, Extent::Episodes);
    of_wish(
        subject,
        reason,
        &format!("Season {season} comes next with its first episode"),
        season,
        outcome,
        Vec::new(),
    )
}

/// Near the end of the last season: all future content is monitored, and the show stays enrolled.
fn monitor_future(around: Circumstances<'_>, subject: &Subject, last_season: i32) -> Decision {
    let mut decision = monitor_new(around, subject, last_season);
    let future: Vec<&Episode> = around
        .snapshot
        .season_episodes(last_season)
        .filter(|episode| episode.file.is_none() && !episode.has_aired(around.now))
        .collect();
    let outcome = wish(around, last_season, &future, Extent::Episodes);
    decision.reminders.extend(outcome.reminders);
    let more: Vec<_> = future
        .iter()
        .filter(|episode| !episode.monitored)
        .map(|episode| episode.id)
        .collect();
    if more.is_empty() {
        return decision;
    }
    decision.reason = Reason::MonitorNew;
    "This is the last season: all its future episodes and new seasons are monitored.".clone_into(&mut decision.detail);
    match decision.actions.first_mut() {
        Some(Action::SetMonitoring(change)) => {
            change.episodes_off.retain(|id| !more.contains(id));
            change.episodes_on.extend(more);
        }
        _ => decision.actions.push(Action::SetMonitoring(MonitoringChange {
            episodes_on: more,
            ..MonitoringChange::default()
        })),
    }
    decision
}

/// Whether nothing of the series' first season is there but the pilot, and this is that season.
fn only_pilot_is_there(around: Circumstances<'_>, season: i32) -> bool {
    let baseline = Baseline::of(MonitoringType::PilotRolling, around.snapshot);
    let Some(pilot) = around
        .snapshot
        .season_episodes(season)
        .find(|episode| baseline.contains(episode.at))
    else {
        return false;
    };
    let mut others = around
        .snapshot
        .season_episodes(season)
        .filter(|episode| episode.id != pilot.id)
        .peekable();
    !around.snapshot.has_holes
        && others.peek().is_some()
        && others.all(|episode| episode.file.is_none() || episode.file == pilot.file)
}

fn is_first_of_season(around: Circumstances<'_>, watched: &Watched) -> bool {
    let baseline = Baseline::of(MonitoringType::AllSeasonPilotRolling, around.snapshot);
    watched.episodes.iter().any(|&at| baseline.contains(at))
}
