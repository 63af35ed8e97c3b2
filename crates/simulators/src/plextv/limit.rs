//! How many requests are answered.

use jiff::{SignedDuration, Timestamp};

/// So many requests within a span of simulated time; the rest is told to come back when the span is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are answered.
    pub requests: u32,
    /// The span, from the first of them on.
    pub per: SignedDuration,
}

/// What has been asked in the current span.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    limit: Option<RateLimit>,
    since: Option<Timestamp>,
    answered: u32,
}

impl Traffic {
    pub(super) fn limited(limit: Option<RateLimit>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Counts a request in, or says after how many seconds the next one will be.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), i64> {
        let Some(limit) = self.limit else { return Ok(()) };
        let over = |since: Timestamp| now.duration_since(since) >= limit.per;
        let since = match self.since {
            Some(since) if !over(since) => since,
            _ => {
                self.answered = 0;
                *self.since.insert(now)
            }
        };
        if self.answered == limit.requests {
            let rest = limit.per - now.duration_since(since);
            return Err(rest.as_secs() + i64::from(rest.subsec_nanos() > 0));
        }
        self.answered += 1;
        Ok(())
    }
}
