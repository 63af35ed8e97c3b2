//! Waiting for something that happens elsewhere, with a limit and without a guess.

use std::time::{Duration, Instant};

/// Long enough for a slow machine with other work; nothing waits so long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(40);

const PAUSE: Duration = Duration::from_millis(50);

/// Waits until `look` finds something.
pub async fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// Waits for `limit` until `look` finds something.
pub async fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Like [`until`], for a condition.
pub async fn until_true(what: &str, mut look: impl FnMut() -> bool) {
    until(what, || look().then_some(())).await;
}
