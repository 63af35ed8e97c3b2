//! Whether rows come in the order that was asked for: last played first, and then what never was.

use jiff::Timestamp;

#[derive(Debug, Default)]
pub(super) struct Order {
    newest: Option<Timestamp>,
    /// The time of the last row, where there was a row, and where it had a time.
    last: Option<Option<Timestamp>>,
    broken: bool,
}

impl Order {
    /// Takes one more row.
    pub(super) fn note(&mut self, at: Option<Timestamp>) {
        // No time is less than any.
        self.broken |= self.last.is_some_and(|last| at > last);
        self.last = Some(at);
        self.newest = self.newest.max(at);
    }

    /// It was found in another way that rows which should have come by now did not.
    pub(super) fn lacks_rows(&mut self) {
        self.broken = true;
    }

    pub(super) fn is_kept(&self) -> bool {
        !self.broken
    }

    /// Whether the last row has a time: then the order can be seen in the rows.
    pub(super) fn has_reached_a_date(&self) -> bool {
        self.last.flatten().is_some()
    }

    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.newest
    }
}
