//! Which plays are going on, and for how long each has been seen. Fed with every well-formed answer of a media server.

use crate::ids::{ServerId, ViewerKey};
use crate::session::PlaybackSession;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What makes a play the same play: the session key is not part of it, it changes with quality and restarts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayKey {
    /// The media server.
    pub server: ServerId,
    /// Who; sessions without a viewer are told apart by their session key.
    pub viewer: Option<ViewerKey>,
    /// What: the item's key, or its show, season and numbers.
    pub item: String,
    /// On which device.
    pub device: Option<String>,
}

impl PlayKey {
    /// The key of a session.
    pub fn of(session: &PlaybackSession) -> Self {
        let item = &session.item;
        let what = item.key.clone().unwrap_or_else(|| {
            format!(
                "{:?} {:?} {:?} {:?}",
                item.show.title, item.season, item.episodes, item.title
            )
        });
        Self {
            server: session.server,
            viewer: session.viewer.as_ref().map(|viewer| viewer.key.clone()),
            item: what,
            device: if session.viewer.is_some() {
                session.device_id.clone()
            } else {
                Some(session.session_key.clone())
            },
        }
    }
}

/// A play as far as it has been seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Answers in a row that lacked it.
    missed: u32,
}

impl Play {
    /// How long it has been seen.
    pub fn seen_for(&self) -> SignedDuration {
        self.last_seen.duration_since(self.first_seen).max(SignedDuration::ZERO)
    }
}

/// All plays of all servers.
#[derive(Debug, Clone, Default)]
pub struct Tracker {
    plays: BTreeMap<PlayKey, Play>,
}

/// Well-formed answers in a row that must lack a play before it has ended: sessions flap.
const MISSES_THAT_END: u32 = 2;

impl Tracker {
    /// Takes in a well-formed answer of one server. A failed one must not be fed: it says nothing.
    pub fn observe(&mut self, server: ServerId, sessions: &[PlaybackSession], now: Timestamp) {
        let present: Vec<PlayKey> = sessions.iter().map(PlayKey::of).collect();
        self.plays.retain(|key, play| {
            if key.server != server || present.contains(key) {
                return true;
            }
            play.missed += 1;
            play.missed < MISSES_THAT_END
        });
        for key in present {
            let play = self.plays.entry(key).or_insert(Play {
                first_seen: now,
                last_seen: now,
                missed: 0,
            });
            if now < play.first_seen {
                // The clock was set back; what was seen before cannot be measured any more.
                play.first_seen = now;
            }
            play.last_seen = now;
            play.missed = 0;
        }
    }

    /// The play of a session, if it has been observed.
    pub fn play(&self, key: &PlayKey) -> Option<&Play> {
        self.plays.get(key)
    }

    /// Forgets how long plays have been seen, as after a sleep: nobody knows what happened meanwhile.
    pub fn restart(&mut self) {
        self.plays.clear();
    }
}
