//! The clients against servers that behave as the real ones do, over real connections.

mod history;
mod sockets;

use super::{BOTH, Kind};
use domain::ids::{ServerId, TvdbId};
use domain::session::{ItemKind, PlaybackSession, PlayerState};
use jiff::{SignedDuration, Timestamp};
use media_servers::{EmbyServer, JellyfinServer, MediaServer};
use remote::{RemoteError, ReqwestTransport, SecretString};
use simulators::clock::SimClock;
use simulators::jellyfin::{ADMIN, Device, EmbySim, JellyfinSim, Release, ShowSpec};
use simulators::server::Running;
use std::ops::Deref;
use std::sync::Arc;

/// A server with two viewers and a series of two seasons and specials, and a client for it with its API key.
struct Stage {
    kind: Kind,
    sim: JellyfinSim,
    running: Running,
    client: Box<dyn MediaServer>,
    show: i64,
    kiddo: i64,
    otter: i64,
}

impl Deref for Stage {
    type Target = JellyfinSim;

    fn deref(&self) -> &JellyfinSim {
        &self.sim
    }
}

impl Stage {
    async fn of(kind: Kind) -> Self {
        let clock = SimClock::manual(start());
        let sim = match kind {
            Kind::Jellyfin => JellyfinSim::new(clock),
            Kind::Emby => (*EmbySim::new(clock)).clone(),
        };
        let spec = ShowSpec::new("Harbour Lights", 2024).tvdb(880_001).imdb("tt9999999");
        let spec = spec.season(0, 1).season(1, 3).season(2, 6).shared_file(2, &[7, 8]);
        let (kiddo, otter, show) = (sim.add_user("kiddo"), sim.add_user("otter"), sim.add_show(spec));
        let running = sim.serve().await.unwrap();
        let client = client(kind, &running.url, &sim.api_key());
        Self {
            kind,
            sim,
            running,
            client,
            show,
            kiddo,
            otter,
        }
    }

    fn with_token(&self, token: &str) -> Box<dyn MediaServer> {
        client(self.kind, &self.running.url, token)
    }

    fn episode(&self, season: i32, number: i32) -> i64 {
        self.episode_key(self.show, season, number).unwrap()
    }

    fn device(&self) -> Device {
        self.television("tv-1", "Living Room")
    }

    async fn sessions(&self) -> Vec<PlaybackSession> {
        let list = self.client.sessions().await.unwrap();
        assert_eq!(list.unreadable, Vec::<String>::new());
        list.sessions
    }
}

fn client(kind: Kind, base: &str, token: &str) -> Box<dyn MediaServer> {
    let transport = Arc::new(ReqwestTransport::new().unwrap());
    kind.client_with(base, token, transport).unwrap()
}

fn start() -> Timestamp {
    "2026-03-01T19:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn every_release_is_identified_by_a_key_and_by_an_administrator() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let settings = stage.settings();
        for release in [Release::V10_10, Release::V10_11, Release::V12] {
            stage.set_release(release);
            let administrator = stage.add_token(ADMIN, &stage.device());
            for token in [stage.api_key(), administrator] {
                let found = stage.with_token(&token).identify().await.unwrap();
                assert_eq!(
                    (found.name.as_str(), found.machine_id.as_str()),
                    ("Attic", settings.server_id.as_str())
                );
                assert!(!found.version.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn whoever_sees_only_part_is_refused_and_so_is_a_wrong_token() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        stage.play(stage.otter, &stage.device(), stage.episode(1, 1));
        let plain = stage.with_token(&stage.add_token(stage.kiddo, &stage.browser("b-1", "Firefox")));
        // This is why: nothing seems to be playing.
        assert_eq!(plain.sessions().await.unwrap().sessions, []);
        assert_eq!(plain.identify().await.unwrap_err(), RemoteError::Forbidden);
        let wrong = stage.with_token("0123456789abcdef0123456789abcdef");
        assert_eq!(wrong.identify().await.unwrap_err(), RemoteError::Unauthorized);
        assert_eq!(wrong.sessions().await.unwrap_err(), RemoteError::Unauthorized);
        assert_eq!(wrong.hints().await.err().unwrap(), RemoteError::Unauthorized);
        stage.configure(|settings| settings.starting = true);
        assert_eq!(stage.client.identify().await.unwrap_err(), RemoteError::StartingUp);
        assert_eq!(stage.client.sessions().await.unwrap_err(), RemoteError::StartingUp);
        stage.configure(|settings| settings.info_while_starting = true);
        assert_eq!(stage.client.identify().await.unwrap_err(), RemoteError::StartingUp);
    }
}

#[tokio::test]
async fn each_kind_knows_the_other_and_neither_takes_it_for_its_own() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let (server, token) = (ServerId(5), SecretString::from(stage.api_key()));
        let transport = Arc::new(ReqwestTransport::new().unwrap());
        let base = &stage.running.url;
        let other: Box<dyn MediaServer> = match kind {
            Kind::Jellyfin => Box::new(EmbyServer::new(server, base, token, "d", transport).unwrap()),
            Kind::Emby => Box::new(JellyfinServer::new(server, base, token, "d", transport).unwrap()),
        };
        for release in [Release::V10_11, Release::V12] {
            stage.set_release(release);
            let error = other.identify().await.unwrap_err();
            assert_eq!(error.code(), "notThisKindOfServer");
            assert!(error.to_string().contains(&format!("it is {kind:?} ")), "{error}");
        }
    }
}

#[tokio::test]
async fn what_plays_is_told_and_nothing_else() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        // This client's own session is there by now, and no session.
        assert_eq!(stage.sessions().await, []);
        let device = stage.device();
        let handle = stage.play_from(stage.kiddo, &device, stage.episode(2, 7), 60_000);
        stage.clock().advance(SignedDuration::from_secs(5));
        let [session] = stage.sessions().await.try_into().unwrap();
        let viewer = session.viewer.clone().unwrap();
        assert_eq!(
            (viewer.key.account, viewer.name.as_deref()),
            (stage.user_id(stage.kiddo), Some("kiddo"))
        );
        assert_eq!(
            (session.device.as_deref(), session.device_id.as_deref()),
            (Some("Living Room"), Some("tv-1"))
        );
        // The server moves positions by itself.
        assert_eq!(
            (session.view_offset_ms, session.duration_ms),
            (Some(65_000), Some(stage.duration_ms(stage.episode(2, 7))))
        );
        assert_eq!(
            (session.item.season, session.item.episodes.as_slice()),
            (Some(2), [7, 8].as_slice())
        );
        assert_eq!(session.item.key, Some(stage.item_id(stage.episode(2, 7))));
        let show = &session.item.show;
        assert_eq!(
            (show.key.clone(), show.title.as_deref(), show.tvdb),
            (Some(stage.item_id(stage.show)), Some("Harbour Lights"), None)
        );
        stage.pause(handle);
        assert_eq!(stage.sessions().await[0].state, PlayerState::Paused);
        stage.stop(handle);
        assert_eq!(stage.sessions().await, []);
        // Somebody else with the same television: the server's id is the same, the session is not.
        stage.play(stage.otter, &device, stage.episode(2, 7));
        let [other] = stage.sessions().await.try_into().unwrap();
        assert_ne!(other.session_key, session.session_key);
    }
}

#[tokio::test]
async fn all_sorts_of_items_are_told_apart() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let odd = stage.episode(1, 3);
        stage.hide_season_number(odd, true);
        let items = [
            (stage.episode(0, 1), ItemKind::Episode, Some(0)),
            (odd, ItemKind::Episode, None),
            (stage.add_movie("Glass Orchard", 2023, 116), ItemKind::Movie, None),
            (stage.add_trailer("Soon", 120), ItemKind::Clip, None),
            (stage.add_track("Second Wind", 369), ItemKind::Track, None),
            (stage.add_channel("News"), ItemKind::LiveTv, None),
        ];
        let mut expected = Vec::new();
        for (number, (item, kind, season)) in items.into_iter().enumerate() {
            stage.play(stage.kiddo, &stage.television(&format!("tv-{number}"), "TV"), item);
            expected.push((stage.item_id(item), kind, season));
        }
        let mut sessions: Vec<_> = stage
            .sessions()
            .await
            .into_iter()
            .map(|session| (session.item.key.unwrap(), session.item.kind, session.item.season))
            .collect();
        sessions.sort_by(|one, other| one.0.cmp(&other.0));
        expected.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(sessions, expected);
    }
}

#[tokio::test]
async fn shows_and_people_are_found() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let key = stage.item_id(stage.show);
        let show = stage.client.show(&key).await.unwrap();
        assert_eq!(
            (show.tvdb, show.imdb.as_deref(), show.title.as_deref(), show.year),
            (
                Some(TvdbId(880_001)),
                Some("tt9999999"),
                Some("Harbour Lights"),
                Some(2024)
            )
        );
        let odd = ShowSpec::new("Winter Keep", 2019)
            .provider_id("TheTVDB", "0")
            .provider_id("tvdb", "880002");
        let odd = stage.add_show(odd.season(1, 1));
        let found = stage.client.show(&stage.item_id(odd)).await.unwrap();
        assert_eq!((found.tvdb, found.imdb), (Some(TvdbId(880_002)), None));
        let episode = stage.client.show(&stage.item_id(stage.episode(1, 1))).await;
        assert_eq!(episode.unwrap_err().code(), "badAnswer");
        stage.remove_item(stage.show);
        for gone in [key.as_str(), "nonsense", "00000000000000000000000000000000"] {
            assert_eq!(
                stage.client.show(gone).await.unwrap_err(),
                RemoteError::NotFound,
                "{gone}"
            );
        }
        let people = stage.client.accounts().await.unwrap();
        let mut names: Vec<_> = people.iter().map(|person| person.display_name().to_owned()).collect();
        names.sort();
        let mut expected: Vec<_> = stage.users().into_iter().map(|(_, user)| user.name).collect();
        expected.sort();
        assert_eq!(names, expected);
        assert!(
            people
                .iter()
                .any(|person| person.key.account == stage.user_id(stage.kiddo))
        );
    }
}

#[tokio::test]
async fn the_token_is_in_no_address_but_that_of_embys_web_socket() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        stage.client.identify().await.unwrap();
        stage.client.sessions().await.unwrap();
        stage.client.history(start()).await.unwrap();
        drop(stage.client.hints().await.unwrap());
        let with_key = |uri: &str| uri.to_lowercase().replace('_', "").contains("apikey=");
        let requests = stage.log().requests();
        let with_key: Vec<_> = requests.iter().filter(|request| with_key(&request.target)).collect();
        match kind {
            Kind::Jellyfin => assert_eq!(with_key.len(), 0),
            Kind::Emby => assert!(with_key.iter().all(|request| request.path() == "/embywebsocket")),
        }
        assert!(requests.iter().all(|request| request.method == "GET"));
    }
}
