//! Observed time: what was not seen is not taken for "nobody watched".

use jiff::{SignedDuration, Timestamp};

/// A stretch of time in which some media server was not read, and its history of that time not read back since.
///
/// A gap that was read back is no gap any more: drop it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The last moment that is known.
    pub from: Timestamp,
    /// When the server was read again; `None` while it is away or its history is still to be read back.
    pub until: Option<Timestamp>,
    /// The media server's name, for sentences.
    pub server: String,
}

/// Which times are known of all media servers together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedTime {
    began: Timestamp,
    gaps: Vec<Gap>,
}

impl ObservedTime {
    /// Puts together when observation began (what was before is unknown) and the gaps since then, in any order and
    /// overlapping as they like.
    ///
    /// Where no media server is connected nothing is observed, see [`ObservedTime::nothing`].
    pub fn new(began: Timestamp, mut gaps: Vec<Gap>) -> Self {
        gaps.sort();
        Self { began, gaps }
    }

    /// Nothing is observed, and nothing is going to be.
    pub fn nothing() -> Self {
        Self::new(Timestamp::MAX, Vec::new())
    }

    /// How much of the time from `since` to `now` is known.
    pub fn observed_since(&self, since: Timestamp, now: Timestamp) -> SignedDuration {
        let mut known_until = since.max(self.began);
        let mut observed = SignedDuration::ZERO;
        for gap in &self.gaps {
            let (from, until) = (gap.from.min(now), gap.until.unwrap_or(now).min(now));
            if from > known_until {
                observed = observed.saturating_add(from.duration_since(known_until));
            }
            known_until = known_until.max(until);
        }
        if now > known_until {
            observed.saturating_add(now.duration_since(known_until))
        } else {
            observed
        }
    }

    /// Whether everything from `since` to `now` is known.
    pub fn past_known(&self, since: Timestamp, now: Timestamp) -> bool {
        let overlaps = |gap: &Gap| gap.from < now && gap.until.is_none_or(|until| until > since && until > gap.from);
        since >= self.began && self.open_gap().is_none() && !self.gaps.iter().any(overlaps)
    }

    /// From when on the whole of a `span` that ends then is known, if everything is observed from now on; `None` where that
    /// cannot be told.
    pub(crate) fn known_again(&self, span: SignedDuration) -> Option<Timestamp> {
        let mut known_from = self.began;
        for gap in &self.gaps {
            let until = gap.until?;
            if until > gap.from {
                known_from = known_from.max(until);
            }
        }
        known_from.checked_add(span).ok()
    }

    /// A gap that may still be read back: the server is away, or its history is being read. While there is one, nothing is
    /// deleted.
    pub fn open_gap(&self) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.until.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    fn gap(from: i64, until: Option<i64>) -> Gap {
        Gap {
            from: day(from),
            until: until.map(day),
            server: "Plex".to_owned(),
        }
    }

    #[test]
    fn observed_time_is_what_no_gap_covers() {
        let cases: &[(&str, Vec<Gap>, i64, i64)] = &[
            ("no gaps", vec![], 3, 7),
            ("before observation began", vec![], -5, 10),
            ("a gap inside", vec![gap(4, Some(6))], 3, 5),
            ("a gap over the start", vec![gap(1, Some(5))], 3, 5),
            ("a gap before the start", vec![gap(1, Some(2))], 3, 7),
            (
                "overlapping gaps count once",
                vec![gap(5, Some(8)), gap(4, Some(6))],
                3,
                3,
            ),
            ("a gap inside another", vec![gap(4, Some(9)), gap(5, Some(6))], 3, 2),
            ("an open gap", vec![gap(8, None)], 3, 5),
            ("nothing but gap", vec![gap(-1, None)], 3, 0),
            ("since is ahead of now", vec![], 12, 0),
            ("a gap of the future", vec![gap(11, Some(12))], 3, 7),
        ];
        for (name, gaps, since, days) in cases {
            let observed = ObservedTime::new(day(0), gaps.clone()).observed_since(day(*since), day(10));
            assert_eq!(observed, SignedDuration::from_hours(24 * days), "{name}");
        }
    }

    #[test]
    fn the_past_is_known_only_without_any_gap_in_it() {
        let cases: &[(&str, Vec<Gap>, i64, bool)] = &[
            ("no gaps", vec![], 3, true),
            ("before observation began", vec![], -1, false),
            ("a gap inside", vec![gap(4, Some(6))], 3, false),
            ("a gap that ended before", vec![gap(1, Some(3))], 3, true),
            ("an open gap", vec![gap(10, None)], 3, false),
            ("a gap of no length", vec![gap(5, Some(5))], 3, true),
        ];
        for (name, gaps, since, known) in cases {
            assert_eq!(
                ObservedTime::new(day(0), gaps.clone()).past_known(day(*since), day(10)),
                *known,
                "{name}"
            );
        }
    }

    #[test]
    fn a_span_is_known_again_when_every_gap_lies_before_it() {
        let known_again = |gaps| ObservedTime::new(day(0), gaps).known_again(SignedDuration::from_hours(7 * 24));
        assert_eq!(known_again(vec![]), Some(day(7)));
        assert_eq!(known_again(vec![gap(4, Some(6)), gap(2, Some(3))]), Some(day(13)));
        assert_eq!(known_again(vec![gap(9, Some(9))]), Some(day(7)));
        assert_eq!(known_again(vec![gap(4, Some(6)), gap(8, None)]), None);
        let nothing = ObservedTime::nothing();
        assert_eq!(nothing.known_again(SignedDuration::from_hours(1)), None);
        assert!(!nothing.past_known(day(1), day(2)));
        assert_eq!(nothing.observed_since(day(1), day(2)), SignedDuration::ZERO);
    }
}
