//! What the tests have in common.

use domain::ids::{EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, SeriesId, SeriesKey};
use domain::plan::{Action, Decision, DoomedFile, MonitoringChange, Reason, Subject};
use domain::state::ConnectionKind;
use jiff::Timestamp;
use std::path::Path;
use store::{Connection, JournalQuery, NewConnection, NewIntent, Origin, Store};
use tempfile::TempDir;

/// A moment, in seconds after some fixed one.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A store in a folder of its own.
pub struct Fixture {
    pub store: Store,
    pub folder: TempDir,
}

impl Fixture {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        Self { store, folder }
    }

    /// Closes the store and opens it again, as a restart does.
    pub async fn reopen(self) -> Self {
        self.store.close().await;
        let store = open(self.folder.path()).await;
        Self {
            store,
            folder: self.folder,
        }
    }

    pub async fn sonarr(&self) -> InstanceId {
        self.connection(ConnectionKind::Sonarr, "Sonarr")
            .await
            .instance()
            .unwrap()
    }

    pub async fn connection(&self, kind: ConnectionKind, name: &str) -> Connection {
        put_connection(&self.store, kind, name).await
    }

    /// A series of a new Sonarr.
    pub async fn series(&self) -> SeriesKey {
        SeriesKey {
            instance: self.sonarr().await,
            series: SeriesId(7),
        }
    }
}

pub async fn open(folder: &Path) -> Store {
    Store::open(folder, at(0)).await.unwrap().0
}

pub async fn put_connection(store: &Store, kind: ConnectionKind, name: &str) -> Connection {
    let url = "http://localhost:1".to_owned();
    let new = NewConnection {
        kind,
        name: name.to_owned(),
        url,
    };
    store.put_connection(&new, at(0)).await.unwrap().0
}

/// The connection of a name.
pub async fn connection_named(store: &Store, name: &str) -> Connection {
    let all = store.connections().await.unwrap();
    all.into_iter().find(|connection| connection.name == name).unwrap()
}

/// How many rows the journal has.
pub async fn journal_len(store: &Store) -> usize {
    let all = JournalQuery {
        limit: u32::MAX,
        ..JournalQuery::default()
    };
    store.journal(&all).await.unwrap().len()
}

/// Carries out a single search of a series.
pub async fn send_search(store: &Store, series: SeriesKey, search: Action, sent_at: Timestamp) {
    let mut decision = decision(series);
    decision.actions = vec![search];
    let intent = NewIntent {
        series,
        origin: Origin::Session,
        decision: &decision,
        needs_confirmation: false,
        subject_key: None,
    };
    let id = store.create_intent(intent, sent_at).await.unwrap().id;
    store.finish_step(id, 0, sent_at).await.unwrap();
    store.complete_intent(id, sent_at, None).await.unwrap();
}

/// Carries out a search for a whole season.
pub async fn send_season_search(store: &Store, series: SeriesKey, season: i32, sent_at: Timestamp) {
    let episodes = vec![EpisodeId(1)];
    send_search(store, series, Action::SearchSeason { season, episodes }, sent_at).await;
}

pub fn position(season: i32, episode: i32) -> EpisodeRef {
    EpisodeRef { season, episode }
}

/// A decision with four steps: flags, a season search, an episode search, a deletion.
pub fn decision(series: SeriesKey) -> Decision {
    let subject = Subject {
        show: "The Wire".to_owned(),
        series: Some(series),
        ..Subject::default()
    };
    let mut decision = Decision::nothing(subject, Reason::Expansion, "Season 2 is searched.");
    decision.actions = vec![
        Action::SetMonitoring(MonitoringChange {
            series: Some(true),
            ..MonitoringChange::default()
        }),
        Action::SearchSeason {
            season: 2,
            episodes: vec![EpisodeId(21), EpisodeId(22)],
        },
        Action::SearchEpisodes {
            episodes: vec![EpisodeId(31)],
            positions: vec![position(3, 1)],
        },
        Action::DeleteFiles {
            files: vec![DoomedFile {
                id: EpisodeFileId(1),
                size: 10,
                path: None,
                episodes: vec![position(1, 1)],
            }],
        },
    ];
    decision
}

/// A decision to do nothing.
pub fn idle(show: &str, reason: Reason) -> Decision {
    Decision::nothing(
        Subject {
            show: show.to_owned(),
            ..Subject::default()
        },
        reason,
        "Nothing to do.",
    )
}
