//! What players report and what the server makes of it.

use super::{
    events::Event,
    wire::{TICKS_PER_SECOND, session_id_of},
    world::World,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;

/// Time between two looks at plays that fell silent, and the silence after which one is stopped.
const SILENCE: SignedDuration = SignedDuration::from_mins(5);

/// Activity that comes sooner after the last one is no news.
const NEWS_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// An application on a device, as it calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) client: String,
    pub(crate) version: String,
    pub(crate) device_id: String,
    pub(crate) device_name: String,
}

impl Application {
    pub(crate) fn key(&self) -> String {
        format!("{}{}", self.client, self.device_id)
    }
}

/// An application that was heard of since the server started, with what it plays.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Its number in the order of appearance.
    pub(crate) serial: u64,
    pub(crate) application: Application,
    /// The user of the last request, whoever started what plays.
    pub(crate) user: Option<i64>,
    pub(crate) address: String,
    pub(crate) last_activity: Timestamp,
    pub(crate) last_check_in: Option<Timestamp>,
    pub(crate) paused_since: Option<Timestamp>,
    pub(crate) playing: Option<Playing>,
    pub(crate) queue: Vec<String>,
    pub(crate) capabilities: Option<Value>,
    /// The open sockets.
    pub(crate) sockets: BTreeSet<u64>,
}

/// An item that is on.
#[derive(Debug, Clone)]
pub(crate) struct Playing {
    pub(crate) item: i64,
    /// The item as it was when the play began.
    pub(crate) shown: Value,
    runtime_ticks: Option<i64>,
    /// The last check-in, and when it came.
    pub(crate) report: Report,
    reported_at: Timestamp,
}

/// What a player says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// The item's id; empty for none.
    pub(crate) item_id: String,
    pub(crate) position_ticks: Option<i64>,
    pub(crate) paused: bool,
    pub(crate) muted: bool,
    pub(crate) can_seek: bool,
    pub(crate) volume: Option<i64>,
    pub(crate) audio: Option<i64>,
    pub(crate) subtitle: Option<i64>,
    pub(crate) media_source: Option<String>,
    pub(crate) method: Option<String>,
    /// Height of the picture that the server converts to.
    pub(crate) transcoded_to: Option<i64>,
}

impl Playing {
    /// The position: the server moves it by itself, second by second, and not to the very end.
    pub(crate) fn position_ticks(&self, now: Timestamp) -> Option<i64> {
        let reported = self.report.position_ticks;
        let start = reported.unwrap_or(0).max(0);
        let room = self
            .runtime_ticks
            .map_or(i64::MAX, |runtime| (runtime - 1 - start).max(0) / TICKS_PER_SECOND);
        let seconds = now.duration_since(self.reported_at).as_secs().clamp(0, room);
        if self.report.paused || seconds == 0 {
            return reported;
        }
        Some(start + seconds * TICKS_PER_SECOND)
    }
}

impl World {
    /// Notes that an application was heard of, and says the key of its session.
    pub(crate) fn touch(
        &mut self,
        application: &Application,
        user: Option<i64>,
        address: &str,
        now: Timestamp,
    ) -> String {
        let key = application.key();
        if let Some(account) = user.and_then(|user| self.users.get_mut(&user)) {
            account.last_activity = Some(now);
        }
        let Some(session) = self.sessions.get_mut(&key) else {
            let session = Session {
                id: session_id_of(&application.client, &application.device_id),
                serial: self.new_serial(),
                application: application.clone(),
                user,
                address: address.to_owned(),
                last_activity: now,
                last_check_in: None,
                paused_since: None,
                playing: None,
                queue: Vec::new(),
                capabilities: None,
                sockets: BTreeSet::new(),
            };
            self.sessions.insert(key.clone(), session);
            self.tell(Event::Sessions { forced: true });
            return key;
        };
        let news = now.duration_since(session.last_activity) > NEWS_AFTER;
        session.application = application.clone();
        session.user = user;
        address.clone_into(&mut session.address);
        session.last_activity = now;
        if news {
            self.tell(Event::Sessions { forced: false });
        }
        key
    }

    /// A play begins.
    pub(crate) fn play_started(&mut self, key: &str, report: Report, now: Timestamp) {
        self.put_on(key, report, now);
        if self.settings.renames_sessions {
            let id = self.new_secret("session");
            if let Some(session) = self.sessions.get_mut(key) {
                session.id = id;
            }
        }
        if let Some((user, item)) = self.viewing(key) {
            self.view_started(user, item, now);
        }
        self.tell(Event::Sessions { forced: true });
    }

    /// A player checks in, from time to time and when something changes.
    pub(crate) fn play_progressed(&mut self, key: &str, report: Report, now: Timestamp) {
        let position = report.position_ticks;
        self.put_on(key, report, now);
        if let (Some((user, item)), Some(position)) = (self.viewing(key), position) {
            self.view_moved(user, item, position);
        }
        self.tell(Event::Sessions { forced: true });
    }

    /// A play ends; the session stays. `item_id` is what the player says it has played.
    pub(crate) fn play_stopped(&mut self, key: &str, item_id: &str, position: Option<i64>) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let user = session.user;
        let on = session.playing.take();
        let on = on.filter(|on| on.report.item_id == item_id).map(|on| on.item);
        let item = on.or_else(|| self.item_with_id(item_id).map(|item| item.key));
        if let (Some(user), Some(item)) = (user, item) {
            self.view_stopped(user, item, position);
        }
        self.tell(Event::Sessions { forced: true });
    }

    fn viewing(&self, key: &str) -> Option<(i64, i64)> {
        let session = self.sessions.get(key)?;
        Some((session.user?, session.playing.as_ref()?.item))
    }

    /// Shows an item as what a session plays, as it was reported.
    fn put_on(&mut self, key: &str, report: Report, now: Timestamp) {
        let known = self.item_with_id(&report.item_id).map(|item| item.key);
        let fresh = known.and_then(|key| self.items.get(&key)).map(|item| Playing {
            item: item.key,
            shown: self.now_playing_json(item),
            runtime_ticks: item.runtime_ticks,
            report: report.clone(),
            reported_at: now,
        });
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        // What is on already stays as it was, even if its item is gone.
        let same = session
            .playing
            .take()
            .filter(|on| !report.item_id.is_empty() && on.report.item_id == report.item_id);
        if same.is_none() {
            session.queue = fresh.iter().map(|on| on.report.item_id.clone()).collect();
        }
        session.last_activity = now;
        session.last_check_in = Some(now);
        session.paused_since = report.paused.then(|| session.paused_since.unwrap_or(now));
        session.playing = match same {
            Some(on) => Some(Playing {
                report,
                reported_at: now,
                ..on
            }),
            None => fresh,
        };
        self.idle_check.get_or_insert(now + SILENCE);
    }

    /// Lets everything happen that the passing of time brings: silent plays are stopped, and paused ones that paused too long.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some(due) = self.idle_check.filter(|due| *due <= now) {
            self.idle_check = self.stop_silent_plays(due).then(|| due + SILENCE);
        }
        self.obey_pause_limit(now);
    }

    /// Stops what was silent for too long, and says whether anything was on.
    fn stop_silent_plays(&mut self, now: Timestamp) -> bool {
        let playing = self.sessions.iter().filter(|(_, session)| session.playing.is_some());
        let playing: Vec<(String, bool)> = playing
            .map(|(key, session)| {
                let silent = session
                    .last_check_in
                    .is_none_or(|last| now.duration_since(last) > SILENCE);
                (key.clone(), silent)
            })
            .collect();
        for (key, _) in playing.iter().filter(|(_, silent)| *silent) {
            let on = self.sessions.get(key).and_then(|session| session.playing.clone());
            let Some(on) = on else { continue };
            let position = if self.settings.silent_plays_moved_on {
                on.position_ticks(now)
            } else {
                on.report.position_ticks
            };
            self.play_stopped(key, &on.report.item_id, position);
        }
        !playing.is_empty()
    }

    /// An application says what it can do.
    pub(crate) fn change_capabilities(&mut self, key: &str, can: Value) {
        if let Some(session) = self.sessions.get_mut(key) {
            session.capabilities = Some(can);
        }
        self.tell(Event::Sessions { forced: true });
    }

    /// A socket is open from now on.
    pub(crate) fn open_socket(&mut self, key: &str) -> u64 {
        let serial = self.new_serial();
        if let Some(session) = self.sessions.get_mut(key) {
            session.sockets.insert(serial);
        }
        serial
    }

    /// A socket is closed; the session goes with its last one, whatever plays.
    pub(crate) fn close_socket(&mut self, key: &str, serial: u64) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        if session.sockets.remove(&serial) && session.sockets.is_empty() {
            self.end_session(key);
        }
    }

    pub(crate) fn end_session(&mut self, key: &str) {
        if self.sessions.remove(key).is_some() {
            self.tell(Event::Sessions { forced: true });
        }
    }

    /// Whether the server moves anybody's position by itself.
    pub(crate) fn moves_by_itself(&self) -> bool {
        let mut playing = self.sessions.values().filter_map(|session| session.playing.as_ref());
        playing.any(|on| !on.report.paused)
    }
}
