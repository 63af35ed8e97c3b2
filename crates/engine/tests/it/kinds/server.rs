//! A media server of any kind, in the words that the stories need.

use crate::home::Home;
use crate::stage::device_of;
use domain::state::ConnectionKind;
use jiff::Timestamp;
use remote::{RouterTransport, Transport};
use simulators::faults::{FaultPlan, LoggedRequest, RequestLog};
use simulators::jellyfin::{self, ADMIN, EmbySim, JellyfinSim};
use simulators::plex::{self, AccountKind, OWNER, PlexSim};
use simulators::plextv;
use simulators::tautulli::TautulliSim;
use std::sync::Arc;

/// Every kind there is.
pub const KINDS: [ConnectionKind; 4] = [
    ConnectionKind::Plex,
    ConnectionKind::Jellyfin,
    ConnectionKind::Emby,
    ConnectionKind::Tautulli,
];

/// Whom the stories are about: Alice owns the server, Bob may watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Alice,
    Bob,
}

/// A player that somebody uses.
#[derive(Debug, Clone, Copy)]
pub enum Player {
    Plex(plex::SessionHandle),
    Other(jellyfin::SessionHandle),
}

/// A simulated server; Tautulli comes with the Plex that it watches.
pub struct Server {
    pub kind: ConnectionKind,
    host: String,
    plex: PlexSim,
    pub other: JellyfinSim,
    pub tautulli: TautulliSim,
    bob_elsewhere: i64,
}

impl Server {
    /// A server with Alice and Bob, on a host of this name.
    pub fn new(kind: ConnectionKind, host: &str, home: &Home) -> Self {
        let plex = PlexSim::new(home.clock.clone());
        plex.rename_account(OWNER, "Alice");
        plex.add_account(20, "Bob", AccountKind::Shared);
        let other = match kind {
            ConnectionKind::Emby => (*EmbySim::new(home.clock.clone())).clone(),
            _ => JellyfinSim::new(home.clock.clone()),
        };
        other.change_user(ADMIN, |user| "Alice".clone_into(&mut user.name));
        let server = Self {
            kind,
            host: host.to_owned(),
            bob_elsewhere: other.add_user("Bob"),
            tautulli: TautulliSim::new(&plex),
            plex,
            other,
        };
        let transport: Arc<dyn Transport> = match kind {
            ConnectionKind::Plex => Arc::new(RouterTransport::new(server.plex.router())),
            ConnectionKind::Tautulli => Arc::new(RouterTransport::new(server.tautulli.router())),
            _ => Arc::new(RouterTransport::new(server.other.router())),
        };
        home.network.put(host, transport);
        server
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    pub fn secret(&self) -> String {
        match self.kind {
            ConnectionKind::Plex => self.plex.token(),
            ConnectionKind::Tautulli => self.tautulli.api_key(),
            _ => self.other.api_key(),
        }
    }

    fn has_plex(&self) -> bool {
        matches!(self.kind, ConnectionKind::Plex | ConnectionKind::Tautulli)
    }

    /// Puts a show into the library.
    pub fn add_show(&self, title: &str, tvdb: i64, seasons: &[i32]) {
        let numbered = (1..).zip(seasons);
        if self.has_plex() {
            let spec = plex::ShowSpec::new(title, 2015).tvdb(tvdb);
            self.plex
                .add_show(numbered.fold(spec, |spec, (season, episodes)| spec.season(season, *episodes)));
        } else {
            let spec = jellyfin::ShowSpec::new(title, 2015).tvdb(tvdb);
            self.other
                .add_show(numbered.fold(spec, |spec, (season, episodes)| spec.season(season, *episodes)));
        }
    }

    /// The server's number of an episode.
    pub fn item(&self, title: &str, season: i32, episode: i32) -> i64 {
        if self.has_plex() {
            let show = self.plex.show_key(title).unwrap();
            self.plex.episode_key(show, season, episode).unwrap()
        } else {
            let show = self.other.show_key(title).unwrap();
            self.other.episode_key(show, season, episode).unwrap()
        }
    }

    /// The server's number of somebody.
    pub fn number(&self, person: Person) -> i64 {
        match (person, self.has_plex()) {
            (Person::Alice, true) => OWNER,
            (Person::Bob, true) => 20,
            (Person::Alice, false) => ADMIN,
            (Person::Bob, false) => self.bob_elsewhere,
        }
    }

    /// The account's id as it comes over the wire.
    pub fn account(&self, person: Person) -> String {
        match (self.kind, person) {
            (ConnectionKind::Tautulli, Person::Alice) => plextv::ACCOUNT.to_string(),
            (ConnectionKind::Plex | ConnectionKind::Tautulli, _) => self.number(person).to_string(),
            _ => self.other.user_id(self.number(person)),
        }
    }

    /// Somebody is ten minutes into an episode.
    pub fn plays(&self, person: Person, title: &str, season: i32, episode: i32) -> Player {
        const TEN_MINUTES: i64 = 600_000;
        let (who, item) = (self.number(person), self.item(title, season, episode));
        if self.has_plex() {
            Player::Plex(self.plex.play_from(who, &device_of(who), item, TEN_MINUTES))
        } else {
            let device = self.other.television(&format!("tv-{who}"), "Living Room");
            Player::Other(self.other.play_from(who, &device, item, TEN_MINUTES))
        }
    }

    /// The player is still there.
    pub fn reports(&self, player: Player) {
        match player {
            Player::Plex(handle) => self.plex.report_again(handle),
            Player::Other(handle) => self.other.report_again(handle),
        }
    }

    pub fn pauses(&self, player: Player) {
        match player {
            Player::Plex(handle) => self.plex.pause(handle),
            Player::Other(handle) => self.other.pause(handle),
        }
    }

    pub fn stops(&self, player: Player) {
        match player {
            Player::Plex(handle) => self.plex.stop(handle),
            Player::Other(handle) => self.other.stop(handle),
        }
    }

    /// Somebody watched an episode to its end at a time at which nobody looked.
    pub fn was_watched(&self, person: Person, (title, season, episode): (&str, i32, i32), at: Timestamp) {
        let (who, item) = (self.number(person), self.item(title, season, episode));
        if self.has_plex() {
            self.plex.record_view(who, item, at);
        } else {
            self.other.record_view(who, item, at);
        }
    }

    pub fn faults(&self) -> &FaultPlan {
        match self.kind {
            ConnectionKind::Plex => self.plex.faults(),
            ConnectionKind::Tautulli => self.tautulli.faults(),
            _ => self.other.faults(),
        }
    }

    pub fn log(&self) -> &RequestLog {
        match self.kind {
            ConnectionKind::Plex => self.plex.log(),
            ConnectionKind::Tautulli => self.tautulli.log(),
            _ => self.other.log(),
        }
    }

    /// What the address of the question for the sessions contains.
    pub fn sessions_address(&self) -> &'static str {
        match self.kind {
            ConnectionKind::Plex => "/status/sessions",
            ConnectionKind::Tautulli => "cmd=get_activity",
            _ => "/Sessions",
        }
    }

    /// How often it was asked for its sessions.
    pub fn polls(&self) -> usize {
        let asked = |request: &&LoggedRequest| request.target.contains(self.sessions_address());
        self.log().requests().iter().filter(asked).count()
    }
}
