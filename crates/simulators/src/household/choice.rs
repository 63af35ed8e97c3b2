//! What somebody watches next, and when they come back.

use super::{Household, play::Subject};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rand::{Rng, seq::IndexedRandom};

/// The hour after which nobody starts another one.
const BEDTIME: i8 = 23;

/// Something to watch and where to start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) subject: Subject,
    pub(super) from_ms: i64,
    pub(super) mistake: bool,
    /// Whether the viewer is certain to go on for a while.
    pub(super) eager: bool,
}

impl Household {
    /// Picks something for a viewer; nothing if there is nothing.
    pub(super) fn choose(&mut self, viewer: usize) -> Option<Choice> {
        let plain = |subject, from_ms| Choice {
            subject,
            from_ms,
            mistake: false,
            eager: false,
        };
        let next = |subject, from_ms| Some(plain(subject, from_ms));
        if let Some(show) = self.viewers[viewer].opening.take()
            && let Some((episode, from)) = self.waiting_for(viewer, show)
        {
            return Some(Choice {
                eager: true,
                ..plain(Subject::Next { show, episode }, from)
            });
        }
        let habit = self.viewers[viewer].habit;
        if self.rng.random_bool(habit.mistake)
            && let Some((show, episode)) = self.anything(viewer)
        {
            return Some(Choice {
                mistake: true,
                ..plain(Subject::Aside { show, episode }, 0)
            });
        }
        if self.rng.random_bool(habit.movie) {
            return next(Subject::Movie, 0);
        }
        if self.rng.random_bool(habit.rewatch)
            && let Some((show, episode)) = self.something_seen(viewer)
        {
            return next(Subject::Aside { show, episode }, 0);
        }
        let shows: Vec<usize> = self.viewers[viewer].places.keys().copied().collect();
        let open: Vec<_> = shows
            .into_iter()
            .filter_map(|show| {
                self.waiting_for(viewer, show)
                    .map(|(episode, from)| (show, episode, from))
            })
            .collect();
        let (show, episode, from) = *open.choose(&mut self.rng)?;
        next(Subject::Next { show, episode }, from)
    }

    /// The episode of a show that a viewer would watch next, if it can be watched, and where to start.
    pub(super) fn waiting_for(&self, viewer: usize, show: usize) -> Option<((i32, i32), i64)> {
        let place = self.viewers[viewer].places.get(&show).filter(|place| !place.dropped)?;
        let shelf = &self.shows[show].shelf;
        if let Some((episode, from)) = place.begun.filter(|(episode, _)| shelf.contains(episode)) {
            return Some((episode, from));
        }
        let episode = self.shows[show].after(place.finished)?;
        shelf.contains(&episode).then_some((episode, 0))
    }

    fn anything(&mut self, viewer: usize) -> Option<(usize, (i32, i32))> {
        let shows: Vec<usize> = self.viewers[viewer].places.keys().copied().collect();
        let show = *shows.choose(&mut self.rng)?;
        let episodes: Vec<(i32, i32)> = self.shows[show].shelf.iter().copied().collect();
        Some((show, *episodes.choose(&mut self.rng)?))
    }

    fn something_seen(&mut self, viewer: usize) -> Option<(usize, (i32, i32))> {
        let seen: Vec<(usize, (i32, i32))> = self.viewers[viewer]
            .places
            .iter()
            .filter_map(|(show, place)| Some((*show, place.finished?)))
            .flat_map(|(show, last)| {
                self.shows[show]
                    .shelf
                    .range(..=last)
                    .map(move |episode| (show, *episode))
            })
            .filter(|(_, (season, _))| *season > 0)
            .collect();
        seen.choose(&mut self.rng).copied()
    }

    /// Whether a viewer goes on with another one.
    pub(super) fn goes_on(&mut self, viewer: usize, in_a_row: u32, now: Timestamp) -> bool {
        let late = self.pace.evenings && now.to_zoned(TimeZone::UTC).hour() >= BEDTIME;
        let early_morning = self.pace.evenings && now.to_zoned(TimeZone::UTC).hour() < 6;
        let chance = self.viewers[viewer].habit.binge;
        !late && !early_morning && in_a_row < 8 && self.rng.random_bool(chance)
    }

    /// When a viewer comes back.
    pub(super) fn comes_back(&mut self, viewer: usize, now: Timestamp) -> Timestamp {
        if self.pace.evenings {
            return self.next_evening(viewer, now);
        }
        let (least, most) = self.pace.away;
        now + SignedDuration::from_secs(self.rng.random_range(least..=most))
    }

    pub(super) fn next_evening(&mut self, viewer: usize, now: Timestamp) -> Timestamp {
        let habit = self.viewers[viewer].habit;
        let midnight = now.as_second().div_euclid(86_400) * 86_400;
        for day in 0..30 {
            let begin = midnight + day * 86_400 + i64::from(habit.hour) * 3600 + self.rng.random_range(0..5400);
            if begin > now.as_second() && self.rng.random_bool(habit.evenings) {
                return Timestamp::from_second(begin).unwrap_or(now);
            }
        }
        now + SignedDuration::from_hours(24)
    }
}
