use super::*;
use crate::{NewConnection, NewIntent, NewJournalEntry, Origin, Outcome};
use domain::ids::{EpisodeId, SeriesId, SeriesKey};
use domain::plan::{Action, Decision, Reason, Subject};
use domain::state::ConnectionKind;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

/// Whether the last transaction was on the disk when it was committed. SQLite keeps the mode until the next one begins.
async fn was_written_through(store: &Store) -> bool {
    let mode: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&store.writer)
        .await
        .unwrap();
    mode >= 2
}

#[tokio::test]
async fn an_intent_and_its_steps_are_on_the_disk_before_a_request_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), AT).await.unwrap();
    let sonarr = NewConnection {
        kind: ConnectionKind::Sonarr,
        name: "Sonarr".to_owned(),
        url: "http://localhost:1".to_owned(),
    };
    let (sonarr, _) = store.put_connection(&sonarr, AT).await.unwrap();
    assert!(!was_written_through(&store).await);
    let series = SeriesKey {
        instance: sonarr.instance().unwrap(),
        series: SeriesId(1),
    };
    let mut decision = Decision::nothing(Subject::default(), Reason::Expansion, "");
    decision.actions = vec![Action::SearchSeason {
        season: 2,
        episodes: vec![EpisodeId(1)],
    }];
    let intent = NewIntent {
        series,
        origin: Origin::Session,
        decision: &decision,
        needs_confirmation: false,
        subject_key: None,
    };
    let observe = async || {
        store.set_meta("seen", Some("now")).await.unwrap();
        assert!(!was_written_through(&store).await, "what happens often costs no flush");
    };

    let id = store.create_intent(intent, AT).await.unwrap().id;
    assert!(was_written_through(&store).await);
    observe().await;
    store.start_step(id, 0, AT).await.unwrap();
    assert!(was_written_through(&store).await);
    observe().await;
    store.finish_step(id, 0, AT).await.unwrap();
    assert!(was_written_through(&store).await);
    let row = NewJournalEntry {
        at: AT,
        origin: Origin::Session,
        outcome: Outcome::Nothing,
        note: None,
        subject_key: None,
        decision: &decision,
    };
    store.append(row).await.unwrap();
    assert!(!was_written_through(&store).await);
    store.close().await;
}
