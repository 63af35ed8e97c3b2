//! The hour of grace: a slip of the mouse in the settings deletes nothing, and can be taken back.

use crate::core::Core;
use domain::cleanup::season_of;
use domain::monitoring::TrackingEntry;
use domain::plan::{Decision, Reason};
use domain::settings::Settings;
use domain::watching::is_allowed;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use store::{Intent, Origin, StoreError};

const TASK: &str = "grace";
const IN_FORCE: &str = "settings in force";
const PLACES: &str = "places when the grace began";
const LENGTH: SignedDuration = SignedDuration::from_hours(1);

impl Core {
    /// Holds everything that goes by itself back for an hour: something is about to change that lets more go than before.
    ///
    /// Where something was only switched on, what somebody's going on frees within that hour is not the change's doing, so it
    /// is noted where everybody is. After any other change nobody knows what would have been free without it.
    pub(crate) async fn begin_grace(&self, change: Change) -> Result<(), StoreError> {
        let holds_all = self.is_in_grace().await? && self.store.meta(PLACES).await?.is_none();
        if change == Change::SwitchedOn && !holds_all {
            let entries = self.store.entries_active_since(Timestamp::MIN).await?;
            let places: BTreeMap<i64, i32> = entries.iter().map(|entry| (entry.id, season_of(entry))).collect();
            self.remember(PLACES, &places).await?;
        } else {
            self.store.set_meta(PLACES, None).await?;
        }
        let until = self.now() + LENGTH;
        self.store.set_scheduled_task(TASK, until, None).await?;
        // What is free then is not told by the viewers' progress alone, so everything is looked at.
        self.store.set_scheduled_task("cleanup", until, None).await
    }

    /// Remembers the settings that are in force, and begins a grace where they let more go than the remembered ones: the
    /// environment may have changed between two starts.
    pub(crate) async fn note_settings_in_force(&self) -> Result<(), StoreError> {
        let settings = self.settings();
        let before = self.remembered::<Settings>(IN_FORCE).await?;
        if before.as_ref() == Some(&settings) {
            return Ok(());
        }
        if let Some(change) = before.and_then(|before| what_lets_more_go(&before, &settings)) {
            self.begin_grace(change).await?;
        }
        self.remember(IN_FORCE, &settings).await
    }

    /// Whether what goes by itself is held back at present.
    pub(crate) async fn is_in_grace(&self) -> Result<bool, StoreError> {
        Ok(self.grace_until().await?.is_some())
    }

    /// When the grace ends that is in force.
    pub(crate) async fn grace_until(&self) -> Result<Option<Timestamp>, StoreError> {
        let tasks = self.store.scheduled_tasks().await?;
        let until = tasks.get(TASK).map(|grace| grace.due_at);
        Ok(until.filter(|until| is_in_force(*until, self.now())))
    }

    /// Whether a deletion is held back. What the user asked for or confirmed is not.
    pub(super) async fn is_held_back(&self, intent: &Intent) -> Result<bool, StoreError> {
        let goes_by_itself = intent.origin == Origin::Scheduler
            && intent.confirmed_at.is_none()
            && matches!(
                intent.decision.reason,
                Reason::ProgressiveCleanup | Reason::InactiveReset
            );
        Ok(goes_by_itself && self.is_held(&intent.decision).await?)
    }

    /// Whether the grace holds what would go by itself. It does not hold shows that were enrolled since it began, nor, where
    /// something was only switched on, the seasons that somebody has left behind since.
    pub(super) async fn is_held(&self, decision: &Decision) -> Result<bool, StoreError> {
        let Some(began) = self.grace_until().await?.map(|until| until - LENGTH) else {
            return Ok(false);
        };
        let (Reason::ProgressiveCleanup, Some(show), Some(season)) =
            (decision.reason, decision.subject.rolling_show, decision.subject.season)
        else {
            return Ok(true);
        };
        let enrolled_at = self.store.rolling_show(show).await?.map(|show| show.enrolled_at);
        if enrolled_at.is_some_and(|enrolled_at| enrolled_at >= began) {
            return Ok(false);
        }
        let Some(places) = self.remembered::<BTreeMap<i64, i32>>(PLACES).await? else {
            return Ok(true);
        };
        let settings = self.settings();
        let went_past = |entry: &TrackingEntry| {
            let mut later = entry.seasons_watched.range(season + 1..);
            is_allowed(
                &settings.filter_users,
                &entry.viewer.account,
                entry.viewer_name.as_deref(),
            ) && season_of(entry) > season
                && places.get(&entry.id).is_none_or(|before| *before <= season)
                && later.any(|(_, watched_at)| *watched_at >= began)
        };
        Ok(!self.store.entries_of(show).await?.iter().any(went_past))
    }

    async fn remember<T: Serialize + Sync>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))?;
        self.store.set_meta(key, Some(&text)).await
    }

    async fn remembered<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let text = self.store.meta(key).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

/// One that ends further ahead than it lasts comes from a clock that was wrong.
fn is_in_force(until: Timestamp, now: Timestamp) -> bool {
    now < until && until.duration_since(now) <= LENGTH
}

/// A change that lets more go by itself than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Something was switched on, and nothing else: by what rules things go is as it was.
    SwitchedOn,
    /// The rules, or what they are about, changed.
    Rules,
}

/// How new settings let more go by itself than the old ones, if they do.
pub(crate) fn what_lets_more_go(old: &Settings, new: &Settings) -> Option<Change> {
    let rules = new.inactivity_reset_days < old.inactivity_reset_days
        || new.confirm_above_percent > old.confirm_above_percent
        || new.filter_users != old.filter_users
        || new.protect_tag != old.protect_tag;
    if rules {
        return Some(Change::Rules);
    }
    let switched_on = [
        (old.enabled, new.enabled),
        (old.enable_auto_reset, new.enable_auto_reset),
        (old.enable_progressive_cleanup, new.enable_progressive_cleanup),
        (old.progressive_cleanup_at_once, new.progressive_cleanup_at_once),
        (!old.dry_run, !new.dry_run),
    ];
    switched_on
        .into_iter()
        .any(|(before, after)| after && !before)
        .then_some(Change::SwitchedOn)
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
            let expected = if index < 3 { Change::SwitchedOn } else { Change::Rules };
            let found = what_lets_more_go(&Settings::default(), &settings(change));
            assert_eq!(found, Some(expected), "{index}");
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
            assert_eq!(
                what_lets_more_go(&Settings::default(), &settings(change)),
                None,
                "{index}"
            );
        }
        let (dry, without_reset) = (
            settings(|it| it.dry_run = true),
            settings(|it| it.enable_auto_reset = false),
        );
        for held in [dry, without_reset] {
            assert_eq!(what_lets_more_go(&held, &Settings::default()), Some(Change::SwitchedOn));
        }
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
