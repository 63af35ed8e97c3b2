//! Another time of day for the programs that a test starts: libfaketime moves their wall clock and leaves the running one
//! alone, so that time limits stay what they are.

use simulators::clock::SimClock;
use std::fs;
use std::path::{Path, PathBuf};

/// A time of day that programs live by and a test moves, also while they run.
pub struct FakedTime {
    library: PathBuf,
    /// Says how far away it is from the machine's.
    file: PathBuf,
}

impl FakedTime {
    /// The time of a clock; the file is for it alone. Needs libfaketime, which is looked for where distributions put it.
    pub fn of(clock: &SimClock, file: PathBuf) -> Self {
        let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
        let places = [
            format!("/usr/lib/{triplet}/faketime"),
            "/usr/lib64/faketime".to_owned(),
            "/usr/lib/faketime".to_owned(),
            "/usr/local/lib/faketime".to_owned(),
        ];
        let mut libraries = places.iter().map(|place| Path::new(place).join("libfaketimeMT.so.1"));
        let Some(library) = libraries.find(|library| library.exists()) else {
            panic!(
                "libfaketime is not in {}: install it with \"apt-get install faketime\" or \"./dev setup\"",
                places.join(", ")
            );
        };
        let time = Self { library, file };
        time.follow(clock);
        time
    }

    /// Makes it the time that the clock has now; from then on both run.
    pub fn follow(&self, clock: &SimClock) {
        let away = clock.now().duration_since(SimClock::system().now());
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{:+.3}", away.as_secs_f64())).unwrap();
        // Whoever reads it meanwhile reads one or the other.
        fs::rename(new, &self.file).unwrap();
    }

    /// The environment of a program that lives by it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
    }
}
