//! How dates, times past and amounts are said in sentences for people.

use crate::ids::EpisodeRef;
use crate::monitoring::TrackingEntry;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const SMALL_NUMBERS: [&str; 12] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
];

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The day of a moment, as "3 December"; with the year where it is not the present one.
pub(crate) fn date(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (day, today) = (at.to_zoned(zone.clone()).date(), now.to_zoned(zone.clone()).date());
    let month = usize::try_from(day.month() - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default();
    if day.year() == today.year() {
        format!("{} {month}", day.day())
    } else {
        format!("{} {month} {}", day.day(), day.year())
    }
}

/// How long ago a moment is, as "two days ago".
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.duration_since(at).as_secs() {
        seconds if seconds < HOUR => "within the last hour".to_owned(),
        seconds if seconds < DAY => format!("{} ago", counted(seconds / HOUR, "hour")),
        seconds => format!("{} ago", counted(seconds / DAY, "day")),
    }
}

/// A number of things, as "one day", "two days", "14 days".
pub(crate) fn counted(number: i64, thing: &str) -> String {
    let word = usize::try_from(number)
        .ok()
        .and_then(|index| SMALL_NUMBERS.get(index))
        .copied();
    let plural = if number == 1 { "" } else { "s" };
    word.map_or_else(
        || format!("{number} {thing}{plural}"),
        |word| format!("{word} {thing}{plural}"),
    )
}

/// Files with their size, as "10 files (12.3 GB)"; the size is left out where it is not known.
pub(crate) fn files_and_bytes(files: usize, bytes: i64) -> String {
    let plural = if files == 1 { "" } else { "s" };
    if bytes > 0 {
        format!("{files} file{plural} ({})", size(bytes))
    } else {
        format!("{files} file{plural}")
    }
}

/// A size in decimal units, as disk makers and Sonarr's users count.
pub(crate) fn size(bytes: i64) -> String {
    let (unit, name) = match bytes {
        1_000_000_000_000.. => (1_000_000_000_000, "TB"),
        1_000_000_000.. => (1_000_000_000, "GB"),
        1_000_000.. => (1_000_000, "MB"),
        _ => (1_000, "kB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// The name of an entry's viewer, or the account id where there is none.
pub(crate) fn viewer(entry: &TrackingEntry) -> &str {
    entry
        .viewer_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or(&entry.viewer.account)
}

/// What a viewer last watched of a season, as "S02E10", or "season 2" where the episode is not known.
pub(crate) fn last_of_season(entry: &TrackingEntry, season: i32) -> String {
    let played = entry
        .plays
        .iter()
        .rev()
        .map(|(at, _)| *at)
        .find(|at| at.season == season);
    let known = entry.last_watched.filter(|at| at.season == season).or(played);
    known.map_or_else(|| format!("season {season}"), |at: EpisodeRef| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn dates_name_the_year_only_where_it_differs() {
        let now = time("2026-12-01T12:00:00Z");
        assert_eq!(date(time("2026-12-03T00:00:00Z"), now, &TimeZone::UTC), "3 December");
        assert_eq!(
            date(time("2027-01-03T00:00:00Z"), now, &TimeZone::UTC),
            "3 January 2027"
        );
    }

    #[test]
    fn dates_are_those_of_the_given_time_zone() {
        let now = time("2026-12-01T12:00:00Z");
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(date(time("2026-12-02T23:00:00Z"), now, &zone), "3 December");
    }

    #[test]
    fn times_past_are_said_in_words() {
        let now = time("2026-12-03T12:00:00Z");
        assert_eq!(ago(time("2026-12-01T12:00:00Z"), now), "two days ago");
        assert_eq!(ago(time("2026-12-03T11:00:00Z"), now), "one hour ago");
        assert_eq!(ago(time("2026-12-03T11:59:00Z"), now), "within the last hour");
        assert_eq!(ago(time("2026-11-03T12:00:00Z"), now), "30 days ago");
    }

    #[test]
    fn amounts_are_rounded_down_to_one_decimal() {
        assert_eq!(files_and_bytes(1, 1_590_000_000), "1 file (1.5 GB)");
        assert_eq!(files_and_bytes(10, 0), "10 files");
        assert_eq!(size(999), "0.9 kB");
        assert_eq!(size(2_000_000_000_000), "2.0 TB");
    }
}
