//! Rules on new series, storage that runs short, and whether things were there in time.

use super::scenarios::{first_season_only, pilot_only};
use super::story::Story;
use domain::ids::InstanceId;
use domain::monitoring::MonitoringType;
use domain::pressure::{Floor, Pressure};
use domain::rules::{Combination, Condition, InstanceDefault, Outcome, Rule, RuleSet};
use engine::StorageFloor;
use jiff::SignedDuration;
use serde_json::json;
use simulators::sonarr::SeriesSpec;
use store::Readiness;

async fn instance(story: &Story) -> InstanceId {
    let connections = story.home.engine.connections().await;
    InstanceId(
        connections
            .iter()
            .find(|connection| connection.name == "Sonarr")
            .unwrap()
            .id,
    )
}

fn rule(story: &Story, name: &str, conditions: Vec<Condition>, outcome: Outcome) -> Rule {
    Rule {
        name: name.to_owned(),
        made_at: story.home.clock.now(),
        instance: None,
        combination: Combination::All,
        conditions,
        outcome,
    }
}

fn two_seasons(spec: SeriesSpec) -> SeriesSpec {
    spec.season(1, 4).season(2, 4)
}

async fn types(story: &Story) -> Vec<(String, &'static str)> {
    let rows = story.home.engine.shows(false).await.unwrap();
    rows.into_iter()
        .map(|row| (row.title, row.monitoring_type.name()))
        .collect()
}

#[tokio::test]
async fn an_instances_default_holds_for_series_that_are_added_from_now_on() {
    let mut story = Story::new().await;
    story.show("Before", &[4, 4], two_seasons);
    let rules = RuleSet {
        rules: Vec::new(),
        defaults: vec![InstanceDefault {
            instance: instance(&story).await,
            made_at: jiff::Timestamp::MIN,
            outcome: Outcome::Rolling(MonitoringType::PilotRolling),
        }],
    };
    story.home.engine.set_rules(rules).await.unwrap();
    story.hours(3).await;
    story.show("After", &[4, 4], two_seasons);
    story.hours(3).await;
    assert_eq!(types(&story).await, [("After".to_owned(), "pilotRolling")]);
    assert_eq!(story.monitored("After"), "S01E01");
    assert_eq!(story.monitored("Before"), "S01E01–E04, S02E01–E04");
    story
        .told(
            "done",
            "enrolled",
            "After: Enrolled as pilotRolling and brought to the pilot",
        )
        .await;

    story.remove("After").await;
    story.days(2).await;
    assert_eq!(types(&story).await, [], "what the user takes out stays out");
}

#[tokio::test]
async fn the_first_rule_that_matches_wins() {
    let mut story = Story::new().await;
    let anime = vec![Condition::Genre {
        any_of: vec!["Anime".to_owned()],
    }];
    let drama = vec![Condition::Genre {
        any_of: vec!["Drama".to_owned()],
    }];
    let news = vec![Condition::Title {
        pattern: "*News*".to_owned(),
    }];
    let rules = RuleSet {
        rules: vec![
            rule(&story, "News", news, Outcome::Standard),
            rule(
                &story,
                "Anime",
                anime,
                Outcome::Rolling(MonitoringType::FirstSeasonRolling),
            ),
            rule(
                &story,
                "Drama",
                drama,
                Outcome::Rolling(MonitoringType::AllSeasonPilotRolling),
            ),
        ],
        defaults: Vec::new(),
    };
    story.show("Old Drama", &[4, 4], two_seasons);
    let rows = story.home.engine.dry_run_rules(&rules).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].would_match.unwrap().rule, rows[0].applies), (Some(2), false));
    story.home.engine.set_rules(rules).await.unwrap();
    story.hours(3).await;
    story.show("Evening News", &[4, 4], two_seasons);
    story.show("Cartoon", &[4, 4], |spec| two_seasons(spec).genres(["Anime", "Drama"]));
    story.show("New Drama", &[4, 4], two_seasons);
    story.show("Game", &[4, 4], |spec| two_seasons(spec).genres(["Sport"]));
    let report = story.home.engine.check(false).await.unwrap();
    assert_eq!(report.errors, []);
    let expected = [
        ("Cartoon", "firstSeasonRolling"),
        ("New Drama", "allSeasonPilotRolling"),
    ];
    assert_eq!(
        types(&story).await,
        expected.map(|(title, name)| (title.to_owned(), name))
    );
    assert_eq!(story.monitored("Cartoon"), "S01E01–E04");
    assert_eq!(story.monitored("New Drama"), "S01E01, S02E01");
    assert_eq!(story.monitored("Evening News"), "S01E01–E04, S02E01–E04");
}

#[tokio::test]
async fn a_new_series_that_has_files_already_is_enrolled_and_left_as_it_is() {
    let mut story = Story::new().await;
    let drama = vec![Condition::Status {
        any_of: vec!["continuing".to_owned()],
    }];
    let rules = RuleSet {
        rules: vec![rule(
            &story,
            "All",
            drama,
            Outcome::Rolling(MonitoringType::PilotRolling),
        )],
        defaults: Vec::new(),
    };
    story.home.engine.set_rules(rules).await.unwrap();
    story.hours(1).await;
    story.home.forget_requests();
    story.show("Imported", &[4, 4], |spec| {
        spec.season_with_files(1, 4).season_with_files(2, 4)
    });
    story.days(20).await;
    assert_eq!(types(&story).await, [("Imported".to_owned(), "pilotRolling")]);
    assert_eq!(story.home.sonarr().log().writes(), []);
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused_with_the_reason() {
    let story = Story::new().await;
    let rules = RuleSet {
        rules: vec![rule(&story, "", Vec::new(), Outcome::Standard)],
        defaults: Vec::new(),
    };
    let refused = story.home.engine.set_rules(rules).await.unwrap_err();
    assert_eq!(
        refused.message,
        "rule 1: it needs a name; rule 1: it needs at least one condition."
    );
    assert_eq!(story.home.engine.rules().await.unwrap(), RuleSet::default());
}

#[tokio::test]
async fn changing_one_rule_leaves_the_times_of_the_others() {
    let story = Story::new().await;
    let condition = |genre: &str| {
        vec![Condition::Genre {
            any_of: vec![genre.to_owned()],
        }]
    };
    let rules = RuleSet {
        rules: vec![
            rule(&story, "A", condition("Drama"), Outcome::Standard),
            rule(&story, "B", condition("Anime"), Outcome::Standard),
        ],
        defaults: Vec::new(),
    };
    let mut rules = story.home.engine.set_rules(rules).await.unwrap();
    let made = rules.rules[0].made_at;
    story.hours(3).await;
    rules.rules[1].conditions = condition("News");
    let rules = story.home.engine.set_rules(rules).await.unwrap();
    assert_eq!(rules.rules[0].made_at, made);
    assert_eq!(rules.rules[1].made_at, story.home.clock.now());
}

const GIGABYTE: i64 = 1_000_000_000;

async fn short_of_space(story: &Story, free: i64) {
    let floor = StorageFloor {
        instance: instance(story).await,
        floor: Floor {
            root_folder: "/tv/".to_owned(),
            begins_below: 100 * GIGABYTE,
            ends_at: 110 * GIGABYTE,
        },
    };
    story.home.engine.set_storage_floors(&[floor]).await.unwrap();
    story.home.sonarr().set_free_space("/tv", free);
}

#[tokio::test]
async fn a_disk_that_runs_full_loses_what_was_viewed_longest_ago_and_no_more_than_needed() {
    let mut story = Story::new().await;
    story.set(json!({"enableAutoReset": false})).await;
    for title in ["Older", "Newer"] {
        story.show(title, &[4, 4], |spec| {
            spec.season_with_files(1, 4).season_with_files(2, 4)
        });
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Alice", "Older", 1, 4).await;
    story.days(1).await;
    story.watches("Alice", "Newer", 1, 4).await;
    story.days(5).await;
    for title in ["Older", "Newer"] {
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(3).await;
    assert_eq!(story.deletions(), 0, "the cleanup is off, and there is space");
    short_of_space(&story, 108 * GIGABYTE).await;
    story.hours(3).await;
    assert_eq!(story.deletions(), 0, "it is not short yet");
    story.home.sonarr().set_free_space("/tv", 99 * GIGABYTE);
    // Six of the eleven gigabytes that are short come with the older season, and six with the newer.
    story.hours(6).await;
    assert_eq!(
        (story.files("Older"), story.files("Newer")),
        ("S01E01, S02E01–E04".to_owned(), "S01E01, S02E01–E04".to_owned())
    );
    assert_eq!(story.home.engine.storage().await.unwrap()[0].pressure, Pressure::Ample);
}

#[tokio::test]
async fn one_season_is_enough_where_little_is_short() {
    let mut story = Story::new().await;
    for title in ["Older", "Newer"] {
        story.show(title, &[4, 4], |spec| {
            spec.season_with_files(1, 4).season_with_files(2, 4)
        });
        story.enroll(title, "pilotRolling").await;
    }
    story.watches("Alice", "Older", 1, 4).await;
    story.days(1).await;
    story.watches("Alice", "Newer", 1, 4).await;
    story.days(5).await;
    for title in ["Older", "Newer"] {
        story.watches("Alice", title, 2, 1).await;
    }
    story.days(3).await;
    let floor = StorageFloor {
        instance: instance(&story).await,
        floor: Floor {
            root_folder: "/tv".to_owned(),
            begins_below: 100 * GIGABYTE,
            ends_at: 103 * GIGABYTE,
        },
    };
    story.home.engine.set_storage_floors(&[floor]).await.unwrap();
    story.home.sonarr().set_free_space("/tv", 98 * GIGABYTE);
    story.hours(3).await;
    assert_eq!(story.files("Older"), "S01E01, S02E01–E04");
    assert_eq!(story.files("Newer"), "S01E01–E04, S02E01–E04");
}

#[tokio::test]
async fn under_pressure_expansions_fetch_episodes_instead_of_packs() {
    let mut story = Story::new().await;
    story.show("Tight", &[10, 8], first_season_only);
    story.enroll("Tight", "firstSeasonRolling").await;
    short_of_space(&story, 10 * GIGABYTE).await;
    story.watches("Alice", "Tight", 1, 8).await;
    assert_eq!(story.searches(), ["Tight S02E01–E08"]);
    assert_eq!(story.deletions(), 0, "what is needed stays, however short the space");
}

#[tokio::test]
async fn floors_that_make_no_sense_are_refused() {
    let story = Story::new().await;
    let floor = |ends_at| StorageFloor {
        instance: InstanceId(2),
        floor: Floor {
            root_folder: "/tv".to_owned(),
            begins_below: 100,
            ends_at,
        },
    };
    let engine = &story.home.engine;
    let refused = engine.set_storage_floors(&[floor(50)]).await.unwrap_err();
    assert_eq!(
        refused.message,
        "Floor 1 (/tv): it cannot end at less than it begins at."
    );
    let refused = engine.set_storage_floors(&[floor(100), floor(200)]).await.unwrap_err();
    assert_eq!(refused.message, "Floor 2 (/tv): the folder has a floor already.");
    assert_eq!(engine.storage_floors().await.unwrap(), []);
}

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
    for show in ["Waiting", "Tomorrow"] {
        story.show(show, &[6], pilot_only);
        story.enroll(show, "pilotRolling").await;
    }
    story.home.sonarr().set_download_delay(SignedDuration::from_hours(2));
    story.watches("Alice", "Waiting", 1, 1).await;
    story.hours(3).await;
    story.watches("Alice", "Waiting", 1, 2).await;
    story.watches("Bob", "Tomorrow", 1, 1).await;
    story.hours(20).await;
    story.watches("Bob", "Tomorrow", 1, 2).await;
    let told = Readiness {
        in_time: 1,
        late: 1,
        open: 0,
    };
    assert_eq!(story.home.engine.readiness(30).await.unwrap(), told);
}
