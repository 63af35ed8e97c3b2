//! What will go when, where the user is asked first or has said no.

use super::{asked, outlook, row};
use crate::rolling::story::Story;
use domain::state::PendingConfirmation;
use engine::Standing;
use jiff::SignedDuration;
use serde_json::json;

/// Three shows that together ask before they go.
async fn asking() -> (Story, PendingConfirmation) {
    let mut story = Story::new().await;
    for title in ["Ask 1", "Ask 2", "Ask 3"] {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    let pending = story.home.engine.state_now().await.confirmations[0].clone();
    (story, pending)
}

#[tokio::test]
async fn what_waits_for_a_word_stands_on_top_and_a_no_is_told() {
    let (story, pending) = asking().await;
    let list = outlook(&story).await;
    let first = &list.rows[0];
    assert_eq!(
        (first.standing, first.confirmation, first.at),
        (Standing::Waiting, Some(pending.id), None)
    );
    assert_eq!(
        first.sentence,
        "Waits for your word: Nobody has watched it since 1 July: back to the first season, 6 files (12.0 GB) are deleted"
    );
    assert_eq!((first.files, first.bytes), (6, 12_000_000_000));
    assert_eq!(row(&list, "Ask 1", Some(2)).sentence, "Season 2 waits with the show");

    story.home.engine.dismiss(pending.id).await.unwrap();
    let list = outlook(&story).await;
    let refused = row(&list, "Ask 1", None);
    assert_eq!(refused.sentence, "Kept: you decided against it on 10 July");
    assert_eq!((refused.standing, refused.at), (Standing::Kept, None));
    assert_eq!(row(&list, "Ask 1", Some(2)).sentence, "Season 2 stays with the show");
    for title in ["Ask 1", "Ask 2", "Ask 3"] {
        story.watches("Alice", title, 2, 2).await;
    }
    story.days(2).await;
    let list = outlook(&story).await;
    let later = row(&list, "Ask 2", None);
    assert!(
        later.asked_first && later.standing == Standing::FreeAt,
        "after a week it is asked again: {later:#?}"
    );
}

/// A show that asks before its second season goes, as Alice is in the third one.
async fn asking_for_a_season() -> (Story, PendingConfirmation) {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"confirmAbovePercent": 10})).await;
    for (title, episodes) in [("Big", 4), ("Other", 6), ("Another", 6)] {
        story.show(title, &[2, episodes, 2], |spec| {
            spec.season_with_files(1, 2)
                .season_with_files(2, episodes)
                .season_with_files(3, 2)
        });
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Alice", "Big", 2, 4).await;
    story.days(3).await;
    story.watches("Alice", "Big", 3, 1).await;
    story.days(3).await;
    story.watches("Alice", "Other", 2, 1).await;
    story.watches("Alice", "Another", 2, 1).await;
    story.days(2).await;
    let pending = story.home.engine.state_now().await.confirmations[0].clone();
    (story, pending)
}

#[tokio::test]
async fn a_season_that_was_refused_is_said_to_go_with_its_show_and_then_does() {
    let (story, pending) = asking_for_a_season().await;
    let list = outlook(&story).await;
    let (show, season) = (row(&list, "Big", None), row(&list, "Big", Some(2)));
    assert_eq!(
        (season.standing, season.confirmation),
        (Standing::Waiting, Some(pending.id))
    );
    assert_eq!(
        (season.files, show.files),
        (4, 6),
        "without a word the show takes the season"
    );

    story.home.engine.dismiss(pending.id).await.unwrap();
    story.set(json!({"confirmAbovePercent": 100})).await;
    let list = outlook(&story).await;
    let (show, season) = (row(&list, "Big", None), row(&list, "Big", Some(2)));
    assert_eq!(
        season.sentence,
        "Season 2 kept: you decided against it on 9 July; it goes with the show on 12 July"
    );
    assert!(season.with_show && season.at == show.at && season.standing == Standing::Kept);
    assert_eq!(show.files, 6);
    let at = show.at.unwrap();
    while story.home.clock.now() + SignedDuration::from_hours(3) < at {
        story.hours(3).await;
    }
    assert!(story.files("Big").contains("S02E01–E04"));
    story.hours(6).await;
    assert_eq!(story.files("Big"), "S01E01–E02");
}

#[tokio::test]
async fn shows_at_their_baseline_count_where_a_share_is_told() {
    let mut story = Story::new().await;
    for title in ["Bare 1", "Bare 2", "Bare 3"] {
        story.show(title, &[20], |spec| spec.season_with_files(1, 20));
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 1, 1).await;
    }
    story.show("Small", &[2, 6], |spec| {
        spec.season_with_files(1, 2).season_with_files(2, 6)
    });
    story.enroll("Small", "firstSeasonRolling").await;
    story.days(9).await;
    story.watches("Alice", "Small", 2, 1).await;
    story.home.forget_requests();
    let list = outlook(&story).await;
    assert_eq!(list.at_baseline, 3);
    let small = row(&list, "Small", None);
    assert!(!small.asked_first, "six of sixty-eight files: {small:#?}");
    let counted = asked(&story, "/api/v3/episodefile");
    assert!(counted <= 2, "one other show is enough to see that: {counted}");
    outlook(&story).await;
    assert_eq!(asked(&story, "/api/v3/episodefile"), counted);

    story.days(9).await;
    assert_eq!(story.files("Small"), "S01E01–E02", "it went without a question");
}

#[tokio::test]
async fn what_alone_is_a_large_share_is_said_to_be_asked_about() {
    let mut story = Story::with_cleanup().await;
    for (title, episodes) in [("Big", 12), ("Small", 1), ("Smaller", 1)] {
        story.show(title, &[2, 12, 12], |spec| {
            spec.season_with_files(1, 2)
                .season_with_files(2, episodes)
                .season_with_files(3, episodes)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    let list = outlook(&story).await;
    let asked = |title| row(&list, title, None).asked_first;
    assert_eq!((asked("Big"), asked("Small"), asked("Smaller")), (true, false, false));
    story.days(9).await;
    let state = story.home.engine.state_now().await;
    assert!(state.confirmations[0].shows.contains(&"Big".to_owned()), "{state:?}");
}
