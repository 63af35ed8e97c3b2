//! Whether things were there in time.

use super::scenarios::{first_season_only, pilot_only};
use super::story::Story;
use jiff::SignedDuration;
use store::Readiness;

#[tokio::test]
async fn it_is_measured_whether_the_next_season_was_there_before_the_viewer() {
    let mut story = Story::new().await;
    story.show("Ready", &[10, 8], first_season_only);
    story.show("Late", &[10, 8], first_season_only);
    story.enroll("Ready", "firstSeasonRolling").await;
    story.enroll("Late", "firstSeasonRolling").await;
    story.watches("Alice", "Ready", 1, 8).await;
    let open = Readiness {
        in_time: 0,
        late: 0,
        open: 1,
    };
    assert_eq!(story.home.engine.readiness(30).await.unwrap(), open);
    story.binges("Alice", "Ready", 1, 9..=10).await;
    story.home.sonarr().set_download_delay(SignedDuration::from_hours(50));
    story.binges("Bob", "Late", 1, 8..=10).await;
    let not_told = Readiness {
        in_time: 1,
        late: 0,
        open: 1,
    };
    assert_eq!(story.home.engine.readiness(30).await.unwrap(), not_told);
    story.days(4).await;
    assert_eq!(story.files("Late"), "S01E01–E10, S02E01–E08");
    let told = Readiness {
        in_time: 1,
        late: 1,
        open: 0,
    };
    assert_eq!(story.home.engine.readiness(30).await.unwrap(), told);
    assert_eq!(told.share(), Some(0.5));
}

#[tokio::test]
async fn the_rest_of_a_season_is_late_only_for_who_goes_on_before_it_is_there() {
    let mut story = Story::new().await;
    for show in ["Waiting", "Tomorrow", "Elsewhere"] {
        story.show(show, &[6], pilot_only);
        story.enroll(show, "pilotRolling").await;
    }
    story.home.sonarr().set_download_delay(SignedDuration::from_hours(2));
    story.watches("Alice", "Waiting", 1, 1).await;
    story.hours(3).await;
    story.watches("Alice", "Waiting", 1, 2).await;
    story.watches("Bob", "Tomorrow", 1, 1).await;
    // What Carol wants next is not there yet, so she watches something else.
    story.watches("Carol", "Elsewhere", 1, 1).await;
    story.hours(1).await;
    story.watches("Carol", "Waiting", 1, 2).await;
    story.hours(20).await;
    story.watches("Bob", "Tomorrow", 1, 2).await;
    let told = Readiness {
        in_time: 1,
        late: 2,
        open: 0,
    };
    assert_eq!(story.home.engine.readiness(30).await.unwrap(), told);
}
