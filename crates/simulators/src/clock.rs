//! The time inside the simulators: the machine's, a faster one, or one that a test moves by hand.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// A clock that all simulators of one world share.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<Mutex<Source>>);

#[derive(Debug)]
enum Source {
    Scaled {
        origin: Timestamp,
        started: Timestamp,
        speed: f64,
    },
    Manual {
        now: Timestamp,
    },
}

impl SimClock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self::scaled(Timestamp::now(), 1.0)
    }

    /// Time that starts at `origin` and runs `speed` times as fast as the machine's.
    pub fn scaled(origin: Timestamp, speed: f64) -> Self {
        Self(Arc::new(Mutex::new(Source::Scaled {
            origin,
            started: Timestamp::now(),
            speed,
        })))
    }

    /// Time that stands still until it is moved.
    pub fn manual(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Source::Manual { now })))
    }

    /// The current simulated time.
    pub fn now(&self) -> Timestamp {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::Scaled { origin, started, speed } => {
                let real = Timestamp::now().duration_since(*started).as_secs_f64();
                *origin + SignedDuration::from_secs_f64(real * speed)
            }
            Source::Manual { now } => *now,
        }
    }

    /// Moves the clock; negative spans move it back, as a wrong system clock would.
    pub fn advance(&self, by: SignedDuration) {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::Scaled { origin, .. } => *origin += by,
            Source::Manual { now } => *now += by,
        }
    }

    /// Sets a manual clock; a running one continues from there.
    pub fn set(&self, to: Timestamp) {
        let by = to.duration_since(self.now());
        self.advance(by);
    }
}
