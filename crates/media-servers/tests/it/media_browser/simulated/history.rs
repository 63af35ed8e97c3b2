//! What was watched while nobody looked.

use super::{Stage, start};
use crate::media_browser::BOTH;
use domain::ids::TvdbId;
use jiff::{SignedDuration, Timestamp};
use simulators::faults::{Fault, FaultRule};
use simulators::jellyfin::ShowSpec;

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
            .map(|play| (play.viewer.account, play.season, play.episode, play.viewed_at))
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
        assert_eq!(ids, [Some(TvdbId(880_001)); 4]);
        let unclear = stage.episode(1, 2);
        stage.hide_season_number(unclear, true);
        let history = stage.client.history(start()).await.unwrap();
        let reason = format!("episode {} has no season number", stage.item_id(unclear));
        assert_eq!((history.plays.len(), history.unreadable), (3, vec![reason]));
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
        // The users, three pages and the one that has nothing new, a page for each of the others, and the show.
        assert_eq!(stage.log().requests().len(), 1 + 3 + 1 + 2 + 1);
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
