//! How a remote is, and when to try it again: a ladder that failures climb and successes step down.

use domain::state::Health;
use jiff::{SignedDuration, Timestamp};
use remote::RemoteError;

/// Pauses after one, two, … failures in a row, in seconds.
const LADDER: [i64; 8] = [0, 10, 30, 60, 120, 300, 600, 900];
/// How long something must be broken before the user is told.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// No pause is longer than this, whatever a server asks for.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// The condition of one remote.
#[derive(Debug, Clone)]
pub struct Condition {
    health: Health,
    trouble: Option<String>,
    rung: usize,
    failing_since: Option<Timestamp>,
    pause: Option<Pause>,
    /// Whether it was waited for in vain.
    hangs: bool,
    /// Why its answers are not all there is. Good answers do not change that.
    sees_part: Option<String>,
    told: bool,
    last_contact: Option<Timestamp>,
}

/// For how long it is left alone.
#[derive(Debug, Clone, Copy)]
struct Pause {
    from: Timestamp,
    until: Timestamp,
    /// Whether it asked for it itself.
    asked_for: bool,
}

impl Pause {
    /// A pause that begins later than now comes from a clock that was set back since.
    fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            health: Health::Unknown,
            trouble: None,
            rung: 0,
            failing_since: None,
            pause: None,
            hangs: false,
            sees_part: None,
            told: false,
            last_contact: None,
        }
    }
}

impl Condition {
    /// It answered well.
    pub fn succeeded(&mut self, now: Timestamp) {
        let well = Self {
            health: Health::Ok,
            last_contact: Some(now),
            rung: self.rung.saturating_sub(1),
            ..Self::default()
        };
        *self = match self.sees_part.take() {
            None => well,
            Some(trouble) => Self {
                health: Health::Unauthorized,
                trouble: Some(trouble.clone()),
                failing_since: self.failing_since,
                sees_part: Some(trouble),
                told: self.told,
                ..well
            },
        };
    }

    /// It answers, but with this token it shows only a part of what there is. That lasts until it is known to show all.
    pub fn shows_part(&mut self, trouble: String, now: Timestamp) {
        self.sees_part = Some(trouble);
        self.failing_since.get_or_insert(now);
        self.succeeded(now);
    }

    /// It was asked with this token, and shows everything.
    pub fn shows_all(&mut self, now: Timestamp) {
        self.sees_part = None;
        self.succeeded(now);
    }

    /// Why what it answers is not all there is; `None` where nothing is known against it.
    pub fn why_only_part(&self) -> Option<&str> {
        self.sees_part.as_deref()
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
        self.hangs = matches!(error, RemoteError::Timeout { .. });
        if let RemoteError::RateLimited {
            retry_after: Some(wanted),
        } = error
        {
            let wanted = SignedDuration::try_from(*wanted).unwrap_or(LONGEST_PAUSE);
            self.rest(now, wanted.clamp(SignedDuration::from_secs(1), LONGEST_PAUSE), true);
        }
    }

    /// It cannot be asked at all, for want of a secret. That costs no request, so there is no pause.
    pub fn lacks_secret(&mut self, trouble: String, now: Timestamp) {
        self.health = Health::Unauthorized;
        self.trouble = Some(trouble);
        self.failing_since.get_or_insert(now);
    }

    fn fail(&mut self, health: Health, trouble: String, now: Timestamp) {
        self.health = health;
        self.trouble = Some(trouble);
        self.failing_since.get_or_insert(now);
        self.rung = (self.rung + 1).min(LADDER.len() - 1);
        self.rest(now, SignedDuration::from_secs(LADDER[self.rung]), false);
    }

    fn rest(&mut self, from: Timestamp, length: SignedDuration, asked_for: bool) {
        self.pause = Some(Pause {
            from,
            until: from + length,
            asked_for,
        });
    }

    /// Whether it may be asked by a routine.
    pub fn may_be_asked(&self, now: Timestamp) -> bool {
        !self.pause.is_some_and(|pause| pause.holds(now))
    }

    /// Whether it may be asked for somebody who waits for the answer: not when it was just waited for in vain.
    pub fn may_be_waited_for(&self, now: Timestamp) -> bool {
        !self.hangs || self.may_be_asked(now)
    }

    /// Whether it asked to be left alone.
    pub fn wants_rest(&self, now: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.asked_for && pause.holds(now))
    }

    /// When it may be asked next, while it is failing.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.pause.map(|pause| pause.until)
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
        self.pause = None;
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
    fn a_server_that_asks_for_a_pause_gets_it_up_to_half_a_day() {
        let limited = |seconds| RemoteError::RateLimited {
            retry_after: Some(std::time::Duration::from_secs(seconds)),
        };
        let mut condition = Condition::default();
        condition.failed(&limited(3600), at(0));
        assert!(condition.wants_rest(at(3599)) && !condition.may_be_asked(at(3599)));
        assert!(!condition.wants_rest(at(3600)) && condition.may_be_asked(at(3600)));
        condition.failed(&limited(1_000_000), at(3600));
        assert_eq!(condition.not_before(), Some(at(3600 + 12 * 3600)));
        condition.failed(&down(), at(3700));
        assert!(!condition.wants_rest(at(3700)) && !condition.may_be_asked(at(3700)));
    }

    #[test]
    fn only_a_server_that_hung_is_not_waited_for_again() {
        let hung = RemoteError::Timeout {
            after: std::time::Duration::from_secs(60),
        };
        let mut condition = Condition::default();
        condition.failed(&down(), at(0));
        assert!(condition.may_be_waited_for(at(0)));
        condition.failed(&hung, at(60));
        assert!(!condition.may_be_waited_for(at(60)));
        condition.forgive();
        assert!(condition.may_be_waited_for(at(60)));
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
    fn who_sees_only_a_part_is_in_trouble_however_well_it_answers_until_it_sees_all() {
        let mut condition = Condition::default();
        condition.succeeded(at(0));
        condition.shows_part("no administrator".to_owned(), at(10));
        for minute in 1..10 {
            condition.succeeded(at(60 * minute));
            assert_eq!(condition.health(), Health::Unauthorized);
            assert_eq!(condition.trouble(), Some("no administrator"));
            assert_eq!(condition.last_contact(), Some(at(60 * minute)));
            assert!(condition.may_be_asked(at(60 * minute)));
            let tells = condition.should_tell(at(0), at(60 * minute + 10));
            assert_eq!(tells, minute == 5, "once, after five minutes");
        }
        condition.failed(&down(), at(600));
        assert_eq!(condition.health(), Health::Unreachable);
        condition.succeeded(at(700));
        assert_eq!(condition.health(), Health::Unauthorized);
        condition.shows_all(at(800));
        assert_eq!((condition.health(), condition.why_only_part()), (Health::Ok, None));
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
