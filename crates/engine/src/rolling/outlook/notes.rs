//! What holds for everything that may go: when nothing goes by itself at all, and when a pass looks next.

use super::Held;
use crate::core::Core;
use crate::rolling::facts::Moment;
use crate::scheduler::AUTOMATIC_RESET;
use domain::outlook::Passes;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::StoreError;

/// The first pass of all comes so long after it became possible.
const FIRST_PASS: SignedDuration = SignedDuration::from_hours(1);

impl Core {
    /// When the automatic reset looks at the shows, as the scheduler counts.
    pub(super) async fn reset_passes(&self, moment: &Moment) -> Result<Passes, StoreError> {
        let now = moment.now;
        let every = SignedDuration::from_hours(i64::from(moment.settings.auto_reset_interval_hours));
        let planned = self.store.scheduled_tasks().await?.remove(AUTOMATIC_RESET);
        let next = match planned {
            // A due time further ahead than the interval comes from a clock that was set back, or from longer intervals.
            Some(task) if task.due_at.duration_since(now) > every => now,
            Some(task) => task.due_at.max(now),
            None => now + every.min(FIRST_PASS),
        };
        let next = next.max(self.grace_until().await?.unwrap_or(now));
        Ok(Passes { next, every })
    }

    /// Why nothing of what is foretold goes by itself at present, and what else concerns all of it.
    pub(super) async fn outlook_notes(&self, moment: &Moment, held: &Held) -> Result<Vec<String>, StoreError> {
        let settings = &moment.settings;
        let mut notes = Vec::new();
        if !settings.enabled {
            notes.push("Monitoring is switched off: nothing goes until it is on.".to_owned());
        } else if let Some(pause) = self.pause_in_force() {
            let end = pause.until.map_or_else(
                || "until it is resumed".to_owned(),
                |until| format!("until {}", clock(until)),
            );
            notes.push(format!("Monitoring is paused {end}: nothing goes meanwhile."));
        }
        if settings.dry_run {
            notes.push("Dry run is switched on: what would go is only written into the journal.".to_owned());
        }
        if let Some(until) = self.grace_until().await? {
            notes.push(format!(
                "Something was changed within the last hour: until {} nothing goes because of that.",
                clock(until)
            ));
        }
        notes.extend(self.wrong_clock());
        if self.links.media_servers().is_empty() {
            notes.push("No media server is connected, so it is not known who watches: nothing goes.".to_owned());
        }
        if let Some(reason) = &held.playing_unknown {
            notes.push(format!(
                "It is not known what is being watched, so nothing goes at present. {reason}"
            ));
        }
        let off = match (settings.enable_auto_reset, settings.enable_progressive_cleanup) {
            (false, false) => {
                Some("The automatic reset and progressive cleanup are switched off: nothing goes by itself")
            }
            (true, false) => Some("Progressive cleanup is switched off: seasons go with their shows"),
            (false, true) => Some("The automatic reset is switched off: shows that nobody watches stay"),
            (true, true) => None,
        };
        if let Some(off) = off {
            let unless = if self.storage_floors().await?.is_empty() {
                ""
            } else {
                ", unless a disk runs short of the space you want to be left"
            };
            notes.push(format!("{off}{unless}."));
        }
        notes.extend(held.short_of_space.iter().map(|(instance, folder)| {
            format!(
                "{folder} of {instance} is short of space: of what may go there now, what was viewed longest ago goes first, until there is enough."
            )
        }));
        Ok(notes)
    }
}

/// "Thursday 20:15", where people are.
fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%A %H:%M").to_string()
}
