//! Players that a test moves; the server learns of them from their reports only.

use super::{
    JellyfinSim,
    devices::{Device, capabilities},
    sessions::Report,
    wire::TICKS_PER_MS,
    world::World,
};
use jiff::{SignedDuration, Timestamp};

/// Milliseconds between two reports of a playing client.
pub const REPORT_EVERY_MS: i64 = 10_000;

/// Names one scripted player, from its first play to the end of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionHandle(pub(super) u64);

/// A player and what it believes; it outlives the server's session.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    user: i64,
    pub(super) device: Device,
    item: i64,
    /// The item's id, which the player knows when the library has forgotten it.
    item_id: String,
    position_ms: i64,
    paused: bool,
    transcoded_to: Option<i64>,
    /// Whether it has something on.
    pub(super) on: bool,
}

impl Player {
    fn report(&self, world: &World) -> Report {
        let dialect = world.settings.dialect;
        let method = match self.transcoded_to {
            Some(_) => "Transcode",
            // Emby's players say this of a file that is sent as it is.
            None if dialect.is_emby() => "DirectStream",
            None => "DirectPlay",
        };
        Report {
            item_id: self.item_id.clone(),
            position_ticks: Some(self.position_ms * TICKS_PER_MS),
            paused: self.paused,
            muted: false,
            can_seek: true,
            volume: Some(100),
            audio: Some(1),
            subtitle: Some(-1),
            media_source: Some(dialect.media_source(&self.item_id)),
            method: Some(method.to_owned()),
            transcoded_to: self.transcoded_to,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Start,
    Progress,
    Stop { position: bool },
}

impl World {
    /// Lets a player send what it has to say; nothing if it has nothing on.
    fn send_report(&mut self, handle: SessionHandle, step: Step, now: Timestamp) {
        self.settle(now);
        let Some(player) = self.players.get_mut(&handle.0).filter(|player| player.on) else {
            return;
        };
        player.on = !matches!(step, Step::Stop { .. });
        let player = player.clone();
        let key = self.touch(
            &player.device.application(),
            Some(player.user),
            &player.device.address,
            now,
        );
        if let Some(session) = self.sessions.get_mut(&key) {
            session.capabilities.get_or_insert_with(capabilities);
        }
        let report = player.report(self);
        match step {
            Step::Start => self.play_started(&key, report, now),
            Step::Progress => self.play_progressed(&key, report, now),
            Step::Stop { position } => {
                let position = report.position_ticks.filter(|_| position);
                self.play_stopped(&key, &report.item_id, position);
            }
        }
    }

    /// Players that paused too long are told to stop, and do.
    pub(crate) fn obey_pause_limit(&mut self, now: Timestamp) {
        let Some(limit) = self.settings.pause_limit else { return };
        let late = self.sessions.iter().filter(|(_, session)| {
            let since = session.paused_since.filter(|_| session.playing.is_some());
            since.is_some_and(|since| now.duration_since(since) > limit)
        });
        for key in late.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            let mut players = self.players.values_mut();
            let Some(player) = players.find(|player| player.on && player.device.application().key() == key) else {
                continue;
            };
            player.on = false;
            let (id, position) = (player.item_id.clone(), player.position_ms * TICKS_PER_MS);
            self.play_stopped(&key, &id, Some(position));
        }
    }
}

impl JellyfinSim {
    /// Starts an item from its beginning.
    pub fn play(&self, user: i64, device: &Device, item: i64) -> SessionHandle {
        self.play_from(user, device, item, 0)
    }

    /// Starts an item somewhere in the middle.
    pub fn play_from(&self, user: i64, device: &Device, item: i64, position_ms: i64) -> SessionHandle {
        self.start(user, device, (item, position_ms), None)
    }

    /// Starts an item that the server converts on the way, to this height.
    pub fn play_transcoded(&self, user: i64, device: &Device, item: i64, height: i64) -> SessionHandle {
        self.start(user, device, (item, 0), Some(height))
    }

    fn start(
        &self,
        user: i64,
        device: &Device,
        (item, position_ms): (i64, i64),
        transcoded_to: Option<i64>,
    ) -> SessionHandle {
        let now = self.clock().now();
        let item_id = self.item_id(item);
        self.with(|world| {
            world.last_handle += 1;
            let handle = SessionHandle(world.last_handle);
            world.players.insert(
                handle.0,
                Player {
                    user,
                    device: device.clone(),
                    item,
                    item_id,
                    position_ms,
                    paused: false,
                    transcoded_to,
                    on: true,
                },
            );
            world.send_report(handle, Step::Start, now);
            handle
        })
    }

    /// Sends a report of a position, as a player does every ten seconds and at every change.
    pub fn report(&self, handle: SessionHandle, position_ms: i64) {
        self.change(handle, Step::Progress, |player| player.position_ms = position_ms);
    }

    /// Sends a report that repeats what the last one said.
    pub fn report_again(&self, handle: SessionHandle) {
        self.change(handle, Step::Progress, |_| {});
    }

    /// Pauses where the player is.
    pub fn pause(&self, handle: SessionHandle) {
        self.change(handle, Step::Progress, |player| player.paused = true);
    }

    /// Goes on where the player is.
    pub fn resume(&self, handle: SessionHandle) {
        self.change(handle, Step::Progress, |player| player.paused = false);
    }

    /// Jumps somewhere else.
    pub fn seek(&self, handle: SessionHandle, to_ms: i64) {
        self.report(handle, to_ms);
    }

    /// Stops where the player is; the session stays, and is idle.
    pub fn stop(&self, handle: SessionHandle) {
        self.change(handle, Step::Stop { position: true }, |_| {});
    }

    /// Stops without saying where, which the server takes for the end.
    pub fn stop_without_position(&self, handle: SessionHandle) {
        self.change(handle, Step::Stop { position: false }, |_| {});
    }

    /// Goes on with another item from its beginning, with a stop between or without.
    pub fn next_item(&self, handle: SessionHandle, item: i64, stops_between: bool) {
        if stops_between {
            self.stop(handle);
        }
        let item_id = self.item_id(item);
        self.change(handle, Step::Start, |player| {
            player.item = item;
            player.item_id = item_id;
            player.position_ms = 0;
            player.paused = false;
            player.on = true;
        });
    }

    /// Lets time pass for one playing client: moves the clock in steps of ten seconds and reports after each.
    ///
    /// For clocks that a test moves by hand.
    pub fn watch(&self, handle: SessionHandle, span: SignedDuration) {
        let mut left = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        while left > 0 {
            let step = left.min(REPORT_EVERY_MS);
            self.clock().advance(SignedDuration::from_millis(step));
            let length = self.length_ms(handle);
            self.change(handle, Step::Progress, |player| {
                if !player.paused {
                    player.position_ms = (player.position_ms + step).min(length.max(player.position_ms));
                }
            });
            left -= step;
        }
    }

    /// The player's position in milliseconds, as it last reported it.
    pub fn position_ms(&self, handle: SessionHandle) -> i64 {
        self.with(|world| world.players.get(&handle.0).map_or(0, |player| player.position_ms))
    }

    /// The id of the player's session; absent when the server has none.
    pub fn session_id(&self, handle: SessionHandle) -> Option<String> {
        let now = self.clock().now();
        self.with(|world| {
            world.settle(now);
            let key = world.players.get(&handle.0)?.device.application().key();
            Some(world.sessions.get(&key)?.id.clone())
        })
    }

    /// How many sessions the server has, idle ones included.
    pub fn session_count(&self) -> usize {
        let now = self.clock().now();
        self.with(|world| {
            world.settle(now);
            world.sessions.len()
        })
    }

    /// How many sessions play something.
    pub fn playing_count(&self) -> usize {
        let now = self.clock().now();
        self.with(|world| {
            world.settle(now);
            world
                .sessions
                .values()
                .filter(|session| session.playing.is_some())
                .count()
        })
    }

    fn change(&self, handle: SessionHandle, step: Step, change: impl FnOnce(&mut Player)) {
        let now = self.clock().now();
        self.with(|world| {
            if let Some(player) = world.players.get_mut(&handle.0) {
                change(player);
            }
            world.send_report(handle, step, now);
        });
    }

    fn length_ms(&self, handle: SessionHandle) -> i64 {
        self.with(|world| {
            let item = world.players.get(&handle.0).map(|player| player.item);
            item.and_then(|key| world.items.get(&key))
                .and_then(|item| item.runtime_ticks)
                .map_or(i64::MAX, |ticks| ticks / TICKS_PER_MS)
        })
    }
}
