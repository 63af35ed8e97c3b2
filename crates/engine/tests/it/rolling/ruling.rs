//! Rules on new series, and storage that runs short.

use super::story::Story;
use domain::ids::InstanceId;
use domain::monitoring::MonitoringType;
use domain::pressure::{Floor, Pressure};
use domain::rules::{Combination, Condition, InstanceDefault, Outcome, Rule, RuleSet};
use engine::StorageFloor;
use jiff::SignedDuration;
use serde_json::json;
use simulators::sonarr::{SeasonSpec, SeriesSpec};
use std::collections::BTreeMap;

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
        newest_then: BTreeMap::new(),
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
            newest_then: None,
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
    story.home.engine.set_rules(rules.clone()).await.unwrap();
    story.hours(3).await;
    story.show("Evening News", &[4, 4], two_seasons);
    story.show("Cartoon", &[4, 4], |spec| two_seasons(spec).genres(["Anime", "Drama"]));
    story.show("New Drama", &[4, 4], two_seasons);
    story.show("Game", &[4, 4], |spec| two_seasons(spec).genres(["Sport"]));
    let rows = story.home.engine.dry_run_rules(&rules).await.unwrap();
    let applies: Vec<&str> = rows
        .iter()
        .filter(|row| row.applies)
        .map(|row| row.title.as_str())
        .collect();
    assert_eq!(
        applies,
        ["Evening News", "Cartoon", "New Drama"],
        "the stored rules tell what is new"
    );
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

/// Everything new is enrolled with its pilot.
async fn pilots_by_default(story: &Story) -> RuleSet {
    RuleSet {
        rules: Vec::new(),
        defaults: vec![InstanceDefault {
            instance: instance(story).await,
            made_at: jiff::Timestamp::MIN,
            newest_then: None,
            outcome: Outcome::Rolling(MonitoringType::PilotRolling),
        }],
    }
}

#[tokio::test]
async fn what_is_new_is_told_by_ids_whatever_the_clocks_say() {
    let mut story = Story::new().await;
    story.show("Before", &[4, 4], two_seasons);
    // The clock of this machine is two hours ahead of Sonarr's.
    story.home.set_clock(SignedDuration::from_hours(2));
    let rules = pilots_by_default(&story).await;
    story.home.engine.set_rules(rules).await.unwrap();
    story.show("Same second", &[4, 4], two_seasons);
    story.hours(6).await;
    assert_eq!(types(&story).await, [("Same second".to_owned(), "pilotRolling")]);
}

#[tokio::test]
async fn where_a_sonarr_did_not_answer_the_time_tells_what_is_new() {
    let mut story = Story::new().await;
    story.show("Before", &[4, 4], two_seasons);
    story.home.network.unplug("sonarr1.test");
    let rules = pilots_by_default(&story).await;
    let stored = story.home.engine.set_rules(rules).await.unwrap();
    assert_eq!(stored.defaults[0].newest_then, None);
    story.home.network.plug_in("sonarr1.test");
    story.hours(3).await;
    story.show("After", &[4, 4], two_seasons);
    story.hours(3).await;
    assert_eq!(types(&story).await, [("After".to_owned(), "pilotRolling")]);
}

#[tokio::test]
async fn a_new_series_is_enrolled_once_its_episodes_are_listed_and_its_baseline_is_searched() {
    let mut story = Story::new().await;
    let rules = pilots_by_default(&story).await;
    story.home.engine.set_rules(rules).await.unwrap();
    let series = story.show("Announced", &[4], |spec| spec);
    story.days(3).await;
    assert_eq!(types(&story).await, []);
    story.home.sonarr().add_season(series, SeasonSpec::new(1, 4));
    story.hours(3).await;
    assert_eq!(types(&story).await, [("Announced".to_owned(), "pilotRolling")]);
    assert_eq!(story.searches(), ["Announced S01E01"]);
    story.hours(6).await;
    assert_eq!(story.files("Announced"), "S01E01");
}

#[tokio::test]
async fn a_series_that_matched_nothing_for_a_day_is_never_enrolled_by_a_later_change() {
    let mut story = Story::new().await;
    let tag = vec![Condition::Tag {
        any_of: vec!["roll".to_owned()],
    }];
    let outcome = Outcome::Rolling(MonitoringType::PilotRolling);
    let rules = RuleSet {
        rules: vec![rule(&story, "Tagged", tag, outcome)],
        defaults: Vec::new(),
    };
    story.home.engine.set_rules(rules).await.unwrap();
    let soon = story.show("Soon", &[4, 4], two_seasons);
    let late = story.show("Late", &[4, 4], two_seasons);
    story.hours(12).await;
    assert_eq!(types(&story).await, []);
    story.home.sonarr().tag(soon, "roll");
    story.hours(24).await;
    assert_eq!(types(&story).await, [("Soon".to_owned(), "pilotRolling")]);
    story.home.sonarr().tag(late, "roll");
    story.days(3).await;
    assert_eq!(types(&story).await, [("Soon".to_owned(), "pilotRolling")]);
}

pub const GIGABYTE: i64 = 1_000_000_000;

pub async fn short_of_space(story: &Story, free: i64) {
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
