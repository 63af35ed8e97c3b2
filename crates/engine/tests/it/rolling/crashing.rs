//! Killed between any two requests, and started again.

use super::guillotine::cut_after;
use super::scenarios::first_season_only;
use super::story::Story;
use simulators::sonarr::SeriesSpec;

#[tokio::test]
async fn an_expansion_survives_a_kill_at_any_step() {
    for arrives in [false, true] {
        for requests in 0.. {
            let mut story = Story::new().await;
            story.show("Killed", &[10, 8], first_season_only);
            story.enroll("Killed", "firstSeasonRolling").await;
            story.starts("Alice", "Killed", 1, 8);
            let (ended, story) = cut_after(story, requests, arrives, async |story: &Story| {
                story.home.engine.poll().await;
            })
            .await;
            story.home.engine.check(false).await.unwrap();
            story.hours(6).await;
            let after = format!("after {requests} requests, the last one arriving: {arrives}");
            assert_eq!(story.searches(), ["Killed season 2"], "{after}");
            assert_eq!(story.monitored("Killed"), "S01E01–E10, S02E01–E08", "{after}");
            assert_eq!(story.master("Killed").await.current_monitored_season, 2, "{after}");
            assert_eq!(story.journal("done", "expansion").await.len(), 1, "{after}");
            if ended {
                assert!(requests > 5, "the kills never came to the interesting part");
                break;
            }
        }
    }
}

fn two_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 2).season_with_files(2, 3)
}

#[tokio::test]
async fn a_reset_survives_a_kill_at_any_step() {
    for arrives in [false, true] {
        for requests in 0.. {
            let mut story = Story::new().await;
            story.show("Killed", &[2, 3], two_seasons);
            story.enroll("Killed", "firstSeasonRolling").await;
            story.watches("Alice", "Killed", 2, 1).await;
            let (ended, story) = cut_after(story, requests, arrives, async |story: &Story| {
                story.reset("Killed").await.unwrap();
            })
            .await;
            story.hours(3).await;
            let after = format!("after {requests} requests, the last one arriving: {arrives}");
            let begun = story.journal("done", "manualReset").await.len();
            if begun == 1 {
                assert_eq!(story.files("Killed"), "S01E01–E02", "{after}");
                assert_eq!(story.monitored("Killed"), "S01E01–E02", "{after}");
                assert_eq!(story.viewers("Killed").await, [""; 0], "{after}");
            } else {
                assert_eq!(
                    story.files("Killed"),
                    "S01E01–E02, S02E01–E03",
                    "nothing is half done {after}"
                );
                assert_eq!(story.monitored("Killed"), "S01E01–E02, S02E01–E03", "{after}");
            }
            if ended {
                assert_eq!(begun, 1);
                break;
            }
        }
    }
}

#[tokio::test]
async fn progressive_cleanup_survives_a_kill_at_any_step() {
    for requests in 0.. {
        let mut story = Story::with_cleanup().await;
        story.show("Killed", &[2, 3], two_seasons);
        story.enroll("Killed", "pilotRolling").await;
        story.watches("Alice", "Killed", 1, 2).await;
        story.days(5).await;
        story.watches("Alice", "Killed", 2, 1).await;
        story.home.later(jiff::SignedDuration::from_hours(49));
        let (ended, story) = cut_after(story, requests, true, async |story: &Story| {
            story.look().await;
        })
        .await;
        story.hours(12).await;
        assert_eq!(story.files("Killed"), "S01E01, S02E01–E03", "after {requests} requests");
        assert_eq!(
            story.monitored("Killed"),
            "S01E01, S02E01–E03",
            "after {requests} requests"
        );
        if ended {
            break;
        }
    }
}
