//! Standard output, whose reader may leave at any time.

use std::io::Write as _;

/// Writes a line. A reader that has gone, as `head` does, is no failure of ours: what it wanted it has.
pub(crate) fn print_line(line: &str) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{line}") {
        tracing::debug!("standard output cannot be written: {error}");
    }
}

/// Writes a line for people.
pub(crate) fn print_plain(line: &str) {
    print_line(&plain(line));
}

/// Titles, names and failures come from servers: what would steer a terminal is replaced.
pub(crate) fn plain(line: &str) -> String {
    line.replace(char::is_control, "\u{fffd}")
}
