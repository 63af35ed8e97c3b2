//! Rolling shows and tracking entries.

use crate::support::{Fixture, at, position};
use domain::ids::{RollingShowId, SeriesKey, ServerId, TvdbId, ViewerKey};
use domain::monitoring::{MonitoringType, TrackingEntry};
use domain::state::ConnectionKind;
use store::{NewRollingShow, StoreError};

fn wire(series: SeriesKey) -> NewRollingShow {
    NewRollingShow {
        series,
        title: "The Wire".to_owned(),
        tvdb: Some(TvdbId(79126)),
        imdb: Some("tt0306414".to_owned()),
        monitoring_type: MonitoringType::PilotRolling,
        prior_files_may_go: false,
    }
}

fn viewer(account: &str) -> ViewerKey {
    ViewerKey {
        server: ServerId(1),
        account: account.to_owned(),
    }
}

#[tokio::test]
async fn a_series_is_enrolled_once() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let series = fixture.series().await;
    let show = store.enroll(&wire(series), at(10)).await.unwrap();
    assert_eq!(
        (show.current_monitored_season, show.enrolled_at, show.last_watched_at),
        (1, at(10), None)
    );
    let error = store.enroll(&wire(series), at(11)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    assert_eq!(store.rolling_show_of(series).await.unwrap(), Some(show));
    assert_eq!(store.rolling_show(RollingShowId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn what_the_user_wants_of_a_show_outlives_a_restart() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let id = store.enroll(&wire(fixture.series().await), at(0)).await.unwrap().id;
    store
        .change_monitoring_type(id, MonitoringType::FirstSeasonRolling)
        .await
        .unwrap();
    store.keep_show(id, true).await.unwrap();
    store.keep_season(id, 3, true).await.unwrap();
    store.keep_season(id, 3, true).await.unwrap();
    store.keep_season(id, 4, true).await.unwrap();
    store.keep_season(id, 4, false).await.unwrap();
    store.allow_prior_files(id, true).await.unwrap();
    let fixture = fixture.reopen().await;
    let show = fixture.store.rolling_show(id).await.unwrap().unwrap();
    assert_eq!(show.monitoring_type, MonitoringType::FirstSeasonRolling);
    assert!(show.keep_show && show.prior_files_may_go);
    assert_eq!(show.keep_seasons.into_iter().collect::<Vec<_>>(), [3]);
    let error = fixture.store.keep_show(RollingShowId(99), true).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound(_)));
}

#[tokio::test]
async fn a_tracking_entry_reads_back_as_it_was_saved() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let show = store.enroll(&wire(fixture.series().await), at(0)).await.unwrap();
    let mut entry = TrackingEntry::new(&show, viewer("7"), Some("Ann".to_owned()), at(1));
    for episode in 1..=40 {
        entry.record(position(1 + episode / 20, episode), at(i64::from(episode) * 60), true);
    }
    let saved = std::slice::from_ref(&entry);
    store.save_viewings(saved).await.unwrap();
    entry.id = store.entries_of(show.id).await.unwrap()[0].id;
    assert_eq!(store.entries_of(show.id).await.unwrap(), [entry.clone()]);

    // The show's own time never goes back.
    let other = TrackingEntry::new(&show, viewer("8"), None, at(3));
    store.save_viewings(&[entry.clone(), other]).await.unwrap();
    let fixture = fixture.reopen().await;
    let entries = fixture.store.entries_of(show.id).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0], entry);
    assert_eq!(entries[1].last_watched, None);
    let show = fixture.store.rolling_show(show.id).await.unwrap().unwrap();
    assert_eq!(show.last_watched_at, Some(at(40 * 60)));
}

#[tokio::test]
async fn a_reached_season_never_goes_down() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let show = store.enroll(&wire(fixture.series().await), at(0)).await.unwrap();
    let entry = TrackingEntry::new(&show, viewer("7"), None, at(1));
    store.save_viewings(std::slice::from_ref(&entry)).await.unwrap();
    store
        .record_expanded(show.id, Some(&viewer("7")), 3, at(5))
        .await
        .unwrap();
    store.record_expanded(show.id, None, 2, at(6)).await.unwrap();
    // Read before the expansion, saved after it.
    store.save_viewings(std::slice::from_ref(&entry)).await.unwrap();
    assert_eq!(store.entries_of(show.id).await.unwrap()[0].current_monitored_season, 3);
    let show = store.rolling_show(show.id).await.unwrap().unwrap();
    assert_eq!((show.current_monitored_season, show.expanded_at), (3, Some(at(6))));
}

#[tokio::test]
async fn a_reset_returns_to_the_baseline_of_the_type() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let mut new = wire(fixture.series().await);
    new.monitoring_type = MonitoringType::AllSeasonPilotRolling;
    let show = store.enroll(&new, at(0)).await.unwrap();
    let mut entry = TrackingEntry::new(&show, viewer("7"), None, at(1));
    entry.record(position(2, 1), at(2), true);
    store.save_viewings(&[entry]).await.unwrap();
    store.record_expanded(show.id, None, 4, at(5)).await.unwrap();
    store.keep_season(show.id, 2, true).await.unwrap();
    store.reset_rolling_show(show.id, None, at(9)).await.unwrap();
    assert!(store.entries_of(show.id).await.unwrap().is_empty());
    let show = store.rolling_show(show.id).await.unwrap().unwrap();
    assert_eq!(show.current_monitored_season, 0);
    assert_eq!(
        (show.last_watched_at, show.expanded_at, show.reset_at),
        (None, None, Some(at(9)))
    );
    assert!(show.keep_seasons.contains(&2));
    store.reset_rolling_show(show.id, Some(3), at(10)).await.unwrap();
    let coming = store.rolling_show(show.id).await.unwrap().unwrap();
    assert_eq!((coming.current_monitored_season, coming.expanded_at), (3, Some(at(10))));
    assert!(store.remove_rolling_show(show.id).await.unwrap());
    assert!(matches!(
        store.reset_rolling_show(show.id, None, at(10)).await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn viewers_of_a_removed_server_still_protect_what_they_watched() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let server = fixture.connection(ConnectionKind::Plex, "plex").await.server().unwrap();
    let show = store.enroll(&wire(fixture.series().await), at(0)).await.unwrap();
    let key = ViewerKey {
        server,
        account: "1".to_owned(),
    };
    store
        .save_viewings(&[TrackingEntry::new(&show, key, None, at(1))])
        .await
        .unwrap();
    store.remove_connection(server.0).await.unwrap();
    assert_eq!(store.entries_of(show.id).await.unwrap().len(), 1);
}
