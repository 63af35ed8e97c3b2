//! Settings, facts, searches, reminders, due times, notifications.

use crate::support::{Fixture, at, position};
use domain::ids::{EpisodeId, ServerId, ViewerKey};
use domain::plan::{Reminder, ReminderAbout, Subject};
use domain::session::{ShowReference, Viewer};
use domain::watching::{Sighting, Watched};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

#[tokio::test]
async fn settings_are_merged_and_replaced_as_a_whole() {
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
    fixture
        .store
        .replace_settings(&map(json!({"dryRun": true})))
        .await
        .unwrap();
    assert_eq!(
        Value::Object(fixture.store.settings().await.unwrap()),
        json!({"dryRun": true})
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
    store.note_season_search(series, 1, at(20)).await.unwrap();
    store.note_season_search(series, 1, at(10)).await.unwrap();
    store
        .note_episode_searches(series, &[(EpisodeId(5), 1), (EpisodeId(6), 2)], at(30))
        .await
        .unwrap();
    let recent = store.recent_searches(series, at(20)).await.unwrap();
    assert_eq!(recent.seasons.get(&1), Some(&at(20)));
    assert_eq!(recent.episodes.len(), 2);
    assert_eq!(store.recent_searches(series, at(21)).await.unwrap().seasons.len(), 0);
    assert_eq!(store.prune_searches(at(21)).await.unwrap(), 1);
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
    store.remind(&reminder(&[1, 2], 50)).await.unwrap();
    store
        .remind(&Reminder {
            viewer: Some("Ann".to_owned()),
            ..reminder(&[2, 1, 1], 40)
        })
        .await
        .unwrap();
    store.remind(&reminder(&[1, 2], 90)).await.unwrap();
    store.remind(&reminder(&[3], 100)).await.unwrap();
    assert_eq!(store.reminders_for(series).await.unwrap().len(), 2);
    assert_eq!(store.next_reminder_due_at().await.unwrap(), Some(at(40)));
    let due = store.due_reminders(at(60)).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].reminder.viewer.as_deref(), Some("Ann"));
    store.postpone_reminder(due[0].id, at(200), 3).await.unwrap();
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
async fn the_same_message_is_shown_once_in_a_while() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let claim = async |seconds| {
        store
            .claim_notification("trouble", "plex", at(seconds), SignedDuration::from_secs(60))
            .await
            .unwrap()
    };
    assert!(claim(100).await);
    assert!(!claim(159).await);
    assert!(claim(160).await);
    assert_eq!(store.notified_at("trouble", "plex").await.unwrap(), Some(at(160)));
    // The clock was set back.
    assert!(claim(20).await);
    store.forget_notification("trouble", "plex").await.unwrap();
    assert!(claim(21).await);
    assert_eq!(store.prune_notifications(at(22)).await.unwrap(), 1);
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
    assert_eq!(store.next_sighting_due_at().await.unwrap(), Some(at(60)));
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
    assert_eq!(store.next_sighting_due_at().await.unwrap(), None);
}
