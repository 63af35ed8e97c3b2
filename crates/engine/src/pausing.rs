//! Holding monitoring for a while.

use crate::core::{Core, Pause, lock};
use crate::options::PauseFor;
use jiff::{SignedDuration, Timestamp};

impl PauseFor {
    /// When a pause that begins now ends by itself.
    pub(crate) fn until(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::OneHour => Some(now + SignedDuration::from_hours(1)),
            Self::UntilTomorrow => Some(tomorrow_morning(now)),
            Self::UntilResumed => None,
        }
    }
}

impl Core {
    /// Begins or ends a pause, on disk as well.
    pub(crate) async fn set_pause(&self, pause: Option<Pause>) {
        *lock(&self.paused) = pause;
        let text = pause.map(|pause| pause.until.map_or("forever".to_owned(), |until| until.to_string()));
        if let Err(error) = self.store.set_meta("paused", text.as_deref()).await {
            tracing::error!("{error}");
            self.publisher.store_trouble(Some(&error.to_string()));
        }
        self.rules_changed();
        self.listeners.notify_one();
        self.publish().await;
    }

    /// Has every event stream opened anew.
    pub(crate) fn restart_listeners(&self) {
        self.listeners.notify_one();
    }
}

/// A pause as stored: a time, or "forever".
pub(crate) fn read_pause(text: Option<&str>) -> Option<Pause> {
    match text? {
        "forever" => Some(Pause { until: None }),
        time => time.parse().ok().map(|until| Pause { until: Some(until) }),
    }
}

/// Six in the coming morning, where people are.
fn tomorrow_morning(now: Timestamp) -> Timestamp {
    let zoned = now.to_zoned(jiff::tz::TimeZone::system());
    zoned
        .tomorrow()
        .and_then(|day| day.start_of_day())
        .and_then(|midnight| midnight.checked_add(SignedDuration::from_hours(6)))
        .map_or(now + SignedDuration::from_hours(12), |morning| morning.timestamp())
}
