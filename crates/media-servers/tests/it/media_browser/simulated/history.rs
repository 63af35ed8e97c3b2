//! What was watched while nobody looked.

use super::{Stage, start};
use crate::media_browser::BOTH;
use domain::ids::TvdbId;
use jiff::{SignedDuration, Timestamp};
use simulators::faults::{Fault, FaultRule};
use simulators::jellyfin::{ListOrder, Release, ShowSpec};

fn after(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

impl Stage {
    /// What is in the history: who, which episode, when.
    async fn history(&self, since: Timestamp) -> Vec<(String, i32, i32, Timestamp)> {
        let history = self.client.history(since).await.unwrap();
        assert_eq!(history.unreadable, Vec::<String>::new());
        let plays = history.plays.into_iter();
        plays
            .filter_map(|play| {
                let at = play.at()?;
                Some((play.viewer?.account, at.season, at.episode, play.viewed_at))
            })
            .collect()
    }
}

#[tokio::test]
async fn what_was_watched_meanwhile_is_read_back() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let (kiddo, otter) = (stage.user_id(stage.kiddo), stage.user_id(stage.otter));
        stage.record_view(stage.kiddo, stage.episode(1, 1), after(-48));
        stage.record_view(stage.kiddo, stage.episode(1, 2), after(1));
        stage.record_view(stage.otter, stage.episode(2, 7), after(2));
        stage.record_view(stage.otter, stage.add_movie("Glass Orchard", 2023, 116), after(2));
        // One is left in the middle, one right after its beginning.
        stage.clock().advance(SignedDuration::from_hours(3));
        let length = stage.duration_ms(stage.episode(1, 3));
        for (episode, percent) in [(stage.episode(1, 3), 40), (stage.episode(2, 1), 3)] {
            let handle = stage.play(stage.kiddo, &stage.device(), episode);
            stage.report(handle, length * percent / 100);
            stage.stop(handle);
        }
        let expected = [
            (kiddo.clone(), 1, 3, after(3)),
            (otter.clone(), 2, 7, after(2)),
            (otter, 2, 8, after(2)),
            (kiddo.clone(), 1, 2, after(1)),
        ];
        assert_eq!(stage.history(start()).await, expected);
        assert_eq!(stage.history(after(-48)).await.len(), 5);
        assert_eq!(stage.history(after(4)).await, []);
        let history = stage.client.history(start()).await.unwrap();
        let ids: Vec<_> = history.plays.iter().map(|play| play.show.tvdb).collect();
        assert_eq!(ids, [Some(TvdbId(880_001)); 5]);
        let begun = history.plays.iter().find(|play| play.episode.is_none());
        assert_eq!(begun.unwrap().season, Some(2), "no more is known of it");
        let unclear = stage.episode(1, 2);
        stage.hide_season_number(unclear, true);
        let history = stage.client.history(start()).await.unwrap();
        let unclear = history.plays.last().unwrap();
        assert_eq!((unclear.season, unclear.show.tvdb), (None, Some(TvdbId(880_001))));
        assert_eq!((history.plays.len(), history.unreadable), (5, vec![]));
    }
}

#[tokio::test]
async fn a_finished_episode_that_is_tapped_again_is_still_a_reason_to_keep_the_show() {
    for kind in BOTH {
        for release in [Release::V10_10, Release::V10_11, Release::V12] {
            let stage = Stage::of(kind).await;
            stage.set_release(release);
            let episode = stage.episode(1, 3);
            let play = stage.play(stage.kiddo, &stage.device(), episode);
            stage.report(play, stage.duration_ms(episode));
            stage.stop(play);
            stage.clock().advance(SignedDuration::from_hours(24));
            let tap = stage.play(stage.kiddo, &stage.device(), episode);
            stage.report(tap, 10_000);
            stage.stop(tap);
            let watched = stage.watched(stage.kiddo, episode);
            assert_eq!((watched.count, watched.position_ms), (2, 0));
            let history = stage.client.history(after(1)).await.unwrap();
            let [play] = history.plays.try_into().unwrap();
            // What was seen is not guessed where the server took it back.
            assert_eq!(play.episode.is_some(), watched.played);
            assert_eq!(play.viewer.unwrap().account, stage.user_id(stage.kiddo));
            assert_eq!((play.show.tvdb, play.viewed_at), (Some(TvdbId(880_001)), after(24)));
        }
    }
}

#[tokio::test]
async fn what_was_watched_is_found_in_whatever_order_the_server_lists_it() {
    for kind in BOTH {
        for order in [ListOrder::Kept, ListOrder::UndatedIsMost, ListOrder::Ignored] {
            let stage = Stage::of(kind).await;
            stage.configure(|settings| settings.order = order);
            let long = stage.add_show(ShowSpec::new("Long Haul", 1999).tvdb(880_003).season(1, 700));
            let at = |number| stage.episode_key(long, 1, number).unwrap();
            // Otter finished something, and Kiddo is in the middle of it.
            stage.record_view(stage.otter, at(600), after(1));
            let play = stage.play(stage.kiddo, &stage.device(), at(650));
            stage.report(play, stage.duration_ms(at(650)) / 2);
            stage.stop(play);
            let mut numbers: Vec<i32> = stage.history(start()).await.iter().map(|row| row.2).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, [600, 650], "{kind:?} {order:?}");
        }
    }
}

#[tokio::test]
async fn a_long_history_is_read_to_its_end() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        let long = stage.add_show(ShowSpec::new("Long Haul", 1999).tvdb(880_003).season(1, 700));
        for number in 1..=650 {
            let episode = stage.episode_key(long, 1, number).unwrap();
            stage.record_view(stage.kiddo, episode, start() + SignedDuration::from_mins(number.into()));
        }
        stage.log().clear();
        let plays = stage.history(start() + SignedDuration::from_mins(150)).await;
        let mut numbers: Vec<i32> = plays.iter().map(|(_, _, episode, _)| *episode).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (150..=650).collect::<Vec<_>>());
        // The users, three pages and the one that has nothing new, a page for each of the others and what makes sure that they
        // never played anything, and the show.
        assert_eq!(stage.log().requests().len(), 1 + 3 + 1 + 2 * 3 + 1);
    }
}

#[tokio::test]
async fn one_failing_request_fails_the_whole_history() {
    for kind in BOTH {
        let stage = Stage::of(kind).await;
        stage.record_view(stage.kiddo, stage.episode(1, 1), after(1));
        for (fault, code) in [
            (Fault::status(500), "serverError"),
            (Fault::MalformedJson, "badAnswer"),
            (Fault::Html, "notThisKindOfServer"),
            (Fault::Drop, "unreachable"),
        ] {
            stage.faults().push(FaultRule::new("Items", fault).once());
            assert_eq!(stage.client.history(start()).await.unwrap_err().code(), code);
            assert_eq!(stage.client.history(start()).await.unwrap().plays.len(), 1);
        }
    }
}
