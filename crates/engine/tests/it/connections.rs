//! Connections that cannot be used: what is refused, what is said, and what it costs meanwhile.

use crate::home::Home;
use crate::stage::{codes, eventually, harbour_lights, hours, minutes, searched, seconds};
use config::SecretStore;
use domain::state::{ConnectionKind, Health, Topic};
use engine::ConnectionDraft;
use remote::{RouterTransport, SecretString};
use simulators::jellyfin::{ADMIN, EmbySim, JellyfinSim};
use simulators::plex::OWNER;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Environment variables that a test sets and unsets.
#[derive(Clone, Default)]
struct Variables(Arc<Mutex<BTreeMap<String, String>>>);

impl Variables {
    /// Those of a home's connections, except for the named ones.
    fn of(home: &Home, except: &[&str]) -> Self {
        let variables = Self::default();
        variables.set("ATTIC", &home.plex.token());
        for (index, sonarr) in home.sonarrs.iter().enumerate() {
            let name = if index == 0 {
                "SONARR".to_owned()
            } else {
                format!("SONARR_{}", index + 1)
            };
            variables.set(&name, &sonarr.api_key());
        }
        for name in except {
            variables
                .0
                .lock()
                .unwrap()
                .remove(&format!("CLIFFHANGARR_SECRET_{name}"));
        }
        variables
    }

    fn set(&self, name: &str, value: &str) {
        let name = format!("CLIFFHANGARR_SECRET_{name}");
        self.0.lock().unwrap().insert(name, value.to_owned());
    }

    fn store(&self) -> SecretStore {
        let variables = self.clone();
        SecretStore::environment_with(move |name| variables.0.lock().unwrap().get(name).map(OsString::from))
    }
}

fn draft(kind: ConnectionKind, name: &str, secret: Option<&str>, verify: bool) -> ConnectionDraft {
    ConnectionDraft {
        kind,
        name: name.to_owned(),
        url: "http://plex.test:32400".to_owned(),
        secret: secret.map(|secret| SecretString::from(secret.to_owned())),
        verify,
    }
}

fn polls_of_plex(home: &Home) -> usize {
    let requests = home.plex.log().requests();
    requests
        .iter()
        .filter(|request| request.path() == "/status/sessions")
        .count()
}

#[tokio::test]
async fn a_sonarr_without_its_key_costs_the_others_nothing_and_works_as_soon_as_it_has_one() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    for sonarr in &home.sonarrs {
        sonarr.add_series(harbour_lights());
    }
    let variables = Variables::of(&home, &["SONARR_2"]);
    let home = home.restarted_with(variables.store()).await;
    let player = home.plays(OWNER, show, 1, 5);
    let first = home.engine.poll().await;
    assert_eq!(codes(&first), ["notNearEnd", "instanceUnavailable"]);
    home.forget_requests();

    for _ in 0..20 {
        home.goes_on(player, seconds(30));
        home.engine.tick().await;
        assert_eq!(codes(&home.engine.poll().await), ["notNearEnd", "instanceUnavailable"]);
    }
    assert_eq!((home.asked_of_sonarr(), home.plex.log().requests().len()), (0, 20));

    variables.set("SONARR_2", &home.sonarrs[1].api_key());
    home.set(serde_json::json!({"remainingEpisodes": 5})).await;
    home.goes_on(player, seconds(61));
    home.engine.tick().await;
    home.engine.poll().await;
    assert_eq!(searched(&home.sonarrs[1]), ["Harbour Lights S02"]);
}

#[tokio::test]
async fn a_missing_variable_is_told_once_after_five_minutes() {
    let home = Home::staged_with_instances(2).await;
    let show = home.harbour_in_plex();
    home.sonarr().add_series(harbour_lights());
    let variables = Variables::of(&home, &["SONARR_2"]);
    let home = home.restarted_with(variables.store()).await;
    let player = home.plays(OWNER, show, 1, 5);
    home.engine.start();
    eventually("Sonarr was asked", || home.asked_of_sonarr() > 1).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    home.forget_requests();
    for _ in 0..20 {
        home.goes_on(player, seconds(30));
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    let told: Vec<_> = home
        .shell
        .shown()
        .into_iter()
        .filter(|message| message.topic == Topic::Trouble)
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].title, "Sonarr 2 has trouble");
    assert!(told[0].body.contains("CLIFFHANGARR_SECRET_SONARR_2"), "{told:?}");
    assert_eq!(home.asked_of_sonarr(), 0);
    assert!(polls_of_plex(&home) <= 2, "{}", polls_of_plex(&home));
    home.engine.stop().await;
}

#[tokio::test]
async fn a_token_that_cannot_be_one_is_refused_without_asking_the_server() {
    let home = Home::staged().await;
    home.forget_requests();
    for kind in ConnectionKind::ALL {
        for verify in [true, false] {
            let refused = home
                .engine
                .connect(draft(kind, "Cellar", Some("two\nlines"), verify))
                .await
                .unwrap_err();
            assert!(refused.invalid, "{kind:?}: {refused:?}");
        }
    }
    assert_eq!(home.plex.log().requests().len(), 0);
    assert_eq!(home.engine.connections().await.len(), 2);
}

#[tokio::test]
async fn two_names_that_read_one_variable_are_not_both_accepted() {
    let home = Home::staged().await;
    let variables = Variables::of(&home, &[]);
    variables.set("MY_PLEX", &home.plex.token());
    let home = home.restarted_with(variables.store()).await;
    home.engine
        .connect(draft(ConnectionKind::Plex, "my plex", None, true))
        .await
        .unwrap();
    let sentence = "my-plex and my plex would both read CLIFFHANGARR_SECRET_MY_PLEX; choose another name.";
    for verify in [true, false] {
        let refused = home
            .engine
            .connect(draft(ConnectionKind::Plex, "my-plex", None, verify))
            .await
            .unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), ("invalidValue", sentence));
    }
    let tried = home
        .engine
        .test_connection(draft(ConnectionKind::Plex, "my-plex", None, true))
        .await;
    assert_eq!(tried.unwrap_err().message, sentence);
    // The same name in other letters is the same connection.
    home.engine
        .connect(draft(ConnectionKind::Plex, "My Plex", None, true))
        .await
        .unwrap();
}

#[tokio::test]
async fn connections_that_came_to_share_a_variable_are_both_left_alone() {
    let home = Home::staged().await;
    for name in ["my plex", "my-plex"] {
        home.engine
            .connect(draft(ConnectionKind::Plex, name, Some(&home.plex.token()), true))
            .await
            .unwrap();
    }
    let variables = Variables::of(&home, &[]);
    variables.set("MY_PLEX", &home.plex.token());
    let home = home.restarted_with(variables.store()).await;
    home.forget_requests();
    home.engine.poll().await;
    let state = home.engine.state_now().await;
    let of = |name: &str| {
        let found = state.connections.iter().find(|connection| connection.name == name);
        (
            found.unwrap().health,
            found.unwrap().trouble.clone().unwrap_or_default(),
        )
    };
    let shared = "would both read CLIFFHANGARR_SECRET_MY_PLEX; choose another name.";
    assert_eq!(
        of("my plex"),
        (Health::Unauthorized, format!("my plex and my-plex {shared}"))
    );
    assert_eq!(
        of("my-plex"),
        (Health::Unauthorized, format!("my-plex and my plex {shared}"))
    );
    assert_eq!(polls_of_plex(&home), 1, "only the third one is asked");
}

#[tokio::test]
async fn a_secret_that_could_not_be_removed_is_said_and_the_connection_goes_all_the_same() {
    let home = Home::staged().await;
    // A keyring that never answers in time.
    let silent = SecretStore::keyring("cliffhangarr-test", Duration::ZERO);
    let home = home.restarted_with(silent).await;
    let disconnected = home.engine.disconnect("Sonarr").await.unwrap();
    let stays = disconnected.secret_stays.unwrap();
    assert!(
        stays.starts_with("Its token or API key may still be in the system keyring ("),
        "{stays}"
    );
    assert_eq!(home.engine.connections().await.len(), 1);
    assert!(
        home.journal().await.last().unwrap().contains(&stays),
        "{:?}",
        home.journal().await
    );
}

#[tokio::test]
async fn a_secret_that_goes_with_its_connection_or_is_not_ours_leaves_nothing_to_say() {
    let home = Home::staged().await;
    assert_eq!(home.engine.disconnect("Sonarr").await.unwrap().secret_stays, None);
    let variables = Variables::of(&home, &[]);
    let home = home.restarted_with(variables.store()).await;
    assert_eq!(home.engine.disconnect("Attic").await.unwrap().secret_stays, None);
}

/// A home whose only media server is spoken to with the token of an administrator, who can stop to be one.
async fn with_administrator(server: &JellyfinSim, kind: ConnectionKind, home: Home) -> Home {
    home.engine.disconnect("Attic").await.unwrap();
    let transport = Arc::new(RouterTransport::new(server.router()));
    home.network.put("cellar.here", transport);
    let token = server.add_token(ADMIN, &server.browser("browser", "Study"));
    home.connect(kind, "Cellar", "http://cellar.here", &token).await;
    home
}

async fn health(home: &Home) -> Health {
    let state = home.engine.state_now().await;
    let cellar = state.connections.iter().find(|one| one.name == "Cellar");
    cellar.unwrap().health
}

#[tokio::test]
async fn a_token_that_became_a_plain_users_is_noticed_and_stays_in_trouble_until_it_sees_all_again() {
    const NOT_THE_OWNERS: &str = "The key or token is valid but may not do this. Use the one of the server's owner.";
    for kind in [ConnectionKind::Jellyfin, ConnectionKind::Emby] {
        let home = Home::staged().await;
        let server = match kind {
            ConnectionKind::Emby => (*EmbySim::new(home.clock.clone())).clone(),
            _ => JellyfinSim::new(home.clock.clone()),
        };
        let owner_is_administrator = |yes| server.change_user(ADMIN, |user| user.administrator = yes);
        let asked = || server.log().requests().len();
        let home = with_administrator(&server, kind, home).await;
        server.add_user("Somebody else");
        server.log().clear();
        for _ in 0..5 {
            home.later(hours(1));
            assert_eq!(home.engine.poll().await.errors, [], "{kind:?}");
        }
        assert_eq!(asked(), 5, "{kind:?}: it is asked nothing else");

        owner_is_administrator(false);
        home.later(hours(1));
        let report = home.engine.poll().await;
        assert_eq!(report.errors.len(), 1, "{kind:?}: {:?}", report.errors);
        assert_eq!(report.errors[0].message, NOT_THE_OWNERS, "{kind:?}");
        assert_eq!(health(&home).await, Health::Unauthorized, "{kind:?}");
        server.log().clear();
        for _ in 0..5 {
            home.later(minutes(1));
            assert_eq!(home.engine.poll().await.errors.len(), 1, "{kind:?}");
            assert_eq!(health(&home).await, Health::Unauthorized, "{kind:?}");
        }
        assert_eq!(asked(), 5, "{kind:?}: one request for a poll, also then");

        // What is seen at the start may have been different before.
        let home = home.restart().await;
        assert_eq!(health(&home).await, Health::Unknown, "{kind:?}");
        assert_eq!(home.engine.poll().await.errors.len(), 1, "{kind:?}");
        assert_eq!(health(&home).await, Health::Unauthorized, "{kind:?}");
        let unknown = home.engine.outlook(None).await.unwrap().notes;
        assert!(
            unknown.iter().any(|note| note.contains(NOT_THE_OWNERS)),
            "{kind:?}: others may be watching: {unknown:?}"
        );

        owner_is_administrator(true);
        home.later(minutes(10));
        assert_eq!(home.engine.poll().await.errors, [], "{kind:?}");
        assert_eq!(health(&home).await, Health::Ok, "{kind:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_say_who_it_is_is_polled_all_the_same() {
    let home = Home::staged().await;
    let server = JellyfinSim::new(home.clock.clone());
    let home = with_administrator(&server, ConnectionKind::Jellyfin, home).await;
    let broken = simulators::faults::FaultRule::new("/System/Info", simulators::faults::Fault::status(500));
    server.faults().push(broken);
    let home = home.restart().await;
    server.log().clear();
    for _ in 0..5 {
        assert_eq!(home.engine.poll().await.errors, []);
        assert_eq!(health(&home).await, Health::Ok);
        home.later(minutes(1));
    }
    let polls = server
        .log()
        .requests()
        .iter()
        .filter(|one| one.path() == "/Sessions")
        .count();
    let others = server.log().requests().len() - polls;
    assert!(
        polls == 5 && (1..=3).contains(&others),
        "it is not asked again at once: {others}"
    );
}
