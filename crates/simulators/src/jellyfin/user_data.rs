//! What each user has seen of each item.

use super::{
    JellyfinSim,
    events::Event,
    library::{Item, Kind},
    render::Fields,
    wire::{TICKS_PER_MS, TICKS_PER_SECOND, pruned, stamp},
    world::World,
};
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    played: bool,
    count: i64,
    position_ticks: i64,
    last_played: Option<Timestamp>,
}

/// What a user has seen of an item, as a test looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Whether it counts as played.
    pub played: bool,
    /// How often it was started, and also how often it was taken for finished without a position.
    pub count: i64,
    /// Where it goes on, in milliseconds; zero when it was finished or hardly begun.
    pub position_ms: i64,
    /// When it was last started, or marked as played.
    pub last_played: Option<Timestamp>,
}

impl World {
    /// A play begins: it is counted now, not at its end.
    pub(crate) fn view_started(&mut self, user: i64, key: i64, now: Timestamp) {
        let unmarks = self.settings.dialect.start_takes_played_away();
        self.change_view(user, key, |kind, view| {
            view.count += 1;
            view.last_played = Some(now);
            if kind == Kind::Track {
                view.played = true;
            } else if unmarks {
                view.played = false;
            }
        });
    }

    /// A position was reported.
    pub(crate) fn view_moved(&mut self, user: i64, key: i64, ticks: i64) {
        let runtime = self.items.get(&key).and_then(|item| item.runtime_ticks).unwrap_or(0);
        let settings = &self.settings;
        let hardly_begun = ticks * 100 < runtime * settings.resume_percent;
        let at_the_end = ticks * 100 >= runtime * settings.played_percent || ticks >= runtime - TICKS_PER_SECOND;
        let short = runtime < settings.short_item_seconds * TICKS_PER_SECOND;
        let finished = runtime <= 0 || (ticks > 0 && !hardly_begun && (at_the_end || short));
        self.change_view(user, key, |kind, view| {
            view.played |= finished;
            let remembered = !finished && !hardly_begun && kind != Kind::Track;
            view.position_ticks = if remembered { ticks } else { 0 };
        });
    }

    /// A play ends. Without a position the server takes it for watched to the end.
    pub(crate) fn view_stopped(&mut self, user: i64, key: i64, ticks: Option<i64>) {
        if let Some(ticks) = ticks {
            return self.view_moved(user, key, ticks);
        }
        self.change_view(user, key, |_, view| {
            view.count += 1;
            view.played = true;
            view.position_ticks = 0;
        });
    }

    /// Marks an item, or everything below it, as played. Without a date the old one stays.
    pub(crate) fn mark_played(&mut self, user: i64, key: i64, at: Option<Timestamp>, now: Timestamp) {
        for leaf in self.leaf_keys(key) {
            self.change_view(user, leaf, |_, view| {
                view.count = (view.count + i64::from(at.is_some())).max(1);
                view.last_played = at.or(view.last_played).or(Some(now));
                view.position_ticks = 0;
                view.played = true;
            });
        }
    }

    pub(crate) fn mark_unplayed(&mut self, user: i64, key: i64) {
        for leaf in self.leaf_keys(key) {
            self.change_view(user, leaf, |_, view| *view = View::default());
        }
    }

    fn leaf_keys(&self, key: i64) -> Vec<i64> {
        self.leaves_of(key).iter().map(|item| item.key).collect()
    }

    fn change_view(&mut self, user: i64, key: i64, change: impl FnOnce(Kind, &mut View)) {
        let Some(item) = self.items.get_mut(&key).filter(|item| item.kind != Kind::Channel) else {
            return;
        };
        let kind = item.kind;
        change(kind, item.views.entry(user).or_default());
        if self.events.receiver_count() == 0 {
            return;
        }
        if let (Some(item), Some(account)) = (self.items.get(&key), self.users.get(&user)) {
            let data = json!({ "UserId": account.id, "UserDataList": [self.user_data_json(user, item, &Fields::All)] });
            self.tell(Event::UserData { user, data });
        }
    }

    /// Whether a user has seen an item, or all that is below it.
    pub(crate) fn is_played(&self, user: i64, item: &Item) -> bool {
        let played = |item: &Item| item.views.get(&user).is_some_and(|view| view.played);
        if item.kind.is_folder() {
            return self.leaves_of(item.key).into_iter().all(played);
        }
        played(item)
    }

    pub(crate) fn is_resumable(user: i64, item: &Item) -> bool {
        item.views.get(&user).is_some_and(|view| view.position_ticks > 0)
    }

    pub(crate) fn last_played(user: i64, item: &Item) -> Option<Timestamp> {
        item.views.get(&user).and_then(|view| view.last_played)
    }

    pub(crate) fn play_count(user: i64, item: &Item) -> i64 {
        item.views.get(&user).map_or(0, |view| view.count)
    }

    pub(crate) fn user_data_json(&self, user: i64, item: &Item, fields: &Fields) -> Value {
        let emby = self.settings.dialect.is_emby();
        let key = item
            .provider_ids
            .first()
            .map_or_else(|| item.id.clone(), |(_, id)| id.clone());
        let (key, item_id) = if emby {
            (None, None)
        } else {
            (Some(key), Some(item.id.as_str()))
        };
        if item.kind.is_folder() {
            let leaves = self.leaves_of(item.key);
            let unplayed = leaves.iter().filter(|leaf| !self.is_played(user, leaf)).count();
            return pruned(json!({
                "UnplayedItemCount": unplayed,
                "PlaybackPositionTicks": 0,
                "PlayCount": 0,
                "IsFavorite": false,
                "Played": unplayed == 0,
                "Key": key,
                "ItemId": item_id,
            }));
        }
        let view = item.views.get(&user).cloned().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "a share is shown, nothing is counted")]
        let percentage = item
            .runtime_ticks
            .filter(|runtime| *runtime > 0 && view.position_ticks > 0)
            .map(|runtime| view.position_ticks as f64 * 100.0 / runtime as f64);
        // Unless it is asked for both, Emby's lists say nothing of the date, and that the count is zero.
        let (mut count, mut last_played) = (json!(view.count), json!(view.last_played.map(stamp)));
        if emby {
            count = Some(fields.show("UserDataPlayCount", count))
                .filter(|count| !count.is_null())
                .unwrap_or_else(|| json!(0));
            last_played = fields.show("UserDataLastPlayedDate", last_played);
        }
        pruned(json!({
            "PlayedPercentage": percentage,
            "PlaybackPositionTicks": view.position_ticks,
            "PlayCount": count,
            "IsFavorite": false,
            "LastPlayedDate": last_played,
            "Played": view.played,
            "Key": key,
            "ItemId": item_id,
        }))
    }
}

impl JellyfinSim {
    /// What a user has seen of an item.
    pub fn watched(&self, user: i64, item: i64) -> Watched {
        self.with(|world| {
            let view = world.items.get(&item).and_then(|item| item.views.get(&user));
            let view = view.cloned().unwrap_or_default();
            Watched {
                played: view.played,
                count: view.count,
                position_ms: view.position_ticks / TICKS_PER_MS,
                last_played: view.last_played,
            }
        })
    }

    /// Counts an item as played at a time, without a session: a download played offline, or another server's import.
    pub fn record_view(&self, user: i64, item: i64, at: Timestamp) {
        self.with(|world| world.mark_played(user, item, Some(at), at));
    }

    /// Takes back that a user has seen an item, or what is below it.
    pub fn forget_view(&self, user: i64, item: i64) {
        self.with(|world| world.mark_unplayed(user, item));
    }
}
