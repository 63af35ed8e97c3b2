//! The only place in the engine that asks what time it is.

use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Tells and waits for time. Tests have one that they move by hand.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The current time by the wall clock.
    fn now(&self) -> Timestamp;

    /// A monotonic reading that stands still while the machine sleeps, to tell a sleep from a busy moment. On Windows it goes on:
    /// there only a clock that was set is told by it, and a sleep by the gap between two looks at a server.
    fn running(&self) -> Duration;

    /// Waits. Never for long: whoever needs a long wait compares wall-clock times after short ones.
    async fn sleep(&self, span: Duration);
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock(std::time::Instant);

impl SystemClock {
    /// The clock, shared.
    pub fn shared() -> Arc<dyn Clock> {
        Arc::new(Self(std::time::Instant::now()))
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn running(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
