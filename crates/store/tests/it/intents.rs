//! Owed work over its life.

use crate::support::{Fixture, at, decision, position};
use domain::ids::{EpisodeId, ServerId, ViewerKey};
use domain::monitoring::{MonitoringType, TrackingEntry};
use domain::plan::{Action, Bookkeeping, Decision, Reminder, ReminderAbout};
use store::{IntentState, JournalQuery, NewIntent, NewRollingShow, Origin, Outcome, StoreError};

fn new<'a>(decision: &'a Decision, needs_confirmation: bool) -> NewIntent<'a> {
    let series = decision.subject.series.unwrap();
    NewIntent {
        series,
        origin: Origin::Session,
        decision,
        needs_confirmation,
        subject_key: None,
    }
}

#[tokio::test]
async fn an_intent_and_its_journal_row_are_made_together() {
    let fixture = Fixture::new().await;
    let decision = decision(fixture.series().await);
    let made = fixture.store.create_intent(new(&decision, false), at(1)).await.unwrap();
    assert_eq!(made.decision, decision);
    assert_eq!(fixture.store.intent(made.id).await.unwrap(), Some(made.clone()));
    let rows = fixture
        .store
        .journal(&JournalQuery {
            limit: 10,
            ..JournalQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].id, rows[0].intent), (made.journal.unwrap(), Some(made.id)));
    assert_eq!((rows[0].outcome, &rows[0].decision), (Outcome::Planned, &decision));
}

#[tokio::test]
async fn of_a_search_that_was_sent_in_part_only_that_part_is_remembered() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let decision = Decision {
        actions: vec![
            Action::SearchSeason {
                season: 2,
                episodes: vec![EpisodeId(21), EpisodeId(22)],
            },
            Action::SearchEpisodes {
                episodes: vec![EpisodeId(31), EpisodeId(32)],
                positions: vec![position(3, 1), position(3, 2)],
            },
            Action::SearchEpisodes {
                episodes: vec![EpisodeId(41)],
                positions: vec![position(4, 1)],
            },
        ],
        ..decision(series)
    };
    let id = store.create_intent(new(&decision, false), at(1)).await.unwrap().id;
    for (step, sent) in [(0, vec![EpisodeId(22)]), (1, vec![EpisodeId(31)]), (2, vec![])] {
        store.finish_partial_search(id, step, at(20), &sent).await.unwrap();
    }
    let recent = store.recent_searches(series, at(30)).await.unwrap();
    assert!(recent.seasons.is_empty());
    assert_eq!(
        recent.episodes.into_iter().collect::<Vec<_>>(),
        [(EpisodeId(22), at(20)), (EpisodeId(31), at(20))]
    );
}

#[tokio::test]
async fn steps_go_in_order_and_remember_the_searches_they_sent() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let decision = decision(series);
    let id = store.create_intent(new(&decision, false), at(1)).await.unwrap().id;
    assert!(matches!(
        store.start_step(id, 1, at(2)).await,
        Err(StoreError::Conflict(_))
    ));
    assert!(matches!(
        store.complete_intent(id, at(2), None).await,
        Err(StoreError::Conflict(_))
    ));
    for step in 0..4 {
        store.start_step(id, step, at(10)).await.unwrap();
        assert_eq!(store.intent(id).await.unwrap().unwrap().step_started_at, Some(at(10)));
        store.finish_step(id, step, at(20)).await.unwrap();
        assert!(matches!(
            store.finish_step(id, step, at(21)).await,
            Err(StoreError::Conflict(_))
        ));
    }
    let recent = store.recent_searches(series, at(0)).await.unwrap();
    assert_eq!(recent.seasons.into_iter().collect::<Vec<_>>(), [(2, at(20))]);
    assert_eq!(
        recent.episodes.into_iter().collect::<Vec<_>>(),
        [(EpisodeId(31), at(20))]
    );
    assert!(matches!(
        store.start_step(id, 4, at(22)).await,
        Err(StoreError::Conflict(_))
    ));
    store
        .complete_intent(id, at(30), Some("Four things were done."))
        .await
        .unwrap();
    assert!(store.all_open_intents().await.unwrap().is_empty());
    let row = store
        .journal(&JournalQuery {
            limit: 1,
            ..JournalQuery::default()
        })
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        (row.outcome, row.note.as_deref()),
        (Outcome::Done, Some("Four things were done."))
    );
    assert_eq!(store.prune_intents(at(31)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_failure_is_owed_and_the_step_stays_started() {
    let fixture = Fixture::new().await;
    let series = fixture.series().await;
    let decision = decision(series);
    let id = fixture
        .store
        .create_intent(new(&decision, false), at(1))
        .await
        .unwrap()
        .id;
    fixture.store.start_step(id, 0, at(2)).await.unwrap();
    fixture
        .store
        .postpone_intent(id, at(60), "Sonarr did not answer.")
        .await
        .unwrap();
    fixture
        .store
        .postpone_intent(id, at(120), "Sonarr did not answer.")
        .await
        .unwrap();
    let fixture = fixture.reopen().await;
    let store = &fixture.store;
    assert!(store.due_intents(at(119)).await.unwrap().is_empty());
    let owed = store.due_intents(at(120)).await.unwrap().pop().unwrap();
    assert_eq!((owed.attempts, owed.step_started_at), (2, Some(at(2))));
    assert_eq!(owed.last_error.as_deref(), Some("Sonarr did not answer."));
    let row = store
        .journal(&JournalQuery {
            limit: 1,
            ..JournalQuery::default()
        })
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(row.outcome, Outcome::Owed);
    store.finish_step(id, 0, at(121)).await.unwrap();
    let after = store.open_intents_for(series).await.unwrap().pop().unwrap();
    assert_eq!((after.attempts, after.last_error, after.next_step), (0, None, 1));
    store
        .drop_intent(id, at(130), Outcome::Failed, "It was given up.")
        .await
        .unwrap();
    assert_eq!(store.intent(id).await.unwrap().unwrap().state, IntentState::Moot);
    assert!(matches!(
        store.drop_intent(id, at(131), Outcome::Failed, "").await,
        Err(StoreError::Conflict(_))
    ));
}

#[tokio::test]
async fn what_is_broken_off_in_the_middle_of_a_step_is_told_for_a_while() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let decision = decision(fixture.series().await);
    let series = decision.subject.series.unwrap();
    let new = || NewIntent {
        series,
        origin: Origin::Session,
        decision: &decision,
        needs_confirmation: false,
        subject_key: None,
    };
    let began = store.create_intent(new(), at(0)).await.unwrap().id;
    store.start_step(began, 0, at(1)).await.unwrap();
    let not_begun = store.create_intent(new(), at(2)).await.unwrap().id;
    assert_eq!(
        store.broken_off_since(series, at(0)).await.unwrap(),
        [],
        "both are open"
    );
    for id in [began, not_begun] {
        store.drop_intent(id, at(10), Outcome::Nothing, "Moot.").await.unwrap();
    }
    let told = store.broken_off_since(series, at(10)).await.unwrap();
    let told: Vec<_> = told.iter().map(|intent| (intent.id, intent.step_started_at)).collect();
    assert_eq!(told, [(began, Some(at(1)))]);
    assert_eq!(store.broken_off_since(series, at(11)).await.unwrap(), []);
}

#[tokio::test]
async fn a_batch_waits_until_it_is_confirmed_as_a_whole() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let decision = decision(fixture.series().await);
    let made = store
        .create_intents(&[new(&decision, true), new(&decision, true)], at(1))
        .await
        .unwrap();
    let other = store.create_intent(new(&decision, true), at(2)).await.unwrap();
    assert_eq!(
        (made[0].batch, made[1].batch, other.batch),
        (made[0].id, made[0].id, other.id)
    );
    assert!(store.due_intents(at(100)).await.unwrap().is_empty());
    assert!(matches!(
        store.start_step(made[0].id, 0, at(3)).await,
        Err(StoreError::Conflict(_))
    ));
    assert_eq!(store.confirm_batch(made[0].batch, at(50)).await.unwrap(), 2);
    assert_eq!(store.confirm_batch(made[0].batch, at(51)).await.unwrap(), 0);
    let due: Vec<i64> = store
        .due_intents(at(50))
        .await
        .unwrap()
        .into_iter()
        .map(|intent| intent.id)
        .collect();
    assert_eq!(due, [made[0].id, made[1].id]);
    let confirmed = store.intent(made[0].id).await.unwrap().unwrap();
    assert_eq!(
        (confirmed.confirmed_at, confirmed.wanted_since()),
        (Some(at(50)), at(50))
    );
    assert_eq!((other.confirmed_at, other.wanted_since()), (None, at(2)));
    let waiting = JournalQuery {
        limit: 10,
        outcome: Some(Outcome::Waiting),
        ..JournalQuery::default()
    };
    assert_eq!(store.journal(&waiting).await.unwrap().len(), 1);
    assert_eq!(store.intents_of_batch(made[0].batch).await.unwrap().len(), 2);
}

#[tokio::test]
async fn completing_applies_the_bookkeeping_and_keeps_the_reminders() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let enrolled = NewRollingShow {
        series,
        title: "The Wire".to_owned(),
        tvdb: None,
        imdb: None,
        monitoring_type: MonitoringType::PilotRolling,
        prior_files_may_go: false,
    };
    let show = store.enroll(&enrolled, at(0)).await.unwrap();
    let viewer = ViewerKey {
        server: ServerId(1),
        account: "1".to_owned(),
    };
    let mut entry = TrackingEntry::new(&show, viewer.clone(), None, at(1));
    entry.record(position(1, 9), at(2), true);
    store.save_viewings(&[entry]).await.unwrap();

    let mut decision = decision(series);
    decision.actions.clear();
    decision.afterwards = vec![Bookkeeping::Expanded {
        show: show.id,
        viewer: Some(viewer),
        season: 2,
    }];
    let about = ReminderAbout::SeasonListed { season: 3 };
    decision.reminders = vec![Reminder {
        series,
        about,
        due_at: at(500),
        attempts: 0,
        viewer: None,
    }];
    let id = store.create_intent(new(&decision, false), at(3)).await.unwrap().id;
    store.complete_intent(id, at(4), None).await.unwrap();
    assert_eq!(
        store
            .rolling_show(show.id)
            .await
            .unwrap()
            .unwrap()
            .current_monitored_season,
        2
    );
    assert_eq!(store.entries_of(show.id).await.unwrap()[0].current_monitored_season, 2);
    assert_eq!(store.reminders_for(series).await.unwrap().len(), 1);

    decision.afterwards = vec![Bookkeeping::Reset {
        show: show.id,
        coming: None,
    }];
    let id = store.create_intent(new(&decision, false), at(5)).await.unwrap().id;
    store.complete_intent(id, at(6), None).await.unwrap();
    assert!(store.entries_of(show.id).await.unwrap().is_empty());
    assert_eq!(
        store.rolling_show(show.id).await.unwrap().unwrap().reset_at,
        Some(at(6))
    );
}
