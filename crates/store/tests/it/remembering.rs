//! Settings, facts, searches, reminders, due times.

use crate::support::{Fixture, at, position, send_search, send_season_search};
use domain::ids::{EpisodeId, ServerId, ViewerKey};
use domain::plan::{Action, Reminder, ReminderAbout, Subject};
use domain::session::{ShowReference, Viewer};
use domain::watching::{Sighting, Watched};
use serde_json::{Map, Value, json};

/// A week in seconds.
const WEEK: i64 = 7 * 24 * 3600;

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

#[tokio::test]
async fn settings_are_merged_and_outlive_a_restart() {
    let fixture = Fixture::new().await;
    fixture
        .store
        .merge_settings(&map(json!({"enabled": true, "filterUsers": ["Ann"]})))
        .await
        .unwrap();
    fixture
        .store
        .merge_settings(&map(json!({"enabled": null, "remainingEpisodes": 3})))
        .await
        .unwrap();
    let fixture = fixture.reopen().await;
    let stored = fixture.store.settings().await.unwrap();
    assert_eq!(
        Value::Object(stored),
        json!({"filterUsers": ["Ann"], "remainingEpisodes": 3})
    );
}

#[tokio::test]
async fn the_client_identifier_is_chosen_once() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.client_identifier("first").await.unwrap(), "first");
    let fixture = fixture.reopen().await;
    assert_eq!(fixture.store.client_identifier("second").await.unwrap(), "first");
    fixture.store.set_meta("pause_until", Some("x")).await.unwrap();
    fixture.store.set_meta("pause_until", None).await.unwrap();
    assert_eq!(fixture.store.meta("pause_until").await.unwrap(), None);
}

#[tokio::test]
async fn the_newest_search_of_each_season_and_episode_is_remembered() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    send_season_search(store, series, 1, at(20)).await;
    send_season_search(store, series, 1, at(10)).await;
    let episodes = Action::SearchEpisodes {
        episodes: vec![EpisodeId(5), EpisodeId(6)],
        positions: vec![position(1, 5), position(2, 6)],
    };
    send_search(store, series, episodes, at(30)).await;
    let recent = store.recent_searches(series, at(40)).await.unwrap();
    assert_eq!(recent.seasons.into_iter().collect::<Vec<_>>(), [(1, at(20))]);
    assert_eq!(
        recent.episodes.into_iter().collect::<Vec<_>>(),
        [(EpisodeId(5), at(30)), (EpisodeId(6), at(30))]
    );
    assert_eq!(store.prune_searches(at(21)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_search_is_remembered_for_seven_days_to_either_side() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    send_season_search(store, series, 1, at(0)).await;
    for (seconds, remembered) in [
        (-WEEK, false),
        (1 - WEEK, true),
        (0, true),
        (WEEK - 1, true),
        (WEEK, false),
    ] {
        let recent = store.recent_searches(series, at(seconds)).await.unwrap();
        assert_eq!(recent.seasons.contains_key(&1), remembered, "{seconds}");
    }
}

#[tokio::test]
async fn a_search_that_was_sent_far_ahead_does_not_hide_the_next_one() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let sent_at = async |now| store.recent_searches(series, at(now)).await.unwrap().seasons.remove(&1);
    send_season_search(store, series, 1, at(52 * WEEK)).await;
    assert_eq!(sent_at(0).await, None);
    send_season_search(store, series, 1, at(0)).await;
    assert_eq!(sent_at(0).await, Some(at(0)));
    // One that lies less than a week ahead still forbids another, and counts.
    send_season_search(store, series, 1, at(WEEK - 1)).await;
    send_season_search(store, series, 1, at(0)).await;
    assert_eq!(sent_at(0).await, Some(at(WEEK - 1)));
}

#[tokio::test]
async fn equal_reminders_are_one_with_the_earlier_time() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let reminder = |episodes: &[i64], seconds| Reminder {
        series,
        about: ReminderAbout::EpisodesAired {
            season: 2,
            episodes: episodes.iter().copied().map(EpisodeId).collect(),
        },
        due_at: at(seconds),
        attempts: 0,
        viewer: None,
    };
    let earlier = Reminder {
        viewer: Some("Ann".to_owned()),
        ..reminder(&[2, 1, 1], 40)
    };
    for reminder in [
        reminder(&[1, 2], 50),
        earlier,
        reminder(&[1, 2], 90),
        reminder(&[3], 100),
    ] {
        store.remind(&reminder, at(0)).await.unwrap();
    }
    assert_eq!(store.reminders_for(series).await.unwrap().len(), 2);
    assert!(store.due_reminders(at(39)).await.unwrap().is_empty());
    let due = store.due_reminders(at(60)).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].reminder.viewer.as_deref(), Some("Ann"));
    store.postpone_reminder(due[0].id, at(200), 3, at(60)).await.unwrap();
    let later = store.due_reminders(at(300)).await.unwrap();
    assert_eq!(
        later.iter().map(|one| one.reminder.attempts).collect::<Vec<_>>(),
        [0, 3]
    );
    store.remove_reminder(due[0].id).await.unwrap();
    store.remove_reminder(due[0].id).await.unwrap();
    assert_eq!(store.due_reminders(at(300)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reminder_that_was_set_by_a_clock_ahead_is_due() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let in_a_year = Reminder {
        series,
        about: ReminderAbout::SeasonListed { season: 2 },
        due_at: at(52 * WEEK),
        attempts: 0,
        viewer: None,
    };
    let due = async |seconds| store.due_reminders(at(seconds)).await.unwrap().len();
    store.remind(&in_a_year, at(0)).await.unwrap();
    assert_eq!(due(0).await, 0);
    let id = store.reminders_for(series).await.unwrap()[0].id;
    store
        .postpone_reminder(id, at(53 * WEEK), 1, at(52 * WEEK))
        .await
        .unwrap();
    assert_eq!((due(0).await, due(52 * WEEK).await), (1, 0));
    // Whichever clock said the earlier time counts.
    store.remind(&in_a_year, at(0)).await.unwrap();
    assert_eq!((due(0).await, due(52 * WEEK).await), (0, 1));
}

#[tokio::test]
async fn due_times_outlive_a_restart() {
    let fixture = Fixture::new().await;
    assert!(fixture.store.scheduled_tasks().await.unwrap().is_empty());
    fixture
        .store
        .set_scheduled_task("reset", at(10), Some(at(5)))
        .await
        .unwrap();
    fixture.store.set_scheduled_task("reset", at(20), None).await.unwrap();
    let fixture = fixture.reopen().await;
    let task = fixture.store.scheduled_tasks().await.unwrap().remove("reset").unwrap();
    assert_eq!((task.due_at, task.last_run_at), (at(20), Some(at(5))));
}

#[tokio::test]
async fn the_newest_sighting_of_a_viewer_and_show_is_owed_until_settled() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let instance = fixture.sonarr().await;
    let sighting = |account: &str, episode| Sighting {
        show: ShowReference {
            title: Some("The Wire".to_owned()),
            ..ShowReference::default()
        },
        watched: Watched {
            viewer: Viewer {
                key: ViewerKey {
                    server: ServerId(1),
                    account: account.to_owned(),
                },
                name: None,
            },
            at: position(1, episode),
            episodes: vec![position(1, episode)],
        },
        subject: Subject {
            show: "The Wire".to_owned(),
            ..Subject::default()
        },
    };
    store
        .owe_sighting(instance, &sighting("1", 4), at(0), at(60))
        .await
        .unwrap();
    store
        .owe_sighting(instance, &sighting("1", 5), at(10), at(90))
        .await
        .unwrap();
    store
        .owe_sighting(instance, &sighting("2", 1), at(5), at(70))
        .await
        .unwrap();
    assert_eq!(store.due_sightings(at(59)).await.unwrap(), []);
    let fixture = fixture.reopen().await;
    let store = &fixture.store;
    let due = store.due_sightings(at(70)).await.unwrap();
    assert_eq!(
        due.iter().map(|owed| owed.sighting.watched.at).collect::<Vec<_>>(),
        [position(1, 1), position(1, 5)]
    );
    assert_eq!((due[1].seen_at, due[1].instance), (at(10), instance));
    store.postpone_sighting(due[1].id, at(500)).await.unwrap();
    store.remove_sighting(due[0].id).await.unwrap();
    assert_eq!(store.due_sightings(at(499)).await.unwrap(), []);
    assert_eq!(store.due_sightings(at(500)).await.unwrap()[0].attempts, 1);
    store.settle_sighting(instance, &sighting("1", 9)).await.unwrap();
    assert_eq!(store.due_sightings(at(500)).await.unwrap(), []);
}
