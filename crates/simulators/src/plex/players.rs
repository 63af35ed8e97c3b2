//! Players that a test or the household moves; the server learns of them from their reports only.

use super::{
    PlexSim,
    accounts::Device,
    guids::hex24,
    sessions::{Live, PlayState, Playing, SessionHandle, Transcode},
};
use jiff::SignedDuration;

/// Milliseconds between two reports of a playing client.
pub const REPORT_EVERY_MS: i64 = 10_000;

impl PlexSim {
    /// Starts an item from its beginning: one report that it buffers, one that it plays.
    pub fn play(&self, account: i64, device: &Device, item: i64) -> SessionHandle {
        self.play_from(account, device, item, 0)
    }

    /// Starts an item somewhere in the middle.
    pub fn play_from(&self, account: i64, device: &Device, item: i64, offset_ms: i64) -> SessionHandle {
        let handle = self.begin(account, device, item, offset_ms);
        self.report(handle, PlayState::Playing, offset_ms);
        handle
    }

    /// Starts an item and leaves it buffering.
    pub fn begin(&self, account: i64, device: &Device, item: i64, offset_ms: i64) -> SessionHandle {
        let now = self.clock().now();
        self.with(|world| {
            let handle = world.new_client(account, device, Playing::item(item), offset_ms);
            world.report(handle, PlayState::Buffering, offset_ms, now);
            handle
        })
    }

    /// Starts an item that the server converts on the way, to this height.
    pub fn play_transcoded(&self, account: i64, device: &Device, item: i64, height: i64) -> SessionHandle {
        self.start_transcode(account, device, item, (height, false))
    }

    /// Starts the download of an item, which looks like a session and is not watched by anybody.
    pub fn download(&self, account: i64, device: &Device, item: i64) -> SessionHandle {
        self.start_transcode(account, device, item, (1080, true))
    }

    fn start_transcode(
        &self,
        account: i64,
        device: &Device,
        item: i64,
        (height, download): (i64, bool),
    ) -> SessionHandle {
        let now = self.clock().now();
        self.with(|world| {
            let handle = world.new_client(account, device, Playing::item(item), 0);
            if let Some(client) = world.clients.get_mut(&handle.0) {
                client.transcode = Some(Transcode {
                    key: transcode_key(handle.0, height),
                    download,
                    height,
                });
            }
            world.report(handle, PlayState::Buffering, 0, now);
            world.report(handle, PlayState::Playing, 0, now);
            handle
        })
    }

    /// Tunes to a live channel; the rating key is a new one for every program.
    pub fn play_live(&self, account: i64, device: &Device, channel: &str, program: &str) -> SessionHandle {
        let now = self.clock().now();
        self.with(|world| {
            let rating_key = world.new_key();
            let id = hex24(rating_key);
            let uuid = format!("{}-{}-4b0e-9a55-{}", &id[..8], &id[8..12], &id[12..24]);
            let live = Live {
                uuid,
                title: program.to_owned(),
                channel: channel.to_owned(),
            };
            let handle = world.new_client(
                account,
                device,
                Playing {
                    rating_key,
                    live: Some(live),
                },
                0,
            );
            world.report(handle, PlayState::Buffering, 0, now);
            world.report(handle, PlayState::Playing, 0, now);
            handle
        })
    }

    /// Lets the next program begin on a live channel: another rating key and title, the same channel and session.
    pub fn next_program(&self, handle: SessionHandle, program: &str) {
        let now = self.clock().now();
        self.with(|world| {
            let rating_key = world.new_key();
            if let Some(client) = world.clients.get_mut(&handle.0)
                && let Some(live) = &mut client.item.live
            {
                program.clone_into(&mut live.title);
                client.item.rating_key = rating_key;
            }
            world.report(handle, PlayState::Playing, 0, now);
        });
    }

    /// Sends a report, as a player does every ten seconds and at every change.
    pub fn report(&self, handle: SessionHandle, state: PlayState, offset_ms: i64) {
        let now = self.clock().now();
        self.with(|world| world.report(handle, state, offset_ms, now));
    }

    /// Sends a report that repeats what the last one said.
    pub fn report_again(&self, handle: SessionHandle) {
        if let Some((state, offset)) = self.with(|world| world.clients.get(&handle.0).map(|c| (c.state, c.offset_ms))) {
            self.report(handle, state, offset);
        }
    }

    /// Pauses where the player is.
    pub fn pause(&self, handle: SessionHandle) {
        self.report(handle, PlayState::Paused, self.offset_ms(handle));
    }

    /// Goes on where the player is.
    pub fn resume(&self, handle: SessionHandle) {
        self.report(handle, PlayState::Playing, self.offset_ms(handle));
    }

    /// Jumps: a pause and a play within a moment, the second somewhere else.
    pub fn seek(&self, handle: SessionHandle, to_ms: i64) {
        self.pause(handle);
        self.report(handle, PlayState::Playing, to_ms);
    }

    /// Stops; the session leaves the list at once.
    pub fn stop(&self, handle: SessionHandle) {
        self.report(handle, PlayState::Stopped, self.offset_ms(handle));
    }

    /// Goes on with another item: under the same session key without a stop between, or with a stop and a new key.
    pub fn next_item(&self, handle: SessionHandle, item: i64, same_key: bool) {
        if !same_key {
            self.stop(handle);
        }
        let now = self.clock().now();
        self.with(|world| {
            if let Some(client) = world.clients.get_mut(&handle.0) {
                client.item = Playing::item(item);
            }
            if !same_key {
                world.report(handle, PlayState::Buffering, 0, now);
            }
            world.report(handle, PlayState::Playing, 0, now);
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
            let (state, offset) = self.with(|world| {
                let client = world.clients.get(&handle.0);
                client.map_or((PlayState::Stopped, 0), |client| (client.state, client.offset_ms))
            });
            let moved = if state == PlayState::Playing {
                offset + step
            } else {
                offset
            };
            self.report(handle, state, moved.min(self.length_ms(handle).max(offset)));
            left -= step;
        }
    }

    /// The player's position in milliseconds, as it last reported it.
    pub fn offset_ms(&self, handle: SessionHandle) -> i64 {
        self.with(|world| world.clients.get(&handle.0).map_or(0, |client| client.offset_ms))
    }

    /// The key of the player's session; absent when the server has none.
    pub fn session_key(&self, handle: SessionHandle) -> Option<String> {
        let now = self.clock().now();
        self.with(|world| {
            world.settle(now);
            world.session_of(handle).map(|session| session.key.to_string())
        })
    }

    /// The player's own name for its session.
    pub fn session_id(&self, handle: SessionHandle) -> Option<String> {
        self.with(|world| world.clients.get(&handle.0).map(|client| client.session_id.clone()))
    }

    /// How many sessions the list has now.
    pub fn session_count(&self) -> usize {
        let now = self.clock().now();
        self.with(|world| {
            world.settle(now);
            world.sessions.len()
        })
    }

    fn length_ms(&self, handle: SessionHandle) -> i64 {
        self.with(|world| {
            let key = world.clients.get(&handle.0).map(|client| client.item.rating_key);
            key.and_then(|key| world.items.get(&key))
                .map_or(i64::MAX, |item| item.duration_ms)
        })
    }
}

pub(crate) fn transcode_key(handle: u64, height: i64) -> String {
    hex24(handle as i64 * 10_000 + height)[..12].to_owned()
}
