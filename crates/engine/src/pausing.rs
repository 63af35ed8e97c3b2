//! Holding monitoring for a while.

use crate::core::{Core, Pause, lock};
use crate::options::PauseFor;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

impl PauseFor {
    /// When a pause that begins now ends by itself.
    pub(crate) fn until(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::OneHour => Some(now + SignedDuration::from_hours(1)),
            Self::UntilTomorrow => Some(tomorrow_morning(&now.to_zoned(TimeZone::system()))),
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
        self.streams_anew.send_replace(());
    }
}

/// A pause as stored: a time, or "forever".
pub(crate) fn read_pause(text: Option<&str>) -> Option<Pause> {
    match text? {
        "forever" => Some(Pause { until: None }),
        time => time.parse().ok().map(|until| Pause { until: Some(until) }),
    }
}

/// Six in the morning of the next day, where people are; on the days on which clocks are changed as well.
fn tomorrow_morning(now: &Zoned) -> Timestamp {
    let morning = now
        .tomorrow()
        .and_then(|day| day.with().time(Time::constant(6, 0, 0, 0)).build());
    morning.map_or(now.timestamp() + SignedDuration::from_hours(12), |morning| {
        morning.timestamp()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_tomorrow_ends_at_six_in_the_next_morning() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (now, end) in [
            ("2026-11-25T19:30:00Z", "2026-11-26T05:00:00Z"),
            ("2026-11-25T23:30:00Z", "2026-11-27T05:00:00Z"),
            ("2026-12-31T12:00:00Z", "2027-01-01T05:00:00Z"),
            // The clocks are put forward, and back, in the night between.
            ("2026-03-28T19:30:00Z", "2026-03-29T04:00:00Z"),
            ("2026-10-24T19:30:00Z", "2026-10-25T05:00:00Z"),
        ] {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(
                tomorrow_morning(&now.to_zoned(zone.clone())),
                end.parse().unwrap(),
                "{now}"
            );
        }
    }
}
