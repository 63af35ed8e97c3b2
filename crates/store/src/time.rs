//! Times as they stand in the database.

use crate::StoreError;
use jiff::{SignedDuration, Timestamp};

/// Milliseconds since 1970 in UTC.
pub(crate) fn to_ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A span in milliseconds; the longest there is where it is too long.
pub(crate) fn span_to_ms(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Reads [`to_ms`].
pub(crate) fn from_ms(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|_| StoreError::Corrupt(format!("{ms} is not a time")))
}

/// [`from_ms`] for a column that may be empty.
pub(crate) fn from_ms_opt(ms: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    ms.map(from_ms).transpose()
}
