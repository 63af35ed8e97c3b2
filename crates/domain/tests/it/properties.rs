//! What holds for every household, however odd.

use crate::household::{Household, evening, files};
use cliffhangarr_domain::baseline::Baseline;
use cliffhangarr_domain::ids::{EpisodeFileId, EpisodeRef};
use cliffhangarr_domain::monitoring::{MonitoringType, TrackingEntry};
use cliffhangarr_domain::observed::{Gap, ObservedTime};
use cliffhangarr_domain::pace::{forecast, wants_more};
use cliffhangarr_domain::plan::{Action, Decision, Reason};
use cliffhangarr_domain::protection::{PlayingNow, Protection};
use cliffhangarr_domain::series::NewItems;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

pub const TODAY: i64 = 40;
const VIEWERS: [&str; 4] = ["Alice", "Bob", "Carol", "Dave"];

#[derive(Debug, Clone, Copy)]
enum FileOf {
    Nobody,
    Own,
    WithTheOneBefore,
}

pub fn households() -> impl Strategy<Value = Household> {
    let first_season = select(vec![0, 1, 2, 2019]);
    let seasons = prop::collection::vec(0..5_i32, 1..6);
    let episode = (
        any::<bool>(),
        select(vec![FileOf::Nobody, FileOf::Own, FileOf::Own, FileOf::WithTheOneBefore]),
    );
    let episodes = prop::collection::vec(episode, 30);
    let play = (0..VIEWERS.len(), 0..6_i32, 1..5_i32, 20..=TODAY, any::<bool>());
    let plays = prop::collection::vec(play, 0..12);
    let playing = prop::collection::vec((prop::option::weighted(0.8, 0..6_i32), 1..5_i32), 0..2);
    let flags = prop::collection::vec(any::<bool>(), 12);
    let odds = (
        select(MonitoringType::ALL.to_vec()),
        prop::collection::btree_set(1..5_i32, 0..2),
        prop::bool::weighted(0.05),
        prop::option::weighted(0.1, Just(Protection::UnknownTag)),
        prop::bool::weighted(0.9),
        prop::option::weighted(0.3, (20..=TODAY, prop::option::of(20..=TODAY))),
        1..15_u32,
    );
    (first_season, seasons, episodes, plays, playing, flags, odds).prop_map(
        |(first_season, counts, episodes, plays, playing, flags, odds)| {
            let (monitoring_type, keep_seasons, keep_show, protection, past_known, gap, days) = odds;
            let seasons: Vec<(i32, i32)> = (first_season..).zip(counts).collect();
            let mut household = Household::new(monitoring_type, &seasons, TODAY);
            let mut before: Option<EpisodeFileId> = None;
            for (episode, (monitored, file)) in household.snapshot.episodes.iter_mut().zip(episodes) {
                episode.monitored = monitored;
                episode.file = match file {
                    FileOf::Nobody => None,
                    FileOf::Own => episode.file,
                    FileOf::WithTheOneBefore => before.or(episode.file),
                };
                before = episode.file;
            }
            household.snapshot.files = Some(files(&household.snapshot));
            for (flag, chosen) in household.snapshot.series.seasons.values_mut().zip(&flags) {
                *flag = *chosen;
            }
            household.snapshot.series.new_items = Some(if flags[6] { NewItems::All } else { NewItems::None });
            let real = |season: i32| {
                if season == 0 {
                    0
                } else {
                    season - 1 + first_season.max(1)
                }
            };
            for (viewer, season, episode, day, with_progress) in plays {
                let at = EpisodeRef {
                    season: real(season),
                    episode,
                };
                household.record(VIEWERS[viewer], at, evening(day), with_progress);
            }
            if flags[7] {
                household.filtered_out.insert("Bob".to_owned());
            }
            household.playing = playing
                .into_iter()
                .map(|(season, episode)| PlayingNow {
                    season: season.map(real),
                    episodes: vec![episode],
                    viewer: None,
                })
                .collect();
            household.show.keep_seasons = keep_seasons.into_iter().map(real).collect();
            household.show.keep_show = keep_show;
            household.show.expanded_at = flags[8].then(|| evening(TODAY - 20));
            household.show.prior_files_may_go = flags[9];
            household.show.current_monitored_season = real(1 + i32::from(flags[11]));
            household.protection = protection.unwrap_or(Protection::Unprotected);
            household.past_known = past_known;
            household.settings.inactivity_reset_days = days;
            household.settings.progressive_cleanup_at_once = flags[10];
            let gap = gap.map(|(from, until)| Gap {
                from: evening(from),
                until: until.map(|until| evening(until.max(from))),
                server: "Plex".to_owned(),
            });
            household.observed = ObservedTime::new(evening(0), gap.into_iter().collect());
            household
        },
    )
}

impl Household {
    fn window(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.settings.inactivity_reset_days))
    }

    fn lately(&self, at: jiff::Timestamp) -> bool {
        self.now.duration_since(at) < self.window()
    }

    fn counting(&self) -> impl Iterator<Item = &TrackingEntry> {
        let allowed = |entry: &&TrackingEntry| !self.filtered_out.contains(entry.viewer_name.as_deref().unwrap());
        self.entries
            .iter()
            .filter(allowed)
            .filter(|entry| self.lately(entry.last_watched_at))
    }

    fn decisions(&self) -> Vec<Decision> {
        self.cleanup()
            .into_iter()
            .filter_map(|outlook| outlook.decision)
            .collect()
    }

    /// Seasons that a decision changes anything in.
    fn touched(&self, decision: &Decision) -> BTreeSet<i32> {
        let mut touched: BTreeSet<i32> = decision
            .doomed_files()
            .flat_map(|file| file.episodes.iter().map(|at| at.season))
            .collect();
        for action in &decision.actions {
            if let Action::SetMonitoring(change) = action {
                touched.extend(change.seasons.keys());
                let named = |id| change.episodes_on.contains(id) || change.episodes_off.contains(id);
                touched.extend(
                    self.snapshot
                        .episodes
                        .iter()
                        .filter(|it| named(&it.id))
                        .map(|it| it.at.season),
                );
            }
        }
        touched
    }

    fn has_untouched_baseline(&self, before: &Self) -> bool {
        let baseline = Baseline::of(self.show.monitoring_type, &self.snapshot);
        let pairs = self.snapshot.episodes.iter().zip(&before.snapshot.episodes);
        pairs
            .filter(|(after, _)| baseline.contains(after.at) || after.at.season == 0)
            .all(|(after, before)| {
                after.file == before.file
                    && (after.monitored == before.monitored || (after.at.season > 0 && after.monitored))
            })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cleanup_takes_nothing_that_anyone_still_needs(household in households()) {
        for decision in household.decisions() {
            prop_assert!(household.past_known);
            prop_assert_eq!(&household.protection, &Protection::Unprotected);
            prop_assert!(!household.show.keep_show);
            prop_assert!(household.counting().next().is_some(), "nobody is active");
            let touched = household.touched(&decision);
            prop_assert_eq!(touched.len(), 1, "one season a decision");
            for season in touched {
                prop_assert!(season > 0);
                prop_assert!(!household.show.keep_seasons.contains(&season));
                prop_assert!(!household.playing.iter().any(|playing| playing.touches(season)));
                let watched = |entry: &&TrackingEntry| {
                    entry.seasons_watched.get(&season).is_some_and(|watched_at| household.lately(*watched_at))
                };
                let allowance = usize::from(household.settings.progressive_cleanup_at_once);
                prop_assert!(household.counting().filter(watched).count() <= allowance);
                for entry in household.counting() {
                    prop_assert!(entry.last_watched.is_none_or(|at| at.season > season), "season of {:?}", entry.viewer);
                }
            }
        }
    }

    #[test]
    fn a_cleanup_leaves_the_baseline_and_has_nothing_to_do_after_itself(household in households()) {
        let mut after = household.clone();
        for decision in household.decisions() {
            after.apply(&decision);
        }
        prop_assert!(after.has_untouched_baseline(&household));
        prop_assert_eq!(after.decisions(), Vec::new());
    }

    #[test]
    fn the_order_of_the_viewers_changes_nothing(household in households()) {
        let mut turned = household.clone();
        turned.entries.reverse();
        prop_assert_eq!(turned.cleanup(), household.cleanup());
        prop_assert_eq!(turned.inactivity(), household.inactivity());
    }

    #[test]
    fn an_automatic_reset_takes_nothing_from_anyone_who_watched_in_observed_time(household in households()) {
        let decision = household.inactivity();
        if decision.reason != Reason::InactiveReset {
            prop_assert!(decision.actions.is_empty() && decision.afterwards.is_empty());
            return Ok(());
        }
        prop_assert!(household.playing.is_empty());
        prop_assert!(household.observed.open_gap().is_none());
        for entry in &household.entries {
            let seen = household.observed.observed_since(entry.last_watched_at, household.now);
            prop_assert!(seen >= household.window());
        }
        prop_assert!(!household.entries.is_empty() || household.show.expanded_at.is_some() || household.show.prior_files_may_go);
    }

    #[test]
    fn a_reset_leaves_specials_and_kept_seasons_alone_and_is_done_once(household in households(), manual in any::<bool>()) {
        let decision = if manual { household.manual_reset() } else { household.inactivity() };
        if decision.afterwards.is_empty() {
            prop_assert!(decision.actions.is_empty());
            return Ok(());
        }
        prop_assert_eq!(&household.protection, &Protection::Unprotected);
        prop_assert!(!household.show.keep_show && household.playing.is_empty());
        for season in household.touched(&decision) {
            prop_assert!(season > 0 && !household.show.keep_seasons.contains(&season));
        }
        let mut after = household.clone();
        after.apply(&decision);
        prop_assert!(after.has_untouched_baseline(&household));
        let never_watched = household.show.last_watched_at.is_none() && !household.show.prior_files_may_go;
        let later = after.clone().on(TODAY + 100).inactivity();
        if manual || !never_watched {
            prop_assert_eq!(after.manual_reset().reason, Reason::AtBaseline);
            prop_assert_eq!(later.reason, Reason::AtBaseline);
        } else {
            prop_assert!(matches!(later.reason, Reason::AtBaseline | Reason::NeverExpanded));
        }
    }

    #[test]
    fn a_forecast_is_never_in_the_past_and_never_slower_than_its_evenings(household in households()) {
        for entry in &household.entries {
            if let Some(forecast) = forecast(entry, &household.snapshot, household.now) {
                prop_assert!(forecast.runs_out_at >= household.now);
                prop_assert!(forecast.per_evening >= 1.0 && forecast.per_day > 0.0);
                prop_assert!(forecast.per_day <= forecast.per_evening);
                prop_assert!(!wants_more(&forecast, 0));
            }
        }
    }
}
