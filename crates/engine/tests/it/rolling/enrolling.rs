//! Enrolling, changing the type, removing.

use super::scenarios::{first_season_only, pilot_only};
use super::story::Story;
use domain::plan::Decision;
use simulators::faults::{Fault, FaultRule};
use simulators::sonarr::{SeasonSpec, SeriesSpec};

fn everything_there(spec: SeriesSpec) -> SeriesSpec {
    spec.season_with_files(1, 4)
        .season_with_files(2, 4)
        .season_with_files(3, 4)
}

#[tokio::test]
async fn enrolling_leaves_sonarr_alone_unless_the_baseline_is_asked_for() {
    let mut story = Story::new().await;
    story.show("Full", &[4, 4, 4], everything_there);
    story.home.forget_requests();
    let batch = story.enroll("Full", "pilotRolling").await;
    assert_eq!(batch.errors, []);
    assert_eq!(
        batch.done,
        [(
            "Full".to_owned(),
            "Enrolled as pilotRolling; 11 files (22.0 GB) beyond the pilot stay until the show was watched and then nobody \
             has watched it for seven days."
                .to_owned()
        )]
    );
    assert_eq!(story.home.sonarr().log().writes(), []);
    story.days(30).await;
    assert_eq!(
        story.home.sonarr().log().writes(),
        [],
        "nobody agreed that files from before go"
    );
    assert_eq!(story.files("Full"), "S01E01–E04, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn the_preview_of_the_baseline_is_what_is_done() {
    let mut story = Story::new().await;
    let series = story.show("Full", &[4, 4, 4], everything_there);
    let before = story.home.sonarr().files(series).len();
    let draft = story.draft(&["Full"], "firstSeasonRolling", true);
    story.home.forget_requests();
    let preview = story.home.engine.preview_enroll(&draft).await.unwrap();
    assert_eq!(story.home.sonarr().log().writes(), []);
    let doomed: Vec<i64> = preview
        .iter()
        .flat_map(Decision::doomed_files)
        .map(|file| file.id.0)
        .collect();
    let bytes: i64 = preview
        .iter()
        .flat_map(Decision::doomed_files)
        .map(|file| file.size)
        .sum();
    assert_eq!((doomed.len(), bytes), (8, 16_000_000_000));

    let (batch, approved) = story.enroll_to_baseline("Full", "firstSeasonRolling").await;
    assert_eq!(batch.errors, []);
    assert_eq!(approved, preview);
    let left: Vec<i64> = story.home.sonarr().files(series).iter().map(|file| file.id).collect();
    assert_eq!(left.len(), before - doomed.len());
    assert!(doomed.iter().all(|id| !left.contains(id)));
    assert_eq!(story.monitored("Full"), "S01E01–E04");
    assert!(
        !story.home.sonarr().series(series).unwrap().monitor_new_items,
        "new seasons come by rolling"
    );
}

#[tokio::test]
async fn what_was_not_approved_is_not_done() {
    let mut story = Story::new().await;
    story.show("Full", &[4, 4, 4], everything_there);
    let draft = story.draft(&["Full"], "pilotRolling", true);
    let refused = story.home.engine.enroll(&draft, |_| false).await.unwrap_err();
    assert_eq!(refused.code, "changedMeanwhile");
    assert_eq!(story.home.engine.shows(false).await.unwrap(), []);
    assert_eq!(story.home.sonarr().log().writes(), []);
}

#[tokio::test]
async fn several_are_enrolled_at_once_and_one_that_fails_does_not_stop_the_others() {
    let mut story = Story::new().await;
    story.show("One", &[4, 4, 4], everything_there);
    let gone = story.show("Gone", &[4, 4, 4], everything_there);
    story.show("Two", &[4, 4, 4], everything_there);
    let draft = story.draft(&["One", "Gone", "Two"], "firstSeasonRolling", true);
    story.home.sonarr().remove_series(gone, false);
    let batch = story.home.engine.enroll(&draft, |_| true).await.unwrap();
    let done: Vec<&str> = batch.done.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(done, ["One", "Two"]);
    assert_eq!(batch.errors.len(), 1);
    assert_eq!(
        (story.files("One"), story.files("Two")),
        ("S01E01–E04".to_owned(), "S01E01–E04".to_owned())
    );
}

#[tokio::test]
async fn a_baseline_that_fails_half_way_is_owed() {
    let mut story = Story::new().await;
    story.show("Half", &[4, 4, 4], everything_there);
    story
        .home
        .sonarr()
        .faults()
        .push(FaultRule::new("/episodefile/", Fault::status(500)).method(http::Method::DELETE));
    let (batch, _) = story.enroll_to_baseline("Half", "firstSeasonRolling").await;
    assert_eq!(batch.errors.len(), 1);
    assert!(
        batch.errors[0].message.contains("Enrolled, but"),
        "{}",
        batch.errors[0].message
    );
    assert_eq!(story.monitored("Half"), "S01E01–E04", "what goes is unmonitored first");
    story.home.sonarr().faults().clear();
    story.hours(3).await;
    assert_eq!(story.files("Half"), "S01E01–E04");
    story.told("done", "enrolled", "Half").await;
}

#[tokio::test]
async fn the_baseline_is_refused_while_somebody_plays_it() {
    let mut story = Story::new().await;
    story.show("Played", &[4, 4, 4], everything_there);
    story.starts("Carol", "Played", 2, 1);
    let (batch, approved) = story.enroll_to_baseline("Played", "pilotRolling").await;
    assert_eq!(batch.errors, []);
    assert!(approved[0].actions.is_empty());
    assert!(
        approved[0].detail.contains("Carol is playing S02E01"),
        "{}",
        approved[0].detail
    );
    assert_eq!(story.files("Played"), "S01E01–E04, S02E01–E04, S03E01–E04");
}

#[tokio::test]
async fn changing_the_type_keeps_progress_and_deletes_nothing() {
    let mut story = Story::new().await;
    story.show("Changed", &[10, 8, 6], first_season_only);
    story.enroll("Changed", "firstSeasonRolling").await;
    story.watches("Alice", "Changed", 1, 9).await;
    let files = story.files("Changed");
    story.home.forget_requests();
    let batch = story.enroll("Changed", "pilotRolling").await;
    assert!(
        batch.done[0].1.contains("from firstSeasonRolling to pilotRolling"),
        "{}",
        batch.done[0].1
    );
    assert_eq!(story.home.sonarr().log().writes(), []);
    assert_eq!(story.files("Changed"), files);
    assert_eq!(story.viewers("Changed").await, ["Alice at S01E09"]);
    let master = story.master("Changed").await;
    assert_eq!(
        (master.monitoring_type.name(), master.current_monitored_season),
        ("pilotRolling", 2)
    );

    story.days(9).await;
    assert_eq!(
        story.files("Changed"),
        "S01E01",
        "the reset goes by the type that holds now"
    );
}

#[tokio::test]
async fn enrolling_the_same_again_changes_nothing() {
    let mut story = Story::new().await;
    story.show("Same", &[10, 8], pilot_only);
    story.enroll("Same", "pilotRolling").await;
    story.watches("Alice", "Same", 1, 1).await;
    story.home.forget_requests();
    let batch = story.enroll("Same", "pilotRolling").await;
    assert!(batch.done[0].1.contains("already"), "{}", batch.done[0].1);
    assert_eq!(story.viewers("Same").await, ["Alice at S01E01"]);
    assert_eq!(story.home.sonarr().log().writes(), []);
    assert_eq!(story.home.engine.shows(false).await.unwrap().len(), 2);
}

#[tokio::test]
async fn removing_leaves_sonarr_as_it_is_and_forgets_what_was_remembered() {
    let mut story = Story::new().await;
    let series = story.show("Removed", &[4], |spec| {
        spec.season_with_files(1, 4).with(SeasonSpec::new(2, 0))
    });
    story.set(serde_json::json!({"standardMonitoring": false})).await;
    story.enroll("Removed", "firstSeasonRolling").await;
    story.watches("Alice", "Removed", 1, 4).await;
    let sentence = story.remove("Removed").await;
    assert_eq!(sentence, "Removed was removed from monitoring. Sonarr stays as it is.");
    story.home.forget_requests();
    story.home.sonarr().add_season(series, SeasonSpec::new(2, 4));
    story.days(12).await;
    assert_eq!(story.home.sonarr().log().writes(), []);
    assert_eq!(story.files("Removed"), "S01E01–E04");
    assert_eq!(story.home.engine.shows(false).await.unwrap(), []);
    story.told("done", "removed", "Removed").await;
}

#[tokio::test]
async fn who_watched_before_the_enrolment_protects_from_the_start() {
    let mut story = Story::with_cleanup().await;
    story.show("Known", &[4, 4, 4], everything_there);
    story.watches("Bob", "Known", 1, 2).await;
    story.watches("Alice", "Known", 2, 4).await;
    story.days(2).await;
    story.enroll("Known", "pilotRolling").await;
    assert_eq!(story.viewers("Known").await, ["Bob at S01E02", "Alice at S02E04"]);
    story.watches("Alice", "Known", 3, 1).await;
    story.days(2).await;
    assert_eq!(story.files("Known"), "S01E01–E04, S02E01–E04, S03E01–E04");
}

/// Nothing of it is there; the first two seasons have aired, and the third comes next week.
fn nothing_there(story: &Story) -> impl FnOnce(SeriesSpec) -> SeriesSpec + use<> {
    let next_week = story.home.clock.now() + jiff::SignedDuration::from_hours(7 * 24);
    move |spec| {
        spec.season(1, 4)
            .season(2, 4)
            .with(SeasonSpec::new(3, 4).weekly_from(next_week))
    }
}

#[tokio::test]
async fn a_baseline_that_is_missing_is_searched_as_the_preview_says() {
    for (monitoring_type, searched, there) in [
        ("pilotRolling", "New S01E01", "S01E01"),
        ("firstSeasonRolling", "New season 1", "S01E01–E04"),
        ("allSeasonPilotRolling", "New S01E01, S02E01", "S01E01, S02E01, S03E01"),
    ] {
        let mut story = Story::new().await;
        let spec = nothing_there(&story);
        story.show("New", &[4, 4, 4], spec);
        let draft = story.draft(&["New"], monitoring_type, true);
        let preview = story.home.engine.preview_enroll(&draft).await.unwrap();
        assert_eq!(story.home.sonarr().log().writes(), []);
        let (batch, approved) = story.enroll_to_baseline("New", monitoring_type).await;
        assert_eq!(batch.errors, []);
        assert_eq!(approved, preview);
        assert_eq!(preview[0].searches(), 1);
        assert!(preview[0].detail.contains("searched."), "{}", preview[0].detail);
        assert_eq!(story.searches(), [searched]);
        story.days(9).await;
        assert_eq!(story.files("New"), there);
        let later = if monitoring_type == "allSeasonPilotRolling" {
            vec![searched, "New S03E01"]
        } else {
            vec![searched]
        };
        assert_eq!(story.searches(), later, "what has not aired is searched when it has");
    }
}

#[tokio::test]
async fn enrolling_without_the_baseline_searches_nothing_and_so_does_a_reset() {
    let mut story = Story::new().await;
    let spec = nothing_there(&story);
    story.show("Plain", &[4, 4, 4], spec);
    story.enroll("Plain", "firstSeasonRolling").await;
    story.reset("Plain").await.unwrap();
    story.days(9).await;
    assert_eq!(story.searches(), [""; 0]);
}

#[tokio::test]
async fn enrolling_the_same_again_with_the_baseline_is_a_reset_with_consent() {
    let mut story = Story::new().await;
    story.show("Same", &[4, 4, 4], everything_there);
    story.enroll("Same", "firstSeasonRolling").await;
    story.watches("Alice", "Same", 1, 2).await;
    let draft = story.draft(&["Same"], "firstSeasonRolling", true);
    let preview = story.home.engine.preview_enroll(&draft).await.unwrap();
    let (batch, approved) = story.enroll_to_baseline("Same", "firstSeasonRolling").await;
    assert_eq!((batch.errors, approved), (vec![], preview));
    assert_eq!(story.files("Same"), "S01E01–E04");
    assert_eq!(story.viewers("Same").await, [""; 0]);
    assert_eq!(story.searches(), [""; 0]);
    story.hours(3).await;
    story.watches("Alice", "Same", 1, 3).await;
    assert_eq!(
        story.searches(),
        ["Same season 2"],
        "the show goes on as on its first day"
    );
}
