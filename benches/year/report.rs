//! What a year came to.

use std::time::Duration;
use store::Readiness;

const GIGABYTE: i64 = 1_000_000_000;

/// The figures of a year.
#[derive(Debug, Default)]
pub struct Report {
    pub plays: u64,
    pub season_searches: u64,
    pub episode_searches: u64,
    /// Times a viewer came to the next season, and it was there.
    pub in_time: u64,
    /// The same, and it was not.
    pub late: u64,
    /// Times a viewer went on right after a pilot, and the rest of the season was there; and was not.
    pub after_pilot: (u64, u64),
    /// Times a viewer came back to what a reset or cleanup had taken.
    pub gone: u64,
    /// What the engine says of it.
    pub measured: Readiness,
    pub deleted_files: u64,
    pub deleted_bytes: i64,
    pub bytes_at_end: i64,
    pub most_bytes: i64,
    /// What keeping everything that has aired would take.
    pub everything: i64,
    pub resets: u64,
    pub cleanups: u64,
    /// Work that is owed at the end.
    pub unfinished: u64,
    /// What Sonarr was asked, and Plex.
    pub requests: [u64; 2],
    pub wrong: Vec<String>,
}

impl Report {
    /// Whether nothing went wrong, nothing was left undone, and most of what was wanted next was there.
    pub fn is_good(&self) -> bool {
        let came = self.in_time + self.late;
        self.wrong.is_empty() && self.unfinished == 0 && self.in_time * 5 >= came * 4
    }

    pub fn print(&self, took: Duration) {
        let share = |part: u64, whole: u64| part as f64 * 100.0 / whole.max(1) as f64;
        println!("A year of 8 viewers and 200 shows in {:.1} s", took.as_secs_f64());
        println!("  plays                      {:>8}", self.plays);
        println!("  searches for seasons       {:>8}", self.season_searches);
        println!("  searches for episodes      {:>8}", self.episode_searches);
        println!(
            "  next season in time        {:>8.1} %  ({} of {})",
            share(self.in_time, self.in_time + self.late),
            self.in_time,
            self.in_time + self.late,
        );
        let (there, missing) = self.after_pilot;
        println!(
            "  rest after a pilot in time {:>8.1} %  ({there} of {}, with downloads of 90 minutes)",
            share(there, there + missing),
            there + missing,
        );
        println!(
            "  as the engine measures it  {:>8.1} %  ({} in time, {} late, {} not needed so far)",
            share(self.measured.in_time, self.measured.in_time + self.measured.late),
            self.measured.in_time,
            self.measured.late,
            self.measured.open,
        );
        println!("  came back to what had gone {:>8}", self.gone);
        println!("  seasons cleaned up         {:>8}", self.cleanups);
        println!("  shows reset                {:>8}", self.resets);
        println!(
            "  files deleted              {:>8}  ({} GB)",
            self.deleted_files,
            self.deleted_bytes / GIGABYTE
        );
        println!(
            "  on disk at the end         {:>8} GB (at most {} GB)",
            self.bytes_at_end / GIGABYTE,
            self.most_bytes / GIGABYTE
        );
        println!("  monitoring everything      {:>8} GB", self.everything / GIGABYTE);
        println!(
            "  saved                      {:>8.1} %",
            100.0 - self.bytes_at_end as f64 * 100.0 / self.everything.max(1) as f64
        );
        println!(
            "  requests                   {:>8}  to Sonarr, {} to Plex",
            self.requests[0], self.requests[1]
        );
        println!("  owed at the end            {:>8}", self.unfinished);
        println!("  wrong deletions            {:>8}", self.wrong.len());
        for wrong in self.wrong.iter().take(10) {
            println!("    {wrong}");
        }
    }
}
