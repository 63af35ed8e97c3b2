//! Connections and what goes with them.

use crate::support::{Fixture, at, connection_named, decision, journal_len, put_connection, send_season_search};
use domain::ids::SeriesId;
use domain::state::ConnectionKind;
use jiff::SignedDuration;
use store::{NewConnection, NewIntent, Origin, StoreError};

#[tokio::test]
async fn a_name_is_one_connection_whatever_its_case() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let first = fixture.connection(ConnectionKind::Plex, "Büro").await;
    let change = NewConnection {
        kind: ConnectionKind::Plex,
        name: " BÜRO ".to_owned(),
        url: "http://nas:32400".to_owned(),
    };
    let (second, new) = store.put_connection(&change, at(5)).await.unwrap();
    assert!(!new);
    assert_eq!(
        (second.id, second.name.as_str(), second.url.as_str()),
        (first.id, "BÜRO", "http://nas:32400")
    );
    assert_eq!(second.created_at, at(0));
    assert_eq!(store.connections().await.unwrap(), [second]);
}

#[tokio::test]
async fn a_name_cannot_change_its_program() {
    let fixture = Fixture::new().await;
    fixture.connection(ConnectionKind::Plex, "home").await;
    let change = NewConnection {
        kind: ConnectionKind::Sonarr,
        name: "Home".to_owned(),
        url: "http://localhost:8989".to_owned(),
    };
    let error = fixture.store.put_connection(&change, at(1)).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict(text) if text.contains("Plex")),
        "{error}"
    );
    assert_eq!(
        connection_named(&fixture.store, "home").await.kind,
        ConnectionKind::Plex
    );
}

#[tokio::test]
async fn what_a_server_says_of_itself_is_kept() {
    let fixture = Fixture::new().await;
    let plex = fixture.connection(ConnectionKind::Plex, "plex").await;
    let store = &fixture.store;
    store
        .note_identity(plex.id, Some("NAS"), Some("1.41"), Some("abc"))
        .await
        .unwrap();
    store.note_identity(plex.id, None, Some("1.42"), None).await.unwrap();
    let server = plex.server().unwrap();
    for seen in [at(20), at(10)] {
        store
            .note_observed(server, seen, seen, SignedDuration::ZERO)
            .await
            .unwrap();
    }
    store.note_history_read(server, Some(at(0)), at(15)).await.unwrap();
    assert_eq!(store.history_read_until(server).await.unwrap(), Some(at(15)));

    let fixture = fixture.reopen().await;
    let plex = connection_named(&fixture.store, "plex").await;
    assert_eq!(plex.server_name.as_deref(), Some("NAS"));
    assert_eq!(plex.version.as_deref(), Some("1.42"));
    assert_eq!(plex.machine_id.as_deref(), Some("abc"));
    assert_eq!(plex.last_contact_at, Some(at(20)));
    assert_eq!(plex.history_read_until_at, Some(at(15)));
    assert_eq!(plex.instance(), None);
}

#[tokio::test]
async fn media_servers_come_first() {
    let fixture = Fixture::new().await;
    for (kind, name) in [
        (ConnectionKind::Sonarr, "anime"),
        (ConnectionKind::Plex, "plex"),
        (ConnectionKind::Emby, "Emby"),
        (ConnectionKind::Sonarr, "Sonarr"),
    ] {
        fixture.connection(kind, name).await;
    }
    let names: Vec<String> = fixture
        .store
        .connections()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ["Emby", "plex", "anime", "Sonarr"]);
}

#[tokio::test]
async fn removing_an_instance_takes_what_is_owed_to_it_and_leaves_the_journal() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let other = domain::ids::SeriesKey {
        instance: put_connection(store, ConnectionKind::Sonarr, "other")
            .await
            .instance()
            .unwrap(),
        series: SeriesId(1),
    };
    let decision = decision(series);
    for series in [series, other] {
        let intent = NewIntent {
            series,
            origin: Origin::Session,
            decision: &decision,
            needs_confirmation: false,
            subject_key: None,
        };
        store.create_intent(intent, at(1)).await.unwrap();
        send_season_search(store, series, 1, at(1)).await;
    }
    assert!(store.remove_connection(series.instance.0).await.unwrap());
    assert!(!store.remove_connection(series.instance.0).await.unwrap());
    let left: Vec<_> = store
        .all_open_intents()
        .await
        .unwrap()
        .into_iter()
        .map(|intent| intent.series)
        .collect();
    assert_eq!(left, [other]);
    assert!(store.recent_searches(series, at(0)).await.unwrap().seasons.is_empty());
    assert_eq!(journal_len(store).await, 4);
    let intent = NewIntent {
        series,
        origin: Origin::Session,
        decision: &decision,
        needs_confirmation: false,
        subject_key: None,
    };
    let error = store.create_intent(intent, at(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound("connection")), "{error}");
}

#[tokio::test]
async fn an_id_is_never_used_again() {
    let fixture = Fixture::new().await;
    let first = fixture.connection(ConnectionKind::Plex, "plex").await;
    fixture.store.remove_connection(first.id).await.unwrap();
    let fixture = fixture.reopen().await;
    assert!(fixture.connection(ConnectionKind::Plex, "plex").await.id > first.id);
}

#[tokio::test]
async fn what_was_not_observed_is_a_gap_until_it_is_read_back() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let server = fixture.connection(ConnectionKind::Plex, "plex").await.server().unwrap();
    let near = SignedDuration::from_secs(60);
    let gaps = async |from, until| store.gaps(server, at(from), at(until), near).await.unwrap();
    assert_eq!(gaps(0, 1000).await, [(at(0), at(1000))]);
    store.note_observed(server, at(0), at(100), near).await.unwrap();
    store.note_observed(server, at(130), at(200), near).await.unwrap();
    store.note_observed(server, at(500), at(600), near).await.unwrap();
    // The clock was set back.
    store.note_observed(server, at(700), at(650), near).await.unwrap();
    assert_eq!(gaps(0, 620).await, [(at(200), at(500))]);
    assert_eq!(gaps(550, 1000).await, [(at(600), at(1000))]);
    store.note_history_read(server, Some(at(200)), at(500)).await.unwrap();
    assert_eq!(gaps(0, 620).await, []);
    assert_eq!(store.observed_until(server, at(600)).await.unwrap(), Some(at(600)));
    assert_eq!(store.prune_observed(at(601)).await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_clock_that_ran_ahead_saw_is_not_believed() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let server = fixture.connection(ConnectionKind::Plex, "plex").await.server().unwrap();
    let near = SignedDuration::from_secs(60);
    store.note_observed(server, at(0), at(100), near).await.unwrap();
    store.note_observed(server, at(90_000), at(90_000), near).await.unwrap();
    store.note_history_read(server, Some(at(50)), at(90_000)).await.unwrap();
    assert_eq!(store.observed_until(server, at(200)).await.unwrap(), None);
    assert_eq!(
        store.gaps(server, at(0), at(200), near).await.unwrap(),
        [(at(0), at(200))]
    );
    store.note_history_read(server, Some(at(0)), at(200)).await.unwrap();
    assert_eq!(store.observed_until(server, at(99_000)).await.unwrap(), Some(at(200)));
}
