//! How time passes for everything that happens by itself.

use super::world::{REFRESH_INTERVAL, RSS_INTERVAL, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    CommandEnds(i64),
    DownloadImports(usize),
    Feeds,
    Refresh,
    Housekeeping,
}

impl World {
    /// Lets everything happen that is due by the clock, in its order.
    pub(crate) fn progress(&mut self) {
        let target = self.clock.now();
        loop {
            self.start_commands();
            let Some((at, event)) = self.next_event().filter(|(at, _)| *at <= target) else {
                break;
            };
            self.now = self.now.max(at);
            match event {
                Event::CommandEnds(id) => self.finish_command(id),
                Event::DownloadImports(index) => self.import_download(index),
                Event::Feeds => {
                    self.read_feeds();
                    self.next_rss = at + RSS_INTERVAL;
                }
                Event::Refresh => {
                    self.queue_command("RefreshSeries", Map::new(), "scheduled");
                    self.next_refresh = at + REFRESH_INTERVAL;
                }
                Event::Housekeeping => {
                    self.housekeep();
                    // After a long sleep one cleaning is as good as many.
                    let day = SignedDuration::from_hours(24);
                    self.next_housekeeping = (at + day).max(target - day + SignedDuration::from_secs(1));
                }
            }
        }
        self.now = target;
    }

    fn next_event(&self) -> Option<(Timestamp, Event)> {
        let commands = self
            .running
            .iter()
            .filter_map(|id| Some((self.commands.get(id)?.ends?, Event::CommandEnds(*id))));
        let import = self
            .next_import()
            .map(|(at, index)| (at, Event::DownloadImports(index)));
        let background = [(self.next_rss, Event::Feeds), (self.next_refresh, Event::Refresh)];
        let background = background.into_iter().filter(|_| self.settings.quirks.background);
        commands
            .chain(import)
            .chain(background)
            .chain([(self.next_housekeeping, Event::Housekeeping)])
            .min()
    }
}
