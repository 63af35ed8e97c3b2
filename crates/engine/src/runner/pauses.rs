//! How long work that failed waits before it is tried again.

use crate::act::ActError;
use jiff::SignedDuration;
use remote::RemoteError;

/// Pauses before another try, by how often it failed; the last one repeats.
const PAUSES_SECONDS: [i64; 9] = [15, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600];
/// No pause is longer than this, whatever a server asks for.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);
/// Pause after Sonarr said that a disk is not there: nothing gets better within minutes.
const DISK_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// The pause after a failure, when there were so many before it.
pub(super) fn pause(error: &ActError, attempts: u32) -> SignedDuration {
    if let ActError::Remote(RemoteError::Conflict { .. }) = error {
        return DISK_PAUSE;
    }
    if let ActError::Remote(RemoteError::RateLimited {
        retry_after: Some(pause),
    }) = error
    {
        let asked_for = SignedDuration::try_from(*pause).unwrap_or(DISK_PAUSE);
        return asked_for.clamp(SignedDuration::from_secs(1), LONGEST_PAUSE);
    }
    let index = (attempts as usize).min(PAUSES_SECONDS.len() - 1);
    SignedDuration::from_secs(PAUSES_SECONDS[index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn pauses_grow_and_stay_within_half_a_day() {
        let lengths: Vec<i64> = (0..12)
            .map(|attempts| pause(&ActError::NotKept, attempts).as_secs())
            .collect();
        assert!(lengths.windows(2).all(|pair| pair[0] <= pair[1]), "{lengths:?}");
        assert_eq!((lengths[0], lengths[11]), (15, 12 * 3600));
    }

    #[test]
    fn a_server_may_ask_for_a_longer_pause_but_not_for_ever() {
        let limited = |seconds| {
            ActError::Remote(RemoteError::RateLimited {
                retry_after: Some(Duration::from_secs(seconds)),
            })
        };
        assert_eq!(pause(&limited(90), 0), SignedDuration::from_secs(90));
        assert_eq!(pause(&limited(0), 0), SignedDuration::from_secs(1));
        assert_eq!(pause(&limited(u64::MAX), 0), DISK_PAUSE);
        assert_eq!(pause(&limited(1_000_000), 0), LONGEST_PAUSE);
    }
}
