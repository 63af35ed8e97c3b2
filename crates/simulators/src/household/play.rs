//! One play as it was planned: where it is interrupted, and how it ends.

use super::{Pace, viewers::Habit};
use crate::plex::SessionHandle;
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, rngs::StdRng};
use std::collections::VecDeque;

/// What is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// An episode that moves the viewer's place.
    Next { show: usize, episode: (i32, i32) },
    /// An episode that the viewer has seen before, or started by mistake.
    Aside { show: usize, episode: (i32, i32) },
    /// Something that is no show.
    Movie,
}

impl Subject {
    pub(super) fn episode(self) -> Option<(usize, (i32, i32))> {
        match self {
            Self::Next { show, episode } | Self::Aside { show, episode } => Some((show, episode)),
            Self::Movie => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Finished,
    /// Left in the middle; it goes on another time.
    Left,
    /// Left in the middle for good.
    Dropped,
    Mistake,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Cue {
    Pause(SignedDuration),
    End(End),
}

#[derive(Debug)]
pub(super) struct Play {
    pub(super) handle: SessionHandle,
    pub(super) subject: Subject,
    /// Position at `since`, in milliseconds.
    pub(super) base_ms: i64,
    pub(super) since: Timestamp,
    /// Until when the play is paused.
    pub(super) paused_until: Option<Timestamp>,
    pub(super) cues: VecDeque<(i64, Cue)>,
    pub(super) next_report: Timestamp,
    /// Seconds of the item that pass in one second of the clock.
    pub(super) speed: f64,
    /// Plays without a break so far, this one included.
    pub(super) in_a_row: u32,
    /// Whether the viewer is certain to go on for a while.
    pub(super) eager: bool,
}

impl Play {
    /// The position at a time, never beyond the next cue.
    pub(super) fn position(&self, now: Timestamp) -> i64 {
        if self.paused_until.is_some() {
            return self.base_ms;
        }
        let moved = now.duration_since(self.since).as_millis() as f64 * self.speed;
        let end = self.cues.front().map_or(i64::MAX, |(position, _)| *position);
        (self.base_ms + moved as i64).min(end)
    }

    /// When the next cue is reached, or the pause is over.
    pub(super) fn due(&self) -> Timestamp {
        if let Some(until) = self.paused_until {
            return until;
        }
        let left = self
            .cues
            .front()
            .map_or(0, |(position, _)| (position - self.base_ms).max(0));
        self.since + SignedDuration::from_secs_f64(left as f64 / 1000.0 / self.speed)
    }
}

/// Plans what happens during a play that starts at a position.
pub(super) fn plan(rng: &mut StdRng, habit: &Habit, pace: &Pace, [from, length]: [i64; 2]) -> VecDeque<(i64, Cue)> {
    let finish = length * 97 / 100;
    let span = (finish - from).max(1);
    let within = |share: f64| from + (span as f64 * share) as i64;
    let mut cues = VecDeque::new();
    let end = if rng.random_bool(habit.abandon) {
        let end = if rng.random_bool(0.25) { End::Dropped } else { End::Left };
        (within(rng.random_range(0.15..0.6)), Cue::End(end))
    } else {
        (finish.max(from + 1), Cue::End(End::Finished))
    };
    if rng.random_bool(habit.pause) {
        let at = from + ((end.0 - from) as f64 * rng.random_range(0.2..0.8)) as i64;
        let (least, most) = pace.pause;
        cues.push_back((
            at,
            Cue::Pause(SignedDuration::from_secs(rng.random_range(least..=most))),
        ));
    }
    cues.push_back(end);
    cues
}
