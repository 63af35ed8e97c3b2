//! What plays as soon as it changes.

use super::{Stage, client};
use crate::media_browser::{BOTH, Kind};
use domain::session::{PlaybackSession, PlayerState};
use futures::StreamExt as _;
use media_servers::{Hints, PlaybackHint};
use simulators::jellyfin::{ADMIN, Release};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The next hint that something plays or does not anymore.
async fn news(hints: &mut Hints) -> PlaybackHint {
    let news = async {
        loop {
            let hint = hints.next().await.unwrap().unwrap();
            if matches!(hint, PlaybackHint::Playing { .. }) {
                return hint;
            }
        }
    };
    timeout(Duration::from_secs(20), news).await.unwrap()
}

fn hint_of(session: &PlaybackSession, state: PlayerState) -> PlaybackHint {
    PlaybackHint::Playing {
        session_key: Some(session.session_key.clone()),
        item_key: session.item.key.clone(),
        state,
    }
}

#[tokio::test]
async fn changes_come_over_the_web_socket_with_the_keys_of_the_sessions() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let mut hints = stage.client.hints().await.unwrap().unwrap();
        let handle = stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
        let [session] = stage.sessions().await.try_into().unwrap();
        assert_eq!(news(&mut hints).await, hint_of(&session, PlayerState::Playing));
        // What only moves on is no news.
        stage.report(handle, 30_000);
        stage.pause(handle);
        assert_eq!(news(&mut hints).await, hint_of(&session, PlayerState::Paused));
        stage.next_item(handle, stage.episode(1, 2), false);
        let [next] = stage.sessions().await.try_into().unwrap();
        assert_eq!(news(&mut hints).await, hint_of(&next, next.state.clone()));
        let stopped = PlayerState::Other("stopped".to_owned());
        assert_eq!(news(&mut hints).await, hint_of(&session, stopped.clone()));
        stage.stop(handle);
        assert_eq!(news(&mut hints).await, hint_of(&next, stopped));
    }
}

/// What comes until there is something that no sign of life is.
async fn until_more_than_life(hints: &mut Hints) -> PlaybackHint {
    loop {
        let hint = timeout(Duration::from_secs(20), hints.next()).await.unwrap();
        match hint.unwrap().unwrap() {
            PlaybackHint::Ping => {}
            more => return more,
        }
    }
}

#[tokio::test]
async fn every_release_tells_of_sessions_and_of_a_play_within_two_seconds() {
    for kind in BOTH {
        for release in [Release::V10_10, Release::V10_11, Release::V12] {
            let stage = Stage::of(kind).await;
            stage.set_release(release);
            let token = match release {
                // Keys hear nothing from it.
                Release::V10_10 => stage.add_token(ADMIN, &stage.browser("b-1", "Firefox")),
                _ => stage.api_key(),
            };
            let mut hints = stage.with_token(&token).hints().await.unwrap().unwrap();
            let began = Instant::now();
            stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
            assert_eq!(until_more_than_life(&mut hints).await, PlaybackHint::Subscribed);
            news(&mut hints).await;
            assert!(began.elapsed() < Duration::from_secs(2), "{kind:?} {release:?}");
        }
    }
}

#[tokio::test]
async fn a_web_socket_on_which_a_key_hears_nothing_is_alive_and_tells_of_no_sessions() {
    let stage = Stage::of(Kind::Jellyfin).await;
    stage.set_release(Release::V10_10);
    stage.configure(|settings| settings.socket_timeout = Duration::from_secs(2));
    let mut hints = stage.client.hints().await.unwrap().unwrap();
    let player = stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
    // It answers for longer than it would if it heard nothing either.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        stage.report_again(player);
        let hint = timeout(Duration::from_secs(20), hints.next()).await.unwrap();
        assert_eq!(hint, Some(Ok(PlaybackHint::Ping)));
    }
    stage.drop_sockets();
    let rest = timeout(Duration::from_secs(20), hints.collect::<Vec<_>>())
        .await
        .unwrap();
    assert!(
        rest.iter().flatten().all(|hint| *hint == PlaybackHint::Ping),
        "{rest:?}"
    );
}

#[tokio::test]
async fn a_web_socket_where_nothing_happens_is_alive() {
    for release in [Release::V10_11, Release::V12] {
        let stage = Stage::of(Kind::Jellyfin).await;
        stage.set_release(release);
        let mut hints = stage.client.hints().await.unwrap().unwrap();
        let first = timeout(Duration::from_secs(20), hints.next()).await.unwrap();
        assert_eq!(first, Some(Ok(PlaybackHint::Ping)));
        stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
        assert_eq!(until_more_than_life(&mut hints).await, PlaybackHint::Subscribed);
    }
}

#[tokio::test]
async fn a_server_behind_a_path_is_reached_with_all_that_it_has() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        stage.configure(|settings| settings.base_path = "/media".to_owned());
        let client = client(kind, &format!("{}/media/", stage.running.url), &stage.api_key());
        client.identify().await.unwrap();
        let mut hints = client.hints().await.unwrap().unwrap();
        stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
        assert!(matches!(news(&mut hints).await, PlaybackHint::Playing { .. }));
        assert_eq!(client.sessions().await.unwrap().sessions.len(), 1);
        let error = stage.client.identify().await.unwrap_err();
        assert!(error.to_string().contains("URL base"), "{error}");
    }
}

#[tokio::test]
async fn an_emby_that_did_not_hear_the_first_time_tells_all_the_same() {
    let stage = Stage::of(Kind::Emby).await;
    stage.configure(|settings| settings.loses_first_subscription = true);
    let mut hints = stage.client.hints().await.unwrap().unwrap();
    stage.play(stage.kiddo, &stage.device(), stage.episode(1, 1));
    let [session] = stage.sessions().await.try_into().unwrap();
    assert_eq!(news(&mut hints).await, hint_of(&session, PlayerState::Playing));
}
