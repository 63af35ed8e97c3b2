//! The story: reports in between, and one event after the other.

use super::{
    Happening, Household, What,
    choice::Choice,
    play::{Cue, End, Play, Subject, plan},
    viewers::Doing,
};
use crate::plex::PlayState;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use std::{collections::VecDeque, time::Duration};
use tokio_util::sync::CancellationToken;

/// Position at which somebody notices that it is the wrong thing.
const MISTAKE_MS: i64 = 10_000;
/// How many plays follow each other when somebody cannot stop.
const EAGER_PLAYS: u32 = 4;

impl Household {
    /// When the next scripted event is due. Imports may come before.
    pub fn next_at(&self) -> Timestamp {
        self.next_viewer().1
    }

    /// Goes on to the next event: moves the clock there, with the reports on the way, and says what happened.
    pub fn step(&mut self) -> Happening {
        loop {
            if let Some(happening) = self.pending.pop_front() {
                return happening;
            }
            let (viewer, at) = self.next_viewer();
            self.pass(at);
            if self.pending.is_empty() {
                self.act(viewer);
            }
        }
    }

    /// Lets time pass, and says what happened in it.
    pub fn advance(&mut self, by: SignedDuration) -> Vec<Happening> {
        let target = self.clock.now() + by;
        let mut happenings = Vec::new();
        loop {
            happenings.extend(self.pending.drain(..));
            let (viewer, at) = self.next_viewer();
            self.pass(at.min(target));
            if !self.pending.is_empty() {
                continue;
            }
            if at > target {
                return happenings;
            }
            self.act(viewer);
        }
    }

    /// Does what is due by the clock as it stands, for callers that move it themselves in small steps.
    pub fn catch_up(&mut self) -> Vec<Happening> {
        self.advance(SignedDuration::ZERO)
    }

    /// Plays the story as the clock runs, until canceled.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                _ = tick.tick() => {}
            }
            for happening in self.catch_up() {
                tracing::info!(target: "household", "{}", happening.text);
            }
        }
    }

    /// The viewer whose turn it is, and when. There is always one.
    fn next_viewer(&self) -> (usize, Timestamp) {
        let due = |position: usize| match &self.viewers[position].doing {
            Doing::Away { until } => *until,
            Doing::Watching(play) => play.due(),
        };
        (0..self.viewers.len())
            .map(|position| (position, due(position)))
            .min_by_key(|(_, at)| *at)
            .unwrap_or((0, Timestamp::MAX))
    }

    /// Lets time pass up to `until`: players report, files come and go. Returns early when something is worth telling.
    fn pass(&mut self, until: Timestamp) {
        loop {
            let reports = self.viewers.iter().filter_map(|viewer| match &viewer.doing {
                Doing::Watching(play) => Some(play.next_report),
                Doing::Away { .. } => None,
            });
            let next = reports.chain([self.next_sync]).min().unwrap_or(until).min(until);
            self.forward(next);
            let now = self.clock.now();
            self.send_reports(now);
            if self.next_sync <= now {
                self.next_sync = now + self.pace.look_every;
                self.sync_library(now, true);
            }
            if next >= until || !self.pending.is_empty() {
                return;
            }
        }
    }

    fn forward(&self, to: Timestamp) {
        if self.clock.now() < to {
            self.clock.set(to);
        }
    }

    fn send_reports(&mut self, now: Timestamp) {
        for viewer in &mut self.viewers {
            let Doing::Watching(play) = &mut viewer.doing else {
                continue;
            };
            if play.next_report > now {
                continue;
            }
            play.next_report = now + self.pace.report_every;
            let state = if play.paused_until.is_some() {
                PlayState::Paused
            } else {
                PlayState::Playing
            };
            self.plex.report(play.handle, state, play.position(now));
        }
    }

    fn act(&mut self, viewer: usize) {
        let now = self.clock.now();
        match std::mem::replace(&mut self.viewers[viewer].doing, Doing::Away { until: now }) {
            Doing::Away { .. } => self.arrive(viewer, now),
            Doing::Watching(play) => self.go_on(viewer, play, now),
        }
    }

    /// Somebody comes to watch.
    fn arrive(&mut self, viewer: usize, now: Timestamp) {
        self.sync_library(now, true);
        if let Some(choice) = self.choose(viewer) {
            return self.begin(viewer, choice, now);
        }
        let text = format!("{} finds nothing to watch", self.viewers[viewer].name);
        self.note(now, What::Waited, Some(viewer), None, text);
        let until = self.comes_back(viewer, now);
        self.viewers[viewer].doing = Doing::Away { until };
    }

    fn begin(&mut self, viewer: usize, choice: Choice, now: Timestamp) {
        let Some(item) = self.item_of(choice.subject) else {
            self.viewers[viewer].doing = Doing::Away {
                until: now + SignedDuration::from_mins(5),
            };
            return;
        };
        let person = &self.viewers[viewer];
        let handle = if choice.subject == Subject::Movie {
            let handle = self.plex.play(person.account, &person.device, self.preroll);
            self.plex.next_item(handle, item, false);
            handle
        } else {
            self.plex
                .play_from(person.account, &person.device, item, choice.from_ms)
        };
        let length = self.plex.duration_ms(item);
        let cues = if choice.mistake {
            VecDeque::from([(MISTAKE_MS, Cue::End(End::Mistake))])
        } else {
            self.cues(viewer, choice.eager, [choice.from_ms, length])
        };
        self.tell_start(viewer, choice.subject, now);
        self.viewers[viewer].doing = Doing::Watching(Play {
            handle,
            subject: choice.subject,
            base_ms: choice.from_ms,
            since: now,
            paused_until: None,
            cues,
            next_report: now + self.pace.report_every,
            // A mistake is noticed as fast as in life.
            speed: if choice.mistake { 1.0 } else { self.pace.compression },
            in_a_row: 1,
            eager: choice.eager,
        });
    }

    /// What will happen during a play; whoever cannot stop does not give up either.
    fn cues(&mut self, viewer: usize, eager: bool, span: [i64; 2]) -> VecDeque<(i64, Cue)> {
        let mut habit = self.viewers[viewer].habit;
        if eager {
            habit.abandon = 0.0;
        }
        plan(&mut self.rng, &habit, &self.pace, span)
    }

    fn item_of(&mut self, subject: Subject) -> Option<i64> {
        match subject.episode() {
            Some((show, (season, number))) => self.plex.episode_key(self.shows[show].plex_key?, season, number),
            None => Some(self.movies[self.rng.random_range(0..self.movies.len())]),
        }
    }

    fn tell_start(&mut self, viewer: usize, subject: Subject, now: Timestamp) {
        let what = self.subject_text(subject);
        let person = &self.viewers[viewer];
        let text = format!("{} starts {what} on {}", person.name, person.device.title);
        self.note(now, What::Started, Some(viewer), subject.episode(), text);
    }

    fn subject_text(&self, subject: Subject) -> String {
        match subject.episode() {
            Some((show, episode)) => self.label(show, episode),
            None => String::from("a movie"),
        }
    }

    /// A play has reached its next cue, or the end of its pause.
    fn go_on(&mut self, viewer: usize, mut play: Play, now: Timestamp) {
        let name = self.viewers[viewer].name;
        let what = self.subject_text(play.subject);
        if play.paused_until.take().is_some() {
            play.since = now;
            play.next_report = now + self.pace.report_every;
            self.plex.report(play.handle, PlayState::Playing, play.base_ms);
            self.note(
                now,
                What::Resumed,
                Some(viewer),
                play.subject.episode(),
                format!("{name} resumes {what}"),
            );
            self.viewers[viewer].doing = Doing::Watching(play);
            return;
        }
        let Some((position, cue)) = play.cues.pop_front() else {
            return;
        };
        play.base_ms = position;
        play.since = now;
        match cue {
            Cue::Pause(span) => {
                play.paused_until = Some(now + span);
                play.next_report = now + self.pace.report_every;
                self.plex.report(play.handle, PlayState::Paused, position);
                self.note(
                    now,
                    What::Paused,
                    Some(viewer),
                    play.subject.episode(),
                    format!("{name} pauses {what}"),
                );
                self.viewers[viewer].doing = Doing::Watching(play);
            }
            Cue::End(End::Finished) => {
                self.plex.report(play.handle, PlayState::Playing, position);
                self.remember(viewer, &play, End::Finished);
                self.note(
                    now,
                    What::Finished,
                    Some(viewer),
                    play.subject.episode(),
                    format!("{name} finishes {what}"),
                );
                self.after_the_end(viewer, play, now);
            }
            Cue::End(end) => {
                self.plex.report(play.handle, PlayState::Stopped, position);
                self.remember(viewer, &play, end);
                let (kind, text) = match end {
                    End::Mistake => (What::Mistaken, format!("{name} did not mean {what}")),
                    End::Dropped => (What::Left, format!("{name} gives up on {what}")),
                    End::Finished | End::Left => (What::Left, format!("{name} leaves {what} for another time")),
                };
                self.note(now, kind, Some(viewer), play.subject.episode(), text);
                // Whoever hit the wrong thing looks for the right one.
                let until = if end == End::Mistake {
                    now + SignedDuration::from_secs(20)
                } else {
                    self.comes_back(viewer, now)
                };
                self.viewers[viewer].doing = Doing::Away { until };
            }
        }
    }

    fn remember(&mut self, viewer: usize, play: &Play, end: End) {
        let Subject::Next { show, episode } = play.subject else {
            return;
        };
        let Some(place) = self.viewers[viewer].places.get_mut(&show) else {
            return;
        };
        match end {
            End::Finished => {
                place.finished = Some(episode);
                place.begun = None;
            }
            End::Left => place.begun = Some((episode, play.base_ms)),
            End::Dropped => place.dropped = true,
            End::Mistake => {}
        }
    }

    /// Another episode at once, or a rest.
    fn after_the_end(&mut self, viewer: usize, mut play: Play, now: Timestamp) {
        self.sync_library(now, true);
        if let Subject::Next { show, .. } = play.subject
            && ((play.eager && play.in_a_row < EAGER_PLAYS) || self.goes_on(viewer, play.in_a_row, now))
            && let Some((episode, from)) = self.waiting_for(viewer, show)
            && let Some(item) = self.item_of(Subject::Next { show, episode })
        {
            let same_key = self.rng.random_bool(0.5);
            self.plex.next_item(play.handle, item, same_key);
            play.subject = Subject::Next { show, episode };
            play.base_ms = from;
            play.since = now;
            play.cues = self.cues(viewer, play.eager, [from, self.plex.duration_ms(item)]);
            play.next_report = now + self.pace.report_every;
            play.in_a_row += 1;
            self.tell_start(viewer, play.subject, now);
            self.viewers[viewer].doing = Doing::Watching(play);
            return;
        }
        self.plex.stop(play.handle);
        let until = self.comes_back(viewer, now);
        self.viewers[viewer].doing = Doing::Away { until };
    }
}
