//! The household as it really is, beside what the engine makes of it.

mod judging;

use super::script::{Event, Script};
use crate::rolling::guillotine::cut_after;
use crate::rolling::story::Story;
use domain::ids::EpisodeRef;
use domain::plan::Reason;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulators::faults::{Fault, FaultRule};
use simulators::plex::SessionHandle;
use simulators::sonarr::{SeasonSpec, SonarrSim};
use std::collections::{BTreeMap, BTreeSet};

const VIEWERS: [&str; 3] = ["Alice", "Bob", "Carol"];
const TYPES: [&str; 3] = ["pilotRolling", "firstSeasonRolling", "allSeasonPilotRolling"];
const STEP: SignedDuration = SignedDuration::from_hours(5);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A viewing as it really was.
#[derive(Debug, Clone, Copy)]
struct Play {
    viewer: usize,
    show: usize,
    season: i32,
    at: Timestamp,
}

/// A file as it was before it went.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    show: usize,
    episodes: Vec<EpisodeRef>,
}

pub struct World {
    story: Story,
    titles: Vec<String>,
    rolls: Vec<usize>,
    kept: BTreeSet<usize>,
    kept_seasons: BTreeSet<(usize, i32)>,
    tagged: BTreeSet<usize>,
    window: SignedDuration,
    at_once: bool,
    only_first: bool,
    plays: Vec<Play>,
    on: Option<(SessionHandle, usize, usize, i32)>,
    positions: BTreeMap<(usize, usize), EpisodeRef>,
    files: BTreeMap<i64, File>,
    /// When each episode was last searched, by the commands that Sonarr took.
    searched: BTreeMap<i64, Timestamp>,
    commands: BTreeSet<i64>,
}

impl World {
    pub async fn new(script: &Script) -> Self {
        let mut story = Story::new().await;
        let now = story.home.clock.now();
        story
            .set(json!({
                "pollingIntervalMinutes": 360,
                "enableProgressiveCleanup": script.cleanup,
                "progressiveCleanupAtOnce": script.at_once,
                "inactivityResetDays": script.days,
                "remainingEpisodes": script.threshold,
                "confirmAbovePercent": script.confirm_above,
                "standardMonitoring": script.standard,
            }))
            .await;
        let mut titles = Vec::new();
        for (index, show) in script.shows.iter().enumerate() {
            let title = format!("Show {index}");
            story.show(&title, &show.seasons, |mut spec| {
                for ((number, episodes), place) in (1..).zip(&show.seasons).zip(0..) {
                    let mut season = SeasonSpec::new(number, *episodes);
                    if place >= show.there {
                        season = season.monitored(false);
                        if show.airing && place + 1 == show.seasons.len() {
                            season = season.weekly_from(now + SignedDuration::from_hours(24 * 9));
                        }
                    } else if show.doubles {
                        season = season.file_over(1..=2).files(3..=*episodes);
                    } else {
                        season = season.all_files();
                    }
                    spec = spec.with(season);
                }
                spec.monitor_new_items(false)
            });
            if show.baseline {
                story.enroll_to_baseline(&title, TYPES[show.rolls]).await;
            } else {
                story.enroll(&title, TYPES[show.rolls]).await;
            }
            titles.push(title);
        }
        let mut world = Self {
            rolls: script.shows.iter().map(|show| show.rolls).collect(),
            story,
            titles,
            kept: BTreeSet::new(),
            kept_seasons: BTreeSet::new(),
            tagged: BTreeSet::new(),
            window: SignedDuration::from_hours(24 * i64::from(script.days)),
            at_once: script.at_once,
            only_first: false,
            plays: Vec::new(),
            on: None,
            positions: BTreeMap::new(),
            files: BTreeMap::new(),
            searched: BTreeMap::new(),
            commands: BTreeSet::new(),
        };
        world.files = world.all_files();
        world
    }

    fn now(&self) -> Timestamp {
        self.story.home.clock.now()
    }

    fn sonarr(&self) -> &SonarrSim {
        self.story.home.sonarr()
    }

    fn all_files(&self) -> BTreeMap<i64, File> {
        let mut files = BTreeMap::new();
        for (show, title) in self.titles.iter().enumerate() {
            let series = self.story.id(title);
            for episode in self.sonarr().episodes(series) {
                if let Some(file) = episode.file {
                    let file = files.entry(file).or_insert(File {
                        show,
                        episodes: Vec::new(),
                    });
                    file.episodes.push(EpisodeRef {
                        season: episode.season,
                        episode: episode.number,
                    });
                }
            }
        }
        files
    }

    /// One event.
    pub async fn live(mut self, event: &Event) -> Self {
        match event {
            Event::Binge { viewer, show, episodes } => {
                for _ in 0..*episodes {
                    self.watch(*viewer, *show).await;
                }
            }
            Event::Jump { viewer, show, season } => {
                self.positions.insert(
                    (*viewer, *show),
                    EpisodeRef {
                        season: *season,
                        episode: 0,
                    },
                );
                self.watch(*viewer, *show).await;
            }
            Event::Unseen { viewer, show, hours } => {
                let sleeps = SignedDuration::from_hours(*hours);
                self.let_time_pass(sleeps / 2);
                if let Some(at) = self.next_episode(*viewer, *show) {
                    let item = self.item(*show, at);
                    self.note_play(*viewer, *show, at);
                    let account = crate::rolling::story::account(VIEWERS[*viewer]);
                    self.story.home.plex.record_view(account, item, self.now());
                }
                self.let_time_pass(sleeps / 2);
                self.look().await;
            }
            Event::LeaveOn { viewer, show, hours } => self.leave_on(*viewer, *show, *hours).await,
            Event::Pass { hours } => self.pass(*hours).await,
            Event::Sleep { hours } => {
                self.let_time_pass(SignedDuration::from_hours(*hours));
                self.look().await;
            }
            Event::SetBack { minutes } => {
                self.story.home.clock.advance(SignedDuration::from_mins(-minutes));
                self.look().await;
            }
            Event::NoPlex { hours } => {
                self.story.home.network.unplug("plex.test");
                self.pass(*hours).await;
                self.story.home.network.plug_in("plex.test");
                self.look().await;
            }
            Event::NoSonarr { hours, viewer, show } => {
                self.story.home.network.unplug("sonarr1.test");
                self.watch(*viewer, *show).await;
                self.pass(*hours).await;
                self.story.home.network.plug_in("sonarr1.test");
                self.look().await;
            }
            Event::Fault { kind, after, times } => {
                let (path, method) = [
                    ("/command", http::Method::POST),
                    ("/episode/monitor", http::Method::PUT),
                    ("/series/", http::Method::PUT),
                    ("/episodefile/", http::Method::DELETE),
                    ("/episode", http::Method::GET),
                    ("/queue", http::Method::GET),
                ][*kind]
                    .clone();
                let mut rule = FaultRule::new(path, Fault::status(500)).method(method).times(*times);
                if *after {
                    rule = rule.after_effect();
                }
                self.sonarr().faults().push(rule);
            }
            Event::Unmounted { hours } => {
                self.sonarr().set_mounted("/tv", false);
                self.pass(*hours).await;
                self.sonarr().set_mounted("/tv", true);
            }
            Event::Restart => {
                self.story = self.story.restart().await;
                self.look().await;
            }
            Event::Kill { requests, arrives } => {
                self.let_time_pass(STEP);
                let act = async |story: &Story| {
                    story.look().await;
                };
                (_, self.story) = cut_after(self.story, *requests, *arrives, act).await;
                self.judge().await;
                self.look().await;
            }
            Event::Keep { show, season, keep } => self.keep(*show, *season, *keep).await,
            Event::Tag { show, tagged } => {
                let Some(title) = self.titles.get(*show) else {
                    return self;
                };
                let series = self.story.id(title);
                if *tagged {
                    self.sonarr().tag(series, "cliffhangarr-keep");
                    self.tagged.insert(*show);
                } else {
                    self.sonarr().untag(series, "cliffhangarr-keep");
                    self.tagged.remove(show);
                }
            }
            Event::Change { show, rolls } => {
                if let Some(title) = self.titles.get(*show) {
                    let before = self.files.clone();
                    let draft = self.story.draft(&[title], TYPES[*rolls], false);
                    let changed = self
                        .story
                        .home
                        .engine
                        .enroll(&draft, |_| true)
                        .await
                        .is_ok_and(|batch| batch.errors.is_empty());
                    if changed {
                        self.rolls[*show] = *rolls;
                    }
                    assert_eq!(self.all_files(), before, "changing a type deleted something");
                }
            }
            Event::Reset { show } => self.reset(*show).await,
            Event::Answer { yes } => {
                let state = self.story.home.engine.state_now().await;
                for asked in &state.confirmations {
                    let answered = if *yes {
                        self.story.home.engine.confirm(asked.id).await
                    } else {
                        self.story.home.engine.dismiss(asked.id).await
                    };
                    answered.unwrap();
                }
                self.look().await;
            }
            Event::Filter { only_first } => {
                self.only_first = *only_first;
                let filter = if *only_first { vec!["Alice"] } else { Vec::new() };
                self.story.set(json!({"filterUsers": filter})).await;
            }
        }
        self
    }

    async fn keep(&mut self, show: usize, season: Option<i32>, keep: bool) {
        let Some(title) = self.titles.get(show) else { return };
        let id = self.story.master(title).await.id;
        self.story.home.engine.keep(id, season, keep).await.unwrap();
        match (season, keep) {
            (None, true) => self.kept.insert(show),
            (None, false) => self.kept.remove(&show),
            (Some(season), true) => self.kept_seasons.insert((show, season)),
            (Some(season), false) => self.kept_seasons.remove(&(show, season)),
        };
    }

    /// The plan that was shown is the work that is done.
    async fn reset(&mut self, show: usize) {
        let Some(title) = self.titles.get(show).cloned() else {
            return;
        };
        let id = self.story.master(&title).await.id;
        let Ok(preview) = self.story.home.engine.preview_reset(id).await else {
            return;
        };
        let before = self.all_files();
        let mut approved = false;
        let approve = |decisions: &[domain::plan::Decision]| {
            approved = decisions == preview;
            approved
        };
        let _ = self.story.home.engine.reset(id, approve).await;
        let doomed: BTreeSet<i64> = preview
            .iter()
            .flat_map(domain::plan::Decision::doomed_files)
            .map(|file| file.id.0)
            .collect();
        let after = self.all_files();
        let gone: BTreeSet<i64> = before.keys().filter(|id| !after.contains_key(id)).copied().collect();
        assert!(
            gone.is_subset(&doomed),
            "more went than was shown: {gone:?}, {doomed:?}"
        );
        self.judge().await;
    }

    fn item(&self, show: usize, at: EpisodeRef) -> i64 {
        let key = self.story.plex_key(&self.titles[show]);
        self.story.home.plex.episode_key(key, at.season, at.episode).unwrap()
    }

    fn note_play(&mut self, viewer: usize, show: usize, at: EpisodeRef) {
        self.positions.insert((viewer, show), at);
        let play = Play {
            viewer,
            show,
            season: at.season,
            at: self.now(),
        };
        self.plays.push(play);
    }

    /// The next episode that is there for a viewer; the first one that is there where they are at the end.
    fn next_episode(&self, viewer: usize, show: usize) -> Option<EpisodeRef> {
        let title = self.titles.get(show)?;
        let there: Vec<EpisodeRef> = self
            .sonarr()
            .episodes(self.story.id(title))
            .iter()
            .filter(|episode| episode.file.is_some() && episode.season > 0)
            .map(|episode| EpisodeRef {
                season: episode.season,
                episode: episode.number,
            })
            .collect();
        let from = self.positions.get(&(viewer, show)).copied();
        let next = there.iter().find(|at| from.is_none_or(|from| **at > from));
        next.or_else(|| there.first()).copied()
    }

    /// Somebody watches the next episode.
    async fn watch(&mut self, viewer: usize, show: usize) {
        let Some(at) = self.next_episode(viewer, show) else {
            return;
        };
        let title = self.titles[show].clone();
        self.note_play(viewer, show, at);
        let handle = self.story.starts(VIEWERS[viewer], &title, at.season, at.episode);
        self.on = Some((handle, viewer, show, at.season));
        self.look().await;
        self.let_time_pass(SignedDuration::from_mins(2));
        let near_end = 43 * 60_000;
        self.story
            .home
            .plex
            .report(handle, simulators::plex::PlayState::Playing, near_end);
        self.look().await;
        self.story.home.plex.stop(handle);
        self.on = None;
        self.let_time_pass(SignedDuration::from_mins(40));
        self.look().await;
    }

    /// Somebody leaves something on for hours. The server does not count it as watched.
    async fn leave_on(&mut self, viewer: usize, show: usize, hours: i64) {
        let Some(at) = self.next_episode(viewer, show) else {
            return;
        };
        self.note_play(viewer, show, at);
        let title = self.titles[show].clone();
        let handle = self.story.starts(VIEWERS[viewer], &title, at.season, at.episode);
        self.on = Some((handle, viewer, show, at.season));
        self.pass(hours).await;
        self.story.home.plex.stop(handle);
        self.on = None;
    }

    fn let_time_pass(&self, span: SignedDuration) {
        self.story.home.later(span);
        if let Some((handle, ..)) = self.on {
            self.story.home.plex.report_again(handle);
        }
    }

    async fn pass(&mut self, hours: i64) {
        let mut left = SignedDuration::from_hours(hours);
        while left > SignedDuration::ZERO {
            let step = left.min(STEP);
            self.let_time_pass(step);
            self.look().await;
            left -= step;
        }
    }

    async fn look(&mut self) {
        self.story.look().await;
        self.judge().await;
    }
}
