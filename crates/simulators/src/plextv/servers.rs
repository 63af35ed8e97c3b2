//! The account's devices, servers among them, and the addresses at which plex.tv believes them to be.

use super::{ACCOUNT, World, form::instant};
use crate::{
    clock::SimClock,
    plex::{Account, AccountKind, PlexSim},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where the rest of the world sees the household.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 20);
/// A bridge inside the server's machine that passes for an address of the home's network.
const CONTAINER: Ipv4Addr = Ipv4Addr::new(172, 17, 255, 254);
/// Plex's own relay, slow and always last.
const RELAY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);
const IPV6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const FRIEND: i64 = 777;
const FRIENDS_ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 99);

/// Where a simulated server really listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Without encryption.
    Plain(SocketAddr),
    /// With the certificate for its `plex.direct` name.
    Tls(SocketAddr),
}

/// A server that the account may use.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) sim: PlexSim,
    addresses: Vec<Address>,
    share: Option<Share>,
}

/// How a server of somebody else came to the account.
#[derive(Debug)]
struct Share {
    owner: i64,
    owner_name: String,
    token: String,
}

/// Which addresses were asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) https: bool,
    pub(super) relay: bool,
    pub(super) ipv6: bool,
}

/// One place where a server may be, or not.
struct Connection {
    ip: IpAddr,
    port: u16,
    local: bool,
    relay: bool,
    plain_only: bool,
}

impl Server {
    pub(super) fn owned(sim: &PlexSim, addresses: &[Address]) -> Self {
        Self {
            sim: sim.clone(),
            addresses: addresses.to_vec(),
            share: None,
        }
    }

    pub(super) fn shared(sim: &PlexSim, addresses: &[Address], owner: i64, owner_name: &str) -> Self {
        sim.add_account(ACCOUNT, &Account::owner().name, AccountKind::Shared);
        let share = Share {
            owner,
            owner_name: owner_name.to_owned(),
            token: sim.add_token(ACCOUNT),
        };
        Self {
            share: Some(share),
            ..Self::owned(sim, addresses)
        }
    }

    pub(super) fn is_owned(&self) -> bool {
        self.share.is_none()
    }

    pub(super) fn machine(&self) -> String {
        self.sim.settings().machine_identifier
    }

    fn connections(&self, wanted: Wanted) -> Vec<Connection> {
        let mut all: Vec<_> = self
            .addresses
            .iter()
            .map(|address| Connection::listening(*address))
            .collect();
        if self.is_owned() {
            all.push(Connection::elsewhere(CONTAINER, 32400).local());
            all.push(Connection::elsewhere(PUBLIC, 31944));
        } else {
            all.push(Connection::elsewhere(FRIENDS_ADDRESS, 32400));
        }
        if wanted.ipv6 {
            all.push(Connection::elsewhere(IPV6, 32400));
        }
        if wanted.relay {
            all.push(Connection::elsewhere(RELAY, 8443).relay());
        }
        all
    }

    /// The server as a device of the account, with what it says of itself right now.
    fn to_json(&self, account_token: &str, wanted: Wanted, now: Timestamp) -> Value {
        let settings = self.sim.settings();
        let zone = self.sim.direct_zone();
        let (owner, owner_name, token) = match &self.share {
            Some(share) => (json!(share.owner), json!(share.owner_name), share.token.as_str()),
            None => (Value::Null, Value::Null, account_token),
        };
        let connections = self.connections(wanted);
        json!({
            "name": settings.friendly_name,
            "product": "Plex Media Server",
            "productVersion": settings.version,
            "platform": "Linux",
            "platformVersion": "24.04",
            "device": "PC",
            "clientIdentifier": settings.machine_identifier,
            "createdAt": "2021-03-01T09:00:00Z",
            "lastSeenAt": instant(now),
            "provides": "server",
            "ownerId": owner,
            "sourceTitle": owner_name,
            "publicAddress": if self.is_owned() { PUBLIC } else { FRIENDS_ADDRESS },
            "accessToken": token,
            "owned": self.is_owned(),
            "home": false,
            "synced": false,
            "relay": true,
            "presence": true,
            "httpsRequired": settings.secure_only,
            "publicAddressMatches": self.is_owned(),
            "dnsRebindingProtection": false,
            "natLoopbackSupported": true,
            "connections": connections.iter().map(|connection| connection.to_json(&zone, wanted.https)).collect::<Vec<_>>(),
        })
    }
}

impl Connection {
    /// Where a simulated server can be reached. One that was put there without encryption has none to offer.
    fn listening(address: Address) -> Self {
        let (at, plain_only) = match address {
            Address::Plain(at) => (at, true),
            Address::Tls(at) => (at, false),
        };
        Self {
            plain_only,
            ..Self::elsewhere(at.ip(), at.port()).local()
        }
    }

    fn elsewhere(ip: impl Into<IpAddr>, port: u16) -> Self {
        Self {
            ip: ip.into(),
            port,
            local: false,
            relay: false,
            plain_only: false,
        }
    }

    fn local(self) -> Self {
        Self { local: true, ..self }
    }

    fn relay(self) -> Self {
        Self { relay: true, ..self }
    }

    fn to_json(&self, zone: &str, https: bool) -> Value {
        let (ip, port) = (self.ip, self.port);
        let (protocol, uri) = if https && !self.plain_only {
            let name = ip.to_string().replace(['.', ':'], "-");
            ("https", format!("https://{name}.{zone}:{port}"))
        } else {
            ("http", format!("http://{}", SocketAddr::new(ip, port)))
        };
        json!({
            "protocol": protocol, "address": ip, "port": port, "uri": uri, "local": self.local, "relay": self.relay,
            "IPv6": ip.is_ipv6(),
        })
    }
}

impl World {
    /// Everything that belongs to the account, servers or not.
    pub(super) fn resources(&self, token: &str, wanted: Wanted, now: Timestamp) -> Value {
        let servers = self.servers.iter().map(|server| server.to_json(token, wanted, now));
        servers.chain(players(token, now)).collect()
    }
}

/// A browser without an address, and a telephone with one: neither is a server.
fn players(token: &str, now: Timestamp) -> [Value; 2] {
    let player = |name: &str, product: &str, provides: &str, id: &str, connections: Value| {
        json!({
            "name": name, "product": product, "productVersion": "4.145.1", "platform": "Linux", "platformVersion": "6.8",
            "device": "PC", "clientIdentifier": id, "createdAt": "2024-05-01T09:00:00Z", "lastSeenAt": instant(now),
            "provides": provides, "ownerId": null, "sourceTitle": null, "publicAddress": PUBLIC, "accessToken": token,
            "owned": true, "home": false, "synced": false, "relay": false, "presence": false, "httpsRequired": false,
            "publicAddressMatches": true, "dnsRebindingProtection": false, "natLoopbackSupported": false,
            "connections": connections,
        })
    };
    let telephone = Connection::elsewhere(Ipv4Addr::new(192, 168, 1, 57), 32500).local();
    [
        player(
            "Study-PC",
            "Plex Web",
            "client,player,pubsub-player",
            "r6yfkdnfggbh2bdnvkffwbms",
            json!([]),
        ),
        player(
            "Telephone",
            "Plex for iOS",
            "client,controller,sync-target,player,pubsub-player,provider-playback",
            "7CE2A1C0-5B0E-4C55-9C35-1C2D3E4F5A6B",
            json!([telephone.to_json("", false)]),
        ),
    ]
}

/// A server that somebody shares with the account and that cannot be reached from here.
pub(super) fn friends_box(clock: SimClock) -> Server {
    let sim = PlexSim::new(clock);
    sim.configure(|settings| {
        settings.friendly_name = String::from("Friend's Box");
        settings.machine_identifier = String::from("aa00bb11cc22dd33ee44ff5566778899aabbccdd");
        settings.secure_only = true;
    });
    Server::shared(&sim, &[], FRIEND, "friend_name")
}
