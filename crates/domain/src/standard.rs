//! Standard monitoring: any show that is not enrolled.

use crate::ids::EpisodeRef;
use crate::plan::{Action, Bookkeeping, Decision, MonitoringChange, Reason, Reminder, ReminderAbout, Subject};
use crate::series::{Episode, NewItems};
use crate::settings::Settings;
use crate::wanting::{Circumstances, Extent, Wish, agree, later, listing_pause, spell, wish};
use crate::watching::{Place, place};

/// Decides about one watched episode of one series.
pub fn decide(around: Circumstances<'_>, subject: &Subject, at: EpisodeRef, settings: &Settings) -> Vec<Decision> {
    let Some(place) = place(around.snapshot, at) else {
        return vec![episode_unknown(subject, at)];
    };
    let near_end = place.after.len() <= settings.remaining_episodes as usize;
    let mut decisions = Vec::new();

    if is_lone_pilot(around, at) {
        let all: Vec<&Episode> = around.snapshot.season_episodes(1).collect();
        let outcome = wish(around, 1, &all, Extent::WholeSeason);
        decisions.push(of_wish(
            subject,
            Reason::LonePilot,
            "Only the pilot is there",
            1,
            outcome,
            Vec::new(),
        ));
    } else {
        decisions.extend(upcoming(around, subject, &place, settings, Extent::Episodes));
    }
    if near_end {
        decisions.push(match place.next_season {
            Some(next) => next_season(around, subject, next, Reason::NextSeason, Vec::new()),
            None if is_over_and_complete(around, at.season) => Decision::nothing(
                subject.clone(),
                Reason::NothingMissing,
                "This is the last season of an ended series, and all of it is there.",
            ),
            None => monitor_new(around, subject, at.season),
        });
    } else if decisions.is_empty() {
        decisions.push(not_near_end(subject, &place));
    }
    agree(&mut decisions);
    decisions
}

/// Sonarr does not list the episode, so nothing may be concluded.
pub(crate) fn episode_unknown(subject: &Subject, at: EpisodeRef) -> Decision {
    Decision::nothing(
        subject.clone(),
        Reason::EpisodeUnknown,
        format!("Sonarr does not list {at}. The media server may count episodes differently."),
    )
}

/// The season has more episodes left than the threshold.
pub(crate) fn not_near_end(subject: &Subject, place: &Place<'_>) -> Decision {
    let left = place.after.len();
    Decision::nothing(
        subject.clone(),
        Reason::NotNearEnd,
        format!("{left} episodes are left in the season."),
    )
}

/// Nothing is missing and nothing will come: a complete show that was unmonitored on purpose is left alone.
fn is_over_and_complete(around: Circumstances<'_>, last_season: i32) -> bool {
    let is_over = matches!(around.snapshot.series.status.as_str(), "ended" | "deleted");
    is_over
        && around
            .snapshot
            .season_episodes(last_season)
            .all(|episode| episode.file.is_some())
}

/// The season's only file is the pilot's, and that is being played. A double pilot in one file is one pilot.
fn is_lone_pilot(around: Circumstances<'_>, at: EpisodeRef) -> bool {
    let pilot = around
        .snapshot
        .episode(EpisodeRef { season: 1, episode: 1 })
        .and_then(|episode| episode.file);
    let playing = around.snapshot.episode(at).and_then(|episode| episode.file);
    at.season == 1
        && !around.snapshot.has_holes
        && pilot.is_some()
        && playing == pilot
        && around.snapshot.season_episodes(1).any(|episode| episode.file.is_none())
        && around
            .snapshot
            .season_episodes(1)
            .all(|episode| episode.file.is_none() || episode.file == pilot)
}

/// Missing episodes right after the current one. `None` when there is nothing to do about them.
pub(crate) fn upcoming(
    around: Circumstances<'_>,
    subject: &Subject,
    place: &Place<'_>,
    settings: &Settings,
    extent: Extent,
) -> Option<Decision> {
    let window: Vec<&Episode> = place
        .after
        .iter()
        .copied()
        .take(settings.remaining_episodes as usize)
        .collect();
    let season = window.first()?.at.season;
    let outcome = wish(around, season, &window, extent);
    if outcome.actions.is_empty() && outcome.reminders.is_empty() && outcome.obstacle == Some(Reason::NothingMissing) {
        return None;
    }
    Some(of_wish(
        subject,
        Reason::UpcomingEpisodes,
        "The next episodes are missing",
        season,
        outcome,
        Vec::new(),
    ))
}

/// The whole of a later season.
pub(crate) fn next_season(
    around: Circumstances<'_>,
    subject: &Subject,
    season: i32,
    reason: Reason,
    afterwards: Vec<Bookkeeping>,
) -> Decision {
    let all: Vec<&Episode> = around.snapshot.season_episodes(season).collect();
    if all.is_empty() {
        let mut decision = Decision::nothing(
            subject.clone(),
            Reason::NotListed,
            format!("Season {season} has no episodes yet; it is looked at again when it has."),
        );
        decision.reminders.push(Reminder {
            series: around.snapshot.series.key,
            about: ReminderAbout::SeasonListed { season },
            due_at: later(around.now, listing_pause(0)),
            attempts: 0,
            viewer: around.viewer.map(str::to_owned),
        });
        return decision;
    }
    let outcome = wish(around, season, &all, Extent::WholeSeason);
    of_wish(
        subject,
        reason,
        &format!("Season {season} comes next"),
        season,
        outcome,
        afterwards,
    )
}

/// There is no next season: have Sonarr monitor what will come.
pub(crate) fn monitor_new(around: Circumstances<'_>, subject: &Subject, last_season: i32) -> Decision {
    let series = &around.snapshot.series;
    let mut change = MonitoringChange {
        series: (!series.monitored).then_some(true),
        new_items: (series.new_items == Some(NewItems::None)).then_some(NewItems::All),
        ..MonitoringChange::default()
    };
    let may_grow = series.status != "ended" && series.status != "deleted";
    if may_grow && !around.snapshot.has_holes && series.seasons.get(&last_season) == Some(&false) {
        // New episodes take over their season's flag, so it must be on. The episodes keep what they have.
        let (on, off): (Vec<&Episode>, Vec<&Episode>) = around
            .snapshot
            .season_episodes(last_season)
            .partition(|episode| episode.monitored);
        change.seasons.insert(last_season, true);
        change.episodes_on = on.iter().map(|episode| episode.id).collect();
        change.episodes_off = off.iter().map(|episode| episode.id).collect();
    }
    if change.is_empty() {
        return Decision::nothing(
            subject.clone(),
            Reason::MonitorsNewAlready,
            "This is the last season, and new ones will be monitored already.",
        );
    }
    let mut decision = Decision::nothing(
        subject.clone(),
        Reason::MonitorNew,
        "This is the last season: the series is monitored for new ones.",
    );
    decision.actions.push(Action::SetMonitoring(change));
    decision
}

/// Turns a wish into a decision with a sentence. Where all of it is there already, nothing of it is our doing, so nothing is
/// noted afterwards.
pub(crate) fn of_wish(
    subject: &Subject,
    reason: Reason,
    because: &str,
    season: i32,
    outcome: Wish,
    afterwards: Vec<Bookkeeping>,
) -> Decision {
    let afterwards = if outcome.obstacle == Some(Reason::NothingMissing) {
        Vec::new()
    } else {
        afterwards
    };
    let (reason, detail) = match outcome.obstacle {
        None if outcome.whole_season => (reason, format!("{because}: searching for season {season}.")),
        None => (
            reason,
            format!("{because}: searching for {}.", spell(&outcome.searched)),
        ),
        Some(Reason::NothingMissing) => (Reason::NothingMissing, format!("{because}, and all of it is there.")),
        Some(Reason::AlreadyQueued) => (
            Reason::AlreadyQueued,
            format!("{because}, and it is being downloaded already."),
        ),
        Some(Reason::SearchedRecently) => (
            Reason::SearchedRecently,
            format!("{because}; it was searched within the last seven days."),
        ),
        Some(_) => (
            Reason::NotAired,
            format!("{because}, but it has not aired yet; it is searched when it has."),
        ),
    };
    Decision {
        subject: subject.clone(),
        reason,
        detail,
        actions: outcome.actions,
        afterwards,
        reminders: outcome.reminders,
    }
}
