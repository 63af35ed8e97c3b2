//! How a remote is, and when to try it again: a ladder that failures climb and successes step down.

use domain::state::Health;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;

/// Pauses after one, two, … failures in a row, in seconds.
const LADDER: [i64; 8] = [0, 10, 30, 60, 120, 300, 600, 900];
/// How long something must be broken before the user is told.
const LASTS: SignedDuration = SignedDuration::from_mins(5);

/// The condition of one remote.
#[derive(Debug, Clone)]
pub struct Condition {
    health: Health,
    trouble: Option<String>,
    rung: usize,
    failing_since: Option<Timestamp>,
    not_before: Option<Timestamp>,
    told: bool,
    last_contact: Option<Timestamp>,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            health: Health::Unknown,
            trouble: None,
            rung: 0,
            failing_since: None,
            not_before: None,
            told: false,
            last_contact: None,
        }
    }
}

impl Condition {
    /// It answered well.
    pub fn succeeded(&mut self, now: Timestamp) {
        *self = Self {
            health: Health::Ok,
            last_contact: Some(now),
            rung: self.rung.saturating_sub(1),
            ..Self::default()
        };
    }

    /// It did not answer, or not well.
    pub fn failed(&mut self, error: &RemoteError, now: Timestamp) {
        let health = match error {
            RemoteError::Unauthorized | RemoteError::Forbidden => Health::Unauthorized,
            RemoteError::Unreachable { .. } | RemoteError::Timeout { .. } | RemoteError::Tls { .. } => {
                Health::Unreachable
            }
            _ => Health::Degraded,
        };
        self.fail(health, error.to_string(), now);
    }

    /// It cannot be asked at all, for want of a secret.
    pub fn lacks_secret(&mut self, trouble: String, now: Timestamp) {
        self.fail(Health::Unauthorized, trouble, now);
    }

    fn fail(&mut self, health: Health, trouble: String, now: Timestamp) {
        self.health = health;
        self.trouble = Some(trouble);
        self.failing_since.get_or_insert(now);
        self.rung = (self.rung + 1).min(LADDER.len() - 1);
        self.not_before = Some(now + SignedDuration::from_secs(LADDER[self.rung]));
    }

    /// Whether it may be asked by a routine; people may always ask.
    pub fn may_be_asked(&self, now: Timestamp) -> bool {
        // A due time far ahead comes from a clock that was set back since.
        self.not_before.is_none_or(|due| {
            due <= now || due.duration_since(now) > SignedDuration::from_secs(LADDER[LADDER.len() - 1])
        })
    }

    /// When it may be asked next, while it is failing.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// Whether the user should be told now. True once for each time of trouble, and not in the first minutes.
    pub fn should_tell(&mut self, started_at: Timestamp, now: Timestamp) -> bool {
        let lasts = self
            .failing_since
            .is_some_and(|since| now.duration_since(since.max(started_at)) >= LASTS);
        let tell = lasts && !self.told;
        self.told |= tell;
        tell
    }

    /// Tries at once next time, as after a sleep.
    pub fn forgive(&mut self) {
        self.not_before = None;
        self.rung = 0;
    }

    /// The machine slept, or its clock was set: it is tried at once, and trouble counts from now on.
    pub fn resumed(&mut self, now: Timestamp) {
        self.forgive();
        if self.failing_since.is_some() {
            self.failing_since = Some(now);
        }
    }

    /// As shown.
    pub fn health(&self) -> Health {
        self.health
    }

    /// What is wrong, for people.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// When it last answered.
    pub fn last_contact(&self) -> Option<Timestamp> {
        self.last_contact
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
    }

    fn down() -> RemoteError {
        RemoteError::Unreachable {
            detail: "connection refused".to_owned(),
        }
    }

    #[test]
    fn failures_climb_the_ladder_and_one_success_does_not_take_it_all_back() {
        let mut condition = Condition::default();
        let mut pauses = Vec::new();
        for _ in 0..9 {
            condition.failed(&down(), at(0));
            pauses.push(condition.not_before().unwrap().duration_since(at(0)).as_secs());
        }
        assert_eq!(pauses, [10, 30, 60, 120, 300, 600, 900, 900, 900]);
        condition.succeeded(at(10));
        assert_eq!((condition.health(), condition.not_before()), (Health::Ok, None));
        condition.failed(&down(), at(20));
        assert_eq!(condition.not_before(), Some(at(20 + 900)));
    }

    #[test]
    fn a_routine_waits_for_its_turn_but_not_for_a_clock_that_was_set_back() {
        let mut condition = Condition::default();
        condition.failed(&down(), at(0));
        assert!(!condition.may_be_asked(at(9)));
        assert!(condition.may_be_asked(at(10)));
        assert!(condition.may_be_asked(at(-86_400)));
    }

    #[test]
    fn trouble_is_told_once_after_five_minutes_of_failing_and_of_running() {
        let mut condition = Condition::default();
        condition.failed(&down(), at(0));
        assert!(!condition.should_tell(at(-1000), at(299)));
        assert!(!condition.should_tell(at(100), at(399)));
        assert!(condition.should_tell(at(100), at(400)));
        condition.failed(&down(), at(500));
        assert!(!condition.should_tell(at(100), at(5000)));
    }

    #[test]
    fn after_a_sleep_patience_begins_anew() {
        let mut condition = Condition::default();
        condition.failed(&down(), at(0));
        condition.resumed(at(30_000));
        assert!(condition.may_be_asked(at(30_000)));
        condition.failed(&down(), at(30_001));
        assert!(!condition.should_tell(at(0), at(30_299)));
        assert!(condition.should_tell(at(0), at(30_300)));
    }
}
