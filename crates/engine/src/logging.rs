//! Logs: to standard error, and to a file a day in the data folder.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{Builder, RollingFileAppender, Rotation};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How many lines wait for a slow disk at most; the room for them is taken at once.
const WAITING_LINES: usize = 4096;
/// How many daily files are kept.
const KEPT_FILES: usize = 14;

/// Keeps the file writer alive; what is not written yet is written when it is dropped.
#[must_use = "dropping it ends logging to the file"]
pub struct LogGuard {
    _file: Option<WorkerGuard>,
}

/// Starts logging. A folder that cannot be written is said on standard error, and does not keep the program from running.
///
/// `level` is one of error, warn, info, debug, trace and applies to this product; libraries stay at warnings.
pub fn init(data_dir: Option<&Path>, level: &str) -> LogGuard {
    let filter = EnvFilter::new(format!(
        "warn,cliffhangarr={level},cliffhangarr_cli={level},cliffhangarr_lib={level},cliffhangarr_engine={level},\
         cliffhangarr_store={level},cliffhangarr_config={level},cliffhangarr_sonarr={level},\
         cliffhangarr_media_servers={level},cliffhangarr_remote={level}"
    ));
    let stderr = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    let (file, guard) = match data_dir.map(open_file) {
        Some(Ok(appender)) => {
            let (writer, guard) = NonBlockingBuilder::default()
                .buffered_lines_limit(WAITING_LINES)
                .finish(appender);
            (
                Some(tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false)),
                Some(guard),
            )
        }
        Some(Err(error)) => {
            eprintln!("Log files cannot be written ({error}); logging to standard error only.");
            (None, None)
        }
        None => (None, None),
    };
    // A second call, as in tests, keeps the first subscriber.
    if tracing_subscriber::registry()
        .with(filter)
        .with(stderr)
        .with(file)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started before");
    }
    LogGuard { _file: guard }
}

fn open_file(data_dir: &Path) -> Result<RollingFileAppender, Box<dyn std::error::Error>> {
    let folder = data_dir.join("logs");
    make_private(&folder)?;
    let appender = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("cliffhangarr")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(folder)?;
    Ok(appender)
}

/// Logs say who watched what. The data folder itself may be made here, too: logging starts before it is opened.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_daily_files_are_kept_also_when_the_program_is_started_anew_each_day() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        make_private(&logs).unwrap();
        for day in 1..=20 {
            std::fs::write(logs.join(format!("cliffhangarr.2026-01-{day:02}.log")), "old\n").unwrap();
        }
        drop(open_file(folder.path()).unwrap());
        let mut names: Vec<String> = std::fs::read_dir(&logs)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), 14, "{names:?}");
    }
}
