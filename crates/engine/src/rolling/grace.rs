//! The hour of grace: a slip of the mouse in the settings deletes nothing, and can be taken back.

use crate::core::Core;
use domain::plan::Reason;
use domain::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use store::{Intent, Origin, StoreError};

const TASK: &str = "grace";
const LENGTH: SignedDuration = SignedDuration::from_hours(1);

impl Core {
    /// Holds everything that goes by itself back for an hour: something is about to change that lets more go than before.
    pub(crate) async fn begin_grace(&self) -> Result<(), StoreError> {
        let until = self.now() + LENGTH;
        self.store.set_scheduled_task(TASK, until, None).await?;
        // What is free then is not told by the viewers' progress alone, so everything is looked at.
        self.store.set_scheduled_task("cleanup", until, None).await
    }

    /// Whether nothing goes by itself at present.
    pub(crate) async fn is_in_grace(&self) -> Result<bool, StoreError> {
        let tasks = self.store.scheduled_tasks().await?;
        Ok(tasks
            .get(TASK)
            .is_some_and(|grace| is_in_force(grace.due_at, self.now())))
    }

    /// Whether a deletion is held back. What the user asked for or confirmed is not.
    pub(super) async fn is_held_back(&self, intent: &Intent) -> Result<bool, StoreError> {
        let goes_by_itself = intent.origin == Origin::Scheduler
            && intent.confirmed_at.is_none()
            && matches!(
                intent.decision.reason,
                Reason::ProgressiveCleanup | Reason::InactiveReset
            );
        Ok(goes_by_itself && self.is_in_grace().await?)
    }
}

/// One that ends further ahead than it lasts comes from a clock that was wrong.
fn is_in_force(until: Timestamp, now: Timestamp) -> bool {
    now < until && until.duration_since(now) <= LENGTH
}

/// Whether new settings let more go by itself than the old ones.
pub(crate) fn lets_more_go(old: &Settings, new: &Settings) -> bool {
    let switched_on = [
        (old.enabled, new.enabled),
        (old.enable_auto_reset, new.enable_auto_reset),
        (old.enable_progressive_cleanup, new.enable_progressive_cleanup),
        (old.progressive_cleanup_at_once, new.progressive_cleanup_at_once),
        (!old.dry_run, !new.dry_run),
    ]
    .into_iter()
    .any(|(before, after)| after && !before);
    switched_on
        || new.inactivity_reset_days < old.inactivity_reset_days
        || new.confirm_above_percent > old.confirm_above_percent
        || new.filter_users != old.filter_users
        || new.protect_tag != old.protect_tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_more_go_begins_a_grace_and_what_lets_less_go_does_not() {
        let settings = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            settings
        };
        let widening: [fn(&mut Settings); 7] = [
            |it| it.enabled = true,
            |it| it.enable_progressive_cleanup = true,
            |it| it.progressive_cleanup_at_once = true,
            |it| it.inactivity_reset_days = 6,
            |it| it.confirm_above_percent = 51,
            |it| it.filter_users = vec!["Alice".to_owned()],
            |it| it.protect_tag = "precious".to_owned(),
        ];
        for (index, change) in widening.into_iter().enumerate() {
            assert!(lets_more_go(&Settings::default(), &settings(change)), "{index}");
        }
        let narrowing: [fn(&mut Settings); 6] = [
            |it| it.enable_auto_reset = false,
            |it| it.dry_run = true,
            |it| it.inactivity_reset_days = 8,
            |it| it.confirm_above_percent = 49,
            |it| it.remaining_episodes = 3,
            |it| it.auto_reset_interval_hours = 1,
        ];
        for (index, change) in narrowing.into_iter().enumerate() {
            assert!(!lets_more_go(&Settings::default(), &settings(change)), "{index}");
        }
        let (dry, without_reset) = (
            settings(|it| it.dry_run = true),
            settings(|it| it.enable_auto_reset = false),
        );
        assert!(lets_more_go(&dry, &Settings::default()));
        assert!(lets_more_go(&without_reset, &Settings::default()));
    }

    #[test]
    fn a_grace_lasts_an_hour_and_one_of_a_wrong_clock_does_not_count() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(is_in_force(at(60), at(0)));
        assert!(is_in_force(at(60), at(59)));
        assert!(!is_in_force(at(60), at(60)));
        assert!(!is_in_force(at(61), at(0)));
    }
}
