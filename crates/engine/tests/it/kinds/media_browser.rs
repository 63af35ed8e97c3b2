//! What is different where the server is a Jellyfin or an Emby.

use super::server::Person;
use super::{House, TITLE};
use crate::stage::{days, eventually, seconds};
use async_trait::async_trait;
use bytes::Bytes;
use domain::state::ConnectionKind;
use jiff::SignedDuration;
use remote::{BodyStream, ReqwestTransport, RouterTransport, Transport, TransportError, Upgrade};
use simulators::jellyfin::{JellyfinSim, Release};
use simulators::server::Running;
use std::sync::Arc;
use std::time::Duration;

/// Time for what was asked for to be dealt with, and for what would be wrong to happen.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// The way to a server that also has sockets, which need a real connection.
struct WithSockets {
    router: Arc<dyn Transport>,
    network: ReqwestTransport,
    running: Running,
}

impl WithSockets {
    async fn to(sim: &JellyfinSim) -> Self {
        Self {
            router: Arc::new(RouterTransport::new(sim.router())),
            network: ReqwestTransport::new().unwrap(),
            running: sim.serve().await.unwrap(),
        }
    }
}

#[async_trait]
impl Transport for WithSockets {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        self.router.send(request).await
    }

    async fn upgrade(&self, mut request: http::Request<Bytes>) -> Result<Upgrade, TransportError> {
        let place = request.uri().path_and_query().unwrap().to_string();
        *request.uri_mut() = format!("{}{place}", self.running.url).parse().unwrap();
        self.network.upgrade(request).await
    }
}

impl House {
    /// A server whose sockets can be opened.
    async fn with_sockets(kind: ConnectionKind, release: Release) -> Self {
        let house = Self::with_harbour_lights(kind).await;
        house.server.other.set_release(release);
        let way = WithSockets::to(&house.server.other).await;
        house.home.network.put(house.server.host(), Arc::new(way));
        house
    }

    /// Starts the engine, and waits until it listens.
    async fn listen(&self) {
        self.home.engine.start();
        eventually("a socket is open", || self.sockets() == 1).await;
        eventually("it was asked", || self.server.polls() == 1).await;
        a_while().await;
        // Nothing is replayed, so it is asked once more.
        self.home.later(seconds(1));
        eventually("it was asked again", || self.server.polls() == 2).await;
        a_while().await;
    }

    /// How many sockets were opened.
    fn sockets(&self) -> usize {
        let requests = self.server.log().requests();
        let is_socket = |path: &str| path == "/socket" || path == "/embywebsocket";
        requests.iter().filter(|request| is_socket(request.path())).count()
    }

    async fn hears_events(&self) -> bool {
        let state = self.home.engine.state_now().await;
        let cellar = state.connections.iter().find(|one| one.name == "Cellar");
        cellar.unwrap().events_up
    }
}

const HEALTHY: [(ConnectionKind, Release); 3] = [
    (ConnectionKind::Jellyfin, Release::V10_11),
    (ConnectionKind::Jellyfin, Release::V12),
    (ConnectionKind::Emby, Release::V10_11),
];

#[tokio::test]
async fn a_socket_that_tells_a_key_nothing_counts_for_none_and_is_left_alone() {
    let house = House::with_sockets(ConnectionKind::Jellyfin, Release::V10_10).await;
    let player = house.server.plays(Person::Bob, TITLE, 1, 3);
    house.listen().await;
    for _ in 0..4 {
        let before = house.server.polls();
        house.home.later(seconds(61));
        house.server.reports(player);
        eventually("it is asked every minute", || house.server.polls() > before).await;
        // What it decided after that holds from here on.
        a_while().await;
        assert!(!house.hears_events().await);
    }
    assert_eq!(house.sockets(), 1);
    house.home.engine.stop().await;
}

#[tokio::test]
async fn a_socket_that_tells_of_sessions_has_them_looked_at_at_once_and_spares_the_polls() {
    for (kind, release) in HEALTHY {
        let house = House::with_sockets(kind, release).await;
        house.listen().await;
        let player = house.server.plays(Person::Bob, TITLE, 1, 8);
        // Both clocks go on; the next regular poll is far away.
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            house.home.later(SignedDuration::from_millis(100));
            if !house.home.searched().is_empty() {
                break;
            }
        }
        assert_eq!(house.home.searched(), ["Harbour Lights S02"], "{kind:?} {release:?}");
        assert!(house.hears_events().await, "{kind:?} {release:?}");
        a_while().await;

        house.forget_requests();
        for _ in 0..4 {
            house.home.later(seconds(61));
            house.server.reports(player);
            a_while().await;
        }
        assert_eq!((house.server.polls(), house.sockets()), (0, 0), "{kind:?} {release:?}");
        house.home.engine.stop().await;
    }
}

#[tokio::test]
async fn a_show_is_kept_for_somebody_whose_finished_episode_was_tapped_again() {
    for kind in [ConnectionKind::Jellyfin, ConnectionKind::Emby] {
        let house = House::with_rolling_show(kind).await;
        let (server, sim) = (&house.server, &house.server.other);
        let (bob, episode) = (server.number(Person::Bob), server.item(TITLE, 2, 2));
        let device = sim.television("tv-bob", "Bedroom");
        house.home.later(days(9));
        let play = sim.play(bob, &device, episode);
        sim.report(play, sim.duration_ms(episode));
        sim.stop(play);
        house.home.later(days(1));
        let tap = sim.play(bob, &device, episode);
        sim.report(tap, 10_000);
        sim.stop(tap);
        assert!(!sim.watched(bob, episode).played, "the server took it back");
        house.home.later(days(2));
        let house = house.restart().await;
        house.home.engine.check(false).await.unwrap();
        house.passes(days(1)).await;
        assert!(house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
        // Where Bob is, nobody knows.
        assert_eq!(house.viewers().await, ["Alice at S02E01", "Bob at S00E00"], "{kind:?}");
        house.passes(days(7)).await;
        assert!(!house.is_untouched(), "{kind:?}: {:#?}", house.home.journal().await);
    }
}
