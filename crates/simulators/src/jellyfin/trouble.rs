//! What real players, networks and servers do besides the normal course.

use super::{JellyfinSim, events::Event, players::SessionHandle, world::World};

impl JellyfinSim {
    /// The player is gone without a word. Until the server gives it up, it seems to go on.
    pub fn crash(&self, handle: SessionHandle) {
        self.with(|world| world.players.remove(&handle.0));
    }

    /// The player's socket closes: its session ends at once, and nothing is said of what it played.
    pub fn disconnect(&self, handle: SessionHandle) {
        self.with(|world| {
            if let Some(player) = world.players.get_mut(&handle.0) {
                player.on = false;
                let key = player.device.application().key();
                world.end_session(&key);
            }
        });
    }

    /// The server restarts: all sessions vanish, sockets break. Players that report again get sessions with the ids of before.
    pub fn restart_server(&self) {
        self.with(|world| {
            world.tell(Event::Restarting);
            world.sessions.clear();
            world.idle_check = None;
            world.cut_sockets();
        });
    }

    /// Breaks all sockets; the server goes on.
    pub fn drop_sockets(&self) {
        self.with(World::cut_sockets);
    }
}
