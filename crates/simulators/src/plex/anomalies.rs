//! What real players and servers do besides the normal course.

use super::{
    PlexSim,
    events::Twist,
    players::transcode_key,
    sessions::{Hiding, PlayState, SessionHandle, Transcode},
};

impl PlexSim {
    /// The player is gone without a word: its session keeps its last state until the server gives it up.
    pub fn crash(&self, handle: SessionHandle) {
        self.with(|world| world.clients.remove(&handle.0));
    }

    /// The server restarts: sessions vanish without a notification, their keys start over, event streams break.
    ///
    /// Players that report again get new sessions.
    pub fn restart_server(&self) {
        self.with(|world| {
            world.sessions.clear();
            world.last_session_key = 0;
            world.cut_streams();
        });
    }

    /// Breaks all event streams; the server goes on.
    pub fn drop_event_streams(&self) {
        self.with(super::world::World::cut_streams);
    }

    /// Ends a session without a notification.
    pub fn stop_silently(&self, handle: SessionHandle) {
        self.with(|world| {
            if let Some(key) = world.session_of(handle).map(|session| session.key) {
                world.sessions.remove(&key);
            }
            world.detach(handle);
        });
    }

    /// Stops, and the notification carries a session key that was never seen before.
    pub fn stop_under_new_key(&self, handle: SessionHandle) {
        self.with(|world| {
            let Some(session) = world.session_of(handle).cloned() else {
                return;
            };
            world.last_session_key += 1;
            let twist = Twist {
                session_key: Some(world.last_session_key),
                ..Twist::default()
            };
            world.announce_session(&session, PlayState::Stopped, twist);
            world.sessions.remove(&session.key);
            world.detach(handle);
        });
    }

    /// Stops with three notifications: a whole one, one with blank keys, one that also lacks the session.
    pub fn stop_three_times(&self, handle: SessionHandle) {
        self.with(|world| {
            let Some(session) = world.session_of(handle).cloned() else {
                return;
            };
            world.sessions.remove(&session.key);
            world.detach(handle);
            world.announce_session(&session, PlayState::Stopped, Twist::default());
            world.announce_session(
                &session,
                PlayState::Stopped,
                Twist {
                    blank: true,
                    ..Twist::default()
                },
            );
            let last = Twist {
                blank: true,
                without_session: true,
                ..Twist::default()
            };
            world.announce_session(&session, PlayState::Stopped, last);
        });
    }

    /// Sends the last notification again.
    pub fn repeat_notification(&self, handle: SessionHandle) {
        self.with(|world| {
            if let Some(session) = world.session_of(handle).cloned() {
                world.announce_session(&session, session.client.state, Twist::default());
            }
        });
    }

    /// The player asks for another quality: it goes on under a new session key, while the old session lingers as a crashed one.
    pub fn change_quality(&self, handle: SessionHandle, height: i64) {
        let now = self.clock().now();
        self.with(|world| {
            let Some(client) = world.clients.get_mut(&handle.0) else {
                return;
            };
            client.transcode = Some(Transcode {
                key: transcode_key(handle.0, height),
                download: false,
                height,
            });
            client.session = None;
            let (state, offset) = (client.state, client.offset_ms);
            world.report(handle, state, offset, now);
        });
    }

    /// Leaves a session out of the list, or shows it again, as with a bad connection.
    pub fn hide(&self, handle: SessionHandle, hidden: bool) {
        self.set_hiding(handle, if hidden { Hiding::Hidden } else { Hiding::Shown });
    }

    fn set_hiding(&self, handle: SessionHandle, hiding: Hiding) {
        self.with(|world| {
            let key = world.session_of(handle).map(|session| session.key);
            if let Some(session) = key.and_then(|key| world.sessions.get_mut(&key)) {
                session.hiding = hiding;
            }
        });
    }

    /// The next item begins under the same key, and until the player's next report the list shows nothing.
    pub fn next_item_with_gap(&self, handle: SessionHandle, item: i64) {
        self.next_item(handle, item, true);
        self.set_hiding(handle, Hiding::UntilReport);
    }

    /// The player buffers and reports the item's end as its position, as some do when they start.
    pub fn buffer_at_end(&self, handle: SessionHandle) {
        let end = self.with(|world| {
            let key = world.clients.get(&handle.0).map(|client| client.item.rating_key);
            key.and_then(|key| world.items.get(&key))
                .map_or(0, |item| item.duration_ms)
        });
        self.report(handle, PlayState::Buffering, end);
    }

    /// The player gets the name that another player's session has already.
    pub fn share_session_id(&self, handle: SessionHandle, other: SessionHandle) {
        self.with(|world| {
            let Some(id) = world.clients.get(&other.0).map(|client| client.session_id.clone()) else {
                return;
            };
            if let Some(client) = world.clients.get_mut(&handle.0) {
                client.session_id.clone_from(&id);
            }
            let key = world.session_of(handle).map(|session| session.key);
            if let Some(session) = key.and_then(|key| world.sessions.get_mut(&key)) {
                session.client.session_id = id;
            }
        });
    }
}
