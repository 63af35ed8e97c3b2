//! Big deletions: what is asked, and what becomes of a "no".

use super::story::Story;
use serde_json::json;

const SHOWS: [&str; 3] = ["Ask 1", "Ask 2", "Ask 3"];

/// Three shows that nobody has watched for so long that together they ask.
async fn asked() -> (Story, i64) {
    let mut story = Story::new().await;
    for title in SHOWS {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    let confirmations = story.home.engine.state_now().await.confirmations.clone();
    assert_eq!(confirmations.len(), 1);
    (story, confirmations[0].id)
}

async fn questions(story: &Story) -> Vec<Vec<String>> {
    let state = story.home.engine.state_now().await;
    state.confirmations.iter().map(|asked| asked.shows.clone()).collect()
}

#[tokio::test]
async fn what_was_refused_is_left_alone_for_a_while_and_then_asked_again() {
    let (story, id) = asked().await;
    story.home.engine.dismiss(id).await.unwrap();
    story.days(5).await;
    assert_eq!(questions(&story).await, [[""; 0]; 0]);
    let report = story.home.engine.reset_inactive(true, |_| true).await.unwrap();
    assert_eq!(report.reset, []);
    let reasons: Vec<&str> = report.skipped.iter().map(|left| left.reason.as_str()).collect();
    assert_eq!(reasons, ["You decided against it on 10 July."; 3]);
    story.days(4).await;
    assert_eq!(questions(&story).await, [SHOWS]);
    assert_eq!(story.deletions(), 0);
}

#[tokio::test]
async fn what_was_refused_does_not_go_silently_once_the_run_is_smaller() {
    let (story, id) = asked().await;
    story.home.engine.dismiss(id).await.unwrap();
    for _ in 0..3 {
        for title in ["Ask 2", "Ask 3"] {
            story.watches("Bob", title, 2, 2).await;
        }
        story.days(3).await;
        assert_eq!(story.deletions(), 0);
    }
    assert_eq!(
        questions(&story).await,
        [["Ask 1"]],
        "a quarter of the files is little, but was refused"
    );

    let again = story.home.engine.state_now().await.confirmations[0].id;
    story.home.engine.dismiss(again).await.unwrap();
    story.days(3).await;
    assert_eq!((story.deletions(), questions(&story).await.len()), (0, 0));
}

#[tokio::test]
async fn who_says_yes_after_a_no_is_not_asked_again() {
    let (story, id) = asked().await;
    story.home.engine.dismiss(id).await.unwrap();
    story.days(9).await;
    let again = story.home.engine.state_now().await.confirmations[0].id;
    story.home.engine.confirm(again).await.unwrap();
    story.look().await;
    assert_eq!(story.files("Ask 1"), "S01E01–E02");
    for title in ["Ask 1", "Ask 2"] {
        story.home.sonarr().add_file(story.id(title), 2, &[1], 1_000_000_000);
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    assert_eq!(story.files("Ask 1"), "S01E01–E02");
    assert_eq!(questions(&story).await.len(), 0);
}

#[tokio::test]
async fn a_reset_on_request_takes_the_refusal_back() {
    let (story, id) = asked().await;
    story.home.engine.dismiss(id).await.unwrap();
    story.reset("Ask 1").await.unwrap();
    assert_eq!(story.files("Ask 1"), "S01E01–E02");
    story.home.sonarr().add_file(story.id("Ask 1"), 2, &[1], 1_000_000_000);
    story.watches("Alice", "Ask 1", 2, 1).await;
    for _ in 0..3 {
        for title in ["Ask 2", "Ask 3"] {
            story.watches("Bob", title, 2, 2).await;
        }
        story.days(3).await;
    }
    assert_eq!(story.files("Ask 1"), "S01E01–E02", "nothing was said against that");
}

#[tokio::test]
async fn a_run_over_one_show_asks_too_where_three_are_enrolled() {
    let mut story = Story::with_cleanup().await;
    for (title, episodes) in [("Big", 12), ("Small", 1), ("Smaller", 1)] {
        story.show(title, &[2, 12, 12], |spec| {
            spec.season_with_files(1, 2)
                .season_with_files(2, episodes)
                .season_with_files(3, episodes)
        });
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Alice", "Big", 3, 1).await;
    story.days(5).await;
    assert_eq!(
        story.files("Big").matches("S02").count(),
        0,
        "twelve of thirty-four are no large share"
    );
    story.days(4).await;
    assert_eq!(questions(&story).await, [["Big"]], "twelve of twenty-two are");
    assert_eq!(story.files("Big"), "S01E01–E02, S03E01–E12");
}

#[tokio::test]
async fn a_question_counts_shows_and_not_their_seasons() {
    let mut story = Story::with_cleanup().await;
    for (title, episodes) in [("Big", 12), ("Small", 1), ("Smaller", 1)] {
        story.show(title, &[2, 12, 12, 12], |spec| {
            spec.season_with_files(1, 2)
                .season_with_files(2, episodes)
                .season_with_files(3, episodes)
                .season_with_files(4, 1)
        });
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Alice", "Big", 4, 1).await;
    story.hours(12).await;
    assert_eq!(story.deletions(), 0);
    assert_eq!(questions(&story).await, [["Big"]]);
    story.home.engine.start();
    let told = || {
        story
            .home
            .shell
            .shown()
            .iter()
            .any(|note| note.body.starts_with("Big would lose files."))
    };
    crate::stage::eventually("the question is told", told).await;
    story.home.engine.stop().await;
}

#[tokio::test]
async fn the_outlook_says_what_was_decided_against() {
    let mut story = Story::with_cleanup().await;
    story.set(json!({"confirmAbovePercent": 1})).await;
    for title in SHOWS {
        story.show(title, &[2, 6, 6], |spec| {
            spec.season_with_files(1, 2)
                .season_with_files(2, 6)
                .season_with_files(3, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
    }
    story.watches("Alice", "Ask 1", 3, 1).await;
    story.hours(12).await;
    let id = story.home.engine.state_now().await.confirmations[0].id;
    story.home.engine.dismiss(id).await.unwrap();
    let outlook = story.outlook("Ask 1").await;
    assert_eq!(
        outlook[1],
        "Season 2 kept: you decided against it on 2 July; it goes with the show on 8 July"
    );
    story.days(2).await;
    assert_eq!((story.deletions(), questions(&story).await.len()), (0, 0));
}

#[tokio::test]
async fn where_fewer_than_three_shows_are_enrolled_nothing_is_asked() {
    let mut story = Story::new().await;
    story.set(json!({"confirmAbovePercent": 1})).await;
    for title in ["One", "Two"] {
        story.show(title, &[2, 6], |spec| {
            spec.season_with_files(1, 2).season_with_files(2, 6)
        });
        story.enroll(title, "firstSeasonRolling").await;
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(9).await;
    assert_eq!(story.deletions(), 12);
}

#[tokio::test]
async fn a_confirmation_that_comes_after_a_day_may_wait_as_long_as_any_other() {
    let (story, id) = asked().await;
    story.days(2).await;
    let series = story.id("Ask 2");
    story.home.sonarr().tag(series, "cliffhangarr-keep");
    story.home.engine.confirm(id).await.unwrap();
    story.look().await;
    assert_eq!(story.files("Ask 1"), "S01E01–E02");
    assert_eq!(story.files("Ask 2"), "S01E01–E02, S02E01–E06");
    assert_eq!(story.journal("nothing", "inactiveReset").await, [""; 0], "it is owed");
    story.home.sonarr().untag(series, "cliffhangarr-keep");
    story.hours(3).await;
    assert_eq!(story.files("Ask 2"), "S01E01–E02");
}
