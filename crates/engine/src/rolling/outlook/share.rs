//! What is so large a share of all files that a pass would ask first, counted as the pass counts.

use super::rows::{asks_anything, tell_what_asks};
use crate::core::Core;
use crate::report::OutlookRow;
use domain::monitoring::RollingShow;
use domain::reset::Amount;

impl Core {
    /// Marks what a pass asks about first. `known` is what the shows have that were looked up; the files of those that were
    /// left out are counted only where they matter, and where they cannot be counted nothing is promised.
    pub(super) async fn tell_large_shares(
        &self,
        rows: &mut [Vec<OutlookRow>],
        known: Amount,
        left_out: &[RollingShow],
        percent: u32,
    ) {
        let mut all = known;
        for show in left_out {
            if !asks_anything(rows, all, percent) {
                return;
            }
            let Some(files) = self.files_at_baseline(show).await else {
                return;
            };
            all.files += files.files;
            all.bytes = all.bytes.saturating_add(files.bytes);
        }
        tell_what_asks(rows, all, percent);
    }

    /// The files of a show that is known at its baseline. Nothing changes there by itself, so they are asked for once.
    async fn files_at_baseline(&self, show: &RollingShow) -> Option<Amount> {
        if let Some(counted) = self.counted_at_baseline(show.id) {
            return Some(counted);
        }
        let link = self.links.instance(show.series.instance)?;
        if link.not_waited_for(self.now()).is_some() {
            return None;
        }
        let (_, client) = link.sonarr()?;
        let answer = client.files(show.series.series).await;
        link.note(&answer, self.now());
        let mut amount = Amount::default();
        for file in answer.ok()?.values() {
            amount.files += 1;
            amount.bytes = amount.bytes.saturating_add(file.size);
        }
        self.note_counted_at_baseline(show.id, amount);
        Some(amount)
    }
}
