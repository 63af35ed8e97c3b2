//! The journal.

use crate::support::{Fixture, at, decision, idle, journal_len};
use domain::plan::{Decision, Reason};
use jiff::SignedDuration;
use store::{JournalQuery, NewIntent, NewJournalEntry, Origin, Outcome};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn row<'a>(decision: &'a Decision, seconds: i64, subject_key: Option<&'a str>) -> NewJournalEntry<'a> {
    let (origin, outcome) = (Origin::Session, Outcome::Nothing);
    NewJournalEntry {
        at: at(seconds),
        origin,
        outcome,
        note: None,
        subject_key,
        decision,
    }
}

fn newest(limit: u32) -> JournalQuery {
    JournalQuery {
        limit,
        ..JournalQuery::default()
    }
}

#[tokio::test]
async fn rows_come_newest_first_and_page_by_id() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let decision = idle("The Wire", Reason::NotNearEnd);
    let mut ids = Vec::new();
    for second in 0..5 {
        ids.push(store.append(row(&decision, second, None)).await.unwrap());
    }
    let read = async |query: JournalQuery| {
        store
            .journal(&query)
            .await
            .unwrap()
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(newest(2)).await, [ids[4], ids[3]]);
    assert_eq!(
        read(JournalQuery {
            before: Some(ids[3]),
            ..newest(2)
        })
        .await,
        [ids[2], ids[1]]
    );
    let mut dry = row(&decision, 9, None);
    (dry.outcome, dry.note) = (Outcome::DryRun, Some("Only planned."));
    store.append(dry).await.unwrap();
    let rows = store
        .journal(&JournalQuery {
            outcome: Some(Outcome::DryRun),
            ..newest(9)
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].note.as_deref(), Some("Only planned."));
    assert_eq!(rows[0].decision, decision);
}

#[tokio::test]
async fn rows_are_found_by_series_reason_and_title() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let of_series = decision(series);
    store.append(row(&of_series, 1, None)).await.unwrap();
    store
        .append(row(&idle("Andor", Reason::Special), 2, None))
        .await
        .unwrap();
    let count = async |query: JournalQuery| store.journal(&query).await.unwrap().len();
    assert_eq!(
        count(JournalQuery {
            series: Some(series),
            ..newest(9)
        })
        .await,
        1
    );
    assert_eq!(
        count(JournalQuery {
            reason: Some("special".to_owned()),
            ..newest(9)
        })
        .await,
        1
    );
    assert_eq!(
        count(JournalQuery {
            show: Some("WIRE".to_owned()),
            ..newest(9)
        })
        .await,
        1
    );
    assert_eq!(
        count(JournalQuery {
            show: Some("%".to_owned()),
            ..newest(9)
        })
        .await,
        0
    );
}

#[tokio::test]
async fn what_was_said_already_is_not_repeated_for_a_while() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let near = idle("The Wire", Reason::NotNearEnd);
    let missing = idle("The Wire", Reason::NothingMissing);
    let say = async |decision, seconds, key| {
        store
            .append_unless_same(row(decision, seconds, key), HOUR)
            .await
            .unwrap()
            .is_some()
    };
    assert!(say(&near, 0, Some("a")).await);
    assert!(!say(&near, 60, Some("a")).await);
    assert!(say(&near, 60, Some("b")).await);
    assert!(say(&missing, 120, Some("a")).await);
    assert!(say(&near, 180, Some("a")).await);
    assert!(say(&near, 180 + 3600, Some("a")).await);
    assert!(say(&near, 181, None).await);
    assert!(say(&near, 181, None).await);
    assert_eq!(journal_len(store).await, 7);
}

#[tokio::test]
async fn a_row_of_a_clock_that_was_ahead_does_not_silence_the_journal() {
    let fixture = Fixture::new().await;
    let decision = idle("The Wire", Reason::NotNearEnd);
    let say = async |seconds| {
        let row = row(&decision, seconds, Some("a"));
        fixture.store.append_unless_same(row, HOUR).await.unwrap().is_some()
    };
    assert!(say(365 * 24 * 3600).await);
    assert!(say(0).await);
    // A clock that is set a little says nothing twice.
    assert!(!say(-60).await);
}

#[tokio::test]
async fn old_rows_go_unless_their_work_is_owed() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let decision = decision(fixture.series().await);
    let intent = NewIntent {
        series: decision.subject.series.unwrap(),
        origin: Origin::Session,
        decision: &decision,
        needs_confirmation: true,
        subject_key: None,
    };
    let owed = store.create_intent(intent, at(0)).await.unwrap();
    store.append(row(&decision, 1, None)).await.unwrap();
    let days = |days: i64| days * 24 * 3600;
    store.append(row(&decision, days(100), None)).await.unwrap();
    assert_eq!(store.prune_journal(at(days(180) + 10)).await.unwrap(), 1);
    assert_eq!(journal_len(store).await, 2);
    store
        .drop_intent(owed.id, at(5), Outcome::Nothing, "Dismissed.")
        .await
        .unwrap();
    assert_eq!(store.prune_journal(at(days(180) + 10)).await.unwrap(), 1);
    assert_eq!(store.intent(owed.id).await.unwrap().unwrap().journal, None);
}
