//! Making a series a rolling show, and changing how it rolls. Neither deletes anything by itself.

use crate::baseline::{Baseline, ChangeToBaseline, change_to_baseline};
use crate::ids::RollingShowId;
use crate::monitoring::{MonitoringType, RollingShow};
use crate::observed::ObservedTime;
use crate::plan::{Decision, Reason, Subject};
use crate::protection::{PlayingNow, Protection};
use crate::reset::{ResetFacts, refusal};
use crate::series::{Series, SeriesSnapshot};
use crate::settings::Settings;
use crate::wording;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// What a show has beyond its baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beyond {
    /// Episodes beyond it that are monitored.
    pub monitored: usize,
    /// Files of which every episode is beyond it.
    pub files: usize,
    /// Size of those files in bytes.
    pub bytes: i64,
}

impl Beyond {
    fn of(snapshot: &SeriesSnapshot, baseline: &Baseline, change: &ChangeToBaseline) -> Self {
        let beyond = |at: crate::ids::EpisodeRef| at.season > 0 && !baseline.contains(at);
        Self {
            monitored: snapshot
                .episodes
                .iter()
                .filter(|episode| episode.monitored && beyond(episode.at))
                .count(),
            files: change.files.len(),
            bytes: change.bytes(),
        }
    }
}

/// A new master record, not stored yet.
pub fn master_record(series: &Series, monitoring_type: MonitoringType, now: Timestamp) -> RollingShow {
    RollingShow {
        id: RollingShowId(0),
        series: series.key,
        title: series.title.clone(),
        tvdb: series.tvdb,
        imdb: series.imdb.clone(),
        monitoring_type,
        current_monitored_season: monitoring_type.baseline_season(),
        enrolled_at: now,
        last_watched_at: None,
        expanded_at: None,
        reset_at: None,
        prior_files_may_go: false,
        keep_show: false,
        keep_seasons: BTreeSet::new(),
    }
}

/// What is known when a series is to be enrolled.
#[derive(Debug, Clone, Copy)]
pub struct EnrollmentFacts<'a> {
    /// What the decision is about.
    pub subject: &'a Subject,
    /// The series with its episodes and files.
    pub snapshot: &'a SeriesSnapshot,
    /// How it shall roll.
    pub monitoring_type: MonitoringType,
    /// Whether Sonarr is brought to the baseline as well. That is the explicit consent to delete files from before.
    pub with_baseline: bool,
    /// The settings.
    pub settings: &'a Settings,
    /// Everything of the series that is being played, filtered or not.
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

/// What enrolling a series comes to: shown before, and carried out as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    /// The master record to store.
    pub show: RollingShow,
    /// What to do in Sonarr; nothing without the baseline.
    pub decision: Decision,
    /// What is there beyond the baseline. It goes with the baseline, and stays without.
    pub beyond: Beyond,
    /// Why Sonarr cannot be brought to the baseline now although that was asked for.
    pub refused: Option<Reason>,
}

/// Works out what enrolling a series comes to. A refused baseline does not stop the enrollment.
pub fn preview(facts: &EnrollmentFacts<'_>) -> Enrollment {
    let show = master_record(&facts.snapshot.series, facts.monitoring_type, facts.now);
    let baseline = Baseline::of(facts.monitoring_type, facts.snapshot);
    let mut change = change_to_baseline(&show, facts.snapshot);
    let beyond = Beyond::of(facts.snapshot, &baseline, &change);
    if !facts.snapshot.series.monitored {
        change.monitoring.series = Some(true);
    }
    let refused = if facts.with_baseline {
        refusal(&as_reset(facts, &show), &change)
    } else {
        None
    };
    let (detail, actions) = match &refused {
        Some((_, why)) => (
            format!("Enrolled as {}, but Sonarr stays as it is: {why}", name(&show)),
            Vec::new(),
        ),
        None if facts.with_baseline => {
            let gone = match beyond.files {
                0 => "no file is deleted".to_owned(),
                1 => format!("{} is deleted", wording::files_and_bytes(1, beyond.bytes)),
                files => format!("{} are deleted", wording::files_and_bytes(files, beyond.bytes)),
            };
            let detail = format!(
                "Enrolled as {} and brought to {}: {gone}.",
                name(&show),
                baseline.name()
            );
            (detail, change.into_actions())
        }
        None => (
            format!("Enrolled as {}; {}.", name(&show), stays(&beyond, &baseline)),
            Vec::new(),
        ),
    };
    let decision = Decision {
        subject: facts.subject.clone(),
        reason: Reason::Enrolled,
        detail,
        actions,
        afterwards: Vec::new(),
        reminders: Vec::new(),
    };
    Enrollment {
        show,
        decision,
        beyond,
        refused: refused.map(|(reason, _)| reason),
    }
}

/// What changing a show's monitoring type comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChange {
    /// The master record to store.
    pub show: RollingShow,
    /// The change, for the journal. It never has actions.
    pub decision: Decision,
    /// What is there beyond the new baseline. It stays until a cleanup or reset takes it.
    pub beyond: Beyond,
}

/// Works out what changing the monitoring type comes to: everybody's progress stays, and nothing is deleted.
pub fn change_type(
    subject: &Subject,
    show: &RollingShow,
    snapshot: &SeriesSnapshot,
    monitoring_type: MonitoringType,
) -> TypeChange {
    let changed = RollingShow {
        monitoring_type,
        current_monitored_season: show.current_monitored_season.max(monitoring_type.baseline_season()),
        ..show.clone()
    };
    let baseline = Baseline::of(monitoring_type, snapshot);
    let beyond = Beyond::of(snapshot, &baseline, &change_to_baseline(&changed, snapshot));
    let detail = if show.monitoring_type == monitoring_type {
        format!("It is {} already.", name(show))
    } else {
        format!(
            "Changed from {} to {}; {}.",
            name(show),
            name(&changed),
            stays(&beyond, &baseline)
        )
    };
    TypeChange {
        show: changed,
        decision: Decision::nothing(subject.clone(), Reason::Changed, detail),
        beyond,
    }
}

fn as_reset<'a>(facts: &EnrollmentFacts<'a>, show: &'a RollingShow) -> ResetFacts<'a> {
    ResetFacts {
        subject: facts.subject,
        show,
        entries: &[],
        snapshot: facts.snapshot,
        settings: facts.settings,
        playing: facts.playing,
        protection: facts.protection,
        observed: facts.observed,
        now: facts.now,
        zone: facts.zone,
    }
}

fn name(show: &RollingShow) -> &'static str {
    show.monitoring_type.name()
}

fn stays(beyond: &Beyond, baseline: &Baseline) -> String {
    if beyond.files == 0 {
        return "nothing is deleted".to_owned();
    }
    let verb = if beyond.files == 1 { "stays" } else { "stay" };
    let files = wording::files_and_bytes(beyond.files, beyond.bytes);
    format!("{files} beyond {} {verb}", baseline.name())
}
