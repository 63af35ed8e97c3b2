//! What holds for every show, however odd, when somebody watches it.

use crate::shows::{Show, at, days, enrolled, now, subject, watched};
use cliffhangarr_domain as domain;
use domain::ids::{EpisodeFileId, EpisodeId};
use domain::monitoring::MonitoringType;
use domain::plan::{Action, Decision, MonitoringChange, Reason, ReminderAbout};
use domain::reminders::{self, ReminderFacts};
use domain::series::{Episode, NewItems};
use domain::settings::Settings;
use domain::{rolling, standard};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeSet;

/// Who looks after the show.
#[derive(Debug, Clone, Copy)]
enum Way {
    Standard,
    Rolling(MonitoringType),
}

#[derive(Clone)]
struct Case {
    show: Show,
    way: Way,
    season: i32,
    episodes: Vec<i32>,
    settings: Settings,
    ahead: bool,
    single_episodes: bool,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            season,
            episodes,
            settings,
            ahead,
            single_episodes,
            ..
        } = self;
        write!(
            formatter,
            "{} {:?}, watching S{season} {episodes:?}, ",
            self.show.draw(),
            self.way
        )?;
        write!(
            formatter,
            "threshold {}, {ahead}, {single_episodes}",
            settings.remaining_episodes
        )
    }
}

impl Case {
    fn decide(&self) -> Vec<Decision> {
        let around = domain::wanting::Circumstances {
            single_episodes: self.single_episodes,
            ..self.show.around()
        };
        let watched = watched(self.season, &self.episodes);
        match self.way {
            Way::Standard => standard::decide(around, &subject(), watched.at, &self.settings),
            Way::Rolling(monitoring_type) => rolling::decide(
                around,
                &subject(),
                &watched,
                &enrolled(monitoring_type),
                &self.settings,
                self.ahead,
            ),
        }
    }

    fn episode(&self, id: EpisodeId) -> &Episode {
        self.show
            .snapshot
            .episodes
            .iter()
            .find(|episode| episode.id == id)
            .unwrap()
    }
}

fn shows(letters: &'static str) -> impl Strategy<Value = Show> {
    let numbers = select(vec![
        vec![0, 1, 2, 3],
        vec![1, 2, 4, 5],
        vec![2019, 2021, 2022],
        vec![0, 1],
        vec![3, 7],
    ]);
    let season = (
        any::<bool>(),
        prop::collection::vec(select(letters.chars().collect::<Vec<_>>()), 0..7),
    );
    let seasons = (numbers, prop::collection::vec(season, 4));
    let new_items = select(vec![None, Some(NewItems::All), Some(NewItems::None)]);
    let status = select(vec!["continuing", "ended", "upcoming", "deleted"]);
    let searches = prop::collection::vec((any::<Index>(), 0..10_i64), 0..5);
    (
        seasons,
        any::<bool>(),
        new_items,
        status,
        searches,
        prop::option::of((any::<Index>(), 0..10_i64)),
    )
        .prop_map(
            |((numbers, seasons), monitored, new_items, status, searches, season_search)| {
                let mut show = Show::new().new_items(new_items).status(status);
                show.snapshot.series.monitored = monitored;
                for (&number, (flag, letters)) in numbers.iter().zip(seasons) {
                    show = show.season(number, &letters.into_iter().collect::<String>());
                    show.snapshot.series.seasons.insert(number, flag);
                }
                let ids: Vec<EpisodeId> = show.snapshot.episodes.iter().map(|episode| episode.id).collect();
                for (index, ago) in searches.into_iter().filter(|_| !ids.is_empty()) {
                    show.recent.episodes.insert(*index.get(&ids), now() - days(ago));
                }
                if let Some((index, ago)) = season_search {
                    show.recent.seasons.insert(*index.get(&numbers), now() - days(ago));
                }
                show
            },
        )
}

fn cases(letters: &'static str) -> impl Strategy<Value = Case> {
    let ways: Vec<Way> = MonitoringType::ALL
        .into_iter()
        .map(Way::Rolling)
        .chain([Way::Standard; 3])
        .collect();
    (
        shows(letters),
        select(ways),
        any::<Index>(),
        any::<bool>(),
        1..=10_u32,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(show, way, index, double, remaining_episodes, ahead, single_episodes)| {
                // Specials never come this far; see the screening of sessions.
                let places: Vec<_> = show
                    .snapshot
                    .episodes
                    .iter()
                    .map(|episode| episode.at)
                    .filter(|at| at.season > 0)
                    .collect();
                let here = if places.is_empty() {
                    at(1, 1)
                } else {
                    *index.get(&places)
                };
                let episodes = if double {
                    vec![here.episode, here.episode + 1]
                } else {
                    vec![here.episode]
                };
                let settings = Settings {
                    remaining_episodes,
                    ..Settings::default()
                };
                Case {
                    show,
                    way,
                    season: here.season,
                    episodes,
                    settings,
                    ahead,
                    single_episodes,
                }
            },
        )
}

const ANYTHING: &str = "FFf=mm..qu-? ";

fn searched(decisions: &[Decision]) -> Vec<EpisodeId> {
    decisions
        .iter()
        .flat_map(|decision| &decision.actions)
        .flat_map(|action| match action {
            Action::SearchSeason { episodes, .. } | Action::SearchEpisodes { episodes, .. } => episodes.as_slice(),
            Action::SetMonitoring(_) | Action::DeleteFiles { .. } => &[],
        })
        .copied()
        .collect()
}

fn changes(decisions: &[Decision]) -> impl Iterator<Item = &MonitoringChange> {
    decisions
        .iter()
        .flat_map(|decision| &decision.actions)
        .filter_map(|action| match action {
            Action::SetMonitoring(change) => Some(change),
            _ => None,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_searched_that_is_there_downloading_searched_lately_unaired_or_special(case in cases(ANYTHING)) {
        for id in searched(&case.decide()) {
            let episode = case.episode(id);
            prop_assert!(episode.at.season > 0);
            prop_assert!(episode.file.is_none());
            prop_assert!(episode.has_aired(now()));
            prop_assert!(!case.show.snapshot.is_queued(id));
            prop_assert!(!case.show.recent.covers(episode, now()));
        }
    }

    #[test]
    fn nothing_is_searched_twice_by_one_plan(case in cases(ANYTHING)) {
        let searched = searched(&case.decide());
        prop_assert_eq!(searched.iter().collect::<BTreeSet<_>>().len(), searched.len());
    }

    #[test]
    fn a_season_search_means_the_whole_season_and_monitors_it(case in cases(ANYTHING)) {
        let decisions = case.decide();
        let mut after = case.show.clone();
        after.carry_out(&decisions, now());
        for action in decisions.iter().flat_map(|decision| &decision.actions) {
            if let Action::SearchSeason { season, episodes } = action {
                prop_assert!(!case.single_episodes);
                let all: Vec<EpisodeId> =
                    case.show.snapshot.season_episodes(*season).map(|episode| episode.id).collect();
                prop_assert_eq!(&all, episodes);
                // Sonarr's season search leaves out what is not monitored.
                prop_assert!(after.snapshot.series.monitored);
                prop_assert!(after.snapshot.season_episodes(*season).all(|episode| episode.monitored));
            }
        }
    }

    #[test]
    fn whatever_is_searched_is_monitored_afterwards(case in cases(ANYTHING)) {
        let decisions = case.decide();
        let mut after = case.show.clone();
        after.carry_out(&decisions, now());
        for id in searched(&decisions) {
            prop_assert!(after.snapshot.series.monitored);
            prop_assert!(after.snapshot.episodes.iter().any(|episode| episode.id == id && episode.monitored));
        }
    }

    #[test]
    fn a_seasons_flag_never_changes_without_naming_all_its_episodes(case in cases(ANYTHING)) {
        for change in changes(&case.decide()) {
            let on: BTreeSet<EpisodeId> = change.episodes_on.iter().copied().collect();
            let off: BTreeSet<EpisodeId> = change.episodes_off.iter().copied().collect();
            prop_assert!(on.is_disjoint(&off));
            prop_assert_eq!(on.len() + off.len(), change.episodes_on.len() + change.episodes_off.len());
            for (&season, &flag) in &change.seasons {
                prop_assert!(flag && season > 0);
                for episode in case.show.snapshot.season_episodes(season) {
                    prop_assert!(on.contains(&episode.id) || off.contains(&episode.id));
                }
            }
        }
    }

    #[test]
    fn watching_only_ever_adds_and_only_what_is_missing(case in cases(ANYTHING)) {
        let decisions = case.decide();
        let mut after = case.show.clone();
        after.carry_out(&decisions, now());
        for (before, after) in case.show.snapshot.episodes.iter().zip(&after.snapshot.episodes) {
            prop_assert!(after.monitored || !before.monitored, "{} was unmonitored", before.at);
            if after.monitored && !before.monitored {
                prop_assert!(before.file.is_none(), "{} is there", before.at);
                prop_assert!(before.at.season >= case.season, "{} is behind", before.at);
            }
        }
        for (season, flag) in &case.show.snapshot.series.seasons {
            prop_assert!(!flag || after.snapshot.series.seasons[season]);
        }
        prop_assert!(after.snapshot.series.monitored || !case.show.snapshot.series.monitored);
        prop_assert!(after.snapshot.series.new_items == case.show.snapshot.series.new_items
            || after.snapshot.series.new_items == Some(NewItems::All));
    }

    #[test]
    fn specials_are_never_touched(case in cases(ANYTHING)) {
        let decisions = case.decide();
        let mut after = case.show.clone();
        after.carry_out(&decisions, now());
        let specials = |show: &Show| show.snapshot.season_episodes(0).cloned().collect::<Vec<_>>();
        prop_assert_eq!(specials(&case.show), specials(&after));
        prop_assert_eq!(case.show.snapshot.series.seasons.get(&0), after.snapshot.series.seasons.get(&0));
        for reminder in decisions.iter().flat_map(|decision| &decision.reminders) {
            match &reminder.about {
                ReminderAbout::SeasonListed { season }
                | ReminderAbout::EpisodesAired { season, .. }
                | ReminderAbout::SearchOutcome { season, .. } => prop_assert!(*season > 0),
            }
        }
    }

    #[test]
    fn where_nothing_is_missing_nothing_is_written(case in cases("FFf ")) {
        let decisions = case.decide();
        let mut after = case.show.clone();
        after.carry_out(&decisions, now());
        prop_assert!(searched(&decisions).is_empty());
        prop_assert_eq!(&case.show.snapshot.episodes, &after.snapshot.episodes);
        for decision in &decisions {
            prop_assert!(decision.afterwards.is_empty());
            // New seasons are another matter.
            prop_assert!(decision.actions.is_empty() || decision.reason == Reason::MonitorNew);
            prop_assert!(decision.reminders.is_empty() || decision.reason == Reason::NotListed);
        }
    }

    #[test]
    fn a_plan_says_something_and_always_the_same(case in cases(ANYTHING)) {
        let decisions = case.decide();
        prop_assert!(!decisions.is_empty());
        prop_assert!(decisions.iter().all(|decision| decision.detail.ends_with('.')));
        prop_assert_eq!(&decisions, &case.decide());
        // Sonarr promises no order.
        let mut shuffled = case.clone();
        let episodes = shuffled.show.snapshot.episodes.drain(..).rev().collect();
        let snapshot = domain::series::SeriesSnapshot::new(shuffled.show.snapshot.series.clone(), episodes);
        shuffled.show.snapshot.episodes = snapshot.episodes;
        prop_assert_eq!(decisions, shuffled.decide());
    }

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(mut case in cases(ANYTHING)) {
        let decisions = case.decide();
        case.show.carry_out(&decisions, now());
        for decision in case.decide() {
            prop_assert!(decision.actions.is_empty(), "{:?}\nafter {:?}", decision, decisions);
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_in_part_is_completed(mut case in cases(ANYTHING), done in 0..4_usize) {
        let decisions = case.decide();
        let mut whole = case.show.clone();
        whole.carry_out(&decisions, now());
        let mut first = decisions;
        for action in first.iter_mut().flat_map(|decision| std::mem::take(&mut decision.actions)).take(done) {
            let step = Decision { actions: vec![action], ..Decision::nothing(subject(), Reason::Resumed, ".") };
            case.show.carry_out(&[step], now());
        }
        let rest = case.decide();
        case.show.carry_out(&rest, now());
        prop_assert_eq!(&case.show.snapshot, &whole.snapshot);
        let found = |show: &Show| show.snapshot.episodes.iter().filter(|episode| show.recent.covers(episode, now()))
            .map(|episode| episode.id).collect::<BTreeSet<_>>();
        prop_assert_eq!(found(&case.show), found(&whole));
    }

    #[test]
    fn a_remembered_episode_is_searched_once_when_it_has_aired(mut case in cases(ANYTHING)) {
        let decisions = case.decide();
        case.show.carry_out(&decisions, now());
        for reminder in decisions.iter().flat_map(|decision| &decision.reminders) {
            let ReminderAbout::EpisodesAired { episodes, .. } = &reminder.about else { continue };
            let episode = case.episode(episodes[0]).clone();
            if episode.has_aired(now()) { continue }
            let look = |show: &Show| {
                let facts = ReminderFacts { show: None, settings: &Settings::default(), progress: &Default::default() };
                reminders::decide(show.around_at(reminder.due_at), &subject(), reminder, facts)
            };
            let decision = look(&case.show);
            prop_assert_eq!(episodes.len(), 1);
            if episode.airs.is_none() {
                prop_assert_eq!(decision.reason, Reason::NotAired);
                prop_assert_eq!(decision.reminders.len(), 1);
            } else if decision.searches() == 0 {
                // Two decisions of a plan may remember the same one.
                prop_assert!(case.show.recent.covers(&episode, reminder.due_at));
            } else {
                prop_assert_eq!(searched(std::slice::from_ref(&decision)), vec![episode.id]);
                case.show.carry_out(&[decision], reminder.due_at);
                prop_assert_eq!(look(&case.show).searches(), 0);
            }
            // Once it is there, the reminder is moot.
            let mut there = case.show.clone();
            for other in there.snapshot.episodes.iter_mut().filter(|other| other.id == episode.id) {
                other.file = Some(EpisodeFileId(1));
            }
            prop_assert_eq!(look(&there).reason, Reason::Moot);
        }
    }
}
