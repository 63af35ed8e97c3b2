//! What plays as soon as it changes.

use super::{Stage, client};
use crate::media_browser::{BOTH, Kind};
use domain::session::{PlaybackSession, PlayerState};
use futures::StreamExt as _;
use media_servers::{Hints, PlaybackHint};
use simulators::jellyfin::Release;
use std::time::Duration;
use tokio::time::timeout;

/// The next hint that is more than a sign of life.
async fn news(hints: &mut Hints) -> PlaybackHint {
    let news = async {
        loop {
            let hint = hints.next().await.unwrap().unwrap();
            if hint != PlaybackHint::Ping {
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

#[tokio::test]
async fn a_web_socket_without_any_news_is_alive_until_it_ends() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        // Keys hear nothing from this release.
        stage.set_release(Release::V10_10);
        let mut hints = stage.client.hints().await.unwrap().unwrap();
        let first = timeout(Duration::from_secs(20), hints.next()).await.unwrap();
        assert_eq!(first, Some(Ok(PlaybackHint::Ping)));
        stage.drop_sockets();
        let rest = timeout(Duration::from_secs(20), hints.collect::<Vec<_>>())
            .await
            .unwrap();
        assert!(
            rest.iter().flatten().all(|hint| *hint == PlaybackHint::Ping),
            "{rest:?}"
        );
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
